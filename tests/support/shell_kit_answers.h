/* shell_kit_answers.h: what the scripted host of shell_kit.h says to each word. Included there only. */
#ifndef TEST_SHELL_KIT_ANSWERS_H
#define TEST_SHELL_KIT_ANSWERS_H

struct kit_canned {
    const char *word;
    const char *json;
};

static const struct kit_canned kit_canned[] = {
    {"hello", "{\"version\":\"0.1\",\"protocol\":1,\"mode\":\"paper\",\"live\":false,\"session\":null,\"can_trade\":"
              "true,\"instrument\":\"BTC/USDT\"}"},
    {"subscribe", "{\"kinds\":63}"},
    {"markets",
     "{\"rows\":[{\"symbol\":\"BTC/"
     "USDT\",\"venue\":\"paper\",\"base\":\"BTC\",\"quote\":\"USDT\",\"last\":60012.4,\"bid\":60012.3,\"ask\":60012.5,"
     "\"tick\":0.1,\"lot\":0.0001,\"price_digits\":1,\"qty_digits\":5,\"status\":\"trading\"},{\"symbol\":\"ETH/"
     "USDT\",\"venue\":\"paper\","
     "\"base\":\"ETH\",\"quote\":\"USDT\",\"last\":3000,\"bid\":null,\"ask\":null,\"tick\":0.01,\"lot\":0.001,\"price_"
     "digits\":2,"
     "\"qty_digits\":3,\"status\":\"trading\"}],\"next\":null}"},
    {"book", "{\"symbol\":\"BTC/USDT\",\"levels\":1,\"bids\":[[60012.3,1.5]],\"asks\":[[60012.5,null]],\"note\":\"best "
             "bid and ask (L1)\"}"},
    {"walk", "{\"symbol\":\"BTC/USDT\",\"qty\":0.5,\"buy\":{\"average\":60013.25,\"qty\":0.5},\"sell\":{\"average\":"
             "60011,\"qty\":0.25}}"},
    {"positions", "{\"rows\":[{\"symbol\":\"BTC/"
                  "USDT\",\"strategy\":null,\"side\":\"long\",\"opened\":\"2026-01-31T10:00:00Z\",\"qty\":0.3,"
                  "\"average\":59000.55,\"last\":60012.4,\"value\":18003.72,"
                  "\"unrealised\":303.55,\"realised\":-12.5},{\"symbol\":\"BTC/"
                  "USDT\",\"strategy\":\"sma\",\"side\":\"short\",\"qty\":-0.1,\"average\":61000,"
                  "\"last\":60012.4,\"value\":-6001.24,\"unrealised\":-98.76,\"realised\":0}],\"next\":null}"},
    {"balances", "{\"rows\":[{\"asset\":\"USDT\",\"free\":10000,\"used\":0,\"total\":1234567.891,\"value\":1234567.891}"
                 ",{\"asset\":\"BTC\","
                 "\"free\":0.3,\"used\":0,\"total\":0.3,\"value\":null}],"
                 "\"next\":null,\"currency\":\"USDT\"}"},
    {"pnl", "{\"currency\":\"USDT\",\"start\":10000,\"equity\":10080,\"profit\":80,\"profit_share\":0.008,\"realised\":"
            "-12.5,\"unrealised\":92.5,"
            "\"fees\":6,\"rows\":[{\"strategy\":\"sma\",\"symbol\":\"BTC/"
            "USDT\",\"realised\":1,\"unrealised\":2,\"fees\":0.5,\"trips\":3}],\"next\":null}"},
    {"venues", "{\"rows\":[{\"venue\":\"paper\",\"kind\":\"sim\",\"state\":\"ready\",\"instruments\":2,\"note\":\"\"}],"
               "\"next\":null}"},
    {"plugins",
     "{\"rows\":[{\"part\":\"sim.default\",\"id\":\"outcry.sim\",\"version\":\"0.1\",\"from\":\"ours\",\"file\":"
     "\"/lib/"
     "sim.so\",\"hash\":\"ab\",\"about\":\"fills\"},{\"part\":\"risk.max_qty\",\"id\":\"outcry.max\",\"version\":"
     "\"0.1\",\"from\":\"ours\",\"file\":\"/lib/max.so\",\"hash\":\"cd\",\"about\":\"largest order\"}],\"next\":null}"},
    {"strategies",
     "{\"rows\":[{\"name\":\"sma\",\"file\":\"sma.lua\",\"state\":\"running\",\"period_ns\":60000000000,\"calls\":12,"
     "\"open_orders\":1,"
     "\"heap_bytes\":40960,\"error\":null,\"params\":{\"fast\":10},\"budget\":{},\"may\":{}}],\"next\":null}"},
    {"risk", "{\"halted\":null,\"missing\":null,\"asked\":{\"symbol\":\"BTC/"
             "USDT\",\"qty\":\"0.5\"},\"rows\":[{\"rule\":\"max_qty\","
             "\"allowed\":true,\"used\":0.5,\"limit\":1,\"reason\":null}],\"next\":null}"},
    {"journal",
     "{\"folder\":\"runs/"
     "1\",\"seq\":42,\"records\":42,\"markets\":2,\"order_hash\":\"ab12\",\"input_hash\":\"cd34\",\"order_bytes\":100,"
     "\"market_bytes\":200,\"durable_seq\":40,\"failed\":null}"},
    {"alerts", "{\"rows\":[{\"number\":1,\"symbol\":\"BTC/"
               "USDT\",\"operator\":\">\",\"price\":61000,\"state\":\"waits\",\"fired\":null}],\"next\":null}"},
    {"alert", "{\"number\":2}"},
    {"explain", "{\"order\":{\"id\":\"o1\",\"symbol\":\"BTC/"
                "USDT\",\"side\":\"BUY\",\"type\":\"MARKET\",\"state\":\"FILLED\",\"qty\":0.1,\"filled\":0.1,"
                "\"average\":60012.4,\"fee\":6,\"fee_asset\":\"USDT\",\"slip_bps\":2.1,\"rules\":7,\"created_ns\":0,"
                "\"updated_ns\":1300000},\"complete\":true,"
                "\"cause\":{\"seq\":17,\"time\":\"2026-01-31T12:00:00Z\",\"text\":\"1m bar, close "
                "60012.4\"},\"callback\":{\"strategy\":\"sma\",\"name\":\"on_bar\","
                "\"file\":\"sma.lua\",\"line\":12,\"source\":\"  "
                "m:buy(0.1)\"},\"verdicts\":[{\"rule\":\"max_qty\",\"allowed\":true,\"used\":0.1,\"limit\":1,"
                "\"reason\":null}],\"steps\":[{\"time\":\"2026-01-31T12:00:01Z\",\"seq\":18,\"what\":\"sent\",\"text\":"
                "\"new BUY 0.1 to paper\"}],"
                "\"position\":{\"before\":0,\"after\":0.1}}"},
    {"preview", "{\"symbol\":\"BTC/"
                "USDT\",\"side\":\"BUY\",\"qty\":0.1,\"average\":60000,\"notional\":6000,\"fee\":6,\"fee_asset\":"
                "\"USDT\",\"currency\":\"USDT\","
                "\"walk\":[[60000,0.1]],\"position_before\":0,\"position_after\":0.1,\"equity_share\":0.6,\"rules\":[{"
                "\"rule\":\"max_qty\",\"allowed\":true,"
                "\"used\":0.1,\"limit\":1,\"reason\":null},{\"rule\":\"max_notional\",\"allowed\":false,\"used\":6000,"
                "\"limit\":5000,\"reason\":\"NOTIONAL\"}],"
                "\"allowed\":false}"},
    {"cancel_all", "{\"cancelled\":2}"},
    {"flatten", "{\"cancelled\":1,\"closing\":2}"},
    {"kill", "{\"cancelled\":3}"},
    {"unkill", "{\"halted\":0}"},
    {"unlock", "{\"unlocked\":true}"},
    {"lock", "{\"unlocked\":false}"},
};

