/* signed.h: calls of a venue whose queries are signed as they stand, with the time in them, and whose key goes in a header. No ABI promise.
 *
 *   static const struct kit_signing signing = {.http = &with_key, .window = "recvWindow", .time = "timestamp", .name = "signature",
 *                                              .window_ns = 5000000000, .mac_size = 32};
 *   struct kit_write query = kit_query_begin(path, sizeof path, "/api/v3/order");
 *   kit_query_text(&query, "symbol", "BTCUSD");
 *   return kit_send_signed(&mine->kit, &signing, who->account, who->signer, &http, path, &query);
 *
 * Invariants: the key is set in when the bytes leave, and the host signs: a codec sees no secret. All [io]. */
#ifndef OUTCRY_KIT_SIGNED_H
#define OUTCRY_KIT_SIGNED_H

#include <outcry/kit/query.h>

struct kit_signing {            /* static */
    const struct oc_http *http; /* endpoint, headers, and the splice of the key */
    const char *window;         /* for how long it holds, in milliseconds; NULL: that is not said */
    const char *time;           /* since 1970, in milliseconds */
    const char *name;           /* of the signature, which comes last */
    int64_t window_ns;
    uint32_t mac_size;
    uint32_t zero;
};

/* `path` is that which kit_query_begin made. Codes of net.http. */
static inline oc_rc kit_send_query(const struct kit_codec *codec, struct oc_http *http, const char *path,
                                   const struct kit_write *query)
{
    const oc_rc size = kit_query_end(path, query);
    uint64_t exchange;
    if (size < 0)
        return size;
    http->size = sizeof *http;
    http->path = path;
    http->path_size = (uint32_t)size;
    return codec->net->http(codec->host, http, &exchange);
}

/* Of the public: it may be asked again, and holds nothing that is to be cut out of what is written. */
static inline oc_rc kit_send_plain(const struct kit_codec *codec, const struct kit_signing *signing,
                                   struct oc_http *http, const char *path, const struct kit_write *query)
{
    http->endpoint = signing->http->endpoint;
    http->flags |= OC_HTTP_SAFE | OC_HTTP_PLAIN;
    return kit_send_query(codec, http, path, query);
}

/* The query is ended with window, time and signature. OC_E_AGAIN: the venue's clock is not known yet; it is asked for, and is soon. */
static inline oc_rc kit_send_signed(const struct kit_codec *codec, const struct kit_signing *signing, uint32_t account,
                                    uint32_t signer, struct oc_http *http, const char *path, struct kit_write *query)
{
    int64_t now_ns, error_ns;
    if (codec->time->venue_ns(codec->host, &now_ns, &error_ns) < 0)
        return OC_E_AGAIN;
    if (signing->window)
        kit_query_u64(query, signing->window, (uint64_t)(signing->window_ns / 1000000));
    kit_query_u64(query, signing->time, (uint64_t)(now_ns / 1000000));
    const oc_rc rc = kit_query_sign(codec, signer, query, signing->name, signing->mac_size);
    if (rc < 0)
        return rc;
    http->account = account;
    http->endpoint = signing->http->endpoint;
    http->headers = signing->http->headers;
    http->headers_size = signing->http->headers_size;
    http->splices = signing->http->splices;
    http->splice_count = signing->http->splice_count;
    return kit_send_query(codec, http, path, query);
}

/* A time that an answer says in milliseconds: it was then, or up to one later. OC_E_DATA: it is none. */
static inline oc_rc kit_take_ms(const struct kit_codec *codec, const struct oc_response *in, struct kit_json_text time)
{
    const int64_t ms = 1000000, said_ns = kit_json_ms(time);
    return said_ns ? codec->time->sample(codec->host, said_ns + ms, in->sent_ns, in->received_ns + ms)
                   : (oc_rc)OC_E_DATA;
}

/* The same of an answer that says nothing else that matters: by the name of its member. */
static inline oc_rc kit_take_time(const struct kit_codec *codec, const struct oc_response *in, const char *name)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text time;
    struct kit_member member;
    kit_json_none(&time);
    member.name = name;
    member.to = &time;
    return kit_take(&json, &member, 1) && kit_json_end(&json) ? kit_take_ms(codec, in, time) : (oc_rc)OC_E_DATA;
}

/* A MAC in hex over the second by the venue's clock and what follows it, at most KIT_MAC_PARTS: `words` stand before the second, and before the MAC.
 * OC_E_AGAIN: the clock is not known yet. */
enum { KIT_MAC_PARTS = 3 };
static inline oc_rc kit_mac_write(const struct kit_codec *codec, uint32_t signer,
                                  const struct oc_part said[KIT_MAC_PARTS], const char *const words[2],
                                  struct kit_write *out)
{
    char second[24];
    uint8_t mac[32];
    struct oc_part parts[1 + KIT_MAC_PARTS];
    struct kit_write time = kit_write_begin(second, sizeof second);
    int64_t now_ns, error_ns;
    if (codec->time->venue_ns(codec->host, &now_ns, &error_ns) < 0)
        return OC_E_AGAIN;
    kit_write_i64(&time, now_ns / 1000000000);
    memset(parts, 0, sizeof parts[0]);
    parts[0].bytes = second;
    parts[0].size = (uint32_t)kit_write_end(&time);
    memcpy(parts + 1, said, KIT_MAC_PARTS * sizeof *said);
    const oc_rc rc = codec->sign->sign(codec->host, signer, parts, 1 + KIT_MAC_PARTS, mac, sizeof mac);
    if (rc < 0)
        return rc;
    kit_write_text(out, words[0]);
    kit_write_bytes(out, second, parts[0].size);
    kit_write_text(out, words[1]);
    kit_write_hex(out, mac, sizeof mac);
    return kit_write_end(out);
}

#endif
