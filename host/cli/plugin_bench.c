#include "cli/plugin_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/order_ids.h"
#include "io/client_id.h"

static oc_rc take_instrument(struct bench_world *world, const char *symbol, const char *price_step,
                             const char *qty_step)
{
    struct instruments *instruments = engine_instruments(world->engine);
    struct oc_instrument *info = &world->instrument;
    char base[OC_SYMBOL_MAX];
    *info = (struct oc_instrument){.size = sizeof *info,
                                   .kind = OC_KIND_SPOT,
                                   .status = OC_STATUS_TRADING,
                                   .contract_size = {1, 0, 0},
                                   .venue = "bench"};
    snprintf(base, sizeof base, "%s", symbol);
    char *slash = strchr(base, '/');
    if (!slash || strlen(symbol) >= sizeof info->symbol)
        return OC_E_INVALID;
    *slash = 0;
    char *settle = strchr(slash + 1, ':'); /* a contract */
    if (settle)
        *settle++ = 0;
    if (settle)
        info->kind = strcmp(settle, slash + 1) == 0 ? OC_KIND_LINEAR : OC_KIND_INVERSE;
    snprintf(info->symbol, sizeof info->symbol, "%s", symbol);
    oc_rc rc = text_to_decimal(price_step, strlen(price_step), &info->price_step.units, &info->price_step.scale);
    if (rc == OC_OK)
        rc = text_to_decimal(qty_step, strlen(qty_step), &info->qty_step.units, &info->qty_step.scale);
    if (rc == OC_OK)
        rc = instruments_asset(instruments, base, &info->base);
    if (rc == OC_OK)
        rc = instruments_asset(instruments, slash + 1, &info->quote);
    info->settle = info->quote;
    if (rc == OC_OK && settle)
        rc = instruments_asset(instruments, settle, &info->settle);
    if (rc == OC_OK)
        rc = instruments_add(instruments, info, &info->inst);
    return rc;
}

oc_rc bench_world_init(struct bench_world *world, const char *symbol, const char *price_step, const char *qty_step,
                       const char *cash, struct error *ret_error)
{
    const struct engine_config config = {.epoch = 3}; /* requests of bench_request are 1, fills 2 */
    struct oc_ev_balance balance = {.head = {.size = sizeof balance, .type = OC_EV_BALANCE}};
    world->now_ns = BENCH_START_NS;
    oc_rc rc = engine_new(&config, &world->engine);
    if (rc == OC_OK)
        rc = take_instrument(world, symbol, price_step, qty_step);
    if (rc == OC_OK)
        rc = portfolio_add_account(engine_portfolio(world->engine), "main", "bench", world->instrument.quote, 0,
                                   &world->account);
    if (rc == OC_OK)
        rc = text_to_decimal(cash, strlen(cash), &balance.total.units, &balance.total.scale);
    balance.account = balance.head.source = world->account;
    balance.asset = world->instrument.quote;
    if (rc == OC_OK)
        rc = bench_input(world, &balance.head);
    if (rc < 0)
        return error_of_code(ret_error, rc, symbol, "there can be no such instrument or account");
    return rc;
}

void bench_world_release(struct bench_world *world)
{
    engine_free(world->engine);
    world->engine = NULL;
}

static oc_rc intern(void *self, const char *name, uint32_t size, uint32_t *ret_asset)
{
    const struct bench_world *world = self;
    char text[OC_ASSET_MAX];
    snprintf(text, sizeof text, "%.*s", (int)size, name);
    return instruments_asset(engine_instruments(world->engine), text, ret_asset);
}

static const char *asset_text(void *self, uint32_t asset)
{
    const struct bench_world *world = self;
    struct instruments *instruments = engine_instruments(world->engine);
    return asset && asset < instruments_asset_count(instruments) ? instruments_asset_name(instruments, asset) : NULL;
}

/* The names of an order as the venue said them last: what changes or cancels it goes by them. */
static void called(void *self, uint64_t order, struct oc_id *ret_client, struct oc_id *ret_venue)
{
    const struct bench_called *known = &((const struct bench_world *)self)->called[order % BENCH_CALLED_MAX];
    if (known->order != order)
        return;
    *ret_client = known->client;
    *ret_venue = known->venue_order;
}

