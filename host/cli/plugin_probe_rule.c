/* plugin_probe_rule.c: a rule, asked through a table of ours: every question twice, then all of them again from the last to the first,
 * with its memory looked at around each. Its answers are judged as a host judges them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "cli/plugin_probe_impl.h"
#include "load/writable.h"

enum { QUESTIONS_MAX = 128 };

struct watched {
    struct probe *probe;
    struct bench_plugin *bench;
    const struct oc_risk *table;
    char *before, *after;            /* PROBE_STATE_MAX each: what it saves */
    uint64_t answers[QUESTIONS_MAX]; /* of the way there, by the number of the question */
    uint32_t now;                    /* the question being asked */
    bool is_back;                    /* they are asked from the last to the first */
    uint32_t said;
};

static oc_rc ask(struct watched *watched, const struct oc_risk_ctx *ctx, const struct oc_request *request,
                 struct oc_verdict *ret_verdict)
{
    *ret_verdict = (struct oc_verdict){.size = sizeof *ret_verdict};
    bench_call(watched->bench, "check");
    oc_rc rc = watched->table->check(watched->bench->instance.self, ctx, request, ret_verdict);
    plugin_call_end();
    return rc;
}

static const char *words_of(oc_rc rc, const struct oc_verdict *verdict)
{
    if (rc < 0)
        return error_name(rc);
    return verdict->allowed ? "allowed" : verdict->reason;
}

static bool is_word(const char *reason)
{
    return reason[0] >= 'A' && reason[0] <= 'Z' &&
           strspn(reason, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(reason);
}

/* What a host would refuse an order for, or a user could not read. */
static void judge_answer(struct watched *watched, const struct oc_request *request, oc_rc rc,
                         const struct oc_verdict *verdict)
{
    if (rc > 0)
        probe_fault(watched->probe, "check",
                    "it returns %d, which is neither OC_OK nor an error: a host refuses the order (RULE_FAILED)", rc);
    else if (rc == OC_OK && verdict->allowed > 1)
        probe_fault(watched->probe, "check",
                    "it answers allowed = %u, which is neither 0 nor 1: a host refuses the order (RULE_FAILED)",
                    verdict->allowed);
    else if (rc == OC_OK && !memchr(verdict->reason, 0, sizeof verdict->reason))
        probe_fault(watched->probe, "check", "its reason has no end: oc_refuse() with a stable word");
    else if (rc == OC_OK && !verdict->allowed && !verdict->reason[0])
        probe_fault(watched->probe, "check", "it refuses without a reason: oc_refuse() with a stable word");
    else if (rc == OC_OK && !verdict->allowed && !is_word(verdict->reason))
        probe_fault(watched->probe, "check",
                    "it refuses with '%s', which is no stable word: a letter first, then A-Z 0-9 _: users and programs "
                    "look for it",
                    verdict->reason);
    else if (rc == OC_OK && !verdict->allowed && strlen(verdict->reason) == OC_REASON_MAX - 1)
        probe_fault(watched->probe, "check", "its reason %s fills all %d bytes and may be cut: a shorter word",
                    verdict->reason, OC_REASON_MAX - 1);
    else if (rc == OC_OK && request->kind == OC_REQUEST_CANCEL && !verdict->allowed)
        printf("%s: note: %s refuses a cancel: %s\n", watched->probe->path, watched->probe->plugin->id,
               verdict->reason);
}

static void judge_order(struct watched *watched, oc_rc rc, const struct oc_verdict *verdict)
{
    const uint64_t answer = hash64_fold((uint64_t)(uint32_t)rc, hash64(verdict, sizeof *verdict));
    if (watched->now >= QUESTIONS_MAX)
        return;
    if (watched->is_back && watched->answers[watched->now] != answer)
        probe_fault(watched->probe, "check",
                    "asked in another order it gives another answer (now %s): a question must depend on its arguments "
                    "and on what observe() has noted, not on how often it was asked",
                    words_of(rc, verdict));
    watched->answers[watched->now] = answer;
}

static oc_rc watched_check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *request,
                           struct oc_verdict *ret_verdict)
{
    struct watched *watched = self;
    struct oc_verdict again;
    const uint64_t memory = writable_hash(watched->table);
    const oc_rc size = probe_save(watched->bench, watched->table->save, watched->before);
    oc_rc rc = ask(watched, ctx, request, ret_verdict), second = ask(watched, ctx, request, &again);
    if (watched->said)
        return rc;
    if (rc != second || memcmp(ret_verdict, &again, sizeof again) != 0)
        probe_fault(watched->probe, "check",
                    "asked twice it gives two answers (%s, then %s): a question must depend on its arguments and on "
                    "what observe() has noted",
                    words_of(rc, ret_verdict), words_of(second, &again));
    else if (writable_hash(watched->table) != memory)
        probe_fault(watched->probe, "check",
                    "it writes to variables of its file: a question changes nothing: note it in observe()");
    else if (size >= 0 && (probe_save(watched->bench, watched->table->save, watched->after) != size ||
                           memcmp(watched->before, watched->after, (size_t)size) != 0))
        probe_fault(watched->probe, "check", "it changes its state: a question changes nothing: note it in observe()");
    else
        judge_answer(watched, request, rc, ret_verdict);
    if (!watched->probe->faults)
        judge_order(watched, rc, ret_verdict);
    watched->said = watched->probe->faults;
    return rc;
}

