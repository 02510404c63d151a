# venue_script.awk -v COUNT=n: a day of an exchange that speaks JSON lines: standing answers, then the trades of a walk, and here
# and there a word that the connector does not know.
function say(text) { print "lines < " text }
function draw(n) { state = (state * 48271) % 2147483647; return state % n }
function money(cents) { return sprintf("%d.%02d", int(cents / 100), cents % 100) }
BEGIN {
    state = 20260105
    price = 3700000
    first = 1767623400 # 2026-01-05T14:30:00Z, in seconds: awk's numbers hold no nanoseconds
    print "transcript 2"
    print "@ 2026-01-05T14:30:00Z"
    print "? lines > {\"op\":\"new\",\"id\":$id,\"s\":\"$s\",\"side\":\"$side\",\"type\":\"limit\",\"q\":\"$q\",\"p\":\"$whole.$p5\"}"
    print "! lines < {\"e\":\"ack\",\"id\":$id}"
    print "! lines < {\"e\":\"fill\",\"id\":$id,\"s\":\"$s\",\"p\":\"$whole.$p5\",\"q\":\"$q\",\"fee\":\"0.02\",\"trade\":\"t$#\"}"
    print "? lines > {\"op\":\"new\",\"id\":$id,\"s\":\"$s\",\"side\":\"$side\",\"type\":\"market\",\"q\":\"$q\"}"
    print "! lines < {\"e\":\"reject\",\"id\":$id,\"why\":\"no market orders here\"}"
    print "? lines > {\"op\":\"cancel\",\"id\":$id}"
    print "! lines < {\"e\":\"gone\",\"id\":$id}"
    for (i = 1; i <= COUNT; i++) {
        price += draw(201) - 100
        first += 3 + draw(25)
        say(sprintf("{\"e\":\"trade\",\"t\":%d000000000,\"s\":\"BTC/USDT\",\"p\":\"%s\",\"q\":\"0.%d\"}", first, money(price), 1 + draw(9)))
        if (draw(500) == 0)
            say("{\"e\":\"hello\"}")
    }
}
