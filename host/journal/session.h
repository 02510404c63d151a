/* session.h: the text that says what ran: build, plugins, strategy, configuration. The journal
 * keeps it and checks it; it does not read it. Each start in a folder writes its own, numbered by
 * the orders segment it begins with.
 */
#ifndef JOURNAL_SESSION_H
#define JOURNAL_SESSION_H

#include <outcry/abi.h>

#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

/* OC_E_LIMIT: beyond JOURNAL_HEADER_MAX. */
CHECKED oc_rc session_write(const char *dir, uint32_t part, const uint8_t session[16], const char *text, size_t size);
#define SESSION_NEWEST UINT32_MAX

/* The one with the highest number up to `last`, or SESSION_NEWEST. *ret_text is owned: env_free. OC_E_NOT_FOUND, OC_E_DATA,
 * OC_E_TOO_NEW. */
CHECKED oc_rc session_read(const char *dir, uint32_t last, char **ret_text, size_t *ret_size);

/* Whether every header of the folder is of this session, or says nothing of it (before version 2). OC_E_STATE: one is of
 * another; *ret_part is its number. */
CHECKED oc_rc session_check(const char *dir, const uint8_t session[16], uint32_t *ret_part);

#endif
