/* session_steer.c: strategies steered while the session runs. */
#include <stdio.h>
#include <string.h>

#include "app/session_impl.h"

void session_put_strategy(struct session *session, struct text *reply, const char *key, uint32_t index)
{
    const struct session_strategy *owner = &session->strategies[index];
    const struct strategy *strategy = owner->strategy;
    const struct sandbox_error *error = strategy_error(strategy);
    uint32_t id = strategy_id(strategy), open_orders = 0;
    for (const struct order *order = orders_open_first(engine_orders(session->engine)); order; order = order->younger)
        open_orders += order->now.strategy == id;
    put_open(reply, key, '{');
    put_text(reply, "name", strategy_name(strategy));
    put_text(reply, "file", owner->file);
    put_text(reply, "state", engine_is_suspended(session->engine, id) ? "suspended" : "running");
    put_int(reply, "period_ns", strategy_period_ns(strategy));
    put_int(reply, "calls", (int64_t)strategy_calls(strategy));
    put_int(reply, "open_orders", open_orders);
    put_int(reply, "heap_bytes", (int64_t)sandbox_heap_bytes(strategy_sandbox((struct strategy *)(uintptr_t)strategy)));
    put_text(reply, "error", error ? error->message : NULL);
    put_close(reply, '}');
}

bool session_steer_prepare(void *self, struct desk_words *words, struct text *reply)
{
    (void)self;
    (void)words;
    (void)reply;
    return true;
}

bool session_steer(void *self, const struct desk_words *words, struct text *reply)
{
    (void)self;
    put_refusal(reply, "NOT_SUPPORTED", "%s is not supported", words->fields[0]);
    return false;
}
