/* venue_kit.h: a rehearsal venue without a transport, for tests: what is asked is signed, and answered at once. */
#ifndef REHEARSAL_VENUE_KIT_H
#define REHEARSAL_VENUE_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rehearsal/face.h"

#include <openssl/hmac.h>

#define KIT_BEGIN_NS 1767623400000000000ll /* 2026-01-05T14:30:00Z */
#define KIT_MS       1000000ll

static struct kit {
    struct rehearsal *venue;
    int64_t now_ns;
    const char *secret; /* what it signs with */
    int64_t off_us;     /* its clock is off by */
    const char *window;
    char said[8192]; /* what was answered last, or by a stream since */
    enum venue_end end;
    int64_t retry_after_s;
    uint32_t used;
} kit;

static inline void kit_start(const char *face, uint64_t seed)
{
    char words[512] = "";
    struct text out;
    text_init_fixed(&out, words, sizeof words);
    kit = (struct kit){.now_ns = KIT_BEGIN_NS, .secret = "a secret of the test", .window = ""};
    kit.venue = venue_new(&(struct venue_config){.face = face_named(face), .seed = seed, .begin_ns = kit.now_ns}, &out);
    if (!kit.venue)
        fail_msg("%s", words);
    assert_true(venue_add_key(kit.venue, "main-key", kit.secret, 0, true));
    assert_true(venue_add_key(kit.venue, "main-reads", kit.secret, 0, false));
    assert_true(venue_add_key(kit.venue, "second-key", kit.secret, 1, true));
}

static inline void kit_stop(void)
{
    const char *wrong = core_proof(kit.venue->core);
    if (wrong)
        fail_msg("%s", wrong);
    venue_free(kit.venue);
}

static inline void kit_sign(const char *text, char ret_hex[65])
{
    unsigned char mac[64];
    unsigned int size = 0;
    HMAC(EVP_sha256(), kit.secret, (int)strlen(kit.secret), (const unsigned char *)text, strlen(text), mac, &size);
    for (unsigned int i = 0; i < size; i++)
        snprintf(ret_hex + 2 * i, 3, "%02x", mac[i]);
}

static inline uint32_t kit_send(uint8_t method, const char *path, const char *body, const char *key)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE", "PATCH"};
    char text[4096], headers[512] = "", sign[65], decoded[1024];
    const long long time_us = kit.now_ns / 1000 + kit.off_us;
    assert_true(venue_decode(path, decoded, sizeof decoded));
    if (key) {
        snprintf(text, sizeof text, "%s\n%s\n%lld\n%s\n%s", methods[method], decoded, time_us, kit.window, body);
        kit_sign(text, sign);
        snprintf(headers, sizeof headers, "x-key: %s\r\nx-time: %lld\r\nx-window: %s\r\nx-sign: %s\r\n", key, time_us,
                 kit.window, sign);
    }
    const struct venue_ask ask = {.method = method,
                                  .path = decoded,
                                  .headers = headers,
                                  .body = body,
                                  .body_size = (uint32_t)strlen(body),
                                  .address = "127.0.0.1"};
    return venue_ask(kit.venue, &ask);
}

/* What is answered by now: the status, 0 where nothing is. */
static inline uint32_t kit_take(uint32_t exchange)
{
    const struct venue_exchange *answer = venue_answer(kit.venue, exchange);
    if (!answer)
        return 0;
    const uint32_t status = answer->answer.status;
    snprintf(kit.said, sizeof kit.said, "%s", answer->answer.body.data);
    kit.end = answer->end;
    kit.retry_after_s = answer->answer.retry_after_s;
    kit.used = answer->answer.used;
    venue_answered(kit.venue, exchange);
    return status;
}

static inline void kit_pass(int64_t ms)
{
    const int64_t until_ns = kit.now_ns + ms * KIT_MS;
    while (kit.now_ns < until_ns) { /* as a transport does: from one thing that is due to the next */
        const int64_t next_ns = venue_next_ns(kit.venue);
        kit.now_ns = next_ns > kit.now_ns && next_ns < until_ns ? next_ns : until_ns;
        venue_advance(kit.venue, kit.now_ns);
    }
}

