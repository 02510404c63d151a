/* face_plain_orders.c: order requests of the face `plain`. */
#include "rehearsal/face_plain.h"

#include "base/json_out.h"

struct wanted { /* members of a body, as they stand */
    struct kit_json_text symbol, side, type, tif, qty, quote_qty, price, stop_price, client_id, id, post_only;
};

static bool read_body(struct call *call, struct wanted *wanted)
{
    static const struct {
        const char *name;
        size_t at;
    } members[] = {{"symbol", offsetof(struct wanted, symbol)},
                   {"side", offsetof(struct wanted, side)},
                   {"type", offsetof(struct wanted, type)},
                   {"tif", offsetof(struct wanted, tif)},
                   {"qty", offsetof(struct wanted, qty)},
                   {"quote_qty", offsetof(struct wanted, quote_qty)},
                   {"price", offsetof(struct wanted, price)},
                   {"stop_price", offsetof(struct wanted, stop_price)},
                   {"client_id", offsetof(struct wanted, client_id)},
                   {"id", offsetof(struct wanted, id)},
                   {"post_only", offsetof(struct wanted, post_only)}};
    struct kit_json json = kit_json_begin(call->ask->body, call->ask->body_size);
    struct kit_json_text key;
    bool is_known = true;
    memset(wanted, 0, sizeof *wanted);
    const bool is_object = kit_json_object(&json);
    while (is_object && kit_json_key(&json, &key)) {
        struct kit_json_text *to = NULL;
        for (size_t i = 0; i < sizeof members / sizeof *members; i++)
            if (kit_json_is(key, members[i].name, strlen(members[i].name)))
                to = (struct kit_json_text *)(void *)((char *)wanted + members[i].at);
        is_known = is_known && to && to->kind == KIT_JSON_NONE;
        if (to)
            *to = kit_json_value(&json);
    }
    if (!kit_json_end(&json) || !is_object) {
        call_refuse(call, 400, "BAD_BODY", "the body is no object of JSON");
        return false;
    }
    if (!is_known) {
        call_refuse(call, 400, "BAD_BODY", "a member of the body is not known, or stands twice");
        return false;
    }
    return true;
}

static bool text_of(struct kit_json_text from, char *text, size_t size_max)
{
    text[0] = 0;
    return from.kind == KIT_JSON_NONE || (from.kind == KIT_JSON_STRING && kit_json_copy(from, text, size_max) >= 0);
}

