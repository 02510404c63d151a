/* session_parts.h: a session of the kernel whose reader, rules and venue are plugins of the test; what each of them was asked. */
#ifndef SUPPORT_SESSION_PARTS_H
#define SUPPORT_SESSION_PARTS_H

#include "support/said.h"
#include "support/session_kit.h"

#include <outcry/draft/data.h>
#include <outcry/draft/sim.h>
#include <outcry/outcry.h>

enum { SHEETS = 4 };

static struct sheet { /* what a file says of itself */
    const char *path;
    uint32_t event_type;
    struct oc_dec price_step, qty_step;
    const char *symbol, *notes;
    int64_t first_ns, period_ns;
    oc_rc probe, start;
    struct oc_data_stats stats;
} sheets[SHEETS];

static struct {
    char options[64];
    int opened, closed, stopped;
    char sections[16][64]; /* as each plugin asked for its key "name" */
    const struct oc_host *host;
    struct oc_instrument shown[SHEETS];
    int shown_count;
    oc_rc shows;
    bool has_words; /* the reader says what is wrong */
} seen;

static struct sheet *sheet_of(const char *path)
{
    for (int i = 0; i < SHEETS; i++)
        if (sheets[i].path && strcmp(sheets[i].path, path) == 0)
            return &sheets[i];
    return NULL;
}

static oc_rc probe(void *self, const char *path, const char *options, struct oc_data_info *info)
{
    const struct sheet *sheet = sheet_of(path);
    (void)self;
    snprintf(seen.options, sizeof seen.options, "%s", options);
    info->event_type = sheet->event_type;
    info->first_ns = sheet->first_ns;
    info->period_ns = sheet->period_ns;
    info->price_step = sheet->price_step;
    info->qty_step = sheet->qty_step;
    snprintf(info->symbol, sizeof info->symbol, "%s", sheet->symbol);
    snprintf(info->notes, sizeof info->notes, "%s", sheet->notes ? sheet->notes : "");
    return sheet->probe;
}

static oc_rc start(void *self, uint64_t token, const char *path, const char *options, uint32_t inst,
                   const struct oc_data_info *info)
{
    (void)self;
    (void)token;
    (void)options;
    (void)inst;
    (void)info;
    return sheet_of(path)->start;
}

static oc_rc pull(void *self, uint64_t token, uint32_t event_max)
{
    (void)self;
    (void)token;
    (void)event_max;
    return OC_E_END;
}

static oc_rc stats(void *self, uint64_t token, struct oc_data_stats *ret_stats)
{
    (void)self;
    (void)token;
    *ret_stats = sheets[0].stats;
    return OC_OK;
}

static oc_rc words(void *self, uint64_t token, char *text, uint32_t size_max)
{
    (void)self;
    (void)token;
    if (seen.has_words)
        snprintf(text, size_max, "line 7 is torn");
    return OC_OK;
}

static void stop(void *self, uint64_t token)
{
    (void)self;
    (void)token;
    seen.stopped++;
}

static oc_rc open_any(const struct oc_host *host, void **ret_self)
{
    char section[64] = "";
    seen.host = host;
    if (oc_config_text(host, "name", section, sizeof section) == OC_OK && strcmp(section, "refused") == 0)
        return OC_E_CONFIG;
    snprintf(seen.sections[seen.opened++ % 16], 64, "%s", section);
    *ret_self = &seen;
    return OC_OK;
}

static void close_any(void *self)
{
    assert_ptr_equal(self, &seen);
    seen.closed++;
}

static oc_rc show(void *self, const struct oc_instrument *instrument)
{
    (void)self;
    seen.shown[seen.shown_count++ % SHEETS] = *instrument;
    return seen.shows;
}

static oc_rc balance(void *self, uint32_t account, uint32_t asset, struct oc_dec total)
{
    (void)self;
    (void)account;
    (void)asset;
    (void)total;
    return OC_OK;
}

static oc_rc finer(void *self, uint32_t inst, const struct oc_event *event)
{
    (void)self;
    (void)inst;
    (void)event;
    return OC_OK;
}

