/* kill_seal.h: the credentials of a session's accounts, sealed in its folder when it starts, so that `outcry kill` can take its orders back
 * while the host hangs or is down, and asks nobody for a passphrase (ADR 0033).
 *
 * Invariants
 * - Two files, both of the owner alone (0600): `kill.seal` in the session's folder, and its key in the user's runtime folder, which is not
 *   on a disk where the system has one ($XDG_RUNTIME_DIR) and is gone when the user's last login ends. Neither opens anything alone: a
 *   copied folder of a session holds no key.
 * - Written anew at each start of a session that has keys; the key file of before goes. Values lie in pages of env_secret.h.
 * - What is read is held against its tag, and against the id of its session. */
#ifndef SESSION_KILL_SEAL_H
#define SESSION_KILL_SEAL_H

#include "base/checked.h"
#include "base/error.h"
#include "io/keyring.h"
#include "session/links.h"

#define KILL_SEAL_FILE "kill.seal"

/* Behind links_unlock and before the links are opened: of all links that have credentials. Without any: nothing is written, and one of
 * before goes. Codes of *ret_error. [setup] */
CHECKED oc_rc kill_seal_write(const struct links *links, const char *dir, struct error *ret_error);
/* Fills the keyring of one venue by the places of its accounts in the configuration. OC_E_NOT_FOUND: nothing is sealed for it;
 * OC_E_STATE: the key is not there any more; OC_E_DATA: they are not of each other, or damaged. [setup] */
CHECKED oc_rc kill_seal_read(const char *dir, const char *venue, struct keyring *keyring, struct error *ret_error);
/* Nothing rests at a venue: both files go. [setup] */
void kill_seal_remove(const char *dir);

#endif
