/* keys_prove.c: `outcry keys test`: whether a key opens and signs, of the vault or of a configuration's own places. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"
#include "base/log.h"
#include "cli/complain.h"
#include "cli/keys.h"
#include "cli/run.h"
#include "cli/verbs.h"
#include "io/kept_key.h"
#include "io/key_form.h"
#include "session/account_keys.h"
#include "session/venue_keys.h"

static const char default_text[] = "outcry keys test";

struct proof {
    const char *key; /* of the vault, or the account */
    const char *field;
    uint32_t algorithm, form, size;
    bool signs, verifies;
    uint8_t signature[KEPT_SIGNATURE_MAX];
    uint8_t public_key[KEPT_PUBLIC_MAX];
    uint32_t public_size;
    oc_rc rc;
};

/* What a value signs by when nobody says: by its own kind where its bytes tell it, else as the secret of a MAC. */
static uint32_t algorithm_of(const struct env_secret *value)
{
    switch (key_form_kind(value)) {
    case KEY_P256:
        return OC_SIGN_ES256;
    case KEY_ED25519:
        return OC_SIGN_ED25519;
    case KEY_RSA:
        return OC_SIGN_RSA_SHA256;
    default:
        return OC_SIGN_HMAC_SHA256;
    }
}

static void prove(struct proof *proof, const struct env_secret *value, const char *text)
{
    struct env_secret pages = {0};
    struct signing signing;
    const uint32_t size = (uint32_t)strlen(text);
    if (!proof->algorithm)
        proof->algorithm = algorithm_of(value);
    proof->rc = env_secret_new(sizeof(struct kept_key), &pages);
    if (proof->rc < 0)
        return;
    struct kept_key *kept = (struct kept_key *)(void *)pages.bytes;
    proof->rc = kept_key_init(kept, proof->algorithm, proof->form, value);
    if (proof->rc == OC_OK) {
        kept_key_begin(&signing, kept);
        kept_key_add(&signing, text, size);
        proof->rc = kept_key_sign(&signing, proof->signature, sizeof proof->signature);
    }
    if (proof->rc > 0) {
        proof->size = (uint32_t)proof->rc;
        proof->signs = true;
        proof->verifies = kept_key_verify(kept, text, size, proof->signature, proof->size);
        const oc_rc public_size = kept_key_public(kept, proof->public_key, sizeof proof->public_key);
        proof->public_size = public_size > 0 ? (uint32_t)public_size : 0;
        proof->rc = proof->verifies ? OC_OK : OC_E_DATA;
        kept_key_release(kept);
    }
    env_secret_free(&pages);
}

static void put_hex(struct text *text, const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        text_format(text, "%02x", bytes[i]);
}

static void show_text(const struct proof *proof, bool shows_signature)
{
    char room[2 * KEPT_PUBLIC_MAX + 8];
    struct text text;
    text_init_fixed(&text, room, sizeof room);
    printf("%s: %s: ", proof->key, proof->field);
    if (proof->rc < 0) {
        printf("does not sign by %s: %s\n", vault_algorithm_name(proof->algorithm), error_name(proof->rc));
        return;
    }
    printf("signs by %s\n", vault_algorithm_name(proof->algorithm));
    if (proof->public_size) {
        put_hex(&text, proof->public_key, proof->public_size);
        printf("  public key %s\n", text.data);
    }
    if (shows_signature) {
        text_clear(&text);
        put_hex(&text, proof->signature, proof->size);
        printf("  signature %s\n", text.data);
    }
}

static void show_json(const struct proof *proof, bool shows_signature)
{
    char hex[2 * KEPT_PUBLIC_MAX + 8], room[4 * KEPT_PUBLIC_MAX + 512];
    struct text text, digits;
    text_init_fixed(&text, room, sizeof room);
    text_init_fixed(&digits, hex, sizeof hex);
    json_open(&text, NULL, '{');
    json_text(&text, "key", proof->key);
    json_text(&text, "field", proof->field);
    json_text(&text, "algorithm", vault_algorithm_name(proof->algorithm));
    json_flag(&text, "signs", proof->rc == OC_OK);
    put_hex(&digits, proof->public_key, proof->public_size);
    json_text(&text, "public", proof->public_size ? digits.data : NULL);
    text_clear(&digits);
    put_hex(&digits, proof->signature, proof->size);
    json_text(&text, "signature", shows_signature && proof->size ? digits.data : NULL);
    json_close(&text, '}');
    puts(text.data);
}

/* Proves and shows one. Returns whether it signs. */
static bool prove_one(const struct keys_words *words, struct proof *proof, const struct env_secret *value)
{
    const bool shows = words->text != NULL;
    prove(proof, value, shows ? words->text : default_text);
    if (words->options.json)
        show_json(proof, shows);
    else
        show_text(proof, shows);
    return proof->rc == OC_OK;
}

/* Of the vault. */

static bool is_wanted(const struct keys_words *words, const char *field)
{
    for (uint32_t i = 0; i < words->field_count; i++)
        if (strcmp(words->fields[i].name, field) == 0)
            return true;
    return words->field_count == 0;
}

static oc_rc take_value(const struct vault_entry *entry, const struct vault_field *field, struct env_secret *ret_value)
{
    const oc_rc rc = env_secret_new(field->size, ret_value);
    if (rc < 0)
        return rc;
    memcpy(ret_value->bytes, entry->values.bytes + field->at, field->size);
    ret_value->size = field->size;
    return OC_OK;
}

