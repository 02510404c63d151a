# layout.awk: public headers in, a C program out that prints one line for each thing that must not change:
#   STRUCT OFFSET SIZE TYPE NAME     a member
#   STRUCT - SIZE array -            a struct that stands in arrays, so that even its size is frozen
#   const - VALUE int NAME           an enumerator or a whole-number macro
#   id - - text NAME VALUE           a string macro: ids of kinds and services
#   type - SIZE signed NAME          a typedef of a number
#   macro - - text NAME(ARGS) BODY   a function-like macro: its code is compiled into plugins
# It knows the plain C of these headers only, and says so when it meets more.
{
    text = text $0 "\n"
}

function squeeze(s)
{
    gsub(/[ \t\n]+/, " ", s)
    sub(/^ /, "", s)
    sub(/ $/, "", s)
    return s
}

function die(why)
{
    print "layout.awk: " why > "/dev/stderr"
    failed = 1
    exit 1
}

# Cuts comments and preprocessor lines out of the text, and notes the macros.
function clean(s,    out, at, end, lines, n, i, words)
{
    out = ""
    while ((at = index(s, "/*")) > 0) {
        out = out substr(s, 1, at - 1) " "
        s = substr(s, at + 2)
        end = index(s, "*/")
        if (end == 0)
            die("a comment has no end")
        s = substr(s, end + 2)
    }
    s = out s
    gsub(/\\\n/, " ", s)
    n = split(s, lines, "\n")
    out = ""
    for (i = 1; i <= n; i++) {
        if (lines[i] !~ /^[ \t]*#/) {
            out = out lines[i] "\n"
            continue
        }
        if (lines[i] ~ /^#define OC_[A-Z0-9_]+[ \t]+"/) {
            split(lines[i], words, /[ \t]+/)
            printf "    printf(\"id - - text %s %%s\\n\", %s);\n", words[2], words[2]
        } else if (lines[i] ~ /^#define OC_[A-Z0-9_]+[ \t]+[0-9]/ && lines[i] !~ /OC_ABI_M/) {
            split(lines[i], words, /[ \t]+/)
            printf "    printf(\"const - %%lld int %s\\n\", (long long)(%s));\n", words[2], words[2]
        } else if (lines[i] ~ /^#define OC_[A-Z0-9_]+\(/) {
            sub(/^#define /, "", lines[i])
            gsub(/["\\]/, "\\\\&", lines[i])
            printf "    puts(\"macro - - text %s\");\n", squeeze(lines[i])
        }
    }
    return out
}

function member(owner, decl,    type, name, at)
{
    decl = squeeze(decl)
    if (decl == "")
        return
    if (decl ~ /[{}]/ || decl ~ /:/)
        die("struct " owner ": a nested struct, union or bit-field is not known here: " decl)
    if (match(decl, /\(\*[a-z_0-9]+\)/)) {
        name = substr(decl, RSTART + 2, RLENGTH - 3)
        type = substr(decl, 1, RSTART + 1) substr(decl, RSTART + RLENGTH - 1)
    } else {
        if (decl ~ /,/)
            die("struct " owner ": one member a declaration: " decl)
        match(decl, /[a-zA-Z_0-9]+(\[[^]]*\])?$/)
        name = substr(decl, RSTART)
        type = squeeze(substr(decl, 1, RSTART - 1))
        at = index(name, "[")
        if (at > 0) {
            type = type substr(name, at)
            name = substr(name, 1, at - 1)
        }
    }
    printf "    MEMBER(%s, %s, \"%s\");\n", owner, name, type
}

function structs(s,    owner, body, end, decl, at)
{
    while (match(s, /struct [a-z_0-9]+[ \n]*\{/)) {
        owner = squeeze(substr(s, RSTART + 7, RLENGTH - 8))
        s = substr(s, RSTART + RLENGTH)
        end = index(s, "};")
        if (end == 0)
            die("struct " owner " has no end")
        body = substr(s, 1, end - 1)
        s = substr(s, end + 2)
        while ((at = index(body, ";")) > 0) {
            member(owner, substr(body, 1, at - 1))
            body = substr(body, at + 1)
        }
    }
}

function typedefs(s,    name)
{
    while (match(s, /typedef [^;{(]*;/)) {
        name = squeeze(substr(s, RSTART, RLENGTH - 1))
        s = substr(s, RSTART + RLENGTH)
        if (name ~ /struct/)
            die("a typedef of a struct is not known here: " name)
        sub(/^.* /, "", name)
        printf "    printf(\"type - %%zu %%s %s\\n\", sizeof(%s), (%s)-1 < 0 ? \"signed\" : \"unsigned\");\n", name, name, name
    }
}

function enums(s,    body, parts, n, i, name)
{
    while (match(s, /enum[ \n]*\{[^}]*\}/)) {
        body = substr(s, RSTART, RLENGTH)
        s = substr(s, RSTART + RLENGTH)
        sub(/^enum[ \n]*\{/, "", body)
        sub(/\}$/, "", body)
        n = split(body, parts, ",")
        for (i = 1; i <= n; i++) {
            name = squeeze(parts[i])
            sub(/[ =].*$/, "", name)
            # OC_EV_END counts what is in use and moves with each new event.
            if (name != "" && name != "OC_EV_END")
                printf "    printf(\"const - %%lld int %s\\n\", (long long)(%s));\n", name, name
        }
    }
}

END {
    if (failed)
        exit 1
    print "#include <outcry/outcry.h>"
    print "#include <outcry/draft/data.h>"
    print "#include <outcry/draft/sim.h>"
    print "#include <outcry/draft/store.h>"
    print "#include <stdio.h>"
    print "#define MEMBER(owner, name, type) \\"
    print "    printf(#owner \" %zu %zu %s %s\\n\", offsetof(struct owner, name), \\"
    print "           sizeof(((struct owner *)0)->name), type, #name)"
    print "int main(void)"
    print "{"
    plain = clean(text)
    structs(plain)
    enums(plain)
    typedefs(plain)
    print "    printf(\"oc_iface - %zu array -\\n\", sizeof(struct oc_iface));"
    print "    printf(\"oc_key - %zu array -\\n\", sizeof(struct oc_key));"
    print "    printf(\"oc_tick_row - %zu array -\\n\", sizeof(struct oc_tick_row));"
    print "    printf(\"oc_event - %zu array -\\n\", sizeof(struct oc_event));"
    print "    return 0;"
    print "}"
}
