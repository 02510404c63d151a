/* service_exit.c: what is done with orders and positions before a session at a venue ends: session.on_exit, as a recorded command of the
 * host. Orders of another hand, and what no strategy and no person of this session holds, are left alone. */
#include <stdio.h>
#include <string.h>

#include "serve/console_service_impl.h"

static int cancel_own(struct console_service *service, enum engine_cancels which)
{
    int count = 0;
    for (int batch = 0; batch <= ENGINE_ORDERS_OPEN_MAX / ENGINE_STAGED_MAX; batch++) {
        if (engine_begin(service->engine, 0) < 0)
            return count;
        const int asked = engine_cancel_all(service->engine, 0, 0, which);
        engine_end(service->engine, true);
        count += asked;
        if (asked < ENGINE_STAGED_MAX)
            break;
    }
    return count;
}

static int close_own(struct console_service *service)
{
    const uint32_t books = portfolio_book_count(service->portfolio);
    int count = 0;
    for (uint32_t i = 0; i < books; i++) { /* a batch each: they may be more than one holds */
        const struct position *position = &portfolio_book_at(service->portfolio, i)->position;
        struct engine_refusal refusal = {0};
        struct oc_request request = {.owner = OC_OWNER_CONSOLE,
                                     .account = position->account,
                                     .strategy = position->strategy,
                                     .type = OC_ORDER_MARKET,
                                     .tif = OC_TIF_GTC,
                                     .tag = "exit"};
        request.head.inst = position->inst;
        if (engine_begin(service->engine, 0) < 0)
            break;
        count += engine_close(service->engine, &request, &refusal) == OC_OK;
        engine_end(service->engine, true);
    }
    return count;
}

bool service_at_exit(struct console_service *service, const struct command_words *words, struct text *reply)
{
    static const struct {
        const char *word;
        enum engine_cancels which;
    } policies[] = {{"cancel_entries", CANCEL_OWN_ENTRIES}, {"cancel", CANCEL_OWN}, {"flatten", CANCEL_OWN_TO_CLOSE}};
    size_t i = 0;
    while (i < 3 && (words->count < 2 || strcmp(words->fields[1], policies[i].word) != 0))
        i++;
    if (i == 3) {
        json_refusal(reply, "BAD_WORDS", "at_exit: expected cancel_entries, cancel or flatten");
        return false;
    }
    engine_set_ending(service->engine, true);
    const int cancelled = cancel_own(service, policies[i].which);
    const int closing = policies[i].which == CANCEL_OWN_TO_CLOSE ? close_own(service) : 0;
    text_clear(reply);
    json_open(reply, NULL, '{');
    json_int(reply, "cancelled", cancelled);
    json_int(reply, "closing", closing);
    json_close(reply, '}');
    return true;
}
