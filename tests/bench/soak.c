/* soak.c: a long run of fills through door and engine, with checkpoints, the index and the report's figures: what must not
 * grow. Exact or exit 1; times and memory are only printed.
 *
 *   soak [--fills N] [--dir FOLDER] [--recent N] [--held N] [--index]
 *
 * Without --dir the door recycles its segment in memory. --recent, --held: how many fills the engine knows by heart. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "engine/engine.h"
#include "engine/limits.h"
#include "journal/door.h"
#include "journal/fill_index.h"
#include "report/collect.h"

enum { REPORT = 1000000, CHECKPOINT_EVERY = 100000, ASK_EVERY = 64, AGAIN_EVERY = 9973, EARLY_EVERY = 100003 };

struct soak {
    uint64_t fills;
    const char *dir;
    struct engine_config config;
    bool has_index;
    struct door *door;
    struct engine *engine;
    struct fill_index *index;
    struct collect collect;
    uint32_t inst, account, quote;
    uint64_t sent;         /* the order that the venue was asked for last */
    uint64_t first, early; /* an order that ended first, and one that stays open */
    uint64_t booked, doubled, alarms;
    uint64_t checkpoints, checkpoint_size;
    int64_t checkpoint_ns; /* CPU time of the longest on this thread since the last line */
    int64_t now_ns, since_ns;
};

static void check(bool is_good, const char *what, uint64_t at)
{
    if (is_good)
        return;
    fprintf(stderr, "soak: %s, at fill %llu\n", what, (unsigned long long)at);
    exit(1);
}

static oc_rc remove_name(void *arg, const char *name)
{
    char path[ENV_PATH_MAX + 300];
    snprintf(path, sizeof path, "%s/%s", (const char *)arg, name);
    return env_unlink(path);
}

/* What was asked for, as one batch; it goes to a venue that says what we let it say. */
static void come_to(struct soak *soak)
{
    const struct engine_out *out = engine_out(soak->engine);
    if (out->entry_count) {
        door_batch_begin(soak->door);
        for (uint32_t i = 0; i < out->entry_count; i++)
            check(door_record_risk(soak->door, out_record(out, &out->entries[i])) == OC_OK, "not recorded",
                  soak->booked);
        check(door_batch_commit(soak->door) == OC_OK, "not recorded", soak->booked);
        engine_batch_done(soak->engine, true);
        for (uint32_t i = 0; i < out->request_count; i++)
            soak->sent = out->requests[i].is_denied ? 0 : out->requests[i].request.order;
    }
    engine_clear_out(soak->engine);
}

static void input(struct soak *soak, void *event)
{
    struct oc_event *head = event;
    head->local_ns = head->venue_ns = soak->now_ns;
    bool is_market = head->type == OC_EV_TRADE;
    check((is_market ? door_market(soak->door, head, false) : door_record(soak->door, head)) == OC_OK, "not recorded",
          soak->booked);
    check(engine_input(soak->engine, head, true) == OC_OK, "not taken", soak->booked);
    come_to(soak);
}

static void open_soak(struct soak *soak)
{
    if (soak->dir) {
        (void)env_mkdir(soak->dir);
        (void)env_list(soak->dir, remove_name, (void *)(uintptr_t)soak->dir);
    }
    if (soak->has_index)
        check(fill_index_open(soak->dir, 0, &soak->index) == OC_OK, "no index", 0);
    check(door_open(&(struct door_config){.dir = soak->dir}, &soak->door) == OC_OK, door_open_error(), 0);
    soak->config.epoch = 1;
    check(engine_new(&soak->config, &soak->engine) == OC_OK, "no engine", 0);
    struct instruments *instruments = engine_instruments(soak->engine);
    struct oc_instrument info = {.size = sizeof info,
                                 .kind = OC_KIND_SPOT,
                                 .status = OC_STATUS_TRADING,
                                 .price_step = {1, 2, 0},
                                 .qty_step = {1, 3, 0},
                                 .contract_size = {1, 0, 0},
                                 .venue = "soak",
                                 .symbol = "BTC/USDT"};
    (void)instruments_asset(instruments, "BTC", &info.base);
    (void)instruments_asset(instruments, "USDT", &info.quote);
    info.settle = soak->quote = info.quote;
    check(instruments_add(instruments, &info, &soak->inst) == OC_OK, "no instrument", 0);
    check(portfolio_add_account(engine_portfolio(soak->engine), "main", "soak", info.quote, COST_AVERAGE,
                                &soak->account) == OC_OK,
          "no account", 0);
    collect_init(&soak->collect, 0);
}