static void kit_put_status(const struct kit *kit, const char *symbol, struct text *out)
{
    text_format(
        out,
        "{\"now\":\"2026-01-31T12:00:05Z\",\"now_ns\":%lld,\"mode\":\"paper\",\"live\":%s,\"rehearsed_only\":%s,"
        "\"paused\":%s,\"ended\":false,"
        "\"speed\":\"max\",\"currency\":\"USDT\",\"equity\":%.2f,\"start\":10000,\"cash\":5000,\"instrument\":"
        "\"%s\",\"last\":%s,"
        "\"halted\":%s%s%s,\"open_orders\":1,\"positions\":1,\"fills\":3,\"strategies\":1,\"seq\":42,"
        "\"events\":1000,\"consoles\":1,\"dropped\":0}",
        1769860805000000000LL + (long long)kit->later_ns, kit->is_live ? "true" : "false",
        kit->is_rehearsed_only ? "true" : "false", kit->is_paused ? "true" : "false", kit->equity, symbol,
        strcmp(symbol, "BTC/USDT") == 0 ? "60012.4" : "2512.50", kit->halted ? "\"" : "",
        kit->halted ? kit->halted : "null", kit->halted ? "\"" : "");
}

static void kit_put_fills(const struct kit *kit, int from, struct text *out)
{
    text_put(out, "{\"rows\":[");
    for (int i = from; i < from + 16; i++)
        text_format(out,
                    "%s{\"time\":\"2026-01-31T12:%02d:30Z\",\"order\":\"o%d\",\"symbol\":\"BTC/"
                    "USDT\",\"side\":\"%s\",\"qty\":0.1,\"price\":60100.5,"
                    "\"fee\":6.01,\"fee_asset\":\"USDT\",\"liquidity\":\"taker\",\"strategy\":null,\"tag\":\"\"}",
                    i > from ? "," : "", i % 60, i + 1, i % 2 ? "SELL" : "BUY");
    text_format(out, from / 16 < kit->pages ? "],\"next\":%d}" : "],\"next\":null}", from + 16);
}

