/* transcript.h: a venue that is a text file: what its streams say and must hear, and the exchanges that must be made, in order.
 * Format 2, a line a thing; `docs/transcripts.md` tells it to its reader:
 *
 *   transcript 2
 *   # comment, or an empty line
 *   @ TIME  or  @ +DURATION     the clock goes on to there
 *   open NAME PATTERN           the stream NAME is opened with this path, and comes up (an endpoint without an `open` line comes up by
 *                               itself); `open ENDPOINT as NAME PATTERN` where an endpoint has several
 *   refuse NAME STATUS WORDS    the same, and the venue says no
 *   NAME < TEXT                 the venue says this
 *   NAME > PATTERN              the venue must have heard this before it goes on
 *   NAME falls                  the stream falls
 *   NAME torn TEXT              a message begins, and the stream falls in the middle of it
 *   METHOD PATTERN              this exchange must have been made (GET, POST, PUT, DELETE, PATCH; path and query)
 *     header NAME: PATTERN      indented: a header that it must have, a body that it must have
 *     body PATTERN
 *   answer STATUS BODY          what is answered to the exchange before it; indented `header NAME: TEXT`
 *   lost                        in place of an answer: it left, and nothing comes back
 *   unsent                      it never left
 *   ? ...                       before NAME > or METHOD: from here on, what is sent like this and is not the next line is met by
 *   ! ...                       these: NAME <, NAME falls, answer, lost, unsent, of which one or more follow a ? line
 *
 * $name in a pattern stands for any bytes up to what follows it there; in later texts for those bytes. $# in a ! line counts what was met
 * so. $$ is one dollar. <time>, <nonce>, <jwt> and <jwt kid=TEXT> in a pattern stand for what cannot be the same twice.
 *
 * Invariants
 * - What was sent and is not in the script is a mismatch: counted, the first one kept as text, and nothing more happens.
 * - What a script comes to depends on what is sent and when it is asked alone. */
#ifndef IO_TRANSCRIPT_H
#define IO_TRANSCRIPT_H

#include "io/link.h"

#include <stddef.h>

enum {
    TRANSCRIPT_NAMES_MAX = 16, /* streams */
    TRANSCRIPT_NAME_MAX = 24,
    TRANSCRIPT_VALUES_MAX = 32, /* $name in one script */
    TRANSCRIPT_VALUE_MAX = 256,
    TRANSCRIPT_RULES_MAX = 64, /* ? lines */
    TRANSCRIPT_SAID_MAX = 65536,
    TRANSCRIPT_MISMATCH_MAX = 640
};
#define TRANSCRIPT_SIZE_MAX ((size_t)64 << 20)

enum transcript_kind {
    LINE_TIME = 1,
    LINE_OPEN,
    LINE_REFUSE,
    LINE_SAYS,
    LINE_HEARS,
    LINE_FALLS,
    LINE_TORN,
    LINE_EXCHANGE,
    LINE_ANSWER,
    LINE_LOST,
    LINE_UNSENT
};

struct transcript_text { /* borrowed from the script */
    const char *at;
    uint32_t size;
    uint32_t zero;
};

struct transcript_part {           /* an indented line */
    struct transcript_text header; /* its name; size 0: a body */
    struct transcript_text text;
};

struct transcript_line {
    uint8_t kind; /* LINE_... */
    char mark;    /* '?', '!' or 0 */
    uint8_t method;
    uint8_t name; /* of the stream, its place */
    uint16_t status;
    uint16_t parts; /* indented lines */
    uint32_t first_part;
    uint32_t number; /* in the file, from 1 */
    int64_t time_ns; /* LINE_TIME; of "+DURATION" how much */
    bool is_later;   /* "+DURATION" */
    struct transcript_text text;
};

struct transcript_name { /* a stream */
    char name[TRANSCRIPT_NAME_MAX];
    char endpoint[TRANSCRIPT_NAME_MAX];
    uint32_t stream;  /* that is it now, 0: none is */
    bool is_scripted; /* there are `open` lines for it */
    bool is_up;
};

struct transcript_value {
    char name[TRANSCRIPT_NAME_MAX];
    char bytes[TRANSCRIPT_VALUE_MAX];
    uint32_t size;
};

struct transcript_said { /* a happening that waits, its bytes behind it in one allocation */
    struct transcript_said *next;
    struct io_happening happening;
};

struct transcript {
    const char *script; /* borrowed */
    struct transcript_line *lines;
    struct transcript_part *parts;
    uint32_t line_count, part_count;
    uint32_t at;         /* of the next line */
    uint32_t until_line; /* lines of the file from this one on wait; 0: none do */
    uint32_t rules[TRANSCRIPT_RULES_MAX];
    uint32_t rule_count;
    uint32_t name_count;
    struct transcript_name names[TRANSCRIPT_NAMES_MAX];
    uint32_t value_count;
    uint32_t said_count;
    struct transcript_value values[TRANSCRIPT_VALUES_MAX];
    struct transcript_said *said; /* oldest first */
    struct transcript_said **said_last;
    struct transcript_said *given; /* by next(), not yet taken; of a script line: made of it */
    bool is_of_script;             /* `given` is the line `at` */
    int64_t clock_ns;              /* INT64_MIN: no time was said yet */
    uint64_t exchange;             /* the last that was met by a line */
    uint64_t met;                  /* by ? lines */
    uint64_t mismatches;
    char mismatch[TRANSCRIPT_MISMATCH_MAX];
};

/* The script is borrowed until release. OC_E_DATA: a line that cannot be: `mismatch` says which and why. OC_E_NOMEM, OC_E_LIMIT. */
CHECKED oc_rc transcript_init(struct transcript *transcript, const char *script, size_t size);
void transcript_release(struct transcript *transcript);
/* When its first line of time says that it begins. OC_E_NOT_FOUND: it does not say. */
CHECKED oc_rc transcript_starts(const struct transcript *transcript, int64_t *ret_ns);
/* The driver; `self` is the transcript. */
struct io_link transcript_link(struct transcript *transcript);
/* The line that must be met before the venue goes on; NULL: it waits for none. Borrowed. */
const struct transcript_line *transcript_waits_for(const struct transcript *transcript);
/* The line that comes next, from 1; behind the last: of the last. */
uint32_t transcript_line_number(const struct transcript *transcript);

/* For its parts alone. */

/* True if `bytes` are as the pattern says; then the names in it have their values, unless `values` is NULL: they are looked up only. */
bool transcript_fits(struct transcript *transcript, struct transcript_text pattern, const char *bytes, uint32_t size);
/* The text with its names replaced and 16 zeros behind it; owned: free(). NULL: no memory, or more than 16 MiB. */
char *transcript_fill(const struct transcript *transcript, struct transcript_text text, uint32_t *ret_size);
/* Reads the script into lines. */
CHECKED oc_rc transcript_read(struct transcript *transcript, size_t size);

#endif
