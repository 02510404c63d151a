#include "session/venue_world.h"

#include <string.h>

#include "io/client_id.h"
#include "journal/door.h"
#include "session/links.h"
#include "session/venue_keys.h"
#include "session/venue_net.h"

static oc_rc intern(void *self, const char *name, uint32_t size, uint32_t *ret_asset)
{
    const struct venue_link *link = self;
    char text[OC_ASSET_MAX];
    if (size >= sizeof text)
        return OC_E_INVALID;
    memcpy(text, name, size);
    text[size] = 0;
    return instruments_asset(engine_instruments(link->world.engine), text, ret_asset);
}

static const char *asset_text(void *self, uint32_t asset)
{
    const struct venue_link *link = self;
    struct instruments *instruments = engine_instruments(link->world.engine);
    return asset && asset < instruments_asset_count(instruments) ? instruments_asset_name(instruments, asset) : NULL;
}

static bool has_order(void *self, uint64_t order)
{
    const struct venue_link *link = self;
    return link->again ? names_again_find(link->again, order) != NULL
                       : orders_find(engine_orders(link->world.engine), order) != NULL;
}

/* While its records are gone through, as it was then. */
static void called(void *self, uint64_t order, struct oc_id *ret_client, struct oc_id *ret_venue)
{
    const struct venue_link *link = self;
    if (!link->again) {
        engine_order_called(link->world.engine, order, ret_client, ret_venue);
        return;
    }
    const struct order_called *known = names_again_find(link->again, order);
    *ret_client = known ? known->now[ID_CLIENT] : (struct oc_id){0};
    *ret_venue = known ? known->now[ID_VENUE] : (struct oc_id){0};
}

static void position(void *self, uint64_t order, struct oc_id *ret_position)
{
    const struct venue_link *link = self;
    if (!link->again) {
        engine_order_position(link->world.engine, order, ret_position);
        return;
    }
    const struct order_called *known = names_again_find(link->again, order);
    *ret_position = known ? known->position : (struct oc_id){0};
}

/* What was asked for and is not answered, as far as is known; 0: nothing. Of an order that nobody has seen at its venue, whether it is
 * there is the first question. */
static uint8_t asked_of(const struct order *order, bool is_proven)
{
    const bool is_open_question = order->state == STATE_SUBMITTED || order->state == STATE_UNKNOWN ||
                                  order->state == STATE_PENDING_CANCEL || order->state == STATE_PENDING_UPDATE;
    if (!order->ask_request && !is_open_question)
        return 0;
    return !is_proven ? OC_REQUEST_NEW : (order->ask_request ? OC_REQUEST_AMEND : OC_REQUEST_CANCEL);
}

struct io_open_order venue_world_open(const struct order *order)
{
    struct io_open_order open = {.now = order->now, .request = order->ask_request, .revision = order->ask_revision};
    open.is_proven =
        order->is_accepted || order->is_triggered || order->filled || (order->said && order->said->is_taken);
    open.asked = asked_of(order, open.is_proven);
    open.is_unknown = order->ask_request ? order->ask_is_lost != 0 : order->state == STATE_UNKNOWN;
    return open;
}

static bool next_open(void *self, uint64_t after, struct io_open_order *ret_open)
{
    const struct venue_link *link = self;
    struct orders *orders = engine_orders(link->world.engine);
    const struct order *last = after ? orders_find(orders, after) : NULL;
    const struct order *order = last ? last->younger : orders_open_first(orders);
    while (order && !venue_link_has(link, order->now.account))
        order = order->younger;
    if (!order || (after && !last))
        return false;
    *ret_open = venue_world_open(order);
    return true;
}

static int64_t clock_now(void *self)
{
    const struct venue_link *link = self;
    return net_loop_now(link->world.links->loop);
}

struct io_world venue_world_of(struct venue_link *link)
{
    const bool is_network = venue_net_is(link->settings, link->name);
    return (struct io_world){.now_ns = &link->now_ns,
                             .seed = link->world.seed,
                             .env = venue_env(link->settings, link->name),
                             .keys = &link->keyring,
                             .market_source = link->accounts[0],
                             .assets = {link, intern, asset_text},
                             .has_order = has_order,
                             .called = called,
                             .position = position,
                             .next_open = next_open,
                             .limits = link->limits.map ? &link->limits : NULL,
                             .title = link->name,
                             .wire = link->net && wire_log_is_on(&link->world.links->wire, WIRE_ERRORS)
                                         ? (struct wire_log *)(uintptr_t)&link->world.links->wire
                                         : NULL,
                             .clock = link->net ? clock_now : NULL,
                             .clock_steps = link->net ? net_loop_steps(link->world.links->loop) : NULL,
                             .client_tag = is_network ? client_id_tag(door_session(link->world.door)) : 0,
                             .syncs = is_network && !link->is_feed,
                             .self = link};
}

