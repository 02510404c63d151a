#include "journal/meaning.h"

#include "base/env.h"
#include "base/hash.h"
#include "base/prefetch.h"

#include <outcry/order.h>

#include <stdio.h>
#include <string.h>

enum { WINDOW = MEANING_ORDERS_MAX, SLOTS = 2 * WINDOW, SLOT_SHIFT = 64 - 17 };
enum { SAVED_HEAD = 2 * sizeof(uint64_t) };

static const uint64_t begin = 0x6d65616e696e6731u; /* "meaning1" */

struct meaning_orders {
    uint64_t id[WINDOW];  /* ordinal n lies at (n - 1) % WINDOW; 0: none yet */
    uint32_t slot[SLOTS]; /* open addressing over them: place + 1, 0 empty; never more than half are taken */
};

static inline uint32_t slot_of(uint64_t id) { return (uint32_t)(id * 0x9e3779b97f4a7c15u >> SLOT_SHIFT); }

/* Where the id lies, or the empty slot where it would. */
static uint32_t find(const struct meaning_orders *orders, uint64_t id)
{
    uint32_t at = slot_of(id);
    while (orders->slot[at] && orders->id[orders->slot[at] - 1] != id)
        at = (at + 1) % SLOTS;
    return at;
}

/* Those behind it move up, so that a search never ends too early. */
static __attribute__((noinline)) void forget(struct meaning_orders *orders, uint64_t id)
{
    uint32_t hole = find(orders, id);
    for (uint32_t at = (hole + 1) % SLOTS; orders->slot[at]; at = (at + 1) % SLOTS) {
        const uint32_t home = slot_of(orders->id[orders->slot[at] - 1]);
        if ((at - home) % SLOTS < (at - hole) % SLOTS)
            continue;
        orders->slot[hole] = orders->slot[at];
        hole = at;
    }
    orders->slot[hole] = 0;
}

static uint32_t add(struct meaning *meaning, uint32_t at, uint64_t id)
{
    struct meaning_orders *orders = meaning->orders;
    const uint32_t place = (uint32_t)(meaning->count % WINDOW);
    if (orders->id[place]) { /* the window is full: the oldest goes */
        forget(orders, orders->id[place]);
        at = find(orders, id);
    }
    orders->id[place] = id;
    orders->slot[at] = place + 1;
    meaning->count++;
    /* The next order is most often the next number, and the one that it displaces came long ago. */
    prefetch(&orders->slot[slot_of(id + 1)], 1);
    prefetch(&orders->slot[slot_of(orders->id[meaning->count % WINDOW])], 1);
    return place + 1;
}

/* Below: `hash` is the state so far, and what is returned the state behind what was folded. In registers: this runs with each
 * record. */
static inline uint64_t fold(uint64_t hash, uint64_t value) { return hash64_fold(hash, value); }

static inline uint64_t fold_if(uint64_t hash, uint32_t has, int64_t value)
{
    return has ? fold(hash, (uint64_t)value) : hash;
}

static __attribute__((noinline)) void look_up(struct meaning *meaning, uint64_t id)
{
    uint32_t place = 0;
    if (id) {
        const uint32_t at = find(meaning->orders, id);
        place = meaning->orders->slot[at];
        if (!place)
            place = add(meaning, at, id);
    }
    meaning->last_id = id;
    meaning->last = place;
}

/* The first word of each record; `more` is 16 bits of what it is. Of the ordinal 16 bits are enough: no two that are known
 * share them. The order was looked up. */
static inline uint64_t fold_head(const struct meaning *meaning, const struct oc_event *head, uint32_t more)
{
    const uint64_t what = (uint64_t)head->type | (uint64_t)more << 8 | (uint64_t)OC_INST_INDEX(head->inst) << 24;
    return fold(meaning->hash, what | meaning->last << 48);
}

/* 1.50 and 1.5 are the same money. `beside` shares a word with the scale. */
static inline uint64_t fold_dec(uint64_t hash, struct oc_dec dec, uint32_t beside)
{
    if (dec.units == 0)
        return fold(hash, 0);
    while ((dec.units & 1) == 0) { /* half of them end here, without a division */
        const int64_t tenth = dec.units / 10;
        if (tenth * 10 != dec.units)
            break;
        dec.units = tenth;
        dec.scale--;
    }
    hash = fold(hash, (uint64_t)dec.units);
    return fold(hash, (uint64_t)(uint32_t)dec.scale | (uint64_t)beside << 32);
}