static int test_entry(const struct keys_words *words, const struct vault_entry *entry)
{
    uint32_t tested = 0, good = 0;
    for (uint32_t i = 0; i < entry->field_count; i++) {
        struct env_secret value = {0};
        struct proof proof = {.key = entry->name, .field = entry->fields[i].name, .algorithm = entry->algorithm};
        if (!is_wanted(words, proof.field) || take_value(entry, &entry->fields[i], &value) < 0)
            continue;
        if (words->algorithm)
            proof.algorithm = vault_algorithm_of(words->algorithm);
        tested++;
        good += prove_one(words, &proof, &value);
        env_secret_free(&value);
    }
    if (!words->options.json)
        printf("%s: opens, %s, %u of %u fields sign\n", entry->name, vault_env_name(entry->env), good, tested);
    return good && (good == tested || !words->field_count) ? EXIT_GOOD : EXIT_RUN;
}

static int test_vault(struct keys_words *words)
{
    struct vault *vault = NULL;
    struct error error;
    oc_rc rc = keys_open(words, &vault, &error);
    const struct vault_entry *entry = rc == OC_OK && vault ? vault_find(vault, words->name) : NULL;
    if (rc == OC_OK && !entry) {
        rc = error_say(&error, OC_E_NOT_FOUND, words->path,
                       "there is no key of that name: `outcry keys list` shows them");
        error_found(&error, "%s", words->name);
    }
    if (entry && words->algorithm && entry->algorithm && vault_algorithm_of(words->algorithm) != entry->algorithm) {
        rc = error_say(&error, OC_E_DENIED, words->name, "it signs by one algorithm only");
        error_found(&error, "%s", words->algorithm);
        error_expected(&error, "%s", vault_algorithm_name(entry->algorithm));
    }
    const int code = rc < 0 || !entry ? complain(&error, rc, words->options.json) : test_entry(words, entry);
    vault_free(vault);
    return code;
}

/* Of a configuration. */

static uint32_t test_account(const struct keys_words *words, const struct oc_venue *described,
                             const struct keyring_account *own, const char *name)
{
    uint32_t bad = 0;
    for (uint32_t i = 0; i < described->credential_count; i++) {
        const struct oc_credential *credential = &described->credentials[i];
        struct proof proof = {
            .key = name, .field = credential->name, .algorithm = own->algorithm, .form = credential->form};
        if (credential->kind == OC_CREDENTIAL_PUBLIC) {
            if (!words->options.json)
                printf("%s: %s: is there\n", name, credential->name);
            continue;
        }
        if (words->algorithm)
            proof.algorithm = vault_algorithm_of(words->algorithm);
        bad += !prove_one(words, &proof, &own->values[i]);
    }
    return bad;
}

static int test_filled(const struct keys_words *words, const struct oc_venue *described, const struct keyring *keyring,
                       const char *venue)
{
    char account[VENUE_ACCOUNT_MAX];
    uint32_t bad = 0;
    for (uint32_t i = 0; venue_account(&words->options.settings, venue, i, account); i++) {
        const struct keyring_account *own = keyring_find(keyring, i + 1);
        if (own)
            bad += test_account(words, described, own, account);
        else if (!words->options.json)
            printf("%s: nothing is configured: %s\n", account,
                   strcmp(venue_text(&words->options.settings, venue, "environment", ""), "local") == 0
                       ? "it signs with test keys"
                       : "it signs nothing");
    }
    return bad ? EXIT_RUN : EXIT_GOOD;
}

static oc_rc open_venue(struct keys_words *words, struct parts *parts, struct registry *registry,
                        const struct oc_venue **ret_described, struct error *ret_error)
{
    struct settings *settings = &words->options.settings;
    oc_rc rc = settings_set(settings, "session.venue", words->options.venue, "--venue");
    if (rc < 0)
        return error_copy(ret_error, &settings->error);
    rc = venue_judge(settings, ret_error);
    if (rc == OC_OK)
        rc = account_keys_judge(settings, ret_error);
    if (rc == OC_OK)
        rc = parts_open(parts, settings, registry, PART_CONNECTOR, false, ret_error);
    const struct part *part = rc == OC_OK ? parts_at(parts, PART_CONNECTOR, 0) : NULL;
    const struct registry_entry *entry = part ? registry_find(registry, OC_CONNECTOR, part->id) : NULL;
    const struct oc_connector *table = entry ? registry_interface(entry->plugin, OC_CONNECTOR) : NULL;
    if (rc == OC_OK && !table)
        return error_say(ret_error, OC_E_NOT_FOUND, words->options.venue, "its connector was not found");
    if (rc == OC_OK)
        *ret_described = table->venue;
    return rc;
}

static int test_venue(struct keys_words *words)
{
    struct registry *registry = calloc(1, sizeof *registry);
    struct parts *parts = calloc(1, sizeof *parts);
    struct keyring *keyring = calloc(1, sizeof *keyring);
    struct account_keys keys = {&words->options.settings, NULL};
    const struct oc_venue *described = NULL;
    char name[PART_NAME_MAX];
    struct error error;
    int code = EXIT_RUN;
    if (registry && parts && keyring) {
        registry_init(registry);
        log_set_sink(run_log_to_stderr, NULL);
        oc_rc rc = open_venue(words, parts, registry, &described, &error);
        if (rc == OC_OK && !venue_at(keys.settings, 0, name))
            rc = error_say(&error, OC_E_CONFIG, "--venue", "expected the name of one venue");
        if (rc == OC_OK)
            rc = account_keys_fill(&keys, name, described, keyring, &error);
        code = rc < 0 || !described ? complain(&error, rc, words->options.json)
                                    : test_filled(words, described, keyring, name);
        account_keys_close(&keys);
        keyring_release(keyring);
        log_flush();
    }
    free(registry);
    free(parts);
    free(keyring);
    return code;
}

int keys_test(struct keys_words *words) { return words->options.venue ? test_venue(words) : test_vault(words); }
