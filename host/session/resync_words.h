/* resync_words.h: what a strategy would hold behind a hole, and what it holds, as a sentence for people. */
#ifndef SESSION_RESYNC_WORDS_H
#define SESSION_RESYNC_WORDS_H

#include "base/text.h"
#include "engine/engine.h"

/* "BTC/USD: holds 0.01 and would be flat: 3 bars were missed". */
void resync_words(struct engine *engine, const struct engine_resync *resync, struct text *out);

#endif
