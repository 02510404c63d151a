/* codec_host.h: a host that takes everything and keeps the last of it, for tests of one connector by itself: what it asks, opens and says. */
#ifndef SUPPORT_CODEC_HOST_H
#define SUPPORT_CODEC_HOST_H

#include <outcry/outcry.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <outcry/connector.h>

enum { CODEC_EVENTS = 256, CODEC_TEXT = 4096 };

bool event_is_sound(const struct oc_event *event); /* of the engine */

static struct codec_host {
    struct oc_instrument instruments[4]; /* venue_symbol "" ends them */
    const char *texts[8];                /* keys of the configuration that are text, and their values */
    uint32_t flags[4];                   /* those that are yes or no, in the order in which they are read */
    uint32_t flag_count;
    uint32_t assets;
    char asset_names[64][OC_ASSET_MAX];
    struct oc_event *events[CODEC_EVENTS]; /* owned: of the last call and those before it, until codec_clear */
    uint32_t event_count;
    char path[CODEC_TEXT], body[CODEC_TEXT], opened[CODEC_TEXT], skipped[64];
    uint8_t method;
    uint64_t about; /* user[0] of the last exchange */
    uint32_t exchanges, opens, closes, skips, missed, failed, readies;
    uint32_t timers;
} codec;

static _Alignas(8) char codec_room[OC_EVENT_MAX];

__attribute__((unused)) static void codec_clear(void)
{
    while (codec.event_count)
        free(codec.events[--codec.event_count]);
    codec.path[0] = codec.body[0] = codec.opened[0] = codec.skipped[0] = 0;
    codec.exchanges = codec.opens = codec.closes = codec.skips = codec.missed = codec.failed = 0;
}

static oc_rc codec_reserve(const struct oc_host *host, uint32_t size, struct oc_event **ret_event)
{
    (void)host;
    if (size < sizeof(struct oc_event) || size > OC_EVENT_MAX)
        abort();
    memset(codec_room, 0, size);
    *ret_event = (struct oc_event *)(void *)codec_room;
    return OC_OK;
}

static oc_rc codec_commit(const struct oc_host *host, struct oc_event *event)
{
    (void)host;
    if (!event_is_sound(event))
        abort();
    if (codec.event_count == CODEC_EVENTS)
        return OC_OK;
    struct oc_event *kept = malloc(event->size);
    if (!kept)
        abort();
    memcpy(kept, event, event->size);
    codec.events[codec.event_count++] = kept;
    return OC_OK;
}

static oc_rc codec_missed(const struct oc_host *host, uint32_t account, uint32_t kind)
{
    (void)host, (void)account;
    codec.missed = kind;
    return OC_OK;
}

static void codec_text(char *to, const void *from, uint32_t size)
{
    const uint32_t most = size < CODEC_TEXT - 1 ? size : CODEC_TEXT - 1;
    if (most)
        memcpy(to, from, most);
    to[most] = 0;
}

static oc_rc codec_http(const struct oc_host *host, const struct oc_http *ask, uint64_t *ret_exchange)
{
    (void)host;
    if (!ask->path_size || ask->path[0] != '/')
        abort();
    codec_text(codec.path, ask->path, ask->path_size);
    codec_text(codec.body, ask->body, ask->body_size);
    codec.method = ask->method;
    codec.about = ask->user[0];
    *ret_exchange = ++codec.exchanges;
    return OC_OK;
}

static oc_rc codec_open(const struct oc_host *host, const struct oc_open *open, uint32_t *ret_stream)
{
    (void)host;
    codec_text(codec.opened, open->path, open->path_size);
    codec.opens++;
    static uint32_t streams;
    *ret_stream = ++streams;
    return OC_OK;
}

static oc_rc codec_ready(const struct oc_host *host, uint32_t stream)
{
    codec.readies++;
    return (void)host, (void)stream, OC_OK;
}

static oc_rc codec_close(const struct oc_host *host, uint32_t stream)
{
    codec.closes++;
    return (void)host, (void)stream, OC_OK;
}

static oc_rc codec_fail(const struct oc_host *host, uint32_t stream, uint32_t why)
{
    codec.failed = why;
    return (void)host, (void)stream, OC_OK;
}

static oc_rc codec_public(const struct oc_host *host, uint32_t account, uint16_t field, uint32_t form, void *text,
                          uint32_t size_max)
{
    static const char id[] = "101-004-1234567-001";
    (void)host, (void)account, (void)field, (void)form;
    if (size_max < sizeof id - 1)
        return OC_E_LIMIT;
    memcpy(text, id, sizeof id - 1);
    return sizeof id - 1;
}

static int64_t codec_now(const struct oc_host *host) { return (void)host, 1767623400000000000ll; }

static oc_rc codec_timer(const struct oc_host *host, int64_t at_ns, uint64_t user, uint64_t *ret_timer)
{
    (void)host, (void)at_ns, (void)user;
    *ret_timer = ++codec.timers;
    return OC_OK;
}

static oc_rc codec_untimer(const struct oc_host *host, uint64_t at) { return (void)host, (void)at, OC_OK; }

static struct oc_scale codec_scale_of(const struct oc_instrument *info)
{
    return (struct oc_scale){.inst = info->inst,
                             .price_digits = (uint8_t)info->price_step.scale,
                             .qty_digits = (uint8_t)info->qty_step.scale,
                             .price_div = 1,
                             .qty_div = 1};
}