static uint64_t submit(struct soak *soak, uint8_t side, int64_t qty, int64_t price)
{
    struct engine_refusal refusal;
    struct oc_request request = {.account = soak->account,
                                 .side = side,
                                 .qty = qty,
                                 .price = price,
                                 .type = price ? OC_ORDER_LIMIT : OC_ORDER_MARKET,
                                 .tif = OC_TIF_GTC,
                                 .bits = OC_RQ_HAS_QTY | (price ? OC_RQ_HAS_PRICE : 0u)};
    request.head.inst = soak->inst;
    soak->sent = 0;
    check(engine_begin(soak->engine, 0) == OC_OK && engine_submit(soak->engine, &request, &refusal) == OC_OK,
          "an order was refused", soak->booked);
    engine_end(soak->engine, true);
    come_to(soak);
    check(soak->sent == request.order, "an order was not sent", soak->booked);
    return soak->sent;
}

static struct oc_ev_fill fill_of(const struct soak *soak, uint64_t order, uint8_t side, const char *name,
                                 uint64_t number)
{
    struct oc_ev_fill fill = {
        .head = {.size = sizeof fill, .type = OC_EV_FILL, .source = soak->account, .inst = soak->inst},
        .order = order,
        .price = 10000 + (int64_t)(number % 7),
        .qty = 1,
        .fee_asset = soak->quote,
        .side = side};
    fill.trade_id_size =
        (uint8_t)snprintf(fill.trade_id, sizeof fill.trade_id, "%s%llu", name, (unsigned long long)number);
    return fill;
}

/* What the index says of it now. */
static uint16_t asked(struct soak *soak, const struct oc_ev_fill *fill)
{
    uint64_t cookie;
    uint16_t flag = 0;
    oc_rc rc;
    while (fill_index_ask(soak->index, fill, 0) == OC_E_FULL)
        env_sleep(100000);
    while ((rc = fill_index_answer(soak->index, &cookie, &flag)) == OC_E_AGAIN)
        env_sleep(20000);
    check(rc == OC_OK, fill_index_error(soak->index), soak->booked);
    return flag;
}

static void book(struct soak *soak, struct oc_ev_fill *fill, bool is_new)
{
    const struct portfolio *portfolio = engine_portfolio(soak->engine);
    const struct book *book = portfolio_find(portfolio, soak->account, 0, soak->inst);
    struct out_note note = {.kind = NOTE_FILL};
    if (book) {
        note.qty_before = book->position.qty;
        note.realised_before = book->position.realised;
    }
    input(soak, fill);
    while (soak->index && fill_index_add(soak->index, fill) == OC_E_FULL)
        env_sleep(100000); /* faster than any venue */
    if (!is_new)
        return;
    soak->booked++;
    book = portfolio_find(portfolio, soak->account, 0, soak->inst);
    note.qty_after = book->position.qty;
    note.realised_after = book->position.realised;
    collect_fill(&soak->collect, fill, instruments_get(engine_instruments(soak->engine), soak->inst), &note,
                 &(struct fill_terms){.tag = ""});
}

