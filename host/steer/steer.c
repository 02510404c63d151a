/* steer.c: strategies steered while the session runs: who is asked, and what is shown of them. */
#include "steer/steer.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/line.h"
#include "journal/read.h"
#include "session/resync_words.h"

static const struct {
    const char *word;
    bool (*fn)(struct strategies *strategies, const struct command_words *words, struct text *reply);
} verbs[] = {{"load", steer_load},          {"unload", steer_unload},  {"hold", steer_hold},     {"resume", steer_hold},
             {"reload", steer_reload},      {"set", steer_set},        {"budget", steer_budget}, {"may", steer_may},
             {"adopt", steer_claim},        {"release", steer_claim},  {"take", steer_take},     {"give", steer_take},
             {"no_entries", steer_entries}, {"entries", steer_entries}};

bool strategies_steer(void *self, const struct command_words *words, struct text *reply)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (words->count && strcmp(verbs[i].word, words->fields[0]) == 0)
            return verbs[i].fn(self, words, reply);
    json_refusal(reply, "UNKNOWN_WORD", "'%.40s' is not a command", words->count ? words->fields[0] : "");
    return false;
}

void strategies_steer_restored(struct strategies *strategies, const struct oc_ev_text *command)
{
    struct text line, reply;
    struct command_words words = {.count = 0};
    text_init_grow(&line, OC_EVENT_MAX);
    text_init_grow(&reply, COMMAND_LINE_MAX);
    text_put_bytes(&line, command + 1, command->text_size);
    if (!line.is_cut && line.size)
        words.count = line_split(line.data, words.fields, COMMAND_FIELDS_MAX);
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (words.count && words.count <= COMMAND_FIELDS_MAX && strcmp(verbs[i].word, words.fields[0]) == 0)
            verbs[i].fn(strategies, &words, &reply); /* what was refused then is refused again */
    text_release(&reply);
    text_release(&line);
}

bool strategies_prepare(void *self, struct command_words *words, struct text *reply)
{
    struct strategies *strategies = self;
    const char *word = words->fields[0];
    bool loads = strcmp(word, "load") == 0;
    if (strcmp(word, "adopt") == 0 || strcmp(word, "release") == 0)
        return steer_prepare_claim(strategies, words, reply);
    if (!loads && strcmp(word, "reload") != 0)
        return true;
    if (words->count < 2 || (!loads && words->count > 2)) {
        json_refusal(reply, "BAD_WORDS",
                     loads ? "expected a file: load FILE [NAME=VALUE...]" : "expected a name: reload NAME");
        return false;
    }
    if (!loads) {
        int index = steer_find(strategies, words->fields[1], reply);
        return index >= 0 && steer_add_files(strategies, words, strategies->list[index].file, reply);
    }
    static char path[4096]; /* [engine]: one thread; it stands in words until the command is recorded */
    if (!realpath(words->fields[1], path)) {
        json_refusal(reply, "NO_FILE", "%.200s: there is no such file", words->fields[1]);
        return false;
    }
    if (strlen(path) >= sizeof strategies->list[0].file) {
        json_refusal(reply, "NO_FILE", "a path has at most %zu bytes", sizeof strategies->list[0].file - 1);
        return false;
    }
    words->fields[1] = path;
    return steer_add_files(strategies, words, path, reply);
}

uint32_t steer_count(const struct command_words *words)
{
    uint32_t count = words->count;
    return count > 1 && strncmp(words->fields[count - 1], "by=", 3) == 0 ? count - 1 : count;
}

int steer_find(struct strategies *strategies, const char *name, struct text *reply)
{
    const char *names[STRATEGIES_MAX + 1];
    uint32_t count = 0;
    for (uint32_t i = 0; i < strategies->count; i++) {
        if (!strategies->list[i].strategy)
            continue;
        if (strcmp(strategies->list[i].name, name) == 0)
            return (int)i;
        names[count++] = strategies->list[i].name;
    }
    names[count] = NULL;
    const char *nearest = text_nearest(name, names);
    json_refusal(reply, "UNKNOWN_STRATEGY", "no strategy '%.60s' is loaded%s%s%s", name,
                 nearest ? "; did you mean '" : "; see strategies", nearest ? nearest : "", nearest ? "'?" : "");
    return -1;
}

