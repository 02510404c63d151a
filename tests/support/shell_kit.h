/* shell_kit.h: a scripted host at the other end of a socket pair, and a shell that prints into a buffer. */
#ifndef TEST_SHELL_KIT_H
#define TEST_SHELL_KIT_H

#include "base/env.h"
#include "base/env_socket.h"
#include "base/line.h"
#include "console/link.h"
#include "console/shell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/signals.h"

enum { KIT_OUT_MAX = 1 << 18, KIT_ORDERS_MAX = 64, KIT_LINE_MAX = 65536 };

struct kit_order {
    bool is_buy, has_price, is_market;
    const char *state;
    char symbol[32], qty[32], price[32], stop[32];
};

struct kit {
    int fd;
    struct env_thread *thread;
    struct link *link;
    struct shell *shell;
    pthread_mutex_t lock;
    char asked[KIT_OUT_MAX]; /* every question but status, markets and hello: words parted by spaces, lines */
    size_t asked_size;
    char out[KIT_OUT_MAX];
    size_t out_size;
    _Atomic unsigned prints; /* so far, in all */
    struct kit_order orders[KIT_ORDERS_MAX + 1];
    int order_count;
    int pages; /* extra pages of fills */
    bool wants_end;
    bool is_live, is_locked, is_paused, is_silent, is_slow_fill, needs_sure, is_rehearsed_only;
    const char *halted;
    double equity;
    int64_t later_ns; /* the session's time beyond 12:00:05 */
    int confirms;     /* how often the person was asked */
    bool confirm_answer;
    char question[256];
};

static const char *kit_option(const char **fields, uint32_t count, const char *name)
{
    size_t size = strlen(name);
    for (uint32_t i = 1; i < count; i++)
        if (strncmp(fields[i], name, size) == 0 && fields[i][size] == '=')
            return fields[i] + size + 1;
    return NULL;
}

static void kit_put_order(struct text *out, const struct kit_order *o, int id)
{
    bool is_filled = strcmp(o->state, "FILLED") == 0;
    bool is_open = strcmp(o->state, "ACCEPTED") == 0 || strcmp(o->state, "SUBMITTED") == 0;
    text_format(out,
                "{\"id\":\"o%d\",\"symbol\":\"%s\",\"side\":\"%s\",\"type\":\"%s\",\"tif\":\"GTC\",\"state\":\"%s\","
                "\"qty\":%s,\"quote_qty\":null,"
                "\"price\":%s,\"stop\":%s,\"stop_loss\":null,\"take_profit\":null,\"filled\":%s,\"remaining\":%s,"
                "\"average\":%s,\"fee\":%s,"
                "\"fee_asset\":%s,\"fills\":%d,\"strategy\":null,\"owner\":\"console\",\"tag\":\"\",\"role\":\"\","
                "\"reason\":null,"
                "\"reduce_only\":false,\"post_only\":false,\"created\":\"2026-01-31T12:00:01Z\",\"updated\":\"2026-01-"
                "31T12:00:01.0013Z\","
                "\"created_ns\":1769860801000000000,\"updated_ns\":1769860801001300000,\"slip_bps\":%s,\"rules\":7,"
                "\"is_open\":%s}",
                id, o->symbol, o->is_buy ? "BUY" : "SELL", o->has_price ? "LIMIT" : (o->stop[0] ? "STOP" : "MARKET"),
                o->state, o->qty[0] ? o->qty : "null", o->price[0] ? o->price : "null", o->stop[0] ? o->stop : "null",
                is_filled ? o->qty : "0", is_filled ? "0" : (o->qty[0] ? o->qty : "null"),
                is_filled ? "60012.4" : "null", is_filled ? "6.0012" : "0", is_filled ? "\"USDT\"" : "null",
                is_filled ? 1 : 0, is_filled ? "2.1" : "null", is_open ? "true" : "false");
}

