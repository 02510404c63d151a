/* wire_log.h: a file of what goes to venues and what comes, a line a thing: for a person, or as JSON.
 *
 * Invariants
 * - No secret, no public text of a key (REDACT_MIN bytes or more of each, see redact.h) and no signature that was made stands in it, in whatever
 *   form: what a connector put into a request and what a venue says back alike. They are cut out before a text is cut to its size.
 * - Bounded: WIRE_TEXT_MAX bytes of a text; a file of size_max bytes. A full one, and one of an earlier life, becomes NAME.1, that NAME.2 and
 *   so on; WIRE_FILES_MAX of them.
 * - What cannot be written ends the log, is said once, and hinders nothing.
 * - It is opened for one session and belongs to its thread. */
#ifndef IO_WIRE_LOG_H
#define IO_WIRE_LOG_H

#include "base/checked.h"
#include "base/env.h"
#include "base/text.h"

#include <stdbool.h>

enum wire_level {
    WIRE_OFF = 0,
    WIRE_ERRORS = 1,   /* what did not go as it should */
    WIRE_REQUESTS = 2, /* and each exchange, stream and order request, without their texts */
    WIRE_ALL = 3       /* and each message, with the texts of all */
};

enum {
    WIRE_TEXT_MAX = 4096,
    WIRE_BEHIND_MAX = 1024, /* that are looked at behind it: a secret may be cut by the end */
    WIRE_MIB = 16,          /* of a file, where nothing is said */
    WIRE_FILES_MAX = 4,     /* the one that is written, and those of before */
    WIRE_SIGNATURES = 16,   /* the last ones that are looked for */
    WIRE_SIGNATURE_MAX = 512,
    WIRE_LINE_MAX = 1 << 17
};

struct wire_signature {
    uint8_t bytes[WIRE_SIGNATURE_MAX];
    uint32_t size; /* 0: none */
};

struct wire_log {
    enum wire_level level; /* WIRE_OFF: closed, as a zeroed one is */
    int fd;
    bool is_json;
    int64_t size, size_max;
    uint64_t lines;
    struct wire_signature signatures[WIRE_SIGNATURES];
    uint32_t signature_next;
    char path[ENV_PATH_MAX];
    struct text line;
};

/* One thing. Texts are borrowed and may hold anything; what is not known is 0 or NULL. */
struct wire_entry {
    enum wire_level level; /* from which on it is written */
    const char *venue;
    const char *what; /* "request", "answer", "message" ... */
    const char *endpoint;
    const char *method;
    const char *why;
    uint64_t exchange; /* one of these two */
    uint64_t stream;
    uint64_t request; /* of an order */
    int64_t at_ns;
    int64_t took_ns; /* below 0: not known */
    uint32_t status;
    uint32_t size; /* of the whole text */
    const char *path, *headers, *text;
    uint32_t path_size, headers_size, text_size;
};

/* OC_E_IO and the codes of env_open. Owned: wire_log_close, which takes a closed one. [setup] */
CHECKED oc_rc wire_log_open(struct wire_log *log, const char *path, enum wire_level level, bool is_json,
                            int64_t size_max);
void wire_log_close(struct wire_log *log);
/* NULL: it is closed. */
static inline bool wire_log_is_on(const struct wire_log *log, enum wire_level level)
{
    return log && log->level >= level;
}
void wire_log_put(struct wire_log *log, const struct wire_entry *entry);
/* Bytes of a signature: from now on they stand in no line, as bytes, hex or base64. */
void wire_log_hide(struct wire_log *log, const void *signature, size_t size);

#endif