static inline uint64_t fold_new(uint64_t hash, const struct oc_request *request)
{
    const uint32_t rare = OC_RQ_HAS_QUOTE_QTY | OC_RQ_HAS_STOP | OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_TAKE_PROFIT;
    const uint32_t bits = request->bits & (rare | OC_RQ_HAS_PRICE | OC_RQ_HAS_QTY | OC_RQ_POST_ONLY |
                                           OC_RQ_REDUCE_ONLY | OC_RQ_FEE_IN_QUOTE);
    hash = fold(hash, (uint64_t)request->side | (uint64_t)request->type << 8 | (uint64_t)request->tif << 16 |
                          (uint64_t)request->role << 24 | (uint64_t)bits << 32);
    hash = fold_if(hash, bits & OC_RQ_HAS_QTY, request->qty);
    hash = fold_if(hash, bits & OC_RQ_HAS_PRICE, request->price);
    if (!(bits & rare) && request->tif != OC_TIF_GTD)
        return hash;
    if (bits & OC_RQ_HAS_QUOTE_QTY)
        hash = fold_dec(hash, request->quote_qty, 0);
    hash = fold_if(hash, bits & OC_RQ_HAS_STOP, request->stop_price);
    hash = fold_if(hash, bits & OC_RQ_HAS_STOP_LOSS, request->stop_loss);
    hash = fold_if(hash, bits & OC_RQ_HAS_TAKE_PROFIT, request->take_profit);
    return fold_if(hash, request->tif == OC_TIF_GTD, request->expire_ns);
}

static uint64_t fold_amend(uint64_t hash, const struct oc_request *request)
{
    const uint32_t bits = request->bits & (OC_RQ_QUANTITY_CHANGED | OC_RQ_PRICE_CHANGED | OC_RQ_STOP_CHANGED);
    hash = fold(hash, bits);
    hash = fold_if(hash, bits & OC_RQ_QUANTITY_CHANGED, request->qty);
    hash = fold_if(hash, bits & OC_RQ_PRICE_CHANGED, request->price);
    return fold_if(hash, bits & OC_RQ_STOP_CHANGED, request->stop_price);
}

static uint64_t fold_reason(uint64_t hash, const char *reason, size_t length)
{
    uint64_t words[OC_REASON_MAX / 8] = {0};
    memcpy(words, reason, length);
    for (size_t i = 0; i * 8 < length; i++)
        hash = fold(hash, words[i]);
    return hash;
}

static inline uint64_t request_hash(const struct meaning *meaning, const struct oc_request *request)
{
    const uint64_t hash = fold_head(meaning, &request->head, request->kind);
    if (request->kind == OC_REQUEST_NEW)
        return fold_new(hash, request);
    return request->kind == OC_REQUEST_AMEND ? fold_amend(hash, request) : hash;
}

/* What we deny ourselves has no time of a venue. */
static __attribute__((noinline)) uint64_t long_answer_hash(const struct meaning *meaning,
                                                           const struct oc_ev_answer *answer)
{
    const size_t length = strnlen(answer->reason, OC_REASON_MAX);
    uint64_t hash = fold_head(meaning, &answer->head, (uint32_t)length);
    hash = fold_if(hash, answer->head.type != OC_EV_DENIED, answer->head.venue_ns);
    hash = fold_reason(hash, answer->reason, length);
    if (answer->head.type != OC_EV_AMENDED)
        return hash;
    hash = fold(hash, (uint64_t)answer->price);
    hash = fold(hash, (uint64_t)answer->stop_price);
    return fold(hash, (uint64_t)answer->qty);
}

static inline uint64_t answer_hash(const struct meaning *meaning, const struct oc_ev_answer *answer)
{
    if (answer->reason[0] || answer->head.type == OC_EV_AMENDED || answer->head.type == OC_EV_DENIED)
        return long_answer_hash(meaning, answer);
    return fold(fold_head(meaning, &answer->head, 0), (uint64_t)answer->head.venue_ns);
}

static inline uint64_t fill_hash(const struct meaning *meaning, const struct oc_ev_fill *fill)
{
    uint64_t hash = fold_head(meaning, &fill->head, (uint32_t)fill->side | (uint32_t)fill->liquidity << 8);
    hash = fold(hash, (uint64_t)fill->head.venue_ns);
    hash = fold(hash, (uint64_t)fill->price);
    hash = fold(hash, (uint64_t)fill->qty);
    return fold_dec(hash, fill->fee, fill->fee_asset);
}

static bool is_answer(uint16_t type)
{
    return type == OC_EV_DENIED || (type >= OC_EV_ACCEPTED && type <= OC_EV_NOT_THERE);
}

static inline uint64_t shown_hash(const struct meaning *meaning, const struct oc_ev_order *shown)
{
    const uint32_t says = shown->present;
    uint64_t hash = fold_head(meaning, &shown->head, (uint32_t)shown->state | (uint32_t)shown->side << 8);
    hash = fold(hash, says);
    hash = fold_if(hash, says & OC_OF_PRICE, shown->price);
    hash = fold_if(hash, says & OC_OF_STOP, shown->stop_price);
    hash = fold_if(hash, says & OC_OF_QTY, shown->qty);
    hash = fold_if(hash, says & OC_OF_CUM_QTY, shown->cum_qty);
    return says & OC_OF_CUM_VALUE ? fold_dec(hash, shown->cum_value, 0) : hash;
}