static bool kit_trade(struct kit *kit, const char **fields, uint32_t count, struct text *out)
{
    const char *qty = kit_option(fields, count, "qty"), *price = kit_option(fields, count, "price"),
               *stop = kit_option(fields, count, "stop");
    const char *money = kit_option(fields, count, "quote_qty");
    if (kit->is_live && kit->is_locked) {
        text_put(out, "{\"code\":\"LOCKED\",\"message\":\"live is locked\",\"definitive\":true}");
        return false;
    }
    if (kit->needs_sure && !kit_option(fields, count, "sure")) {
        text_put(out, "{\"code\":\"SURE\",\"message\":\"this order is worth 6,000.00: say sure=1 to send "
                      "it\",\"definitive\":true}");
        return false;
    }
    if (price && atof(price) > 63000) {
        text_format(out,
                    "{\"code\":\"PRICE_OUTSIDE_COLLAR\",\"message\":\"refused by "
                    "price_collar\",\"rule\":\"price_collar\",\"used\":%s,"
                    "\"limit\":63000,\"order\":\"o%d\",\"definitive\":true}",
                    price, kit->order_count + 1);
        return false;
    }
    struct kit_order *o = &kit->orders[++kit->order_count];
    memset(o, 0, sizeof *o);
    o->is_buy = strcmp(fields[0], "buy") == 0;
    o->has_price = price != NULL;
    snprintf(o->symbol, sizeof o->symbol, "%s", fields[1]);
    snprintf(o->qty, sizeof o->qty, "%s", qty ? qty : (money ? "0.0016" : "0.1"));
    snprintf(o->price, sizeof o->price, "%s", price ? price : "");
    snprintf(o->stop, sizeof o->stop, "%s", stop ? stop : "");
    o->state = "SUBMITTED";
    kit_put_order(out, o, kit->order_count);
    o->state = price || stop ? "ACCEPTED" : (kit->is_slow_fill ? "SUBMITTED" : "FILLED");
    return true;
}

static void kit_put_bars(const char **fields, uint32_t count, struct text *out)
{
    int from = count > 4 ? atoi(fields[4]) : 0, wanted = count > 3 ? atoi(fields[3]) : 64;
    wanted = wanted > 100 ? 100 : wanted;
    text_format(out, "{\"symbol\":\"%s\",\"period_ns\":60000000000,\"rows\":[", fields[1]);
    for (int i = from; i < wanted && i < from + 64; i++) {
        int open = 60000 + (i * 37) % 400, close = 60000 + ((i + 1) * 37) % 400,
            high = (open > close ? open : close) + 20;
        text_format(out, "%s[%lld,%d,%d,%d,%d.5,1.5]", i > from ? "," : "", 1769860800000000000LL + i * 60000000000LL,
                    open, high, (open < close ? open : close) - 20, close);
    }
    text_format(out, from + 64 < wanted ? "],\"next\":%d}" : "],\"next\":null}", from + 64);
}

static bool kit_answer(struct kit *kit, const char **fields, uint32_t count, struct text *out);
#include "support/shell_kit_answers.h"

static void kit_serve(void *arg)
{
    static _Thread_local char in[KIT_LINE_MAX];
    struct kit *kit = arg;
    size_t size = 0;
    for (;;) {
        struct env_poll poll = {kit->fd, ENV_POLL_READ, 0};
        size_t got = 0;
        env_poll(&poll, 1, 100000000);
        oc_rc rc = env_socket_read(kit->fd, in + size, sizeof in - 1 - size, &got);
        pthread_mutex_lock(&kit->lock);
        bool wants_end = kit->wants_end;
        pthread_mutex_unlock(&kit->lock);
        if (wants_end)
            return;
        if (rc == OC_E_AGAIN)
            continue;
        if (rc < 0 || got == 0)
            return;
        size += got;
        in[size] = 0;
        for (char *end; (end = memchr(in, '\n', size)) != NULL;) {
            const char *fields[LINK_FIELDS_MAX];
            struct text out;
            *end = 0;
            size_t line = (size_t)(end - in) + 1;
            uint32_t n = line_split(in, fields, LINK_FIELDS_MAX);
            pthread_mutex_lock(&kit->lock);
            bool quiet = strcmp(fields[1], "status") == 0 || strcmp(fields[1], "markets") == 0 ||
                         strcmp(fields[1], "hello") == 0 || strcmp(fields[1], "subscribe") == 0;
            if (kit->asked_size + line + 1 >= sizeof kit->asked) /* an endless question: the youngest will do */
                kit->asked_size = 0;
            for (uint32_t i = 1; i < n && !quiet; i++)
                kit->asked_size += (size_t)snprintf(kit->asked + kit->asked_size, sizeof kit->asked - kit->asked_size,
                                                    "%s%s", fields[i], i + 1 < n ? " " : "\n");
            text_init_grow(&out, LINK_LINE_MAX);
            struct text body;
            text_init_grow(&body, LINK_LINE_MAX);
            bool is_ok = kit_answer(kit, fields + 1, n - 1, &body);
            text_format(&out, "%s\t%s\t%s\n", fields[0], is_ok ? "ok" : "no", body.size ? body.data : "{}");
            bool is_silent = kit->is_silent && strcmp(fields[1], "pnl") == 0;
            pthread_mutex_unlock(&kit->lock);
            for (size_t at = 0, sent; !is_silent && at < out.size; at += sent)
                if (env_socket_write(kit->fd, out.data + at, out.size - at, &sent) < 0)
                    sent = 0;
            text_release(&out);
            text_release(&body);
            size -= line;
            memmove(in, in + line, size + 1);
        }
    }
}

