#include "session/account_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <outcry/kit/json.h>

#include "base/redact.h"
#include "base/text.h"
#include "io/key_source.h"
#include "session/venue_keys.h"

/* "venue.mine.keys.main.secret"; `word` NULL: without the last part. False: it is too long. */
static bool key_name(char *key, const char *venue, const char *account, const char *field, const char *word)
{
    const int length = snprintf(key, SETTING_KEY_MAX, "venue.%s.keys.%s.%s%s%s", venue, account, field, word ? "." : "",
                                word ? word : "");
    return length < SETTING_KEY_MAX;
}

static const struct setting *find(const struct settings *settings, const char *venue, const char *account,
                                  const char *field, const char *word)
{
    char key[SETTING_KEY_MAX];
    return key_name(key, venue, account, field, word) ? settings_get(settings, key) : NULL;
}

static oc_rc wrong(const struct setting *setting, oc_rc rc, const char *what, const char *expected,
                   struct error *ret_error)
{
    error_at(ret_error, rc, "%s: %s", setting->origin, setting->key);
    error_what(ret_error, "%s", what);
    if (expected)
        error_expected(ret_error, "%s", expected);
    return rc;
}

/* One account's settings, from *at on; NULL: no further one. `field` is what stands behind the account's name. */
static const struct setting *next_of(const struct settings *settings, const char *venue, const char *account,
                                     uint32_t *at, const char **ret_field)
{
    char prefix[SETTING_KEY_MAX];
    const size_t size = (size_t)snprintf(prefix, sizeof prefix, "venue.%s.keys.%s.", venue, account);
    for (; *at < settings->count; ++*at) {
        const struct setting *setting = &settings->list[*at];
        if (strncmp(setting->key, prefix, size) != 0)
            continue;
        ++*at;
        *ret_field = setting->key + size;
        return setting;
    }
    return NULL;
}

bool account_keys_are_set(const struct settings *settings, const char *venue, const char *account)
{
    uint32_t at = 0;
    const char *field;
    return next_of(settings, venue, account, &at, &field) != NULL;
}

/* Judging. */

static bool is_account(const struct settings *settings, const char *venue, const char *name, size_t size)
{
    char account[VENUE_ACCOUNT_MAX];
    for (uint32_t i = 0; venue_account(settings, venue, i, account); i++)
        if (strlen(account) == size && memcmp(account, name, size) == 0)
            return true;
    return false;
}

/* Keys of an account that the venue does not have would be left out in silence. */
static oc_rc judge_names(const struct settings *settings, const char *venue, struct error *ret_error)
{
    char prefix[SETTING_KEY_MAX];
    const size_t size = (size_t)snprintf(prefix, sizeof prefix, "venue.%s.keys.", venue);
    for (uint32_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->list[i];
        const char *name = setting->key + size;
        if (strncmp(setting->key, prefix, size) == 0 && !is_account(settings, venue, name, strcspn(name, ".")))
            return wrong(setting, OC_E_CONFIG, "the venue has no such account",
                         venue_text(settings, venue, "accounts", ""), ret_error);
    }
    return OC_OK;
}

static oc_rc judge_environment(const struct settings *settings, const char *venue, const char *account, bool has_fields,
                               struct error *ret_error)
{
    const struct setting *own = find(settings, venue, account, "environment", NULL);
    const char *env = venue_text(settings, venue, "environment", "");
    char expected[64];
    if (own && !vault_env_of(own->value))
        return wrong(own, OC_E_CONFIG, "it is no environment", "live, practice, testnet or local", ret_error);
    snprintf(expected, sizeof expected, "%.40s, that of its venue", env);
    if (own && strcmp(own->value, env) != 0) {
        (void)wrong(own, OC_E_CONFIG, "these keys are of another environment and sign nothing here", expected,
                    ret_error);
        error_found(ret_error, "%s", own->value);
        return OC_E_CONFIG;
    }
    if (own || !has_fields)
        return OC_OK;
    error_at(ret_error, OC_E_CONFIG, "venue.%s.keys.%s.environment", venue, account);
    error_what(ret_error, "it is not set: keys that come from elsewhere than the vault have it said beside them");
    error_expected(ret_error, "%s", expected);
    return OC_E_CONFIG;
}