/* Fills that come again: one just booked, one of the order that is still open, one of long ago. */
static void again(struct soak *soak, uint64_t number, const struct oc_ev_fill *last)
{
    if (number % AGAIN_EVERY == 0) {
        struct oc_ev_fill fill = *last;
        book(soak, &fill, false);
        soak->doubled++;
    }
    if (number % EARLY_EVERY == EARLY_EVERY / 3) {
        struct oc_ev_fill fill = fill_of(soak, soak->early, OC_SIDE_BUY, "early", 0);
        book(soak, &fill, false);
        soak->doubled++;
    }
    if (number % EARLY_EVERY == EARLY_EVERY / 2 && number > 2 * ENGINE_ORDERS_CLOSED_KEPT) {
        struct oc_ev_fill fill = fill_of(soak, soak->first, OC_SIDE_BUY, "t", 0);
        if (soak->index) {
            fill.head.flags = asked(soak, &fill);
            check(fill.head.flags == OC_EVF_SEEN, "an old fill is not known", number);
            soak->doubled++;
        } else if (number > (soak->config.fills_recent ? soak->config.fills_recent : ENGINE_FILLS_RECENT)) {
            soak->alarms++; /* nobody was asked: not booked, and said */
        } else {
            soak->doubled++;
        }
        book(soak, &fill, false);
    }
}

static void save(struct soak *soak, uint64_t number)
{
    void *blob;
    size_t room;
    const char *why = "";
    if (!soak->dir)
        return;
    int64_t begun_ns = env_clock_cpu();
    check(door_checkpoint_poll(soak->door, &why) == OC_OK, why, number);
    oc_rc rc = door_checkpoint_begin(soak->door, &blob, &room);
    if (rc == OC_E_AGAIN)
        return;
    int64_t size = rc == OC_OK ? engine_save(soak->engine, blob, room) : rc;
    check(size > 0 && door_checkpoint_start(soak->door, (size_t)size) == OC_OK, "no checkpoint", number);
    uint64_t full = ENGINE_ORDERS_CLOSED_KEPT + (uint64_t)ENGINE_FILLS_RECENT + ENGINE_FILLS_HELD;
    check(number <= full || !soak->checkpoint_size || soak->checkpoint_size == (uint64_t)size, "a checkpoint has grown",
          number);
    if (number > full)
        soak->checkpoint_size = (uint64_t)size;
    soak->checkpoints++;
    int64_t took_ns = env_clock_cpu() - begun_ns;
    if (took_ns > soak->checkpoint_ns)
        soak->checkpoint_ns = took_ns;
}

static double resident_mb(void)
{
    unsigned long total = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%lu %lu", &total, &resident) != 2)
        resident = 0;
    if (file)
        fclose(file);
    return (double)resident * 4096 / 1e6;
}

static void tell(struct soak *soak, uint64_t number)
{
    int64_t now_ns = env_clock_mono();
    printf("%9llu fills  %6.1f MB  %5lld ns each  %llu checkpoints of %.2f MB, at most %lld us, %llu skipped  %llu "
           "stalls\n",
           (unsigned long long)number, resident_mb(), (long long)((now_ns - soak->since_ns) / REPORT),
           (unsigned long long)soak->checkpoints, (double)soak->checkpoint_size / 1e6,
           (long long)(soak->checkpoint_ns / 1000), (unsigned long long)door_stats(soak->door).checkpoints_skipped,
           (unsigned long long)door_stats(soak->door).stalls);
    fflush(stdout);
    soak->checkpoint_ns = 0;
    soak->since_ns = env_clock_mono();
}

