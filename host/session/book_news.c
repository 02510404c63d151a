#include "session/book_news.h"

#include "base/log.h"
#include "engine/depth.h"

static const char *becomes(uint32_t policy)
{
    return policy == DEPTH_WARN   ? "it is gone on with"
           : policy == DEPTH_HALT ? "it begins anew, and nothing is opened until unkill"
                                  : "it begins anew";
}

void book_news_say(const struct engine *engine, const struct oc_event *event)
{
    const struct depth *depth = engine_book(engine, event->inst);
    if (!depth || !depth->fault || depth->fault_seq != event->seq)
        return;
    const uint64_t times = depth->gaps + depth->crossings;
    if (times > BOOK_NEWS_SAID && times % BOOK_NEWS_EACH)
        return;
    const struct instruments *instruments = engine_instruments((struct engine *)(uintptr_t)engine);
    log_warning("book", "the order book of %s %s: %s%s",
                instruments_name(instruments, instruments_get(instruments, event->inst)),
                depth->fault == DEPTH_GAP ? "has a gap" : "is crossed", becomes(depth->policy),
                times == BOOK_NEWS_SAID ? "; from here on every 1000th time is said" : "");
}
