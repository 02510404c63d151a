/* account_keys.h: venue.NAME.keys.ACCOUNT of a configuration: which credentials an account signs with, and where they come from.
 *
 *   keys: { main: { vault = "mine-testnet"; };                     an entry of the vault, by its name
 *           other: { environment = "testnet";                      or field by field, as the connector's description names them
 *                    api_key = "env:MINE_KEY";
 *                    secret = { command = ["pass", "show", "mine/secret"]; timeout = "5s"; };
 *                    passphrase = { mcp = ["node", "keys.mjs"]; tool = "get_secret"; arguments = "{\"name\":\"mine\"}";
 *                                   result = "content.0.text"; }; }; };
 *
 * Invariants
 * - Credentials belong to one environment: an entry of the vault says which; what comes from elsewhere has it said beside it. One that is not
 *   the venue's is refused before anything is fetched, and by the signer again at every use.
 * - An account of which nothing is configured has test keys in `local` and is refused anywhere else.
 * - Every credential of the description has a value, or the start is refused; one that is asked at each login (OC_CREDENTIAL_ONCE) is asked of
 *   the person where nothing else is said.
 * - The vault is open for as long as it takes to fill the keyrings, once a start. Replays never come here; paper on a live feed only before it
 *   begins, to ask what the account pays (cli/run_fees.c). */
#ifndef SESSION_ACCOUNT_KEYS_H
#define SESSION_ACCOUNT_KEYS_H

#include "base/checked.h"
#include "config/settings.h"
#include "io/keyring.h"
#include "io/vault.h"

/* Words, accounts and environments of the groups of all venues that the session names. Codes of *ret_error. [setup] */
CHECKED oc_rc account_keys_judge(struct settings *settings, struct error *ret_error);
/* Anything at all is said of where its credentials come from. */
bool account_keys_are_set(const struct settings *settings, const char *venue, const char *account);

struct account_keys {          /* what a start needs to fill keyrings */
    struct settings *settings; /* borrowed */
    struct vault *vault;       /* owned; NULL: not opened yet */
};

/* The credentials of one venue: account i of the configuration is i + 1 in the keyring. [setup] */
CHECKED oc_rc account_keys_fill(struct account_keys *keys, const char *venue, const struct oc_venue *described,
                                struct keyring *keyring, struct error *ret_error);
void account_keys_close(struct account_keys *keys);

/* The file of vault.file, or the user's own. `path` has ENV_PATH_MAX bytes. */
CHECKED oc_rc account_keys_vault_path(const struct settings *settings, char *path, struct error *ret_error);
/* By vault.passphrase, else the systemd credential outcry_passphrase where it is there, else the terminal. */
CHECKED oc_rc account_keys_passphrase(const struct settings *settings, const char *prompt,
                                      struct env_secret *ret_secret, struct error *ret_error);

#endif