static oc_rc allow(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask, struct oc_verdict *verdict)
{
    (void)self;
    (void)ctx;
    (void)ask;
    return oc_allow(verdict);
}

static const struct oc_data data_table = {sizeof data_table, 0, probe, start, pull, NULL, stats, words, stop};
static const struct oc_sim sim_table = {
    .size = sizeof sim_table, .instrument = show, .balance = balance, .finer = finer};
static const struct oc_risk risk_table = {.size = sizeof risk_table, .check = allow};
static const struct oc_iface data_ifaces[] = {{OC_DATA, &data_table}, {0}};
static const struct oc_iface sim_ifaces[] = {{OC_SIM, &sim_table}, {0}};
static const struct oc_iface risk_ifaces[] = {{OC_RISK, &risk_table}, {0}};

#define PLUGIN(kind_of, name, list)                                                                                    \
    {                                                                                                                  \
        .size = sizeof(struct oc_plugin), .abi_major = OC_ABI_MAJOR, .kind = kind_of, .id = name, .version = "1.0.0",  \
        .license = "MIT", .about = "of the test", .open = open_any, .close = close_any, .ifaces = list                 \
    }

static const struct oc_plugin plugins[] = {PLUGIN(OC_DATA, "outcry.csv", data_ifaces),
                                           PLUGIN(OC_SIM, "outcry.paper", sim_ifaces),
                                           PLUGIN(OC_RISK, "outcry.kill_switch", risk_ifaces),
                                           PLUGIN(OC_RISK, "outcry.max_order_qty", risk_ifaces),
                                           PLUGIN(OC_RISK, "outcry.max_order_value", risk_ifaces),
                                           PLUGIN(OC_RISK, "outcry.price_collar", risk_ifaces),
                                           PLUGIN(OC_RISK, "outcry.position_limit", risk_ifaces),
                                           PLUGIN(OC_RISK, "outcry.message_rate", risk_ifaces),
                                           PLUGIN(OC_RISK, "outcry.max_daily_loss", risk_ifaces)};

__attribute__((unused)) static const char *const rules[] = {"kill_switch",   "max_order_qty",  "max_order_value",
                                                            "price_collar",  "position_limit", "message_rate",
                                                            "max_daily_loss"};

static inline struct house *made(int files)
{
    struct house *house = house_new();
    memset(&seen, 0, sizeof seen);
    for (size_t i = 0; i < sizeof plugins / sizeof plugins[0]; i++)
        house->registry->entries[house->registry->count++].plugin = &plugins[i];
    for (int i = 0; i < SHEETS; i++)
        sheets[i] = (struct sheet){.event_type = OC_EV_BAR,
                                   .price_step = {1, 2, 0},
                                   .qty_step = {1, 3, 0},
                                   .symbol = "BTC/USDT",
                                   .first_ns = (i + 1) * HOUSE_SECOND};
    static const char *const names[SHEETS] = {"a.csv", "b.csv", "c.csv", "d.csv"};
    for (int i = 0; i < files; i++) {
        sheets[i].path = names[i];
        strcpy(house->session->data.sources[i].path, names[i]);
    }
    house->session->data.count = (uint32_t)files;
    return house;
}

static inline void set(struct house *house, const char *key, const char *value)
{
    assert_int_equal(settings_set(&house->settings, key, value, "test"), OC_OK);
}

static inline oc_rc opened(struct house *house)
{
    session_add_kernel(house->session, true, true);
    return session_open(house->session);
}

static inline void refused(struct house *house, oc_rc rc, const char *text)
{
    oc_rc found = opened(house);
    if (found != rc || strcmp(said(&house->session->words.error), text) != 0)
        fail_msg("%d: %s\nexpected %d: %s", (int)found, said(&house->session->words.error), (int)rc, text);
    house_free(house);
}

static inline bool has_note(const struct house *house, const char *text)
{
    for (uint32_t i = 0; i < house->session->words.note_count; i++)
        if (strcmp(house->session->words.notes[i].text, text) == 0)
            return true;
    return false;
}

static inline struct feed_source *source(struct house *house, int i) { return &house->session->data.sources[i]; }

#endif
