/* keys.c: `outcry keys`: the vault of a person's keys, by hand. */
#include "cli/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"
#include "base/redact.h"
#include "cli/complain.h"
#include "cli/verbs.h"
#include "io/key_source.h"
#include "session/account_keys.h"

enum { LIST_MAX = 1 << 17 };

static const char usage[] =
    "usage: outcry keys add NAME --environment live|practice|testnet|local --field FIELD[=SOURCE]... [--algorithm "
    "WORD]\n"
    "       outcry keys list [--json]\n"
    "       outcry keys rotate NAME --field FIELD[=SOURCE]...      new values of a key\n"
    "       outcry keys rotate [--new-passphrase SOURCE]           a new passphrase of the vault\n"
    "       outcry keys remove NAME\n"
    "       outcry keys test NAME [--field FIELD] [--algorithm WORD] [--text TEXT]\n"
    "       outcry keys test --venue NAME --config FILE            the credentials that a configuration names\n"
    "each: [--vault FILE] [--passphrase SOURCE] [--config FILE] [--json]\n"
    "SOURCE: env:NAME, fd:NUMBER, file:PATH, systemd:NAME or ask; a secret itself never stands on a command line\n"
    "WORD: hmac-sha256, hmac-sha384, hmac-sha512, hmac-sha1, es256, ed25519, rsa-sha256: the only one it signs by\n";

/* Words. */

/* FIELD or FIELD=SOURCE. What stands behind '=' is not shown: it may be a secret by mistake. */
static oc_rc add_field(struct keys_words *words, const char *text)
{
    struct error *error = &words->options.error;
    const size_t size = strcspn(text, "=");
    struct key_source source;
    if (words->field_count == VAULT_FIELDS_MAX)
        return error_say(error, OC_E_LIMIT, "--field", "a key has at most %d fields", VAULT_FIELDS_MAX);
    struct keys_field *field = &words->fields[words->field_count];
    if (!size || size >= sizeof field->name)
        return error_say(error, OC_E_INVALID, "--field",
                         "expected FIELD or FIELD=SOURCE, the name of at most 32 bytes");
    memcpy(field->name, text, size);
    field->source = text[size] ? text + size + 1 : NULL;
    if (field->source && key_source_parse(field->source, &source) < 0) {
        error_at(error, OC_E_INVALID, "--field %s", field->name);
        error_what(error, "behind = stands no place that a secret comes from (it is not shown)");
        error_expected(error, "env:NAME, fd:NUMBER, file:PATH, systemd:NAME or ask");
        return OC_E_INVALID;
    }
    words->field_count++;
    return OC_OK;
}

static oc_rc take_word(struct keys_words *words, const char *option, const char *value)
{
    struct settings *settings = &words->options.settings;
    if (strcmp(option, "field") == 0)
        return add_field(words, value);
    if (strcmp(option, "vault") == 0)
        return settings_set(settings, "vault.file", value, "--vault");
    if (strcmp(option, "passphrase") == 0)
        return settings_set(settings, "vault.passphrase", value, "--passphrase");
    const char **to = strcmp(option, "environment") == 0 ? &words->environment
                      : strcmp(option, "algorithm") == 0 ? &words->algorithm
                      : strcmp(option, "text") == 0      ? &words->text
                                                         : &words->new_passphrase;
    *to = value;
    return OC_OK;
}

