/* bearer.h: calls and streams of a venue that takes a token as it is ("Authorization: Bearer ..."), set in when the bytes leave. No ABI promise.
 *
 *   static const char headers[] = "Authorization: Bearer \r\n";
 *   static const struct oc_splice token = {.at = sizeof headers - 3, .field = TOKEN, .in = OC_IN_HEADERS};
 *   static const struct kit_bearer bearer = {headers, sizeof headers - 1, &token, REST, REQUESTS, STREAM, CONNECTS};
 *   return kit_bearer_call(&mine->kit, &bearer, account, &http, path, &written);
 *
 * All [io]. */
#ifndef OUTCRY_KIT_BEARER_H
#define OUTCRY_KIT_BEARER_H

#include <outcry/kit/codec.h>

struct kit_bearer { /* static */
    const char *headers;
    uint32_t headers_size;
    const struct oc_splice *token;
    uint16_t rest, requests;   /* place of the endpoint of calls, and of the limit that each costs one of */
    uint16_t stream, connects; /* the same of streams that are long answers of HTTP */
};

/* Completes a call and makes it; `path` is what was written. Codes of net.http. */
static inline oc_rc kit_bearer_call(const struct kit_codec *codec, const struct kit_bearer *bearer, uint32_t account,
                                    const struct oc_http *asked, const char *path, const struct kit_write *written)
{
    const oc_rc size = kit_write_end(written);
    struct oc_http http = *asked;
    struct oc_cost cost;
    uint64_t exchange;
    if (size < 0)
        return size;
    memset(&cost, 0, sizeof cost);
    cost.limit = bearer->requests;
    cost.weight = 1;
    http.size = sizeof http;
    http.endpoint = bearer->rest;
    http.account = account;
    http.path = path;
    http.path_size = (uint32_t)size;
    http.headers = bearer->headers;
    http.headers_size = bearer->headers_size;
    http.splices = bearer->token;
    http.splice_count = 1;
    http.costs = &cost;
    http.cost_count = 1;
    return codec->net->http(codec->host, &http, &exchange);
}

/* A stream of lines that is opened again when it falls; `what` is given back as user[0]. Codes of net.open. */
static inline oc_rc kit_bearer_open(const struct kit_codec *codec, const struct kit_bearer *bearer, uint32_t account,
                                    uint32_t carries, uint64_t what, const char *path, const struct kit_write *written,
                                    uint32_t *ret_stream)
{
    const oc_rc size = kit_write_end(written);
    struct oc_cost cost;
    struct oc_open open;
    if (size < 0)
        return size;
    memset(&cost, 0, sizeof cost);
    memset(&open, 0, sizeof open);
    cost.limit = bearer->connects;
    cost.weight = 1;
    open.size = sizeof open;
    open.flags = OC_OPEN_KEEP | (carries & OC_TOPIC_PRIVATE ? (uint32_t)OC_OPEN_ORDERS : 0u);
    open.endpoint = bearer->stream;
    open.frame = OC_FRAME_LINES;
    open.account = account;
    open.carries = carries;
    open.path = path;
    open.path_size = (uint32_t)size;
    open.headers = bearer->headers;
    open.headers_size = bearer->headers_size;
    open.splices = bearer->token;
    open.splice_count = 1;
    open.costs = &cost;
    open.cost_count = 1;
    open.user[0] = what;
    return codec->net->open(codec->host, &open, ret_stream);
}

#endif
