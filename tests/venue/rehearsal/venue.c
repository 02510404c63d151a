#include "rehearsal/venue.h"

#include "rehearsal/face.h"
#include "rehearsal/market.h"

#include <stdio.h>
#include <stdlib.h>

enum { ACCOUNTS = 2 };

const char *const face_names[] = {"plain", "lines", "jline", "binanceus", "coinbase", "oanda", NULL};

const struct face *face_named(const char *name)
{
    static const struct face *const faces[] = {&face_plain,     &face_lines,    &face_jline,
                                               &face_binanceus, &face_coinbase, &face_oanda};
    for (uint32_t i = 0; face_names[i]; i++)
        if (strcmp(face_names[i], name) == 0)
            return faces[i];
    return NULL;
}

/* ---- a venue ---- */

static void on_event(void *self, const struct core_event *event)
{
    struct rehearsal *venue = self;
    if (venue->own)
        venue->face->note(venue, event);
    for (uint32_t i = 0; i < venue->seats_used; i++)
        if (venue->seats[i].is_open && !venue->seats[i].is_hung)
            venue->face->tell(venue, &venue->seats[i], event);
}

/* Whatever one input has made was told. */
static void settle(struct rehearsal *venue)
{
    if (venue->own)
        venue->face->act(venue);
    for (uint32_t i = 0; venue->face->settled && i < venue->seats_used; i++)
        if (venue->seats[i].is_open && !venue->seats[i].is_hung)
            venue->face->settled(venue, &venue->seats[i]);
}

static bool pay_in(struct rehearsal *venue, const char *money, struct text *out)
{
    char list[256], *rest = NULL;
    if (strlen(money) >= sizeof list)
        return false;
    text_copy(list, sizeof list, money);
    for (char *one = strtok_r(list, ",", &rest); one; one = strtok_r(NULL, ",", &rest)) {
        char amount[64] = "", asset[CORE_NAME_MAX] = "", more[2] = "";
        oc_i128 sum;
        const int count = sscanf(one, " %63s %31s %1s", amount, asset, more);
        uint32_t place = CORE_NONE;
        for (uint32_t i = 0; i < core_asset_count(venue->core); i++)
            if (strcmp(core_asset_name(venue->core, i), asset) == 0)
                place = i;
        if (count != 2 || !venue_money(amount, strlen(amount), &sum) || sum <= 0 || place == CORE_NONE) {
            text_format(out, "money: found '%s', expected AMOUNT ASSET of what is traded here, such as 10000 USDT\n",
                        one);
            return false;
        }
        for (uint32_t i = 0; i < ACCOUNTS; i++)
            if (core_pay(venue->core, venue->now_ns, i, place, sum) != CORE_OK) {
                text_format(out, "money: found '%s', expected less\n", one);
                return false;
            }
    }
    return true;
}

static bool add_insts(struct rehearsal *venue)
{
    const struct face *face = venue->face;
    for (uint32_t i = 0; i < face->inst_count; i++) {
        const struct face_inst *from = &face->insts[i];
        struct core_inst made = {.base = core_asset(venue->core, from->base),
                                 .quote = core_asset(venue->core, from->quote),
                                 .price_step = from->price_step,
                                 .qty_step = from->qty_step,
                                 .min_qty = from->min_qty,
                                 .max_qty = from->max_qty,
                                 .min_notional =
                                     from->min_notional.units * num_pow10_128(MONEY_SCALE - from->min_notional.scale)};
        text_copy(made.symbol, sizeof made.symbol, from->symbol);
        if (core_add_inst(venue->core, &made) == CORE_NONE)
            return false;
    }
    return true;
}

struct rehearsal *venue_new(const struct venue_config *config, struct text *out)
{
    const struct face *face = config->face;
    struct rehearsal *venue = calloc(1, sizeof *venue);
    if (!venue)
        return NULL;
    venue->face = face;
    venue->begin_ns = venue->now_ns = config->begin_ns;
    venue->quota.rules = face->quotas;
    venue->quota.rule_count = face->quota_count;
    text_copy(venue->certificate, sizeof venue->certificate, "good");
    faults_init(&venue->faults, config->seed);
    venue->core = core_new(&face->rules, on_event, venue);
    if (!venue->core || (face->begin && !face->begin(venue)) || !add_insts(venue) ||
        core_add_account(venue->core, "main", false, face->maker_ppm, face->taker_ppm) != 0 ||
        core_add_account(venue->core, "second", false, face->maker_ppm, face->taker_ppm) != 1 ||
        !pay_in(venue, config->money ? config->money : face->money, out)) {
        venue_free(venue);
        return NULL;
    }
    return venue;
}