/* Takes this verb's own options out of argv; *kept are left. */
static oc_rc take_own(struct keys_words *words, int argc, char **argv, int *ret_kept)
{
    static const char *const own[] = {"field",     "vault",          "passphrase", "environment",
                                      "algorithm", "new-passphrase", "text"};
    int kept = 0;
    for (int i = 0; i < argc; i++) {
        const char *option = NULL, *value = NULL;
        for (size_t k = 0; k < sizeof own / sizeof *own && strncmp(argv[i], "--", 2) == 0; k++) {
            const size_t size = strlen(own[k]);
            if (strncmp(argv[i] + 2, own[k], size) != 0 || (argv[i][2 + size] && argv[i][2 + size] != '='))
                continue;
            option = own[k];
            value = argv[i][2 + size] ? argv[i] + 3 + size : (i + 1 < argc ? argv[i + 1] : NULL);
            i += !argv[i][2 + size];
        }
        if (!option) {
            argv[kept++] = argv[i];
            continue;
        }
        if (!value)
            return error_say(&words->options.error, OC_E_INVALID, option, "--%s needs a value", option);
        const oc_rc rc = take_word(words, option, value);
        if (rc < 0)
            return rc;
    }
    *ret_kept = kept;
    return OC_OK;
}

static oc_rc judge(struct keys_words *words)
{
    static const char *const actions[] = {"add", "list", "rotate", "remove", "test"};
    struct error *error = &words->options.error;
    const struct options *options = &words->options;
    words->action = options->word_count ? options->words[0] : "";
    words->name = options->word_count > 1 ? options->words[1] : NULL;
    bool is_known = false;
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        is_known |= strcmp(actions[i], words->action) == 0;
    if (!is_known || options->word_count > 2)
        return error_say(error, OC_E_INVALID, "keys",
                         "expected add, list, rotate, remove or test, and the name of one key");
    const bool needs_name = strcmp(words->action, "add") == 0 || strcmp(words->action, "remove") == 0 ||
                            (strcmp(words->action, "test") == 0 && !options->venue);
    if (needs_name && !words->name)
        return error_say(error, OC_E_INVALID, "keys", "%s needs the name of a key", words->action);
    if (words->environment && !vault_env_of(words->environment)) {
        error_at(error, OC_E_INVALID, "--environment");
        error_found(error, "%s", words->environment);
        error_expected(error, "live, practice, testnet or local");
        return OC_E_INVALID;
    }
    if (words->algorithm && !vault_algorithm_of(words->algorithm)) {
        error_at(error, OC_E_INVALID, "--algorithm");
        error_found(error, "%s", words->algorithm);
        error_expected(error, "hmac-sha256, hmac-sha384, hmac-sha512, hmac-sha1, es256, ed25519 or rsa-sha256");
        return OC_E_INVALID;
    }
    return OC_OK;
}

/* The vault. */

oc_rc keys_open(struct keys_words *words, struct vault **ret_vault, struct error *ret_error)
{
    struct env_secret passphrase = {0};
    struct vault *vault = vault_new();
    oc_rc rc = vault ? vault_list(vault, words->path, ret_error)
                     : error_of_code(ret_error, OC_E_NOMEM, "vault", "it cannot be opened");
    if (rc == OC_OK)
        rc = account_keys_passphrase(&words->options.settings, "passphrase of the vault: ", &passphrase, ret_error);
    if (rc == OC_OK)
        rc = vault_open(vault, words->path, &passphrase, ret_error);
    env_secret_free(&passphrase);
    if (rc < 0)
        vault_free(vault);
    else
        *ret_vault = vault;
    return rc;
}

static bool is_typed(const char *source) { return !source || strcmp(source, "ask") == 0; }

/* A passphrase that is typed is typed twice: nobody can open what was mistyped. `source` NULL: as the settings say. */
static oc_rc new_passphrase(struct keys_words *words, const char *source, struct vault *vault, struct error *ret_error)
{
    struct env_secret first = {0}, second = {0};
    struct settings *settings = &words->options.settings;
    oc_rc rc = source ? settings_set(settings, "vault.passphrase", source, "--new-passphrase") : (oc_rc)OC_OK;
    if (rc < 0)
        return error_copy(ret_error, &settings->error);
    rc = account_keys_passphrase(settings, "new passphrase of the vault: ", &first, ret_error);
    const bool is_asked = is_typed(settings_text(settings, "vault.passphrase", NULL)) && env_secret_can_ask();
    if (rc == OC_OK && is_asked && !getenv("CREDENTIALS_DIRECTORY")) {
        rc = account_keys_passphrase(settings, "once more: ", &second, ret_error);
        if (rc == OC_OK && (first.size != second.size || memcmp(first.bytes, second.bytes, first.size) != 0))
            rc = error_say(ret_error, OC_E_INVALID, "passphrase", "the two are not the same: nothing was changed");
    }
    if (rc == OC_OK)
        rc = vault_set_passphrase(vault, &first, ret_error);
    env_secret_free(&first);
    env_secret_free(&second);
    return rc;
}