/* An object; no line end in it, for a message of MCP is a line. */
static bool is_json_object(const char *text)
{
    struct kit_json json = kit_json_begin(text, (uint32_t)strlen(text));
    const uint8_t kind = kit_json_value(&json).kind;
    return kit_json_end(&json) && kind == KIT_JSON_OBJECT && !strpbrk(text, "\r\n");
}

static const char *word_of(const struct settings *settings, const char *venue, const char *account, const char *field,
                           const char *word)
{
    const struct setting *setting = find(settings, venue, account, field, word);
    return setting ? setting->value : NULL;
}

static oc_rc take_timeout(struct settings *settings, const char *venue, const char *account, const char *field,
                          int64_t *ret_ns, struct error *ret_error)
{
    const struct setting *setting = find(settings, venue, account, field, "timeout");
    int64_t ns = 0;
    if (!setting)
        return OC_OK;
    if (text_to_duration(setting->value, strlen(setting->value), &ns) < 0 || ns < KEY_TIMEOUT_MIN_NS ||
        ns > KEY_TIMEOUT_MAX_NS)
        return settings_wrong(settings, setting, "a duration from 1ms to 5m such as \"5s\"") < 0
                   ? error_copy(ret_error, &settings->error)
                   : (oc_rc)OC_E_CONFIG;
    *ret_ns = ns;
    return OC_OK;
}

static oc_rc take_mcp(const struct settings *settings, const char *venue, const char *account, const char *field,
                      struct key_source *source, const struct setting *at, struct error *ret_error)
{
    const char *tool = word_of(settings, venue, account, field, "tool");
    const char *arguments = word_of(settings, venue, account, field, "arguments");
    const char *result = word_of(settings, venue, account, field, "result");
    if (!tool || !*tool)
        return wrong(at, OC_E_CONFIG, "an MCP server without `tool`", "the name of a tool of it", ret_error);
    if (arguments && !is_json_object(arguments))
        return wrong(find(settings, venue, account, field, "arguments"), OC_E_CONFIG,
                     "it is no JSON object on one line", "such as \"{\\\"name\\\":\\\"mine\\\"}\"", ret_error);
    snprintf(source->tool, sizeof source->tool, "%s", tool);
    snprintf(source->arguments, sizeof source->arguments, "%s", arguments ? arguments : "");
    snprintf(source->result, sizeof source->result, "%s", result ? result : "content.0.text");
    return OC_OK;
}

/* Where the field of an account comes from. OC_E_NOT_FOUND: nothing is said of it. */
static oc_rc take_source(struct settings *settings, const char *venue, const char *account, const char *field,
                         struct key_source *ret_source, const struct setting **ret_at, struct error *ret_error)
{
    const struct setting *plain = find(settings, venue, account, field, NULL);
    const struct setting *command = find(settings, venue, account, field, "command");
    const struct setting *mcp = find(settings, venue, account, field, "mcp");
    const struct setting *at = plain ? plain : (command ? command : mcp);
    static const char *const of_mcp[] = {"tool", "arguments", "result"};
    for (size_t i = 0; i < 3 && !mcp; i++) {
        const struct setting *idle = find(settings, venue, account, field, of_mcp[i]);
        if (idle)
            return wrong(idle, OC_E_CONFIG, "it is of an MCP server, and none is named",
                         "mcp = [\"PROGRAM\", ...] beside it", ret_error);
    }
    const struct setting *wait = find(settings, venue, account, field, "timeout");
    if (wait && !command && !mcp)
        return wrong(wait, OC_E_CONFIG, "it is of a command or an MCP server, and none is named", NULL, ret_error);
    if (!at)
        return OC_E_NOT_FOUND;
    if ((plain != NULL) + (command != NULL) + (mcp != NULL) > 1)
        return wrong(at, OC_E_CONFIG, "it comes from several places", "one", ret_error);
    const oc_rc parsed = plain ? key_source_parse(plain->value, ret_source)
                               : key_source_command(at->value, command ? KEY_WAY_COMMAND : KEY_WAY_MCP, ret_source);
    if (parsed < 0)
        return wrong(at, OC_E_CONFIG, plain ? "it is no place that a secret comes from" : "it is no command",
                     plain ? "env:NAME, fd:NUMBER, file:PATH, systemd:NAME or ask" : "[\"PROGRAM\", \"ARGUMENT\", ...]",
                     ret_error);
    *ret_at = at;
    const oc_rc rc = take_timeout(settings, venue, account, field, &ret_source->timeout_ns, ret_error);
    return rc == OC_OK && mcp ? take_mcp(settings, venue, account, field, ret_source, mcp, ret_error) : rc;
}

