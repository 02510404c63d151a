/* strategy_log.c: what a strategy says, so much of one event and no more. */
#include <outcry/services.h>

#include "base/text.h"
#include "script/strategy_impl.h"

void strategy_log_settle(struct strategy *strategy)
{
    char line[96];
    struct text text;
    if (strategy->log_lines > STRATEGY_LOG_LINES_MAX) {
        text_init_fixed(&text, line, sizeof line);
        text_format(&text, "... and %llu more lines of the same event were left out",
                    (unsigned long long)(strategy->log_lines - STRATEGY_LOG_LINES_MAX));
        strategy->config.log(strategy->config.log_arg, OC_LOG_WARN, line);
    }
    strategy->log_lines = 0;
}

void strategy_say(struct strategy *strategy, int level, const char *text)
{
    if (!strategy->config.log || strategy->is_restoring)
        return;
    uint64_t cause = engine_cause(strategy->engine);
    if (cause != strategy->log_cause)
        strategy_log_settle(strategy);
    strategy->log_cause = cause;
    if (++strategy->log_lines <= STRATEGY_LOG_LINES_MAX)
        strategy->config.log(strategy->config.log_arg, level, text);
}
