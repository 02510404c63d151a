/* words.c: what a person says to the venue: what it shows, what it does at its own website, and what goes wrong. */
#include "rehearsal/face.h"

#include "base/money.h"

#include <outcry/kit/text.h>
#include <stdio.h>
#include <stdlib.h>

enum { WORDS_MAX = 12, SHOWN_MAX = 40 };

struct words {
    char text[FAULT_LINE_MAX * 2];
    const char *at[WORDS_MAX + 1];
    uint32_t count;
};

struct command {
    const char *word, *form, *what;
    oc_rc (*run)(struct rehearsal *venue, const struct words *words, struct text *out);
};

static oc_rc expected(struct text *out, const char *word, const char *found, const char *form)
{
    text_format(out, "%s: found '%s', expected %s\n", word, found ? found : "nothing", form);
    return OC_E_INVALID;
}

static bool is(const struct words *words, uint32_t at, const char *word)
{
    return at < words->count && strcmp(words->at[at], word) == 0;
}

static const char *money_text(oc_i128 money, char text[64])
{
    money_to_text(money, 8, true, text);
    return text;
}

static const char *units_text(int64_t units, struct oc_dec step, char text[TEXT_DECIMAL_MAX])
{
    text_from_units_128(text, (oc_i128)units * step.units, step.scale, TEXT_SHORTEST);
    return text;
}

/* ---- what it shows ---- */

static oc_rc run_list(struct rehearsal *venue, const struct words *words, struct text *out)
{
    char bid[TEXT_DECIMAL_MAX], ask[TEXT_DECIMAL_MAX], time[TEXT_DURATION_MAX];
    (void)words;
    for (uint32_t i = 0; i < core_inst_count(venue->core); i++) {
        const struct core_inst *inst = core_inst(venue->core, i);
        struct core_level best[2] = {{0, 0}, {0, 0}};
        (void)core_levels(venue->core, i, CORE_BUY, &best[0], 1);
        (void)core_levels(venue->core, i, CORE_SELL, &best[1], 1);
        text_format(out, "%s: bid %s, ask %s%s\n", inst->symbol, units_text(best[0].price, inst->price_step, bid),
                    units_text(best[1].price, inst->price_step, ask), inst->is_halted ? ", halted" : "");
    }
    uint32_t streams = 0;
    for (uint32_t i = 0; i < VENUE_SEATS_MAX; i++)
        streams += venue->seats[i].is_open;
    text_format(out, "%u streams, %llu answers, %llu messages, %llu orders asked for, %llu fills\n", streams,
                (unsigned long long)venue->answers, (unsigned long long)venue->messages,
                (unsigned long long)venue->orders, (unsigned long long)core_fill_count(venue->core));
    text_format(out, "%llu times told to wait, %llu bans\n", (unsigned long long)venue->quota.waits,
                (unsigned long long)venue->quota.bans);
    if (venue->age_ns && text_from_duration(time, venue->age_ns) > 0)
        text_format(out, "streams end after %s: %llu did\n", time, (unsigned long long)venue->aged);
    if (venue->is_in_maintenance)
        text_put(out, "in maintenance\n");
    if (venue->skew_ns && text_from_duration(time, venue->skew_ns) > 0)
        text_format(out, "its clock is off by %s\n", time);
    if (venue->stale_ns && text_from_duration(time, venue->stale_ns) > 0)
        text_format(out, "what reading shows is %s old\n", time);
    const char *wrong = core_proof(venue->core);
    text_format(out, "ledger: %s\n", wrong ? wrong : "adds up");
    return OC_OK;
}

static void show_order(struct rehearsal *venue, const struct core_order *order, struct text *out)
{
    static const char *const states[] = {"", "open", "waiting", "filled", "canceled", "expired"};
    const struct core_inst *inst = core_inst(venue->core, order->inst);
    char qty[TEXT_DECIMAL_MAX], price[TEXT_DECIMAL_MAX], filled[TEXT_DECIMAL_MAX];
    text_format(out, "%llu %s %s %s %s", (unsigned long long)order->id, core_account(venue->core, order->account)->name,
                order->side == CORE_BUY ? "buy" : "sell", units_text(order->qty, inst->qty_step, qty), inst->symbol);
    if (order->price)
        text_format(out, " @ %s", units_text(order->price, inst->price_step, price));
    if (order->stop)
        text_format(out, " stop %s", units_text(order->stop, inst->price_step, price));
    text_format(out, ": %s, filled %s%s%s\n", states[order->state], units_text(order->filled, inst->qty_step, filled),
                order->client[0] ? ", client id " : "", order->client);
}