static bool is_client_id(const char *text)
{
    for (; *text; text++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.", *text))
            return false;
    return true;
}

/* Numbers are texts, as everywhere in this protocol. */
static bool read_units(struct call *call, struct kit_json_text from, struct oc_dec step, enum core_why why,
                       int64_t *ret_units)
{
    if (from.kind == KIT_JSON_NONE || (from.kind == KIT_JSON_STRING && kit_json_units(from, step, ret_units) == OC_OK))
        return true;
    call_refuse_why(call, why);
    return false;
}

static bool read_ask(struct call *call, const struct wanted *wanted, struct core_ask *ask)
{
    char symbol[CORE_NAME_MAX], side[16], type[16], tif[16];
    if (!text_of(wanted->symbol, symbol, sizeof symbol) || !text_of(wanted->side, side, sizeof side) ||
        !text_of(wanted->type, type, sizeof type) || !text_of(wanted->tif, tif, sizeof tif) ||
        !text_of(wanted->client_id, ask->client, sizeof ask->client) || !is_client_id(ask->client)) {
        call_refuse(call, 400, "BAD_BODY",
                    "symbol, side, type, tif and client_id are texts; client_id has up to 64 letters, digits, - _ .");
        return false;
    }
    ask->account = call->key->account;
    ask->inst = core_inst_named(call->venue->core, symbol);
    ask->side = plain_means(plain_sides, side);
    ask->type = plain_means(plain_types, type);
    ask->tif = *tif ? plain_means(plain_tifs, tif) : ask->type == CORE_MARKET ? CORE_IOC : CORE_GTC;
    ask->is_post_only = wanted->post_only.kind == KIT_JSON_TRUE;
    if (ask->inst == CORE_NONE) {
        call_refuse_why(call, CORE_NO_INSTRUMENT);
        return false;
    }
    const struct core_inst *inst = core_inst(call->venue->core, ask->inst);
    if (wanted->quote_qty.kind != KIT_JSON_NONE) {
        char money[64];
        ask->by_money = true;
        if (wanted->qty.kind != KIT_JSON_NONE || !text_of(wanted->quote_qty, money, sizeof money) ||
            !venue_money(money, strlen(money), &ask->money)) {
            call_refuse_why(call, CORE_BAD_QTY);
            return false;
        }
    }
    return read_units(call, wanted->qty, inst->qty_step, CORE_BAD_QTY, &ask->qty) &&
           read_units(call, wanted->price, inst->price_step, CORE_BAD_PRICE, &ask->price) &&
           read_units(call, wanted->stop_price, inst->price_step, CORE_BAD_PRICE, &ask->stop);
}

static void answer_order(struct call *call, enum core_why why, uint32_t order)
{
    if (why != CORE_OK) {
        call_refuse_why(call, why);
        return;
    }
    plain_put_order(call->venue->core, call_begin(call), "order", core_order(call->venue->core, order));
    call_end(call);
}

void plain_post_order(struct call *call)
{
    struct wanted wanted;
    struct core_ask ask = {0};
    uint32_t order = CORE_NONE;
    if (!read_body(call, &wanted) || !read_ask(call, &wanted, &ask))
        return;
    call->venue->orders++;
    const enum core_why why = core_place(call->venue->core, call->venue->now_ns, &ask, &order);
    answer_order(call, why, order);
}

void plain_patch_order(struct call *call)
{
    struct wanted wanted;
    char id[24], client[CORE_CLIENT_MAX];
    if (!read_body(call, &wanted))
        return;
    if (!text_of(wanted.id, id, sizeof id) || !text_of(wanted.client_id, client, sizeof client) || !*id == !*client) {
        call_refuse(call, 400, "BAD_BODY", "either id or client_id is expected");
        return;
    }
    const uint32_t place = call_named(call, id, client);
    if (place == CORE_NONE) {
        call_refuse_why(call, CORE_NOT_FOUND);
        return;
    }
    const struct core_order *order = core_order(call->venue->core, place);
    const struct core_inst *inst = core_inst(call->venue->core, order->inst);
    int64_t qty = order->qty, price = order->price;
    if (read_units(call, wanted.qty, inst->qty_step, CORE_BAD_QTY, &qty) &&
        read_units(call, wanted.price, inst->price_step, CORE_BAD_PRICE, &price))
        answer_order(call, core_amend(call->venue->core, call->venue->now_ns, place, qty, price), place);
}

void plain_delete_order(struct call *call)
{
    uint32_t order;
    if (call_order(call, &order))
        answer_order(call, core_cancel(call->venue->core, call->venue->now_ns, order), order);
}

void plain_delete_open_orders(struct call *call)
{
    struct core *core = call->venue->core;
    uint32_t inst;
    if (!call_inst(call, false, &inst))
        return;
    struct text *out = call_begin(call);
    json_open(out, "orders", '[');
    for (uint64_t id = 1; id <= core_order_count(core); id++) {
        const uint32_t place = core_order_by_id(core, id);
        const struct core_order *order = core_order(core, place);
        if (order->account == call->key->account && core_is_open(order) && (inst == CORE_NONE || order->inst == inst) &&
            core_cancel(core, call->venue->now_ns, place) == CORE_OK)
            plain_put_order(core, out, NULL, core_order(core, place));
    }
    json_close(out, ']');
    call_end(call);
}
