/* mutant_tokens.h: C as it stands after the formatter, cut into tokens; brackets find each other, and each token its function. */
#ifndef SUPPORT_MUTANT_TOKENS_H
#define SUPPORT_MUTANT_TOKENS_H

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { TOKENS_MAX = 65536, NAME_SIZE = 96, DEPTH_MAX = 64 };

enum kind { WORD, NUMBER, TEXT, SIGN };

struct token {
    enum kind kind;
    int at, size;
    int partner;  /* of a bracket; -1: none */
    int opener;   /* the bracket that it stands in; -1: none */
    int function; /* index of the token that names the function; -1: outside */
};

static char *source;
static struct token tokens[TOKENS_MAX];
static int count;

static const char *text_of(int i)
{
    static char copies[4][NAME_SIZE];
    static int turn;
    char *copy = copies[turn++ % 4];
    const int size = i >= 0 && i < count ? tokens[i].size : 0;
    snprintf(copy, NAME_SIZE, "%.*s", size, size ? source + tokens[i].at : "");
    return copy;
}

static bool is(int i, const char *text)
{
    return i >= 0 && i < count && (int)strlen(text) == tokens[i].size &&
           memcmp(source + tokens[i].at, text, (size_t)tokens[i].size) == 0;
}

static bool is_one_of(int i, const char *const *list)
{
    for (; *list; list++)
        if (is(i, *list))
            return true;
    return false;
}

static int sign_size(const char *at)
{
    static const char *const signs[] = {"<<=", ">>=", "...", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=",
                                        "&&",  "||",  "+=",  "-=", "*=", "/=", "%=", "&=", "|=", "^=", NULL};
    for (int i = 0; signs[i]; i++)
        if (strncmp(at, signs[i], strlen(signs[i])) == 0)
            return (int)strlen(signs[i]);
    return 1;
}

static void skip_line(const char **at)
{
    while (**at && **at != '\n') {
        if (**at == '\\' && (*at)[1])
            ++*at;
        ++*at;
    }
}

static void cut(void)
{
    const char *at = source;
    bool begins = true;
    for (count = 0; *at && count < TOKENS_MAX;) {
        if (*at == '\n' || isspace((unsigned char)*at)) {
            begins = begins || *at == '\n';
            at++;
            continue;
        }
        if (begins && *at == '#') {
            skip_line(&at);
            continue;
        }
        begins = false;
        if (strncmp(at, "/*", 2) == 0) {
            const char *end = strstr(at, "*/");
            at = end ? end + 2 : at + strlen(at);
            continue;
        }
        const char *end = at;
        enum kind kind = SIGN;
        if (*at == '"' || *at == '\'') {
            kind = TEXT;
            for (end++; *end && *end != *at; end++)
                end += *end == '\\' && end[1];
            end += *end != '\0';
        } else if (isalnum((unsigned char)*at) || *at == '_') {
            kind = isdigit((unsigned char)*at) ? NUMBER : WORD;
            while (isalnum((unsigned char)*end) || *end == '_' || (kind == NUMBER && *end == '.'))
                end++;
        } else {
            end += sign_size(at);
        }
        tokens[count++] = (struct token){kind, (int)(at - source), (int)(end - at), -1, -1, -1};
        at = end;
    }
}

/* Brackets find each other, and each token the function it stands in. */
static void pair(void)
{
    int open[DEPTH_MAX], depth = 0, function = -1;
    for (int i = 0; i < count; i++) {
        tokens[i].opener = depth ? open[depth - 1] : -1;
        const bool opens = is(i, "(") || is(i, "[") || is(i, "{"), closes = is(i, ")") || is(i, "]") || is(i, "}");
        if (closes && depth) {
            const int from = open[--depth];
            tokens[i].partner = from;
            tokens[from].partner = i;
            tokens[i].opener = tokens[from].opener;
            tokens[i].function = function;
            if (depth == 0 && is(i, "}"))
                function = -1;
            continue;
        }
        if (opens && depth == 0 && is(i, "{") && is(i - 1, ")") && tokens[i - 1].partner > 0)
            function = tokens[i - 1].partner - 1;
        tokens[i].function = depth || function >= 0 ? function : -1;
        if (opens && depth < DEPTH_MAX)
            open[depth++] = i;
    }
}

#endif
