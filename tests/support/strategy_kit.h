/* strategy_kit.h: a strategy from a text over the engine fixture; what it logs is kept. */
#ifndef SUPPORT_STRATEGY_KIT_H
#define SUPPORT_STRATEGY_KIT_H

#include "engine/depth.h"
#include "script/strategy.h"
#include "support/book_kit.h"
#include "support/engine_fixture.h"

enum { KIT_LOG_MAX = 1 << 17 };
#define KIT_MINUTE 60000000000LL

struct kit {
    struct fixture *f;
    struct strategy *strategy;
    struct sandbox_error error; /* of loading or on_init */
    oc_rc rc;
    int64_t open_ns; /* of the next bar */
    size_t log_size;
    char log[KIT_LOG_MAX]; /* a line a call */
};

static void kit_log(void *arg, int level, const char *text)
{
    struct kit *kit = arg;
    (void)level;
    size_t size = strlen(text);
    if (kit->log_size + size + 2 > sizeof kit->log)
        return;
    memcpy(kit->log + kit->log_size, text, size);
    kit->log_size += size;
    kit->log[kit->log_size++] = '\n';
    kit->log[kit->log_size] = 0;
}

static oc_rc kit_require(void *arg, const char *name, const char **ret_text, size_t *ret_size)
{
    static const char text[] = "return { answer = 42 }";
    (void)arg;
    if (strcmp(name, "helper") != 0)
        return OC_E_NOT_FOUND;
    *ret_text = text;
    *ret_size = sizeof text - 1;
    return OC_OK;
}

/* One market, started. kit->rc and kit->error say what went wrong. */
static inline void kit_start(struct kit *kit, struct strategy_config config)
{
    kit->f = fixture_new(COST_AVERAGE);
    kit->open_ns = KIT_MINUTE;
    config.file = config.file ? config.file : "test.lua";
    config.text_size = strlen(config.text);
    config.account = kit->f->account;
    config.data_period_ns = KIT_MINUTE;
    config.seed = 1;
    config.log = kit_log;
    config.log_arg = kit;
    config.require = kit_require;
    engine_set_books(kit->f->engine, kit->f->account, DEPTH_RESYNC, 100);
    kit->rc = strategy_new(kit->f->engine, &config, &kit->strategy, &kit->error);
    if (kit->rc == OC_OK)
        kit->rc = strategy_add_market(kit->strategy, kit->f->inst, &kit->error);
    if (kit->rc == OC_OK)
        kit->rc = strategy_start(kit->strategy);
    fixture_flush(kit->f);
}

/* Trades from `from_ns` on. */
static inline struct kit *kit_from(const char *text, const struct strategy_param *params, uint32_t param_count,
                                   int64_t from_ns)
{
    struct kit *kit = calloc(1, sizeof *kit);
    kit_start(kit,
              (struct strategy_config){.text = text, .params = params, .param_count = param_count, .from_ns = from_ns});
    return kit;
}

/* With a limit of CPU time a call. */
static inline struct kit *kit_limited(const char *text, struct sandbox_watchdog *watchdog, uint32_t deadline_ms)
{
    struct kit *kit = calloc(1, sizeof *kit);
    kit_start(kit,
              (struct strategy_config){
                  .text = text, .from_ns = INT64_MIN, .watchdog = watchdog, .limits = {.deadline_ms = deadline_ms}});
    assert_int_equal(kit->rc, OC_OK);
    return kit;
}

static inline struct kit *kit_with(const char *text, const struct strategy_param *params, uint32_t param_count)
{
    return kit_from(text, params, param_count, INT64_MIN);
}

/* As kit_with, and it must have worked. */
static inline struct kit *kit_new(const char *text)
{
    struct kit *kit = kit_with(text, NULL, 0);
    if (kit->rc != OC_OK)
        print_message("%s\n", kit->strategy && strategy_error(kit->strategy) ? strategy_error(kit->strategy)->message
                                                                             : kit->error.message);
    assert_int_equal(kit->rc, OC_OK);
    return kit;
}

static inline void kit_free(struct kit *kit)
{
    strategy_free(kit->strategy);
    fixture_free(kit->f);
    free(kit);
}

/* One bar of a minute, prices in steps of 0.01. */
static inline void kit_bar(struct kit *kit, int64_t high, int64_t low, int64_t close)
{
    struct oc_ev_bar bar = {.head = {.size = sizeof bar, .type = OC_EV_BAR, .inst = kit->f->inst},
                            .open_ns = kit->open_ns,
                            .period_ns = KIT_MINUTE,
                            .open = close,
                            .high = high,
                            .low = low,
                            .close = close,
                            .volume = 5000,
                            .present = OC_HAS_VOLUME};
    kit->f->now_ns = kit->open_ns += KIT_MINUTE;
    assert_int_equal(fixture_input(kit->f, &bar), OC_OK);
}

static inline void kit_close(struct kit *kit, int64_t close) { kit_bar(kit, close, close, close); }

static inline oc_rc kit_book(struct kit *kit, struct book_event *event)
{
    event->book.head.source = kit->f->account;
    return fixture_input(kit->f, event);
}

static inline void kit_says_book(struct kit *kit)
{
    assert_int_equal(kit_book(kit, book_snapshot(kit->f->inst, 10, "9999*500 9998*1500 / 10001*500 10002*3000")),
                     OC_OK);
}

static inline bool kit_said(const struct kit *kit, const char *words)
{
    if (strstr(kit->log, words))
        return true;
    const struct sandbox_error *error = kit->strategy ? strategy_error(kit->strategy) : &kit->error;
    print_message("'%s' is not in:\n%s%s\n", words, kit->log, error ? error->message : "");
    return false;
}

/* It failed, while loading or in a callback, with these words. */
static inline bool kit_failed(const struct kit *kit, const char *words)
{
    const struct sandbox_error *error = kit->strategy ? strategy_error(kit->strategy) : &kit->error;
    if (error && strstr(error->message, words))
        return true;
    print_message("'%s' is not in: %s\n%s", words, error ? error->message : "(no error)", kit->log);
    return false;
}

/* The last order that went to the venue. */
static inline const struct oc_request *kit_sent(const struct kit *kit)
{
    assert_true(kit->f->sent_count > 0);
    return &kit->f->sent[kit->f->sent_count - 1];
}

#endif