static void kit_print(void *arg, const char *text, size_t size)
{
    struct kit *kit = arg;
    if (size > sizeof kit->out - 1 - kit->out_size)
        kit->out_size = 0; /* an endless print: the youngest will do */
    memcpy(kit->out + kit->out_size, text, size);
    kit->out_size += size;
    kit->out[kit->out_size] = 0;
    atomic_fetch_add(&kit->prints, 1);
}

static inline bool kit_confirm(void *arg, const char *question)
{
    struct kit *kit = arg;
    kit->confirms++;
    snprintf(kit->question, sizeof kit->question, "%s", question);
    return kit->confirm_answer;
}

static struct kit *kit_new_with(const struct shell_config *wanted)
{
    struct kit *kit = calloc(1, sizeof *kit);
    struct shell_config config = *wanted;
    int fds[2];
    assert_non_null(kit);
    pthread_mutex_init(&kit->lock, NULL);
    kit->equity = 10080;
    assert_int_equal(env_socket_pair(fds), OC_OK);
    kit->fd = fds[1];
    assert_int_equal(env_thread_start(kit_serve, kit, &kit->thread), OC_OK);
    assert_int_equal(link_new(fds[0], &kit->link), OC_OK);
    config.link = kit->link;
    config.print = kit_print;
    config.arg = kit;
    assert_int_equal(shell_new(&config, &kit->shell), OC_OK);
    return kit;
}

static inline struct kit *kit_new(void)
{
    struct shell_config config = {.columns = 80, .limit_ns = 5000000000};
    return kit_new_with(&config);
}

static void kit_free(struct kit *kit)
{
    shell_free(kit->shell);
    link_free(kit->link);
    env_thread_join(kit->thread);
    env_close(kit->fd);
    free(kit);
}

/* The host dies. */
static inline void kit_leave(struct kit *kit)
{
    pthread_mutex_lock(&kit->lock);
    kit->wants_end = true;
    pthread_mutex_unlock(&kit->lock);
    env_thread_join(kit->thread);
    env_close(kit->fd);
}

/* Evaluates; what was printed stands in kit->out, what was asked in kit->asked. */
static enum shell_result kit_eval(struct kit *kit, const char *text)
{
    kit->out_size = 0;
    kit->out[0] = 0;
    pthread_mutex_lock(&kit->lock);
    kit->asked_size = 0;
    kit->asked[0] = 0;
    pthread_mutex_unlock(&kit->lock);
    return shell_eval(kit->shell, text);
}

static inline void kit_says_at(struct kit *kit, const char *text, const char *wanted, int line)
{
    kit_eval(kit, text);
    if (!strstr(kit->out, wanted))
        fail_msg("line %d: `%s`\nprinted: %s\nwanted:  %s\nasked: %s", line, text, kit->out, wanted, kit->asked);
}

static inline void kit_asks_at(struct kit *kit, const char *text, const char *wanted, int line)
{
    kit_eval(kit, text);
    if (!strstr(kit->asked, wanted))
        fail_msg("line %d: `%s`\nasked:  %s\nwanted: %s\nprinted: %s", line, text, kit->asked, wanted, kit->out);
}

#define says(text, wanted) kit_says_at(kit, text, wanted, __LINE__)
#define asks(text, wanted) kit_asks_at(kit, text, wanted, __LINE__)

#endif
