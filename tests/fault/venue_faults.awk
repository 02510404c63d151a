# venue_faults.awk -v MODE=... [-v SEED=n]: a transcript with faults put into it.
# double: each standing answer is said twice. slow: time passes between any two lines that are said.
# rough: here and there the stream falls or tears, and answers are lost, doubled, or nobody can read them, for a while.
function draw(n) { state = (state * 48271) % 2147483647; return state % n }
function block(how,    i, k, drop) { # the standing answers, from here on: a transcript has room for 64
    if ((++given + 1) * blocks > 64 && is_told > 1)
        return
    for (i = 1; i <= blocks; i++) {
        print asked[i]
        drop = 1 + draw(answers[i])
        for (k = 1; k <= answers[i]; k++)
            if (how == "lose" && k == drop && answers[i] > 1)
                continue
            else if (how == "noise" || (how == "lose" && answers[i] == 1))
                print "! " stream " < ?"
            else {
                print answer[i, k]
                if (how == "double" || (how == "some" && draw(2)))
                    print answer[i, k]
            }
    }
}
BEGIN { state = 20261130 + 7919 * SEED; draw(9); stream = "lines" }
/^\? / { asked[++blocks] = $0; next }
/^! / { answer[blocks, ++answers[blocks]] = $0; next }
/^lines </ {
    if (!is_told++)
        block(MODE == "double" ? "double" : "as it is")
    if (MODE == "slow")
        print "@ +3ms"
    if (MODE == "rough" && is_told > 1) {
        n = draw(is_told < 100 ? 9 : 30)
        if (n == 0)
            print stream " falls"
        else if (n == 1)
            print stream " torn " substr($0, 9, 1 + draw(9))
        else if (n == 2)
            block("lose")
        else if (n == 3)
            block("some")
        else if (n == 4)
            block("noise")
        else if (n == 5)
            block("as it is")
    }
}
{ print }
