/* venue_link_kit.h: a venue whose connector is a codec for lines and whose exchange is a transcript, over an engine without a
 * session; what its inbox is given next, as a line. */
#ifndef SUPPORT_VENUE_LINK_KIT_H
#define SUPPORT_VENUE_LINK_KIT_H

#include "session/venue_link.h"

#include <unistd.h>

#include "base/log.h"
#include "base/plugin_call.h"
#include "journal/door.h"
#include "support/engine_fixture.h"
#include "support/env_sim.h"
#include "support/said.h"

#include <outcry/outcry.h>

#define BEGIN_NS   1767623400000000000LL /* 2026-01-05T14:30:00Z */
#define S          1000000000LL
#define SAID_FLAGS (OC_EVF_LAST | OC_EVF_REPLAYED | OC_EVF_MORE | OC_EVF_FORMING | OC_EVF_PAST | OC_EVF_INFERRED)

/* ---- the connector ---- */

static struct codec {
    const struct oc_host *host;
    const struct oc_svc_feed *feed;
    const struct oc_svc_net *net;
    uint32_t stream, inst;
    oc_rc start, subscribe, quiesce;
    int opened, closed, subscribed, quiesced;
    int64_t deadline_ns;
} codec;

/* The host says whose call is under way. */
static void is_called(const char *call)
{
    const struct plugin_site *site = plugin_call_now.site;
    assert_non_null(site);
    assert_string_equal(site->plugin, "org.example.lines");
    assert_string_equal(site->call, call);
}

static oc_rc push(void *made, size_t size, uint16_t type)
{
    struct oc_event *event = made, *room;
    event->size = (uint32_t)size;
    event->type = type;
    event->flags = 0xffff;
    event->seq = event->cause = 77; /* what it has no say in */
    if (!event->inst)
        event->inst = codec.inst;
    oc_rc rc = codec.feed->reserve(codec.host, (uint32_t)size, &room);
    if (rc < 0)
        return rc;
    memcpy(room, event, size);
    return codec.feed->commit(codec.host, room);
}

/* "trade PRICE [SECOND]", "stranger PRICE", "odd", "ack ORDER", "words ORDER COUNT", "fill ORDER QTY PRICE TRADE", "money TOTAL". */
static oc_rc message(void *self, const struct oc_message *heard)
{
    char line[256] = "", word[16] = "", id[16] = "";
    long long a = 0, b = 0, c = 0;
    (void)self;
    is_called("message");
    assert_int_equal(heard->stream, codec.stream);
    memcpy(line, heard->bytes, heard->bytes_size < sizeof line - 1 ? heard->bytes_size : sizeof line - 1);
    const int count = sscanf(line, "%15s %lld %lld %lld %15s", word, &a, &b, &c, id);
    if (strcmp(word, "trade") == 0 || strcmp(word, "stranger") == 0 || strcmp(word, "odd") == 0) {
        struct oc_ev_trade trade = {.price = a, .qty = 1, .present = OC_HAS_QTY};
        trade.head.venue_ns = count > 2 ? BEGIN_NS + b * S : 0;
        trade.head.source = word[0] == 's' ? 9 : 0;
        return push(&trade, sizeof trade, word[0] == 'o' ? OC_EV_INSTRUMENT : OC_EV_TRADE);
    }
    if (strcmp(word, "fill") == 0) {
        struct oc_ev_fill fill = {.order = (uint64_t)a, .qty = b, .price = c, .side = OC_SIDE_BUY};
        fill.trade_id_size = (uint8_t)strlen(id);
        memcpy(fill.trade_id, id, fill.trade_id_size);
        return push(&fill, sizeof fill, OC_EV_FILL);
    }
    if (strcmp(word, "money") == 0) {
        struct oc_ev_balance balance = {.account = 1, .asset = 2, .total = {a, 0, 0}};
        return push(&balance, sizeof balance, OC_EV_BALANCE);
    }
    if (strcmp(word, "ack") != 0 && strcmp(word, "words") != 0)
        return OC_E_DATA;
    struct {
        struct oc_ev_venue_answer said;
        char text[768];
    } long_one = {.said = {.answer = {.order = (uint64_t)a, .request = (uint64_t)a, .cum_qty = -1},
                           .text_size = (uint32_t)b,
                           .tail = sizeof(struct oc_ev_venue_answer)}};
    if (b == 0)
        return push(&long_one.said.answer, sizeof long_one.said.answer, OC_EV_ACCEPTED);
    memset(long_one.text, 'w', (size_t)b);
    return push(&long_one, sizeof long_one.said + (size_t)(b + 7) / 8 * 8, OC_EV_ACCEPTED);
}

