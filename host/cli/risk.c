/* risk.c: `outcry risk check`: what the rules would say to an order. It changes nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "cli/complain.h"
#include "cli/help.h"
#include "cli/run.h"
#include "cli/verbs.h"

static const char usage[] = "usage: outcry risk check buy|sell QTY SYMBOL [@ PRICE] [--reference PRICE] [--cash '10000 "
                            "USDT'] [--config FILE]\n";

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

struct check {
    struct engine *engine;
    struct parts parts;
    struct rules rules;
    int64_t now_ns;
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
    struct oc_ev_trade trade = {
        .head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = inst, .venue_ns = 1, .local_ns = 1}};
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

static void put_refusal(const char *who, const struct engine_refusal *refused)
{
    char used[TEXT_DECIMAL_MAX], limit[TEXT_DECIMAL_MAX];
    struct text text;
    text_init_fixed(&text, used, sizeof used);
    text_put_units(&text, refused->used.units, refused->used.scale, -1);
    text_init_fixed(&text, limit, sizeof limit);
    text_put_units(&text, refused->limit.units, refused->limit.scale, -1);
    printf("  %-16s REFUSES  %s: %s against %s\n", who, refused->reason, used, limit);
}

static bool is_rule(const struct check *check, const char *name)
{
    for (uint32_t i = 0; i < check->rules.count; i++)
        if (strcmp(parts_at(&check->parts, PART_RULE, i)->name, name) == 0)
            return true;
    return false;
}

static int answer(struct check *check, const struct oc_request *request)
{
    struct engine_refusal refusals[ENGINE_RULES_MAX];
    int count = engine_preview(check->engine, request, refusals, ENGINE_RULES_MAX);
    for (uint32_t i = 0; i < check->rules.count; i++) {
        const char *name = parts_at(&check->parts, PART_RULE, i)->name;
        const struct engine_refusal *refused = NULL;
        for (int k = 0; k < count; k++)
            if (strcmp(refusals[k].rule, name) == 0)
                refused = &refusals[k];
        if (!refused) {
            printf("  %-16s allows\n", name);
            continue;
        }
        put_refusal(name, refused);
    }
    for (int k = 0; k < count; k++) /* of the host: the instrument, the account */
        if (!is_rule(check, refusals[k].rule))
            put_refusal(refusals[k].rule, &refusals[k]);
    puts(count ? "refused" : "allowed");
    return count ? EXIT_RISK : EXIT_GOOD;
}

static int check_order(struct check *check, struct options *options, struct registry *registry, const char *reference)
{
    struct engine_config config = {.epoch = 1};
    struct oc_request request = {
        .side = OC_SIDE_BUY, .kind = OC_REQUEST_NEW, .type = OC_ORDER_MARKET, .tif = OC_TIF_GTC};
    struct error error;
    uint32_t inst, base;
    if (options->word_count < 4 || (strcmp(options->words[1], "buy") != 0 && strcmp(options->words[1], "sell") != 0)) {
        fputs(usage, stderr);
        return EXIT_USE;
    }
    request.side = strcmp(options->words[1], "buy") == 0 ? OC_SIDE_BUY : OC_SIDE_SELL;
    oc_rc rc = engine_new(&config, &check->engine);
    rc = rc < 0 ? error_of_code(&error, rc, "risk check", "the engine could not be made")
                : open_chain(check, &options->settings, registry, &error);
    if (rc < 0)
        return complain(&error, OC_E_CONFIG, false);
    rc = make_instrument(check->engine, options->words[3], &inst);
    if (rc == OC_OK)
        rc = units_of(options->words[2], &request.qty);
    const char *slash = strchr(options->words[3], '/');
    if (rc == OC_OK)
        rc = instruments_asset(engine_instruments(check->engine), slash + 1, &base);
    if (rc == OC_OK)
        rc = portfolio_add_account(engine_portfolio(check->engine), "check", "check", base, 0, &request.account);
    if (rc == OC_OK)
        rc = set_account(check, &options->settings, request.account);
    const char *price = options->word_count > 5 && strcmp(options->words[4], "@") == 0 ? options->words[5] : NULL;
    request.bits = OC_RQ_HAS_QTY;
    if (rc == OC_OK && price) {
        rc = units_of(price, &request.price);
        request.type = OC_ORDER_LIMIT;
        request.bits |= OC_RQ_HAS_PRICE;
    }
    if (rc == OC_OK && (reference || price))
        rc = set_reference(check, inst, reference ? reference : price);
    if (rc < 0) {
        fputs(usage, stderr);
        return EXIT_USE;
    }
    request.head.inst = inst;
    return answer(check, &request);
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
    const char *reference = NULL;
    int code = EXIT_RUN, kept = 0;
    for (int i = 0; i < argc; i++) { /* --reference is this verb's own */
        if (strcmp(argv[i], "--reference") == 0 && i + 1 < argc)
            reference = argv[++i];
        else
            argv[kept++] = argv[i];
    }
    if (!options || !registry || !check)
        goto out;
    if (kept < 2 || strcmp(argv[1], "check") != 0 || options_parse(options, kept, argv) < 0) {
        if (error_is_set(&options->error))
            (void)complain(&options->error, OC_E_INVALID, false);
        fputs(usage, stderr);
        code = EXIT_USE;
        goto out;
    }
    oc_rc rc = options_finish(options);
    registry_init(registry);
    if (rc < 0)
        code = complain(&options->error, OC_E_CONFIG, false);
    else
        code = check_order(check, options, registry, reference);
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
