/* risk.c: `outcry risk check`: what the rules would say to an order. It changes nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/json_out.h"
#include "base/text.h"
#include "cli/complain.h"
#include "cli/help.h"
#include "cli/run.h"
#include "cli/verbs.h"

static const char usage[] = "usage: outcry risk check buy|sell QTY SYMBOL [@ PRICE] [--reference PRICE] [--at TIME]\n"
                            "       [--cash '10000 USDT'] [--config FILE]... [--set KEY=VALUE]... [--json]\n";

/* The instrument with steps fine enough for the numbers given. */
static oc_rc make_instrument(struct engine *engine, const char *symbol, uint32_t *ret_inst)
{
    struct oc_instrument info = {.size = sizeof info,
                                 .kind = OC_KIND_SPOT,
                                 .status = OC_STATUS_TRADING,
                                 .price_step = {1, 8, 0},
                                 .qty_step = {1, 8, 0},
                                 .contract_size = {1, 0, 0},
                                 .venue = "check"};
    char base[OC_SYMBOL_MAX];
    snprintf(base, sizeof base, "%s", symbol);
    char *slash = strchr(base, '/');
    if (!slash)
        return OC_E_INVALID;
    *slash = 0;
    snprintf(info.symbol, sizeof info.symbol, "%s", symbol);
    oc_rc rc = instruments_asset(engine_instruments(engine), base, &info.base);
    if (rc == OC_OK)
        rc = instruments_asset(engine_instruments(engine), slash + 1, &info.quote);
    return rc < 0 ? rc : instruments_add(engine_instruments(engine), &info, ret_inst);
}

static oc_rc units_of(const char *text, int64_t *ret_units)
{
    struct oc_dec dec = {0};
    int exact;
    oc_rc rc = text_to_decimal(text, strlen(text), &dec.units, &dec.scale);
    return rc < 0 ? rc : instrument_dec_units((struct oc_dec){1, 8, 0}, dec, SNAP_DOWN, ret_units, &exact);
}

struct question {                                             /* what was asked for */
    const char *side, *qty, *symbol, *price, *reference, *at; /* borrowed; NULL: not said */
};

struct check {
    struct engine *engine;
    struct parts parts;
    struct rules rules;
    int64_t now_ns;
    struct oc_verdict said[ENGINE_RULES_MAX]; /* of each rule */
};

static oc_rc open_chain(struct check *check, struct settings *settings, struct registry *registry,
                        struct error *ret_error)
{
    const struct rules_world world = {check->engine, settings, &check->parts, registry, &check->now_ns};
    oc_rc rc = parts_open(&check->parts, settings, registry, PART_RULE, false, ret_error);
    return rc < 0 ? rc : rules_open(&check->rules, &world, ret_error);
}

static oc_rc set_reference(struct check *check, uint32_t inst, const char *text)
{
    struct oc_ev_trade trade = {.head = {.size = sizeof trade,
                                         .type = OC_EV_TRADE,
                                         .inst = inst,
                                         .venue_ns = check->now_ns,
                                         .local_ns = check->now_ns}};
    oc_rc rc = units_of(text, &trade.price);
    return rc < 0 ? rc : engine_input(check->engine, &trade.head, true);
}

