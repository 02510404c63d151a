/* later.c: the hard corners of later venues, said in the public headers. One function a corner; compiled, never run. */
#include <outcry/kit/codec.h>

enum { TEXT = 512 };

struct corner { /* what a corner needs: a host's services, an account, and what is in hand */
    struct kit_codec kit;
    const struct oc_svc_store *store;
    uint32_t account, key, stream;
};

oc_rc kraken_rest(const struct corner *c);
oc_rc kraken_book(const struct corner *c, const struct oc_scale *scale, const struct oc_ev_book *head,
                  const struct oc_level *levels);
oc_rc okx_login(const struct corner *c);
oc_rc okx_message(const struct corner *c, const struct oc_message *in);
oc_rc deribit_order(const struct corner *c, const struct oc_venue_request *ask, const struct oc_instrument *info);
oc_rc fix_message(const struct corner *c, const struct oc_message *in);
oc_rc fix_send(const struct corner *c, const struct kit_write *body, const struct oc_venue_request *ask);
oc_rc tws_message(const struct oc_message *in);
oc_rc dydx_order(const struct corner *c, const struct oc_venue_request *ask);
oc_rc dydx_transfer(const struct corner *c, struct kit_json_text amount, struct kit_json_text id);
oc_rc uniswap_swap(const struct corner *c, const struct kit_write *unsigned_bytes, uint8_t ret_signature[65]);
oc_rc kite_message(const struct corner *c, const struct oc_message *in);
oc_rc kite_login(const struct corner *c);
oc_rc mt5_open(const struct corner *c);
oc_rc mt5_hello(const struct corner *c, struct kit_json_text nonce);
oc_rc xts_login(const struct corner *c);
oc_rc kucoin_bullet(const struct corner *c, struct kit_json_text url, struct kit_json_text token);
oc_rc tradestation_refresh(const struct corner *c);
oc_rc bybit_batch(const struct corner *c, const struct oc_venue_request *first, uint32_t count);
oc_rc bitmex_deadman(const struct corner *c, const struct oc_venue_request *ask);
oc_rc alpaca_bust(const struct corner *c, uint32_t source, uint32_t inst, struct kit_json_text trade,
                  struct kit_json_text bust);
oc_rc htx_open(const struct corner *c);

/* ---- what several share ---- */

static oc_rc call(const struct corner *c, struct oc_http *http, const char *path)
{
    uint64_t exchange;
    http->size = sizeof *http;
    http->account = c->account;
    http->path = path;
    http->path_size = (uint32_t)strlen(path);
    return c->kit.net->http(c->kit.host, http, &exchange);
}

/* What was written, as a message of the stream; credentials set in where `splices` says. */
static oc_rc say(const struct corner *c, const struct kit_write *out, uint64_t request, const struct oc_splice *splices,
                 uint32_t splice_count)
{
    const oc_rc size = kit_write_end(out);
    const struct oc_send send = {.size = sizeof send,
                                 .stream = c->stream,
                                 .lane = OC_LANE_ORDER,
                                 .bytes = out->from,
                                 .bytes_size = size > 0 ? (uint32_t)size : 0,
                                 .splices = splices,
                                 .splice_count = splice_count,
                                 .request = request};
    return size < 0 ? size : c->kit.net->send(c->kit.host, &send);
}

static uint32_t size_of(const struct kit_write *out) { return (uint32_t)(out->at - out->from); }

static struct oc_part part_of(const void *bytes, size_t size)
{
    const struct oc_part part = {bytes, (uint32_t)size, 0, 0};
    return part;
}

