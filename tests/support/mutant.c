/* mutant.c: what tests/mutate.sh plants. It reads C as it stands after the formatter, lists each place where one of the
 * fixed operators applies, draws from that list by seed, and plants one.
 *
 *   mutant list FILE...            every candidate
 *   mutant draw SEED FILE...       the same, shuffled by the seed; without those that EQUIVALENT (environment) names
 *   mutant plant AT SIZE WORDS     standard input with WORDS in place of SIZE bytes at AT
 *
 * One candidate a line, fields parted by tabs: file, line, function, operator, at, size, words, text. A candidate is
 * known by file, function, operator and text, so a list of equivalent ones outlives changes elsewhere in the file.
 *
 * Not drawn, because no behaviour hangs on it or only a sanitizer sees it: which of two equal ones is the smaller
 * (A < B ? A : B), the difference of them (A > B ? A - B : 0), the opposite of nothing (A < 0 ? -A : A), lines of the preprocessor, declarations outside functions,
 * hints to the compiler, sizes of arrays, the padding of a decimal, how much room a growing list takes, which pages of a map are made
 * ready ahead (lines that name `populate`), giving memory back, words of the log and of error texts. */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mutant_tokens.h"

enum { FOUND_MAX = 65536, WORDS_MAX = 4096 };

struct found {
    char *line; /* owned */
    uint64_t turn;
};

static const char *file;
static struct found found[FOUND_MAX];
static int found_count;
static uint64_t seed;
static char *equivalent; /* what the file holds; NULL: none */

static char *read_all(FILE *from)
{
    size_t size = 0, room = 1 << 16;
    char *bytes = malloc(room + 1);
    for (size_t got; bytes && (got = fread(bytes + size, 1, room - size, from)) > 0;) {
        size += got;
        if (size == room)
            bytes = realloc(bytes, (room *= 2) + 1);
    }
    if (bytes)
        bytes[size] = '\0';
    return bytes;
}

/* ---- what was found ---- */

static uint64_t mix(uint64_t value)
{
    value += 0x9e3779b97f4a7c15u;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9u;
    value = (value ^ value >> 27) * 0x94d049bb133111ebu;
    return value ^ value >> 31;
}

static uint64_t mix_text(uint64_t value, const char *text)
{
    for (; *text; text++)
        value = mix(value ^ (unsigned char)*text);
    return value;
}

static int line_of(int at)
{
    int line = 1;
    for (int i = 0; i < at; i++)
        line += source[i] == '\n';
    return line;
}

/* The line on which a token stands, without the space around it. */
static void line_text(int at, char *ret_text)
{
    int from = at, to = at, size = 0;
    while (from > 0 && source[from - 1] != '\n')
        from--;
    while (source[to] && source[to] != '\n')
        to++;
    while (from < to && isspace((unsigned char)source[from]))
        from++;
    for (; from < to && size < WORDS_MAX - 1; from++)
        ret_text[size++] = source[from] == '\t' ? ' ' : source[from];
    ret_text[size] = '\0';
}

/* Number of the same words on the line before `at`: two of one kind on a line are told apart by it. */
static int turn_on_line(int i)
{
    int turn = 1;
    for (int k = i - 1; k >= 0 && !memchr(source + tokens[k].at, '\n', (size_t)(tokens[i].at - tokens[k].at)); k--)
        turn += tokens[k].size == tokens[i].size &&
                memcmp(source + tokens[k].at, source + tokens[i].at, (size_t)tokens[i].size) == 0;
    return turn;
}

