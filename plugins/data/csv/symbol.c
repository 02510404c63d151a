/* symbol.c: the instrument in a file's name. */
#include "csv.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { WORDS_MAX = 32, WORD_MAX = 32, BASE_MAX = 10 };

/* Longer before shorter, so that USDT is not read as USD and a T. */
static const char *const quotes[] = {"usdt", "usdc", "busd", "tusd", "fdusd", "usd", "eur", "gbp", "jpy", "chf", "aud",
                                     "cad",  "nzd",  "inr",  "krw",  "sgd",   "hkd", "cny", "cnh", "mxn", "brl", "try",
                                     "zar",  "sek",  "nok",  "btc",  "xbt",   "eth", "bnb", "dai", NULL};
static const char *const bases[] = {
    "btc",  "xbt",  "eth",  "ltc",  "xrp",   "bch", "etc", "xlm",  "dash", "xmr", "zec", "ada",  "sol",  "dot",
    "doge", "shib", "avax", "link", "matic", "pol", "uni", "atom", "trx",  "eos", "bnb", "neo",  "iota", "xtz",
    "algo", "fil",  "near", "arb",  "op",    "apt", "sui", "aave", "crv",  "mkr", "ton", "pepe", "usdc", "usdt",
    "dai",  "eur",  "gbp",  "aud",  "nzd",   "usd", "cad", "chf",  "jpy",  "xau", "xag", "xpt",  "wti",  "bco",
    "sek",  "nok",  "zar",  "mxn",  "try",   "inr", "sgd", "hkd",  "cnh",  NULL};
/* Words of a file name that are no instrument: venues and what the table is. */
static const char *const passed[] = {
    "binance",  "binanceus", "binanceusdm", "binancecm", "coinbase", "coinbasepro", "gdax",   "kraken",
    "bitstamp", "bitfinex",  "bitmex",      "bybit",     "okx",      "okex",        "kucoin", "huobi",
    "htx",      "gemini",    "deribit",     "ftx",       "poloniex", "gateio",      "bitget", "dydx",
    "oanda",    "fxcm",      "truefx",      "dukascopy", "histdata", "cme",         "comex",  "nymex",
    "cbot",     "ice",       "eurex",       "nse",       "bse",      "nasdaq",      "nyse",   "lobster",
    "cboe",     "yahoo",     "stooq",       "polygon",   "ibkr",     "ib",          "alpaca", "tradestation",
    "spot",     "swap",      "perp",        "perpetual", "futures",  "future",      "linear", "inverse",
    "mark",     "index",     "funding",     "ft",        "trade",    "trades",      "quote",  "quotes",
    "tick",     "ticks",     "bar",         "bars",      "bbo",      "ohlc",        "ohlcv",  "candle",
    "candles",  "kline",     "klines",      "bid",       "ask",      "mid",         "min",    "minute",
    "hour",     "hourly",    "day",         "daily",     "second",   "week",        "month",  "data",
    "sample",   "test",      "history",     "price",     "prices",   "csv",         "txt",    "gz",
    "zip",      "my",        "the",         "export",    "file",     "tmp",         NULL};

const char *csv_file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool is_in(const char *const *list, const char *word)
{
    for (; *list; list++)
        if (strcmp(*list, word) == 0)
            return true;
    return false;
}

/* 1m, 15min, 4h, 20230301, 202301: a period, a number, a date, or a sampled form of one. */
static bool is_measure(const char *word)
{
    if (!isdigit((unsigned char)*word))
        return (*word == 'm' || *word == 'h' || *word == 'd') && isdigit((unsigned char)word[1]) && strlen(word) <= 3;
    while (isdigit((unsigned char)*word))
        word++;
    static const char *const units[] = {"",    "s", "sec",  "m",  "min",   "mins", "h", "hr", "hour", "d",
                                        "day", "w", "week", "mo", "month", "ms",   "t", "y",  NULL};
    return is_in(units, word);
}

static bool is_passed(const char *word)
{
    return is_in(passed, word) || is_measure(word) || (strncmp(word, "bbo", 3) == 0 && isdigit((unsigned char)word[3]));
}

/* "btcusdt" into base and quote; with `only_known` the base must be one that is known. */
static bool split_pair(const char *word, bool only_known, char base[WORD_MAX], char quote[WORD_MAX])
{
    size_t size = strlen(word);
    for (const char *const *candidate = quotes; *candidate; candidate++) {
        size_t end = strlen(*candidate);
        if (size < end + 2 || size > end + BASE_MAX || strcmp(word + size - end, *candidate) != 0)
            continue;
        snprintf(base, WORD_MAX, "%.*s", (int)(size - end), word);
        if (only_known && !is_in(bases, base))
            continue;
        snprintf(quote, WORD_MAX, "%s", *candidate);
        return true;
    }
    return false;
}

static int split_words(const char *name, char words[WORDS_MAX][WORD_MAX])
{
    int count = 0;
    size_t used = 0;
    for (const char *at = name;; at++) {
        if (isalnum((unsigned char)*at) && count < WORDS_MAX) {
            if (used + 1 < WORD_MAX)
                words[count][used++] = (char)tolower((unsigned char)*at);
            continue;
        }
        if (used > 0 && count < WORDS_MAX)
            words[count++][used] = '\0';
        used = 0;
        if (!*at)
            return count;
    }
}

static void put(char symbol[OC_SYMBOL_MAX], const char *base, const char *quote)
{
    snprintf(symbol, OC_SYMBOL_MAX, "%s%s%s", base, quote ? "/" : "", quote ? quote : "");
    for (char *at = symbol; *at; at++)
        *at = (char)toupper((unsigned char)*at);
}

bool csv_symbol_of(const char *path, char symbol[OC_SYMBOL_MAX])
{
    char words[WORDS_MAX][WORD_MAX] = {{0}}, base[WORD_MAX], quote[WORD_MAX];
    int count = split_words(csv_file_name(path), words);
    for (int i = 0; i < count; i++) { /* btcusdt, then btc_usdt */
        if (split_pair(words[i], true, base, quote)) {
            put(symbol, base, quote);
            return true;
        }
        if (i + 1 < count && is_in(bases, words[i]) && is_in(quotes, words[i + 1])) {
            put(symbol, words[i], words[i + 1]);
            return true;
        }
    }
    for (int i = 0; i < count; i++) { /* a base that is not known here */
        if (is_passed(words[i]))
            continue;
        if (i + 1 < count && is_in(quotes, words[i + 1])) {
            put(symbol, words[i], words[i + 1]);
            return true;
        }
        if (split_pair(words[i], false, base, quote) && strlen(base) >= 3 && strlen(base) <= 5) {
            put(symbol, base, quote);
            return true;
        }
    }
    for (int i = 0; i < count; i++) { /* the first word that may be a name: 6eh4, spy, nifty50 */
        if (is_passed(words[i]))
            continue;
        put(symbol, words[i], NULL);
        return true;
    }
    return false;
}