static uint32_t big_endian(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* ---- Kraken: HMAC-SHA512 over path and SHA256(nonce + body); a nonce that all processes share ---- */

oc_rc kraken_rest(const struct corner *c)
{
    static const char path[] = "/0/private/AddOrder", key_line[] = "API-Key: \r\nAPI-Sign: ";
    char body_text[TEXT], nonce_text[24], headers[TEXT];
    struct kit_write body = kit_write_begin(body_text, sizeof body_text);
    struct kit_write nonce = kit_write_begin(nonce_text, sizeof nonce_text);
    struct kit_write out = kit_write_begin(headers, sizeof headers);
    const struct oc_splice api_key = {.at = sizeof "API-Key: " - 1, .field = 1, .in = OC_IN_HEADERS};
    uint64_t number;
    uint8_t inner[32], mac[64];
    oc_rc rc = c->kit.sign->nonce(c->kit.host, c->account, 1, 1000000, &number);
    if (rc < 0)
        return rc;
    kit_write_u64(&nonce, number);
    KIT_WRITE(&body, "nonce=");
    kit_write_u64(&body, number);
    KIT_WRITE(&body, "&ordertype=limit&pair=XBTUSD&price=30000.1&type=buy&volume=0.001");
    const struct oc_part first[2] = {part_of(nonce_text, size_of(&nonce)), part_of(body_text, size_of(&body))};
    rc = c->kit.sign->digest(c->kit.host, c->account, OC_DIGEST_SHA256, first, 2, inner, sizeof inner);
    if (rc < 0)
        return rc;
    const struct oc_part parts[2] = {part_of(path, sizeof path - 1), part_of(inner, sizeof inner)};
    rc = c->kit.sign->sign(c->kit.host, c->key, parts, 2, mac, sizeof mac);
    if (rc < 0)
        return rc;
    KIT_WRITE(&out, key_line);
    kit_write_base64(&out, mac, sizeof mac, 0);
    KIT_WRITE(&out, "\r\n");
    struct oc_http http = {.method = OC_METHOD_POST,
                           .flags = OC_HTTP_FORM,
                           .headers = headers,
                           .headers_size = size_of(&out),
                           .splices = &api_key,
                           .splice_count = 1,
                           .body = body_text,
                           .body_size = size_of(&body)};
    return call(c, &http, path);
}

/* Its book has no numbers but a checksum over the top ten; levels beyond the depth leave without a word. */
oc_rc kraken_book(const struct corner *c, const struct oc_scale *scale, const struct oc_ev_book *head,
                  const struct oc_level *levels)
{
    oc_rc rc;
    const size_t size = (head->bids + head->asks) * sizeof *levels;
    struct oc_ev_book *book = kit_event(&c->kit, sizeof *book + size, OC_EV_BOOK, 0, &rc);
    if (!book)
        return rc;
    book->head.inst = scale->inst;
    book->head.flags = OC_EVF_LAST;
    book->kind = head->kind;
    book->chain = OC_CHAIN_NONE;
    book->sum = OC_SUM_CRC32_TOP10;
    book->checksum = head->checksum;
    book->present = OC_HAS_CHECKSUM;
    book->depth = head->depth;
    book->bids = head->bids;
    book->asks = head->asks;
    book->tail = sizeof *book;
    memcpy(book + 1, levels, size);
    return kit_commit(&c->kit, book);
}

/* ---- OKX: a login on the socket with a passphrase that is not seen; ready() opens it for orders ---- */

oc_rc okx_login(const struct corner *c)
{
    char text[TEXT], stamp_text[24];
    struct kit_write out = kit_write_begin(text, sizeof text), stamp = kit_write_begin(stamp_text, sizeof stamp_text);
    int64_t now_ns, error_ns;
    uint8_t mac[32];
    oc_rc rc = c->kit.time->venue_ns(c->kit.host, &now_ns, &error_ns);
    if (rc < 0)
        return rc;
    kit_write_u64(&stamp, (uint64_t)now_ns / 1000000000);
    const struct oc_part parts[2] = {part_of(stamp_text, size_of(&stamp)), part_of("GET/users/self/verify", 21)};
    rc = c->kit.sign->sign(c->kit.host, c->key, parts, 2, mac, sizeof mac);
    if (rc < 0)
        return rc;
    KIT_WRITE(&out, "{\"op\":\"login\",\"args\":[{\"apiKey\":\"");
    const uint32_t key_at = size_of(&out);
    KIT_WRITE(&out, "\",\"passphrase\":\"");
    const uint32_t pass_at = size_of(&out);
    KIT_WRITE(&out, "\",\"timestamp\":\"");
    kit_write_bytes(&out, stamp_text, size_of(&stamp));
    KIT_WRITE(&out, "\",\"sign\":\"");
    kit_write_base64(&out, mac, sizeof mac, 0);
    KIT_WRITE(&out, "\"}]}");
    const struct oc_splice splices[2] = {{.at = key_at, .field = 1, .in = OC_IN_BODY},
                                         {.at = pass_at, .field = 3, .in = OC_IN_BODY, .as = OC_AS_JSON}};
    return say(c, &out, 0, splices, 2);
}

oc_rc okx_message(const struct corner *c, const struct oc_message *in)
{
    struct kit_json json = kit_json_begin(in->bytes, in->bytes_size);
    struct kit_json_text key, event = {0}, code = {0};
    if (in->bytes_size == 4 && memcmp(in->bytes, "pong", 4) == 0)
        return OC_OK;
    if (kit_json_object(&json)) {
        while (kit_json_key(&json, &key))
            if (KIT_JSON_IS(key, "event"))
                event = kit_json_value(&json);
            else if (KIT_JSON_IS(key, "code"))
                code = kit_json_value(&json);
    }
    if (!kit_json_end(&json))
        return OC_E_DATA;
    if (!KIT_JSON_IS(event, "login"))
        return OC_OK;
    return KIT_JSON_IS(code, "0") ? c->kit.net->ready(c->kit.host, in->stream)
                                  : c->kit.net->fail(c->kit.host, in->stream, OC_WHY_BAD_CREDENTIALS);
}

/* ---- Deribit: JSON-RPC; the id is ours and finds the request again ---- */

oc_rc deribit_order(const struct corner *c, const struct oc_venue_request *ask, const struct oc_instrument *info)
{
    char text[TEXT];
    struct kit_write out = kit_write_begin(text, sizeof text);
    KIT_WRITE(&out, "{\"jsonrpc\":\"2.0\",\"id\":");
    kit_write_u64(&out, ask->ask.id & INT64_MAX);
    kit_write_text(&out, ask->ask.side == OC_SIDE_BUY ? ",\"method\":\"private/buy" : ",\"method\":\"private/sell");
    KIT_WRITE(&out, "\",\"params\":{\"instrument_name\":");
    kit_write_json(&out, info->venue_symbol, strlen(info->venue_symbol));
    KIT_WRITE(&out, ",\"amount\":");
    kit_write_units(&out, ask->ask.qty, info->qty_step);
    KIT_WRITE(&out, ",\"label\":\"");
    kit_write_id(&out, &ask->client);
    KIT_WRITE(&out, "\",\"valid_until\":");
    kit_write_u64(&out, (uint64_t)ask->ask.send_by_ns / 1000000);
    KIT_WRITE(&out, "}}");
    return say(c, &out, ask->ask.id, NULL, 0);
}

/* ---- FIX: bytes come raw; whole messages are taken off the front; numbers are durable before anything leaves ---- */

/* The size of the whole message at the front; 0: more is needed; OC_E_DATA: no message begins here. */
static oc_rc fix_size(const struct oc_message *in)
{
    const char *at = in->bytes, *end = at + in->bytes_size, *nine = NULL;
    uint32_t length = 0;
    for (const char *b = at; b + 2 < end && !nine; b++)
        if (*b == 1 && b[1] == '9' && b[2] == '=')
            nine = b + 3;
    if (!nine)
        return in->bytes_size < 64 ? 0 : OC_E_DATA;
    while (nine < end && *nine >= '0' && *nine <= '9' && length < 100000)
        length = length * 10 + (uint32_t)(*nine++ - '0');
    const uint32_t behind = 1 + length + 7;
    return nine < end && (size_t)(end - nine) >= behind ? (oc_rc)((uint32_t)(nine - at) + behind) : 0;
}

oc_rc fix_message(const struct corner *c, const struct oc_message *in)
{
    const oc_rc size = fix_size(in);
    const uint8_t *bytes = in->bytes;
    uint64_t expected, got;
    uint32_t sum = 0;
    if (size <= 0)
        return size;
    for (oc_rc i = 0; i < size - 7; i++)
        sum += bytes[i];
    if (kit_json_u64(kit_text_of((const char *)bytes + size - 4, 3), &got) < 0 || got != sum % 256)
        return size; /* ignored without consuming a number */
    if (c->store->get(c->kit.host, in->account, "in", &expected, sizeof expected) < 0)
        expected = 1;
    got = expected; /* 34= of the header: parsed here in the whole */
    if (got > expected) {
        char text[64];
        struct kit_write resend = kit_write_begin(text, sizeof text); /* ResendRequest 7=expected 16=0 */
        const oc_rc rc = fix_send(c, &resend, NULL);
        if (rc < 0)
            return rc;
    }
    expected++;
    const oc_rc rc = c->store->put(c->kit.host, in->account, "in", &expected, sizeof expected, OC_STORE_SOON);
    return rc < 0 ? rc : size;
}

oc_rc fix_send(const struct corner *c, const struct kit_write *body, const struct oc_venue_request *ask)
{
    uint64_t next;
    if (c->store->get(c->kit.host, c->account, "out", &next, sizeof next) < 0)
        next = 1;
    const uint64_t after = next + 1;
    oc_rc rc = c->store->append(c->kit.host, c->account, "sent", next, body->from, size_of(body), OC_STORE_FIRST);
    if (rc >= 0)
        rc = c->store->put(c->kit.host, c->account, "out", &after, sizeof after, OC_STORE_FIRST);
    return rc < 0 ? rc : say(c, body, ask ? ask->ask.id : 0, NULL, 0);
}

/* ---- TWS: fields behind their length ---- */

oc_rc tws_message(const struct oc_message *in)
{
    if (in->bytes_size < 4)
        return 0;
    const uint32_t size = big_endian(in->bytes);
    if (size > 1u << 20)
        return OC_E_LIMIT;
    return in->bytes_size < 4 + size ? 0 : (oc_rc)(4 + size);
}

/* ---- dYdX: a transaction signed over SHA256(SignDoc); client ids are 32-bit numbers ---- */

static void pb_u64(struct kit_write *out, uint64_t number)
{
    do {
        const uint8_t byte = (uint8_t)((number & 127) | (number > 127 ? 128 : 0));
        kit_write_bytes(out, &byte, 1);
    } while (number >>= 7);
}

static void pb_bytes(struct kit_write *out, uint32_t field, const void *bytes, uint32_t size)
{
    pb_u64(out, field << 3 | 2);
    pb_u64(out, size);
    kit_write_bytes(out, bytes, size);
}

oc_rc dydx_order(const struct corner *c, const struct oc_venue_request *ask)
{
    char doc_text[1024], body_text[512], auth_text[256], raw_text[1024], text[2048];
    struct kit_write doc = kit_write_begin(doc_text, sizeof doc_text);
    struct kit_write body = kit_write_begin(body_text, sizeof body_text);
    struct kit_write auth = kit_write_begin(auth_text, sizeof auth_text);
    struct kit_write raw = kit_write_begin(raw_text, sizeof raw_text), out = kit_write_begin(text, sizeof text);
    uint8_t public_key[33], signature[64];
    uint64_t client, sequence;
    if (kit_json_u64(kit_text_of(ask->client.text, ask->client.size), &client) < 0 || client > UINT32_MAX)
        return OC_E_INVALID;
    oc_rc rc =
        c->kit.sign->public_text(c->kit.host, c->account, 1, OC_PUBLIC_COMPRESSED, public_key, sizeof public_key);
    if (rc < 0)
        return rc;
    if (c->store->get(c->kit.host, c->account, "sequence", &sequence, sizeof sequence) < 0)
        sequence = 0;
    pb_bytes(&body, 1, "msg", 3);
    pb_bytes(&auth, 1, public_key, sizeof public_key);
    pb_u64(&auth, 2 << 3);
    pb_u64(&auth, sequence);
    pb_bytes(&doc, 1, body_text, size_of(&body));
    pb_bytes(&doc, 2, auth_text, size_of(&auth));
    pb_bytes(&doc, 3, "dydx-testnet-4", 14);
    pb_u64(&doc, 4 << 3);
    pb_u64(&doc, client);
    const struct oc_part part = part_of(doc_text, size_of(&doc));
    rc = c->kit.sign->sign(c->kit.host, c->key, &part, 1, signature, sizeof signature); /* OC_SIGN_SECP256K1_SHA256 */
    if (rc < 0)
        return rc;
    pb_bytes(&raw, 1, body_text, size_of(&body));
    pb_bytes(&raw, 2, auth_text, size_of(&auth));
    pb_bytes(&raw, 3, signature, sizeof signature);
    KIT_WRITE(&out, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"broadcast_tx_sync\",\"params\":{\"tx\":\"");
    kit_write_base64(&out, raw_text, size_of(&raw), 0);
    KIT_WRITE(&out, "\"}}");
    struct oc_http http = {
        .endpoint = 2, .method = OC_METHOD_POST, .body = text, .body_size = size_of(&out), .request = ask->ask.id};
    return call(c, &http, "/");
}

/* Its ledger counts in 10^-18: what a decimal cannot hold is cut there, and stands whole beside it. */
oc_rc dydx_transfer(const struct corner *c, struct kit_json_text amount, struct kit_json_text id)
{
    oc_rc rc;
    int minus;
    kit_i128 units;
    int32_t scale;
    struct oc_ev_ledger *out = KIT_EVENT(&c->kit, oc_ev_ledger, OC_EV_LEDGER, 2, &rc);
    if (!out)
        return rc;
    if (kit_json_number(amount, &minus, &units, &scale) < 0 || scale < 0 || scale > OC_WIDE_SCALE_MAX ||
        kit_id(id, &out->id) < 0)
        return OC_E_DATA;
    const kit_i128 whole = minus ? -units : units;
    out->kind = OC_LEDGER_TRANSFER;
    out->status = OC_LEDGER_DONE;
    out->whole.high = (int64_t)(whole >> 64);
    out->whole.low = (uint64_t)whole;
    out->whole.scale = scale;
    out->present = OC_LEDGER_HAS_WHOLE;
    for (; units > INT64_MAX || scale > OC_DEC_SCALE_MAX; scale--)
        units /= 10;
    if (scale < 0)
        return OC_E_DATA;
    out->amount = (struct oc_dec){minus ? -(int64_t)units : (int64_t)units, scale, 0};
    return kit_commit(&c->kit, out);
}

/* ---- Uniswap: keccak of the unsigned transaction; r, s and the recovery bit ---- */

oc_rc uniswap_swap(const struct corner *c, const struct kit_write *unsigned_bytes, uint8_t ret_signature[65])
{
    const struct oc_part part = part_of(unsigned_bytes->from, size_of(unsigned_bytes));
    return c->kit.sign->sign(c->kit.host, c->key, &part, 1, ret_signature, 65); /* OC_SIGN_SECP256K1_KECCAK */
}

/* ---- Kite: binary frames of several packets by number; order updates as text on the same socket ---- */

oc_rc kite_message(const struct corner *c, const struct oc_message *in)
{
    const uint8_t *at = in->bytes, *end = at + in->bytes_size;
    struct oc_scale scale;
    oc_rc rc;
    if (in->kind == OC_MESSAGE_TEXT || in->bytes_size < 2)
        return OC_OK; /* {"type":"order",...}: OC_EV_ORDER; one byte: a heartbeat */
    uint32_t count = (uint32_t)at[0] << 8 | at[1];
    for (at += 2; count-- && end - at >= 2;) {
        const uint32_t size = (uint32_t)at[0] << 8 | at[1];
        at += 2;
        if (size < 8 || size > (size_t)(end - at))
            return OC_E_DATA;
        const int32_t price = (int32_t)big_endian(at + 4);
        if (c->kit.names->number(c->kit.host, big_endian(at), &scale) == OC_OK) {
            struct oc_ev_trade *trade = KIT_EVENT(&c->kit, oc_ev_trade, OC_EV_TRADE, 0, &rc);
            if (!trade)
                return rc;
            trade->head.inst = scale.inst;
            trade->price = scale.price_div ? price / scale.price_div : price;
            rc = kit_commit(&c->kit, trade);
            if (rc < 0)
                return rc;
        }
        at += size;
    }
    return OC_OK;
}

/* Its login: a checksum over key, one-time token and secret, none of which the plugin sees. */
oc_rc kite_login(const struct corner *c)
{
    const struct oc_part parts[3] = {{NULL, 0, 1, 0}, {NULL, 0, 3, 0}, {NULL, 0, 2, 0}}; /* 3 is asked of a person */
    const struct oc_splice splices[2] = {{.at = 8, .field = 1, .in = OC_IN_BODY},
                                         {.at = 23, .field = 3, .in = OC_IN_BODY, .as = OC_AS_PERCENT}};
    char body_text[256];
    struct kit_write body = kit_write_begin(body_text, sizeof body_text);
    uint8_t sum[32];
    const oc_rc rc = c->kit.sign->digest(c->kit.host, c->account, OC_DIGEST_SHA256, parts, 3, sum, sizeof sum);
    if (rc < 0)
        return rc;
    KIT_WRITE(&body, "api_key=&request_token=&checksum=");
    kit_write_hex(&body, sum, sizeof sum);
    struct oc_http http = {.method = OC_METHOD_POST,
                           .flags = OC_HTTP_FORM,
                           .body = body_text,
                           .body_size = size_of(&body),
                           .splices = splices,
                           .splice_count = 2,
                           .user = {1}};
    return call(c, &http, "/session/token"); /* the answer: sign.keep("access_token", ..., OC_KEEP_FOR_SESSION) */
}

/* ---- MT5: we listen, the terminal connects; one object a line; both sides prove a shared secret ---- */

oc_rc mt5_open(const struct corner *c)
{
    const struct oc_open open = {.size = sizeof open,
                                 .flags = OC_OPEN_LISTEN | OC_OPEN_KEEP | OC_OPEN_ORDERS,
                                 .frame = OC_FRAME_LINES,
                                 .account = c->account,
                                 .carries = OC_TOPIC_QUOTES | OC_TOPIC_PRIVATE,
                                 .silence_ns = INT64_C(15000000000)};
    uint32_t stream;
    return c->kit.net->open(c->kit.host, &open, &stream);
}

oc_rc mt5_hello(const struct corner *c, struct kit_json_text nonce)
{
    const struct oc_part parts[2] = {part_of("S:", 2), part_of(nonce.at, nonce.size)};
    char text[256];
    struct kit_write out = kit_write_begin(text, sizeof text);
    uint8_t mac[32];
    const oc_rc rc = c->kit.sign->sign(c->kit.host, c->key, parts, 2, mac, sizeof mac);
    if (rc < 0)
        return rc;
    KIT_WRITE(&out, "{\"t\":\"welcome\",\"mac\":\"");
    kit_write_hex(&out, mac, sizeof mac);
    KIT_WRITE(&out, "\",\"hb_ms\":5000}\n");
    return say(c, &out, 0, NULL, 0);
}

/* ---- XTS: both keys in a body of JSON, set in; the token of the answer is kept and set into the socket's path ---- */

oc_rc xts_login(const struct corner *c)
{
    static const char body[] = "{\"appKey\":\"\",\"secretKey\":\"\",\"source\":\"WEBAPI\"}";
    const struct oc_splice splices[2] = {{.at = 11, .field = 1, .in = OC_IN_BODY, .as = OC_AS_JSON},
                                         {.at = 26, .field = 2, .in = OC_IN_BODY, .as = OC_AS_JSON}};
    struct oc_http http = {.method = OC_METHOD_POST,
                           .body = body,
                           .body_size = sizeof body - 1,
                           .splices = splices,
                           .splice_count = 2,
                           .user = {1}};
    return call(c, &http, "/interactive/user/session");
}

/* ---- KuCoin: the host of the socket is said at run time; its token is a secret ---- */

oc_rc kucoin_bullet(const struct corner *c, struct kit_json_text url, struct kit_json_text token)
{
    static const char path[] = "?token=&connectId=1", ping[] = "{\"id\":\"1\",\"type\":\"ping\"}";
    struct oc_splice splice = {.at = 7, .in = OC_IN_PATH, .as = OC_AS_PERCENT};
    uint32_t stream;
    const oc_rc rc = c->kit.sign->keep(c->kit.host, c->account, "bullet", token.at, token.size, 0, OC_KEEP_FOR_SESSION,
                                       &splice.field);
    const struct oc_open open = {.size = sizeof open,
                                 .endpoint = 1,
                                 .frame = OC_FRAME_WEBSOCKET,
                                 .account = c->account,
                                 .url = url.at,
                                 .url_size = url.size,
                                 .path = path,
                                 .path_size = sizeof path - 1,
                                 .splices = &splice,
                                 .splice_count = 1,
                                 .ping = ping,
                                 .ping_size = sizeof ping - 1,
                                 .ping_ns = INT64_C(18000000000),
                                 .carries = OC_TOPIC_PRIVATE};
    return rc < 0 ? rc : c->kit.net->open(c->kit.host, &open, &stream);
}

/* ---- TradeStation: OAuth 2; a refresh token that the venue has rotated goes back into the vault ---- */

oc_rc tradestation_refresh(const struct corner *c)
{
    static const char body[] = "grant_type=refresh_token&client_id=&client_secret=&refresh_token=";
    const struct oc_splice splices[3] = {{.at = 35, .field = 1, .in = OC_IN_BODY, .as = OC_AS_PERCENT},
                                         {.at = 50, .field = 2, .in = OC_IN_BODY, .as = OC_AS_PERCENT},
                                         {.at = 65, .field = 3, .in = OC_IN_BODY, .as = OC_AS_PERCENT}};
    struct oc_http http = {.endpoint = 2,
                           .method = OC_METHOD_POST,
                           .flags = OC_HTTP_FORM,
                           .body = body,
                           .body_size = sizeof body - 1,
                           .splices = splices,
                           .splice_count = 3,
                           .user = {1}};
    return call(c, &http, "/oauth/token"); /* the answer: keep("access", FOR_SESSION), and keep("refresh", IN_VAULT) */
}

/* ---- Bybit: several orders in one message, each answered for itself ---- */

oc_rc bybit_batch(const struct corner *c, const struct oc_venue_request *first, uint32_t count)
{
    char text[4096];
    struct kit_write out = kit_write_begin(text, sizeof text);
    const struct oc_venue_request *ask = first;
    KIT_WRITE(&out, "{\"request\":[");
    for (uint32_t i = 0; i < count; i++, ask = oc_request_next(ask)) {
        kit_write_text(&out, i ? ",{\"orderLinkId\":\"" : "{\"orderLinkId\":\"");
        kit_write_id(&out, &ask->client);
        KIT_WRITE(&out, "\"}");
    }
    KIT_WRITE(&out, "]}");
    struct oc_http http = {.method = OC_METHOD_POST,
                           .flags = OC_HTTP_BATCH,
                           .body = text,
                           .body_size = size_of(&out),
                           .request = first->ask.id,
                           .send_by_ns = first->ask.send_by_ns};
    return call(c, &http, "/v5/order/create-batch");
}

/* ---- BitMEX: a dead man's switch is armed for so long, or disarmed ---- */

oc_rc bitmex_deadman(const struct corner *c, const struct oc_venue_request *ask)
{
    char text[64];
    struct kit_write out = kit_write_begin(text, sizeof text);
    const int64_t left_ns = ask->ask.expire_ns - c->kit.time->now_ns(c->kit.host);
    KIT_WRITE(&out, "{\"timeout\":");
    kit_write_u64(&out, ask->ask.expire_ns && left_ns > 0 ? (uint64_t)left_ns / 1000000 : 0);
    KIT_WRITE(&out, "}");
    struct oc_http http = {.method = OC_METHOD_POST, .body = text, .body_size = size_of(&out), .request = ask->ask.id};
    return call(c, &http, "/api/v1/order/cancelAllAfter");
}

/* ---- Alpaca: a trade is busted, said with an id of its own so that it acts once ---- */

oc_rc alpaca_bust(const struct corner *c, uint32_t source, uint32_t inst, struct kit_json_text trade,
                  struct kit_json_text bust)
{
    oc_rc rc;
    struct oc_ev_bust *out = KIT_EVENT(&c->kit, oc_ev_bust, OC_EV_BUST, source, &rc);
    if (!out)
        return rc;
    if (kit_trade_id(trade, out->trade_id, &out->trade_id_size) < 0 || kit_id(bust, &out->bust) < 0)
        return OC_E_DATA;
    out->head.inst = inst;
    return kit_commit(&c->kit, out);
}

/* ---- HTX: every message is gzip ---- */

oc_rc htx_open(const struct corner *c)
{
    const struct oc_open open = {.size = sizeof open,
                                 .flags = OC_OPEN_KEEP | OC_OPEN_GUNZIP,
                                 .frame = OC_FRAME_WEBSOCKET,
                                 .carries = OC_TOPIC_TRADES | OC_TOPIC_BOOK,
                                 .path = "/ws",
                                 .path_size = 3,
                                 .age_ns = INT64_C(86400000000000)};
    uint32_t stream;
    return c->kit.net->open(c->kit.host, &open, &stream);
}
