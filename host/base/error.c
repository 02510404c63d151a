#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "base/redact.h"
#include "base/text.h"

/* Longer than any part: what is cut here is cut there too. */
enum { RAW_MAX = 1024, ESCAPE_MAX = 8 };

static const char dots[] = "...";

/* The character at `from`, of `left` bytes, as it is shown; *ret_taken bytes of it. */
static void show(const char *from, size_t left, char shown[ESCAPE_MAX], size_t *ret_taken)
{
    const unsigned char *byte = (const unsigned char *)from;
    const int size = text_utf8_size(from, left);
    const bool is_second_control = size == 2 && byte[0] == 0xC2 && byte[1] < 0xA0; /* U+0080 to U+009F */
    *ret_taken = size ? (size_t)size : 1;
    if (byte[0] == '\n' || byte[0] == '\t' || byte[0] == '\r')
        snprintf(shown, ESCAPE_MAX, "\\%c", byte[0] == '\n' ? 'n' : (byte[0] == '\t' ? 't' : 'r'));
    else if (!size || byte[0] < ' ' || byte[0] == 0x7f)
        snprintf(shown, ESCAPE_MAX, "\\x%02x", byte[0]);
    else if (is_second_control)
        snprintf(shown, ESCAPE_MAX, "\\u%04x", byte[1]);
    else
        snprintf(shown, ESCAPE_MAX, "%.*s", size, from);
}

/* Writes `raw` into a part of `max` bytes: `safe` is as far as it may go and still have room for the dots. */
static void take(char *part, size_t max, const char *raw)
{
    const size_t size = strlen(raw);
    size_t used = 0, safe = 0, taken = 0;
    for (size_t at = 0; at < size; at += taken) {
        char shown[ESCAPE_MAX];
        show(raw + at, size - at, shown, &taken);
        const size_t wanted = strlen(shown);
        if (used + wanted >= max) {
            memcpy(part + safe, dots, sizeof dots);
            return;
        }
        memcpy(part + used, shown, wanted);
        used += wanted;
        if (used + sizeof dots <= max)
            safe = used;
    }
    part[used] = 0;
}

static __attribute__((format(printf, 3, 0))) void take_args(char *part, size_t max, const char *format, va_list args)
{
    char raw[RAW_MAX];
    raw[0] = 0;
    vsnprintf(raw, sizeof raw, format, args);
    redact(raw, strlen(raw));
    take(part, max, raw);
}

#define TAKE(part)                                                                                                     \
    va_list args;                                                                                                      \
    va_start(args, format);                                                                                            \
    take_args(part, sizeof part, format, args);                                                                        \
    va_end(args)

static void begin(struct error *error, oc_rc rc)
{
    error->rc = rc;
    error->where[0] = error->what[0] = error->found[0] = error->expected[0] = error->remedy[0] = 0;
}

void error_at(struct error *error, oc_rc rc, const char *format, ...)
{
    begin(error, rc);
    TAKE(error->where);
}

void error_what(struct error *error, const char *format, ...) { TAKE(error->what); }
void error_found(struct error *error, const char *format, ...) { TAKE(error->found); }
void error_expected(struct error *error, const char *format, ...) { TAKE(error->expected); }
void error_remedy(struct error *error, const char *format, ...) { TAKE(error->remedy); }

oc_rc error_say(struct error *error, oc_rc rc, const char *where, const char *format, ...)
{
    begin(error, rc);
    take(error->where, sizeof error->where, where);
    TAKE(error->what);
    return rc;
}

oc_rc error_of_sentence(struct error *error, oc_rc rc, const char *where, const char *sentence)
{
    const char *slash = strrchr(where, '/');
    const char *const names[] = {where, slash ? slash + 1 : where};
    for (int i = 0; i < 2; i++) {
        const size_t size = strlen(names[i]);
        if (size && strncmp(sentence, names[i], size) == 0 && strncmp(sentence + size, ": ", 2) == 0)
            return error_say(error, rc, where, "%s", sentence + size + 2);
    }
    return error_say(error, rc, where, "%s", sentence);
}

