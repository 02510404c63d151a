#include "base/redact.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/env_secret.h"

enum {
    SECRETS_MAX = 512,
    WAYS_ROOM = 66 /* bytes of all forms for one of the secret: eleven ways, three each, twice */
};

struct form {
    const unsigned char *bytes; /* in the pages of its secret */
    uint32_t size;
    uint32_t secret; /* place in `secrets` */
};

static struct {
    atomic_flag lock;
    atomic_uint count;
    struct form forms[REDACT_MAX];
    const void *owners[SECRETS_MAX]; /* NULL: free */
    struct env_secret secrets[SECRETS_MAX];
} known = {.lock = ATOMIC_FLAG_INIT};

static void lock(void)
{
    while (atomic_flag_test_and_set_explicit(&known.lock, memory_order_acquire))
        ;
}

static void unlock(void) { atomic_flag_clear_explicit(&known.lock, memory_order_release); }

/* A form is written behind the used bytes of its secret's pages, and is then one of them, unless it stands there already. */
static oc_rc add_form(uint32_t secret, uint32_t from)
{
    struct env_secret *pages = &known.secrets[secret];
    const unsigned char *bytes = pages->bytes + from;
    const uint32_t size = pages->size - from;
    const unsigned count = known.count;
    bool is_new = size >= REDACT_MIN;
    for (unsigned i = 0; i < count && is_new; i++)
        is_new = known.forms[i].size != size || memcmp(known.forms[i].bytes, bytes, size) != 0 ||
                 known.forms[i].secret != secret;
    if (!is_new) {
        pages->size = from;
        return OC_OK;
    }
    if (count == REDACT_MAX)
        return OC_E_LIMIT;
    known.forms[count] = (struct form){bytes, size, secret};
    known.count = count + 1;
    return OC_OK;
}

static void put_base64(struct env_secret *form, const unsigned char *bytes, size_t size, const char *last_two)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    for (size_t bit = 0; bit < size * 8; bit += 6) { /* without what fills up: it may stand before more */
        const size_t at = bit / 8, shift = bit % 8;
        const unsigned pair = (unsigned)bytes[at] << 8 | (at + 1 < size ? bytes[at + 1] : 0u);
        const unsigned digit = (pair >> (10 - shift)) & 63;
        if (bit + 6 > size * 8) /* its last digit depends on what comes behind it */
            break;
        form->bytes[form->size++] = (unsigned char)(digit < 62 ? plain[digit] : last_two[digit - 62]);
    }
}

static void put_hex(struct env_secret *form, const unsigned char *bytes, size_t size, const char *digits)
{
    for (size_t i = 0; i < size; i++) {
        form->bytes[form->size++] = (unsigned char)digits[bytes[i] >> 4];
        form->bytes[form->size++] = (unsigned char)digits[bytes[i] & 15];
    }
}

static void put_percent(struct env_secret *form, const unsigned char *bytes, size_t size)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] && strchr(plain, bytes[i])) {
            form->bytes[form->size++] = bytes[i];
            continue;
        }
        form->bytes[form->size++] = '%';
        put_hex(form, bytes + i, 1, "0123456789ABCDEF");
    }
}

static void put_json(struct env_secret *form, const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '"' || bytes[i] == '\\')
            form->bytes[form->size++] = '\\';
        form->bytes[form->size++] = bytes[i];
    }
}

enum way {
    WAY_AS_IS,
    WAY_BASE64,
    WAY_BASE64_URL = WAY_BASE64 + 3,
    WAY_HEX = WAY_BASE64_URL + 3,
    WAY_HEX_UPPER,
    WAY_PERCENT,
    WAY_JSON,
    WAYS
};