/* The order that our name of it names; 0: it is none of the orders that were sent. */
static uint64_t order_named(const struct bench_world *world, const struct oc_venue *said, const struct oc_id *client)
{
    struct oc_id ours;
    for (uint64_t n = 1; client && client->size && n <= world->orders; n++) {
        const uint64_t order = 1ull << 40 | n;
        client_id_make(said, 0, order, 0, &ours);
        if (memcmp(client, &ours, sizeof ours) == 0)
            return order;
    }
    return 0;
}

void bench_hear(struct bench_plugin *bench, const struct oc_event *event)
{
    struct bench_world *world = bench->world;
    const struct oc_ev_venue_answer *answer = (const struct oc_ev_venue_answer *)(const void *)event;
    const bool is_answer = event->type >= OC_EV_ACCEPTED && event->type <= OC_EV_SENT;
    const struct names_said names =
        is_answer || event->type == OC_EV_ORDER ? names_said_by(event) : (struct names_said){{NULL, NULL}};
    const struct oc_id *client = names.of[ID_CLIENT], *number = names.of[ID_VENUE];
    if ((event->type == OC_EV_ACCEPTED || event->type == OC_EV_AMENDED) && event->size >= sizeof *answer &&
        answer->answer.order) {
        world->called[answer->answer.order % BENCH_CALLED_MAX] =
            (struct bench_called){answer->answer.order, answer->client, answer->venue_order};
        return;
    }
    const uint64_t order =
        number && number->size ? order_named(world, ((const struct oc_connector *)bench->table)->venue, client) : 0;
    if (order)
        world->called[order % BENCH_CALLED_MAX] = (struct bench_called){order, *client, *number};
}

oc_rc bench_connect(struct bench_plugin *bench)
{
    struct bench_world *world = bench->world;
    const struct oc_account account = {.size = sizeof account,
                                       .account = world->account,
                                       .source = world->account,
                                       .state = 1,
                                       .name = "main",
                                       .venue_account = {.size = 12, .text = "test-account"}};
    const struct oc_connector *table = bench->table;
    oc_rc rc = io_venue_start(&bench->venue, bench->instance.self);
    if (rc >= 0)
        rc = io_venue_account(&bench->venue, &account);
    if (rc >= 0)
        rc = io_venue_instrument(&bench->venue, &world->instrument);
    for (uint32_t i = 0; i < table->venue->topic_count && rc >= 0; i++) {
        const bool is_private = table->venue->topics[i].topic == OC_TOPIC_PRIVATE;
        const struct oc_sub sub = {.inst = is_private ? 0 : world->instrument.inst,
                                   .topic = table->venue->topics[i].topic,
                                   .account = is_private ? world->account : 0};
        rc = io_venue_subscribe(&bench->venue, &sub);
    }
    return rc;
}

oc_rc bench_plugin_open(struct bench_plugin *bench, struct bench_world *world, const struct oc_plugin *plugin,
                        const struct io_link *link, struct error *ret_error)
{
    struct plugin_instance *instance = &bench->instance;
    bench->world = world;
    oc_rc rc = feed_init(&bench->feed, FEED_SIZE_MIN, world->account);
    if (rc < 0)
        return error_of_code(ret_error, rc, plugin->id, "");
    instance->settings = world->settings;
    instance->now_ns = &world->now_ns;
    instance->seed = 1;
    instance->sim_answers = &bench->answers;
    instance->impl.feed = &bench->feed;
    snprintf(instance->section, sizeof instance->section, BENCH_SECTION);
    bench->table = registry_interface(plugin, plugin->kind);
    if (link) {
        const struct io_world io = {.now_ns = &world->now_ns,
                                    .seed = 1,
                                    .env = OC_ENV_LOCAL,
                                    .market_source = world->account,
                                    .self = world,
                                    .called = called,
                                    .assets = {world, intern, asset_text}};
        rc = io_venue_init(&bench->venue, bench->table, plugin->id, link, &io);
        if (rc < 0)
            return error_of_code(ret_error, rc, plugin->id, "");
        bench->venue.is_silent = true;
        instance->impl.venue = &bench->venue;
    }
    rc = plugin_instance_open(instance, world->registry, plugin->kind, plugin->id, ret_error);
    return rc < 0 ? rc : sim_answers_init(&bench->answers, bench->table, instance->self);
}

void bench_plugin_close(struct bench_plugin *bench)
{
    if (bench->instance.plugin)
        bench_call(bench, "close");
    plugin_instance_close(&bench->instance);
    plugin_call_end();
    sim_answers_release(&bench->answers);
    feed_release(&bench->feed);
    io_venue_release(&bench->venue);
    transcript_release(&bench->transcript);
}

