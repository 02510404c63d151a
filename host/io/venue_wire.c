/* venue_wire.c: what a venue sends and hears, as lines of the network's log (wire_log.h), where there is one. */
#include "base/redact.h"
#include "base/why.h"
#include "io/venue_impl.h"
#include "io/wire_log.h"

static struct wire_log *log_of(const struct io_venue *venue, enum wire_level level)
{
    return wire_log_is_on(venue->world.wire, level) ? venue->world.wire : NULL;
}

static struct wire_entry entry_of(const struct io_venue *venue, enum wire_level level, const char *what)
{
    return (struct wire_entry){.level = level,
                               .venue = venue->world.title ? venue->world.title : venue->name,
                               .what = what,
                               .at_ns = io_venue_now(venue),
                               .took_ns = -1};
}

static const char *endpoint_of(const struct io_venue *venue, uint32_t endpoint)
{
    return endpoint < venue->table->venue->endpoint_count ? venue->table->venue->endpoints[endpoint].name : NULL;
}

oc_rc io_wire_account(struct io_venue *venue, uint32_t account)
{
    const struct oc_venue *said = venue->table->venue;
    char text[SIGNER_SECRET_MAX];
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < said->credential_count && venue->world.wire && rc == OC_OK; i++) {
        const oc_rc size = said->credentials[i].kind == OC_CREDENTIAL_PUBLIC
                               ? signer_public_text(&venue->signer, account, (uint16_t)(i + 1), text, sizeof text)
                               : 0;
        if (size > 0)
            rc = redact_add(venue->world.wire, text, (size_t)size);
    }
    return rc;
}

void io_wire_signed(const struct io_venue *venue, const void *signature, oc_rc size)
{
    if (venue->world.wire && size > 0)
        wire_log_hide(venue->world.wire, signature, (size_t)size);
}

void io_wire_http(const struct io_venue *venue, const struct io_op *op)
{
    static const char *const methods[] = {[OC_METHOD_GET] = "GET",
                                          [OC_METHOD_POST] = "POST",
                                          [OC_METHOD_PUT] = "PUT",
                                          [OC_METHOD_DELETE] = "DELETE",
                                          [OC_METHOD_PATCH] = "PATCH"};
    struct wire_log *log = log_of(venue, WIRE_REQUESTS);
    if (!log)
        return;
    struct wire_entry entry = entry_of(venue, WIRE_REQUESTS, "request");
    entry.endpoint = endpoint_of(venue, op->endpoint);
    entry.exchange = op->exchange;
    entry.request = op->request;
    entry.method = op->method < sizeof methods / sizeof *methods ? methods[op->method] : "?";
    entry.path = venue->arena + op->path;
    entry.path_size = op->path_size;
    entry.headers = venue->arena + op->headers;
    entry.headers_size = op->headers_size;
    entry.text = venue->arena + op->body;
    entry.text_size = entry.size = op->body_size;
    wire_log_put(log, &entry);
}

void io_wire_ended(const struct io_venue *venue, const struct io_exchange_kept *kept,
                   const struct io_happening *happening)
{
    const bool is_answer = happening->kind == IO_RESPONSE, is_error = !is_answer || happening->status >= 400;
    struct wire_log *log = log_of(venue, is_error ? WIRE_ERRORS : WIRE_REQUESTS);
    if (!log)
        return;
    struct wire_entry entry = entry_of(venue, is_error ? WIRE_ERRORS : WIRE_REQUESTS,
                                       is_answer                      ? "answer"
                                       : happening->kind == IO_UNSENT ? "unsent"
                                                                      : "lost");
    entry.endpoint = endpoint_of(venue, kept->endpoint);
    entry.exchange = kept->exchange;
    entry.request = kept->request;
    entry.took_ns = entry.at_ns - kept->sent_ns;
    entry.status = is_answer ? happening->status : 0;
    entry.why = is_answer ? NULL : why_name(happening->why);
    entry.headers = happening->headers;
    entry.headers_size = happening->headers_size;
    entry.text = happening->bytes;
    entry.text_size = entry.size = is_answer ? happening->size : 0;
    wire_log_put(log, &entry);
}

void io_wire_stream(const struct io_venue *venue, const struct io_stream *stream, const char *what, uint32_t why,
                    const struct io_happening *happening)
{
    const enum wire_level level = why ? WIRE_ERRORS : WIRE_REQUESTS;
    struct wire_log *log = log_of(venue, level);
    if (!log)
        return;
    struct wire_entry entry = entry_of(venue, level, what);
    entry.endpoint = endpoint_of(venue, stream->endpoint);
    entry.stream = stream->number;
    entry.why = why ? why_name(why) : NULL;
    entry.status = happening ? happening->status : 0;
    entry.path = stream->path;
    entry.path_size = stream->path_size;
    if (why && happening) { /* the words of who said no */
        entry.text = happening->bytes;
        entry.text_size = entry.size = happening->size;
    }
    wire_log_put(log, &entry);
}

void io_wire_send(const struct io_venue *venue, const struct io_op *op)
{
    const enum wire_level level = op->request ? WIRE_REQUESTS : WIRE_ALL;
    struct wire_log *log = log_of(venue, level);
    if (!log)
        return;
    struct wire_entry entry = entry_of(venue, level, "send");
    entry.stream = op->stream;
    entry.request = op->request;
    entry.text = venue->arena + op->body;
    entry.text_size = entry.size = op->body_size;
    wire_log_put(log, &entry);
}

void io_wire_message(const struct io_venue *venue, const struct io_stream *stream, const struct io_happening *happening)
{
    struct wire_log *log = log_of(venue, WIRE_ALL);
    if (!log)
        return;
    struct wire_entry entry = entry_of(venue, WIRE_ALL, "message");
    entry.stream = stream->number;
    entry.text = happening->bytes;
    entry.text_size = entry.size = happening->size;
    if (happening->form == OC_MESSAGE_BINARY)
        entry.why = "binary";
    wire_log_put(log, &entry);
}

void io_wire_answered(const struct io_venue *venue, const struct io_pending *pending)
{
    struct wire_log *log = log_of(venue, WIRE_REQUESTS);
    if (!log || pending->state != IO_PENDING_LEFT)
        return;
    struct wire_entry entry = entry_of(venue, WIRE_REQUESTS, "answered");
    entry.stream = pending->stream;
    entry.exchange = pending->exchange;
    entry.request = pending->ask->ask.id;
    entry.took_ns = entry.at_ns - pending->left_ns;
    wire_log_put(log, &entry);
}
