#include "io/key_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config/source_word.h"
#include "io/vault.h"

/* How long a program that has answered may take to end. */
#define END_NS 1000000000ll

static oc_rc set_text(struct key_source *source, const char *text)
{
    const size_t size = strlen(text);
    if (!size || size >= sizeof source->text)
        return OC_E_INVALID;
    memcpy(source->text, text, size + 1);
    return OC_OK;
}

/* A name of systemd is a file of its folder and nothing else. */
static bool is_plain_name(const char *name) { return !strchr(name, '/') && name[0] != '.'; }

oc_rc key_source_parse(const char *text, struct key_source *ret_source)
{
    static const uint32_t ways[] = {[SOURCE_NONE] = KEY_WAY_NONE,
                                    [SOURCE_ENVIRONMENT] = KEY_WAY_ENVIRONMENT,
                                    [SOURCE_DESCRIPTOR] = KEY_WAY_DESCRIPTOR,
                                    [SOURCE_FILE] = KEY_WAY_FILE,
                                    [SOURCE_SYSTEMD] = KEY_WAY_SYSTEMD,
                                    [SOURCE_ASK] = KEY_WAY_ASK};
    const char *rest;
    struct key_source source = {.way = ways[source_word(text, &rest)], .fd = -1, .timeout_ns = KEY_TIMEOUT_NS};
    int64_t number = 0;
    if (!source.way || (source.way != KEY_WAY_ASK && set_text(&source, rest) < 0))
        return OC_E_INVALID;
    if (source.way == KEY_WAY_DESCRIPTOR) {
        if (text_to_int(source.text, strlen(source.text), &number) < 0 || number < 0 || number > 65535)
            return OC_E_INVALID;
        source.fd = (int)number;
    }
    if ((source.way == KEY_WAY_SYSTEMD && !is_plain_name(source.text)) ||
        (source.way == KEY_WAY_ENVIRONMENT && strchr(source.text, '=')))
        return OC_E_INVALID;
    *ret_source = source;
    return OC_OK;
}

/* The words as the system wants them; they point into `room`. False: none, or too many. */
static bool split(const char *words, char room[KEY_SOURCE_TEXT_MAX], const char *list[ENV_RUN_WORDS_MAX + 1])
{
    uint32_t count = 0;
    snprintf(room, KEY_SOURCE_TEXT_MAX, "%s", words);
    for (char *at = room; at && count < ENV_RUN_WORDS_MAX;) {
        char *comma = strchr(at, ',');
        if (comma)
            *comma = 0;
        list[count++] = at;
        at = comma ? comma + 1 : NULL;
        if (count == ENV_RUN_WORDS_MAX && at)
            return false;
    }
    list[count] = NULL;
    return count && *list[0];
}

oc_rc key_source_command(const char *words, enum key_way way, struct key_source *ret_source)
{
    struct key_source source = {.way = (uint32_t)way, .fd = -1, .timeout_ns = KEY_TIMEOUT_NS};
    char room[KEY_SOURCE_TEXT_MAX];
    const char *list[ENV_RUN_WORDS_MAX + 1];
    if (set_text(&source, words) < 0 || !split(words, room, list))
        return OC_E_INVALID;
    *ret_source = source;
    return OC_OK;
}

/* A sentence without a value. */
static void say_from(const struct key_source *source, char *room, size_t size_max)
{
    const int first = (int)strcspn(source->text, ",");
    switch (source->way) {
    case KEY_WAY_ENVIRONMENT:
        snprintf(room, size_max, "the environment variable %.200s", source->text);
        break;
    case KEY_WAY_DESCRIPTOR:
        snprintf(room, size_max, "descriptor %d", source->fd);
        break;
    case KEY_WAY_FILE:
        snprintf(room, size_max, "the file %.200s", source->text);
        break;
    case KEY_WAY_SYSTEMD:
        snprintf(room, size_max, "the systemd credential %.200s", source->text);
        break;
    case KEY_WAY_ASK:
        snprintf(room, size_max, "the terminal");
        break;
    case KEY_WAY_COMMAND:
        snprintf(room, size_max, "the command %.*s", first < 200 ? first : 200, source->text);
        break;
    case KEY_WAY_MCP:
        snprintf(room, size_max, "the MCP server %.*s", first < 200 ? first : 200, source->text);
        break;
    default:
        snprintf(room, size_max, "nowhere");
        break;
    }
}

