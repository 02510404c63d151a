#!/bin/sh
# contact.sh [RUNS]: from the start of a session with keys to its first connection, and what is resident then: wall time p50 and p99 of RUNS runs
# (20). The venue is a socket on this machine that takes a connection and says nothing. With the key from a file, and from the vault, whose
# passphrase makes its key in a child (scrypt, 128 MiB). Nothing is asserted. OUTCRY_BINARY: another program than build/release/outcry.
set -u
cd "$(dirname "$0")/../.." || exit 1
outcry=$(realpath "${OUTCRY_BINARY:-build/release/outcry}")
runs=${1:-20}
[ -x "$outcry" ] || { echo "contact: $outcry is not there: cmake --preset release && cmake --build build/release"; exit 1; }
strategy=$(realpath strategies/sma_cross.lua)
mkdir -p build
scratch=$(mktemp -d "$PWD/build/contact.XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
export HOME="$scratch" XDG_RUNTIME_DIR="$scratch"
umask 077
printf 'a passphrase of a bench' >pass
printf 'bench-key-0123456789' >key
printf 'bench-secret-0123456789abcdef' >secret
"$outcry" keys add bench --environment local --field api_key=file:key --field secret=file:secret --algorithm hmac-sha256 --vault vault --passphrase file:pass >/dev/null || exit 1
conf() { # KEYS
    cat <<END
vault: { file = "$scratch/vault"; passphrase = "file:$scratch/pass"; };
venue: { binanceus: { connector = "outcry.binanceus"; accounts = ["main"]; environment = "local"; link = "network";
    endpoint: { rest = "http://127.0.0.1:PORT"; stream = "ws://127.0.0.1:PORT"; };
    keys: { main: { $1 }; };
    instruments = ( { symbol = "BTC/USD"; price_step = "0.01"; qty_step = "0.00001"; } ); }; };
END
}
conf 'environment = "local"; api_key = "file:key"; secret = "file:secret";' >file.conf
conf 'vault = "bench";' >vault.conf
cat >contact.pl <<'END'
use strict;
use warnings;
use IO::Socket::INET;
use Time::HiRes qw(time);
my ($runs, $conf, @command) = @ARGV;
my $server = IO::Socket::INET->new(Listen => 64, LocalAddr => '127.0.0.1') or die "no socket: $!";
my $port = $server->sockport;
open(my $in, '<', $conf) or die $!;
my $text = do { local $/; <$in> };
$text =~ s/PORT/$port/g;
open(my $out, '>', "now.conf") or die $!;
print $out $text;
close $out;
my (@ms, @mb);
for (1 .. $runs) {
    my $from = time;
    my $pid = fork;
    if ($pid == 0) {
        open(STDIN, '<', '/dev/null');
        open(STDOUT, '>', 'out');
        open(STDERR, '>', 'err');
        exec @command;
        exit 127;
    }
    my $reached;
    eval { local $SIG{ALRM} = sub { die "late\n" }; alarm 20; $reached = $server->accept; alarm 0; };
    if (!$reached) { kill 'KILL', $pid; waitpid $pid, 0; system "cat err >&2"; die "no connection came\n"; }
    push @ms, (time - $from) * 1000;
    open(my $status, '<', "/proc/$pid/status") or die $!;
    while (<$status>) { push @mb, $1 / 1024 if /^VmRSS:\s+(\d+)/ }
    kill 'KILL', $pid;
    waitpid $pid, 0;
    $reached->close;
    my $more = ''; # connections of the one that is gone
    vec($more, fileno($server), 1) = 1;
    while (select(my $ready = $more, undef, undef, 0) > 0) { $server->accept->close }
}
@ms = sort { $a <=> $b } @ms;
@mb = sort { $a <=> $b } @mb;
printf "%10.1f %10.1f %10.1f\n", $ms[@ms / 2], $ms[@ms * 99 / 100], $mb[@mb / 2];
END
printf '%-34s %10s %10s %10s\n' "start to first connect, $runs runs" "p50 ms" "p99 ms" "resident MB"
for from in file vault; do
    line=$(perl contact.pl "$runs" $from.conf "$outcry" run "$strategy" --venue binanceus --config now.conf --live main --capital '500 USD' --yes main \
        --max-order-value 100 --max-position 0.01 --max-day-loss 10) || { echo "contact: $from failed"; exit 1; }
    printf '%-34s %s\n' "key from the $from" "$line"
done
