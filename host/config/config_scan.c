#include "config/config_scan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "config/config_file.h"

struct scan {
    const char *folder; /* where included files are looked for */
    uint32_t included;  /* files so far */
    struct error *error;
};

struct place { /* in one file */
    const char *path;
    const char *at;
    int line;
    bool begins_line;
};

static oc_rc fault(const struct scan *scan, const struct place *place, const char *what)
{
    error_at(scan->error, OC_E_CONFIG, "%s:%d", place->path, place->line);
    error_what(scan->error, "%s", what);
    return OC_E_CONFIG;
}

/* Over a text, from the quote that begins it to behind the one that ends it; the end of the file where none does. */
static void skip_text(struct place *place)
{
    for (place->at++; *place->at && *place->at != '"'; place->at++) {
        if (*place->at == '\\' && place->at[1])
            place->at++;
        place->line += *place->at == '\n';
    }
    place->at += *place->at == '"';
}

/* Over a comment of one of the three kinds, its last newline left out. False: there is none. */
static bool skip_comment(struct place *place)
{
    const bool is_block = place->at[0] == '/' && place->at[1] == '*';
    if (*place->at == '#' || (place->at[0] == '/' && place->at[1] == '/')) {
        place->at += strcspn(place->at, "\n");
        return true;
    }
    if (!is_block)
        return false;
    const char *end = strstr(place->at + 2, "*/");
    const char *behind = end ? end + 2 : place->at + strlen(place->at);
    for (; place->at < behind; place->at++)
        place->line += *place->at == '\n';
    return true;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* An integer, or the digits of a float, from its first digit. */
static oc_rc take_number(const struct scan *scan, struct place *place, bool is_negative)
{
    const char *begin = place->at;
    const bool is_hex = begin[0] == '0' && (begin[1] == 'x' || begin[1] == 'X');
    char *end;
    errno = 0;
    const unsigned long long value = strtoull(begin, &end, is_hex ? 16 : 10); /* 010 is ten, as there */
    const bool is_beyond = errno == ERANGE || value > (is_negative ? 9223372036854775808ull : 9223372036854775807ull);
    const bool is_long = value > (is_negative ? 2147483648ull : 2147483647ull);
    const bool is_float = !is_hex && (*end == '.' || *end == 'e' || *end == 'E');
    place->at = end > begin ? end : begin + 1;
    if (is_float) {
        place->at += strspn(place->at, "0123456789.eE");
        return OC_OK;
    }
    if (!is_long || (*end == 'L' && !is_beyond))
        return OC_OK;
    (void)fault(scan, place, is_beyond ? "an integer beyond 64 bits" : "an integer beyond 32 bits");
    error_found(scan->error, "%s%.*s", is_negative ? "-" : "", end - begin > 60 ? 60 : (int)(end - begin), begin);
    error_remedy(scan->error, is_beyond ? "write a smaller one" : "write it with an L at its end");
    return OC_E_CONFIG;
}

static oc_rc scan_file(struct scan *scan, const char *path, uint32_t depth, const struct place *from);

/* `@include "FILE"` at the beginning of a line. False: there is none. */
static bool take_include(struct place *place, char *name, size_t size_max)
{
    const char *at = place->at + strspn(place->at, " \t");
    if (!place->begins_line || strncmp(at, "@include", 8) != 0 || (at[8] != ' ' && at[8] != '\t'))
        return false;
    at += 8 + strspn(at + 8, " \t");
    if (*at++ != '"')
        return false;
    size_t size = 0;
    for (; *at && *at != '"' && size + 1 < size_max; at++) {
        if (*at == '\\' && (at[1] == '\\' || at[1] == '"'))
            at++;
        name[size++] = *at;
    }
    name[size] = 0;
    at += strcspn(at, "\"\n");
    place->at = at + (*at == '"');
    return true;
}

static oc_rc include(struct scan *scan, const struct place *place, const char *name, uint32_t depth)
{
    char path[ENV_PATH_MAX];
    const bool is_here = strcmp(scan->folder, ".") == 0;
    if (!*name || snprintf(path, sizeof path, "%s%s%s", is_here && *name != '/' ? "" : scan->folder,
                           is_here && *name != '/' ? "" : "/", name) >= (int)sizeof path) {
        (void)fault(scan, place, "an include that cannot be the name of a file");
        error_found(scan->error, "%.100s", name);
        return OC_E_CONFIG;
    }
    if (depth == CONFIG_INCLUDE_DEPTH_MAX || ++scan->included > CONFIG_INCLUDE_MAX) {
        (void)fault(scan, place, "more includes than are followed");
        error_found(scan->error, "%s", name);
        error_expected(scan->error, "at most %d inside each other, %d together: is one in itself?",
                       CONFIG_INCLUDE_DEPTH_MAX, CONFIG_INCLUDE_MAX);
        return OC_E_CONFIG;
    }
    return scan_file(scan, path, depth + 1, place);
}

static oc_rc scan_text(struct scan *scan, struct place *place, uint32_t depth)
{
    char name[ENV_PATH_MAX];
    oc_rc rc = OC_OK;
    while (*place->at && rc == OC_OK) {
        const bool begins = place->begins_line;
        if (take_include(place, name, sizeof name)) {
            place->begins_line = false;
            rc = include(scan, place, name, depth);
            continue;
        }
        place->begins_line = *place->at == '\n';
        if (*place->at == '"') {
            skip_text(place);
        } else if (skip_comment(place)) {
            continue;
        } else if (is_letter(*place->at) || *place->at == '*') { /* a name, which may hold digits */
            while (is_letter(*place->at) || is_digit(*place->at) || (*place->at && strchr("-_*", *place->at)))
                place->at++;
        } else if (is_digit(*place->at)) {
            rc = take_number(scan, place, !begins && place->at[-1] == '-');
        } else if (*place->at == '.') { /* a float without digits in front */
            place->at += 1 + strspn(place->at + 1, "0123456789eE");
        } else {
            place->line += *place->at == '\n';
            place->at++;
        }
    }
    return rc;
}

/* A file of the system that has no size and bytes all the same, or cannot be read at its beginning. */
static oc_rc check_empty(const char *path)
{
    int fd;
    char byte;
    size_t got = 0;
    oc_rc rc = env_open(path, ENV_READ, &fd);
    if (rc < 0)
        return rc;
    rc = env_read(fd, &byte, 1, &got);
    env_close(fd);
    return rc < 0 || got ? env_fail_kind(path, "a file of the system that has no size") : (oc_rc)OC_OK;
}

static oc_rc scan_file(struct scan *scan, const char *path, uint32_t depth, const struct place *from)
{
    char *text = NULL;
    size_t size = 0;
    oc_rc rc = env_read_file(path, CONFIG_FILE_MAX, &text, &size);
    if (rc == OC_OK && size == 0)
        rc = check_empty(path);
    if (rc < 0) {
        env_free(text);
        rc = rc == OC_E_NOMEM ? rc : (oc_rc)OC_E_CONFIG;
        if (from)
            error_at(scan->error, rc, "%s:%d: @include", from->path, from->line);
        else
            error_at(scan->error, rc, "configuration %s", path);
        error_what(scan->error, "%s", env_error_text());
        return rc;
    }
    struct place place = {.path = path, .at = text, .line = 1, .begins_line = true};
    rc = scan_text(scan, &place, depth);
    if (rc == OC_OK && (size_t)(place.at - text) != size) {
        (void)fault(scan, &place, "a zero byte");
        rc = OC_E_CONFIG;
    }
    env_free(text);
    return rc;
}

oc_rc config_scan(const char *path, const char *include_folder, struct error *ret_error)
{
    struct scan scan = {.folder = include_folder, .error = ret_error};
    return scan_file(&scan, path, 0, NULL);
}