/* Fetching. */

struct fetching {
    const struct key_source *source;
    const char *where;
    struct env_secret *value;
    struct error *error;
    char from[256];
};

static oc_rc failed(const struct fetching *fetching, oc_rc rc, const char *what, const char *remedy)
{
    error_at(fetching->error, rc, "%s", fetching->where);
    error_what(fetching->error, "%s: %s", fetching->from, what);
    if (remedy)
        error_remedy(fetching->error, "%s", remedy);
    return rc;
}

static oc_rc fetch_file(struct fetching *fetching, const char *path)
{
    const oc_rc rc = env_secret_file(path, fetching->value);
    if (rc == OC_E_DENIED)
        return failed(fetching, rc, "others than its owner may read or write it, or it is another user's",
                      "chmod 600, and give the key a new secret if others could read it");
    if (rc == OC_E_LIMIT)
        return failed(fetching, rc, "it is longer than a credential may be", NULL);
    return rc < 0 ? failed(fetching, rc, env_error_text(), NULL) : rc;
}

static oc_rc fetch_systemd(struct fetching *fetching)
{
    char path[ENV_PATH_MAX];
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    if (!folder || !*folder)
        return failed(fetching, OC_E_NOT_FOUND, "$CREDENTIALS_DIRECTORY is not set: systemd did not start this process",
                      "LoadCredential= or LoadCredentialEncrypted= in the unit");
    if (env_path(path, folder, fetching->source->text) < 0)
        return failed(fetching, OC_E_INVALID, "its path is too long", NULL);
    return fetch_file(fetching, path);
}

/* What a program wrote, to its end. */
static oc_rc read_output(struct env_run *run, int64_t until_ns, struct env_secret *value)
{
    for (;;) {
        unsigned char beyond;
        const bool is_full = value->size == value->room;
        size_t got = 0;
        const oc_rc rc = env_run_read(run, is_full ? &beyond : value->bytes + value->size,
                                      is_full ? 1 : value->room - value->size, until_ns, &got);
        if (rc < 0 || got == 0)
            return rc;
        if (is_full)
            return OC_E_LIMIT;
        value->size += (uint32_t)got;
    }
}

static oc_rc start(struct fetching *fetching, struct env_run *ret_run)
{
    char room[KEY_SOURCE_TEXT_MAX];
    const char *list[ENV_RUN_WORDS_MAX + 1] = {0};
    if (!split(fetching->source->text, room, list))
        return failed(fetching, OC_E_INVALID, "it is no command", NULL);
    const oc_rc rc = env_run_start(list, ret_run);
    return rc < 0 ? failed(fetching, rc, env_error_text(), "it is looked for in PATH") : rc;
}

static oc_rc fetch_command(struct fetching *fetching)
{
    static const char by_hand[] = "run it by hand: what it says is not shown here, for it may be the secret";
    struct env_run run;
    int code;
    char what[64];
    oc_rc rc = start(fetching, &run);
    if (rc < 0)
        return rc;
    const int64_t until_ns = env_clock_mono() + fetching->source->timeout_ns;
    env_run_close_input(&run);
    rc = read_output(&run, until_ns, fetching->value);
    env_run_end(&run, rc == OC_OK ? until_ns : 0, &code);
    if (rc == OC_E_AGAIN)
        return failed(fetching, rc, "it has not answered in time, and was ended", by_hand);
    if (rc == OC_E_LIMIT)
        return failed(fetching, rc, "it writes more than a credential may have", by_hand);
    if (rc < 0)
        return failed(fetching, rc, "its output could not be read", by_hand);
    if (code == 0)
        return OC_OK;
    snprintf(what, sizeof what, code < 0 ? "it died, or did not end" : "it ended with code %d", code);
    return failed(fetching, OC_E_STATE, what, by_hand);
}

