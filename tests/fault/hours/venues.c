/* venues.c: the venues that hours can have, and how the host is told of them. */
#include "fault/hours/world.h"

#include <stdio.h>
#include <stdlib.h>

#include "rehearsal/market.h"
#include "rehearsal/token.h"

#define MARKET_NS (3000 * HOURS_MS) /* from one step of the market to the next, of all venues together */

static const struct hours_kind known[HOURS_VENUES] = {
    {.name = "binanceus",
     .symbol = "BTC/USD",
     .halts = "BTCUSD",
     .endpoints = "rest = \"https://localhost:7443\"; stream = \"wss://localhost:7443\";",
     .id_field = "api_key",
     .secret_field = "secret",
     .steps = "price_step = \"0.01\"; qty_step = \"0.00001\";",
     .key = "the-key",
     .secret = "the-secret-of-this-account",
     .money = "100000 USD, 100000 USDT, 2 BTC, 10 ETH",
     .proof_ns = 6 * HOURS_S,
     .answer_ns = 5 * HOURS_S},
    {.name = "coinbase",
     .symbol = "BTC/USD",
     .halts = "BTC-USD",
     .endpoints =
         "rest = \"https://localhost:7443\"; market = \"wss://localhost:7443\"; user = \"wss://localhost:7443\";",
     .id_field = "key_name",
     .secret_field = "private_key",
     .steps = "price_step = \"0.01\"; qty_step = \"0.00000001\";",
     .key = "organizations/00000000-0000-4000-8000-000000000000/apiKeys/00000000-0000-4000-8000-000000000001",
     .money = "100000 USD, 2 BTC, 10 ETH",
     .proof_ns = 46 * HOURS_S,
     .answer_ns = 5 * HOURS_S},
    {.name = "oanda",
     .symbol = "EUR/USD:USD",
     .halts = "EUR_USD",
     .endpoints = "rest = \"https://localhost:7443\"; stream = \"https://localhost:7443\";",
     .id_field = "account_id",
     .secret_field = "token",
     .steps = "price_step = \"0.00001\"; qty_step = \"1\";",
     .key = "main",
     .secret = "the-token-of-this-account",
     .levels = 5,
     .proof_ns = 66 * HOURS_S,
     .answer_ns = 10 * HOURS_S,
     .is_margined = true},
};

bool hours_choose(const char *names)
{
    const char *at = names;
    hours.count = 0;
    for (uint32_t i = 0; i < HOURS_VENUES; i++) {
        const size_t size = strlen(known[i].name);
        if (strncmp(at, known[i].name, size) != 0 || (at[size] && at[size] != ','))
            continue;
        hours.venues[hours.count] = (struct hours_venue){.kind = &known[i], .place = hours.count};
        hours.count++;
        at += size + (at[size] == ',');
    }
    return hours.count > 0 && !*at;
}

void hours_names(char ret_names[HOURS_NAMES_MAX])
{
    ret_names[0] = 0;
    for (uint32_t i = 0; i < hours.count; i++) {
        text_append(ret_names, HOURS_NAMES_MAX, i ? "," : "");
        text_append(ret_names, HOURS_NAMES_MAX, hours.venues[i].kind->name);
    }
}

struct hours_secrets hours_secrets_of(const struct hours_venue *venue)
{
    static char pem[VENUE_SECRET_MAX]; /* of another length each time it is none: its form is fixed */
    const char *secret = venue->kind->secret;
    if (!secret && !pem[0] && !token_new_key(pem, sizeof pem))
        abort();
    return (struct hours_secrets){venue->kind->key, secret ? secret : pem};
}

size_t hours_configure(const struct hours_venue *venue, const char *folder, char *ret_text, size_t size_max)
{
    const struct hours_kind *kind = venue->kind;
    return (size_t)snprintf(
        ret_text, size_max,
        "  %s: { connector = \"outcry.%s\"; accounts = [\"main\"]; environment = \"local\"; link = \"network\";\n"
        "  endpoint: { %s };\n"
        "  keys: { main: { environment = \"local\"; %s = \"file:%s/%s.key\"; %s = \"file:%s/%s.secret\"; }; };\n"
        "  instruments = ( { symbol = \"%s\"; %s } );\n"
        "  };\n",
        kind->name, kind->name, kind->endpoints, kind->id_field, folder, kind->name, kind->secret_field, folder,
        kind->name, kind->symbol, kind->steps);
}

void hours_begin_venue(struct hours_venue *venue, uint64_t seed)
{
    const struct hours_secrets secrets = hours_secrets_of(venue);
    char words[256] = "";
    struct text out;
    text_init_fixed(&out, words, sizeof words);
    venue->exchange = venue_new(&(struct venue_config){.face = face_named(venue->kind->name),
                                                       .seed = seed,
                                                       .begin_ns = HOURS_BEGIN_NS,
                                                       .money = venue->kind->money},
                                &out);
    if (!venue->exchange || !venue_add_key(venue->exchange, secrets.key, secrets.secret, 0, true))
        abort();
    venue->exchange->market = market_new(venue->exchange->core, venue->exchange->face, seed,
                                         HOURS_BEGIN_NS + venue->place * MARKET_NS, hours.count * MARKET_NS);
    market_move(venue->exchange->market, 1);
    sim_link_init(&venue->link, venue->exchange, HOURS_BEGIN_NS);
}