/* What the account holds and on what terms it trades, where cash was given: the host then judges the money too. */
static oc_rc set_account(struct check *check, struct settings *settings, uint32_t account)
{
    struct portfolio *portfolio = engine_portfolio(check->engine);
    const char *at = settings_text(settings, "account.cash", "");
    struct account *owner = portfolio_account(portfolio, account);
    struct oc_dec maker = {0};
    oc_i128 makers, takers;
    bool has_funds = *at && strcmp(settings_text(settings, "sim.paper.plugin", "outcry.paper"), "outcry.paper") == 0;
    while (*at) {
        char name[OC_ASSET_MAX];
        struct oc_dec amount = {0};
        uint32_t asset;
        oc_i128 money;
        if (start_value_read(&at, name, &amount) < 0 ||
            instruments_asset(engine_instruments(check->engine), name, &asset) < 0 ||
            money_from_dec(amount, &money) < 0 || portfolio_set_balance(portfolio, account, asset, money) < 0)
            return OC_E_INVALID;
    }
    (void)settings_boolean(settings, "sim.paper.check_funds", &has_funds); /* the defaults, where they are not set */
    (void)settings_boolean(settings, "sim.paper.allow_short", &owner->terms.may_short);
    (void)settings_dec(settings, "sim.paper.taker_fee", &owner->terms.fee);
    (void)settings_dec(settings, "sim.paper.maker_fee", &maker);
    if (money_from_dec(maker, &makers) == OC_OK && money_from_dec(owner->terms.fee, &takers) == OC_OK &&
        makers > takers)
        owner->terms.fee = maker;
    owner->terms.has_funds = has_funds && *settings_text(settings, "account.cash", "");
    return OC_OK;
}

/* What a rule, or the host, said of the order. `reason` NULL: it allows it. */
static void put_row(struct text *json, const char *who, const char *reason, struct oc_dec used, struct oc_dec limit)
{
    const bool has_numbers = used.units || limit.units;
    if (!json) {
        char numbers[2][TEXT_DECIMAL_MAX];
        text_from_units(numbers[0], used.units, used.scale, TEXT_SHORTEST);
        text_from_units(numbers[1], limit.units, limit.scale, TEXT_SHORTEST);
        printf("  %-16s %s%s", who, reason ? "REFUSES  " : "allows", reason ? reason : "");
        if (has_numbers)
            printf("%s%s against %s", reason ? ": " : "   ", numbers[0], numbers[1]);
        puts("");
        return;
    }
    json_open(json, NULL, '{');
    json_text(json, "rule", who);
    json_flag(json, "allowed", !reason);
    json_text(json, "reason", reason);
    if (has_numbers) {
        json_dec(json, "used", used);
        json_dec(json, "limit", limit);
    }
    json_close(json, '}');
}

/* Told of each verdict. */
static void hear(void *self, const struct oc_request *request, const char *rule, const struct oc_verdict *verdict)
{
    struct check *check = self;
    (void)request;
    for (uint32_t i = 0; i < check->rules.count; i++)
        if (strcmp(parts_at(&check->parts, PART_RULE, i)->name, rule) == 0)
            check->said[i] = *verdict;
}

static bool is_rule(const struct check *check, const char *name)
{
    for (uint32_t i = 0; i < check->rules.count; i++)
        if (strcmp(parts_at(&check->parts, PART_RULE, i)->name, name) == 0)
            return true;
    return false;
}

/* What the answer rests on. */
static void put_asked(const struct check *check, const struct question *question, const char *cash, struct text *json)
{
    char time[TEXT_TIME_MAX];
    const char *reference = question->reference ? question->reference : question->price;
    const int length = text_from_time(time, check->now_ns);
    if (json) {
        struct oc_dec price = {0};
        json_text_n(json, "at", time, (size_t)length);
        if (reference && text_to_decimal(reference, strlen(reference), &price.units, &price.scale) == OC_OK)
            json_dec(json, "reference", price);
        else
            json_null(json, "reference");
        json_text(json, "cash", *cash ? cash : NULL);
    } else {
        printf("asked as of %.*s, reference %s, %s%s\n", length, time, reference ? reference : "none (--reference)",
               *cash ? "an account of " : "an account that holds nothing: its funds are not judged (--cash)", cash);
    }
}

