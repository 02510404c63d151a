/* oanda.h: OANDA v20: REST with a bearer token, and two long answers of HTTP: prices, and the transactions of an account.
 * describe.c what it offers; life.c accounts, from the first question to the stream, and where an answer goes; ask.c questions and their answers;
 * market.c instruments, prices, bars; orders.c requests, what is answered to them, orders as they are shown; transactions.c the one counter behind
 * fills, ends of orders and money. The rest is the kit's: <outcry/kit/...>.
 *
 * Invariants
 * - It keeps what is true for one connection: the open trades of an account, which the venue says whenever its stream comes up and transactions
 *   change since; the instruments whose prices are heard; answers that wait for a second one.
 * - Accounts are asked about only while their stream is heard and their currency, the instruments and their trades are known: nothing trades before.
 * - What is said twice, by an answer and by the stream, has the same identity: the number of its transaction.
 * - An answer is told by its transactions, in the order of their numbers, whatever its status. One without any proves nothing, unless it refuses
 *   (4xx): then the host says UNKNOWN, and asks. Nothing is ever sent again from here.
 * - An order is replaced by the venue's own number of it alone: where it has traded meanwhile that is not open any more, and the venue refuses. */
#ifndef OANDA_OANDA_H
#define OANDA_OANDA_H

#include <outcry/kit/ask.h>
#include <outcry/kit/body.h>
#include <outcry/kit/book.h>
#include <outcry/kit/fields.h>
#include <outcry/kit/held.h>
#include <outcry/kit/market.h>
#include <outcry/kit/refusal.h>
#include <outcry/kit/set.h>
#include <outcry/kit/terms.h>
#include <outcry/kit/tickets.h>
#include <outcry/kit/token.h>
#include <outcry/kit/wallet.h>
#include <outcry/outcry.h>

enum { REST = 0, STREAM = 1 };         /* places of the endpoints */
enum { TOKEN = 1, ACCOUNT_ID = 2 };    /* fields of the credentials */
enum { REQUESTS = 0, CONNECTS = 1 };   /* places of the limits */
enum { PRICES = 1, TRANSACTIONS = 2 }; /* oc_open.user[0] */
enum { FILLING = 16, LOOKING = 17 };   /* the second step of a question about one order */
enum { PAGE = 1000, BARS_PAGE = 5000, ORDERS_PAGE = 500 };

#define SECOND INT64_C(1000000000)
#define DAY    (86400 * SECOND)

struct oanda {
    struct kit_codec kit;
    struct kit_token_life life;
    struct kit_tickets trades[KIT_ACCOUNTS_MAX]; /* open ones, by the place of their account */
    struct kit_held held;                        /* orders that wait for what filled them */
    struct kit_set prices;
    uint64_t token;             /* of the ledger's page that is being said; 0: none is */
    uint32_t env;               /* OC_ENV_... */
    uint32_t bars;              /* letter of the price that bars are made of: M, B or A */
    uint32_t is_fifo;           /* the rules of accounts in the United States are held */
    uint32_t is_guaranteed;     /* stop losses are guaranteed ones */
    struct kit_levels sides[2]; /* of the price that is being read */
};

/* describe.c */
extern const struct oc_venue oa_venue;
extern const char *const oa_bar_names[]; /* in the order of its bars */

/* life.c */
extern const struct kit_token_of oa_life;
static inline struct kit_tickets *oa_trades(const struct oanda *oa, const struct kit_token_account *who)
{
    return (struct kit_tickets *)(uintptr_t)&oa->trades[who - oa->life.of];
}
/* What a word of the venue means, and what a refusal that is none of a transaction does. */
uint32_t oa_why(struct kit_json_text word);
uint32_t oa_refused(uint16_t status, struct kit_json json, struct kit_json_text *ret_words);

/* ask.c */
oc_rc oa_fetch(void *self, const struct oc_fetch *ask);
oc_rc oa_answer_fetch(struct oanda *oa, struct kit_token_account *who, const struct oc_response *in);
oc_rc oa_take_currency(void *self, struct kit_token_account *who, const struct oc_response *in);
oc_rc oa_take_markets(void *self, const struct oc_response *in);
oc_rc oa_take_trades(void *self, struct kit_token_account *who, const struct oc_response *in);
/* The list of that name within an answer; kind NONE: it has none. */
struct kit_json_text oa_list(const struct oc_response *in, const char *name, struct kit_json_text *ret_last);

/* market.c */
oc_rc oa_say_instrument(void *self, struct kit_json *json, struct kit_page *page);
oc_rc oa_write_bars(const struct oanda *oa, const struct oc_fetch *ask, struct kit_write *path);
oc_rc oa_say_bars(struct oanda *oa, const struct kit_token_account *who, const struct oc_response *in);
oc_rc oa_subscribe(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs, uint32_t count);
oc_rc oa_hear_price(struct oanda *oa, struct kit_json json);

/* orders.c */
oc_rc oa_request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch);
oc_rc oa_answer_request(struct oanda *oa, struct kit_token_account *who, const struct oc_response *in);
oc_rc oa_say_order(void *self, struct kit_json *json, struct kit_page *page);
/* Whether the order has this id of ours, and which transaction has filled it; kind NONE: none has. */
int oa_order_is(struct kit_json json, const struct oc_id *client, struct kit_json_text *ret_filling);

/* transactions.c: the members of one, each with its name at the venue */
/* clang-format off */
#define OA_MEMBERS(_)                                                                                               \
    _(ID, "id") _(TYPE, "type") _(TIME, "time") _(ORDER, "orderID") _(CLIENT, "clientOrderID") _(UNITS, "units")    \
    _(PRICE, "price") _(VWAP, "fullVWAP") _(REASON, "reason") _(REJECT, "rejectReason") _(AMOUNT, "amount")         \
    _(PL, "pl") _(COMMISSION, "commission") _(GUARANTEE, "guaranteedExecutionFee") _(FINANCING, "financing")        \
    _(BALANCE, "accountBalance") _(REPLACES, "replacesOrderID") _(INSTRUMENT, "instrument")                         \
    _(EXTENSIONS, "clientExtensions") _(OPENED, "tradeOpened") _(REDUCED, "tradeReduced") _(CLOSED, "tradesClosed") \
    _(TRADE, "tradeID") _(FUNDING, "fundingReason") _(DIVIDEND, "dividendAdjustment")
/* clang-format on */
#define OA_PLACE(name, member) TX_##name,
enum { OA_MEMBERS(OA_PLACE) TX_FIELDS };
int oa_take_transaction(struct kit_json *json, struct kit_row *tx);
/* As events. `ask`: the request that it answers; NULL: none. `flags`: OC_EVF_... */
oc_rc oa_say_transaction(struct oanda *oa, struct kit_token_account *who, const struct kit_row *tx,
                         const struct oc_venue_request *ask, uint16_t flags);
oc_rc oa_say_fill(struct oanda *oa, struct kit_token_account *who, const struct kit_row *tx,
                  const struct oc_venue_request *ask, uint16_t flags, int64_t *ret_qty);
/* All up to that number has been said: the stream tells what is behind it. */
oc_rc oa_caught_up(const struct oanda *oa, struct kit_token_account *who, const struct oc_fetch *ask, uint64_t newest);
oc_rc oa_say_page(struct oanda *oa, struct kit_token_account *who, const struct oc_response *in);
oc_rc oa_hear_transaction(struct oanda *oa, struct kit_token_account *who, struct kit_json json);

#endif
