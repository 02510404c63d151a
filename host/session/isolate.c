/* isolate.c: the host's side of a connector in a process of its own: its table, its life. */
#include "session/isolate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "session/isolate_impl.h"

#define SECOND_NS 1000000000ll
#define MINUTE_NS 60000000000ll
#define HOUR_NS   3600000000000ll

enum { BACKOFF_DOUBLES = 6, CALL_STARTS = 3 };

/* ---- its life ---- */

static int64_t backoff_ns(uint32_t tries)
{
    const uint32_t doubles = tries > BACKOFF_DOUBLES ? BACKOFF_DOUBLES : tries;
    const int64_t doubled_ns = SECOND_NS << doubles;
    if (tries >= ISOLATE_OFTEN)
        return HOUR_NS;
    return doubled_ns < MINUTE_NS ? doubled_ns : MINUTE_NS;
}

/* It is no more; `why` in words. */
static void is_gone(struct isolate *isolate, const char *why)
{
    const int64_t now_ns = env_clock_mono();
    int signal = 0, code = 0;
    char how[80] = "";
    env_run_kill(&isolate->run, &code, &signal);
    if (signal)
        snprintf(how, sizeof how, ", signal %d", signal);
    else if (code >= 0)
        snprintf(how, sizeof how, ", exit code %d", code);
    isolate->is_there = false;
    isolate->is_lost = true;
    isolate->tries = now_ns - isolate->born_ns >= ISOLATE_LIVES_NS ? 0 : isolate->tries + 1;
    const int64_t wait_ns = backoff_ns(isolate->tries ? isolate->tries - 1 : 0);
    isolate->again_ns = now_ns + wait_ns;
    log_error(
        "venue",
        "%s: the process of its connector %s%s, in or behind its call %s: the venue is down, the others go on; what "
        "it was sent and has not answered is asked about. It is started again in %lld s",
        isolate->instance->section, why, how, isolate->call, (long long)(wait_ns / SECOND_NS));
}

/* Its settings, without its keys: nothing of those is the connector's. */
static void put_settings(struct isolate *isolate, struct wire *wire)
{
    const struct settings *settings = isolate->instance->settings;
    char prefix[SETTING_KEY_MAX + 8], keys[SETTING_KEY_MAX + 8];
    const int size = snprintf(prefix, sizeof prefix, "%s.", isolate->instance->section);
    const int keys_size = snprintf(keys, sizeof keys, "%s.keys.", isolate->instance->section);
    int64_t count = 0;
    for (int pass = 0; pass < 2; pass++) {
        if (pass)
            wire_put_number(wire, count);
        for (uint32_t i = 0; i < settings->count; i++) {
            const struct setting *setting = &settings->list[i];
            if (strncmp(setting->key, prefix, (size_t)size) != 0 || strncmp(setting->key, keys, (size_t)keys_size) == 0)
                continue;
            count++;
            if (!pass)
                continue;
            wire_put_bytes(wire, setting->key, strlen(setting->key) + 1);
            wire_put_bytes(wire, setting->value, strlen(setting->value) + 1);
            wire_put_bytes(wire, setting->origin, strlen(setting->origin) + 1);
        }
    }
}

/* ---- calls ---- */

/* Behind the kind: what time it is, how much the call may say, and whether names are still the same. */
static void begin_call(struct isolate *isolate, enum isolate_kind kind, const char *call)
{
    isolate->call = call;
    wire_begin(&isolate->sent, kind);
    wire_put_number(&isolate->sent, io_venue_now(isolate->venue));
    wire_put_number(&isolate->sent, isolate->venue->is_in_call ? (int64_t)isolate->venue->queue.call_room : 0);
    wire_put_number(&isolate->sent, (int64_t)isolate->venue->names.changes);
}

/* What the connector said in the call becomes that of a call of ours. */
static oc_rc take_events(struct isolate *isolate, int64_t count)
{
    const struct oc_host *host = &isolate->instance->host;
    const struct oc_svc_feed *feed = host->service(host, OC_SVC_FEED);
    for (int64_t i = 0; i < count; i++) {
        uint32_t size;
        struct oc_event *event;
        const struct oc_event *said = wire_take_bytes(&isolate->got, &size);
        if (!said || size < sizeof *said || said->size > size)
            return OC_E_DATA;
        const oc_rc rc = feed->reserve(host, size, &event);
        if (rc < 0)
            return rc;
        memcpy(event, said, size);
        (void)feed->commit(host, event); /* what is not taken is counted there */
    }
    return OC_OK;
}

