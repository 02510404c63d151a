/* Any bytes as a transcript: it is read or refused with words; what was read is then played by somebody who opens, sends and asks as
 * its lines want it, up to ACTS_MAX times: a standing answer that lets a stream fall may be met for ever. Between two acts the script
 * says no more than it has lines for, and what it gives twice is the same. */
#include "io/transcript.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <outcry/connector.h>

enum { ACTS_MAX = 4000, SAID_PER_ACT_MAX = 5000 /* lines of an input and streams */, ANSWERS_MAX = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "transcript: %s\n", what);
        abort();
    }
}

static void open_path(const struct io_link *link, const struct transcript_name *name, struct transcript_text path,
                      uint64_t number)
{
    const struct io_opening opening = {
        .stream = (uint32_t)number, .endpoint = name->endpoint, .path = path.at, .path_size = path.size};
    (void)link->open(link->self, &opening);
}

/* What a line waits for, made of its own pattern. 0: nobody can. */
static int meet(struct transcript *transcript, const struct io_link *link, const struct transcript_line *line,
                uint64_t number)
{
    const struct transcript_name *name = &transcript->names[line->name];
    if (line->kind == LINE_OPEN || line->kind == LINE_REFUSE) {
        open_path(link, name, line->text, number);
    } else if (line->kind == LINE_HEARS) {
        if (name->stream)
            (void)link->send(link->self, name->stream, line->text.at, line->text.size);
        else if (name->is_scripted)
            return 0;
        else
            open_path(link, name, line->text, number);
    } else {
        char headers[4096] = "";
        struct io_exchange exchange = {.exchange = number,
                                       .endpoint = "rest",
                                       .method = line->method,
                                       .path = line->text.at,
                                       .path_size = line->text.size,
                                       .headers = headers,
                                       .body = ""};
        for (uint32_t i = 0; i < line->parts; i++) {
            const struct transcript_part *part = &transcript->parts[line->first_part + i];
            const size_t used = exchange.headers_size, more = (size_t)part->header.size + part->text.size + 4;
            if (!part->header.size) {
                exchange.body = part->text.at;
                exchange.body_size = part->text.size;
            } else if (used + more < sizeof headers) {
                memcpy(headers + used, part->header.at, part->header.size);
                memcpy(headers + used + part->header.size, ": ", 2);
                memcpy(headers + used + part->header.size + 2, part->text.at, part->text.size);
                memcpy(headers + used + more - 2, "\r\n", 2);
                exchange.headers_size += (uint32_t)more;
            }
        }
        (void)link->http(link->self, &exchange);
    }
    return 1;
}

/* A standing answer is asked for as well, and what is said on a stream that nobody opened has it opened. */
static int stir(struct transcript *transcript, const struct io_link *link, uint64_t number)
{
    for (uint32_t i = 0; i < transcript->name_count; i++)
        if (!transcript->names[i].stream && !transcript->names[i].is_scripted) {
            open_path(link, &transcript->names[i], (struct transcript_text){.at = "/", .size = 1}, number);
            return 1;
        }
    return number < ANSWERS_MAX && transcript->rule_count &&
           meet(transcript, link, &transcript->lines[transcript->rules[number % transcript->rule_count]], number);
}

static void play(struct transcript *transcript)
{
    const struct io_link link = transcript_link(transcript);
    uint64_t number = 0;
    int said = 0;
    while (number < ACTS_MAX) {
        struct io_happening next, again;
        (void)link.next_ns(link.self);
        const oc_rc rc = link.next(link.self, INT64_MAX, &next);
        must(rc == OC_OK || rc == OC_E_AGAIN || rc == OC_E_END || rc == OC_E_NOMEM, "a code that it does not have");
        if (rc == OC_OK) {
            must(link.next(link.self, INT64_MAX, &again) == OC_OK && memcmp(&next, &again, sizeof next) == 0,
                 "what was not taken is another thing now");
            must(!next.size || !next.bytes[next.size], "no zeros behind it");
            link.taken(link.self);
            must(++said < SAID_PER_ACT_MAX, "it goes on by itself without an end");
            continue;
        }
        said = 0;
        const struct transcript_line *line = transcript_waits_for(transcript);
        number++;
        if (transcript->mismatches || rc == OC_E_NOMEM)
            return;
        if (!(line ? meet(transcript, &link, line, number) : stir(transcript, &link, number)))
            return;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct transcript transcript;
    char *exact = malloc(size ? size : 1); /* a byte behind the script is seen by the sanitizer */
    if (!exact)
        return 0;
    memcpy(exact, data, size);
    if (transcript_init(&transcript, exact, size) == OC_OK)
        play(&transcript);
    else
        must(transcript.mismatch[0] != 0, "it was refused without a word");
    must(transcript_line_number(&transcript) > 0, "no line has the number 0");
    transcript_release(&transcript);
    free(exact);
    return 0;
}
