/* service_kill.c: taking back and closing all at once: cancel_all, flatten, kill, unkill. Carried out from a recorded command. */
#include "engine/dust.h"
#include "serve/console_service_impl.h"
#include "session/json_units.h"
#include "session/protection.h"

#include <string.h>

static bool put_count(struct text *reply, const char *what, int count)
{
    text_clear(reply);
    json_open(reply, NULL, '{');
    json_int(reply, what, count);
    json_close(reply, '}');
    return true;
}

/* Some venues cancel the orders of one instrument at once, and not those of all. */
static bool ask_each_instrument(struct console_service *service, enum engine_cancels which)
{
    for (uint32_t i = 1; i < instruments_count(service->instruments); i++) {
        const struct instrument *instrument = instruments_at(service->instruments, i);
        if (!instrument || !orders_open_of(engine_orders(service->engine), instrument->info.inst))
            continue;
        if (engine_begin(service->engine, 0) < 0)
            return false;
        (void)engine_ask_cancel_all(service->engine, instrument->info.inst,
                                    which); /* none: each is cancelled by itself */
        engine_end(service->engine, true);
    }
    return true;
}

/* A batch holds ENGINE_STAGED_MAX requests; there may be more open orders than that, and none may be left. */
static bool cancel_in_batches(struct console_service *service, uint32_t inst, enum engine_cancels which, int *count)
{
    if (engine_begin(service->engine, 0) < 0)
        return false;
    const int at_once = engine_ask_cancel_all(service->engine, inst, which); /* where the venue can */
    engine_end(service->engine, true);
    if (!inst && !at_once && !ask_each_instrument(service, which))
        return false;
    for (int batch = 0; batch <= ENGINE_ORDERS_OPEN_MAX / ENGINE_STAGED_MAX; batch++) {
        if (engine_begin(service->engine, 0) < 0)
            return false;
        int asked = engine_cancel_all(service->engine, 0, inst, which);
        engine_end(service->engine, true);
        *count += asked;
        if (asked < ENGINE_STAGED_MAX)
            break;
    }
    return true;
}

bool service_cancel_all(struct console_service *service, const struct command_words *words, struct text *reply)
{
    const struct instrument *instrument = NULL;
    bool is_named = words->count > 1 && words->fields[1][0] && strncmp(words->fields[1], "by=", 3) != 0;
    if (is_named && !service_instrument(service, words, 1, &instrument, reply))
        return false;
    int count = 0;
    return cancel_in_batches(service, instrument ? instrument->info.inst : 0, CANCEL_NOT_PROTECTION, &count) &&
           put_count(reply, "cancelled", count);
}

/* Each strategy's position is closed in its own name, then what is left by hand. */
static bool flatten(struct console_service *service, int *cancelled, int *closing)
{
    uint32_t books = portfolio_book_count(service->portfolio);
    struct engine_refusal refusal = {0};
    if (!cancel_in_batches(service, 0, CANCEL_TO_CLOSE, cancelled) || engine_begin(service->engine, 0) < 0)
        return false;
    for (uint32_t i = 0; i < books; i++) {
        const struct position *position = &portfolio_book_at(service->portfolio, i)->position;
        struct oc_request request = {.owner = OC_OWNER_CONSOLE,
                                     .account = position->account,
                                     .strategy = position->strategy,
                                     .type = OC_ORDER_MARKET,
                                     .tif = OC_TIF_GTC,
                                     .tag = "flatten"};
        request.head.inst = position->inst;
        *closing += engine_close(service->engine, &request, &refusal) == OC_OK;
    }
    engine_end(service->engine, true);
    return true;
}

bool service_flatten(struct console_service *service, struct text *reply)
{
    int cancelled = 0, closing = 0;
    if (!flatten(service, &cancelled, &closing))
        return false;
    text_clear(reply);
    json_open(reply, NULL, '{');
    json_int(reply, "cancelled", cancelled);
    json_int(reply, "closing", closing);
    json_close(reply, '}');
    return true;
}

/* Kill. */

enum kill { KILL_ENTRIES, KILL_ALL, KILL_FLATTEN };

static enum kill kind_of(const struct command_words *words)
{
    const char *word = words->count > 1 ? words->fields[1] : "";
    return strcmp(word, "all") == 0 ? KILL_ALL : strcmp(word, "flatten") == 0 ? KILL_FLATTEN : KILL_ENTRIES;
}

/* Orders that were neither taken back nor asked to be: ours, and those of another hand. */
static void put_staying(const struct console_service *service, struct text *reply)
{
    int64_t ours = 0, foreign = 0;
    for (const struct order *order = orders_open_first(engine_orders(service->engine)); order; order = order->younger) {
        const bool stays = order->state != STATE_PENDING_CANCEL && !order->is_refused;
        const bool is_foreign = order->now.owner == OC_OWNER_EXTERNAL;
        ours += stays && !is_foreign;
        foreign += stays && is_foreign;
    }
    json_int(reply, "stay", ours);
    json_int(reply, "foreign", foreign);
}

/* What is held, and how much of it no stop protects: a row each. */
static void put_unprotected(const struct console_service *service, struct text *reply)
{
    const uint32_t books = portfolio_book_count(service->portfolio);
    int64_t count = 0;
    json_open(reply, "unprotected", '[');
    for (uint32_t i = 0; i < books; i++) {
        const struct position *position = &portfolio_book_at(service->portfolio, i)->position;
        const struct instrument *instrument = instruments_get(service->instruments, position->inst);
        const struct protection protection = protection_of(service->engine, position, true);
        if (!protection.held || protection.stopped >= (protection.held < 0 ? -protection.held : protection.held))
            continue;
        if (count++ >= CONSOLE_PAGE)
            continue;
        json_open(reply, NULL, '{');
        json_text(reply, "symbol", instruments_name(service->instruments, instrument));
        service_put_account(service, position->account, reply);
        json_text(reply, "strategy",
                  service->config.host->strategy_name(service->config.host->self, position->strategy));
        json_text(reply, "side", protection.held > 0 ? "long" : "short");
        json_qty(reply, "qty", instrument, true, protection.held < 0 ? -protection.held : protection.held);
        json_qty(reply, "stopped", instrument, true, protection.stopped);
        json_close(reply, '}');
    }
    json_close(reply, ']');
    json_int(reply, "unprotected_count", count);
}

bool service_kill(struct console_service *service, const struct command_words *words, struct text *reply)
{
    static const char *const names[] = {"entries", "all", "flatten"};
    const enum kill kind = kind_of(words);
    int cancelled = 0, closing = 0;
    engine_latch(service->engine, 0, "KILLED"); /* the rule kill_switch hears of the record itself */
    const bool is_done =
        kind == KILL_FLATTEN
            ? flatten(service, &cancelled, &closing)
            : cancel_in_batches(service, 0, kind == KILL_ALL ? CANCEL_OWN : CANCEL_OWN_ENTRIES, &cancelled);
    if (!is_done)
        return false;
    text_clear(reply);
    json_open(reply, NULL, '{');
    json_text(reply, "kill", names[kind]);
    json_int(reply, "cancelled", cancelled);
    json_int(reply, "closing", closing);
    put_staying(service, reply);
    put_unprotected(service, reply);
    json_close(reply, '}');
    return true;
}

bool service_unkill(struct console_service *service, struct text *reply)
{
    for (uint32_t id = 0; id <= portfolio_account_count(service->portfolio); id++) /* 0: all of the host */
        engine_unlatch(service->engine, id);
    return put_count(reply, "halted", 0);
}