static oc_rc judge_account(struct settings *settings, const char *venue, const char *account, struct error *ret_error)
{
    const struct setting *setting, *from;
    const char *field;
    uint32_t at = 0;
    bool has_fields = false;
    while ((setting = next_of(settings, venue, account, &at, &field)) != NULL) {
        char name[OC_VENUE_NAME_MAX];
        struct key_source source;
        if (strcmp(field, "vault") == 0 || strcmp(field, "environment") == 0)
            continue;
        has_fields = true;
        if (strcspn(field, ".") >= sizeof name)
            return wrong(setting, OC_E_CONFIG, "no connector has a credential of so long a name", NULL, ret_error);
        snprintf(name, sizeof name, "%.*s", (int)strcspn(field, "."), field);
        const oc_rc rc = take_source(settings, venue, account, name, &source, &from, ret_error);
        if (rc < 0 && rc != OC_E_NOT_FOUND)
            return rc;
    }
    return judge_environment(settings, venue, account, has_fields, ret_error);
}

static oc_rc judge_venue(struct settings *settings, const char *venue, struct error *ret_error)
{
    char account[VENUE_ACCOUNT_MAX];
    oc_rc rc = judge_names(settings, venue, ret_error);
    for (uint32_t i = 0; rc == OC_OK && venue_account(settings, venue, i, account); i++)
        rc = judge_account(settings, venue, account, ret_error);
    return rc;
}

oc_rc account_keys_judge(struct settings *settings, struct error *ret_error)
{
    char venue[PART_NAME_MAX];
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; rc == OC_OK && venue_at(settings, i, venue); i++)
        rc = judge_venue(settings, venue, ret_error);
    return rc;
}

/* The vault. */

oc_rc account_keys_vault_path(const struct settings *settings, char *path, struct error *ret_error)
{
    const char *named = settings_text(settings, "vault.file", "");
    const oc_rc rc = *named ? env_path(path, named, NULL) : vault_default_path(path);
    if (rc == OC_OK)
        return rc;
    error_at(ret_error, rc, "vault.file");
    error_what(ret_error, rc == OC_E_NOT_FOUND ? "neither XDG_DATA_HOME nor HOME is set" : "the path is too long");
    error_remedy(ret_error, "name a file: vault.file, or --vault FILE");
    return rc;
}

oc_rc account_keys_passphrase(const struct settings *settings, const char *prompt, struct env_secret *ret_secret,
                              struct error *ret_error)
{
    static const char credential[] = "systemd:outcry_passphrase";
    const char *said = settings_text(settings, "vault.passphrase", NULL), *folder = getenv("CREDENTIALS_DIRECTORY");
    char path[ENV_PATH_MAX];
    struct key_source source;
    const bool has_systemd =
        folder && *folder && env_path(path, folder, strchr(credential, ':') + 1) == OC_OK && env_exists(path);
    if (key_source_parse(said ? said : (has_systemd ? credential : "ask"), &source) < 0)
        return error_say(
            ret_error, OC_E_CONFIG, "vault.passphrase",
            "it is no place that a secret comes from: env:NAME, fd:NUMBER, file:PATH, systemd:NAME or ask");
    if (source.way == KEY_WAY_ASK && !env_secret_can_ask()) {
        error_at(ret_error, OC_E_NOT_FOUND, "vault.passphrase");
        error_what(ret_error, "there is no terminal to ask for it at");
        error_remedy(
            ret_error,
            "say where it comes from: --passphrase fd:3 or systemd:NAME, or vault.passphrase in the configuration");
        return OC_E_NOT_FOUND;
    }
    oc_rc rc = env_secret_new(VAULT_VALUE_MAX + 2, ret_secret);
    if (rc < 0)
        return error_of_code(ret_error, rc, "vault.passphrase", "no memory for it");
    rc = key_source_fetch(&source, "vault.passphrase", prompt, ret_secret, ret_error);
    if (rc == OC_OK && ret_secret->size > VAULT_PASSPHRASE_MAX)
        rc = error_say(ret_error, OC_E_LIMIT, "vault.passphrase", "it is longer than %d bytes", VAULT_PASSPHRASE_MAX);
    if (rc < 0)
        env_secret_free(ret_secret);
    return rc;
}