static int answer(struct check *check, const struct oc_request *request, const struct question *question,
                  const struct options *options)
{
    struct engine_refusal refusals[ENGINE_RULES_MAX];
    struct text text = {0}, *json = options->json ? &text : NULL;
    engine_set_witness(check->engine, &(struct engine_witness){check, hear});
    const int count = engine_preview(check->engine, request, refusals, ENGINE_RULES_MAX);
    text_init_grow(&text, 1 << 20);
    if (json)
        json_open(json, NULL, '{');
    put_asked(check, question, settings_text(&options->settings, "account.cash", ""), json);
    if (json)
        json_open(json, "rules", '[');
    for (uint32_t i = 0; i < check->rules.count; i++) {
        const char *name = parts_at(&check->parts, PART_RULE, i)->name;
        const struct engine_refusal *refused = NULL;
        for (int k = 0; k < count; k++)
            if (strcmp(refusals[k].rule, name) == 0)
                refused = &refusals[k];
        if (refused)
            put_row(json, name, refused->reason, refused->used, refused->limit);
        else
            put_row(json, name, NULL, check->said[i].used, check->said[i].limit);
    }
    for (int k = 0; k < count; k++) /* of the host: the instrument, the account */
        if (!is_rule(check, refusals[k].rule))
            put_row(json, refusals[k].rule, refusals[k].reason, refusals[k].used, refusals[k].limit);
    if (json) {
        json_close(json, ']');
        json_flag(json, "allowed", !count);
        json_close(json, '}');
        puts(text.data);
    } else {
        puts(count ? "refused" : "allowed");
    }
    text_release(&text);
    return count ? EXIT_RISK : EXIT_GOOD;
}

static oc_rc wrong(struct error *ret_error, const char *where, const char *found, const char *expected)
{
    error_at(ret_error, OC_E_INVALID, "%s", where);
    error_found(ret_error, "%s", found);
    error_expected(ret_error, "%s", expected);
    return OC_E_INVALID;
}

static oc_rc take_question(const struct options *options, struct question *question, struct error *ret_error)
{
    const char *const *words = options->words;
    const uint32_t count = options->word_count;
    if (count < 4 || (strcmp(words[1], "buy") != 0 && strcmp(words[1], "sell") != 0))
        return wrong(ret_error, "risk check", count > 1 ? words[1] : "nothing", "buy or sell, a quantity and a symbol");
    if (count > 4 && (strcmp(words[4], "@") != 0 || count != 6))
        return wrong(ret_error, "risk check", words[4], "@ PRICE behind the symbol, or nothing");
    question->side = words[1];
    question->qty = words[2];
    question->symbol = words[3];
    question->price = count > 5 ? words[5] : NULL;
    return OC_OK;
}

/* A number of the order in steps of 1e-8. */
static oc_rc take_number(const char *where, const char *text, int64_t *ret_units, struct error *ret_error)
{
    return units_of(text, ret_units) < 0
               ? wrong(ret_error, where, text, "a decimal of at most 8 places, up to 92233720368.54775807")
               : OC_OK;
}

static oc_rc make_account(struct check *check, struct settings *settings, const char *symbol, uint32_t *ret_account,
                          struct error *ret_error)
{
    uint32_t base;
    oc_rc rc = instruments_asset(engine_instruments(check->engine), strchr(symbol, '/') + 1, &base);
    if (rc == OC_OK)
        rc = portfolio_add_account(engine_portfolio(check->engine), "check", "check", base, 0, ret_account);
    if (rc < 0)
        return error_of_code(ret_error, rc, "risk check", "the account could not be made");
    if (set_account(check, settings, *ret_account) < 0)
        return wrong(ret_error, "--cash", settings_text(settings, "account.cash", ""),
                     "amounts and currencies: '10000 USDT, 0.5 BTC'");
    return OC_OK;
}