/* Sends the call that was made, serves it, and returns its code. OC_E_AGAIN: it is gone, and the call never was. */
static oc_rc make_call(struct isolate *isolate)
{
    const int64_t until_ns = env_clock_mono() + ISOLATE_CALL_NS;
    enum isolate_kind kind = ISOLATE_NONE;
    if (!isolate->is_there)
        return OC_E_AGAIN;
    oc_rc rc = wire_send(&isolate->sent, &isolate->run, until_ns);
    if (rc == OC_E_LIMIT)
        return rc; /* not a byte of it was sent */
    while (rc == OC_OK) {
        rc = wire_receive(&isolate->got, &isolate->run, until_ns, &kind);
        if (rc < 0 || kind == ISOLATE_DONE)
            break;
        if (!isolate_answer(isolate, kind)) {
            rc = OC_E_DATA;
            break;
        }
        wire_put_number(&isolate->sent, io_venue_now(isolate->venue));
        rc = wire_send(&isolate->sent, &isolate->run, until_ns);
    }
    if (rc == OC_OK) {
        const oc_rc said = (oc_rc)wire_take_number(&isolate->got);
        const int64_t count = wire_take_number(&isolate->got);
        rc = said >= 0 ? take_events(isolate, count) : (oc_rc)OC_OK;
        if (!isolate->got.is_bad && rc != OC_E_DATA)
            return rc < 0 ? rc : said;
        rc = OC_E_DATA;
    }
    is_gone(isolate, rc == OC_E_AGAIN  ? "has not come back from a call in 5 s, and was ended"
                     : rc == OC_E_DATA ? "said what cannot be read, and was ended"
                                       : "has ended");
    return OC_E_AGAIN;
}

static oc_rc call_start(void *self, const struct oc_start *start)
{
    begin_call(self, ISOLATE_START, "start");
    wire_put(&((struct isolate *)self)->sent, start, sizeof *start);
    return make_call(self);
}

static oc_rc call_account(void *self, const struct oc_account *account)
{
    begin_call(self, ISOLATE_ACCOUNT, "account");
    wire_put(&((struct isolate *)self)->sent, account, sizeof *account);
    return make_call(self);
}

static oc_rc call_fetch(void *self, const struct oc_fetch *fetch)
{
    begin_call(self, ISOLATE_FETCH, "fetch");
    wire_put(&((struct isolate *)self)->sent, fetch, sizeof *fetch);
    return make_call(self);
}

static oc_rc call_subscribe(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs, uint32_t count)
{
    struct isolate *isolate = self;
    begin_call(isolate, ISOLATE_SUBSCRIBE, "subscribe");
    wire_put_number(&isolate->sent, stream);
    wire_put_number(&isolate->sent, how);
    wire_put_number(&isolate->sent, count);
    wire_put(&isolate->sent, subs, count * sizeof *subs);
    return make_call(isolate);
}

static oc_rc call_stream(void *self, const struct oc_stream *stream)
{
    struct isolate *isolate = self;
    begin_call(isolate, ISOLATE_STREAM, "stream");
    wire_put(&isolate->sent, stream, sizeof *stream);
    wire_put_bytes(&isolate->sent, stream->bytes, stream->bytes_size);
    return make_call(isolate);
}

static oc_rc call_message(void *self, const struct oc_message *message)
{
    struct isolate *isolate = self;
    begin_call(isolate, ISOLATE_MESSAGE, "message");
    wire_put(&isolate->sent, message, sizeof *message);
    wire_put_bytes(&isolate->sent, message->bytes, message->bytes_size);
    return make_call(isolate);
}

static oc_rc call_response(void *self, const struct oc_response *response)
{
    struct isolate *isolate = self;
    begin_call(isolate, ISOLATE_RESPONSE, "response");
    wire_put(&isolate->sent, response, sizeof *response);
    wire_put_bytes(&isolate->sent, response->headers, response->headers_size);
    wire_put_bytes(&isolate->sent, response->body, response->body_size);
    wire_put_bytes(&isolate->sent, response->asked, response->asked ? response->asked_size : 0);
    wire_put_number(&isolate->sent, response->fetch != NULL);
    wire_put_bytes(&isolate->sent, response->fetch, response->fetch ? sizeof *response->fetch : 0);
    return make_call(isolate);
}

static oc_rc call_request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count,
                          uint32_t batch)
{
    struct isolate *isolate = self;
    begin_call(isolate, ISOLATE_REQUEST, "request");
    wire_put_number(&isolate->sent, count);
    wire_put_number(&isolate->sent, batch);
    wire_put_bytes(&isolate->sent, first, size);
    return make_call(isolate);
}

static oc_rc call_timer(void *self, uint64_t timer, uint64_t user)
{
    struct isolate *isolate = self;
    begin_call(isolate, ISOLATE_TIMER, "timer");
    wire_put_number(&isolate->sent, (int64_t)timer);
    wire_put_number(&isolate->sent, (int64_t)user);
    return make_call(isolate);
}

static oc_rc call_quiesce(void *self, int64_t deadline_ns)
{
    struct isolate *isolate = self;
    if (!isolate->is_there)
        return OC_OK; /* nothing is under way there */
    begin_call(isolate, ISOLATE_QUIESCE, "quiesce");
    wire_put_number(&isolate->sent, deadline_ns);
    return make_call(isolate);
}

