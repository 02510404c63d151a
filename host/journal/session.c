/* session.c: one line "outcry-session VERSION SIZE HASH", then the text. */
#include "journal/session.h"

#include "base/env.h"
#include "base/hash.h"
#include "base/text.h"
#include "journal/limits.h"

#include <stdio.h>

static const char prefix[] = "session-", magic[] = "outcry-session ";

enum { SESSION_VERSION = 1, LINE_MAX_SIZE = 128, DIGITS = 6 };

static int write_line(char line[LINE_MAX_SIZE], const char *text, size_t size)
{
    char hash[HASH_TEXT_MAX];
    hash128_to_text(hash128(text, size), hash);
    return snprintf(line, LINE_MAX_SIZE, "%s%d %zu %s\n", magic, SESSION_VERSION, size, hash);
}

oc_rc session_write(const char *dir, uint32_t part, const char *text, size_t size)
{
    if (size > JOURNAL_HEADER_MAX)
        return OC_E_LIMIT;
    char line[LINE_MAX_SIZE], name[JOURNAL_NAME_MAX];
    if (!text)
        text = "";
    int length = write_line(line, text, size);
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

oc_rc session_read(const char *dir, uint32_t last, char **ret_text, size_t *ret_size)
{
    struct search search = {-1, last};
    char path[ENV_PATH_MAX], line[LINE_MAX_SIZE], *bytes;
    size_t size;
    oc_rc rc = env_list(dir, newest, &search);
    if (rc < 0)
        return rc;
    if (search.best < 0)
        return OC_E_NOT_FOUND;
    if (snprintf(path, sizeof path, "%s/%s%0*lld", dir, prefix, DIGITS, (long long)search.best) >= (int)sizeof path)
        return OC_E_INVALID;
    rc = env_read_file(path, JOURNAL_HEADER_MAX + LINE_MAX_SIZE, &bytes, &size);
    if (rc < 0)
        return rc == OC_E_LIMIT ? OC_E_DATA : rc;
    char *end = memchr(bytes, '\n', size < LINE_MAX_SIZE ? size : LINE_MAX_SIZE);
    size_t body = end ? size - (size_t)(end + 1 - bytes) : 0;
    if (!end || write_line(line, end + 1, body) != end + 1 - bytes ||
        memcmp(line, bytes, (size_t)(end + 1 - bytes)) != 0) {
        env_free(bytes);
        return OC_E_DATA;
    }
    memmove(bytes, end + 1, body + 1);
    *ret_text = bytes;
    *ret_size = body;
    return OC_OK;
}
