/* key_source.h: where one credential comes from, beside the vault, and how it is fetched.
 *
 *   env:NAME          an environment variable; it is taken out of the environment
 *   fd:NUMBER         an open descriptor, read to its end
 *   file:PATH         a file of this user or root that nobody else may read
 *   systemd:NAME      a file of $CREDENTIALS_DIRECTORY, which systemd fills (LoadCredential=)
 *   ask               a person at the terminal
 *   a command         what `pass`, `op`, `vault` and the like print: a list of words, no shell
 *   an MCP server     a program that speaks JSON-RPC on its standard input and output: a tool of it is called once
 *
 * Invariants
 * - A value goes from the system call into pages of env_secret.h. What a program says stands in no log and in no complaint, and neither does
 *   its standard error; a complaint says which program, and what it did.
 * - One line end behind a value is not of it. A value is not empty, holds no byte of value 0, and is at most VAULT_VALUE_MAX bytes.
 * - Every wait ends: at timeout_ns, of the whole exchange. All [setup]. */
#ifndef IO_KEY_SOURCE_H
#define IO_KEY_SOURCE_H

#include "base/checked.h"
#include "base/env_run.h"
#include "base/env_secret.h"
#include "base/error.h"

enum key_way {
    KEY_WAY_NONE,
    KEY_WAY_ENVIRONMENT,
    KEY_WAY_DESCRIPTOR,
    KEY_WAY_FILE,
    KEY_WAY_SYSTEMD,
    KEY_WAY_ASK,
    KEY_WAY_COMMAND,
    KEY_WAY_MCP
};

enum {
    KEY_SOURCE_TEXT_MAX = 1024,
    KEY_RESULT_STEPS_MAX = 16,
    KEY_MCP_MESSAGE_MAX = 1 << 18,
    KEY_MCP_MESSAGES_MAX = 256
};
#define KEY_TIMEOUT_NS     10000000000ll /* where nothing else is said */
#define KEY_TIMEOUT_MIN_NS 1000000ll
#define KEY_TIMEOUT_MAX_NS 300000000000ll

struct key_source {
    uint32_t way; /* KEY_WAY_... */
    int fd;
    int64_t timeout_ns;
    char text[KEY_SOURCE_TEXT_MAX];      /* variable, path, name; or the words of a command, commas between */
    char tool[KEY_SOURCE_TEXT_MAX];      /* MCP */
    char arguments[KEY_SOURCE_TEXT_MAX]; /* MCP: a JSON object; "": none */
    char result[KEY_SOURCE_TEXT_MAX];    /* MCP: where the value stands in the result, such as content.0.text */
};

/* Reads "env:NAME" and the like. OC_E_INVALID: it is none of them; what stands there may be a secret, and must not be shown. */
CHECKED oc_rc key_source_parse(const char *text, struct key_source *ret_source);
/* Words of a command or an MCP server, commas between. OC_E_INVALID: none, or too many. */
CHECKED oc_rc key_source_command(const char *words, enum key_way way, struct key_source *ret_source);
/* `where` is the setting or option, `prompt` what a person is asked. *value has room for VAULT_VALUE_MAX bytes at least. */
CHECKED oc_rc key_source_fetch(const struct key_source *source, const char *where, const char *prompt,
                               struct env_secret *value, struct error *ret_error);
/* key_source_mcp.c. The value at a path such as "content.0.text" in an answer; a path that goes on into a text reads that as JSON.
 * OC_E_NOT_FOUND: there is no such place; OC_E_DATA: no JSON, or no text there; OC_E_LIMIT. */
CHECKED oc_rc key_result_take(const void *json, uint32_t size, const char *path, struct env_secret *value);
/* Speaks to a server that runs. OC_E_STATE: the tool or the server said an error; OC_E_DATA: what it said is no JSON-RPC; OC_E_END: it
 * ended; OC_E_AGAIN: too late; and the codes of key_result_take. *ret_what is static. */
CHECKED oc_rc key_mcp_call(struct env_run *run, const struct key_source *source, int64_t until_ns,
                           struct env_secret *value, const char **ret_what);

#endif
