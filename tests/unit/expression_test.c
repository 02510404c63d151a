/* expression_test.c: expressions of a configuration: what binds first, what is refused and where, what is shown of a refusal; random ones against
 * their own fully bracketed form; and the rule in an engine. */
#include "support/risk_bench.h"

#include "compile.h"

#include <stdlib.h>

static const char *const names[] = {"x", "y", "zero", NULL};
static const double values[] = {3, 5, 0};

static double value_of_text(const char *text)
{
    struct program program;
    char complaint[COMPLAINT_MAX];
    if (compile(text, names, &program, complaint) < 0)
        fail_msg("%s: %s", text, complaint);
    return run(&program, values).value;
}

static void what_binds_first(void **state)
{
    static const struct {
        const char *text;
        double value;
    } cases[] = {{"x", 3},
                 {"x + y * 2", 13},
                 {"(x + y) * 2", 16},
                 {"x - y - 1", -3},
                 {"y / 2 / x", 5.0 / 2 / 3},
                 {"-x + y", 2},
                 {"--x", 3},
                 {"-(x + 1) * 2", -8},
                 {"x*-1", -3},
                 {"2% * x", 0.02 * 3},
                 {"x < y", 1},
                 {"x + 2 < y", 0},
                 {"x + 2 <= y", 1},
                 {"x > y", 0},
                 {"x >= 3", 1},
                 {"x == 3", 1},
                 {"x ~= 3", 0},
                 {"x < y and y < x", 0},
                 {"x < y or y < x and y < x", 1},
                 {"(x < y or y < x) and y < x", 0},
                 {"not x < y", 0},
                 {"not x < y or x < y", 1},
                 {"not not x", 1},
                 {"not zero and x", 1},
                 {"zero or zero", 0},
                 {".5 + x", 3.5},
                 {"1.25+x", 4.25},
                 {" x\t<\ny ", 1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (value_of_text(cases[i].text) != cases[i].value)
            fail_msg("%s is %g; expected %g", cases[i].text, value_of_text(cases[i].text), cases[i].value);
}

static void what_is_refused_and_where(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {{"", "at character 1: found the end; expected a number, a name, 'not' or '('"},
                 {"x <", "at character 4: found the end"},
                 {"x < 1 < 2", "at character 7: found '<'; expected an operator, or the end"},
                 {"x y", "at character 3: found 'y'; expected an operator, or the end"},
                 {"(x", "at character 3: found the end; expected an operator, or ')'"},
                 {"x)", "at character 2: found ')'"},
                 {"xx > 1", "at character 1: found 'xx'; expected a name: x, y, zero"},
                 {"x > $", "at character 5: found '$'"},
                 {"x = 1", "at character 3: found '='; expected an operator, or the end; did you mean '=='?"},
                 {"x =< 1", "at character 3: found '='; expected an operator, or the end; did you mean '<='?"},
                 {"x => 1", "did you mean '>='?"},
                 {"x != 1", "did you mean '~='?"},
                 {"x <> 1", "at character 4: found '>'; expected a number, a name, 'not' or '('; did you mean '~='?"},
                 {"x > 1 && y < 1", "did you mean 'and'?"},
                 {"x > 1 || y < 1", "did you mean 'or'?"},
                 {"!x", "did you mean 'not'?"},
                 {"x > 1 AND y < 1", "did you mean 'and'?"},
                 {"xand y", "found 'xand'"},
                 {"x andy", "found 'andy'; expected an operator"},
                 {"12345678901234567890 > x", "at character 1: found '1'; expected at most 18 digits"},
                 {"1 < 2", "expected a name: without one the answer is always the same"},
                 {"x > .", "at most 18 digits"}};
    struct program program;
    char complaint[COMPLAINT_MAX], text[EXPRESSION_MAX];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (compile(cases[i].text, names, &program, complaint) == OC_OK)
            fail_msg("%s is taken", cases[i].text);
        if (!strstr(complaint, cases[i].says))
            fail_msg("%s: %s", cases[i].text, complaint);
    }
    for (int count = 1; count <= 140; count++) { /* x+x+...: two steps more each */
        strcpy(text, "x");
        for (int i = 1; i < count; i++)
            strcat(text, "+x");
        assert_int_equal(compile(text, names, &program, complaint) == OC_OK, 2 * count - 1 <= STEPS_MAX);
    }
    for (int count = 1; count <= 40; count++) { /* ((...x)): each a part within the one before */
        text[0] = 0;
        for (int i = 1; i < count; i++)
            strcat(text, "(");
        strcat(text, "x");
        for (int i = 1; i < count; i++)
            strcat(text, ")");
        assert_int_equal(compile(text, names, &program, complaint) == OC_OK, count <= DEPTH_MAX);
    }
    text[0] = 0;
    for (int i = 0; i < 300; i++)
        strcat(text, "-");
    assert_int_equal(compile(text, names, &program, complaint), OC_E_CONFIG);
}

static void the_first_comparison_that_fails_is_shown(void **state)
{
    struct program program;
    char complaint[COMPLAINT_MAX];
    (void)state;
    assert_int_equal(compile("x < y and x * 2 < y and x > y", names, &program, complaint), OC_OK);
    struct outcome outcome = run(&program, values);
    assert_true(outcome.value == 0 && outcome.has_false && outcome.left == 6 && outcome.right == 5);
    assert_int_equal(compile("x < y", names, &program, complaint), OC_OK);
    outcome = run(&program, values);
    assert_true(outcome.value == 1 && !outcome.has_false);
    assert_int_equal(compile("x / zero > 1", names, &program, complaint), OC_OK);
    outcome = run(&program, values);
    assert_true(outcome.value - outcome.value != 0 && !outcome.has_false); /* neither true nor false */
    assert_int_equal(program.names_used, 5);
}

/* A random expression, once as it is written and once with a bracket around each part. */
struct both {
    char plain[512], whole[2048];
};

static uint64_t random_state = 11;

static uint32_t draw(uint32_t count)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % count;
}