void venue_free(struct rehearsal *venue)
{
    if (!venue)
        return;
    market_free(venue->market);
    if (venue->own)
        venue->face->end(venue);
    for (uint32_t i = 0; i < VENUE_EXCHANGES_MAX; i++)
        if (venue->exchanges[i].state)
            venue_answered(venue, i);
    for (uint32_t i = 0; i < venue->seats_used; i++)
        venue_leave(venue, i);
    core_free(venue->core);
    free(venue);
}

bool venue_add_key(struct rehearsal *venue, const char *id, const char *secret, uint32_t account, bool may_trade)
{
    if (venue->key_count == VENUE_KEYS_MAX || account >= core_account_count(venue->core) || !*id ||
        venue_key(venue, id))
        return false;
    struct venue_key *key = &venue->keys[venue->key_count++];
    text_copy(key->id, sizeof key->id, id);
    text_copy(key->secret, sizeof key->secret, secret);
    key->account = account;
    key->may_trade = may_trade;
    return true;
}

const struct venue_key *venue_key(const struct rehearsal *venue, const char *id)
{
    for (uint32_t i = 0; i < venue->key_count; i++)
        if (strcmp(venue->keys[i].id, id) == 0)
            return &venue->keys[i];
    return NULL;
}

/* ---- exchanges ---- */

static char *copied(const char *bytes, size_t size)
{
    char *copy = malloc(size + 1);
    if (copy) {
        if (size)
            memcpy(copy, bytes, size);
        copy[size] = 0;
    }
    return copy;
}

static void say_status(struct rehearsal *venue, struct venue_answer *answer, uint32_t status, const char *code,
                       const char *words)
{
    text_clear(&answer->body);
    answer->retry_after_s = 0;
    venue->face->refuse(answer, status, code, words);
}

static void answer_once(struct rehearsal *venue, struct venue_exchange *exchange)
{
    venue->answers++;
    if (venue->is_in_maintenance)
        say_status(venue, &exchange->answer, 503, "MAINTENANCE", "the venue is in maintenance: nothing was done");
    else if (!venue->face->answer)
        say_status(venue, &exchange->answer, 404, "NOT_FOUND", "this venue takes no requests");
    else
        venue->face->answer(venue, &exchange->ask, &exchange->answer);
    if (exchange->answer.body.is_cut)
        say_status(venue, &exchange->answer, 500, "TOO_LARGE", "the answer is too large: ask for less");
    settle(venue);
}

/* What was asked is carried out, and what becomes of the answer is drawn. */
static void carry_out(struct rehearsal *venue, struct venue_exchange *exchange)
{
    struct faults *faults = &venue->faults;
    const enum fault_of of = venue->face->of(&exchange->ask);
    int64_t late_ns = 0;
    answer_once(venue, exchange);
    if (faults_draw(faults, FAULT_DUPLICATE_REQUESTS, of, NULL)) { /* the first answer is said */
        struct venue_exchange second = {.ask = exchange->ask};
        text_init_grow(&second.answer.body, VENUE_ANSWER_MAX);
        answer_once(venue, &second);
        text_release(&second.answer.body);
    }
    exchange->state = EXCHANGE_ANSWERED;
    if (faults_draw(faults, FAULT_DROP_ANSWERS, of, NULL))
        exchange->state = EXCHANGE_LOST;
    else if (faults_draw(faults, FAULT_RESET_ANSWERS, of, NULL))
        exchange->end = VENUE_RESET;
    else if (faults_draw(faults, FAULT_CUT_ANSWERS, of, NULL))
        exchange->end = VENUE_CUT;
    else if (faults_draw(faults, FAULT_FAIL_ANSWERS, of, NULL))
        say_status(venue, &exchange->answer, 503, "UNKNOWN_OUTCOME", "the venue does not know what became of this");
    (void)faults_draw(faults, FAULT_DELAY_ANSWERS, of, &late_ns);
    exchange->due_ns = venue->now_ns + late_ns;
}