static oc_rc request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch)
{
    const struct oc_request *ask = &first->ask;
    char line[64];
    (void)self, (void)size, (void)batch;
    assert_int_equal(count, 1);
    is_called("request");
    snprintf(line, sizeof line, "new %llu %lld", (unsigned long long)ask->order, (long long)ask->qty);
    return ask->kind == OC_REQUEST_NEW ? oc_send_text(codec.host, codec.stream, line, (uint32_t)strlen(line), ask->id)
                                       : OC_E_NOT_SUPPORTED;
}

static oc_rc open_it(const struct oc_host *host, void **ret_self)
{
    codec.opened++;
    codec.host = host;
    codec.feed = host->service(host, OC_SVC_FEED);
    codec.net = host->service(host, OC_SVC_NET);
    *ret_self = &codec;
    return OC_OK;
}

static void close_it(void *self)
{
    (void)self;
    codec.closed++;
}

static oc_rc start_it(void *self, const struct oc_start *start)
{
    const struct oc_open open = {
        .size = sizeof open, .frame = OC_FRAME_LINES, .carries = OC_TOPIC_TRADES, .endpoint = 0};
    (void)self;
    is_called("start");
    assert_int_equal(start->env, OC_ENV_LOCAL);
    return codec.start < 0 ? codec.start : codec.net->open(codec.host, &open, &codec.stream);
}

static oc_rc account_it(void *self, const struct oc_account *account)
{
    (void)self;
    is_called("account");
    assert_string_equal(account->name, "main");
    return OC_OK;
}

static oc_rc subscribe(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs, uint32_t count)
{
    (void)self;
    is_called("subscribe");
    assert_int_equal(stream, codec.stream);
    assert_int_equal(how, OC_SUB_ADD);
    assert_int_equal(count, 1);
    assert_int_equal(subs->topic, OC_TOPIC_TRADES);
    codec.subscribed++;
    return codec.subscribe;
}

static oc_rc quiesce(void *self, int64_t deadline_ns)
{
    (void)self;
    is_called("quiesce");
    codec.quiesced++;
    codec.deadline_ns = deadline_ns;
    return codec.quiesce;
}

static const struct oc_endpoint endpoints[] = {{.name = "lines", .urls = "tcp://127.0.0.1:1", .env = OC_ENV_LOCAL}};
static const struct oc_topic topics[] = {{.topic = OC_TOPIC_TRADES}};
static const struct oc_venue described = {.size = sizeof described,
                                          .venue = "lines",
                                          .protocol = "1",
                                          .endpoints = endpoints,
                                          .endpoint_count = 1,
                                          .topics = topics,
                                          .topic_count = 1};
static const struct oc_connector table = {.size = sizeof table,
                                          .venue = &described,
                                          .start = start_it,
                                          .account = account_it,
                                          .subscribe = subscribe,
                                          .message = message,
                                          .request = request,
                                          .quiesce = quiesce};