static oc_rc fetch_mcp(struct fetching *fetching)
{
    struct env_run run;
    int code;
    const char *what = "";
    oc_rc rc = start(fetching, &run);
    if (rc < 0)
        return rc;
    const int64_t until_ns = env_clock_mono() + fetching->source->timeout_ns;
    rc = key_mcp_call(&run, fetching->source, until_ns, fetching->value, &what);
    env_run_end(&run, rc == OC_OK ? env_clock_mono() + END_NS : 0, &code);
    return rc < 0 ? failed(fetching, rc, what, "look at tool, arguments and result; what it says is not shown here")
                  : rc;
}

static oc_rc fetch_by_way(struct fetching *fetching, const char *prompt)
{
    const struct key_source *source = fetching->source;
    oc_rc rc;
    switch (source->way) {
    case KEY_WAY_ENVIRONMENT:
        rc = env_secret_variable(source->text, fetching->value);
        return rc < 0 ? failed(fetching, rc, rc == OC_E_NOT_FOUND ? "it is not set" : "it is too long", NULL) : rc;
    case KEY_WAY_DESCRIPTOR:
        rc = env_secret_descriptor(source->fd, source->timeout_ns, fetching->value);
        return rc < 0 ? failed(fetching, rc,
                               rc == OC_E_INVALID ? "it is not open"
                               : rc == OC_E_AGAIN ? "its end did not come in time"
                               : rc == OC_E_LIMIT ? "there is more than a credential may have"
                                                  : env_error_text(),
                               "such as 3<FILE on the command line")
                      : rc;
    case KEY_WAY_FILE:
        return fetch_file(fetching, source->text);
    case KEY_WAY_SYSTEMD:
        return fetch_systemd(fetching);
    case KEY_WAY_ASK:
        rc = env_secret_ask(prompt, fetching->value);
        return rc < 0 ? failed(fetching, rc,
                               rc == OC_E_NOT_FOUND ? "there is none to ask at"
                               : rc == OC_E_STATE   ? "nothing was typed"
                                                    : "what was typed is too long, or did not come",
                               NULL)
                      : rc;
    case KEY_WAY_COMMAND:
        return fetch_command(fetching);
    case KEY_WAY_MCP:
        return fetch_mcp(fetching);
    default:
        return failed(fetching, OC_E_INVALID, "no way to fetch it", NULL);
    }
}

oc_rc key_source_fetch(const struct key_source *source, const char *where, const char *prompt, struct env_secret *value,
                       struct error *ret_error)
{
    struct fetching fetching = {.source = source, .where = where, .value = value, .error = ret_error};
    say_from(source, fetching.from, sizeof fetching.from);
    env_secret_clear(value);
    oc_rc rc = fetch_by_way(&fetching, prompt);
    if (rc == OC_OK && value->size && value->bytes[value->size - 1] == '\n')
        value->size--;
    if (rc == OC_OK && value->size && value->bytes[value->size - 1] == '\r')
        value->size--;
    if (rc == OC_OK && !value->size)
        rc = failed(&fetching, OC_E_DATA, "it gives nothing", NULL);
    else if (rc == OC_OK && value->size > VAULT_VALUE_MAX)
        rc = failed(&fetching, OC_E_LIMIT, "it is longer than a credential may be", NULL);
    else if (rc == OC_OK && memchr(value->bytes, 0, value->size))
        rc = failed(&fetching, OC_E_DATA, "it holds a byte of value 0", NULL);
    if (rc < 0)
        env_secret_clear(value);
    return rc;
}
