/* session.c: one line "outcry-session VERSION SIZE HASH SESSION", then the text. Version 1 had no SESSION. */
#include "journal/session.h"

#include "base/env.h"
#include "base/hash.h"
#include "base/text.h"
#include "journal/limits.h"

#include <stdio.h>

static const char prefix[] = "session-", magic[] = "outcry-session ";

enum { SESSION_VERSION = 2, LINE_MAX_SIZE = 160, DIGITS = 6, ID_DIGITS = 32 };

static int write_line(char line[LINE_MAX_SIZE], const char *text, size_t size, const char *id)
{
    char hash[HASH_TEXT_MAX];
    hash128_to_text(hash128(text, size), hash);
    return snprintf(line, LINE_MAX_SIZE, "%s%d %zu %s%s%s\n", magic, *id ? SESSION_VERSION : 1, size, hash,
                    *id ? " " : "", id);
}

static void put_id(char id[ID_DIGITS + 1], const uint8_t session[16])
{
    for (int i = 0; i < 16; i++)
        snprintf(id + 2 * i, 3, "%02x", session[i]);
}

/* The id at the end of a first line of `size` bytes, its newline included; "" where there is none. */
static void take_id(char id[ID_DIGITS + 1], const char *line, size_t size)
{
    id[0] = 0;
    if (size < sizeof magic + ID_DIGITS || line[sizeof magic - 1] == '1')
        return;
    memcpy(id, line + size - 1 - ID_DIGITS, ID_DIGITS);
    id[ID_DIGITS] = 0;
    if (strspn(id, "0123456789abcdef") != ID_DIGITS)
        id[0] = 0;
}

oc_rc session_write(const char *dir, uint32_t part, const uint8_t session[16], const char *text, size_t size)
{
    if (size > JOURNAL_HEADER_MAX)
        return OC_E_LIMIT;
    char line[LINE_MAX_SIZE], name[JOURNAL_NAME_MAX], id[ID_DIGITS + 1];
    if (!text)
        text = "";
    put_id(id, session);
    int length = write_line(line, text, size, id);
    char *bytes = env_alloc((size_t)length + size + 1);
    if (!bytes)
        return OC_E_NOMEM;
    memcpy(bytes, line, (size_t)length);
    memcpy(bytes + length, text, size);
    snprintf(name, sizeof name, "%s%0*u", prefix, DIGITS, part);
    oc_rc rc = env_replace_file(dir, name, bytes, (size_t)length + size);
    env_free(bytes);
    return rc;
}

struct search {
    int64_t best, last; /* -1: none; no number above `last` counts */
};

static oc_rc newest(void *arg, const char *name)
{
    struct search *search = arg;
    int64_t part;
    size_t length = sizeof prefix - 1;
    if (strncmp(name, prefix, length) == 0 && strspn(name + length, "0123456789") == strlen(name + length) &&
        text_to_int(name + length, strlen(name + length), &part) >= 0 && part > search->best && part <= search->last)
        search->best = part;
    return OC_OK;
}

/* The whole file of one number: *ret_bytes is owned, its first line ends at *ret_body. */
static oc_rc read_part(const char *dir, uint32_t part, char **ret_bytes, size_t *ret_body, size_t *ret_size)
{
    char path[ENV_PATH_MAX], line[LINE_MAX_SIZE], id[ID_DIGITS + 1], *bytes;
    size_t size;
    if (snprintf(path, sizeof path, "%s/%s%0*u", dir, prefix, DIGITS, part) >= (int)sizeof path)
        return OC_E_INVALID;
    oc_rc rc = env_read_file(path, JOURNAL_HEADER_MAX + LINE_MAX_SIZE, &bytes, &size);
    if (rc < 0)
        return rc == OC_E_LIMIT ? OC_E_DATA : rc;
    char *end = memchr(bytes, '\n', size < LINE_MAX_SIZE ? size : LINE_MAX_SIZE);
    size_t head = end ? (size_t)(end + 1 - bytes) : 0;
    if (end)
        take_id(id, bytes, head);
    if (!end || write_line(line, end + 1, size - head, id) != (int)head || memcmp(line, bytes, head) != 0) {
        env_free(bytes);
        return OC_E_DATA;
    }
    *ret_bytes = bytes;
    *ret_body = head;
    *ret_size = size;
    return OC_OK;
}

oc_rc session_read(const char *dir, uint32_t last, char **ret_text, size_t *ret_size)
{
    struct search search = {-1, last};
    char *bytes;
    size_t body, size;
    oc_rc rc = env_list(dir, newest, &search);
    if (rc < 0)
        return rc;
    if (search.best < 0)
        return OC_E_NOT_FOUND;
    rc = read_part(dir, (uint32_t)search.best, &bytes, &body, &size);
    if (rc < 0)
        return rc;
    memmove(bytes, bytes + body, size - body + 1);
    *ret_text = bytes;
    *ret_size = size - body;
    return OC_OK;
}

oc_rc session_check(const char *dir, const uint8_t session[16], uint32_t *ret_part)
{
    char wanted[ID_DIGITS + 1], id[ID_DIGITS + 1], *bytes;
    struct search search = {-1, SESSION_NEWEST};
    oc_rc rc = env_list(dir, newest, &search);
    put_id(wanted, session);
    while (rc == OC_OK && search.best >= 0) {
        const uint32_t part = (uint32_t)search.best;
        size_t body, size;
        if (read_part(dir, part, &bytes, &body, &size) == OC_OK) { /* a damaged one is said where it is read */
            take_id(id, bytes, body);
            env_free(bytes);
            if (*id && strcmp(id, wanted) != 0) {
                *ret_part = part;
                return OC_E_STATE;
            }
        }
        search = (struct search){-1, (int64_t)part - 1};
        rc = part ? env_list(dir, newest, &search) : (oc_rc)OC_OK;
    }
    return rc;
}