/* The one that is there, opened, or a new one under a new passphrase. */
static oc_rc open_or_make(struct keys_words *words, struct vault **ret_vault, struct error *ret_error)
{
    if (env_exists(words->path))
        return keys_open(words, ret_vault, ret_error);
    struct vault *vault = vault_new();
    if (!vault)
        return error_of_code(ret_error, OC_E_NOMEM, "vault", "it cannot be made");
    const oc_rc rc = new_passphrase(words, NULL, vault, ret_error);
    if (rc < 0)
        vault_free(vault);
    else
        *ret_vault = vault;
    return rc;
}

static oc_rc set_fields(const struct keys_words *words, struct vault_entry *entry, struct error *ret_error)
{
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < words->field_count && rc == OC_OK; i++) {
        const struct keys_field *field = &words->fields[i];
        char where[64], prompt[128];
        struct key_source source;
        struct env_secret value = {0};
        snprintf(where, sizeof where, "--field %s", field->name);
        snprintf(prompt, sizeof prompt, "%s of %s (not shown): ", field->name, entry->name);
        rc = key_source_parse(field->source ? field->source : "ask", &source);
        if (rc == OC_OK)
            rc = env_secret_new(VAULT_VALUE_MAX + 2, &value);
        if (rc < 0)
            return error_of_code(ret_error, rc, where, "its value cannot be taken");
        rc = key_source_fetch(&source, where, prompt, &value, ret_error);
        if (rc == OC_OK && value.size < REDACT_MIN && entry->env != OC_ENV_LOCAL) {
            rc = OC_E_INVALID;
            error_at(ret_error, rc, "%s", where);
            error_what(ret_error, "it has fewer than %d bytes, and what is so short cannot be cut out of logs",
                       REDACT_MIN);
            error_remedy(ret_error, "where the venue gives no longer one, name its place in the configuration: "
                                    "keys.ACCOUNT.FIELD = \"env:NAME\" or \"ask\"");
        }
        if (rc == OC_OK) {
            rc = vault_set(entry, field->name, &value);
            rc = rc < 0 ? error_of_code(ret_error, rc, where, "the vault does not take it") : rc;
        }
        env_secret_free(&value);
    }
    return rc;
}

/* Actions: each changes an open vault, which is then written. */

static oc_rc add(struct keys_words *words, struct vault *vault, struct error *ret_error)
{
    struct vault_entry *entry;
    oc_rc rc = vault_add(vault, words->name, vault_env_of(words->environment), &entry);
    if (rc == OC_E_EXISTS) {
        error_at(ret_error, rc, "%s", words->name);
        error_what(ret_error, "there is a key of that name");
        error_remedy(ret_error, "`outcry keys rotate %s` gives it new values", words->name);
        return rc;
    }
    if (rc == OC_E_INVALID)
        return error_say(ret_error, rc, "keys add", "a name has 1 to %d of the letters A-Z a-z 0-9 . _ -",
                         VAULT_NAME_MAX - 1);
    if (rc < 0)
        return error_of_code(ret_error, rc, words->name, "it cannot be added");
    entry->algorithm = words->algorithm ? vault_algorithm_of(words->algorithm) : 0;
    entry->added_ns = env_clock_real();
    return set_fields(words, entry, ret_error);
}