void bench_call(struct bench_plugin *bench, const char *call)
{
    bench->site = (struct plugin_site){bench->instance.plugin->id, call};
    plugin_call_begin(&bench->site);
}

struct oc_request bench_request(struct bench_world *world, uint8_t side, int64_t qty, int64_t price)
{
    const uint64_t id = 1ull << 40 | ++world->orders;
    return (struct oc_request){.head = {.size = sizeof(struct oc_request),
                                        .type = OC_EV_REQUEST,
                                        .source = world->account,
                                        .inst = world->instrument.inst,
                                        .venue_ns = world->now_ns,
                                        .local_ns = world->now_ns,
                                        .seq = ++world->seq},
                               .id = id,
                               .order = id,
                               .price = price,
                               .qty = qty,
                               .bits = OC_RQ_HAS_QTY | (price ? OC_RQ_HAS_PRICE : 0u),
                               .account = world->account,
                               .kind = OC_REQUEST_NEW,
                               .side = side,
                               .type = price ? OC_ORDER_LIMIT : OC_ORDER_MARKET,
                               .tif = OC_TIF_GTC,
                               .owner = OC_OWNER_CONSOLE};
}

struct oc_request bench_cancel(struct bench_world *world, uint64_t order)
{
    struct oc_request cancel = bench_request(world, OC_SIDE_NONE, 0, 0);
    cancel.kind = OC_REQUEST_CANCEL;
    cancel.order = order;
    cancel.type = OC_ORDER_NONE;
    cancel.bits = 0;
    return cancel;
}

struct oc_request bench_amend(struct bench_world *world, uint64_t order, int64_t qty, int64_t price)
{
    const struct order *open = orders_find(engine_orders(world->engine), order);
    struct oc_request amend = bench_request(world, open ? open->now.side : OC_SIDE_NONE, qty, price);
    amend.kind = OC_REQUEST_AMEND;
    amend.order = order;
    amend.type = open ? open->now.type : OC_ORDER_NONE;
    return amend;
}

uint64_t bench_open_order(struct bench_world *world, uint8_t side, int64_t qty, int64_t price)
{
    struct oc_request request = bench_request(world, side, qty, price);
    struct engine_refusal refusal = {0};
    request.id = request.order = 0; /* the engine's to give */
    if (engine_begin(world->engine, 0) < 0)
        return 0;
    const bool is_allowed = engine_submit(world->engine, &request, &refusal) == OC_OK;
    engine_end(world->engine, true);
    engine_batch_done(world->engine, true);
    engine_clear_out(world->engine);
    struct oc_ev_answer answer = {.head = {.size = sizeof answer,
                                           .type = OC_EV_ACCEPTED,
                                           .source = world->account,
                                           .inst = world->instrument.inst},
                                  .order = request.order,
                                  .request = request.id,
                                  .cum_qty = -1};
    return is_allowed && bench_input(world, &answer.head) == OC_OK ? request.order : 0;
}

oc_rc bench_input(struct bench_world *world, struct oc_event *event)
{
    event->seq = ++world->seq;
    event->local_ns = world->now_ns;
    if (!event->venue_ns)
        event->venue_ns = world->now_ns;
    oc_rc rc = engine_input(world->engine, event, true);
    engine_clear_out(world->engine);
    return rc;
}

struct oc_ev_trade bench_trade(struct bench_world *world, int64_t price)
{
    return (struct oc_ev_trade){
        .head = {.size = sizeof(struct oc_ev_trade), .type = OC_EV_TRADE, .inst = world->instrument.inst},
        .price = price,
        .qty = 1000,
        .present = OC_HAS_QTY};
}

struct oc_ev_fill bench_fill(struct bench_world *world, uint8_t side, int64_t qty, int64_t price)
{
    struct oc_ev_fill fill = {.head = {.size = sizeof fill,
                                       .type = OC_EV_FILL,
                                       .flags = OC_EVF_NEW | OC_EVF_LAST,
                                       .source = world->account,
                                       .inst = world->instrument.inst},
                              .order = 2ull << 40 | ++world->orders,
                              .price = price,
                              .qty = qty,
                              .fee_asset = world->instrument.quote,
                              .side = side};
    fill.trade_id_size =
        (uint8_t)snprintf(fill.trade_id, sizeof fill.trade_id, "b%llu", (unsigned long long)world->orders);
    return fill;
}
