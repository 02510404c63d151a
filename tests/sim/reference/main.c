/*
 * main.c: reference FILE: reads scenarios as text and prints what each comes to. Lines, # for remarks:
 *
 *   scenario NAME            begins one; `end` ends it
 *   set KEY VALUE            profile, gap, period, entry, response, cap, half_spread, maker, taker, depth, price_decimals, qty_decimals,
 *                            zero_volume, quoted
 *   bar T O H L C V          T: seconds of the open; V: - where unknown
 *   quotes T BO BH BL BC AO AH AL AC
 *   trade T PRICE QTY        in the place of bars, as
 *   quote T BID QTY ASK QTY
 *   order T buy|sell QTY [price=P] [stop=P] [sl=P] [tp=P] [expire=T] [tif=IOC|FOK] [post] [reduce]       numbered from 0
 *   amend T ORDER [price=P] [stop=P] [qty=Q]
 *   cancel T ORDER
 */
#include "reference.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MAX = 16, SECOND_DECIMALS = 9 };

static _Noreturn void die(const char *what, const char *found)
{
    fprintf(stderr, "reference: %s: found '%s'\n", what, found);
    exit(2);
}

/* A decimal as a whole number of 10^-decimals. */
static int64_t number(const char *text, int decimals)
{
    const char *at = text + (*text == '-');
    int64_t value = 0;
    int behind = -1;
    for (; *at; at++) {
        if (*at == '.' && behind < 0) {
            behind = 0;
            continue;
        }
        if (*at < '0' || *at > '9')
            die("a number", text);
        if (behind >= decimals && *at != '0')
            die("fewer decimals", text);
        if (behind >= decimals)
            continue;
        value = value * 10 + (*at - '0');
        behind += behind >= 0;
    }
    for (int i = behind < 0 ? 0 : behind; i < decimals; i++)
        value *= 10;
    return *text == '-' ? -value : value;
}

static bool starts(const char *word, const char *key, const char **ret_value)
{
    size_t size = strlen(key);
    if (strncmp(word, key, size) != 0)
        return false;
    *ret_value = word + size;
    return true;
}

static int choice(const char *value, const char *const *names)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(value, names[i]) == 0)
            return i;
    die("a known word", value);
}