static oc_rc make_request(struct check *check, const struct question *question, struct oc_request *request,
                          struct error *ret_error)
{
    const char *reference = question->reference ? question->reference : question->price;
    if (make_instrument(check->engine, question->symbol, &request->head.inst) < 0)
        return wrong(ret_error, "risk check", question->symbol, "a symbol such as BTC/USDT");
    request->side = strcmp(question->side, "buy") == 0 ? OC_SIDE_BUY : OC_SIDE_SELL;
    request->bits = OC_RQ_HAS_QTY;
    oc_rc rc = take_number("QTY", question->qty, &request->qty, ret_error);
    if (rc == OC_OK && question->price) {
        rc = take_number("PRICE", question->price, &request->price, ret_error);
        request->type = OC_ORDER_LIMIT;
        request->bits |= OC_RQ_HAS_PRICE;
    }
    if (rc == OC_OK && reference && set_reference(check, request->head.inst, reference) < 0)
        rc = wrong(ret_error, "--reference", reference, "a price above 0");
    return rc;
}

static int check_order(struct check *check, struct options *options, struct registry *registry,
                       struct question *question)
{
    const struct engine_config config = {.epoch = 1};
    struct oc_request request = {.kind = OC_REQUEST_NEW, .type = OC_ORDER_MARKET, .tif = OC_TIF_GTC};
    struct error error = {0};
    oc_rc rc = take_question(options, question, &error);
    const bool is_unclear = rc < 0;
    check->now_ns = env_clock_real() / 1000000000 * 1000000000;
    if (rc == OC_OK && question->at && text_to_time(question->at, strlen(question->at), &check->now_ns) < 0)
        rc = wrong(&error, "--at", question->at,
                   "a time, UTC where it says no zone: 2024-01-31, 2024-01-31T12:00 or 2024-01-31T12:00:00Z");
    if (rc == OC_OK && (rc = engine_new(&config, &check->engine)) < 0)
        rc = error_of_code(&error, rc, "risk check", "the engine could not be made");
    if (rc == OC_OK) {
        engine_start_at(check->engine, check->now_ns);
        if (open_chain(check, &options->settings, registry, &error) < 0)
            return complain(&error, OC_E_CONFIG, options->json);
        rc = make_request(check, question, &request, &error);
    }
    if (rc == OC_OK)
        rc = make_account(check, &options->settings, question->symbol, &request.account, &error);
    if (rc < 0) {
        const int code = complain(&error, rc, options->json);
        if (is_unclear)
            fputs(usage, stderr);
        return code == EXIT_RUN ? EXIT_USE : code;
    }
    return answer(check, &request, question, options);
}

int verb_risk(int argc, char **argv)
{
    if (help_is_asked(argc, argv)) {
        fputs(usage, stdout);
        return EXIT_GOOD;
    }
    struct options *options = calloc(1, sizeof *options);
    struct registry *registry = calloc(1, sizeof *registry);
    struct check *check = calloc(1, sizeof *check);
    struct question question = {0};
    int code = EXIT_RUN, kept = 0;
    for (int i = 0; i < argc; i++) { /* two options of this verb's own */
        if (strcmp(argv[i], "--reference") == 0 && i + 1 < argc)
            question.reference = argv[++i];
        else if (strcmp(argv[i], "--at") == 0 && i + 1 < argc)
            question.at = argv[++i];
        else
            argv[kept++] = argv[i];
    }
    if (!options || !registry || !check)
        goto out;
    if (kept < 2 || strcmp(argv[1], "check") != 0 || options_parse(options, kept, argv) < 0) {
        if (error_is_set(&options->error))
            (void)complain(&options->error, OC_E_INVALID, options->json);
        fputs(usage, stderr);
        code = EXIT_USE;
        goto out;
    }
    oc_rc rc = options_finish(options);
    registry_init(registry);
    if (rc < 0)
        code = complain(&options->error, OC_E_CONFIG, options->json);
    else
        code = check_order(check, options, registry, &question);
out:
    if (check) {
        engine_free(check->engine);
        rules_close(&check->rules);
    }
    free(check);
    free(registry);
    if (options)
        options_release(options);
    free(options);
    return code;
}