static int compare_us(const void *a, const void *b)
{
    const uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static oc_rc run_latency(struct rehearsal *venue, const struct words *words, struct text *out)
{
    static uint32_t sorted[VENUE_DELAYS_MAX];
    const size_t count = venue->delay_count < VENUE_DELAYS_MAX ? (size_t)venue->delay_count : VENUE_DELAYS_MAX;
    if (words->count > 1)
        return expected(out, "latency", words->at[1], "nothing behind it");
    if (!count) {
        text_put(out, "no order came within a second of a message\n");
        return OC_OK;
    }
    memcpy(sorted, venue->delays_us, count * sizeof sorted[0]);
    qsort(sorted, count, sizeof sorted[0], compare_us);
    text_format(out, "%zu orders behind a message: p50 %u us, p90 %u us, p99 %u us, p99.9 %u us, longest %u us\n",
                count, sorted[count / 2], sorted[count * 90 / 100], sorted[count * 99 / 100],
                sorted[count * 999 / 1000], sorted[count - 1]);
    return OC_OK;
}

static oc_rc run_orders(struct rehearsal *venue, const struct words *words, struct text *out)
{
    const bool all = is(words, 1, "all");
    uint32_t shown = 0;
    if (words->count > 2 || (words->count == 2 && !all))
        return expected(out, "orders", words->at[1], "orders, or orders all");
    for (uint64_t id = core_order_count(venue->core); id > 0 && shown < SHOWN_MAX; id--) {
        const struct core_order *order = core_order(venue->core, core_order_by_id(venue->core, id));
        if (!all && !core_is_open(order))
            continue;
        show_order(venue, order, out);
        shown++;
    }
    if (!shown)
        text_put(out, all ? "no orders\n" : "no open orders\n");
    return OC_OK;
}

static oc_rc run_balances(struct rehearsal *venue, const struct words *words, struct text *out)
{
    char free[64], locked[64];
    (void)words;
    for (uint32_t i = 0; i < core_account_count(venue->core); i++) {
        const struct core_account *account = core_account(venue->core, i);
        for (uint32_t asset = 0; !account->is_house && asset < core_asset_count(venue->core); asset++)
            if (account->balances[asset].free || account->balances[asset].locked)
                text_format(out, "%s %s: free %s, locked %s\n", account->name, core_asset_name(venue->core, asset),
                            money_text(account->balances[asset].free, free),
                            money_text(account->balances[asset].locked, locked));
    }
    return OC_OK;
}

static oc_rc run_fills(struct rehearsal *venue, const struct words *words, struct text *out)
{
    char qty[TEXT_DECIMAL_MAX], price[TEXT_DECIMAL_MAX], fee[64];
    const uint64_t count = core_fill_count(venue->core);
    (void)words;
    for (uint64_t number = count; number > 0 && number + SHOWN_MAX > count; number--) {
        const struct core_fill *fill = core_fill(venue->core, number);
        const struct core_inst *inst = core_inst(venue->core, fill->inst);
        text_format(out, "%llu %s order %llu: %s %s %s @ %s, fee %s %s\n", (unsigned long long)number,
                    core_account(venue->core, fill->account)->name,
                    (unsigned long long)core_order(venue->core, fill->order)->id,
                    fill->side == CORE_BUY ? "bought" : "sold", units_text(fill->qty, inst->qty_step, qty),
                    inst->symbol, units_text(fill->price, inst->price_step, price), money_text(fill->fee, fee),
                    core_asset_name(venue->core, fill->fee_asset));
    }
    if (!count)
        text_put(out, "no fills\n");
    return OC_OK;
}

static oc_rc run_faults(struct rehearsal *venue, const struct words *words, struct text *out)
{
    (void)words;
    faults_say(&venue->faults, venue->begin_ns, out);
    return OC_OK;
}

/* ---- what it does ---- */

/* An instrument by its symbol, or the first one with this base asset. */
static uint32_t inst_of(const struct rehearsal *venue, const char *name)
{
    uint32_t inst = core_inst_named(venue->core, name);
    for (uint32_t i = 0; inst == CORE_NONE && i < core_inst_count(venue->core); i++)
        if (strcmp(core_asset_name(venue->core, core_inst(venue->core, i)->base), name) == 0)
            inst = i;
    return inst;
}

/* "of ACCOUNT" from `at` on; main where nothing is said. */
static uint32_t account_of(const struct rehearsal *venue, const struct words *words, uint32_t at)
{
    if (at == words->count)
        return 0;
    const uint32_t account =
        is(words, at, "of") && at + 2 == words->count ? core_account_named(venue->core, words->at[at + 1]) : CORE_NONE;
    return account != CORE_NONE && !core_account(venue->core, account)->is_house ? account : CORE_NONE;
}

static oc_rc say_done(struct rehearsal *venue, enum core_why why, uint32_t order, const char *word, struct text *out)
{
    if (why != CORE_OK) {
        text_format(out, "%s: %s: %s\n", word, core_why_name(why), core_why_words(why));
        return OC_E_INVALID;
    }
    show_order(venue, core_order(venue->core, order), out);
    return OC_OK;
}

/* As somebody does at the website of a venue, past the host that trades there. */
static oc_rc run_trade(struct rehearsal *venue, const struct words *words, struct text *out)
{
    static const char form[] = "QTY BTC/USDT [@ PRICE] at the website [of ACCOUNT]";
    const char *word = words->at[0];
    uint32_t at = 3, order = CORE_NONE;
    struct core_ask ask = {
        .side = strcmp(word, "buy") == 0 ? CORE_BUY : CORE_SELL, .type = CORE_MARKET, .tif = CORE_IOC};
    if (words->count < 3 || (ask.inst = inst_of(venue, words->at[2])) == CORE_NONE)
        return expected(out, word, words->count < 3 ? NULL : words->at[2], form);
    const struct core_inst *inst = core_inst(venue->core, ask.inst);
    if (kit_units(words->at[1], inst->qty_step, &ask.qty) < 0)
        return expected(out, word, words->at[1], "a quantity, a multiple of the instrument's step");
    if (is(words, at, "@")) {
        if (at + 1 >= words->count || kit_units(words->at[at + 1], inst->price_step, &ask.price) < 0)
            return expected(out, word, words->at[at + 1], "a price, a multiple of the instrument's step");
        ask.type = CORE_LIMIT;
        ask.tif = CORE_GTC;
        at += 2;
    }
    if (!is(words, at, "at") || !is(words, at + 1, "the") || !is(words, at + 2, "website"))
        return expected(out, word, words->at[at], form);
    ask.account = account_of(venue, words, at + 3);
    if (ask.account == CORE_NONE)
        return expected(out, word, words->at[at + 3], "of main, or of second");
    const enum core_why why = core_place(venue->core, venue->now_ns, &ask, &order);
    return say_done(venue, why, order, word, out);
}

static oc_rc run_cancel(struct rehearsal *venue, const struct words *words, struct text *out)
{
    int64_t id = 0;
    uint32_t order = CORE_NONE;
    if (words->count == 5 && is(words, 2, "at") && is(words, 3, "the") && is(words, 4, "website") &&
        text_to_int(words->at[1], strlen(words->at[1]), &id) == OC_OK && id > 0)
        order = core_order_by_id(venue->core, (uint64_t)id);
    if (order == CORE_NONE)
        return expected(out, "cancel", words->at[1], "the number of an order, and: at the website");
    return say_done(venue, core_cancel(venue->core, venue->now_ns, order), order, "cancel", out);
}

static oc_rc run_pay(struct rehearsal *venue, const struct words *words, struct text *out)
{
    const bool is_in = is(words, 0, "deposit");
    oc_i128 amount = 0;
    uint32_t asset = CORE_NONE;
    const uint32_t account = words->count < 3 ? CORE_NONE : account_of(venue, words, 3);
    for (uint32_t i = 0; words->count >= 3 && i < core_asset_count(venue->core); i++)
        if (strcmp(core_asset_name(venue->core, i), words->at[2]) == 0)
            asset = i;
    if (account == CORE_NONE || asset == CORE_NONE || !venue_money(words->at[1], strlen(words->at[1]), &amount) ||
        amount <= 0)
        return expected(out, words->at[0], words->at[1], "AMOUNT ASSET [of ACCOUNT]");
    const enum core_why why = core_pay(venue->core, venue->now_ns, account, asset, is_in ? amount : -amount);
    text_format(out, "%s: %s\n", words->at[0], why == CORE_OK ? "done" : core_why_words(why));
    return why == CORE_OK ? (oc_rc)OC_OK : (oc_rc)OC_E_INVALID;
}

static oc_rc run_halt(struct rehearsal *venue, const struct words *words, struct text *out)
{
    const bool is_halt = is(words, 0, "halt");
    const uint32_t inst = words->count == 2 ? inst_of(venue, words->at[1]) : CORE_NONE;
    if (inst == CORE_NONE)
        return expected(out, words->at[0], words->at[1], "one of the instruments, such as BTC/USDT");
    core_halt(venue->core, venue->now_ns, inst, is_halt);
    text_format(out, "%s: %s\n", core_inst(venue->core, inst)->symbol, is_halt ? "halted" : "trades");
    return OC_OK;
}

static oc_rc run_maintenance(struct rehearsal *venue, const struct words *words, struct text *out)
{
    if (words->count != 2 || (!is(words, 1, "on") && !is(words, 1, "off")))
        return expected(out, "maintenance", words->at[1], "on or off");
    venue->is_in_maintenance = is(words, 1, "on");
    venue->drops_streams = venue->is_in_maintenance || venue->drops_streams;
    text_format(out, "maintenance: %s\n", words->at[1]);
    return OC_OK;
}

static oc_rc run_restart(struct rehearsal *venue, const struct words *words, struct text *out)
{
    (void)words;
    venue->drops_streams = true;
    text_put(out, "all streams are reset\n");
    return OC_OK;
}

/* A time, or off. */
static oc_rc read_span(const struct words *words, bool may_be_negative, int64_t *ret_ns, struct text *out)
{
    const char *word = words->count == 2 ? words->at[1] : "";
    const bool is_negative = may_be_negative && word[0] == '-';
    int64_t ns = 0;
    if (strcmp(word, "off") != 0 &&
        (text_to_duration(word + is_negative, strlen(word + is_negative), &ns) < 0 || ns > 3600000000000ll))
        return expected(out, words->at[0], words->at[1], "off, or a time up to an hour, such as 500ms");
    *ret_ns = is_negative ? -ns : ns;
    text_format(out, "%s: %s\n", words->at[0], words->at[1]);
    return OC_OK;
}

static oc_rc run_skew(struct rehearsal *venue, const struct words *words, struct text *out)
{
    return read_span(words, true, &venue->skew_ns, out);
}

static oc_rc run_stale(struct rehearsal *venue, const struct words *words, struct text *out)
{
    return read_span(words, false, &venue->stale_ns, out);
}

static oc_rc run_age(struct rehearsal *venue, const struct words *words, struct text *out)
{
    return read_span(words, false, &venue->age_ns, out);
}

static oc_rc run_certificate(struct rehearsal *venue, const struct words *words, struct text *out)
{
    if (words->count != 2 || (!is(words, 1, "good") && !is(words, 1, "expired") && !is(words, 1, "other-name")))
        return expected(out, "certificate", words->at[1], "good, expired or other-name");
    text_copy(venue->certificate, sizeof venue->certificate, words->at[1]);
    text_format(out, "certificate: %s, for new connections\n", words->at[1]);
    return OC_OK;
}

static oc_rc run_calm(struct rehearsal *venue, const struct words *words, struct text *out)
{
    (void)words;
    faults_clear(&venue->faults);
    venue->is_in_maintenance = false;
    venue->skew_ns = venue->stale_ns = venue->age_ns = 0;
    text_copy(venue->certificate, sizeof venue->certificate, "good");
    text_put(out, "nothing goes wrong any more\n");
    return OC_OK;
}

static oc_rc run_help(struct rehearsal *venue, const struct words *words, struct text *out);

static const struct command commands[] = {
    {"list", "", "prices, streams, what was answered; whether the ledger adds up", run_list},
    {"orders", "[all]", "open orders, or the latest of all", run_orders},
    {"balances", "", "of the accounts", run_balances},
    {"fills", "", "the latest", run_fills},
    {"latency", "", "how soon behind the last message of a stream the latest orders came", run_latency},
    {"faults", "", "what goes wrong now, what waits, what has happened", run_faults},
    {"buy", "QTY BTC/USDT [@ PRICE] at the website [of ACCOUNT]", "as its owner does, past the host", run_trade},
    {"sell", "QTY BTC/USDT [@ PRICE] at the website [of ACCOUNT]", "", run_trade},
    {"cancel", "NUMBER at the website", "", run_cancel},
    {"deposit", "AMOUNT ASSET [of ACCOUNT]", "", run_pay},
    {"withdraw", "AMOUNT ASSET [of ACCOUNT]", "", run_pay},
    {"halt", "BTC/USDT", "no trading in it until `resume`", run_halt},
    {"resume", "BTC/USDT", "", run_halt},
    {"maintenance", "on|off", "503 to all; streams are reset and refused", run_maintenance},
    {"restart", "", "all streams are reset", run_restart},
    {"skew", "TIME|-TIME|off", "its clock is off by so much", run_skew},
    {"stale", "TIME|off", "what reading shows is so old", run_stale},
    {"age", "TIME|off", "a stream that is so old is reset", run_age},
    {"certificate", "good|expired|other-name", "what new connections are shown", run_certificate},
    {"calm", "", "ends all faults", run_calm},
    {"help", "", "", run_help},
};

static oc_rc run_help(struct rehearsal *venue, const struct words *words, struct text *out)
{
    (void)venue, (void)words;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        text_format(out, "  %s%s%s%s%s\n", commands[i].word, *commands[i].form ? " " : "", commands[i].form,
                    *commands[i].what ? ": " : "", commands[i].what);
    text_put(out,
             "faults: [at TIME] VERB NOUN [TIME] [of orders|cancels|amends|reads] [COUNT | 1 in N | always | off]\n");
    faults_help(out);
    return OC_OK;
}

static oc_rc complain_of_word(const char *word, struct text *out)
{
    static const char *const fault_verbs[] = {"drop",  "delay", "duplicate", "reorder", "half-open",
                                              "reset", "split", "cut",       "fail",    "at"};
    const char *names[64];
    uint32_t count = 0;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        names[count++] = commands[i].word;
    for (size_t i = 0; i < sizeof fault_verbs / sizeof *fault_verbs; i++)
        names[count++] = fault_verbs[i];
    names[count] = NULL;
    const char *near = strlen(word) < TEXT_NAME_MAX ? text_nearest(word, names) : NULL;
    text_format(out, "there is no word '%s'%s%s%s; `help` lists them\n", word, near ? ": did you mean " : "",
                near ? near : "", near ? "?" : "");
    return OC_E_INVALID;
}

/* Whether what is to happen at a time can be read, as far as that can be known before. */
static oc_rc judge_later(const struct rehearsal *venue, const char *line, struct text *out)
{
    static const char blanks[] = " \t";
    char word[32] = "", words[512];
    struct text thrown;
    struct faults scratch = venue->faults;
    line += strspn(line, blanks);
    if (strncmp(line, "at ", 3) != 0)
        return OC_OK;
    line += 3 + strspn(line + 3, blanks);
    line += strcspn(line, blanks);
    line += strspn(line, blanks);
    if (sscanf(line, "%31s", word) != 1 || strcmp(word, "at") == 0)
        return expected(out, "at", word, "a time since the start, such as 30s, and what happens then");
    text_init_fixed(&thrown, words, sizeof words);
    const oc_rc rc = faults_read(&scratch, line, &thrown);
    for (size_t i = 0; rc == OC_E_NOT_FOUND && i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].word, word) == 0)
            return OC_OK;
    if (rc == OC_E_NOT_FOUND)
        return complain_of_word(word, out);
    if (rc < 0)
        text_put(out, words);
    return rc;
}