static oc_rc open_vault(struct account_keys *keys, struct error *ret_error)
{
    char path[ENV_PATH_MAX];
    struct env_secret passphrase = {0};
    if (keys->vault)
        return OC_OK;
    struct vault *vault = vault_new();
    oc_rc rc = vault ? account_keys_vault_path(keys->settings, path, ret_error)
                     : error_of_code(ret_error, OC_E_NOMEM, "vault", "it cannot be opened");
    if (rc == OC_OK) /* one that cannot be read is no reason to ask for its passphrase */
        rc = vault_list(vault, path, ret_error);
    if (rc == OC_OK)
        rc = account_keys_passphrase(keys->settings, "passphrase of the vault: ", &passphrase, ret_error);
    if (rc == OC_OK)
        rc = vault_open(vault, path, &passphrase, ret_error);
    env_secret_free(&passphrase);
    if (rc < 0)
        vault_free(vault);
    else
        keys->vault = vault;
    return rc;
}

void account_keys_close(struct account_keys *keys)
{
    vault_free(keys->vault);
    keys->vault = NULL;
}

/* Filling. */

struct filling {
    struct account_keys *keys;
    const char *venue;
    const char *account;
    const struct oc_venue *described;
    struct keyring *keyring;
    struct keyring_account *own;
    const struct vault_entry *entry; /* NULL: not of the vault */
    struct error *error;
};

static oc_rc find_entry(struct filling *filling, uint32_t env)
{
    const struct setting *named = find(filling->keys->settings, filling->venue, filling->account, "vault", NULL);
    if (!named)
        return OC_OK;
    const oc_rc rc = open_vault(filling->keys, filling->error);
    if (rc < 0)
        return rc;
    const struct vault_entry *entry = vault_find(filling->keys->vault, named->value);
    if (!entry) {
        (void)wrong(named, OC_E_NOT_FOUND, "the vault has no such key", NULL, filling->error);
        error_found(filling->error, "%s", named->value);
        error_remedy(filling->error, "`outcry keys list` shows its keys");
        return OC_E_NOT_FOUND;
    }
    if (entry->env != env) {
        (void)wrong(named, OC_E_DENIED, "this key is of another environment and signs nothing here",
                    vault_env_name(env), filling->error);
        error_found(filling->error, "%s", vault_env_name(entry->env));
        return OC_E_DENIED;
    }
    filling->entry = entry;
    return OC_OK;
}

static oc_rc missing(const struct filling *filling, const struct oc_credential *credential)
{
    error_at(filling->error, OC_E_CONFIG, "venue.%s.keys.%s.%s", filling->venue, filling->account, credential->name);
    error_what(filling->error, "the connector needs this credential (%.100s), and %s", credential->about,
               filling->entry ? "the vault's key has no such field" : "it is not set");
    error_remedy(filling->error,
                 filling->entry ? "`outcry keys rotate NAME --field %s` adds it" : "say where it comes from",
                 credential->name);
    return OC_E_CONFIG;
}

/* What is so short is looked for in no log: it would cut ordinary words out. */
static oc_rc judge_size(const struct filling *filling, const struct oc_credential *credential, const char *where,
                        size_t size)
{
    if (credential->kind != OC_CREDENTIAL_SECRET || size >= REDACT_MIN)
        return OC_OK;
    error_at(filling->error, OC_E_CONFIG, "%s", where);
    error_what(filling->error, "a secret so short could not be kept out of logs");
    error_found(filling->error, "%zu bytes", size);
    error_expected(filling->error, "%d bytes or more", REDACT_MIN);
    error_remedy(filling->error, "make a longer one at the venue");
    return OC_E_CONFIG;
}

