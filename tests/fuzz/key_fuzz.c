/* key_fuzz.c: what a person, a command or an MCP server may give as a secret, read as each form of key; an answer of a server, by a path; a word
 * of a configuration. What must hold: no crash, nothing where it is refused, numbers within the bytes, values within their limit. */
#include <stdlib.h>
#include <string.h>

#include "io/key_form.h"
#include "io/key_source.h"
#include "io/vault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_forms(const struct env_secret *value)
{
    for (uint32_t kind = KEY_P256; kind <= KEY_RSA; kind++)
        for (int is_decoded = 0; is_decoded < 2; is_decoded++) {
            struct key_parts parts;
            if (key_form_parts(kind, value, is_decoded, &parts) < 0)
                continue;
            if (parts.kind != kind || parts.count != (kind == KEY_RSA ? (uint32_t)KEY_NUMBERS_MAX : 1u))
                abort();
            for (uint32_t i = 0; i < parts.count; i++)
                if (parts.numbers[i].at + parts.numbers[i].size > parts.bytes.size)
                    abort();
            key_parts_free(&parts);
        }
    (void)key_form_kind(value);
    struct env_secret to;
    if (env_secret_new(value->size, &to) < 0)
        abort();
    for (uint32_t form = 0; form < 4; form++)
        if (key_form_decode(form, value, &to) < 0 && to.size)
            abort();
    env_secret_free(&to);
}

/* The path up to the first line end, then the answer. */
static void read_answer(const uint8_t *data, size_t size)
{
    char path[64] = "content.0.text";
    const uint8_t *end = memchr(data, '\n', size < sizeof path ? size : sizeof path - 1);
    struct env_secret value;
    if (env_secret_new(VAULT_VALUE_MAX, &value) < 0)
        abort();
    if (end) {
        memcpy(path, data, (size_t)(end - data));
        path[end - data] = 0;
        size -= (size_t)(end + 1 - data);
        data = end + 1;
    }
    if (key_result_take(data, (uint32_t)size, path, &value) < 0 ? value.size != 0 : value.size > value.room)
        abort();
    env_secret_free(&value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct env_secret value;
    struct key_source source;
    if (!size || env_secret_new((uint32_t)size + 1, &value) < 0)
        return 0;
    memcpy(value.bytes, data, size);
    value.size = (uint32_t)size;
    read_forms(&value);
    read_answer(data, size);
    if (key_source_parse((const char *)value.bytes, &source) == OC_OK && !memchr(source.text, 0, sizeof source.text))
        abort();
    if (key_source_command((const char *)value.bytes, KEY_WAY_COMMAND, &source) == OC_OK && !source.text[0])
        abort();
    env_secret_free(&value);
    return 0;
}
