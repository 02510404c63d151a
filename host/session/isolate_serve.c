/* isolate_serve.c: the process of one connector: the codec, called as its host says. */
#include <string.h>

#include "base/log.h"
#include "session/isolate_impl.h"

enum { EXIT_BAD = 1 };

/* A plugin that is opened says to the log why it is not. */
static oc_rc say(const struct error *error, oc_rc rc)
{
    char words[ERROR_TEXT_MAX];
    error_text(error, words);
    isolate_log(OC_LOG_ERROR, words);
    return rc;
}

static oc_rc call_open(struct wire *in)
{
    uint32_t size, value_size, origin_size;
    struct load_report report;
    struct error error = {0};
    const char *path = wire_take_bytes(in, &size), *id = wire_take_bytes(in, &size),
               *section = wire_take_bytes(in, &size);
    const uint64_t hash = (uint64_t)wire_take_number(in);
    const int64_t count = wire_take_number(in);
    if (in->is_bad)
        return OC_E_DATA;
    for (int64_t i = 0; i < count && !in->is_bad; i++) {
        const char *key = wire_take_bytes(in, &size), *value = wire_take_bytes(in, &value_size),
                   *origin = wire_take_bytes(in, &origin_size);
        if (key && value && origin && settings_set(&here.settings, key, value, origin) < 0)
            return say(&here.settings.error, OC_E_CONFIG);
    }
    registry_init(&here.registry);
    if (load_plugin(&here.registry, path, NULL, &report) < 0)
        return say(&error, error_say(&error, OC_E_DATA, path, "it could not be loaded"));
    const struct registry_entry *entry = registry_find(&here.registry, OC_CONNECTOR, id);
    if (!entry || entry->hash != hash)
        return say(&error, error_say(&error, OC_E_DATA, path, "it is not the file any more that the host has loaded"));
    here.instance.settings = &here.settings;
    here.instance.services = isolate_service;
    strncpy(here.instance.section, section, sizeof here.instance.section - 1);
    const oc_rc rc = plugin_instance_open(&here.instance, &here.registry, OC_CONNECTOR, id, &error);
    if (rc < 0)
        return say(&error, rc);
    here.table = registry_interface(entry->plugin, OC_CONNECTOR);
    return OC_OK;
}

static oc_rc call_stream(struct wire *in)
{
    struct oc_stream stream;
    wire_take_into(in, &stream, sizeof stream);
    stream.bytes = wire_take_bytes(in, &stream.bytes_size);
    return here.table->stream(here.instance.self, &stream);
}

static oc_rc call_message(struct wire *in)
{
    struct oc_message message;
    wire_take_into(in, &message, sizeof message);
    message.bytes = wire_take_bytes(in, &message.bytes_size);
    return here.table->message(here.instance.self, &message);
}

static oc_rc call_response(struct wire *in)
{
    struct oc_response response;
    uint32_t size = 0;
    wire_take_into(in, &response, sizeof response);
    response.headers = wire_take_bytes(in, &response.headers_size);
    response.body = wire_take_bytes(in, &response.body_size);
    response.asked = wire_take_bytes(in, &response.asked_size);
    if (!response.asked_size)
        response.asked = NULL;
    const bool has_fetch = wire_take_number(in);
    const void *fetch = wire_take_bytes(in, &size);
    response.fetch = has_fetch ? fetch : NULL;
    return here.table->response(here.instance.self, &response);
}

static oc_rc call_request(struct wire *in)
{
    const uint32_t count = (uint32_t)wire_take_number(in), batch = (uint32_t)wire_take_number(in);
    uint32_t size;
    const struct oc_venue_request *first = wire_take_bytes(in, &size);
    return here.table->request(here.instance.self, first, size, count, batch);
}

static oc_rc call_subscribe(struct wire *in)
{
    const uint32_t stream = (uint32_t)wire_take_number(in), how = (uint32_t)wire_take_number(in),
                   count = (uint32_t)wire_take_number(in);
    const struct oc_sub *subs = wire_take(in, count * sizeof *subs);
    return here.table->subscribe(here.instance.self, stream, how, subs, count);
}

/* Structs of calls lie in the frame as they lay in the host. */
static oc_rc call(enum isolate_kind kind, struct wire *in)
{
    void *self = here.instance.self;
    if (kind == ISOLATE_OPEN)
        return call_open(in);
    if (!here.table)
        return OC_E_STATE;
    switch ((int)kind) {
    case ISOLATE_START:
        return here.table->start(self, wire_take(in, sizeof(struct oc_start)));
    case ISOLATE_ACCOUNT:
        return here.table->account(self, wire_take(in, sizeof(struct oc_account)));
    case ISOLATE_FETCH:
        return here.table->fetch(self, wire_take(in, sizeof(struct oc_fetch)));
    case ISOLATE_SUBSCRIBE:
        return call_subscribe(in);
    case ISOLATE_STREAM:
        return call_stream(in);
    case ISOLATE_MESSAGE:
        return call_message(in);
    case ISOLATE_RESPONSE:
        return call_response(in);
    case ISOLATE_REQUEST:
        return call_request(in);
    case ISOLATE_TIMER: {
        const uint64_t timer = (uint64_t)wire_take_number(in), user = (uint64_t)wire_take_number(in);
        return here.table->timer(self, timer, user);
    }
    case ISOLATE_QUIESCE:
        return here.table->quiesce(self, wire_take_number(in));
    default: /* CLOSE */
        plugin_instance_close(&here.instance);
        here.table = NULL;
        return OC_OK;
    }
}

static void put_events(struct wire *out)
{
    for (size_t at = 0; at < here.events_size;) {
        uint64_t size;
        memcpy(&size, here.events + at, sizeof size);
        wire_put_bytes(out, here.events + at + sizeof size, size);
        at += sizeof size + size;
    }
}

int isolate_serve(void)
{
    enum isolate_kind kind = ISOLATE_NONE;
    env_run_is_child(&here.host);
    log_set_level(LOG_ERROR);
    while (wire_receive(&here.in, &here.host, INT64_MAX, &kind) == OC_OK) {
        if (kind == ISOLATE_NONE || kind > ISOLATE_CLOSE)
            return EXIT_BAD;
        here.now_ns = wire_take_number(&here.in);
        here.room = (size_t)wire_take_number(&here.in);
        isolate_names_are(wire_take_number(&here.in));
        here.events_size = 0;
        here.event_count = 0;
        here.open = NULL;
        const oc_rc rc = call(kind, &here.in);
        wire_begin(&here.out, ISOLATE_DONE);
        wire_put_number(&here.out, rc);
        wire_put_number(&here.out, rc >= 0 ? here.event_count : 0);
        if (rc >= 0)
            put_events(&here.out);
        if (wire_send(&here.out, &here.host, INT64_MAX) < 0)
            return EXIT_BAD;
    }
    return 0;
}
