/* plugin_probe_connector.c: a connector at a venue that takes everything and says nonsense: what it sends, and that no bytes bring it
 * down. */
#include <string.h>

#include "base/hash.h"
#include "cli/plugin_probe_impl.h"

enum { PUMPS_MAX = 1000, LARGE = 16384 };

static void fold(struct probe_peer *peer, const void *bytes, size_t size)
{
    peer->hash = hash64_fold(peer->hash, hash64(bytes, size));
}

static oc_rc peer_open(void *self, const struct io_opening *opening)
{
    struct probe_peer *peer = self;
    fold(peer, opening->path, opening->path_size);
    peer->stream = opening->stream;
    peer->is_opening = true;
    return OC_OK;
}

static oc_rc peer_send(void *self, uint32_t stream, const void *bytes, uint32_t size)
{
    (void)stream;
    fold(self, bytes, size);
    return OC_OK;
}

static oc_rc peer_http(void *self, const struct io_exchange *exchange)
{
    struct probe_peer *peer = self;
    fold(peer, exchange->path, exchange->path_size);
    fold(peer, exchange->body, exchange->body_size);
    if (peer->exchange_count == PROBE_EXCHANGES_MAX)
        return OC_E_FULL;
    peer->exchanges[peer->exchange_count++] = exchange->exchange;
    return OC_OK;
}

static void peer_close(void *self, uint32_t stream)
{
    struct probe_peer *peer = self;
    if (peer->stream == stream)
        peer->stream = 0;
}

static oc_rc peer_next(void *self, int64_t until_ns, struct io_happening *ret)
{
    const struct probe_peer *peer = self;
    (void)until_ns;
    *ret = (struct io_happening){.bytes = peer->says, .size = peer->size, .headers = ""};
    if (peer->is_opening) {
        ret->kind = IO_UP;
        ret->stream = peer->stream;
    } else if (peer->exchange_count) {
        ret->kind = IO_RESPONSE;
        ret->exchange = peer->exchanges[0];
        ret->status = 200;
        ret->bytes = ret->bytes ? ret->bytes : "";
    } else if (peer->says && peer->stream) {
        ret->kind = IO_MESSAGE;
        ret->stream = peer->stream;
    } else {
        return OC_E_AGAIN;
    }
    return OC_OK;
}

static void peer_taken(void *self)
{
    struct probe_peer *peer = self;
    if (peer->is_opening)
        peer->is_opening = false;
    else if (peer->exchange_count)
        memmove(peer->exchanges, peer->exchanges + 1, --peer->exchange_count * sizeof *peer->exchanges);
    else
        peer->says = NULL;
}

static int64_t peer_next_ns(void *self) { return (void)self, INT64_MAX; }

struct io_link probe_link(struct probe_peer *peer)
{
    return (struct io_link){peer,      peer_open,  peer_send,    peer_http, peer_close,
                            peer_next, peer_taken, peer_next_ns, NULL,      NULL};
}

/* Until there is nothing to do now. What it says is counted in. */
static void settle(struct bench_plugin *bench, struct probe_peer *peer)
{
    const struct oc_event *event;
    for (int i = 0; i < PUMPS_MAX && io_venue_pump(&bench->venue, bench->world->now_ns) > 0; i++)
        while ((event = io_venue_first(&bench->venue)) != NULL) {
            fold(peer, event, event->size);
            io_venue_drop(&bench->venue);
        }
}

static void drive(struct probe *probe, struct bench_plugin *bench, struct probe_peer *peer)
{
    static const char *const words[] = {"", "x", "{}", "[]", "{\"", "null", "\xff\xfe", "0123456789"};
    static char large[LARGE + 16], room[32];
    struct bench_world *world = bench->world;
    memset(large, '[', LARGE);
    peer->hash = 1;
    world->orders = world->seq = 0;
    const oc_rc rc = bench_connect(bench);
    if (rc < 0) {
        probe_fault(probe, bench->venue.sites[bench->venue.site].call, "it failed: %s", error_name(rc));
        return;
    }
    settle(bench, peer);
    for (int side = OC_SIDE_BUY; side <= OC_SIDE_SELL; side++) {
        const struct oc_request limit = bench_request(world, (uint8_t)side, 7, 10000),
                                market = bench_request(world, (uint8_t)side, 7, 0),
                                cancel = bench_cancel(world, limit.order);
        if (io_venue_request(&bench->venue, &limit) < 0 || io_venue_request(&bench->venue, &market) < 0 ||
            io_venue_request(&bench->venue, &cancel) < 0)
            probe_fault(probe, "request", "it failed");
        settle(bench, peer);
    }
    for (size_t i = 0; i <= sizeof words / sizeof *words; i++) {
        const bool is_word = i < sizeof words / sizeof *words;
        memset(room, 0, sizeof room);
        memcpy(room, words[is_word ? i : 0], strlen(words[is_word ? i : 0]));
        peer->says = is_word ? room : large; /* 16 zeros stand behind either */
        peer->size = is_word ? (uint32_t)strlen(words[i]) : LARGE;
        settle(bench, peer);
    }
    (void)io_venue_quiesce(&bench->venue, world->now_ns); /* busy or not: it came back */
    if (bench->venue.faults)
        probe_fault(probe, "request",
                    "%llu calls broke a rule of connector.h: a request that was neither sent nor answered, "
                    "an event of another account, a word that is the host's alone",
                    (unsigned long long)bench->venue.faults);
}

void probe_connector(struct probe *probe, struct bench_plugin *benches, struct probe_peer *peers)
{
    drive(probe, &benches[0], &peers[0]);
    drive(probe, &benches[1], &peers[1]);
    if (peers[0].hash != peers[1].hash)
        probe_fault(probe, "request", "a second instance says other things to the same requests and bytes");
}