static oc_rc no_such_key(const struct keys_words *words, struct error *ret_error)
{
    error_at(ret_error, OC_E_NOT_FOUND, "%s", words->path);
    error_what(ret_error, "there is no key of that name");
    error_found(ret_error, "%s", words->name);
    error_remedy(ret_error, "`outcry keys list` shows them");
    return OC_E_NOT_FOUND;
}

static oc_rc rotate(struct keys_words *words, struct vault *vault, struct error *ret_error)
{
    if (!words->name)
        return new_passphrase(words, words->new_passphrase ? words->new_passphrase : "ask", vault, ret_error);
    struct vault_entry *entry = vault_find(vault, words->name);
    if (!entry)
        return no_such_key(words, ret_error);
    entry->rotated_ns = env_clock_real();
    if (words->algorithm)
        entry->algorithm = vault_algorithm_of(words->algorithm);
    return set_fields(words, entry, ret_error);
}

static oc_rc drop(struct keys_words *words, struct vault *vault, struct error *ret_error)
{
    struct vault_entry *entry = vault_find(vault, words->name);
    if (!entry)
        return no_such_key(words, ret_error);
    vault_remove(vault, entry);
    return OC_OK;
}

static int change(struct keys_words *words, oc_rc (*what)(struct keys_words *, struct vault *, struct error *),
                  bool makes, const char *done)
{
    struct vault *vault = NULL;
    struct error error;
    int lock;
    oc_rc rc = vault_begin(words->path, &lock, &error);
    if (rc < 0)
        return complain(&error, rc, words->options.json);
    rc = makes ? open_or_make(words, &vault, &error) : keys_open(words, &vault, &error);
    if (rc == OC_OK)
        rc = what(words, vault, &error);
    if (rc == OC_OK)
        rc = vault_save(vault, words->path, &error);
    if (rc == OC_OK && vault && !words->options.quiet)
        printf("%s%s%s in %s: %u key%s\n", words->name ? words->name : "passphrase", words->name ? " " : " ", done,
               words->path, vault->entry_count, vault->entry_count == 1 ? "" : "s");
    vault_free(vault);
    vault_end(lock);
    if (!env_secret_is_locked())
        fputs("outcry: the pages of secrets could not all be locked, and may be swapped: raise `ulimit -l`\n", stderr);
    return rc < 0 ? complain(&error, rc, words->options.json) : EXIT_GOOD;
}

static int run_add(struct keys_words *words)
{
    struct error error;
    if (!words->environment || !words->field_count) {
        error_at(&error, OC_E_INVALID, "keys add");
        error_what(&error, words->environment ? "it names no field" : "the environment of the key is not said");
        error_expected(&error, words->environment
                                   ? "--field api_key --field secret: as the connector names its credentials"
                                   : "--environment live, practice, testnet or local: it signs nowhere else");
        (void)complain(&error, OC_E_INVALID, words->options.json);
        return EXIT_USE;
    }
    const int code = change(words, add, true, "added");
    if (code == EXIT_GOOD && !words->options.quiet)
        puts("a key for trading should not be able to withdraw, and should be bound to the address of this machine");
    return code;
}

static int run_rotate(struct keys_words *words)
{
    struct error error;
    if (words->name && words->field_count == 0) {
        (void)error_say(&error, OC_E_INVALID, "keys rotate",
                        "expected --field FIELD[=SOURCE]: which values are new"); /* the exit code is of wrong use */
        (void)complain(&error, OC_E_INVALID, words->options.json);
        return EXIT_USE;
    }
    return change(words, rotate, false, words->name ? "has new values" : "changed");
}

/* Listing. */

static void put_fields(const struct vault_entry *entry)
{
    for (uint32_t i = 0; i < entry->field_count; i++)
        printf("%s%s", i ? "," : "", entry->fields[i].name);
}