static void turn_away(struct rehearsal *venue, struct venue_exchange *exchange, uint32_t status, const char *code,
                      int64_t wait_ns)
{
    say_status(venue, &exchange->answer, status, code, "come again when you were told: nothing was done");
    exchange->answer.retry_after_s = (wait_ns + 999999999) / 1000000000;
    exchange->state = EXCHANGE_ANSWERED;
    exchange->due_ns = venue->now_ns;
}

uint32_t venue_ask(struct rehearsal *venue, const struct venue_ask *ask)
{
    uint32_t place = 0;
    int64_t late_ns = 0;
    while (place < VENUE_EXCHANGES_MAX && venue->exchanges[place].state)
        place++;
    if (place == VENUE_EXCHANGES_MAX || ask->body_size > VENUE_BODY_MAX || strlen(ask->path) > VENUE_HEAD_MAX ||
        strlen(ask->headers) > VENUE_HEAD_MAX)
        return CORE_NONE;
    struct venue_exchange *exchange = &venue->exchanges[place];
    *exchange = (struct venue_exchange){.state = EXCHANGE_ARRIVING, .ask = *ask};
    venue->exchange_count++;
    exchange->ask.path = copied(ask->path, strlen(ask->path));
    exchange->ask.headers = copied(ask->headers, strlen(ask->headers));
    exchange->ask.body = copied(ask->body, ask->body_size);
    exchange->ask.address = copied(ask->address, strlen(ask->address));
    text_init_grow(&exchange->answer.body, VENUE_ANSWER_MAX);
    if (!exchange->ask.path || !exchange->ask.headers || !exchange->ask.body || !exchange->ask.address) {
        venue_answered(venue, place);
        return CORE_NONE;
    }
    const enum fault_of of = venue->face->of(&exchange->ask);
    if (faults_draw(&venue->faults, FAULT_DROP_REQUESTS, of, NULL)) {
        exchange->state = EXCHANGE_LOST;
    } else if (faults_draw(&venue->faults, FAULT_FAIL_REQUESTS, of, NULL)) {
        say_status(venue, &exchange->answer, 503, "UNAVAILABLE", "the venue is not available: nothing was done");
        exchange->state = EXCHANGE_ANSWERED;
        exchange->due_ns = venue->now_ns;
    } else if (faults_draw(&venue->faults, FAULT_LIMIT_REQUESTS, of, &late_ns)) {
        turn_away(venue, exchange, 429, "TOO_MANY_REQUESTS", late_ns);
    } else if (faults_draw(&venue->faults, FAULT_BAN_REQUESTS, of, &late_ns)) {
        turn_away(venue, exchange, 418, "BANNED", late_ns);
    } else if (faults_draw(&venue->faults, FAULT_DELAY_REQUESTS, of, &late_ns)) {
        exchange->due_ns = venue->now_ns + late_ns;
    } else {
        carry_out(venue, exchange);
    }
    return place;
}

const struct venue_exchange *venue_answer(const struct rehearsal *venue, uint32_t exchange)
{
    const struct venue_exchange *found = &venue->exchanges[exchange];
    return found->state == EXCHANGE_ANSWERED && found->due_ns <= venue->now_ns ? found : NULL;
}

void venue_answered(struct rehearsal *venue, uint32_t place)
{
    struct venue_exchange *exchange = &venue->exchanges[place];
    free((void *)(uintptr_t)exchange->ask.path);
    free((void *)(uintptr_t)exchange->ask.headers);
    free((void *)(uintptr_t)exchange->ask.body);
    free((void *)(uintptr_t)exchange->ask.address);
    text_release(&exchange->answer.body);
    memset(exchange, 0, sizeof *exchange);
    venue->exchange_count--;
}

void venue_forget(struct rehearsal *venue, uint32_t place)
{
    struct venue_exchange *exchange = &venue->exchanges[place];
    exchange->is_forgotten = true;
    if (exchange->state != EXCHANGE_ARRIVING)
        venue_answered(venue, place);
}

bool venue_meets(struct rehearsal *venue)
{
    return faults_draw(&venue->faults, FAULT_RESET_CONNECTIONS, FAULT_OF_ALL, NULL);
}

/* ---- streams ---- */