static const struct oc_connector *connector_of(struct registry *registry, const struct parts *parts, uint32_t place)
{
    const struct part *part = parts ? parts_at(parts, PART_CONNECTOR, place) : NULL;
    const struct registry_entry *entry = part ? registry_find(registry, OC_CONNECTOR, part->id) : NULL;
    return entry ? registry_interface(entry->plugin, OC_CONNECTOR) : NULL;
}

oc_rc venue_link_describe(struct venue_link *link, struct registry *registry, const struct parts *parts, uint32_t place,
                          struct error *ret_error)
{
    const struct oc_connector *table = link->records_dir ? NULL : connector_of(registry, parts, place);
    uint32_t can, own, slip_ppm, fixed;
    int64_t after_ns;
    *ret_error = (struct error){0};
    if (!table) /* opening it says so */
        return OC_OK;
    bool fetches;
    struct venue_protection protection;
    struct venue_books books;
    struct engine_bars bars;
    oc_rc rc = venue_net_is(link->settings, link->name)
                   ? venue_net_describe(link->settings, link->name, table->venue, ret_error)
                   : (oc_rc)OC_OK;
    if (rc == OC_OK)
        rc = venue_cancel_all(link->settings, link->name, table->venue, &can, ret_error);
    if (rc == OC_OK)
        rc = venue_fetch_fills(link->settings, link->name, table->venue, &fetches, ret_error);
    if (rc == OC_OK)
        rc = venue_own_way(link->settings, link->name, table->venue, &own, ret_error);
    if (rc == OC_OK)
        rc = venue_protect(link->settings, link->name, table->venue, &protection, ret_error);
    if (rc == OC_OK)
        rc = venue_stop_slip(link->settings, link->name, table->venue, &slip_ppm, ret_error);
    if (rc == OC_OK)
        rc = venue_move_stops(link->settings, link->name, table->venue, &fixed, ret_error);
    if (rc == OC_OK)
        rc = venue_books(link->settings, link->name, table->venue, &books, ret_error);
    if (rc == OC_OK)
        rc = venue_bars(link->settings, link->name, table->venue, &bars, ret_error);
    return rc < 0 ? rc : venue_deadman(link->settings, link->name, table->venue, &after_ns, ret_error);
}

oc_rc venue_world_guard(struct venue_link *link, struct error *ret_error)
{
    int64_t after_ns = 0;
    uint32_t can = 0, own = 0, slip_ppm = 0, fixed = 0;
    bool fetches = false;
    struct venue_protection protection = {0};
    struct engine_bars bars;
    oc_rc rc = venue_cancel_all(link->settings, link->name, NULL, &can, ret_error);
    if (rc == OC_OK)
        rc = venue_fetch_fills(link->settings, link->name, NULL, &fetches, ret_error);
    if (rc == OC_OK)
        rc = venue_own_way(link->settings, link->name, NULL, &own, ret_error);
    if (rc == OC_OK)
        rc = venue_protect(link->settings, link->name, NULL, &protection, ret_error);
    if (rc == OC_OK)
        rc = venue_stop_slip(link->settings, link->name, NULL, &slip_ppm, ret_error);
    if (rc == OC_OK)
        rc = venue_move_stops(link->settings, link->name, NULL, &fixed, ret_error);
    if (rc == OC_OK)
        rc = venue_books(link->settings, link->name, NULL, &link->keeps, ret_error);
    if (rc == OC_OK)
        rc = venue_bars(link->settings, link->name, NULL, &bars, ret_error);
    if (rc < 0)
        return rc;
    for (uint32_t i = 0; i < link->account_count; i++) {
        engine_set_cancel_all(link->world.engine, link->accounts[i], can);
        engine_set_asks_fills(link->world.engine, link->accounts[i], fetches);
        engine_set_own_way(link->world.engine, link->accounts[i], own);
        engine_set_stop_slip(link->world.engine, link->accounts[i], slip_ppm);
        engine_set_fixed_stops(link->world.engine, link->accounts[i], link->is_feed ? 0 : fixed);
        if (!link->is_feed) /* a simulator holds both */
            engine_set_protect(link->world.engine, link->accounts[i], protection.protect, protection.lacks_stops);
        engine_set_books(link->world.engine, link->accounts[i], link->keeps.policy, link->keeps.levels);
        engine_set_bars(link->world.engine, link->accounts[i], &bars);
    }
    if (!link->table)
        return OC_OK;
    rc = venue_deadman(link->settings, link->name, link->table->venue, &after_ns, ret_error);
    for (uint32_t i = 0; i < link->account_count && rc == OC_OK && after_ns; i++)
        rc = io_venue_deadman(&link->venue, link->accounts[i], after_ns);
    return rc;
}
