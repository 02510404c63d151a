/* sender.c: the venue of flood.c, on plain OpenSSL: what Binance.US says of its markets over streams, at a rate that is kept as long as it can be. */
#include "bench/flood/flood.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "venue/peer.h"

enum { TOPICS_MAX = FLOOD_MARKETS_MAX * FLOOD_KINDS, WRITE_MAX = 16000, FRAME_MAX = 400, WORDS_MAX = 1 << 16 };

static struct flood_shared *flood;

struct topic {
    uint32_t market, kind;
    uint64_t number; /* of what it said last */
};

struct speaker { /* one stream */
    struct peer *peer;
    struct topic *topics;
    uint32_t count;
    char bytes[WRITE_MAX + FRAME_MAX];
    size_t size;
};

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static long long real_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- questions ---- */

static void answer(struct peer *peer, const char *body, size_t size)
{
    char head[160];
    snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
             size);
    peer_say(peer, head);
    peer_write(peer, body, size);
}

static void say_markets(struct peer *peer)
{
    const size_t room = 1 << 20;
    char *text = malloc(room);
    if (!text)
        abort();
    size_t at = (size_t)snprintf(text, room,
                                 "{\"timezone\":\"UTC\",\"serverTime\":%lld,\"rateLimits\":[],\"exchangeFilters\":[],"
                                 "\"symbols\":[",
                                 real_ms());
    for (uint32_t i = 0; i < flood->markets; i++)
        at +=
            (size_t)snprintf(text + at, room - at,
                             "%s{\"symbol\":\"S%04uUSD\",\"status\":\"TRADING\",\"baseAsset\":\"S%04u\",\"quoteAsset\":"
                             "\"USD\",\"orderTypes\":[\"LIMIT\"],\"filters\":[{\"filterType\":\"PRICE_FILTER\","
                             "\"tickSize\":\"0.01\"},{\"filterType\":\"LOT_SIZE\",\"stepSize\":\"0.00001\"}]}",
                             i ? "," : "", i, i);
    at += (size_t)snprintf(text + at, room - at, "]}");
    answer(peer, text, at);
    free(text);
}

static void answer_questions(struct peer *peer, char *head, size_t size)
{
    do {
        char text[64];
        if (strstr(head, "/exchangeInfo"))
            say_markets(peer);
        else
            answer(peer, text, (size_t)snprintf(text, sizeof text, "{\"serverTime\":%lld}", real_ms()));
    } while (peer_read_head(peer, head, size));
}

/* ---- streams ---- */

/* Its part of {"method":"SUBSCRIBE","params":["s0001usd@trade",...],"id":3}. */
static void take_topics(struct speaker *speaker, const char *words)
{
    static const char *const kinds[FLOOD_KINDS] = {"@depth@100ms", "@bookTicker", "@trade"};
    for (const char *at = strstr(words, "\"params\""); at && (at = strstr(at, "\"s")) != NULL; at++) {
        char *end;
        const unsigned long market = strtoul(at + 2, &end, 10);
        for (uint32_t kind = 0; kind < FLOOD_KINDS; kind++)
            if (strncmp(end, "usd", 3) == 0 && strncmp(end + 3, kinds[kind], strlen(kinds[kind])) == 0 &&
                market < flood->markets && speaker->count < TOPICS_MAX) {
                speaker->topics[speaker->count++] = (struct topic){(uint32_t)market, kind, 0};
                atomic_fetch_add(&flood->subscribed, 1);
            }
    }
    const char *id = strstr(words, "\"id\":");
    char text[64];
    snprintf(text, sizeof text, "{\"result\":null,\"id\":%ld}", id ? strtol(id + 5, NULL, 10) : 0);
    peer_ws_text(speaker->peer, text);
}