static const struct oc_iface ifaces[] = {{OC_CONNECTOR, &table}, {0}};
static const struct oc_key keys[] = {{0}};
static const struct oc_plugin plugin = {.size = sizeof plugin,
                                        .abi_major = OC_ABI_MAJOR,
                                        .abi_minor = OC_ABI_MINOR,
                                        .kind = OC_CONNECTOR,
                                        .id = "org.example.lines",
                                        .version = "1.0.0",
                                        .license = "MIT",
                                        .about = "lines",
                                        .open = open_it,
                                        .close = close_it,
                                        .ifaces = ifaces,
                                        .keys = keys};

/* ---- the place ---- */

struct place {
    struct fixture *f;
    struct settings settings;
    struct registry registry;
    struct parts parts;
    struct venues venues;
    struct border border;
    struct inbox *inbox;
    struct door *door;
    struct venue_link *link;
    int64_t now_ns;
    bool says_reach; /* whether it is reached */
    struct error error;
    char file[64];
    char came[2048];
};

static char logged[16384];

static void keep_line(void *arg, enum log_level level, const char *line, size_t length)
{
    (void)arg, (void)level;
    strncat(logged, line, length < sizeof logged - strlen(logged) - 2 ? length : 0);
    strcat(logged, "\n");
}

static inline uint32_t logged_lines(const char *words)
{
    uint32_t count = 0;
    log_flush();
    for (const char *at = logged; (at = strstr(at, words)) != NULL; at++)
        count++;
    return count;
}

static inline struct place *place_new(const char *recorded_dir)
{
    struct place *place = calloc(1, sizeof *place);
    codec = (struct codec){.host = NULL};
    logged[0] = '\0';
    log_set_sink(keep_line, NULL);
    place->f = fixture_new(COST_AVERAGE);
    instruments_assets_given(engine_instruments(place->f->engine));
    registry_init(&place->registry);
    place->registry.entries[place->registry.count++].plugin = &plugin;
    place->parts.list[0] =
        (struct part){.use = PART_CONNECTOR, .section = "venue.test", .id = "org.example.lines", .name = "test"};
    place->parts.count = 1;
    place->border = (struct border){.simulator = "org.example.lines", .is_venue = true};
    place->now_ns = BEGIN_NS;
    assert_int_equal(settings_set(&place->settings, "session.venue", "test", "--venue"), OC_OK);
    assert_int_equal(inbox_new(place->f->engine, &place->venues, &place->inbox), OC_OK);
    place->link = venue_link_new(&place->settings, "test", recorded_dir);
    assert_non_null(place->link);
    return place;
}

/* The transcript in a file, as far as the link reads it. */
static inline oc_rc read_script(struct place *place, const char *script, size_t size)
{
    strcpy(place->file, "/tmp/outcry-link-XXXXXX");
    const int file = mkstemp(place->file);
    assert_true(file >= 0);
    assert_int_equal(write(file, script, size), (ssize_t)size);
    close(file);
    assert_int_equal(settings_set(&place->settings, "venue.test.transcript", place->file, "test"), OC_OK);
    oc_rc rc = venue_link_read(place->link, &place->error);
    unlink(place->file);
    return rc;
}

static inline oc_rc open_link(struct place *place)
{
    const struct venue_link_world world = {.engine = place->f->engine,
                                           .door = place->door,
                                           .venues = &place->venues,
                                           .inbox = place->inbox,
                                           .border = &place->border,
                                           .registry = &place->registry,
                                           .parts = &place->parts,
                                           .now_ns = &place->now_ns,
                                           .seed = 1};
    oc_rc rc = venue_link_open(place->link, &world, &place->error);
    assert_null(plugin_call_now.site);
    if (rc == OC_OK && !place->says_reach && io_venue_first(&place->link->venue)) { /* one less thing that comes */
        assert_int_equal(io_venue_first(&place->link->venue)->type, OC_EV_VENUE);
        io_venue_drop(&place->link->venue);
        place->link->venue.reach[0] = OC_VENUE_READY;
    }
    return rc;
}

