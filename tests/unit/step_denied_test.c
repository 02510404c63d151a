/* step_denied_test.c: what is refused is not let pass in silence: protection by the rules, an answer of the venue by
 * the host. */
#include "support/session_kit.h"

#include <outcry/outcry.h>

static uint8_t refused_role;
static char logged[4096];

static void keep_line(void *arg, enum log_level level, const char *line, size_t length)
{
    (void)arg;
    if (level == LOG_ERROR && strlen(logged) + length + 2 < sizeof logged)
        strcat(strncat(logged, line, length), "\n");
}

static oc_rc refuses(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                     struct oc_verdict *ret_verdict)
{
    (void)self;
    (void)ctx;
    const struct oc_dec none = {0};
    return ask->role == refused_role ? oc_refuse(ret_verdict, "NOT_THIS_ONE", none, none) : oc_allow(ret_verdict);
}

static oc_rc enters(struct house_client *client, const struct oc_event *event)
{
    (void)event;
    struct house *house = client->house;
    struct oc_request request = house_order(house, OC_SIDE_BUY, 5);
    struct engine_refusal refusal;
    request.stop_loss = 9000;
    request.take_profit = 11000;
    request.bits |= OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_TAKE_PROFIT;
    if (client->markets == 1 && engine_submit(house->engine, &request, &refusal) == OC_OK)
        house_fill(house, event->venue_ns + HOUSE_SECOND, request.order, 5, "a");
    return OC_OK;
}

static void a_refused_leg_is_said_by_its_name(void **state)
{
    (void)state;
    static const struct {
        uint8_t role;
        const char *words;
    } cases[] = {{OC_ROLE_STOP_LOSS, "the stop loss of order o1 was refused: NOT_THIS_ONE"},
                 {OC_ROLE_TAKE_PROFIT, "the take profit of order o1 was refused: NOT_THIS_ONE"},
                 {OC_ROLE_ENTRY, NULL}, /* the strategy is told itself */
                 {OC_ROLE_END, NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct oc_risk rule = {.size = sizeof rule, .check = refuses};
        struct house *house = house_new();
        refused_role = cases[i].role;
        logged[0] = '\0';
        log_set_sink(keep_line, NULL);
        log_set_level(LOG_ERROR);
        house->client_count = 1;
        house->clients[0].market = enters;
        house_trade(house, 0, 0);
        house_trade(house, 0, 60 * HOUSE_SECOND);
        house_open(house);
        assert_int_equal(engine_add_rule(house->engine, "mine", &rule, NULL), OC_OK);
        house_run(house);
        log_flush();
        if (cases[i].words)
            assert_non_null(strstr(logged, cases[i].words));
        else
            assert_null(strstr(logged, "was refused"));
        log_set_sink(NULL, NULL);
        log_set_level(LOG_NONE);
        house_free(house);
    }
}

static void lie(struct house *house, int index)
{
    if (index)
        house_fill(house, index * 60 * HOUSE_SECOND, 12345, 1, "lie");
}

/* Where an alarm halts, it halts all accounts, whichever the answer was for. */
static void an_answer_that_cannot_be_halts_all_accounts(void **state)
{
    (void)state;
    for (int halts = 0; halts < 2; halts++) {
        struct house *house = house_new();
        uint32_t other;
        house->sources[0].before = lie;
        house_trade(house, 0, 0);
        house_trade(house, 0, 60 * HOUSE_SECOND);
        house_trade(house, 0, 120 * HOUSE_SECOND);
        house_open(house);
        const uint32_t base = portfolio_account(engine_portfolio(house->engine), house->account)->base;
        assert_int_equal(
            portfolio_add_account(engine_portfolio(house->engine), "other", "paper", base, COST_AVERAGE, &other),
            OC_OK);
        engine_set_halting(house->engine, halts);
        house_run(house);
        assert_int_equal(house->session->border.refused, 2);
        for (int i = 0; i < 2; i++) {
            const char *reason = engine_latched(house->engine, i ? other : house->account);
            assert_int_equal(reason != NULL, halts);
            if (reason)
                assert_string_equal(reason, ENGINE_HALTED_BY_ALARM);
        }
        house_free(house);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_refused_leg_is_said_by_its_name),
                                       cmocka_unit_test(an_answer_that_cannot_be_halts_all_accounts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
