/* Any bytes as what a client says to the rehearsal venue, signed as it should be: bodies and paths of requests, messages of its streams, lines of the
 * person in front of it. What must hold: no crash, answers of a known status, and a ledger that adds up. */
#include <stdlib.h>

#include <openssl/hmac.h>
#include <stdio.h>

#include "rehearsal/face.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FACES = 3, RUNS = 512, INPUT_MAX = 4000 };

static struct rehearsal *venues[FACES];
static uint32_t seats[FACES];
static int64_t now_ns = 1767623400000000000ll;
static uint32_t runs;
static const char secret[] = "of the fuzzer";

static void begin(void)
{
    char words[256];
    struct text out;
    text_init_fixed(&out, words, sizeof words);
    for (int i = 0; i < FACES; i++) {
        struct venue_answer answer = {.status = 0};
        text_init_fixed(&answer.body, words, sizeof words);
        venue_free(venues[i]);
        venues[i] =
            venue_new(&(struct venue_config){.face = face_named(face_names[i]), .seed = 1, .begin_ns = now_ns}, &out);
        if (!venues[i] || !venue_add_key(venues[i], "main", secret, 0, true))
            abort();
        seats[i] = venue_sit(
            venues[i], &(struct venue_ask){.path = "/v1/stream", .headers = "", .body = "", .address = "127.0.0.1"},
            &answer);
        venues[i]->seats[seats[i]].account = 0;
        venues[i]->seats[seats[i]].hears_account = true;
    }
}

static void ask(const char *path, uint8_t method, const char *body, size_t body_size)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE", "PATCH"};
    char headers[256], decoded[INPUT_MAX + 1];
    unsigned char mac[64];
    unsigned int mac_size = 0;
    struct text text;
    if (!venue_decode(path, decoded, sizeof decoded))
        return;
    text_init_grow(&text, VENUE_BODY_MAX + VENUE_HEAD_MAX);
    text_format(&text, "%s\n%s\n%lld\n\n", methods[method], decoded, (long long)now_ns / 1000);
    text_put_bytes(&text, body, body_size);
    HMAC(EVP_sha256(), secret, (int)sizeof secret - 1, (const unsigned char *)text.data, text.size, mac, &mac_size);
    text_release(&text);
    int at = snprintf(headers, sizeof headers, "x-key: main\r\nX-Time: %lld\r\nx-sign: ", (long long)now_ns / 1000);
    for (unsigned int i = 0; i < mac_size; i++)
        at += snprintf(headers + at, sizeof headers - (size_t)at, "%02x", mac[i]);
    snprintf(headers + at, sizeof headers - (size_t)at, "\r\n");
    const struct venue_ask asked = {.method = method,
                                    .path = decoded,
                                    .headers = headers,
                                    .body = body,
                                    .body_size = (uint32_t)body_size,
                                    .address = "127.0.0.1"};
    const uint32_t exchange = venue_ask(venues[0], &asked);
    const struct venue_exchange *answer = venue_answer(venues[0], exchange);
    if (!answer || answer->answer.status < 200 || answer->answer.status > 503 || answer->answer.status == 401 ||
        !answer->answer.body.size)
        abort();
    venue_answered(venues[0], exchange);
}

static void command(const char *line)
{
    char words[8192];
    struct text out;
    text_init_fixed(&out, words, sizeof words);
    (void)venue_command(venues[0], line, &out);
    (void)venue_read_faults(venues[0], "fuzz", line, &out);
    text_clear(&out);
    (void)venue_command(venues[0], "faults", &out);
    (void)venue_command(venues[0], "calm", &out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[INPUT_MAX + 1];
    if (size == 0 || size > INPUT_MAX)
        return 0;
    if (runs++ % RUNS == 0)
        begin();
    memcpy(text, data + 1, size - 1);
    text[size - 1] = 0;
    now_ns += 100000000; /* within the quotas */
    for (int i = 0; i < FACES; i++)
        venue_advance(venues[i], now_ns);
    if (*data % 6 == 0)
        ask("/v1/orders", OC_METHOD_POST, text, size - 1);
    else if (*data % 6 == 1)
        ask(text, *data / 6 % 5, "", 0);
    else if (*data % 6 == 2)
        ask("/v1/orders", OC_METHOD_PATCH, text, size - 1);
    else if (*data % 6 == 3)
        command(text);
    else
        for (int i = 0; i < FACES; i++)
            venue_hear(venues[i], seats[i], text, (uint32_t)size - 1);
    for (int i = 0; i < FACES; i++) {
        while (venue_says(venues[i], seats[i]))
            venue_said(venues[i], seats[i]);
        if (runs % 64 == 0 && core_proof(venues[i]->core))
            abort();
    }
    return 0;
}