static oc_rc fill_field(struct filling *filling, uint16_t field)
{
    const struct oc_credential *credential = &filling->described->credentials[field - 1];
    const struct vault_field *kept = filling->entry ? vault_field(filling->entry, credential->name) : NULL;
    char where[SETTING_KEY_MAX + 16], prompt[SETTING_KEY_MAX + 64];
    const struct setting *at = NULL;
    struct key_source source;
    struct env_secret value = {0};
    oc_rc rc = take_source(filling->keys->settings, filling->venue, filling->account, credential->name, &source, &at,
                           filling->error);
    if (rc == OC_E_NOT_FOUND && !kept && credential->kind != OC_CREDENTIAL_ONCE)
        return missing(filling, credential);
    if (rc == OC_E_NOT_FOUND && !kept)
        rc = key_source_parse("ask", &source);
    if (rc < 0 && rc != OC_E_NOT_FOUND)
        return rc;
    snprintf(where, sizeof where, "venue.%s.keys.%s.%s", filling->venue, filling->account, credential->name);
    snprintf(prompt, sizeof prompt, "%s of %s at %s: ", credential->name, filling->account, filling->venue);
    rc = env_secret_new(VAULT_VALUE_MAX + 2, &value);
    if (rc < 0)
        return error_of_code(filling->error, rc, where, "no memory for it");
    if (kept && !at) { /* what is named beside the vault wins */
        memcpy(value.bytes, filling->entry->values.bytes + kept->at, kept->size);
        value.size = kept->size;
    } else {
        rc = key_source_fetch(&source, where, prompt, &value, filling->error);
    }
    if (rc == OC_OK)
        rc = judge_size(filling, credential, where, value.size);
    if (rc == OC_OK) {
        rc = keyring_set(filling->keyring, filling->own, field, credential->kind != OC_CREDENTIAL_PUBLIC, &value);
        rc = rc < 0 ? error_of_code(filling->error, rc, where, "it cannot be kept") : rc;
    }
    env_secret_free(&value);
    return rc;
}

/* What is configured and no credential of the connector would change nothing. */
static oc_rc judge_fields(const struct filling *filling)
{
    const char *names[OC_VENUE_CREDENTIALS_MAX + 1] = {0}, *field;
    const struct setting *setting;
    uint32_t at = 0;
    for (uint32_t i = 0; i < filling->described->credential_count; i++)
        names[i] = filling->described->credentials[i].name;
    while ((setting = next_of(filling->keys->settings, filling->venue, filling->account, &at, &field)) != NULL) {
        char name[OC_VENUE_NAME_MAX];
        bool is_known = strcmp(field, "vault") == 0 || strcmp(field, "environment") == 0;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(field, "."), field);
        for (uint32_t i = 0; names[i] && !is_known; i++)
            is_known = strcmp(names[i], name) == 0;
        if (is_known)
            continue;
        (void)wrong(setting, OC_E_CONFIG, "the connector has no such credential", NULL, filling->error);
        const char *nearest = text_nearest(name, names);
        if (nearest)
            error_remedy(filling->error, "did you mean '%s'?", nearest);
        else
            error_remedy(filling->error, "`outcry plugin info` lists them");
        return OC_E_CONFIG;
    }
    return OC_OK;
}

static oc_rc fill_account(struct filling *filling, uint32_t number)
{
    const uint32_t env = vault_env_of(venue_text(filling->keys->settings, filling->venue, "environment", ""));
    oc_rc rc = judge_fields(filling);
    if (rc == OC_OK)
        rc = find_entry(filling, env);
    if (rc < 0)
        return rc;
    rc = keyring_add(filling->keyring, number, env, filling->entry ? filling->entry->algorithm : 0, &filling->own);
    if (rc < 0)
        return error_of_code(filling->error, rc, filling->account, "its keys cannot be kept");
    for (uint16_t field = 1; field <= filling->described->credential_count && rc == OC_OK; field++)
        rc = fill_field(filling, field);
    return rc;
}

oc_rc account_keys_fill(struct account_keys *keys, const char *venue, const struct oc_venue *described,
                        struct keyring *keyring, struct error *ret_error)
{
    char account[VENUE_ACCOUNT_MAX];
    oc_rc rc = judge_venue(keys->settings, venue, ret_error);
    for (uint32_t i = 0; rc == OC_OK && venue_account(keys->settings, venue, i, account); i++) {
        struct filling filling = {keys, venue, account, described, keyring, NULL, NULL, ret_error};
        if (account_keys_are_set(keys->settings, venue, account))
            rc = fill_account(&filling, i + 1);
    }
    return rc;
}