static void put_as(struct env_secret *form, int way, const unsigned char *bytes, size_t size)
{
    if (way >= WAY_BASE64 && way < WAY_HEX) { /* of something that it stands in, it may begin at any of three places */
        const size_t from = (size_t)(way - WAY_BASE64) % 3;
        put_base64(form, bytes + from, size - from, way < WAY_BASE64_URL ? "+/" : "-_");
        return;
    }
    switch (way) {
    case WAY_HEX:
        put_hex(form, bytes, size, "0123456789abcdef");
        break;
    case WAY_HEX_UPPER:
        put_hex(form, bytes, size, "0123456789ABCDEF");
        break;
    case WAY_PERCENT:
        put_percent(form, bytes, size);
        break;
    case WAY_JSON:
        put_json(form, bytes, size);
        break;
    default:
        memcpy(form->bytes + form->size, bytes, size);
        form->size += (uint32_t)size;
        break;
    }
}

static oc_rc add_ways(uint32_t secret, const unsigned char *bytes, size_t size)
{
    struct env_secret *pages = &known.secrets[secret];
    oc_rc rc = OC_OK;
    for (int way = 0; way < WAYS && rc == OC_OK; way++) {
        const uint32_t from = pages->size;
        put_as(pages, way, bytes, size);
        rc = add_form(secret, from);
    }
    return rc;
}

static oc_rc add_all(uint32_t secret, const unsigned char *bytes, size_t size)
{
    const unsigned char *end = bytes + size;
    oc_rc rc = add_ways(secret, bytes, size);
    while (bytes < end && rc == OC_OK) { /* a log line has no line ends: what has several is known line by line */
        const unsigned char *line = memchr(bytes, '\n', (size_t)(end - bytes));
        const size_t length = line ? (size_t)(line - bytes) : (size_t)(end - bytes);
        const bool is_mark = length >= 5 && memcmp(bytes, "-----", 5) == 0; /* of PEM: no secret */
        if (length < size && !is_mark)
            rc = add_ways(secret, bytes, length);
        bytes += length + 1;
    }
    return rc;
}

static void drop_secret(uint32_t secret)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < known.count; i++)
        if (known.forms[i].secret != secret)
            known.forms[kept++] = known.forms[i];
    known.count = kept;
    known.owners[secret] = NULL;
    env_secret_free(&known.secrets[secret]);
}

oc_rc redact_add(const void *owner, const void *secret, size_t size)
{
    uint32_t place = 0;
    if (size < REDACT_MIN || size > UINT32_MAX / WAYS_ROOM)
        return size < REDACT_MIN ? OC_OK : OC_E_LIMIT;
    lock();
    while (place < SECRETS_MAX && known.owners[place])
        place++;
    oc_rc rc =
        place < SECRETS_MAX ? env_secret_new((uint32_t)size * WAYS_ROOM, &known.secrets[place]) : (oc_rc)OC_E_LIMIT;
    if (rc == OC_OK) {
        known.owners[place] = owner;
        rc = add_all(place, secret, size);
        if (rc < 0)
            drop_secret(place);
    }
    unlock();
    return rc;
}

void redact_drop(const void *owner)
{
    lock();
    for (uint32_t i = 0; i < SECRETS_MAX; i++)
        if (known.owners[i] == owner && owner)
            drop_secret(i);
    unlock();
}

/* What begins as a secret does is cut out as far as it goes on like it: a line may have been cut in its middle. `from` stays as it was, for
 * one form may be the beginning of another. */
static void cut_out(const struct form *form, const char *from, char *text, size_t size)
{
    const char *at = from, *end = from + size;
    while ((size_t)(end - at) >= REDACT_MIN && (at = memmem(at, (size_t)(end - at), form->bytes, REDACT_MIN)) != NULL) {
        for (uint32_t i = 0; i < form->size && at < end && *at == (char)form->bytes[i]; i++)
            text[at++ - from] = '*';
    }
}

void redact(char *text, size_t size)
{
    if (!atomic_load_explicit(&known.count, memory_order_relaxed) || size < REDACT_MIN)
        return;
    char *from = malloc(size);
    if (!from) { /* nothing is better than too much */
        memset(text, '*', size);
        return;
    }
    memcpy(from, text, size);
    lock();
    for (unsigned i = 0; i < known.count; i++)
        cut_out(&known.forms[i], from, text, size);
    unlock();
    explicit_bzero(from, size);
    free(from);
}
