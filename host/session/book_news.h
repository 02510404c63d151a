/* book_news.h: what a person is told of order books: that one has a gap or is crossed, and what becomes of it. */
#ifndef SESSION_BOOK_NEWS_H
#define SESSION_BOOK_NEWS_H

#include "engine/engine.h"

/* After the engine has taken a book event: what it showed to be wrong is logged; of one book the first BOOK_NEWS_SAID times, then
 * every BOOK_NEWS_EACH-th. */
enum { BOOK_NEWS_SAID = 16, BOOK_NEWS_EACH = 1000 };
void book_news_say(const struct engine *engine, const struct oc_event *event);

#endif
