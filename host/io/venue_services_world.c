/* venue_services_world.c: what a connector may ask of the host's world: time and chance, names, limits, signatures. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/host_impl.h"
#include "base/log.h"
#include "base/random.h"
#include "io/venue_impl.h"

static struct io_venue *venue_of(const struct oc_host *host) { return ((const struct host_impl *)host->impl)->venue; }

static oc_rc copy_out(const void *from, uint32_t size, void *to, uint32_t size_max)
{
    memcpy(to, from, size < size_max ? size : size_max);
    return (oc_rc)size;
}

/* time */

static int64_t time_now_ns(const struct oc_host *host) { return io_venue_now(venue_of(host)); }

static oc_rc time_venue_ns(const struct oc_host *host, int64_t *ret_ns, int64_t *ret_error_ns)
{
    const struct io_venue *venue = venue_of(host);
    struct io_clock_sample best = {0};
    const int64_t window_ns = venue->table->venue->window_ns;
    if (!io_clock_best(venue, &best) && window_ns)
        return OC_E_STATE;
    *ret_ns = io_venue_now(venue) + best.offset_ns;
    *ret_error_ns = best.error_ns;
    return window_ns && best.error_ns > window_ns ? OC_E_STATE : OC_OK;
}

static oc_rc time_sample(const struct oc_host *host, int64_t said_ns, int64_t sent_ns, int64_t received_ns)
{
    return io_clock_sample(venue_of(host), said_ns, sent_ns, received_ns);
}

static oc_rc time_random(const struct oc_host *host, void *bytes, uint32_t size)
{
    struct io_venue *venue = venue_of(host);
    char *to = bytes;
    for (uint32_t at = 0; at < size; at += 8) {
        const uint64_t number = random_next(&venue->random);
        memcpy(to + at, &number, size - at < 8 ? size - at : 8);
    }
    return OC_OK;
}

static oc_rc time_timer(const struct oc_host *host, int64_t at_mono_ns, uint64_t user, uint64_t *ret_timer)
{
    struct io_venue *venue = venue_of(host);
    if (!venue->is_in_call)
        return OC_E_STATE;
    uint32_t count = venue->timer_count;
    for (uint32_t i = 0; i < venue->op_count; i++)
        count += venue->ops[i].kind == IO_OP_TIMER;
    if (count >= IO_TIMERS_MAX)
        return OC_E_LIMIT;
    const struct io_op op = {
        .kind = IO_OP_TIMER, .exchange = io_number(venue), .user = {user, 0, 0}, .at_ns = at_mono_ns};
    *ret_timer = op.exchange;
    return io_call_op(venue, &op);
}

static oc_rc time_cancel(const struct oc_host *host, uint64_t timer)
{
    struct io_venue *venue = venue_of(host);
    const struct io_op op = {.kind = IO_OP_UNTIMER, .exchange = timer};
    return venue->is_in_call ? io_call_op(venue, &op) : OC_E_STATE;
}

/* names */

static oc_rc scale_of(const struct oc_instrument *instrument, struct oc_scale *ret_scale)
{
    if (!instrument)
        return OC_E_NOT_FOUND;
    venue_names_scale(instrument, ret_scale);
    return OC_OK;
}

static oc_rc names_by_symbol(const struct oc_host *host, const char *symbol, uint32_t size, struct oc_scale *ret_scale)
{
    return scale_of(venue_names_symbol(&venue_of(host)->names, symbol, size), ret_scale);
}

static oc_rc names_by_number(const struct oc_host *host, uint64_t number, struct oc_scale *ret_scale)
{
    return scale_of(venue_names_number(&venue_of(host)->names, number), ret_scale);
}

static oc_rc names_by_inst(const struct oc_host *host, uint32_t inst, struct oc_scale *ret_scale)
{
    return scale_of(venue_names_inst(&venue_of(host)->names, inst), ret_scale);
}

static oc_rc names_record(const struct oc_host *host, uint32_t inst, struct oc_instrument *ret_instrument,
                          uint32_t size_max)
{
    const struct oc_instrument *found = venue_names_inst(&venue_of(host)->names, inst);
    return found ? copy_out(found, sizeof *found, ret_instrument, size_max) : OC_E_NOT_FOUND;
}

static oc_rc names_asset(const struct oc_host *host, const char *name, uint32_t size, uint32_t *ret_asset)
{
    const struct venue_assets *assets = &venue_of(host)->names.assets;
    if (size == 0 || size >= OC_ASSET_MAX)
        return OC_E_INVALID;
    return assets->intern ? assets->intern(assets->self, name, size, ret_asset) : OC_E_NOT_SUPPORTED;
}

static oc_rc names_asset_text(const struct oc_host *host, uint32_t asset, char name[OC_ASSET_MAX])
{
    const struct venue_assets *assets = &venue_of(host)->names.assets;
    const char *text = assets->text ? assets->text(assets->self, asset) : NULL;
    if (!text || strlen(text) >= OC_ASSET_MAX)
        return OC_E_NOT_FOUND;
    memcpy(name, text, strlen(text) + 1);
    return OC_OK;
}

/* limits */

static oc_rc limit_used(const struct oc_host *host, uint32_t account, uint32_t limit, uint64_t used)
{
    struct io_venue *venue = venue_of(host);
    io_limits_used(venue, account, limit, used);
    return limits_used(io_limits_of(venue), account, limit, used, io_venue_now(venue));
}