uint32_t venue_sit(struct rehearsal *venue, const struct venue_ask *ask, struct venue_answer *ret)
{
    uint32_t place = 0;
    while (place < VENUE_SEATS_MAX && venue->seats[place].is_open)
        place++;
    if (venue->is_in_maintenance) {
        say_status(venue, ret, 503, "MAINTENANCE", "the venue is in maintenance");
        return CORE_NONE;
    }
    if (place == VENUE_SEATS_MAX) {
        say_status(venue, ret, 503, "TOO_MANY_STREAMS", "as many streams as there may be are open");
        return CORE_NONE;
    }
    struct seat *seat = &venue->seats[place];
    memset(seat, 0, sizeof *seat);
    seat->account = CORE_NONE;
    text_copy(seat->address, sizeof seat->address, ask->address);
    if (!venue->face->sit(venue, seat, ask, ret))
        return CORE_NONE;
    if (venue->seats_used <= place)
        venue->seats_used = place + 1;
    seat->is_open = true;
    seat->since_ns = venue->now_ns;
    ret->status = 101;
    settle(venue);
    return place;
}

void venue_hear(struct rehearsal *venue, uint32_t seat, const char *bytes, uint32_t size)
{
    if (!venue->seats[seat].is_open || venue->seats[seat].is_hung || size > VENUE_MESSAGE_MAX)
        return;
    venue->face->hear(venue, &venue->seats[seat], bytes, size);
    settle(venue);
}

static void queue(struct rehearsal *venue, struct seat *seat, struct venue_said *said)
{
    said->behind = NULL;
    if (seat->last && said->due_ns < seat->last->due_ns)
        said->due_ns = seat->last->due_ns; /* a stream stays in order */
    if (seat->last)
        seat->last->behind = said;
    else
        seat->first = said;
    seat->last = said;
    if (++seat->queued > SEAT_QUEUE_MAX)
        said->end = VENUE_RESET;
    venue->messages++;
}

static void let_go(struct rehearsal *venue, struct seat *seat)
{
    struct venue_said *held = seat->held;
    seat->held = NULL;
    if (held) {
        held->due_ns = venue->now_ns;
        queue(venue, seat, held);
    }
}

static struct venue_said *said_new(int64_t due_ns, const char *bytes, size_t size)
{
    struct venue_said *said = calloc(1, sizeof *said + size + 1);
    if (!said)
        abort();
    said->due_ns = due_ns;
    said->size = (uint32_t)size;
    memcpy(said->bytes, bytes, size);
    return said;
}

void venue_say(struct rehearsal *venue, struct seat *seat, const char *bytes, size_t size)
{
    struct faults *faults = &venue->faults;
    int64_t late_ns = 0;
    if (seat->is_hung || seat->queued > SEAT_QUEUE_MAX || faults_draw(faults, FAULT_DROP_MESSAGES, FAULT_OF_ALL, NULL))
        return;
    if (faults_draw(faults, FAULT_HALF_OPEN_STREAMS, FAULT_OF_ALL, NULL)) {
        seat->is_hung = true;
        return;
    }
    (void)faults_draw(faults, FAULT_DELAY_MESSAGES, FAULT_OF_ALL, &late_ns);
    struct venue_said *said = said_new(venue->now_ns + late_ns, bytes, size);
    said->is_split = faults_draw(faults, FAULT_SPLIT_MESSAGES, FAULT_OF_ALL, NULL);
    if (faults_draw(faults, FAULT_RESET_STREAMS, FAULT_OF_ALL, NULL))
        said->end = VENUE_RESET;
    else if (faults_draw(faults, FAULT_CUT_MESSAGES, FAULT_OF_ALL, NULL))
        said->end = VENUE_CUT;
    if (!seat->held && faults_draw(faults, FAULT_REORDER_MESSAGES, FAULT_OF_ALL, NULL)) {
        said->due_ns = venue->now_ns + 1000000000ll; /* alone, if nothing comes to be before it */
        seat->held = said;
        return;
    }
    queue(venue, seat, said);
    if (faults_draw(faults, FAULT_DUPLICATE_MESSAGES, FAULT_OF_ALL, NULL))
        queue(venue, seat, said_new(said->due_ns, bytes, size));
    let_go(venue, seat);
}

bool venue_loses_fill(struct rehearsal *venue)
{
    return faults_draw(&venue->faults, FAULT_DROP_FILLS, FAULT_OF_ALL, NULL);
}

const struct venue_said *venue_says(const struct rehearsal *venue, uint32_t seat)
{
    const struct seat *of = &venue->seats[seat];
    return of->is_open && !of->is_hung && of->first && of->first->due_ns <= venue->now_ns ? of->first : NULL;
}

