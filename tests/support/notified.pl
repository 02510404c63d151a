#!/usr/bin/perl
# notified.pl SOCKET FILE: the service manager's end of sd_notify: each datagram is a line of FILE, its own line ends as blanks.
use strict;
use warnings;
use IO::Socket::UNIX;
my ($path, $file) = @ARGV;
my $socket = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $path) or die "bind: $!";
while (defined $socket->recv(my $text, 4096)) {
    $text =~ tr/\n/ /;
    open my $out, '>>', $file or die;
    print $out "$text\n";
    close $out;
}