static inline uint64_t bust_hash(const struct meaning *meaning, const struct oc_ev_bust *bust)
{
    uint64_t hash = fold(fold_head(meaning, &bust->head, 0), (uint64_t)bust->new_price);
    hash = fold(hash, (uint64_t)bust->new_qty);
    return fold_dec(hash, bust->new_fee, 0);
}

/* A record of an older layout is shorter than ours: what it lacks is zero. */
static void fold_short(struct meaning *meaning, const struct oc_event *event)
{
    union {
        struct oc_event head;
        struct oc_request request;
        struct oc_ev_answer answer;
        struct oc_ev_fill fill;
    } room = {0};
    memcpy(&room, event, event->size);
    room.head.size = sizeof room;
    meaning_fold(meaning, &room.head);
}

/* Each kind in a function of its own, its order first: so none saves registers for another. */
static __attribute__((noinline)) void fold_request(struct meaning *meaning, const struct oc_request *request)
{
    if (request->head.size < sizeof *request) {
        fold_short(meaning, &request->head);
        return;
    }
    if (request->order != meaning->last_id)
        look_up(meaning, request->order);
    meaning->hash = request_hash(meaning, request);
}

static __attribute__((noinline)) void fold_answer(struct meaning *meaning, const struct oc_ev_answer *answer)
{
    if (answer->head.size < sizeof *answer) {
        fold_short(meaning, &answer->head);
        return;
    }
    if (answer->order != meaning->last_id)
        look_up(meaning, answer->order);
    meaning->hash = answer_hash(meaning, answer);
}

static __attribute__((noinline)) void fold_fill(struct meaning *meaning, const struct oc_ev_fill *fill)
{
    if (fill->head.size < sizeof *fill) {
        fold_short(meaning, &fill->head);
        return;
    }
    if (fill->order != meaning->last_id)
        look_up(meaning, fill->order);
    meaning->hash = fill_hash(meaning, fill);
}

/* What only a venue says: of a later layout than any shorter record. */
static __attribute__((noinline)) void fold_venue(struct meaning *meaning, const struct oc_event *event)
{
    const void *record = event;
    const bool is_shown = event->type == OC_EV_ORDER;
    if (event->size < (is_shown ? sizeof(struct oc_ev_order) : sizeof(struct oc_ev_bust)))
        return;
    look_up(meaning,
            is_shown ? ((const struct oc_ev_order *)record)->order : ((const struct oc_ev_bust *)record)->order);
    meaning->hash = is_shown ? shown_hash(meaning, record) : bust_hash(meaning, record);
}

void meaning_fold(struct meaning *meaning, const struct oc_event *event)
{
    const void *record = event;
    if (event->type == OC_EV_REQUEST)
        fold_request(meaning, record);
    else if (event->type == OC_EV_FILL)
        fold_fill(meaning, record);
    else if (is_answer(event->type))
        fold_answer(meaning, record);
    else if (event->type == OC_EV_ORDER || event->type == OC_EV_BUST)
        fold_venue(meaning, event);
}

oc_rc meaning_init(struct meaning *meaning)
{
    *meaning = (struct meaning){.hash = begin, .orders = env_alloc(sizeof *meaning->orders)};
    return meaning->orders ? OC_OK : OC_E_NOMEM;
}

void meaning_release(struct meaning *meaning)
{
    env_free(meaning->orders);
    meaning->orders = NULL;
}

void meaning_text(const struct meaning *meaning, char ret_text[MEANING_TEXT_MAX])
{
    snprintf(ret_text, MEANING_TEXT_MAX, "%016llx", (unsigned long long)meaning->hash);
}

static uint64_t kept(uint64_t count) { return count < WINDOW ? count : WINDOW; }

int64_t meaning_save(const struct meaning *meaning, void *bytes, size_t size_max)
{
    const uint64_t head[2] = {meaning->hash, meaning->count};
    const size_t size = SAVED_HEAD + kept(meaning->count) * sizeof(uint64_t);
    if (size > size_max)
        return OC_E_FULL;
    memcpy(bytes, head, sizeof head);
    memcpy((char *)bytes + sizeof head, meaning->orders->id, size - sizeof head);
    return (int64_t)size;
}

oc_rc meaning_load(struct meaning *meaning, const void *bytes, size_t size)
{
    uint64_t head[2] = {0};
    memcpy(head, bytes, size < sizeof head ? size : sizeof head);
    if (size != SAVED_HEAD + kept(head[1]) * sizeof(uint64_t))
        return OC_E_DATA;
    struct meaning_orders *orders = meaning->orders;
    meaning->hash = head[0];
    meaning->count = head[1];
    meaning->last_id = meaning->last = 0;
    memset(orders, 0, sizeof *orders);
    memcpy(orders->id, (const char *)bytes + sizeof head, size - sizeof head);
    for (uint32_t place = 0; place < kept(head[1]); place++) {
        const uint32_t at = find(orders, orders->id[place]);
        if (!orders->id[place] || orders->slot[at])
            return OC_E_DATA;
        orders->slot[at] = place + 1;
    }
    return OC_OK;
}