static oc_rc limit_max(const struct oc_host *host, uint32_t account, uint32_t limit, uint64_t max, int64_t period_ns)
{
    struct io_venue *venue = venue_of(host);
    return limits_max(io_limits_of(venue), account, limit, max, period_ns, io_venue_now(venue));
}

static oc_rc limit_shut(const struct oc_host *host, uint32_t account, uint32_t limit, int64_t until_ns, uint32_t why)
{
    struct io_venue *venue = venue_of(host);
    (void)why;
    io_limits_shut(venue, account, limit, until_ns);
    return limits_shut(io_limits_of(venue), account, limit, until_ns, io_venue_now(venue));
}

static oc_rc limit_give(const struct oc_host *host, uint32_t account, struct oc_cost cost)
{
    struct io_venue *venue = venue_of(host);
    limits_give(io_limits_of(venue), cost, account, io_venue_now(venue));
    return OC_OK;
}

void io_venue_skip(struct io_venue *venue, const char *what, const void *sample, uint32_t size)
{
    const uint64_t hash = hash64(what, strlen(what));
    venue->skipped++;
    for (uint32_t i = 0; i < venue->skip_kind_count; i++)
        if (venue->skip_kinds[i] == hash)
            return;
    if (venue->skip_kind_count == IO_SKIPS_SAID)
        return;
    venue->skip_kinds[venue->skip_kind_count++] = hash;
    log_warning("venue", "%s skipped what it does not know (%s): %.*s", venue->name, what,
                (int)(size < 200 ? size : 200), (const char *)sample);
}

/* sign */

static oc_rc sign_key(const struct oc_host *host, uint32_t account, uint16_t field, uint32_t algorithm,
                      uint32_t *ret_key)
{
    return signer_key(&venue_of(host)->signer, account, field, algorithm, ret_key);
}

static oc_rc sign_sign(const struct oc_host *host, uint32_t key, const struct oc_part *parts, uint32_t count,
                       uint8_t *signature, uint32_t signature_max)
{
    if (!io_clock_is_good(venue_of(host)))
        return OC_E_AGAIN;
    const oc_rc size = signer_sign(&venue_of(host)->signer, key, parts, count, signature, signature_max);
    io_wire_signed(venue_of(host), signature, size);
    return size;
}

static oc_rc sign_digest(const struct oc_host *host, uint32_t account, uint32_t algorithm, const struct oc_part *parts,
                         uint32_t count, uint8_t *digest, uint32_t digest_max)
{
    const oc_rc size = signer_digest(&venue_of(host)->signer, account, algorithm, parts, count, digest, digest_max);
    io_wire_signed(venue_of(host), digest, size);
    return size;
}

static oc_rc sign_public_text(const struct oc_host *host, uint32_t account, uint16_t field, uint32_t form, void *text,
                              uint32_t size_max)
{
    return form == OC_PUBLIC_TEXT ? signer_public_text(&venue_of(host)->signer, account, field, text, size_max)
                                  : OC_E_NOT_SUPPORTED;
}

static oc_rc sign_keep(const struct oc_host *host, uint32_t account, const char *name, const void *secret,
                       uint32_t size, int64_t until_ns, uint32_t how, uint16_t *ret_field)
{
    (void)until_ns; /* a session is all there is */
    return how == OC_KEEP_FOR_SESSION ? signer_keep(&venue_of(host)->signer, account, name, secret, size, ret_field)
                                      : OC_E_NOT_SUPPORTED;
}

static oc_rc sign_nonce(const struct oc_host *host, uint32_t account, uint16_t field, int64_t unit_ns,
                        uint64_t *ret_nonce)
{
    struct io_venue *venue = venue_of(host);
    (void)account, (void)field;
    return signer_nonce(&venue->signer, io_venue_now(venue), unit_ns, ret_nonce);
}

const void *io_venue_service_of_world(const char *id)
{
    static const struct oc_svc_time time = {.size = sizeof time,
                                            .now_ns = time_now_ns,
                                            .mono_ns = time_now_ns,
                                            .venue_ns = time_venue_ns,
                                            .sample = time_sample,
                                            .random = time_random,
                                            .timer = time_timer,
                                            .cancel = time_cancel};
    static const struct oc_svc_names names = {.size = sizeof names,
                                              .symbol = names_by_symbol,
                                              .number = names_by_number,
                                              .scale = names_by_inst,
                                              .record = names_record,
                                              .asset = names_asset,
                                              .asset_text = names_asset_text};
    static const struct oc_svc_limit limit = {
        .size = sizeof limit, .used = limit_used, .max = limit_max, .shut = limit_shut, .give = limit_give};
    static const struct oc_svc_sign sign = {.size = sizeof sign,
                                            .key = sign_key,
                                            .sign = sign_sign,
                                            .digest = sign_digest,
                                            .public_text = sign_public_text,
                                            .keep = sign_keep,
                                            .nonce = sign_nonce};
    static const struct {
        const char *id;
        const void *table;
    } all[] = {{OC_SVC_TIME, &time},
               {OC_SVC_NAMES, &names},
               {OC_SVC_LIMIT, &limit},
               {OC_SVC_SIGN, &sign},
               {OC_SVC_STORE, &io_store_service}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].id, id) == 0)
            return all[i].table;
    return NULL;
}
