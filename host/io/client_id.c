#include "io/client_id.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* TEXT: "oc", the tag in 4 digits of base 32, the order in 13 digits of base 32, and for a revision two more, or as many as it has. UUID: version 4 in form, 12 bits of
 * the tag behind its variant. NUMBER:
 * the revision in the upper byte, which an order's number leaves free for 65,535 epochs. */
enum {
    TAG_DIGITS = 4,
    UUID_TAG_BITS = 12,
    ORDER_DIGITS = 13,
    REVISION_DIGITS = 2,
    REVISION_SHIFT = 56,
    REVISION_BITS = 8
};

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

static void put(char *text, int digits, uint64_t number)
{
    for (int i = digits - 1; i >= 0; i--, number >>= 5)
        text[i] = alphabet[number & 31];
}

uint32_t client_id_tag(const uint8_t session[16])
{
    const uint32_t tag = (uint32_t)session[0] | (uint32_t)session[1] << 8 | (uint32_t)session[2] << 16;
    const uint32_t uuid_bits = tag & ((1u << UUID_TAG_BITS) - 1) ? 0 : 1; /* a part of it is never 0 either */
    return (tag & ((1u << CLIENT_TAG_BITS) - 1)) | uuid_bits;
}

/* Digits of the tag in a TEXT: none where there is no room for the shortest revision behind it. */
static int tag_digits(const struct oc_venue *venue, uint32_t tag)
{
    const int needed = 2 + TAG_DIGITS + ORDER_DIGITS + REVISION_DIGITS;
    return tag && (!venue->client_max || venue->client_max >= needed) ? TAG_DIGITS : 0;
}

void client_id_make(const struct oc_venue *venue, uint32_t tag, uint64_t order, uint32_t revision, struct oc_id *ret_id)
{
    *ret_id = (struct oc_id){0};
    if (!order)
        return;
    if (venue->client_form == OC_CLIENT_NUMBER) {
        if (order >> REVISION_SHIFT || revision >> REVISION_BITS)
            return;
        ret_id->size = (uint8_t)snprintf(ret_id->text, sizeof ret_id->text, "%" PRIu64,
                                         (uint64_t)revision << REVISION_SHIFT | order);
    } else if (venue->client_form == OC_CLIENT_TEXT && venue->client_charset == OC_CLIENT_UUID) {
        ret_id->size = (uint8_t)snprintf(ret_id->text, sizeof ret_id->text,
                                         "%08" PRIx64 "-%04" PRIx64 "-4%03" PRIx64 "-8%03" PRIx32 "-%012" PRIx64,
                                         order >> 32, order >> 16 & 0xffff, order >> 4 & 0xfff,
                                         tag & ((1u << UUID_TAG_BITS) - 1), (order & 0xf) << 40 | (uint64_t)revision);
    } else if (venue->client_form == OC_CLIENT_TEXT) {
        const int before = 2 + tag_digits(venue, tag);
        memcpy(ret_id->text, "oc", 2);
        put(ret_id->text + 2, before - 2, tag);
        put(ret_id->text + before, ORDER_DIGITS, order);
        ret_id->size = (uint8_t)(before + ORDER_DIGITS);
        if (revision) {
            int digits = REVISION_DIGITS;
            while (5 * digits < 32 && revision >> 5 * digits)
                digits++;
            put(ret_id->text + ret_id->size, digits, revision);
            ret_id->size = (uint8_t)(ret_id->size + digits);
        }
        if (venue->client_max && ret_id->size > venue->client_max)
            *ret_id = (struct oc_id){0};
    }
}

static uint64_t number_of(const char *text, uint32_t size)
{
    uint64_t number = 0;
    for (uint32_t i = 0; i < size; i++) {
        const char *digit = text[i] ? strchr(alphabet, text[i]) : NULL;
        if (!digit)
            return 0;
        number = number << 5 | (uint64_t)(digit - alphabet);
    }
    return number;
}

uint64_t client_id_order(const struct oc_venue *venue, uint32_t tag, const struct oc_id *id)
{
    const uint32_t before = 2 + (uint32_t)tag_digits(venue, tag);
    struct oc_id made;
    uint64_t order = 0, revision = 0;
    char text[sizeof id->text + 1] = "";
    if (id->size == 0 || id->size > sizeof id->text)
        return 0;
    memcpy(text, id->text, id->size);
    if (venue->client_form == OC_CLIENT_NUMBER) {
        const uint64_t number = strtoull(text, NULL, 10);
        order = number & ((1ull << REVISION_SHIFT) - 1);
        revision = number >> REVISION_SHIFT;
    } else if (venue->client_form == OC_CLIENT_TEXT && venue->client_charset == OC_CLIENT_UUID) {
        if (id->size != 36)
            return 0;
        const uint64_t tail = strtoull(text + 24, NULL, 16);
        order = strtoull(text, NULL, 16) << 32 | strtoull(text + 9, NULL, 16) << 16 |
                strtoull(text + 15, NULL, 16) << 4 | tail >> 40;
        revision = tail & UINT32_MAX;
    } else if (venue->client_form == OC_CLIENT_TEXT && id->size >= before + ORDER_DIGITS) {
        order = number_of(text + before, ORDER_DIGITS);
        revision = number_of(text + before + ORDER_DIGITS, id->size - before - ORDER_DIGITS);
    }
    if (revision > UINT32_MAX)
        return 0;
    client_id_make(venue, tag, order, (uint32_t)revision,
                   &made); /* of that form and tag to the last character, or not ours */
    return made.size == id->size && memcmp(made.text, id->text, id->size) == 0 ? order : 0;
}
