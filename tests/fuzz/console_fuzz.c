/* console_fuzz.c: lines of a console, good and bad, against the service of a small engine: questions and commands. What must hold: no
 * crash, an answer is whole JSON or a refusal, and the engine counts no alarm. */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"
#include "base/line.h"
#include "serve/console_service.h"

static struct engine *engine;
static struct console_service *service;
static struct console_service_host host;
static uint64_t seq;
static uint32_t inst, account;

static void record(struct oc_event *event)
{
    event->seq = ++seq;
    console_service_record(service, event);
}

/* What an input came to: recorded and sent to nobody. */
static void come_to(void)
{
    const struct engine_out *out = engine_out(engine);
    for (uint32_t i = 0; i < out->entry_count; i++) {
        const struct out_entry *entry = &out->entries[i];
        record(out_record(out, entry));
        if (entry->kind == OUT_REQUEST && out->requests[entry->at].is_denied) {
            struct oc_ev_denied denial = out_denial(&out->requests[entry->at]);
            record(&denial.head);
        }
    }
    engine_batch_done(engine, true);
    engine_clear_out(engine);
}

static void host_status(void *self, struct console_service_status *ret_status)
{
    (void)self;
    *ret_status = (struct console_service_status){.mode = "paper", .version = "0", .currency = "USDT"};
}

static bool host_command(void *self, const char *text, size_t size, struct text *reply)
{
    (void)self;
    (void)text;
    (void)size;
    json_refusal(reply, "NO", "no");
    return false;
}

static oc_rc host_control(void *self, const struct command_words *words, struct text *reply)
{
    (void)words;
    host_command(self, "", 0, reply);
    return OC_E_INVALID;
}

static bool host_words(void *self, const struct command_words *words, struct text *reply)
{
    (void)words;
    return host_command(self, "", 0, reply);
}

static bool host_prepare(void *self, struct command_words *words, struct text *reply)
{
    (void)self;
    (void)words;
    (void)reply;
    return true;
}

static bool host_list(void *self, const char *word, const struct command_words *words, struct text *reply)
{
    (void)word;
    return host_words(self, words, reply);
}

static bool host_origin(void *self, uint64_t order, uint32_t strategy, struct console_service_origin *ret_origin)
{
    (void)self;
    (void)order;
    (void)strategy;
    (void)ret_origin;
    return false;
}

static const char *host_name(void *self, uint32_t strategy)
{
    (void)self;
    return strategy ? "s" : NULL;
}

static bool host_fee(void *self, bool is_maker, struct oc_dec *ret_rate)
{
    (void)self;
    (void)is_maker;
    *ret_rate = (struct oc_dec){1, 3, 0};
    return true;
}

static void input(void *event)
{
    struct oc_event *head = event;
    head->seq = ++seq;
    head->local_ns = head->venue_ns = (int64_t)seq * 1000000;
    console_service_market(service, head);
    engine_input(engine, head, true);
    come_to();
}

static struct oc_dec host_spread(void *self)
{
    (void)self;
    return (struct oc_dec){1, 4, 0};
}

static void open_all(void)
{
    const struct engine_config config = {.epoch = 1};
    struct oc_instrument info = {.size = sizeof info,
                                 .kind = OC_KIND_SPOT,
                                 .status = OC_STATUS_TRADING,
                                 .price_step = {1, 2, 0},
                                 .qty_step = {1, 3, 0},
                                 .contract_size = {1, 0, 0},
                                 .venue = "test",
                                 .symbol = "BTC/USDT"};
    if (engine_new(&config, &engine) < 0)
        abort();
    instruments_asset(engine_instruments(engine), "BTC", &info.base);
    instruments_asset(engine_instruments(engine), "USDT", &info.quote);
    instruments_add(engine_instruments(engine), &info, &inst);
    portfolio_add_account(engine_portfolio(engine), "main", "test", info.quote, 0, &account);
    host = (struct console_service_host){NULL,         host_status, host_command, host_control, host_words,
                                         host_prepare, host_list,   host_origin,  host_name,    host_fee,
                                         host_spread,  NULL,        NULL,         NULL};
    const struct console_service_config service_config = {.engine = engine, .host = &host, .account = account};
    if (console_service_new(&service_config, &service) < 0)
        abort();
    struct oc_ev_trade trade = {.head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = inst}, .price = 10000};
    input(&trade);
}

static void close_all(void)
{
    console_service_free(service);
    engine_free(engine);
}

static void look_at(const struct text *reply)
{
    struct json_tokener *tokener = json_tokener_new();
    struct json_object *object = tokener ? json_tokener_parse_ex(tokener, reply->data, (int)reply->size) : NULL;
    if (tokener && (!object || !json_object_is_type(object, json_type_object)))
        abort(); /* an answer is one object */
    json_object_put(object);
    if (tokener)
        json_tokener_free(tokener);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    union {
        struct oc_ev_text event;
        char bytes[8192];
    } command;
    struct text reply;
    char line[4096];
    if (size > 4000)
        return 0;
    open_all();
    text_init_grow(&reply, COMMAND_LINE_MAX);
    for (size_t at = 0; at < size;) { /* a line each */
        const uint8_t *end = memchr(data + at, '\n', size - at);
        size_t length = (end ? (size_t)(end - data) : size) - at;
        memcpy(line, data + at, length);
        line[length] = 0;
        struct command_words words = {.count = 0};
        memset(&command, 0, sizeof command);
        command.event.head = (struct oc_event){.size = (uint32_t)((sizeof command.event + length + 7) & ~7ull),
                                               .type = OC_EV_COMMAND,
                                               .seq = ++seq,
                                               .local_ns = (int64_t)seq * 1000000,
                                               .inst = 0};
        command.event.text_size = (uint32_t)length;
        memcpy(&command.event + 1, line, length);
        words.count = line_split(line, words.fields, COMMAND_FIELDS_MAX);
        text_clear(&reply);
        if (words.count <= COMMAND_FIELDS_MAX && (console_service_ask(service, &words, &reply) || reply.size))
            look_at(&reply);
        text_clear(&reply);
        engine_input(engine, &command.event.head, true);
        console_service_record(service, &command.event.head);
        console_service_execute(service, &command.event, &reply);
        come_to();
        look_at(&reply);
        at += length + 1;
    }
    if (engine_stats(engine)->alarms)
        abort();
    text_release(&reply);
    close_all();
    return 0;
}
