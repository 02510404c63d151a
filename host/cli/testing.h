/* testing.h: `outcry test FILE...`: Lua files of tests, that run strategies on data made by hand and look at what came of it.
 *
 * Invariants
 * - Each backtest is one of the host, whole: the same composition as `outcry backtest`, on files that are gone afterwards.
 * - What a test sees is read from the engine's records, not from a report. */
#ifndef CLI_TESTING_H
#define CLI_TESTING_H

#include <lua.h>

#include "base/embedded.h"

extern const struct embedded testing_words[];     /* made by the build: the words of a test file */
extern const struct embedded strategy_skeleton[]; /* ... and what `strategy new` writes */

enum { TESTING_FILES_MAX = 16, TESTING_ROWS_MAX = 20000, TESTING_LOG_MAX = 2000, TESTING_WORDS_MAX = 256 };

/* __backtest(strategy, files, argv): a table of what came of it; `folder` of the test file is upvalue 1. Raises what cannot be begun. */
int testing_backtest(lua_State *lua);
int verb_test(int argc, char **argv);

#endif