static int make(struct both *both, int level, int depth) /* the level of what was made: 4 binds first */
{
    static const char *const words[4][3] = {
        {"or", "or", "or"}, {"and", "and", "and"}, {"+", "-", "+"}, {"*", "*", "*"}};
    if (depth == 0 || level == 4) {
        snprintf(both->plain, sizeof both->plain, "%s", draw(2) ? names[draw(3)] : draw(2) ? "2" : "0.5");
        snprintf(both->whole, sizeof both->whole, "%s", both->plain);
        return 4;
    }
    struct both left, right;
    const char *word = words[level][draw(3)];
    make(&left, level, depth - 1);
    make(&right, level + 1, depth - 1);
    snprintf(both->plain, sizeof both->plain, "%.200s %s %.200s", left.plain, word, right.plain);
    snprintf(both->whole, sizeof both->whole, "(%.900s) %s (%.900s)", left.whole, word, right.whole);
    return level;
}

static void brackets_say_what_holds_without_them(void **state)
{
    (void)state;
    for (int i = 0; i < 5000; i++) {
        struct both both;
        char plain[600], whole[2200];
        make(&both, (int)draw(4), 1 + (int)draw(3));
        snprintf(plain, sizeof plain, "x - x + %s", both.plain);
        snprintf(whole, sizeof whole, "(x - x) + %s", both.whole);
        if (strstr(both.plain, "and") || strstr(both.plain, "or")) {
            snprintf(plain, sizeof plain, "%s or zero", both.plain);
            snprintf(whole, sizeof whole, "(%s) or zero", both.whole);
        } else if (both.plain[0] != '-' && (strchr(both.plain, '+') || strstr(both.plain, " - "))) {
            snprintf(plain, sizeof plain, "%s + zero", both.plain);
            snprintf(whole, sizeof whole, "(%s) + zero", both.whole);
        }
        if (value_of_text(plain) != value_of_text(whole))
            fail_msg("%s is %g, %s is %g", plain, value_of_text(plain), whole, value_of_text(whole));
    }
}