static oc_rc codec_symbol(const struct oc_host *host, const char *name, uint32_t size, struct oc_scale *ret_scale)
{
    (void)host;
    for (uint32_t i = 0; i < 4; i++)
        if (size && strlen(codec.instruments[i].venue_symbol) == size &&
            memcmp(codec.instruments[i].venue_symbol, name, size) == 0) {
            *ret_scale = codec_scale_of(&codec.instruments[i]);
            return OC_OK;
        }
    return OC_E_NOT_FOUND;
}

static const struct oc_instrument *codec_inst(uint32_t inst)
{
    for (uint32_t i = 0; i < 4; i++)
        if (codec.instruments[i].inst && OC_INST_INDEX(codec.instruments[i].inst) == OC_INST_INDEX(inst))
            return &codec.instruments[i];
    return NULL;
}

static oc_rc codec_by_inst(const struct oc_host *host, uint32_t inst, struct oc_scale *ret_scale)
{
    const struct oc_instrument *info = codec_inst(inst);
    (void)host;
    if (info)
        *ret_scale = codec_scale_of(info);
    return info ? OC_OK : OC_E_NOT_FOUND;
}

static oc_rc codec_record(const struct oc_host *host, uint32_t inst, struct oc_instrument *ret, uint32_t size_max)
{
    const struct oc_instrument *info = codec_inst(inst);
    (void)host;
    if (info)
        memcpy(ret, info, size_max < sizeof *info ? size_max : sizeof *info);
    return info ? (oc_rc)sizeof *info : (oc_rc)OC_E_NOT_FOUND;
}

static oc_rc codec_asset(const struct oc_host *host, const char *name, uint32_t size, uint32_t *ret_asset)
{
    (void)host;
    if (!size || size >= OC_ASSET_MAX)
        return OC_E_INVALID;
    uint32_t at = 1;
    while (at < codec.assets + 1 &&
           (strlen(codec.asset_names[at]) != size || memcmp(codec.asset_names[at], name, size) != 0))
        at++;
    if (at == codec.assets + 1) {
        if (at == 63)
            return OC_E_LIMIT;
        memset(codec.asset_names[at], 0, OC_ASSET_MAX);
        memcpy(codec.asset_names[at], name, size);
        codec.assets = at;
    }
    *ret_asset = at;
    return OC_OK;
}

static oc_rc codec_shut(const struct oc_host *host, uint32_t account, uint32_t limit, int64_t until_ns, uint32_t why)
{
    return (void)host, (void)account, (void)limit, (void)until_ns, (void)why, OC_OK;
}

static void codec_skip(const struct oc_host *host, const char *what, const void *bytes, uint32_t size)
{
    (void)host, (void)bytes, (void)size;
    strncpy(codec.skipped, what, sizeof codec.skipped - 1);
    codec.skips++;
}

static oc_rc codec_config_text(const struct oc_host *host, const char *key, char *text, uint32_t size_max)
{
    (void)host;
    for (int i = 0; codec.texts[i]; i += 2)
        if (strcmp(codec.texts[i], key) == 0 && strlen(codec.texts[i + 1]) < size_max) {
            strncpy(text, codec.texts[i + 1], size_max);
            return OC_OK;
        }
    return OC_E_NOT_FOUND;
}

static oc_rc codec_config_flag(const struct oc_host *host, const char *key, uint32_t *ret_value)
{
    (void)host, (void)key;
    *ret_value = codec.flags[codec.flag_count++ % 4];
    return OC_OK;
}

static const void *codec_service(const struct oc_host *host, const char *id)
{
    static const struct oc_svc_config config = {
        .size = sizeof config, .text = codec_config_text, .boolean = codec_config_flag};
    static const struct oc_svc_feed feed = {
        .size = sizeof feed, .reserve = codec_reserve, .commit = codec_commit, .missed = codec_missed};
    static const struct oc_svc_net net = {.size = sizeof net,
                                          .open = codec_open,
                                          .ready = codec_ready,
                                          .close = codec_close,
                                          .fail = codec_fail,
                                          .http = codec_http};
    static const struct oc_svc_sign sign = {.size = sizeof sign, .public_text = codec_public};
    static const struct oc_svc_time clock = {
        .size = sizeof clock, .now_ns = codec_now, .mono_ns = codec_now, .timer = codec_timer, .cancel = codec_untimer};
    static const struct oc_svc_names names = {.size = sizeof names,
                                              .symbol = codec_symbol,
                                              .scale = codec_by_inst,
                                              .record = codec_record,
                                              .asset = codec_asset};
    static const struct oc_svc_limit limit = {.size = sizeof limit, .shut = codec_shut};
    static const struct oc_svc_log log = {.size = sizeof log, .skip = codec_skip};
    static const struct {
        const char *id;
        const void *table;
    } all[] = {{OC_SVC_CONFIG, &config}, {OC_SVC_FEED, &feed},   {OC_SVC_NET, &net},     {OC_SVC_SIGN, &sign},
               {OC_SVC_TIME, &clock},    {OC_SVC_NAMES, &names}, {OC_SVC_LIMIT, &limit}, {OC_SVC_LOG, &log}};
    (void)host;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].id, id) == 0)
            return all[i].table;
    return NULL;
}

#endif