static void run(struct soak *soak)
{
    soak->now_ns = 1700000000000000000;
    struct oc_ev_balance balance = {.head = {.size = sizeof balance, .type = OC_EV_BALANCE},
                                    .account = soak->account,
                                    .asset = soak->quote,
                                    .total = {1000000000, 0, 0}};
    input(soak, &balance);
    soak->since_ns = env_clock_mono();
    for (uint64_t i = 0; i < soak->fills; i++) {
        soak->now_ns += 1000000;
        if (i % 8 == 0) {
            struct oc_ev_trade trade = {.head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = soak->inst},
                                        .price = 10000,
                                        .qty = 1,
                                        .present = OC_HAS_QTY};
            input(soak, &trade);
            collect_equity(&soak->collect, soak->now_ns, (oc_i128)i, true);
        }
        uint8_t side = i % 2 ? OC_SIDE_SELL : OC_SIDE_BUY;
        uint64_t order = submit(soak, side, 1, 0);
        struct oc_ev_fill fill = fill_of(soak, order, side, "t", i);
        if (soak->index && i % ASK_EVERY == 0) {
            fill.head.flags = asked(soak, &fill);
            check(fill.head.flags == OC_EVF_NEW, "a new fill is known", i);
        }
        book(soak, &fill, true);
        if (i == 0) {
            soak->first = order;
            soak->early = submit(soak, OC_SIDE_BUY, 1000000, 5000);
            struct oc_ev_fill early = fill_of(soak, soak->early, OC_SIDE_BUY, "early", 0);
            book(soak, &early, true);
        }
        again(soak, i, &fill);
        if (i % CHECKPOINT_EVERY == CHECKPOINT_EVERY - 1)
            save(soak, i + 1);
        if ((i + 1) % REPORT == 0)
            tell(soak, i + 1);
    }
}

static void close_soak(struct soak *soak)
{
    const struct engine_stats *stats = engine_stats(soak->engine);
    const struct book *book = portfolio_find(engine_portfolio(soak->engine), soak->account, 0, soak->inst);
    check(stats->fills == soak->booked && soak->booked == soak->fills + 1, "fills are not all booked", stats->fills);
    check(stats->duplicates == soak->doubled, "duplicates are not all seen", stats->duplicates);
    check(stats->alarms == soak->alarms, "alarms", stats->alarms);
    check(book->position.qty == 1 + (int64_t)(soak->fills % 2), "the position is wrong", soak->fills);
    check(soak->collect.fills == soak->booked, "the report has not all fills", soak->collect.fills);
    check(door_close(soak->door) == OC_OK, "the door does not close", soak->fills);
    if (soak->index) {
        check(fill_index_close(soak->index) == OC_OK, "the index does not close", soak->fills);
        check(fill_index_open(soak->dir, 0, &soak->index) == OC_OK, "the index does not open again", soak->fills);
        struct fill_index_stats index = fill_index_stats(soak->index);
        check(index.fills >= soak->booked && index.fills <= soak->booked + soak->doubled, "the index has not all fills",
              index.fills);
        printf("index: %llu fills in %u runs and a tail\n", (unsigned long long)index.fills, index.runs);
        check(fill_index_close(soak->index) == OC_OK, "the index does not close", soak->fills);
    }
    printf("booked %llu, again %llu, refused %llu: all as expected; %.1f MB\n", (unsigned long long)soak->booked,
           (unsigned long long)soak->doubled, (unsigned long long)soak->alarms, resident_mb());
    engine_free(soak->engine);
    collect_release(&soak->collect);
}

int main(int argc, char **argv)
{
    struct soak *soak = calloc(1, sizeof *soak);
    if (!soak)
        return 1;
    soak->fills = 1000000;
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--index") == 0) {
            soak->has_index = true;
            continue;
        }
        if (strcmp(argv[i], "--fills") == 0)
            soak->fills = strtoull(value, NULL, 10);
        else if (strcmp(argv[i], "--dir") == 0)
            soak->dir = value;
        else if (strcmp(argv[i], "--recent") == 0)
            soak->config.fills_recent = (uint32_t)strtoul(value, NULL, 10);
        else if (strcmp(argv[i], "--held") == 0)
            soak->config.fills_held = (uint32_t)strtoul(value, NULL, 10);
        i++;
    }
    check(!soak->has_index || soak->dir, "--index wants --dir", 0);
    open_soak(soak);
    run(soak);
    close_soak(soak);
    free(soak);
    return 0;
}