static void watched_observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    struct watched *watched = self;
    if (!watched->table->observe)
        return;
    bench_call(watched->bench, "observe");
    watched->table->observe(watched->bench->instance.self, ctx, event);
    plugin_call_end();
}

/* As in a host: it is told of what it asks for, and of nothing else. */
static uint64_t watched_interest(void *self)
{
    const struct watched *watched = self;
    if (!OC_HAS(watched->table, interest) || !watched->table->interest)
        return UINT64_MAX;
    bench_call(watched->bench, "interest");
    const uint64_t interest = watched->table->interest(watched->bench->instance.self);
    plugin_call_end();
    return interest;
}

/* Every side, size and price, and once more as a promise to reduce; by money; an amend to more and to less, and a cancel, of the
 * order that is open. 0: there is none. */
static uint32_t make_questions(struct bench_world *world, uint64_t open, struct oc_request *ret_list)
{
    static const int64_t qtys[] = {1, 1000, 1000000000}, prices[] = {0, 1, 10000, 1000000};
    uint32_t count = 0;
    for (uint32_t side = OC_SIDE_BUY; side <= OC_SIDE_SELL; side++)
        for (size_t q = 0; q < sizeof qtys / sizeof qtys[0]; q++)
            for (size_t p = 0; p < sizeof prices / sizeof prices[0]; p++) {
                ret_list[count] = bench_request(world, (uint8_t)side, qtys[q], prices[p]);
                ret_list[count + 1] = ret_list[count];
                ret_list[count + 1].bits |= OC_RQ_REDUCE_ONLY;
                count += 2;
            }
    struct oc_request *money = &ret_list[count++];
    *money = bench_request(world, OC_SIDE_BUY, 0, 0);
    money->bits = OC_RQ_HAS_QUOTE_QTY;
    money->quote_qty = (struct oc_dec){100, 0, 0};
    for (size_t q = 0; q < sizeof qtys / sizeof qtys[0] && open; q++)
        ret_list[count++] = bench_amend(world, open, qtys[q], 10000);
    ret_list[count++] = bench_cancel(world, open ? open : money->order);
    return count;
}

static void ask_all(struct watched *watched, struct bench_world *world)
{
    struct engine_refusal refusals[ENGINE_RULES_MAX];
    struct oc_request questions[QUESTIONS_MAX];
    const uint64_t open = bench_open_order(world, OC_SIDE_BUY, 2, 9000); /* this is a question too */
    const uint32_t count = make_questions(world, open, questions);
    watched->is_back = false;
    for (watched->now = 0; watched->now < count; watched->now++)
        (void)engine_preview(world->engine, &questions[watched->now], refusals, ENGINE_RULES_MAX);
    watched->is_back = true;
    while (watched->now-- > 0)
        (void)engine_preview(world->engine, &questions[watched->now], refusals, ENGINE_RULES_MAX);
    watched->is_back = false;
    watched->now = QUESTIONS_MAX;
}

void probe_rule(struct probe *probe, struct bench_plugin *bench, struct bench_plugin *other)
{
    struct bench_world *world = bench->world;
    struct watched watched = {.probe = probe,
                              .bench = bench,
                              .table = bench->table,
                              .before = malloc(PROBE_STATE_MAX),
                              .after = malloc(PROBE_STATE_MAX),
                              .now = QUESTIONS_MAX};
    struct oc_risk table = *(const struct oc_risk *)bench->table;
    table.check = watched_check;
    table.observe = watched_observe;
    table.interest = watched_interest;
    table.save = NULL;
    table.load = NULL;
    if (watched.before && watched.after &&
        engine_add_rule(world->engine, probe->plugin->id, &table, &watched) == OC_OK) {
        ask_all(&watched, world); /* without a price */
        for (int turn = 0; turn < PROBE_DRIVES; turn++) {
            struct oc_ev_trade trade = bench_trade(world, 10000 + 37 * (turn % 7) - 11 * (turn % 5));
            struct oc_ev_fill fill =
                bench_fill(world, turn % 2 ? OC_SIDE_SELL : OC_SIDE_BUY, 10 + turn / 9, trade.price);
            world->now_ns += 7000000000;
            (void)bench_input(world, &trade.head);
            (void)bench_input(world, &fill.head);
            if (turn % 8 == 0)
                ask_all(&watched, world);
        }
        probe_state(probe, bench, other, watched.table->save, watched.table->load);
    }
    engine_free(world->engine); /* before what it asks goes */
    world->engine = NULL;
    free(watched.before);
    free(watched.after);
}