static bool is_equivalent(const char *key)
{
    const size_t size = strlen(key);
    for (const char *at = equivalent; at && *at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
        if (strncmp(at, key, size) == 0 && (at[size] == '\t' || at[size] == '\n'))
            return true;
    return false;
}

static void add(int i, const char *what, int at, int size, const char *words)
{
    char text[WORDS_MAX], operator[NAME_SIZE * 2], key[3 * WORDS_MAX], line[8 * WORDS_MAX];
    const int turn = turn_on_line(i), function = tokens[i].function;
    if (function < 0 || found_count == FOUND_MAX)
        return;
    line_text(tokens[i].at, text);
    if (strstr(text, "populate") || strstr(text, "POPULATE"))
        return;
    snprintf(operator, sizeof operator, turn> 1 ? "%s @%d" : "%s", what, turn);
    snprintf(key, sizeof key, "%s\t%s\t%s\t%s", file, text_of(function), operator, text);
    if (is_equivalent(key))
        return;
    snprintf(line, sizeof line, "%s\t%d\t%s\t%s\t%d\t%d\t%s\t%s", file, line_of(tokens[i].at),
             text_of(function), operator, at, size, words, text);
    char *copy = malloc(strlen(line) + 1);
    if (!copy)
        exit(2);
    strcpy(copy, line);
    found[found_count++] = (struct found){copy, mix_text(seed, key)};
}

static void swap_token(int i, const char *words)
{
    char what[NAME_SIZE * 2];
    snprintf(what, sizeof what, "%s to %s", text_of(i), words);
    add(i, what, tokens[i].at, tokens[i].size, words);
}

/* ---- the operators ---- */

/* The call or bracket in which a token stands names this word. */
static bool is_inside(int i, const char *const *names)
{
    for (int at = tokens[i].opener; at >= 0; at = tokens[at].opener)
        if (is(at, "(") && is_one_of(at - 1, names))
            return true;
    return false;
}

static bool is_value(int i)
{
    static const char *const not [] = {"return", "case", "sizeof", "else", "int", "char", "void", "const", NULL};
    return i >= 0 &&
           (tokens[i].kind == NUMBER || is(i, ")") || is(i, "]") || (tokens[i].kind == WORD && !is_one_of(i, not )));
}

/* A star that multiplies: behind a value that is no type, no cast. */
static bool multiplies(int i)
{
    static const char *const types[] = {"struct", "union", "enum", NULL};
    const char *before = text_of(i - 1);
    const size_t size = strlen(before);
    if (!is_value(i - 1) || is_one_of(i - 2, types) || (size > 2 && strcmp(before + size - 2, "_t") == 0))
        return false;
    if (is(i - 1, ")") && (is_one_of(tokens[i - 1].partner + 1, types) || is(tokens[i - 1].partner - 1, "sizeof")))
        return false;
    const int next = i + 1;
    return !is(next, ")") && !is(next, ",") && !is(next, "*");
}

static bool is_same(int from, int to, int other, int other_to)
{
    if (to - from != other_to - other)
        return false;
    for (; from < to; from++, other++)
        if (tokens[from].size != tokens[other].size ||
            memcmp(source + tokens[from].at, source + tokens[other].at, (size_t)tokens[from].size) != 0)
            return false;
    return true;
}

/* Where an expression ends from `i` on: behind it stands one of these, or the bracket around it ends. */
static int ends_before(int i, const char *const *ends)
{
    for (; i < count && !is_one_of(i, ends) && (tokens[i].partner < 0 || tokens[i].partner > i); i++)
        if (tokens[i].partner > i)
            i = tokens[i].partner;
    return i;
}

/* FROM to I, then '-', then from I + 1 to QUESTION. */
static bool is_difference(int from, int i, int question, int other, int other_to)
{
    const int minus = other + (i - from);
    return minus < other_to && is(minus, "-") && is_same(from, i, other, minus) &&
           is_same(i + 1, question, minus + 1, other_to);
}

static bool is_nothing(int from, int to)
{
    static const char *const words[] = {"0", "0.0", "OC_OK", NULL};
    if (is(from, "(") && is(from + 1, "oc_rc")) /* a cast */
        from = tokens[from].partner + 1;
    return to == from + 1 && is_one_of(from, words);
}

/* The value, its opposite, or nothing: all the same where the value is 0. */
static bool is_nothing_of(int value, int value_to, int from, int to)
{
    return is_nothing(from, to) || is_same(value, value_to, from + is(from, "-"), to);
}

/* A < B ? A : B: of two equal ones either is the smaller. A > B ? A - B : 0: of two equal ones the difference is 0. A < 0 ? -A : A,
 * A < 0 ? A : OC_OK: of nothing either is nothing. */
static bool picks_one_of_both(int i)
{
    static const char *const begins[] = {"=", ",", ";", "?", ":", "&&", "||", "+=", "-=", "return", NULL};
    static const char *const ends[] = {"?", ":", ",", ";", "&&", "||", NULL};
    int from = i - 1;
    for (; from > 0 && !is_one_of(from, begins) && tokens[from].partner <= from; from--)
        if (tokens[from].partner >= 0)
            from = tokens[from].partner;
    from++;
    const int question = ends_before(i + 1, ends), colon = ends_before(question + 1, ends);
    const int end = ends_before(colon + 1, ends);
    if (from >= i || !is(question, "?") || !is(colon, ":"))
        return false;
    return (is_same(from, i, question + 1, colon) && is_same(i + 1, question, colon + 1, end)) ||
           (is_same(from, i, colon + 1, end) && is_same(i + 1, question, question + 1, colon)) ||
           (is_difference(from, i, question, question + 1, colon) && end == colon + 2 && is(colon + 1, "0")) ||
           (is_nothing(i + 1, question) && is_nothing_of(from, i, question + 1, colon) &&
            is_nothing_of(from, i, colon + 1, end));
}

static void at_sign(int i)
{
    if ((is(i, "<") || is(i, "<=") || is(i, ">") || is(i, ">=")) && picks_one_of_both(i))
        return;
    static const char *const pairs[][2] = {
        {"<", "<="},  {"<=", "<"},  {">", ">="},  {">=", ">"},  {"==", "!="}, {"!=", "=="}, {"&&", "||"},
        {"||", "&&"}, {"++", "--"}, {"--", "++"}, {"+=", "-="}, {"-=", "+="}, {"*=", "/="}, {"/=", "*="},
    };
    for (size_t k = 0; k < sizeof pairs / sizeof pairs[0]; k++)
        if (is(i, pairs[k][0]))
            swap_token(i, pairs[k][1]);
    if (is(i, "+") && is_value(i - 1))
        swap_token(i, "-");
    if (is(i, "-") && is_value(i - 1))
        swap_token(i, "+");
    if (is(i, "*") && multiplies(i))
        swap_token(i, "/");
    if (is(i, "/"))
        swap_token(i, "*");
}

/* The statement of a token names one of these. */
static bool names_room(int i)
{
    for (int at = i - 1; at >= 0 && !is(at, ";") && !is(at, "{") && !is(at, "}"); at--)
        if (tokens[at].kind == WORD && (is(at, "room") || strstr(text_of(at), "_room")))
            return true;
    return false;
}

/* The third member of a decimal is nothing. */
static bool is_padding(int i)
{
    return is(i + 1, "}") && is(i - 1, ",") && is(tokens[i].opener, "{") && is(tokens[i].opener - 1, ")") &&
           is(tokens[i].opener - 2, "oc_dec");
}

/* How large an array of a function is: TYPE name[...], with nothing assigned before it. */
static bool is_array_size(int i)
{
    static const char *const types[] = {"const", "static", "struct", "union", "char", "int", "bool", "double", NULL};
    int at = tokens[i].opener;
    while (at >= 0 && is(at, "("))
        at = tokens[at].opener;
    if (at < 0 || !is(at, "[") || !is(tokens[at].opener, "{"))
        return false;
    while (at > 0 && !is(at - 1, ";") && !is(at - 1, "{") && !is(at - 1, "}"))
        if (is(--at, "="))
            return false;
    const char *first = text_of(at);
    const size_t size = strlen(first);
    return is_one_of(at, types) || (size > 2 && strcmp(first + size - 2, "_t") == 0);
}

static void at_number(int i)
{
    static const char *const hints[] = {"__builtin_expect", "calloc", "snprintf", "lua_createtable", NULL};
    char words[2 * NAME_SIZE], digits[NAME_SIZE], number[NAME_SIZE];
    snprintf(number, sizeof number, "%s", text_of(i));
    const bool is_outer = is(tokens[i].opener, "[");
    size_t size = strspn(number, "0123456789");
    if (number[size] == '.' || number[size] == 'x' || number[size] == 'e' || size > 18 || is_inside(i, hints))
        return;
    if ((is(i - 1, "{") && is(i + 1, "}")) || names_room(i) ||
        is_padding(i)) /* an empty one, or how much a list grows */
        return;
    snprintf(digits, sizeof digits, "%.*s", (int)size, number);
    const unsigned long long value = strtoull(digits, NULL, 10);
    if (is_outer && (value > 1 || is(tokens[i].opener - 2, "sizeof"))) /* each of a list is as large as the first */
        return;
    snprintf(words, sizeof words, "%llu%s", value == 1 ? 0 : value + 1, number + size);
    swap_token(i, words);
}

static void at_word(int i)
{
    static const char *const pairs[][2] = {
        {"true", "false"},
        {"OC_SIDE_BUY", "OC_SIDE_SELL"},
        {"open_buy", "open_sell"},
        {"buy_line", "sell_line"},
        {"bid", "ask"},
        {"high", "low"},
        {"bid_left", "ask_left"},
        {"NUM_FLOOR", "NUM_CEIL"},
        {"num_add", "num_sub"},
    };
    for (size_t k = 0; k < sizeof pairs / sizeof pairs[0]; k++) {
        if (is(i, pairs[k][0]))
            swap_token(i, pairs[k][1]);
        if (is(i, pairs[k][1]))
            swap_token(i, pairs[k][0]);
    }
}

/* if (X) to if (!(X)); while (X) likewise. */
static void at_condition(int i)
{
    const int open = i + 1, close = is(open, "(") ? tokens[open].partner : -1;
    char words[WORDS_MAX];
    if (close < 0 || tokens[close].at - tokens[open].at > WORDS_MAX / 2)
        return;
    const int from = tokens[open].at, size = tokens[close].at - from + 1;
    int length = snprintf(words, sizeof words, "(!%.*s)", size, source + from);
    for (int k = 0; k < length; k++)
        if (words[k] == '\n')
            words[k] = ' ';
    add(i, "negated condition", from, size, words);
}

/* Values of the two branches change places: the larger becomes the smaller. */
static void at_question(int i)
{
    char words[WORDS_MAX];
    int middle = -1, end = -1;
    for (int at = i + 1, depth = 0; at < count && end < 0; at++) {
        if (tokens[at].partner > at) {
            at = tokens[at].partner;
            continue;
        }
        if (is(at, "?"))
            depth++;
        else if (is(at, ":") && middle >= 0)
            end = at;
        else if (is(at, ":") && depth-- == 0)
            middle = at;
        else if (is(at, ";") || is(at, ",") || tokens[at].partner >= 0)
            end = at;
    }
    if (middle < 0 || end < 0 || tokens[end].at - tokens[i].at > WORDS_MAX / 2)
        return;
    const int from = tokens[i + 1].at, part = tokens[middle - 1].at + tokens[middle - 1].size - from;
    const int other = tokens[middle + 1].at, to = tokens[end - 1].at + tokens[end - 1].size;
    int length = snprintf(words, sizeof words, "(%.*s) : (%.*s)", to - other, source + other, part, source + from);
    for (int k = 0; k < length; k++)
        if (words[k] == '\n')
            words[k] = ' ';
    add(i, "swapped branches", from, to - from, words);
}

static int statement_end(int i)
{
    for (; i < count && !is(i, ";"); i++) {
        if (tokens[i].partner > i)
            i = tokens[i].partner;
        else if (tokens[i].partner >= 0)
            return -1;
    }
    return i < count ? i : -1;
}

/* Behind the condition of an if, for or while. */
static bool is_guarded(int i)
{
    static const char *const heads[] = {"if", "for", "while", NULL};
    return (is(i - 1, ")") && is_one_of(tokens[i - 1].partner - 1, heads)) || is(i - 1, "else");
}

static bool is_words_or_memory(int i, int end)
{
    static const char *const starts[] = {"log_",
                                         "free",
                                         "env_map_populate",
                                         "atomic_signal_fence",
                                         "env_unmap",
                                         "journal_close_read",
                                         "text_format",
                                         "oc_log",
                                         "assert",
                                         NULL};
    for (int k = 0; starts[k]; k++)
        if (strncmp(text_of(i), starts[k], strlen(starts[k])) == 0)
            return true;
    for (int at = i; at < end; at++) {
        const char *name = text_of(at);
        const size_t size = strlen(name);
        if (is(at + 1, "(") && ((size > 8 && strcmp(name + size - 8, "_release") == 0) ||
                                (size > 5 && strcmp(name + size - 5, "_free") == 0)))
            return true;
    }
    return is(i, "snprintf") || is(i, "(");
}

/* A call whose result is not used, or an assignment. */
static void at_statement(int i)
{
    static const char *const not [] = {"return",  "if",     "for",  "while",    "do",      "switch", "case",
                                       "default", "break",  "goto", "else",     "struct",  "const",  "union",
                                       "static",  "sizeof", "enum", "continue", "typedef", NULL};
    static const char *const verbs[] = {"(", "[", ".", "->", "=", "+=", "-=", "*=", "/=", "|=", "&=", "++", "--", NULL};
    const bool begins = is(i - 1, ";") || is(i - 1, "{") || is(i - 1, "}") || is(i - 1, ":") || is_guarded(i);
    const int opener = tokens[i].opener;
    if (!begins || opener < 0 || !is(opener, "{"))
        return;
    if (!(tokens[i].kind == WORD && !is_one_of(i, not ) && is_one_of(i + 1, verbs)) && !is(i, "*") && !is(i, "++"))
        return;
    const int end = statement_end(i);
    if (end < 0 || is_words_or_memory(i, end) || is(end - 1, ","))
        return;
    add(i, "removed statement", tokens[i].at, tokens[end].at + 1 - tokens[i].at, "{ }");
}

static bool returns_rc(int function) { return is(function - 1, "oc_rc"); }

static void at_leave(int i)
{
    const int end = statement_end(i);
    if (end < 0)
        return;
    const int size = tokens[end].at + 1 - tokens[i].at;
    if (is_guarded(i) || (is(i, "break") && !is(i - 1, ";")) || is(i, "continue"))
        add(i, is(i, "return") ? "removed return" : "removed break", tokens[i].at, size, "{ }");
    if (is(i, "return") && returns_rc(tokens[i].function) && !is(i + 1, "OC_OK"))
        add(i, "return OC_OK", tokens[i].at, size, "return OC_OK;");
}

static void at_function(int i)
{
    if (tokens[i].opener < 0 && tokens[i].function >= 0 && is(i - 1, ")") && returns_rc(tokens[i].function))
        add(i, "early return OC_OK", tokens[i].at + 1, 0, "if (1) return OC_OK;");
}

static void look(void)
{
    static const char *const words_of[] = {"log_error", "log_warning",  "log_info",       "log_debug",
                                           "oc_log",    "json_refusal", "_Static_assert", NULL};
    for (int i = 0; i < count; i++) {
        if (tokens[i].function < 0 || i < tokens[i].function)
            continue;
        if (is(i, "{"))
            at_function(i);
        if (tokens[i].opener < 0 || is_inside(i, words_of) || is_array_size(i))
            continue;
        if (tokens[i].kind == NUMBER)
            at_number(i);
        else if (tokens[i].kind == WORD)
            at_word(i);
        else if (tokens[i].kind == SIGN)
            at_sign(i);
        if (is(i, "?"))
            at_question(i);
        if (is(i, "if") || (is(i, "while") && !is(i - 1, "}")))
            at_condition(i);
        if (is(i, "return") || is(i, "break") || is(i, "continue"))
            at_leave(i);
        at_statement(i);
    }
}

/* ---- verbs ---- */

static int by_turn(const void *a, const void *b)
{
    const struct found *one = a, *other = b;
    if (one->turn != other->turn)
        return one->turn < other->turn ? -1 : 1;
    return strcmp(one->line, other->line);
}

static int plant(int argc, char **argv)
{
    char *bytes = argc == 5 ? read_all(stdin) : NULL;
    const size_t at = argc == 5 ? strtoull(argv[2], NULL, 10) : 0, size = argc == 5 ? strtoull(argv[3], NULL, 10) : 0;
    if (!bytes || at + size > strlen(bytes))
        return 2;
    fwrite(bytes, 1, at, stdout);
    fputs(argv[4], stdout);
    fputs(bytes + at + size, stdout);
    free(bytes);
    return ferror(stdout) ? 2 : 0;
}

int main(int argc, char **argv)
{
    const bool draws = argc > 3 && strcmp(argv[1], "draw") == 0;
    if (argc > 1 && strcmp(argv[1], "plant") == 0)
        return plant(argc, argv);
    if (argc < 3 || (!draws && strcmp(argv[1], "list") != 0)) {
        fputs("mutant: list FILE... | draw SEED FILE... | plant AT SIZE WORDS\n", stderr);
        return 2;
    }
    seed = draws ? mix(strtoull(argv[2], NULL, 10)) : 0;
    const char *list = getenv("EQUIVALENT");
    FILE *known = list && *list ? fopen(list, "r") : NULL;
    equivalent = known ? read_all(known) : NULL;
    if (known)
        fclose(known);
    for (int i = draws ? 3 : 2; i < argc; i++) {
        FILE *from = fopen(argv[i], "r");
        file = argv[i];
        if (!from || !(source = read_all(from))) {
            fprintf(stderr, "mutant: %s cannot be read\n", argv[i]);
            return 2;
        }
        fclose(from);
        cut();
        pair();
        look();
        free(source);
    }
    if (draws)
        qsort(found, (size_t)found_count, sizeof *found, by_turn);
    for (int i = 0; i < found_count; i++) {
        puts(found[i].line);
        free(found[i].line);
    }
    free(equivalent);
    return 0;
}