static int write_message(const struct topic *topic, char *text, size_t room)
{
    const uint64_t number = topic->number;
    const uint32_t market = topic->market, slot = flood_slot(number), bid = flood_price(slot, 0),
                   ask = flood_price(slot, 1);
    const long long ms = real_ms();
    if (topic->kind == 1)
        return snprintf(
            text, room,
            "{\"u\":%llu,\"s\":\"S%04uUSD\",\"b\":\"10000.00000000\",\"B\":\"0.%05u000\",\"a\":\"10000.01000000\","
            "\"A\":\"0.%05u000\"}",
            (unsigned long long)number, market, flood_qty(market, number, 0) + 1, flood_qty(market, number, 1) + 1);
    if (topic->kind == 2)
        return snprintf(
            text, room,
            "{\"e\":\"trade\",\"E\":%lld,\"s\":\"S%04uUSD\",\"t\":%llu,\"p\":\"10000.%02u000000\",\"q\":\"0.%05u000\","
            "\"b\":1,\"a\":2,\"T\":%lld,\"m\":%s,\"M\":true}",
            ms, market, (unsigned long long)number, (unsigned)(number % 2), 1 + (unsigned)(number % 99999), ms,
            number & 1 ? "true" : "false");
    return snprintf(text, room,
                    "{\"e\":\"depthUpdate\",\"E\":%lld,\"s\":\"S%04uUSD\",\"U\":%llu,\"u\":%llu,\"b\":[[\"%u.%"
                    "02u000000\",\"0.%05u000\"]],"
                    "\"a\":[[\"%u.%02u000000\",\"0.%05u000\"]]}",
                    ms, market, (unsigned long long)(number * 2 - 1), (unsigned long long)(number * 2), bid / 100,
                    bid % 100, flood_qty(market, number, 0), ask / 100, ask % 100, flood_qty(market, number, 1));
}

static void flush(struct speaker *speaker)
{
    if (speaker->size)
        peer_write(speaker->peer, speaker->bytes, speaker->size);
    speaker->size = 0;
}

static void say(struct speaker *speaker, struct topic *topic)
{
    char *at = speaker->bytes + speaker->size;
    topic->number++;
    const int size = write_message(topic, at + 4, FRAME_MAX - 4); /* 126 bytes and more: four of head */
    if (size < 0 || size >= FRAME_MAX - 4)
        abort();
    if (size < 126) {
        memmove(at + 2, at + 4, (size_t)size);
        at[1] = (char)size;
        speaker->size += 2 + (size_t)size;
    } else {
        at[1] = 126;
        at[2] = (char)(size >> 8);
        at[3] = (char)(size & 255);
        speaker->size += 4 + (size_t)size;
    }
    at[0] = (char)0x81;
    if (speaker->size >= WRITE_MAX)
        flush(speaker);
}

/* Its share of the rate, a piece each millisecond; what the network does not take in its time is said as soon as it does. */
static void speak(struct speaker *speaker)
{
    const uint32_t all = flood->markets * FLOOD_KINDS;
    const uint64_t wanted = flood->rate * flood->seconds * speaker->count / all;
    const int64_t begin_us = now_us();
    uint32_t at = 0;
    for (uint64_t said = 0; said < wanted;) {
        const int64_t passed_us = now_us() - begin_us;
        const uint64_t due = (uint64_t)passed_us * flood->rate / 1000000 * speaker->count / all;
        const uint64_t to = due < wanted ? due : wanted, from = said;
        for (; said < to; said++) {
            say(speaker, &speaker->topics[at]);
            at = at + 1 == speaker->count ? 0 : at + 1;
        }
        flush(speaker);
        atomic_fetch_add(&flood->said, said - from);
        const uint64_t late_us = (uint64_t)(now_us() - begin_us - passed_us);
        if (said < wanted && late_us > atomic_load(&flood->behind_us))
            atomic_store(&flood->behind_us, late_us);
        usleep(1000);
    }
}

static void talk(struct peer *peer, void *arg)
{
    struct speaker speaker = {.peer = peer};
    char *words = malloc(WORDS_MAX), head[4096];
    (void)arg;
    speaker.topics = calloc(TOPICS_MAX, sizeof *speaker.topics);
    if (!words || !speaker.topics || !peer_read_head(peer, head, sizeof head)) {
        free(words), free(speaker.topics);
        return;
    }
    if (!strcasestr(head, "upgrade: websocket")) {
        answer_questions(peer, head, sizeof head);
    } else if (peer_ws_answer(peer, "", head)) {
        size_t size;
        while (!atomic_load(&flood->goes) && !atomic_load(&peer->server->is_over))
            if (peer_ws_read(peer, words, WORDS_MAX, &size, 20) == 1)
                take_topics(&speaker, words);
        speak(&speaker);
        while (!atomic_load(&peer->server->is_over)) /* it stays until the other side has heard all */
            peer_sleep(20);
    }
    free(words);
    free(speaker.topics);
}

void flood_serve(struct flood_shared *shared, SSL_CTX *context)
{
    static struct peer_server server;
    const struct peer_config config = {.context = context, .talk = talk};
    flood = shared;
    peer_server_start(&server, &config, 0);
    atomic_store(&shared->port, server.port);
    while (!atomic_load(&shared->is_over) && getppid() != 1)
        peer_sleep(20);
    peer_server_stop(&server);
}