oc_rc venue_command(struct rehearsal *venue, const char *line, struct text *out)
{
    struct words words = {.count = 0};
    char *rest = NULL;
    oc_rc rc = judge_later(venue, line, out);
    rc = rc < 0 ? rc : faults_at(&venue->faults, line, venue->begin_ns, out);
    if (rc == OC_E_NOT_FOUND)
        rc = faults_read(&venue->faults, line, out);
    if (rc != OC_E_NOT_FOUND)
        return rc;
    if (venue->face->command && venue->face->command(venue, line, out))
        return OC_OK;
    if (strlen(line) >= sizeof words.text)
        return expected(out, "the line", "a longer one", "at most 255 bytes");
    text_copy(words.text, sizeof words.text, line);
    for (char *word = strtok_r(words.text, " \t\r\n", &rest); word; word = strtok_r(NULL, " \t\r\n", &rest)) {
        if (words.count == WORDS_MAX)
            return expected(out, words.at[0], word, "fewer words");
        words.at[words.count++] = word;
    }
    if (words.count == 0)
        return OC_OK;
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].word, words.at[0]) == 0)
            return commands[i].run(venue, &words, out);
    return complain_of_word(words.at[0], out);
}

oc_rc venue_read_faults(struct rehearsal *venue, const char *name, const char *text, struct text *out)
{
    uint32_t number = 0;
    while (*text) {
        char line[FAULT_LINE_MAX * 2] = "", words[512];
        const size_t size = strcspn(text, "\n"), used = size < sizeof line - 1 ? size : sizeof line - 1;
        struct text said;
        number++;
        memcpy(line, text, used);
        line[strcspn(line, "#")] = 0;
        text += size + (text[size] == '\n');
        text_init_fixed(&said, words, sizeof words);
        if (size >= sizeof line) {
            text_format(out, "%s: line %u: it is longer than %u bytes\n", name, number, (unsigned)sizeof line - 1);
            return OC_E_CONFIG;
        }
        if (venue_command(venue, line, &said) < 0) {
            text_format(out, "%s: line %u: %s", name, number, words);
            return OC_E_CONFIG;
        }
    }
    return OC_OK;
}