struct code {
    oc_rc rc;
    const char *name;
    const char *remedy; /* NULL: the place alone says what to do */
};

static const struct code codes[] = {
    {OC_E_INVALID, "an argument is out of range", NULL},
    {OC_E_NOMEM, "out of memory", "give the process more memory, or less to do"},
    {OC_E_RANGE, "a number does not fit", "use smaller amounts, or coarser steps"},
    {OC_E_FULL, "no room is left", "make room on the disk, or try again later"},
    {OC_E_LIMIT, "a stated limit was reached", "use fewer or smaller ones"},
    {OC_E_IO, "the operating system refused", "look at rights, space and limits of the machine"},
    {OC_E_DATA, "damaged or contradictory data", "bring a whole copy back"},
    {OC_E_NOT_FOUND, "not found", "look at the name"},
    {OC_E_NOT_SUPPORTED, "not supported", NULL},
    {OC_E_STATE, "not allowed now", NULL},
    {OC_E_CONFIG, "wrong configuration", "see what `outcry config check` says"},
    {OC_E_TOO_NEW, "made for a newer version", "use the newer outcry"},
    {OC_E_TOO_OLD, "made for an older version", "make it anew for this version"},
    {OC_E_AGAIN, "not ready yet", "try again"},
    {OC_E_END, "it has ended", NULL},
    {OC_E_EXISTS, "it is already there", "use another name"},
};

static const struct code *code_of(oc_rc rc)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i].rc == rc)
            return &codes[i];
    return NULL;
}

const char *error_name(oc_rc rc)
{
    const struct code *code = code_of(rc);
    return code ? code->name : (rc < 0 ? "an unknown failure" : "good");
}

oc_rc error_of_code(struct error *error, oc_rc rc, const char *where, const char *what)
{
    const struct code *code = code_of(rc);
    (void)error_say(error, rc, where, "%s%s%s", what, *what ? ": " : "", error_name(rc)); /* rc is returned below */
    if (code && code->remedy)
        take(error->remedy, sizeof error->remedy, code->remedy);
    return rc;
}

oc_rc error_keep(struct error *to, const struct error *from)
{
    if (!error_is_set(to))
        *to = *from;
    return from->rc;
}

oc_rc error_copy(struct error *to, const struct error *from)
{
    *to = *from;
    return from->rc;
}

oc_rc error_pass(struct error_list *list, struct error *error, oc_rc rc)
{
    if (rc >= 0 || !list)
        return rc;
    if (list->count < ERROR_LIST_MAX)
        list->list[list->count++] = *error;
    else
        list->more++;
    *error = (struct error){0};
    return OC_OK;
}

static void put_part(struct text *text, const char *part)
{
    if (*part)
        text_format(text, "%s%s", text->size ? ": " : "", part); /* there is room for all parts */
}

void error_text(const struct error *error, char ret_text[ERROR_TEXT_MAX])
{
    struct text text;
    char both[ERROR_FOUND_MAX + ERROR_EXPECTED_MAX + 24];
    const bool has_found = error->found[0], has_expected = error->expected[0];
    snprintf(both, sizeof both, "%s%s%s%s%s%s", has_found ? "found '" : "", error->found, has_found ? "'" : "",
             has_found && has_expected ? ", " : "", has_expected ? "expected " : "", error->expected);
    text_init_fixed(&text, ret_text, ERROR_TEXT_MAX);
    put_part(&text, error->where);
    put_part(&text, error->what);
    put_part(&text, both);
    put_part(&text, error->remedy);
}

void error_json(const struct error *error, struct text *text)
{
    const char *const parts[][2] = {{"what", error->what},
                                    {"where", error->where},
                                    {"found", error->found},
                                    {"expected", error->expected},
                                    {"remedy", error->remedy}};
    json_open(text, NULL, '{');
    json_open(text, "error", '{');
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        json_text(text, parts[i][0], parts[i][1][0] ? parts[i][1] : NULL);
    json_close(text, '}');
    json_close(text, '}');
}