void steer_put_lines(struct text *reply, const char *key, const char *lines)
{
    json_open(reply, key, '[');
    while (*lines) {
        size_t size = strcspn(lines, "\n");
        json_text_n(reply, NULL, lines, size);
        lines += size + (lines[size] == '\n');
    }
    json_close(reply, ']');
}

bool steer_put_error(struct text *reply, const char *code, const struct sandbox_error *error, oc_rc rc)
{
    char message[800];
    if (error->line > 0 && error->file[0] && !strstr(error->message, error->file))
        snprintf(message, sizeof message, "%s:%d: %s", error->file, (int)error->line, error->message);
    else if (error->message[0])
        snprintf(message, sizeof message, "%s", error->message);
    else
        snprintf(message, sizeof message, "it could not be made: %s", error_name(rc));
    text_clear(reply);
    json_open(reply, NULL, '{');
    json_text(reply, "code", code);
    json_text(reply, "message", message);
    json_text(reply, "file", error->file[0] ? error->file : NULL);
    json_int(reply, "line", error->line);
    json_text(reply, "source", error->source_line[0] ? error->source_line : NULL);
    json_flag(reply, "definitive", true);
    json_close(reply, '}');
    return false;
}

/* Numbers and booleans as they are, other values as text. */
static void put_params(struct text *reply, const struct strategy *strategy)
{
    static char lines[STRATEGY_PARAMS_MAX * 2 * STRATEGY_NAME_MAX]; /* [engine]: one thread */
    json_open(reply, "params", '{');
    lines[0] = 0;
    if (strategy)
        strategy_params_text(strategy, lines, sizeof lines);
    for (const char *at = lines; *at;) {
        size_t size = strcspn(at, "\n");
        char name[STRATEGY_NAME_MAX], value[STRATEGY_NAME_MAX];
        const char *equals = memchr(at, '=', size);
        if (equals) {
            struct oc_dec dec = {0};
            snprintf(name, sizeof name, "%.*s", (int)(equals - at), at);
            snprintf(value, sizeof value, "%.*s", (int)(at + size - equals - 1), equals + 1);
            if (strcmp(value, "true") == 0 || strcmp(value, "false") == 0)
                json_flag(reply, name, value[0] == 't');
            else if (text_to_decimal(value, strlen(value), &dec.units, &dec.scale) == OC_OK)
                json_dec(reply, name, dec);
            else
                json_text(reply, name, value);
        }
        at += size + (at[size] == '\n');
    }
    json_close(reply, '}');
}

/* Behind a hole: where it holds something else than it would, or has not said what that is. */
static void put_resyncs(struct engine *engine, uint32_t strategy, struct text *reply)
{
    const struct engine_resync *resync;
    char bytes[1024];
    bool differs = false;
    struct text words;
    text_init_fixed(&words, bytes, sizeof bytes);
    for (uint32_t i = 0; (resync = engine_resync_at(engine, i)) != NULL; i++) {
        if (resync->strategy != strategy)
            continue;
        differs |= engine_resync_differs(engine, resync) && engine_resync_held(engine, resync);
        if (words.size)
            text_put(&words, "; ");
        resync_words(engine, resync, &words);
    }
    json_text(reply, "resync", words.size ? words.data : NULL);
    json_flag(reply, "differs", differs);
}

