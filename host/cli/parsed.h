/* parsed.h: an answer of a host (JSON) as it is read by verbs: members that are absent or null are the fallback. All [setup]. */
#ifndef CLI_PARSED_H
#define CLI_PARSED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct parsed { /* borrowed from the one that was opened */
    void *object;
};

/* False: it is no JSON. Owned: parsed_close. */
bool parsed_open(struct parsed *parsed, const char *json);
void parsed_close(struct parsed *parsed);
/* A member, an object or a list; {NULL}: there is none. */
struct parsed parsed_at(const struct parsed *parsed, const char *key);
uint32_t parsed_count(const struct parsed *list);
struct parsed parsed_row(const struct parsed *list, uint32_t i);
/* As text; numbers as they are written. "" where there is none. Returns `text`. */
const char *parsed_text(const struct parsed *parsed, const char *key, char *text, size_t size);
int64_t parsed_int(const struct parsed *parsed, const char *key, int64_t fallback);
double parsed_double(const struct parsed *parsed, const char *key, double fallback);
bool parsed_flag(const struct parsed *parsed, const char *key);
bool parsed_has(const struct parsed *parsed, const char *key); /* and it is not null */
/* An empty list. Owned: parsed_close. {NULL}: no memory. */
struct parsed parsed_list_new(void);
/* Behind it, the rows of that member of `from`, which may go then. */
void parsed_list_append(struct parsed *list, const struct parsed *from, const char *key);
/* All of it as text, borrowed until it is closed. */
const char *parsed_json(const struct parsed *parsed);

#endif