static void kit_put_orders(const struct kit *kit, bool all, struct text *out)
{
    bool is_first = true;
    text_put(out, "{\"rows\":[");
    for (int id = kit->order_count; id >= 1; id--) {
        if (!all && strcmp(kit->orders[id].state, "ACCEPTED") != 0)
            continue;
        text_put(out, is_first ? "" : ",");
        is_first = false;
        kit_put_order(out, &kit->orders[id], id);
    }
    text_put(out, "],\"next\":null}");
}

static bool kit_order_word(struct kit *kit, const char **fields, uint32_t count, struct text *out)
{
    int id = count > 1 && fields[1][0] == 'o' ? atoi(fields[1] + 1) : 0;
    if (id < 1 || id > kit->order_count) {
        text_put(out, "{\"code\":\"NO_ORDER\",\"message\":\"no such order\",\"definitive\":true}");
        return false;
    }
    struct kit_order *o = &kit->orders[id];
    const char *price = kit_option(fields, count, "price");
    if (strcmp(fields[0], "cancel") == 0)
        o->state = "CANCELED";
    else if (price)
        snprintf(o->price, sizeof o->price, "%s", price);
    kit_put_order(out, o, id);
    return true;
}

static bool kit_is_control(const char *word)
{
    return strcmp(word, "go") == 0 || strcmp(word, "pause") == 0 || strcmp(word, "step") == 0 ||
           strcmp(word, "speed") == 0 || strcmp(word, "until_fill") == 0 || strcmp(word, "to") == 0 ||
           strcmp(word, "back") == 0;
}

static bool kit_answer(struct kit *kit, const char **fields, uint32_t count, struct text *out)
{
    const char *word = fields[0];
    if (strcmp(word, "status") == 0 || kit_is_control(word)) {
        kit_put_status(kit, count > 1 && strcmp(word, "status") == 0 ? fields[1] : "BTC/USDT", out);
        return true;
    }
    if (strcmp(word, "ticker") == 0) {
        text_format(out,
                    "{\"symbol\":\"%s\",\"venue\":\"paper\",\"time\":\"2026-01-31T12:00:05Z\",\"last\":60012.4,\"bid\":"
                    "60012.3,\"ask\":60012.5,"
                    "\"bid_qty\":1.5,\"ask_qty\":2,\"open\":59000,\"high\":60500,\"low\":58900,\"volume\":120.5,"
                    "\"change\":0.01716,"
                    "\"over_ns\":86400000000000}",
                    fields[1]);
        return true;
    }
    if (strcmp(word, "bars") == 0) {
        kit_put_bars(fields, count, out);
        return true;
    }
    if (strcmp(word, "fills") == 0) {
        kit_put_fills(kit, count > 1 ? atoi(fields[1]) : 0, out);
        return true;
    }
    if (strcmp(word, "orders") == 0) {
        kit_put_orders(kit, count > 1 && strcmp(fields[1], "all") == 0, out);
        return true;
    }
    if (strcmp(word, "buy") == 0 || strcmp(word, "sell") == 0 || strcmp(word, "close") == 0)
        return kit_trade(kit, fields, count, out);
    if (strcmp(word, "order") == 0 || strcmp(word, "cancel") == 0 || strcmp(word, "amend") == 0)
        return kit_order_word(kit, fields, count, out);
    for (size_t i = 0; i < sizeof kit_canned / sizeof kit_canned[0]; i++)
        if (strcmp(kit_canned[i].word, word) == 0) {
            text_put(out, kit_canned[i].json);
            return true;
        }
    if (strcmp(word, "load") == 0 || strcmp(word, "unload") == 0 || strcmp(word, "hold") == 0 ||
        strcmp(word, "resume") == 0 || strcmp(word, "reload") == 0 || strcmp(word, "set") == 0 ||
        strcmp(word, "budget") == 0 || strcmp(word, "may") == 0) {
        text_put(out, "{\"name\":\"sma\",\"state\":\"running\"}");
        return true;
    }
    text_format(out, "{\"code\":\"UNKNOWN_WORD\",\"message\":\"'%s' is not a word\",\"definitive\":true}", word);
    return false;
}

#endif
