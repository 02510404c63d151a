/* paper_twin_test.c: the paper venue with three accounts on two instruments, some hundred drawn histories of bars,
 * orders, legs, amends and cancels. A venue that is saved and loaded before every step says what one says that never
 * stopped. Who trades one instrument for one account is told the same whether others trade beside them or not, and
 * whatever number the account has. And all of it comes to the recorded hash. */
#include "support/paper_history.h"
#include "support/walk_kit.h"

enum { HISTORIES = 42 };

static const struct saying *next_of(const struct history *history, int *at, int trader)
{
    for (; *at < history->count; ++*at)
        if (trader < 0 || (history->sayings[*at].who == (uint32_t)(trader % ACCOUNTS) &&
                           history->sayings[*at].inst == insts[trader / ACCOUNTS]))
            return &history->sayings[(*at)++];
    return NULL;
}

/* What one trader was told; below 0: all that was said. */
static void are_same(const struct history *all, const struct history *some, int trader)
{
    for (int at = 0, other = 0;;) {
        const struct saying *one = next_of(all, &at, trader), *same = next_of(some, &other, trader);
        if (!one && !same)
            return;
        if (!one || !same || memcmp(one, same, sizeof *one) != 0)
            fail_msg("history %llu: what trader %d is told is not the same, from saying %d on",
                     (unsigned long long)all->seed, trader, at);
    }
}

static const char *const last[] = {
    "profile", "pessimistic", "latency", "1s",         "entry_latency", "3s",          "taker_fee", "0.002", "gap",
    "open",    "zero_volume", "take",    "volume_cap", "0.5",           "half_spread", "0.0002",    NULL};
static const char *const at_limit[] = {"profile", "optimistic", "latency",  "500ms",       "maker_fee", "0.0001", "gap",
                                       "limit",   "limit_fill", "through2", "allow_short", "yes",       NULL};

static void what_is_saved_at_every_step_goes_on_as_what_never_stopped(void **state)
{
    (void)state;
    static const char *const *const all[] = {capped, in_base, apart, last, at_limit, at_best};
    static const uint64_t recorded[] = {0xb5f4002acef90359, 0x5ff2e17a7f37b1dc, 0x358d369dd7f56646,
                                        0x817edd9e45250a3e, 0x9ae39f5582cf2e3a, 0x0a06fa02a310031b};
    struct dice dice[6] = {{0}};
    bool is_same = true;
    int cuts = 0;
    for (uint64_t seed = 0; seed < HISTORIES; seed++) {
        struct history of = {.pairs = all[seed % 6], .accounts = usual, .seed = seed, .traders = UINT32_MAX};
        struct history *whole = played(of);
        of.is_cut = true;
        struct history *pieces = played(of);
        are_same(whole, pieces, -1);
        cuts += pieces->cuts;
        dice_fold(&dice[seed % 6], whole->sayings, (size_t)whole->count * sizeof whole->sayings[0]);
        free(whole);
        free(pieces);
    }
    assert_true(cuts > HISTORIES * BARS * TRADERS);
    for (int i = 0; i < 6; i++) {
        if (dice[i].hash != recorded[i])
            print_error("settings %d: 0x%016llx\n", i, (unsigned long long)dice[i].hash);
        is_same = is_same && dice[i].hash == recorded[i];
    }
    assert_true(is_same);
}

static void who_trades_alone_is_told_the_same(void **state)
{
    (void)state;
    static const char *const *const all[] = {apart, at_best};
    for (uint64_t seed = 0; seed < HISTORIES; seed++) {
        struct history of = {.pairs = all[seed % 2], .accounts = usual, .seed = seed, .traders = UINT32_MAX};
        struct history *whole = played(of);
        of.accounts = turned;
        for (int i = 0; i < TRADERS; i++) {
            of.traders = 1u << i;
            struct history *alone = played(of);
            are_same(whole, alone, i);
            free(alone);
        }
        free(whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_saved_at_every_step_goes_on_as_what_never_stopped),
        cmocka_unit_test(who_trades_alone_is_told_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
