/* targets.h: which sessions `outcry status`, `outcry kill` and `outcry metrics` are about, and a question to their hosts. */
#ifndef CLI_TARGETS_H
#define CLI_TARGETS_H

#include "base/checked.h"
#include "base/error.h"
#include "console/link.h"
#include "serve/hosts.h"

struct targets {         /* begun as zeros */
    const char *session; /* --session: its folder; NULL: not said */
    const char *attach;  /* --attach: its socket; NULL: not said */
    bool json;
    struct host_run list[HOSTS_MAX];
    uint32_t count;
};

enum target_state {
    TARGET_ANSWERS,
    TARGET_HANGS, /* its process is there, and did not answer in time */
    TARGET_DEAF,  /* it runs, and listens at no socket */
    TARGET_DIED   /* its process has gone without an end */
};

/* Takes --session, --attach and --json out of argv; what is left is *argc words. OC_E_INVALID. */
CHECKED oc_rc targets_take(struct targets *targets, int *argc, char **argv, struct error *ret_error);
/* Finds them: the named one, else all of this user. A folder that no host has begun in this runtime folder is one of a host that died.
 * OC_E_NOT_FOUND: none. */
CHECKED oc_rc targets_find(struct targets *targets, bool forgets, struct error *ret_error);
/* Connects and says hello as `name`. *ret_link is owned where TARGET_ANSWERS. */
enum target_state target_reach(const struct host_run *run, const char *name, int64_t timeout_ns,
                               struct link **ret_link);
/* One question, or NULL: there was no answer, or it was refused; then *ret_refusal (where not NULL) is the refusal, or NULL. Borrowed until
 * the next one. */
const char *target_ask(struct link *link, const char *const *fields, uint32_t field_count, int64_t timeout_ns,
                       const char **ret_refusal);
/* "/tmp/a (pid 12, run at main)", into `size` bytes. */
const char *target_words(const struct host_run *run, char *words, size_t size);

#endif
