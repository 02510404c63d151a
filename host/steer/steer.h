/* steer.h: what the files of this room share: the sources of strategies, and the steering verbs. Nobody else includes this.
 * Everything here is [engine]. */
#ifndef STEER_STEER_H
#define STEER_STEER_H

#include "base/checked.h"
#include "base/json_out.h"
#include "steer/strategies.h"

enum {
    STEER_FILE_MAX = 1 << 20, /* bytes of one text */
    STEER_MODULES_MAX = 32,   /* files that one strategy requires, in a record */
    STEER_RECORD_MAX = 65000  /* bytes of a command, escapes included */
};

struct steer_module {
    char *name;
    char *text;
};

/* What a strategy is made from. Lives at least as long as the strategy. */
struct steer_source {
    char file[256];
    char *text; /* owned, as all below */
    size_t text_size;
    bool reads_disk; /* a name that is not in words is read when it asks: one the session was opened with */
    char *read;      /* the text read last */
    struct strategy_param *params; /* room for STRATEGY_PARAMS_MAX, with the first of them */
    uint32_t param_count;
    struct steer_module *modules; /* room for STEER_MODULES_MAX, with the first of them */
    uint32_t module_count;
};

/* source.c */
/* NULL: no memory. Owned: steer_source_free, which takes NULL. */
struct steer_source *steer_source_new(const char *file, const char *text, size_t text_size);
struct steer_source *steer_source_copy(const struct steer_source *source);
void steer_source_free(struct steer_source *source);
/* Replaces one of the same name. False: no room. */
bool steer_source_param(struct steer_source *source, const char *name, const char *value);
bool steer_source_module(struct steer_source *source, const char *name, const char *text);
bool steer_source_module_n(struct steer_source *source, const char *name, const char *text, size_t size);
/* Reads what the text requires by a name in words, and what that requires. */
void steer_source_gather(struct steer_source *source);
/* sandbox_require_fn; `arg` is the source. */
CHECKED oc_rc steer_require(void *arg, const char *name, const char **ret_text, size_t *ret_size);
/* Takes the fields of a record from the end: modules, then the text; *ret_end is the index of the first of them. NULL:
 * there is no text. */
struct steer_source *steer_source_of(const struct command_words *words, const char *file, uint32_t *ret_end);
/* Splits NAME=VALUE in *field, a copy. False: there is no '='. */
bool steer_split(const char *field, char ret_name[STRATEGY_NAME_MAX], const char **ret_value);
/* Reads the file and what it requires, and puts them behind the words. */
bool steer_add_files(struct strategies *strategies, struct command_words *words, const char *path, struct text *reply);

/* steer.c */
/* The slot of a loaded strategy, or -1 with a refusal in *reply. */
int steer_find(struct strategies *strategies, const char *name, struct text *reply);
/* Words without the last field by=WHO. */
uint32_t steer_count(const struct command_words *words);
/* The row without its closing bracket. */
void steer_put_open_row(struct strategies *strategies, struct text *reply, const char *key, uint32_t index);
/* {code, message with file and line, ...} of a text that could not be loaded. Always false. */
bool steer_put_error(struct text *reply, const char *code, const struct sandbox_error *error, oc_rc rc);
/* Lists of lines as a JSON list. */
void steer_put_lines(struct text *reply, const char *key, const char *lines);

/* load.c */
bool steer_load(struct strategies *strategies, const struct command_words *words, struct text *reply);
bool steer_unload(struct strategies *strategies, const struct command_words *words, struct text *reply);
bool steer_hold(struct strategies *strategies, const struct command_words *words, struct text *reply);
bool steer_reload(struct strategies *strategies, const struct command_words *words, struct text *reply);
bool steer_set(struct strategies *strategies, const struct command_words *words, struct text *reply);
/* One strategy in this slot, which is empty: from the source, which is taken over. `id` 0: the next number, known to the
 * engine at once. *ret_error on failure. */
CHECKED oc_rc steer_place(struct strategies *strategies, uint32_t index, struct steer_source *source, uint32_t id,
                          struct sandbox_error *ret_error);

/* claims.c */
bool steer_claim(struct strategies *strategies, const struct command_words *words, struct text *reply);
bool steer_entries(struct strategies *strategies, const struct command_words *words, struct text *reply);
bool steer_take(struct strategies *strategies, const struct command_words *words, struct text *reply);
/* Before adopt or release is recorded: the price of now is put into words. False: *reply says why not. */
bool steer_prepare_claim(struct strategies *strategies, struct command_words *words, struct text *reply);

/* limits.c */
bool steer_budget(struct strategies *strategies, const struct command_words *words, struct text *reply);
bool steer_may(struct strategies *strategies, const struct command_words *words, struct text *reply);
/* Puts what stands in the slot into force: after a load, after a restart. */
CHECKED oc_rc steer_apply_limits(struct strategies *strategies, uint32_t index);
/* The rights of a new strategy: everything, in live nothing. */
void steer_first_rights(const struct strategies *strategies, uint32_t index);
void steer_put_limits(struct strategies *strategies, struct text *reply, uint32_t index);
/* The deadline and heap of the slot's callbacks. */
struct sandbox_limits steer_limits(const struct strategies *strategies, uint32_t index);

/* strategies.c: a strategy's error as the session's complaint, if it is the first. Returns rc. */
CHECKED oc_rc strategies_fail(struct strategies *strategies, const struct sandbox_error *error, oc_rc rc);

/* strategy_text.c: reads what was not taken from a header (a stage's open); writes the strategies' part of the header. */
CHECKED oc_rc steer_read_texts(void *self, struct session *session);
void steer_put_header(void *self, struct text *text);

/* load.c: the strategy that the slot was opened with. */
CHECKED oc_rc strategies_make(struct strategies *strategies, uint32_t index);
/* Only what is the host's: nothing is called, nothing cancelled. */
void strategies_drop(struct strategies *strategies, uint32_t index);

#endif
