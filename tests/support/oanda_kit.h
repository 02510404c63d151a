/* oanda_kit.h: the connector of OANDA on a host that takes everything, with an account that is heard. */
#ifndef SUPPORT_OANDA_KIT_H
#define SUPPORT_OANDA_KIT_H

#include "oanda.h"
#include "support/codec_host.h"

extern const struct oc_plugin *const oc_plugins_v1[];

struct oanda_kit {
    struct oc_host host;
    const struct oc_connector *table;
    void *self;
    uint32_t transactions, prices; /* streams */
};

__attribute__((unused)) static void oanda_answer_to(struct oanda_kit *kit, uint64_t about, const struct oc_fetch *fetch,
                                                    const struct oc_venue_request *asked, uint16_t status,
                                                    const char *body, uint32_t size)
{
    char *copy = calloc(1, size + 16u);
    if (!copy)
        abort();
    memcpy(copy, body, size);
    const struct oc_response in = {.size = sizeof in,
                                   .status = status,
                                   .account = 1,
                                   .token = fetch ? fetch->token : 0,
                                   .user = {about},
                                   .headers = "requestid: 7\r\n",
                                   .headers_size = 14,
                                   .body = copy,
                                   .body_size = size,
                                   .asked = asked,
                                   .asked_count = asked != NULL,
                                   .fetch = fetch};
    (void)kit->table->response(kit->self, &in);
    free(copy);
}

__attribute__((unused)) static oc_rc oanda_hear(struct oanda_kit *kit, uint64_t what, const char *line, uint32_t size)
{
    char *copy = calloc(1, size + 16u);
    if (!copy)
        abort();
    memcpy(copy, line, size);
    const struct oc_message heard = {.size = sizeof heard,
                                     .stream = what == PRICES ? kit->prices : kit->transactions,
                                     .account = 1,
                                     .bytes = copy,
                                     .bytes_size = size,
                                     .user = {what}};
    const oc_rc rc = kit->table->message(kit->self, &heard);
    free(copy);
    return rc;
}

#define OANDA_OWN(kit, about, text) oanda_answer_to(kit, about, NULL, NULL, 200, text, sizeof(text) - 1)

__attribute__((unused)) static void oanda_stream_is(struct oanda_kit *kit, uint32_t stream, uint64_t what,
                                                    uint16_t state)
{
    const struct oc_stream is = {
        .size = sizeof is, .stream = stream, .state = state, .status = 200, .account = 1, .user = {what}};
    (void)kit->table->stream(kit->self, &is);
}

/* With EUR_USD and USD_JPY, in dollars; `flags`: us_rules, guaranteed_stops. */
__attribute__((unused)) static void oanda_begin(struct oanda_kit *kit, const char *bars, uint32_t us_rules,
                                                uint32_t guaranteed)
{
    static const struct oc_account account = {
        .size = sizeof account, .account = 1, .source = 1, .state = OC_ACCOUNT_ADDED, .name = "main"};
    static const struct oc_start start = {.size = sizeof start, .env = OC_ENV_PRACTICE, .generation = 1};
    uint32_t usd, jpy;
    codec_clear();
    memset(&codec, 0, sizeof codec);
    codec.texts[0] = "bar_price";
    codec.texts[1] = bars;
    codec.flags[0] = us_rules;
    codec.flags[1] = guaranteed;
    *kit = (struct oanda_kit){.host = {.size = sizeof kit->host, .service = codec_service}};
    (void)codec_asset(&kit->host, "USD", 3, &usd);
    (void)codec_asset(&kit->host, "JPY", 3, &jpy);
    codec.instruments[0] = (struct oc_instrument){.size = sizeof(struct oc_instrument),
                                                  .inst = OC_INST(1, 1),
                                                  .quote = usd,
                                                  .price_step = {1, 5, 0},
                                                  .qty_step = {1, 0, 0},
                                                  .venue_symbol = "EUR_USD"};
    codec.instruments[1] = (struct oc_instrument){.size = sizeof(struct oc_instrument),
                                                  .inst = OC_INST(2, 1),
                                                  .quote = jpy,
                                                  .price_step = {1, 3, 0},
                                                  .qty_step = {1, 0, 0},
                                                  .venue_symbol = "USD_JPY"};
    codec.instruments[2] = (struct oc_instrument){.size = sizeof(struct oc_instrument),
                                                  .inst = OC_INST(3, 1),
                                                  .quote = usd,
                                                  .price_step = {1, 1, 0},
                                                  .qty_step = {1, 0, 0},
                                                  .venue_symbol = "DE30_EUR"};
    kit->table = oc_plugins_v1[0]->ifaces[0].table;
    if (oc_plugins_v1[0]->open(&kit->host, &kit->self) < 0 || kit->table->start(kit->self, &start) < 0 ||
        kit->table->account(kit->self, &account) < 0)
        abort();
    OANDA_OWN(kit, KIT_TOKEN_MONEY, "{\"account\":{\"currency\":\"USD\"},\"lastTransactionID\":\"10\"}");
    OANDA_OWN(kit, KIT_TOKEN_MARKETS, "{\"instruments\":[],\"lastTransactionID\":\"10\"}");
    kit->transactions = ((struct oanda *)kit->self)->life.of[0].stream;
    oanda_stream_is(kit, kit->transactions, TRANSACTIONS, OC_STREAM_UP);
    OANDA_OWN(kit, KIT_TOKEN_OPEN, "{\"trades\":[],\"lastTransactionID\":\"10\"}");
}

__attribute__((unused)) static void oanda_end(struct oanda_kit *kit)
{
    oc_plugins_v1[0]->close(kit->self);
    codec_clear();
}

#endif
