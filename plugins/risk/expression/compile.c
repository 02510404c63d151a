#include "compile.h"

#include <outcry/kit/text.h>
#include <stdio.h>
#include <string.h>

struct parser {
    const char *text;
    const char *at;
    const char *const *names;
    struct program *program;
    char *complaint;
    uint32_t depth; /* of the stack, behind the steps so far */
    uint32_t nested;
    uint32_t is_wrong;
};

/* From what binds last. `or`, `and`, the comparisons (not repeated), sums, products. */
enum level { LEVEL_OR, LEVEL_AND, LEVEL_COMPARE, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_END };

static const struct {
    const char *word;
    enum level level;
    enum op op;
} operators[] = {{"or", LEVEL_OR, OP_OR},
                 {"and", LEVEL_AND, OP_AND},
                 {"<=", LEVEL_COMPARE, OP_LESS_EQUAL},
                 {">=", LEVEL_COMPARE, OP_MORE_EQUAL},
                 {"==", LEVEL_COMPARE, OP_EQUAL},
                 {"~=", LEVEL_COMPARE, OP_UNEQUAL},
                 {"<", LEVEL_COMPARE, OP_LESS},
                 {">", LEVEL_COMPARE, OP_MORE},
                 {"+", LEVEL_SUM, OP_ADD},
                 {"-", LEVEL_SUM, OP_SUB},
                 {"*", LEVEL_PRODUCT, OP_MUL},
                 {"/", LEVEL_PRODUCT, OP_DIV}};

static int is_letter(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }
static int is_digit(char c) { return c >= '0' && c <= '9'; }

static void skip_blanks(struct parser *parser) { parser->at += strspn(parser->at, " \t\n"); }

/* Letters and digits from here on. */
static size_t word_size(const char *at)
{
    size_t size = 0;
    while (is_letter(at[size]) || (size && is_digit(at[size])))
        size++;
    return size;
}

static const char a_name[] = "a name";

/* What other languages write for an operator that stands here; NULL: nothing of that kind does. */
static const char *meant(const struct parser *parser)
{
    static const char *const foreign[][2] = {{"=<", "<="},   {"=>", ">="}, {"!=", "~="},  {"<>", "~="},
                                             {"&&", "and"},  {"||", "or"}, {"=", "=="},   {"!", "not"},
                                             {"AND", "and"}, {"OR", "or"}, {"NOT", "not"}};
    const char *at = parser->at;
    if (*at == '>' && at > parser->text && at[-1] == '<')
        at--; /* its first half is an operator here */
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        if (strncmp(at, foreign[i][0], strlen(foreign[i][0])) == 0)
            return foreign[i][1];
    return NULL;
}

static void complain(struct parser *parser, const char *expected)
{
    char found[32] = "the end";
    const size_t size = word_size(parser->at);
    if (parser->is_wrong)
        return;
    parser->is_wrong = 1;
    if (*parser->at)
        snprintf(found, sizeof found, "'%.*s'", size ? (int)(size < 24 ? size : 24) : 1, parser->at);
    int end = snprintf(parser->complaint, COMPLAINT_MAX, "at character %d: found %s; expected %s",
                       (int)(parser->at - parser->text) + 1, found, expected);
    const char *ours = meant(parser);
    if (ours && end < COMPLAINT_MAX)
        snprintf(parser->complaint + end, (size_t)(COMPLAINT_MAX - end), "; did you mean '%s'?", ours);
    if (strcmp(expected, a_name) != 0)
        return;
    for (uint32_t i = 0; parser->names[i] && end < COMPLAINT_MAX - 1; i++) /* which names there are */
        end +=
            snprintf(parser->complaint + end, (size_t)(COMPLAINT_MAX - end), "%s %s", i ? "," : ":", parser->names[i]);
}

static void put(struct parser *parser, struct step step, int more)
{
    struct program *program = parser->program;
    parser->depth = (uint32_t)((int)parser->depth + more);
    if (program->count == STEPS_MAX || parser->depth > DEPTH_MAX) {
        complain(parser, "fewer parts: at most 128, and 32 within one another");
        return;
    }
    program->steps[program->count++] = step;
}

static int takes_word(struct parser *parser, const char *word)
{
    const size_t size = strlen(word);
    skip_blanks(parser);
    if (strncmp(parser->at, word, size) != 0 || (is_letter(word[0]) && word_size(parser->at) != size))
        return 0;
    parser->at += size;
    return 1;
}

static void parse_level(struct parser *parser, enum level level);

static void parse_number(struct parser *parser)
{
    struct oc_dec dec;
    double value, divisor = 1;
    if (kit_read_digits(parser->at, &dec, &parser->at) < 0) {
        complain(parser, "at most 18 digits");
        return;
    }
    if (*parser->at == '%') {
        dec.scale += 2;
        parser->at++;
    }
    for (int32_t i = 0; i < dec.scale; i++)
        divisor *= 10;
    value = (double)dec.units / divisor;
    put(parser, (struct step){.op = OP_NUMBER, .number = value}, 1);
}