static inline uint32_t kit_ask(uint8_t method, const char *path, const char *body, const char *key)
{
    kit_pass(1);
    const uint32_t exchange = kit_send(method, path, body, key);
    assert_true(exchange != CORE_NONE);
    return kit_take(exchange);
}

static inline uint32_t kit_get(const char *path) { return kit_ask(OC_METHOD_GET, path, "", "main-key"); }

static inline uint32_t kit_order(const char *client, const char *side, const char *qty, const char *price)
{
    char body[256];
    snprintf(body, sizeof body,
             "{\"client_id\":\"%s\",\"symbol\":\"BTC/"
             "USDT\",\"side\":\"%s\",\"type\":\"limit\",\"qty\":\"%s\",\"price\":\"%s\"}",
             client, side, qty, price);
    return kit_ask(OC_METHOD_POST, "/v1/orders", body, "main-key");
}

static inline uint32_t kit_sit(const char *path)
{
    char words[512];
    struct venue_answer answer = {.status = 0};
    text_init_fixed(&answer.body, words, sizeof words);
    const uint32_t seat = venue_sit(
        kit.venue, &(struct venue_ask){.path = path, .headers = "", .body = "", .address = "127.0.0.1"}, &answer);
    if (seat == CORE_NONE)
        snprintf(kit.said, sizeof kit.said, "%u %s", answer.status, words);
    return seat;
}

/* All that a stream says by now, a line each; " |" behind what comes in pieces, "CUT", "RESET". Returns how many. */
static inline uint32_t kit_hear(uint32_t seat)
{
    const struct venue_said *said;
    uint32_t count = 0;
    kit.said[0] = 0;
    while ((said = venue_says(kit.venue, seat)) != NULL) {
        text_append(kit.said, sizeof kit.said, said->end == VENUE_RESET ? "RESET" : said->bytes);
        text_append(kit.said, sizeof kit.said, said->end == VENUE_CUT ? " CUT\n" : said->is_split ? " |\n" : "\n");
        venue_said(kit.venue, seat);
        count++;
    }
    return count;
}

static inline void kit_say(uint32_t seat, const char *words)
{
    venue_hear(kit.venue, seat, words, (uint32_t)strlen(words));
}

/* A stream of the account main. */
static inline uint32_t kit_listen(void)
{
    char text[128], sign[65], words[256];
    const long long time_us = kit.now_ns / 1000;
    const uint32_t seat = kit_sit("/v1/stream");
    assert_true(seat != CORE_NONE);
    snprintf(text, sizeof text, "LOGIN\n/v1/stream\n%lld\n\n", time_us);
    kit_sign(text, sign);
    snprintf(words, sizeof words, "{\"do\":\"login\",\"key\":\"main-key\",\"time_us\":\"%lld\",\"sign\":\"%s\"}",
             time_us, sign);
    kit_say(seat, words);
    kit_say(seat, "{\"do\":\"subscribe\",\"topic\":\"account\"}");
    kit_hear(seat);
    assert_non_null(strstr(kit.said, "{\"on\":\"login\",\"account\":\"main\"}"));
    return seat;
}

static inline const char *kit_command(const char *line)
{
    static char words[8192];
    struct text out;
    text_init_fixed(&out, words, sizeof words);
    (void)venue_command(kit.venue, line, &out);
    return words;
}

#define KIT_SAID(words)                                                                                                \
    do {                                                                                                               \
        if (!strstr(kit.said, words))                                                                                  \
            fail_msg("%s is not in %s", words, kit.said);                                                              \
    } while (0)
#define KIT_NOT_SAID(words)                                                                                            \
    do {                                                                                                               \
        if (strstr(kit.said, words))                                                                                   \
            fail_msg("%s is in %s", words, kit.said);                                                                  \
    } while (0)

#endif