static void list_text(const struct vault *vault)
{
    printf("%-24s %-11s %-11s %-20s %s\n", "key", "environment", "signs by", "added", "fields");
    for (uint32_t i = 0; i < vault->entry_count; i++) {
        const struct vault_entry *entry = &vault->entries[i];
        char added[TEXT_TIME_MAX];
        text_from_time(added, entry->added_ns - entry->added_ns % 1000000000);
        printf("%-24s %-11s %-11s %-20s ", entry->name, vault_env_name(entry->env),
               entry->algorithm ? vault_algorithm_name(entry->algorithm) : "any", added);
        put_fields(entry);
        puts("");
    }
    printf("%u key%s (read without the passphrase: `outcry keys test NAME` proves one)\n", vault->entry_count,
           vault->entry_count == 1 ? "" : "s");
}

static void list_json(const struct vault *vault, const char *path)
{
    struct text text;
    text_init_grow(&text, LIST_MAX);
    json_open(&text, NULL, '{');
    json_text(&text, "vault", path);
    json_open(&text, "keys", '[');
    for (uint32_t i = 0; i < vault->entry_count; i++) {
        const struct vault_entry *entry = &vault->entries[i];
        json_open(&text, NULL, '{');
        json_text(&text, "name", entry->name);
        json_text(&text, "environment", vault_env_name(entry->env));
        json_text(&text, "algorithm", entry->algorithm ? vault_algorithm_name(entry->algorithm) : NULL);
        json_time(&text, "added", entry->added_ns);
        if (entry->rotated_ns)
            json_time(&text, "rotated", entry->rotated_ns);
        else
            json_null(&text, "rotated");
        json_open(&text, "fields", '[');
        for (uint32_t k = 0; k < entry->field_count; k++)
            json_text(&text, NULL, entry->fields[k].name);
        json_close(&text, ']');
        json_close(&text, '}');
    }
    json_close(&text, ']');
    json_close(&text, '}');
    puts(text.data);
    text_release(&text);
}

static int run_list(struct keys_words *words)
{
    struct error error;
    struct vault *vault = vault_new();
    const oc_rc rc = vault ? vault_list(vault, words->path, &error)
                           : error_of_code(&error, OC_E_NOMEM, "vault", "it cannot be read");
    if (rc == OC_OK && vault && words->options.json)
        list_json(vault, words->path);
    else if (rc == OC_OK && vault)
        list_text(vault);
    vault_free(vault);
    return rc < 0 ? complain(&error, rc, words->options.json) : EXIT_GOOD;
}

static int run_action(struct keys_words *words)
{
    if (strcmp(words->action, "list") == 0)
        return run_list(words);
    if (strcmp(words->action, "add") == 0)
        return run_add(words);
    if (strcmp(words->action, "rotate") == 0)
        return run_rotate(words);
    return strcmp(words->action, "remove") == 0 ? change(words, drop, false, "removed") : keys_test(words);
}

int verb_keys(int argc, char **argv)
{
    struct keys_words *words = calloc(1, sizeof *words);
    int code = EXIT_RUN, kept = 0;
    if (!words)
        return code;
    struct error *error = &words->options.error;
    oc_rc rc = take_own(words, argc, argv, &kept);
    if (rc == OC_OK)
        rc = options_parse(&words->options, kept, argv);
    if (rc == OC_OK && !words->options.help)
        rc = judge(words);
    if (rc < 0 || words->options.help) {
        if (error_is_set(error))
            (void)complain(error, OC_E_INVALID, words->options.json);
        fputs(usage, rc < 0 ? stderr : stdout);
        code = rc < 0 ? EXIT_USE : EXIT_GOOD;
        goto out;
    }
    env_secret_guard();
    rc = options_finish(&words->options);
    if (rc == OC_OK)
        rc = account_keys_vault_path(&words->options.settings, words->path, error);
    code = rc < 0 ? complain(error, OC_E_CONFIG, words->options.json) : run_action(words);
out:
    options_release(&words->options);
    free(words);
    return code;
}