static void release(struct isolate *isolate)
{
    int code = 0;
    if (isolate->run.pid > 0)
        env_run_end(&isolate->run, env_clock_mono() + SECOND_NS, &code);
    wire_release(&isolate->sent);
    wire_release(&isolate->got);
    isolate->is_there = isolate->is_lost = false;
}

static void call_close(void *self)
{
    struct isolate *isolate = self;
    begin_call(isolate, ISOLATE_CLOSE, "close");
    if (isolate->is_there)
        (void)make_call(isolate);
    release(isolate);
}

const struct oc_connector *isolate_table(struct isolate *isolate, const struct registry_entry *entry)
{
    const struct oc_connector *theirs = registry_interface(entry->plugin, OC_CONNECTOR);
    isolate->entry = entry;
    isolate->table = (struct oc_connector){.size = sizeof isolate->table,
                                           .flags = theirs->flags,
                                           .venue = theirs->venue,
                                           .start = call_start,
                                           .account = theirs->account ? call_account : NULL,
                                           .fetch = theirs->fetch ? call_fetch : NULL,
                                           .subscribe = theirs->subscribe ? call_subscribe : NULL,
                                           .stream = theirs->stream ? call_stream : NULL,
                                           .message = theirs->message ? call_message : NULL,
                                           .response = theirs->response ? call_response : NULL,
                                           .request = theirs->request ? call_request : NULL,
                                           .timer = theirs->timer ? call_timer : NULL,
                                           .quiesce = theirs->quiesce ? call_quiesce : NULL};
    return &isolate->table;
}

/* ---- started ---- */

/* The process, and the plugin opened in it. */
static oc_rc begin(struct isolate *isolate)
{
    static const char *const argv[] = {"/proc/self/exe", "isolated-connector", NULL};
    isolate->born_ns = env_clock_mono();
    oc_rc rc = env_run_start(argv, &isolate->run);
    if (rc < 0)
        return rc;
    isolate->is_there = true;
    isolate->generation++;
    begin_call(isolate, ISOLATE_OPEN, "open");
    wire_put_bytes(&isolate->sent, isolate->entry->path, strlen(isolate->entry->path) + 1);
    wire_put_bytes(&isolate->sent, isolate->entry->plugin->id, strlen(isolate->entry->plugin->id) + 1);
    wire_put_bytes(&isolate->sent, isolate->instance->section, strlen(isolate->instance->section) + 1);
    wire_put_number(&isolate->sent, (int64_t)isolate->entry->hash);
    put_settings(isolate, &isolate->sent);
    return make_call(isolate);
}

oc_rc isolate_open(struct isolate *isolate, struct plugin_instance *instance, struct io_venue *venue,
                   struct error *ret_error)
{
    isolate->instance = instance;
    isolate->venue = venue;
    isolate->plugin = *isolate->entry->plugin;
    isolate->plugin.close = call_close;
    isolate->looked_ns = env_clock_mono();
    plugin_instance_stand_for(instance, &isolate->plugin, isolate);
    const oc_rc rc = begin(isolate);
    isolate->is_lost = false;
    if (rc >= 0)
        return OC_OK;
    error_at(ret_error, rc == OC_E_AGAIN ? (oc_rc)OC_E_IO : rc, "%s", instance->section);
    error_what(ret_error, "its connector did not open in a process of its own: %s",
               instance->said[0] ? instance->said : "see the log");
    return ret_error->rc;
}

static oc_rc again(struct isolate *isolate)
{
    oc_rc rc = begin(isolate);
    if (rc >= 0)
        rc = io_venue_take_codec(isolate->venue, isolate->generation);
    if (rc >= 0) {
        log_warning("venue", "%s: its connector runs again (start %u); the venue is compared before new risk",
                    isolate->instance->section, isolate->generation);
        return OC_OK;
    }
    if (isolate->is_there)
        is_gone(isolate, "did not begin");
    else if (!isolate->is_lost) /* it could not be started at all */
        isolate->again_ns = env_clock_mono() + backoff_ns(isolate->tries++);
    return OC_OK;
}

oc_rc isolate_look(struct isolate *isolate)
{
    const int64_t now_ns = env_clock_mono();
    if (isolate->is_there && now_ns - isolate->looked_ns >= ISOLATE_LOOK_NS) {
        isolate->looked_ns = now_ns;
        if (env_run_has_ended(&isolate->run))
            is_gone(isolate, "has ended");
    }
    if (isolate->is_lost) {
        isolate->is_lost = false;
        const oc_rc rc = io_venue_lose_codec(isolate->venue);
        if (rc < 0)
            return rc;
    }
    return isolate->is_there || now_ns < isolate->again_ns ? (oc_rc)OC_OK : again(isolate);
}

int64_t isolate_wait_ns(const struct isolate *isolate)
{
    if (isolate->is_lost)
        return 0;
    const int64_t left_ns =
        (isolate->is_there ? isolate->looked_ns + ISOLATE_LOOK_NS : isolate->again_ns) - env_clock_mono();
    return left_ns > 0 ? left_ns : 0;
}
