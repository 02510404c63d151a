/* help.c: what faces need to read requests: headers, queries, signatures, decimals. */
#include "rehearsal/venue.h"

#include "base/json_out.h"
#include "base/money.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <strings.h>

void venue_header(const struct venue_ask *ask, const char *name, char *ret_value, size_t size_max)
{
    const size_t name_size = strlen(name);
    ret_value[0] = 0;
    for (const char *line = ask->headers; *line;) {
        const char *end = line + strcspn(line, "\r\n");
        if ((size_t)(end - line) > name_size && strncasecmp(line, name, name_size) == 0 && line[name_size] == ':') {
            const char *value = line + name_size + 1;
            value += strspn(value, " \t");
            const size_t size = value < end ? (size_t)(end - value) : 0;
            if (size < size_max) {
                memcpy(ret_value, value, size);
                ret_value[size] = 0;
            }
            return;
        }
        line = end + strspn(end, "\r\n");
    }
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

bool venue_decode(const char *path, char *ret_path, size_t size_max)
{
    size_t size = 0;
    for (; *path; path++) {
        char c = *path;
        if (c == '%') {
            const int high = hex_digit(path[1]), low = high < 0 ? -1 : hex_digit(path[2]);
            if (low < 0)
                return false;
            c = (char)(high * 16 + low);
            if (c == 0 || c == '&')
                return false;
            path += 2;
        }
        if (size + 1 >= size_max)
            return false;
        ret_path[size++] = c;
    }
    ret_path[size] = 0;
    return true;
}

bool venue_query(const struct venue_ask *ask, const char *name, char *ret_value, size_t size_max)
{
    const size_t name_size = strlen(name);
    for (const char *at = strchr(ask->path, '?'); at; at = strchr(at + 1, '&')) {
        if (strncmp(at + 1, name, name_size) != 0 || at[1 + name_size] != '=')
            continue;
        const char *value = at + 2 + name_size;
        const size_t size = strcspn(value, "&");
        if (size >= size_max)
            return false;
        memcpy(ret_value, value, size);
        ret_value[size] = 0;
        return true;
    }
    return false;
}

bool venue_is_signed(const struct venue_key *key, const void *text, size_t size, const char *hex)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned int mac_size = 0;
    char expected[65];
    if (strlen(hex) != 64 || !HMAC(EVP_sha256(), key->secret, (int)strlen(key->secret), text, size, mac, &mac_size))
        return false;
    for (int i = 0; i < 32; i++) {
        expected[2 * i] = digits[mac[i] >> 4];
        expected[2 * i + 1] = digits[mac[i] & 15];
    }
    return CRYPTO_memcmp(expected, hex, 64) == 0;
}

void venue_note_level(struct seat *seat, const struct core_event *event)
{
    seat->dirty_inst = event->inst;
    for (uint32_t i = 0; i < seat->dirty_count && i < SEAT_DIRTY_MAX; i++)
        if (seat->dirty[i].price == event->price && seat->dirty[i].qty == event->side)
            return;
    if (seat->dirty_count < SEAT_DIRTY_MAX)
        seat->dirty[seat->dirty_count] = (struct core_level){event->price, event->side};
    if (seat->dirty_count <= SEAT_DIRTY_MAX) /* one more: too many, a snapshot says it all */
        seat->dirty_count++;
}

int64_t venue_qty_at(const struct core *core, uint32_t inst, uint8_t side, int64_t price)
{
    struct core_level levels[256];
    const uint32_t count = core_levels(core, inst, side, levels, 256);
    for (uint32_t i = 0; i < count; i++)
        if (levels[i].price == price)
            return levels[i].qty;
    return 0;
}

void venue_put_units(struct text *out, const char *key, int64_t units, struct oc_dec step)
{
    char number[TEXT_DECIMAL_MAX];
    text_from_units_128(number, (oc_i128)units * step.units, step.scale, TEXT_SHORTEST);
    json_text(out, key, number);
}

bool venue_money(const char *text, size_t size, oc_i128 *ret_money)
{
    int64_t units;
    int scale;
    if (size == 0 || size > 40 || text_to_decimal(text, size, &units, &scale) < 0 || scale > 18)
        return false;
    return money_from_dec((struct oc_dec){units, scale, 0}, ret_money) == OC_OK;
}
