/* header.h: what a session was begun with, at the head of its journal: one writer, one reader.
 *
 * A line is a word and its fields, each with its length before it: `set 11:session.dir 8:/tmp/a b`. So a field may hold any
 * byte, line ends too. Lines of words that are not known are passed over.
 *
 * Words: outcry VERSION; mode LABEL; whole: stopped by hand it is interrupted; seed NUMBER; plugin ID VERSION HASH; part SECTION ID VERSION HASH FILE ours|foreign|missing; lacks RULES, which were missing then; set KEY VALUE; data PATH [PATH_FROM_ROOT]; instrument SYMBOL
 * PRICE_STEP QTY_STEP, in the order in which instruments get their numbers; param NAME VALUE; strategy FILE TEXT HASH; module
 * NAME TEXT HASH, of the strategy before it. */
#ifndef SESSION_HEADER_H
#define SESSION_HEADER_H

#include "base/checked.h"
#include "base/text.h"

enum { HEADER_WORD_MAX = 16, HEADER_FIELDS_MAX = 6 };

struct session;

struct header_field { /* not terminated */
    const char *bytes;
    size_t size;
};

struct header_line {
    char word[HEADER_WORD_MAX];
    struct header_field fields[HEADER_FIELDS_MAX];
    uint32_t count;
};

/* Appends a line. NULL after the last field. */
void header_put(struct text *text, const char *word, ...) __attribute__((sentinel));
/* The same for a text that may hold a zero, and its hash behind it. */
void header_put_text(struct text *text, const char *word, const char *name, const char *bytes, size_t size);
/* What the kernel knows, and then what journal.header_write adds. */
void header_write(struct session *session, struct text *text);
/* The lines of the instruments alone. */
void header_put_instruments(const struct session *session, struct text *text);

/* The line at *at, which goes on behind it. OC_E_END; OC_E_DATA: damaged. */
CHECKED oc_rc header_next(const char *text, size_t size, size_t *at, struct header_line *ret_line);
/* A field as terminated text, cut to fit; "" where there is none. */
void header_text(const struct header_line *line, uint32_t i, char *ret_text, size_t size_max);
/* The hash of a text line is that of its text. */
bool header_is_whole(const struct header_line *line);

#endif
