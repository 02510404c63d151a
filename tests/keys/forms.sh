# forms.sh: how a secret may look where it must not stand. Sourced.
# forms SECRET: a line each. base64 from each of three places: what stands before it is the first bytes of something else.
forms() {
    printf '%s\n' "$1"
    printf %s "$1" | od -An -v -tx1 | tr -d ' \n'; echo
    printf %s "$1" | od -An -v -tx1 | tr -d ' \n' | tr a-f A-F; echo
    for from in 1 2 3; do
        text=$(printf %s "$1" | tail -c +$from)
        size=$((${#text} / 3 * 3))
        printf %s "$text" | head -c $size | base64 -w 0; echo
        printf %s "$text" | head -c $size | base64 -w 0 | tr '+/' '-_'; echo
    done
    printf %s "$1" | jq -Rr @uri
}