static void taken(struct bench *bench, uint64_t order, bool is_taken)
{
    if ((order != 0) != is_taken)
        fail_msg("%s", order ? "taken" : bench->refusal.reason);
}

/* Price 100.00, quantity in thousandths, 1,000,000 of cash. */
static void the_rule_knows_the_order_and_the_account(void **state)
{
    static const struct {
        const char *allow;
        bool takes_buy, takes_sell; /* of 2.000 at 99.00 and at 101.00 */
    } cases[] = {{"qty == 2", true, true},
                 {"price == 99", true, false},
                 {"value == 198", true, false},
                 {"buy", true, false},
                 {"sell", false, true},
                 {"limit", true, true},
                 {"market", false, false},
                 {"position == 0", true, true},
                 {"last == 100", true, true},
                 {"age == 0", true, true},
                 {"equity == 1000000", true, true},
                 {"hour == 13", true, true},
                 {"minute == 37", true, true},
                 {"weekday == 2", true, true},
                 {"value <= 0.0198% * equity", true, false},
                 {"1 / position > 0", false, false}, /* position is 0: nothing is known of it */
                 {"not (1 / position > 0)", false, false},
                 {"position == 0 or 1 / position > 0", true, true},
                 {"1 / position > 0 or position == 0", true, true},
                 {"1 / position > 0 and position == 0", false, false},
                 {"not (1 / position > 0 and position > 0)", true, true}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench *bench = bench_new("expression", PAIRS("allow", cases[i].allow));
        bench->f->now_ns = (1704067200 + 86400 + 13 * 3600 + 37 * 60) * 1000000000LL; /* a Tuesday */
        fixture_price(bench->f, 10000);
        taken(bench, order(bench, BUY, 2000, 9900), cases[i].takes_buy);
        taken(bench, order(bench, SELL, 2000, 10100), cases[i].takes_sell);
        hold(bench, 5);
        assert_true(submit(bench, reducing(bench, SELL, 5, 0)));
        bench_free(bench);
    }
    struct bench *bench = bench_new(
        "expression", PAIRS("allow", "open_buy < 3 and long_worst < 3 and -short_worst < 1", "reason", "MINE_2"));
    const uint64_t id = accepted(bench, BUY, 2999, 9900);
    assert_true(order(bench, BUY, 1, 9900)); /* what is there without it is below 3 */
    assert_false(order(bench, BUY, 1, 9900));
    assert_refused(bench, "MINE_2", "3", "3");
    assert_true(amend(bench, id, 4000, 0)); /* without itself there is 0.001 */
    assert_true(cancel(bench, id));
    bench_free(bench);
    bench = bench_new("expression", PAIRS("allow", "position / (position - position)"));
    assert_false(order(bench, BUY, 1, 9900));
    assert_string_equal(bench->refusal.reason, "NOT_A_NUMBER");
    bench_free(bench);
    bench = bench_new("expression", PAIRS("allow", "1 / (qty - 1) > 0"));
    assert_false(order(bench, BUY, 1000, 9900));
    assert_string_equal(bench->refusal.reason, "NOT_A_NUMBER");
    bench_free(bench);
    static const char *const wrong[][2] = {{"allow", "qty <"}, {"reason", "mine"}, {"reason", "_MINE"}, {"reason", ""}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct bench refused = {0};
        set_keys(&refused, i ? PAIRS("allow", "qty > 0", wrong[i][0], wrong[i][1]) : PAIRS(wrong[i][0], wrong[i][1]));
        assert_int_equal(open_rule(&refused, "expression"), OC_E_CONFIG);
        assert_non_null(strstr(refused.section.log, wrong[i][0]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_binds_first),
        cmocka_unit_test(what_is_refused_and_where),
        cmocka_unit_test(the_first_comparison_that_fails_is_shown),
        cmocka_unit_test(brackets_say_what_holds_without_them),
        cmocka_unit_test(the_rule_knows_the_order_and_the_account),
    };
    return cmocka_run_group_tests(tests, load_all, NULL);
}