static void parse_name(struct parser *parser)
{
    const size_t size = word_size(parser->at);
    for (uint32_t i = 0; parser->names[i]; i++)
        if (strlen(parser->names[i]) == size && memcmp(parser->names[i], parser->at, size) == 0) {
            parser->at += size;
            parser->program->names_used |= 1u << i;
            put(parser, (struct step){.op = OP_NAME, .name = i}, 1);
            return;
        }
    complain(parser, a_name);
}

static void parse_part(struct parser *parser)
{
    if (parser->nested == DEPTH_MAX) {
        complain(parser, "at most 32 parts within one another");
        return;
    }
    parser->nested++;
    if (takes_word(parser, "(")) {
        parse_level(parser, LEVEL_OR);
        if (!parser->is_wrong && !takes_word(parser, ")"))
            complain(parser, "an operator, or ')'");
    } else if (takes_word(parser, "-")) {
        parse_part(parser);
        put(parser, (struct step){.op = OP_NEGATE}, 0);
    } else if (takes_word(parser, "not")) {
        parse_level(parser, LEVEL_COMPARE);
        put(parser, (struct step){.op = OP_NOT}, 0);
    } else if (is_digit(*parser->at) || *parser->at == '.') {
        parse_number(parser);
    } else if (is_letter(*parser->at)) {
        parse_name(parser);
    } else {
        complain(parser, "a number, a name, 'not' or '('");
    }
    parser->nested--;
}

/* The operator of this level that stands here, taken; its place, or -1. */
static int take_operator(struct parser *parser, enum level level)
{
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
        if (operators[i].level == level && takes_word(parser, operators[i].word))
            return (int)i;
    return -1;
}

static void parse_level(struct parser *parser, enum level level)
{
    if (level == LEVEL_END) {
        parse_part(parser);
        return;
    }
    parse_level(parser, (enum level)(level + 1));
    for (int i; !parser->is_wrong && (i = take_operator(parser, level)) >= 0;) {
        parse_level(parser, (enum level)(level + 1));
        put(parser, (struct step){.op = operators[i].op}, -1);
        if (level == LEVEL_COMPARE)
            break; /* a < b < c means something else elsewhere */
    }
}

oc_rc compile(const char *text, const char *const *names, struct program *ret_program, char complaint[COMPLAINT_MAX])
{
    struct parser parser = {.text = text, .at = text, .names = names, .program = ret_program, .complaint = complaint};
    memset(ret_program, 0, sizeof *ret_program);
    parse_level(&parser, LEVEL_OR);
    skip_blanks(&parser);
    if (*parser.at)
        complain(&parser, "an operator, or the end");
    if (!ret_program->names_used)
        complain(&parser, "a name: without one the answer is always the same");
    return parser.is_wrong ? (oc_rc)OC_E_CONFIG : (oc_rc)OC_OK;
}

static int is_number(double value) { return value - value == 0; }

/* What is no number, such as a division by zero, is not known, and so is what depends on it. */
static double compute(enum op op, double a, double b)
{
    const int has_both = is_number(a) && is_number(b);
    if (op == OP_OR && ((is_number(a) && a != 0) || (is_number(b) && b != 0)))
        return 1;
    if (op == OP_AND && ((is_number(a) && a == 0) || (is_number(b) && b == 0)))
        return 0;
    if (!has_both)
        return is_number(a) ? b : a;
    switch (op) {
    case OP_OR:
        return a != 0 || b != 0;
    case OP_AND:
        return a != 0 && b != 0;
    case OP_LESS:
        return a < b;
    case OP_LESS_EQUAL:
        return a <= b;
    case OP_MORE:
        return a > b;
    case OP_MORE_EQUAL:
        return a >= b;
    case OP_EQUAL:
        return a == b;
    case OP_UNEQUAL:
        return a != b;
    case OP_ADD:
        return a + b;
    case OP_SUB:
        return a - b;
    case OP_MUL:
        return a * b;
    case OP_DIV:
        return a / b;
    case OP_NUMBER:
    case OP_NAME:
    case OP_NOT:
    case OP_NEGATE:
    default:
        return 0;
    }
}

struct outcome run(const struct program *program, const double *values)
{
    double stack[DEPTH_MAX + 1] = {0};
    uint32_t top = 0;
    struct outcome outcome = {0};
    for (uint32_t i = 0; i < program->count; i++) {
        const struct step *step = &program->steps[i];
        if (step->op == OP_NUMBER || step->op == OP_NAME) {
            stack[++top] = step->op == OP_NUMBER ? step->number : values[step->name];
            continue;
        }
        if (step->op == OP_NOT || step->op == OP_NEGATE) {
            stack[top] = step->op == OP_NEGATE ? -stack[top] : is_number(stack[top]) ? stack[top] == 0 : stack[top];
            continue;
        }
        const double left = stack[top - 1], right = stack[top], value = compute((enum op)step->op, left, right);
        if (step->op >= OP_LESS && step->op <= OP_UNEQUAL && value == 0 && !outcome.has_false)
            outcome = (struct outcome){.left = left, .right = right, .has_false = 1};
        stack[--top] = value;
    }
    outcome.value = stack[top];
    return outcome;
}
