/* transcript_kit.h: a transcript and who sends to it: what happens next as a line, what is opened, sent and asked by hand. */
#ifndef TEST_TRANSCRIPT_KIT_H
#define TEST_TRANSCRIPT_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/transcript.h"

#include <outcry/outcry.h>

#define TRANSCRIPT_KIT_S 1000000000ll

static struct transcript script;
static struct io_link script_link;
static char *script_text; /* exactly as long as it is: a byte behind it is seen by the sanitizer */
static char happened_text[1024];

static inline oc_rc script_read(const char *text)
{
    const size_t size = strlen(text);
    script_text = malloc(size ? size : 1);
    assert_non_null(script_text);
    memcpy(script_text, text, size);
    const oc_rc rc = transcript_init(&script, script_text, size);
    script_link = transcript_link(&script);
    return rc;
}

static inline void script_end(void)
{
    transcript_release(&script);
    free(script_text);
    script_text = NULL;
}

/* The lines behind the head. */
static inline void script_begin(const char *lines)
{
    char text[4096];
    assert_true((size_t)snprintf(text, sizeof text, "transcript 2\n%s", lines) < sizeof text);
    const oc_rc rc = script_read(text);
    if (rc != OC_OK)
        fail_msg("%s", script.mismatch);
}

/* "up 1", "says 1 text", "down 1", "refused 1 403 words", "answer 5 200 body|headers", "lost 5", "unsent 5"; "waits", "end". */
static inline const char *happens_until(int64_t until_ns)
{
    struct io_happening next;
    const oc_rc rc = script_link.next(script_link.self, until_ns, &next);
    if (rc < 0)
        return rc == OC_E_AGAIN ? "waits" : rc == OC_E_END ? "end" : "failed";
    const unsigned long long exchange = next.exchange;
    const int size = (int)next.size, headers_size = (int)next.headers_size;
    char *to = happened_text;
    switch ((enum io_happening_kind)next.kind) {
    case IO_UP:
        snprintf(to, sizeof happened_text, "up %u", next.stream);
        break;
    case IO_DOWN:
        snprintf(to, sizeof happened_text, "down %u", next.stream);
        break;
    case IO_REFUSED:
        snprintf(to, sizeof happened_text, "refused %u %u %.*s", next.stream, next.status, size, next.bytes);
        break;
    case IO_MESSAGE:
        snprintf(to, sizeof happened_text, "says %u %.*s", next.stream, size, next.bytes);
        break;
    case IO_RESPONSE:
        snprintf(to, sizeof happened_text, "answer %llu %u %.*s|%.*s", exchange, next.status, size, next.bytes,
                 headers_size, next.headers);
        break;
    case IO_UNSENT:
        snprintf(to, sizeof happened_text, "unsent %llu", exchange);
        break;
    case IO_LOST:
        snprintf(to, sizeof happened_text, "lost %llu", exchange);
        break;
    case IO_PROBED: /* of other links */
    case IO_MOVED:
        snprintf(to, sizeof happened_text, "?");
        break;
    }
    for (int i = 0; next.size && i < 16; i++)
        assert_int_equal(next.bytes[next.size + (uint32_t)i], 0);
    script_link.taken(script_link.self);
    return happened_text;
}

static inline const char *happens(void) { return happens_until(INT64_MAX); }

static inline void opens(uint32_t stream, const char *endpoint, const char *path)
{
    const struct io_opening opening = {
        .stream = stream, .endpoint = endpoint, .path = path, .path_size = (uint32_t)strlen(path)};
    assert_int_equal(script_link.open(script_link.self, &opening), OC_OK);
}

static inline oc_rc sends(uint32_t stream, const char *text)
{
    return script_link.send(script_link.self, stream, text, (uint32_t)strlen(text));
}

static inline void asks(uint64_t exchange, uint8_t method, const char *path, const char *headers, const char *body)
{
    const struct io_exchange made = {.exchange = exchange,
                                     .endpoint = "rest",
                                     .method = method,
                                     .path = path,
                                     .path_size = (uint32_t)strlen(path),
                                     .headers = headers,
                                     .headers_size = (uint32_t)strlen(headers),
                                     .body = body,
                                     .body_size = (uint32_t)strlen(body)};
    assert_int_equal(script_link.http(script_link.self, &made), OC_OK);
}

static inline void get(uint64_t exchange, const char *path) { asks(exchange, OC_METHOD_GET, path, "", ""); }

#endif
