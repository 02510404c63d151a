/* keys.h: what the files of `outcry keys` share: its words, and the vault between opening and writing. */
#ifndef CLI_KEYS_H
#define CLI_KEYS_H

#include "base/checked.h"
#include "config/options.h"
#include "io/vault.h"

struct keys_field {
    char name[OC_VENUE_NAME_MAX];
    const char *source; /* borrowed; NULL: it is asked for */
};

struct keys_words {
    struct options options;
    const char *action; /* add, list, rotate, remove, test */
    const char *name;   /* of a key; NULL: not said */
    const char *environment;
    const char *algorithm;
    const char *new_passphrase;
    const char *text;
    struct keys_field fields[VAULT_FIELDS_MAX];
    uint32_t field_count;
    char path[ENV_PATH_MAX]; /* of the vault */
};

/* The vault, opened with its passphrase. Owned: vault_free. */
CHECKED oc_rc keys_open(struct keys_words *words, struct vault **ret_vault, struct error *ret_error);
/* `outcry keys test`: exit code. */
int keys_test(struct keys_words *words);

#endif