static inline oc_rc show_instrument(struct place *place)
{
    const struct instruments *instruments = engine_instruments(place->f->engine);
    codec.inst = place->f->inst;
    return place->venues.list[0].table->instrument(place->link, &instruments_get(instruments, place->f->inst)->info);
}

static inline struct place *place_at(const char *script, struct door *door)
{
    struct place *place = place_new(NULL);
    place->door = door;
    if (read_script(place, script, strlen(script)) < 0 || open_link(place) < 0)
        fail_msg("%s", said(&place->error));
    assert_int_equal(show_instrument(place), OC_OK);
    return place;
}

static inline struct place *place_of(const char *script) { return place_at(script, NULL); }

static inline void place_free(struct place *place)
{
    venue_link_close(place->link);
    assert_null(plugin_call_now.site);
    assert_true(!place->link->records && !place->link->recorded && !place->link->table);
    venue_link_free(place->link);
    door_abandon(place->door);
    inbox_free(place->inbox);
    venues_release(&place->venues);
    settings_release(&place->settings);
    fixture_free(place->f);
    log_set_sink(NULL, NULL);
    free(place);
}

static inline uint64_t submit(struct place *place)
{
    return fixture_submit(place->f, fixture_order(place->f, OC_SIDE_BUY, 10, 9900));
}

static inline oc_rc send_new(struct place *place, uint64_t order)
{
    const struct oc_request asked = {.head = {.size = sizeof asked, .type = OC_EV_REQUEST, .inst = place->f->inst},
                                     .kind = OC_REQUEST_NEW,
                                     .account = place->f->account,
                                     .order = order,
                                     .id = order,
                                     .qty = 10};
    return venues_request(&place->venues, place->now_ns, &asked);
}

/* What the session is given next: its kind, price or number, and second; what is not yet there is "-", the end ".". */
static inline void step(struct place *place)
{
    struct input input;
    assert_null(plugin_call_now.site);
    char *to = place->came + strlen(place->came);
    const size_t room = sizeof place->came - strlen(place->came);
    oc_rc rc = inbox_next(place->inbox, &input);
    if (rc < 0) {
        snprintf(to, room, rc == OC_E_AGAIN ? "- " : (rc == OC_E_END ? ". " : "%s "), error_name(rc));
        return;
    }
    place->now_ns = input.at_ns;
    const long long second = (input.at_ns - BEGIN_NS) / S;
    const struct oc_event *event = input.event;
    if (input.kind == INPUT_NONE)
        return;
    assert_int_equal(event->seq, 0);
    assert_int_equal(event->cause, 0);
    const int flags = event->flags & ~OC_EVF_HOST_TIME; /* where it says no time */
    assert_int_equal(flags & ~SAID_FLAGS, 0);           /* what it has no say in was taken out */
    assert_true(flags == SAID_FLAGS || flags == (OC_EVF_LAST | OC_EVF_REPLAYED) || event->type == OC_EV_SENT ||
                event->type == OC_EV_AMEND_REJECTED);
    assert_int_equal(event->source, place->f->account);
    assert_true(event->local_ns == input.at_ns && event->local_ns >= event->venue_ns);
    if (input.kind == INPUT_MARKET) {
        const struct oc_ev_trade *trade = (const struct oc_ev_trade *)(const void *)event;
        snprintf(to, room, "%lld@%lld/%lld ", (long long)trade->price, second,
                 (long long)(event->venue_ns - BEGIN_NS) / S);
        venue_link_taken(place->link);
        assert_int_equal(inbox_next_market(place->inbox), OC_OK);
        return;
    }
    const char letter = event->type == OC_EV_FILL ? 'f' : (event->type == OC_EV_BALANCE ? 'm' : 'a');
    snprintf(to, room, "%c@%lld ", letter, second);
}

static inline void comes(struct place *place, int steps, const char *expected)
{
    place->came[0] = '\0';
    for (int i = 0; i < steps; i++)
        step(place);
    assert_string_equal(place->came, expected);
}

#endif
