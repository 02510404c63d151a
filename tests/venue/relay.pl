# relay.pl PORT [OWN]: listens at a free port of this machine, says which, and carries bytes to PORT and back until it is killed: a cable to pull.
# A proxy as well: who begins with CONNECT is carried to PORT all the same, whatever host it names, which is said on a line of its own.
use strict; use warnings;
use IO::Socket::INET; use IO::Select;
$SIG{CHLD} = 'IGNORE'; $SIG{PIPE} = 'IGNORE';
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ARGV[1] // 0, Listen => 16, ReuseAddr => 1) or die "listen: $!";
$| = 1; print $server->sockport, "\n";
my (%peer, $select); $select = IO::Select->new($server);
while (my @ready = $select->can_read) {
    for my $one (@ready) {
        if ($one == $server) {
            my $here = $server->accept or next;
            my $there = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $ARGV[0]) or do { close $here; next };
            $peer{$here} = $there; $peer{$there} = $here; $select->add($here, $there);
            next;
        }
        my $other = $peer{$one} or next;
        my $size = sysread $one, my $bytes, 65536;
        if ($size && $bytes =~ s/\ACONNECT (\S+) .*?\r\n\r\n//s) { print "$1\n"; syswrite $one, "HTTP/1.1 200 OK\r\n\r\n"; next if $bytes eq '' }
        if ($size) { syswrite $other, $bytes; next }
        $select->remove($one, $other); delete @peer{$one, $other}; close $one; close $other;
    }
}