void steer_put_open_row(struct strategies *strategies, struct text *reply, const char *key, uint32_t index)
{
    const struct strategy_slot *owner = &strategies->list[index];
    struct strategy *strategy = owner->strategy;
    const struct sandbox_error *error = strategy ? strategy_error(strategy) : NULL;
    bool is_suspended = strategy && engine_is_suspended(strategies->session->engine, owner->id);
    bool is_held = strategy && engine_is_held(strategies->session->engine, owner->id);
    const char *words = is_suspended ? engine_suspension(strategies->session->engine, owner->id) : "";
    uint32_t open_orders = 0;
    for (const struct order *order = orders_open_first(engine_orders(strategies->session->engine)); order;
         order = order->younger)
        open_orders += order->now.strategy == owner->id;
    json_open(reply, key, '{');
    json_text(reply, "name", owner->name);
    json_text(reply, "file", owner->file);
    json_text(reply, "state",
              !strategy         ? "unloaded"
              : is_suspended    ? "suspended"
              : owner->is_taken ? "taken"
              : is_held         ? "paused"
                                : "running");
    json_flag(reply, "held", is_held);
    json_flag(reply, "no_entries", owner->has_no_entries);
    json_flag(reply, "taken", owner->is_taken);
    json_int(reply, "missed", (int64_t)engine_missed(strategies->session->engine, owner->id));
    put_resyncs(strategies->session->engine, owner->id, reply);
    json_int(reply, "period_ns", strategy ? strategy_period_ns(strategy) : 0);
    json_int(reply, "calls", strategy ? (int64_t)strategy_calls(strategy) : 0);
    json_int(reply, "open_orders", open_orders);
    json_int(reply, "heap_bytes", strategy ? (int64_t)sandbox_heap_bytes(strategy_sandbox(strategy)) : 0);
    json_int(reply, "longest_us", strategy ? strategy_longest_ns(strategy) / 1000 : 0);
    json_int(reply, "gap_us", owner->gap_ns / 1000);
    json_int(reply, "gaps", (int64_t)owner->gaps);
    json_text(reply, "error", is_suspended && error ? error->message : (words[0] ? words : NULL));
    put_params(reply, strategy);
    steer_put_limits(strategies, reply, index);
}

void strategies_put(struct strategies *strategies, struct text *reply, const char *key, uint32_t index)
{
    steer_put_open_row(strategies, reply, key, index);
    json_close(reply, '}');
}

void strategies_tell(struct strategies *strategies, uint32_t index, const char *what, const char *reason)
{
    char bytes[1024];
    struct text json;
    if (strategies->is_restoring)
        return;
    text_init_fixed(&json, bytes, sizeof bytes);
    json_open(&json, NULL, '{');
    json_text(&json, "strategy", strategies->list[index].name);
    json_text(&json, "what", what);
    json_text(&json, "reason", reason && reason[0] ? reason : NULL);
    json_close(&json, '}');
    if (!json.is_cut)
        watchers_tell(&strategies->session->watchers, TOLD_STRATEGY, &json);
}

void strategies_take_stops(struct strategies *strategies, struct journal_reader *reader)
{
    const struct oc_event *event;
    enum journal_stream stream;
    strategies->stop_count = 0;
    while (journal_next(reader, &event, &stream) == OC_OK) {
        const struct oc_ev_text *record = (const struct oc_ev_text *)(const void *)event;
        if (event->type == OC_EV_STRATEGY && event->size >= sizeof *record && record->code == OC_STRATEGY_STOPPED &&
            strategies->stop_count < STRATEGIES_STOPS_MAX)
            strategies->stops[strategies->stop_count++] = record;
    }
    journal_rewind(reader);
}

void strategies_expect_stop(struct strategies *strategies, uint32_t strategy)
{
    uint64_t seq = engine_cause(strategies->session->engine);
    for (uint32_t i = 0; i < strategies->stop_count && !strategies->is_restoring; i++)
        if (strategies->stops[i]->owner == strategy && strategies->stops[i]->head.seq > seq) {
            if (engine_expect_stop(strategies->session->engine, strategies->stops[i]) < 0)
                log_error("strategy", "where strategy %u was stopped cannot be kept: the replay will differ", strategy);
            return;
        }
}
