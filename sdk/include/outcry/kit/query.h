/* query.h: "name=value&name=value" of a query or a form, for venues that sign it as it stands. No ABI promise.
 *
 *   char path[512];
 *   struct kit_write query = kit_query_begin(path, sizeof path, "/api/v3/order");
 *   kit_query_text(&query, "symbol", info.venue_symbol);
 *   kit_query_units(&query, "price", request->price, info.price_step);
 *   oc_rc size = kit_query_end(path, &query);
 *
 * Invariants: names are written as they stand, values with %XX (RFC 3986); what does not fit is said once, by kit_write_end. All [any]. */
#ifndef OUTCRY_KIT_QUERY_H
#define OUTCRY_KIT_QUERY_H

#include <outcry/kit/codec.h>

/* The path stands in the buffer, and the query goes behind it: its first byte is at `from`, to be signed from there. */
static inline struct kit_write kit_query_begin(char *buffer, size_t size, const char *path)
{
    struct kit_write out = kit_write_begin(buffer, size);
    kit_write_text(&out, path);
    KIT_WRITE(&out, "?");
    out.from = out.at;
    return out;
}

/* The size of path and query; codes of kit_write_end. */
static inline oc_rc kit_query_end(const char *buffer, const struct kit_write *query)
{
    const oc_rc size = kit_write_end(query);
    return size < 0 ? size : (oc_rc)(query->at - buffer) - (size == 0);
}

static inline void kit_query_bytes(struct kit_write *query, const char *name, const char *value, size_t size)
{
    if (query->at != query->from)
        KIT_WRITE(query, "&");
    kit_write_text(query, name);
    KIT_WRITE(query, "=");
    kit_write_query(query, value, size);
}

static inline void kit_query_text(struct kit_write *query, const char *name, const char *value)
{
    kit_query_bytes(query, name, value, strlen(value));
}

static inline void kit_query_u64(struct kit_write *query, const char *name, uint64_t number)
{
    kit_query_bytes(query, name, "", 0);
    kit_write_u64(query, number);
}

/* Units of a step, with all its digits. */
static inline void kit_query_units(struct kit_write *query, const char *name, int64_t units, struct oc_dec step)
{
    kit_query_bytes(query, name, "", 0);
    kit_write_units(query, units, step);
}

/* An id, with what stands before it: "c-" of the id of a cancel. */
static inline void kit_query_id(struct kit_write *query, const char *name, const char *before, const struct oc_id *id)
{
    kit_query_bytes(query, name, before, strlen(before));
    kit_write_query(query, id->text, id->size);
}

/* `name`=HEX, the signature over the query as it stands by now. `mac_size`: of the algorithm, at most 64. Codes of sign.sign. */
static inline oc_rc kit_query_sign(const struct kit_codec *codec, uint32_t signer, struct kit_write *query,
                                   const char *name, uint32_t mac_size)
{
    uint8_t mac[64];
    struct oc_part part;
    const oc_rc size = kit_write_end(query);
    if (size < 0 || mac_size > sizeof mac)
        return size < 0 ? size : OC_E_INVALID;
    memset(&part, 0, sizeof part);
    part.bytes = query->from;
    part.size = (uint32_t)size;
    const oc_rc rc = codec->sign->sign(codec->host, signer, &part, 1, mac, sizeof mac);
    if (rc < 0)
        return rc;
    kit_query_bytes(query, name, "", 0);
    kit_write_hex(query, mac, mac_size);
    return OC_OK;
}

/* Where the page begins that is asked for, where a cursor is one number. 0: the question has none. */
static inline int kit_cursor(const struct oc_fetch *ask, uint64_t *ret_from)
{
    if (ask->cursor.size != sizeof *ret_from)
        return 0;
    memcpy(ret_from, ask->cursor.bytes, sizeof *ret_from);
    return 1;
}

#endif
