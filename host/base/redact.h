/* redact.h: what must stand in no line that a person or a file gets: secrets in use, cut out of log lines and complaints.
 *
 * Invariants
 * - Each known secret is found as it is, line by line where it has several, and as base64 (both alphabets, wherever it
 *   begins in something larger), hex (both cases), with
 *   percent and with JSON escapes. Every byte of what is found becomes '*': the length stays.
 * - What begins as a form does, for REDACT_MIN bytes, is cut out as far as it goes on like it: the end of a line may have cut it.
 * - A secret of fewer than REDACT_MIN bytes is not known here: it would cut ordinary words out. That is said in docs/keys.md.
 * - The forms lie in pages of env_secret.h. At most REDACT_MAX of them; beyond that OC_E_LIMIT, and the secret is not to be used.
 * - [any] Under a lock; nothing is known at the start, and then it costs one load. */
#ifndef BASE_REDACT_H
#define BASE_REDACT_H

#include <stddef.h>

#include "base/checked.h"

#include <outcry/abi.h>

enum { REDACT_MIN = 8, REDACT_MAX = 2048 };

/* `owner` is who may take it out again; not looked at. OC_E_LIMIT, OC_E_NOMEM. */
CHECKED oc_rc redact_add(const void *owner, const void *secret, size_t size);
/* All of that owner. */
void redact_drop(const void *owner);
/* In place. */
void redact(char *text, size_t size);

#endif