void venue_said(struct rehearsal *venue, uint32_t place)
{
    struct seat *seat = &venue->seats[place];
    struct venue_said *gone = seat->first;
    seat->first = gone->behind;
    if (!seat->first)
        seat->last = NULL;
    seat->queued--;
    free(gone);
}

void venue_leave(struct rehearsal *venue, uint32_t place)
{
    struct seat *seat = &venue->seats[place];
    while (seat->first)
        venue_said(venue, place);
    free(seat->held);
    memset(seat, 0, sizeof *seat);
}

/* ---- time ---- */

static void drop_stream(struct rehearsal *venue, struct seat *seat)
{
    struct venue_said *end = said_new(venue->now_ns, "", 0);
    end->end = VENUE_RESET;
    seat->is_hung = false;
    queue(venue, seat, end);
}

/* Every stream ends, as where a venue is restarted. */
static void drop_streams(struct rehearsal *venue)
{
    venue->drops_streams = false;
    for (uint32_t i = 0; i < venue->seats_used; i++)
        if (venue->seats[i].is_open)
            drop_stream(venue, &venue->seats[i]);
}

/* When it is reset for its age; INT64_MAX: it is not. */
static int64_t old_ns(const struct rehearsal *venue, const struct seat *seat)
{
    return seat->is_open && venue->age_ns && !seat->is_old ? seat->since_ns + venue->age_ns : INT64_MAX;
}

static void drop_old(struct rehearsal *venue)
{
    for (uint32_t i = 0; i < venue->seats_used; i++) {
        struct seat *seat = &venue->seats[i];
        if (old_ns(venue, seat) > venue->now_ns)
            continue;
        seat->is_old = true;
        venue->aged++;
        drop_stream(venue, seat);
    }
}

void venue_advance(struct rehearsal *venue, int64_t now_ns)
{
    char line[FAULT_LINE_MAX];
    if (now_ns > venue->now_ns)
        venue->now_ns = now_ns;
    while (faults_due(&venue->faults, venue->now_ns, line)) {
        char words[4096];
        struct text out;
        text_init_fixed(&out, words, sizeof words);
        (void)venue_command(venue, line, &out); /* it was read once before */
    }
    if (venue->drops_streams)
        drop_streams(venue);
    drop_old(venue);
    for (uint32_t i = 0; i < venue->seats_used; i++)
        if (venue->seats[i].is_open && venue->seats[i].beat_ns && venue->seats[i].beat_ns <= venue->now_ns)
            venue->face->beat(venue, &venue->seats[i]);
    for (uint32_t i = 0; i < VENUE_EXCHANGES_MAX && venue->exchange_count; i++)
        if (venue->exchanges[i].state == EXCHANGE_ARRIVING && venue->exchanges[i].due_ns <= venue->now_ns) {
            carry_out(venue, &venue->exchanges[i]);
            if (venue->exchanges[i].is_forgotten)
                venue_answered(venue, i);
        }
    if (venue->market)
        market_advance(venue->market, venue->now_ns);
    settle(venue);
    for (uint32_t i = 0; i < venue->seats_used; i++)
        if (venue->seats[i].held && venue->seats[i].held->due_ns <= venue->now_ns)
            let_go(venue, &venue->seats[i]);
}

static int64_t sooner(int64_t a, int64_t b) { return a < b ? a : b; }

int64_t venue_next_ns(const struct rehearsal *venue)
{
    int64_t next_ns = faults_next_ns(&venue->faults);
    if (venue->drops_streams)
        return venue->now_ns;
    if (venue->market)
        next_ns = sooner(next_ns, market_next_ns(venue->market));
    for (uint32_t i = 0; i < VENUE_EXCHANGES_MAX && venue->exchange_count; i++) {
        const struct venue_exchange *exchange = &venue->exchanges[i];
        if (exchange->state == EXCHANGE_ARRIVING || exchange->state == EXCHANGE_ANSWERED)
            next_ns = sooner(next_ns, exchange->due_ns);
    }
    for (uint32_t i = 0; i < venue->seats_used; i++) {
        const struct seat *seat = &venue->seats[i];
        next_ns = sooner(next_ns, old_ns(venue, seat));
        if (seat->is_open && seat->beat_ns && !seat->is_hung)
            next_ns = sooner(next_ns, seat->beat_ns);
        if (seat->first && !seat->is_hung)
            next_ns = sooner(next_ns, seat->first->due_ns);
        if (seat->held)
            next_ns = sooner(next_ns, seat->held->due_ns);
    }
    return next_ns;
}
