#!/usr/bin/perl
# sink.pl FILE: an HTTP server on this machine, at any port, which is its first line of output. It writes "METHOD PATH AUTHORIZATION BODY" of each
# request to FILE, and answers with the status that stands in FILE.status (200).
use strict;
use warnings;
use IO::Socket::INET;
$| = 1;
my ($file) = @ARGV;
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 64, ReuseAddr => 1) or die "listen: $!";
print $server->sockport, "\n";
while (my $client = $server->accept) {
    my ($head, $size, $authorization) = ('', 0, '-');
    while (my $line = <$client>) {
        $head = $line if $head eq '';
        $size = $1 if $line =~ /^content-length: *(\d+)/i;
        $authorization = $1 if $line =~ /^authorization: *(.*?)\r?$/i;
        last if $line =~ /^\r?\n$/;
    }
    my $body = '';
    read($client, $body, $size) if $size;
    my ($method, $path) = split / /, $head;
    my $status = 200;
    if (open my $in, '<', "$file.status") { $status = <$in>; chomp $status; close $in; }
    open my $out, '>>', $file or die;
    print $out "$method $path $authorization $body\n";
    close $out;
    print $client "HTTP/1.1 $status X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    close $client;
}