static void set(struct setup *setup, const char *key, const char *value)
{
    static const char *const profiles[] = {"pessimistic", "neutral", "optimistic", "ideal", NULL};
    static const char *const gaps[] = {"auto", "open", "limit", NULL};
    static const char *const zeros[] = {"wait", "take", NULL};
    static const char *const depths[] = {"touch", "through", "through2", NULL};
    const struct {
        const char *key;
        int64_t *place;
        int decimals;
    } numbers[] = {
        {"entry", &setup->entry, 9}, {"response", &setup->response, 9},
        {"cap", &setup->cap, 6},     {"half_spread", &setup->half_spread, 6},
        {"maker", &setup->maker, 6}, {"taker", &setup->taker, 6},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (strcmp(key, numbers[i].key) == 0) {
            *numbers[i].place = number(value, numbers[i].decimals);
            return;
        }
    if (strcmp(key, "period") == 0)
        setup->third = number(value, SECOND_DECIMALS) / 3;
    else if (strcmp(key, "profile") == 0)
        setup->profile = (enum profile)choice(value, profiles);
    else if (strcmp(key, "gap") == 0)
        setup->gap = (enum gap)choice(value, gaps);
    else if (strcmp(key, "zero_volume") == 0)
        setup->take_in_dead = choice(value, zeros) == 1;
    else if (strcmp(key, "limit_fill") == 0)
        setup->depth = choice(value, depths);
    else if (strcmp(key, "price_decimals") == 0)
        setup->price_decimals = (int)number(value, 0);
    else if (strcmp(key, "qty_decimals") == 0)
        setup->qty_decimals = (int)number(value, 0);
    else
        die("a setting", key);
}

static void read_bar(struct scenario *scenario, char **words, int count)
{
    const struct setup *setup = &scenario->setup;
    int decimals = setup->price_decimals;
    bool quoted = strcmp(words[0], "quotes") == 0;
    if (scenario->bar_count == BAR_MAX || count != (quoted ? 10 : 7))
        die("a bar", words[0]);
    struct bar *bar = &scenario->bars[scenario->bar_count++];
    bar->open_ns = number(words[1], SECOND_DECIMALS);
    for (int which = 0; which < 2; which++) {
        char **from = words + 2 + (quoted && which == 0 ? 4 : 0); /* the bid's stand first */
        bar->open[which] = number(from[0], decimals);
        bar->high[which] = number(from[1], decimals);
        bar->low[which] = number(from[2], decimals);
        bar->close[which] = number(from[3], decimals);
    }
    scenario->setup.is_quoted = quoted;
    bar->has_volume = !quoted && strcmp(words[6], "-") != 0;
    if (bar->has_volume)
        bar->volume = number(words[6], setup->qty_decimals);
}

static void read_tick(struct scenario *scenario, char **words, int count)
{
    const int prices = scenario->setup.price_decimals, lots = scenario->setup.qty_decimals;
    const bool is_trade = strcmp(words[0], "trade") == 0;
    if (scenario->tick_count == TICK_MAX || count != (is_trade ? 4 : 6))
        die("a trade or a quote", words[0]);
    struct tick *tick = &scenario->ticks[scenario->tick_count++];
    *tick = (struct tick){.at = number(words[1], SECOND_DECIMALS), .is_trade = is_trade};
    tick->price = tick->bid = number(words[2], prices);
    tick->qty = tick->bid_qty = number(words[3], lots);
    if (!is_trade) {
        tick->ask = number(words[4], prices);
        tick->ask_qty = number(words[5], lots);
    }
}

static void read_order(struct scenario *scenario, char **words, int count)
{
    const struct setup *setup = &scenario->setup;
    struct world *world = &scenario->world;
    if (world->order_count == ORDER_MAX || count < 4)
        die("an order", words[0]);
    struct order *order = &world->orders[world->order_count];
    order->id = world->order_count++;
    order->decided = number(words[1], SECOND_DECIMALS);
    order->arrive = order->queued = order->decided + setup->entry;
    order->side = strcmp(words[2], "buy") == 0 ? 1 : -1;
    order->qty = number(words[3], setup->qty_decimals);
    order->ended = NEVER;
    for (int i = 4; i < count; i++) {
        const char *value;
        if (starts(words[i], "price=", &value))
            order->has_price = true, order->price = number(value, setup->price_decimals);
        else if (starts(words[i], "stop=", &value))
            order->has_stop = true, order->stop = number(value, setup->price_decimals);
        else if (starts(words[i], "sl=", &value))
            order->has_stop_loss = true, order->stop_loss = number(value, setup->price_decimals);
        else if (starts(words[i], "tp=", &value))
            order->has_take_profit = true, order->take_profit = number(value, setup->price_decimals);
        else if (starts(words[i], "expire=", &value))
            order->has_expire = true, order->expire = number(value, SECOND_DECIMALS);
        else if (strcmp(words[i], "tif=IOC") == 0)
            order->ioc = true;
        else if (strcmp(words[i], "tif=FOK") == 0)
            order->fok = true;
        else if (strcmp(words[i], "post") == 0)
            order->post_only = true;
        else if (strcmp(words[i], "reduce") == 0)
            order->reduce_only = true;
        else
            die("a word of an order", words[i]);
    }
}

static void read_action(struct scenario *scenario, char **words, int count)
{
    const struct setup *setup = &scenario->setup;
    if (scenario->action_count == ACTION_MAX || count < 3)
        die("an action", words[0]);
    struct action *action = &scenario->actions[scenario->action_count++];
    action->decided = number(words[1], SECOND_DECIMALS);
    action->id = (int)number(words[2], 0);
    if (action->id >= scenario->world.order_count)
        die("an order that is there", words[2]);
    action->is_cancel = strcmp(words[0], "cancel") == 0;
    for (int i = 3; i < count; i++) {
        const char *value;
        if (starts(words[i], "price=", &value))
            action->has_price = true, action->price = number(value, setup->price_decimals);
        else if (starts(words[i], "stop=", &value))
            action->has_stop = true, action->stop = number(value, setup->price_decimals);
        else if (starts(words[i], "qty=", &value))
            action->has_qty = true, action->qty = number(value, setup->qty_decimals);
        else
            die("a word of an amend", words[i]);
    }
}

/* value / 10^decimals with all its decimals, in room for 64 bytes. */
static void show(char *text, wide value, int decimals)
{
    char digits[64];
    int count = 0;
    wide rest = value < 0 ? -value : value;
    for (; rest > 0 || count <= decimals; rest /= 10)
        digits[count++] = (char)('0' + (int)(rest % 10));
    if (value < 0)
        *text++ = '-';
    while (count > 0) {
        *text++ = digits[--count];
        if (count == decimals && decimals > 0)
            *text++ = '.';
    }
    *text = '\0';
}

static void print_fill(const struct scenario *scenario, const struct fill *fill)
{
    static const char *const roles[] = {"", ".sl", ".tp"};
    const struct setup *setup = &scenario->setup;
    char qty[64], price[64], fee[64], time[64], told[64];
    int64_t step = 1;
    for (int i = setup->price_decimals + setup->qty_decimals + 6; i > FEE_DECIMALS; i--)
        step *= 10;
    show(qty, fill->qty, setup->qty_decimals);
    show(price, fill->price, setup->price_decimals);
    show(fee, fill->fee / step, FEE_DECIMALS);
    show(time, fill->time, SECOND_DECIMALS);
    show(told, fill->told, SECOND_DECIMALS);
    printf("%s fill %s %s o%d%s %s %s %s %s %s\n", scenario->name, time, told, fill->id, roles[fill->role],
           fill->side > 0 ? "buy" : "sell", qty, price, fee, fill->is_maker ? "maker" : "taker");
}

/* How an order ended; `?`: in the last bar, where the data may end before that is told. */
static const char *end_of(const struct scenario *scenario, const struct order *order)
{
    static const char *const states[] = {"open", "open", "closed", "canceled", "expired", "rejected"};
    if (scenario->tick_count) {
        const int64_t end = scenario->ticks[scenario->tick_count - 1].at;
        return order->state > RESTING && order->ended_ns + scenario->setup.response >= end ? "?" : states[order->state];
    }
    return order->ended == scenario->bar_count - 1 ? "?" : states[order->state];
}

/* What is told, however late; position and cash are those of the end of the data, where on_stop looks at them. */
static void print_scenario(const struct scenario *scenario, int bars)
{
    const struct setup *setup = &scenario->setup;
    const struct world *world = &scenario->world;
    const int64_t end = scenario->tick_count ? scenario->ticks[scenario->tick_count - 1].at
                                             : scenario->bars[scenario->bar_count - 1].open_ns + 3 * setup->third;
    int64_t held = 0;
    wide paid = 0;
    int ambiguous = 0;
    for (int i = 0; i < world->fill_count; i++) {
        const struct fill *fill = &world->fills[i];
        print_fill(scenario, fill);
        ambiguous += fill->is_ambiguous;
        if (fill->told > end)
            continue;
        held += fill->side * fill->qty;
        paid += (wide)fill->side * fill->price * fill->qty * SHARE + fill->fee;
    }
    for (int i = 0; i < world->order_count; i++)
        if (world->orders[i].role == ROLE_NONE)
            printf("%s state o%d %s\n", scenario->name, i, end_of(scenario, &world->orders[i]));
    char position[64], cash[64];
    show(position, held, setup->qty_decimals);
    show(cash, -paid, setup->price_decimals + setup->qty_decimals + 6);
    printf("%s position %s\n%s cash %s\n%s ambiguous %d fills, %d bars\n", scenario->name, position, scenario->name,
           cash, scenario->name, ambiguous, bars);
}

static void end_scenario(struct scenario *scenario)
{
    int bars = 0;
    if (scenario->bar_count == 0 && scenario->tick_count == 0)
        die("bars", scenario->name);
    if (scenario->tick_count)
        run_ticks(scenario);
    else
        bars = run_scenario(scenario);
    print_scenario(scenario, bars);
}

static int split(char *line, char **words)
{
    int count = 0;
    for (char *word = strtok(line, " \n"); word && word[0] != '#' && count < WORD_MAX; word = strtok(NULL, " \n"))
        words[count++] = word;
    return count;
}

int main(int argc, char **argv)
{
    static struct scenario scenario;
    char line[512], *words[WORD_MAX];
    FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
    if (!file)
        die("usage: reference FILE", argc > 1 ? argv[1] : "");
    while (fgets(line, sizeof line, file)) {
        int count = split(line, words);
        if (count == 0)
            continue;
        if (strcmp(words[0], "scenario") == 0 && count == 2) {
            memset(&scenario, 0, sizeof scenario);
            snprintf(scenario.name, sizeof scenario.name, "%s", words[1]);
            scenario.setup.third = 20 * INT64_C(1000000000);
        } else if (strcmp(words[0], "set") == 0 && count == 3)
            set(&scenario.setup, words[1], words[2]);
        else if (strcmp(words[0], "bar") == 0 || strcmp(words[0], "quotes") == 0)
            read_bar(&scenario, words, count);
        else if (strcmp(words[0], "trade") == 0 || strcmp(words[0], "quote") == 0)
            read_tick(&scenario, words, count);
        else if (strcmp(words[0], "order") == 0)
            read_order(&scenario, words, count);
        else if (strcmp(words[0], "amend") == 0 || strcmp(words[0], "cancel") == 0)
            read_action(&scenario, words, count);
        else if (strcmp(words[0], "end") == 0)
            end_scenario(&scenario);
        else
            die("a line", words[0]);
    }
    fclose(file);
    return 0;
}
