/* face_binanceus_ledger.c: /sapi: deposits and withdrawals, of coins and of dollars, and the fees of an account, as Binance.US says them. */
#include <stdio.h>
#include <string.h>

#include "base/json_out.h"
#include "face_binanceus.h"

static bool is_fiat(const struct core *core, uint32_t asset)
{
    return strcmp(core_asset_name(core, asset), "USD") == 0;
}

/* The rows of one kind, of coins or of dollars, of the account: from `offset` on, `limit` at most. Newest first, as the venue lists them. */
static void put_rows(struct bn_call *call, enum core_row_kind kind, bool fiat,
                     void (*put)(const struct core *, struct text *, const struct core_row *, uint64_t number))
{
    const struct core *core = call->venue->core;
    struct text *out = &call->ret->body;
    int64_t offset, limit, from_ms, to_ms;
    if (!bn_number(call, "offset", 0, 0, INT64_MAX, &offset) || !bn_number(call, "limit", 1000, 1, 1000, &limit) ||
        !bn_number(call, "startTime", 0, 0, INT64_MAX / 1000000, &from_ms) ||
        !bn_number(call, "endTime", INT64_MAX / 1000000, 0, INT64_MAX / 1000000, &to_ms))
        return;
    if (from_ms && to_ms < INT64_MAX / 1000000 && to_ms - from_ms > 90ll * 86400000) {
        bn_refuse(call, 400, -1127, "More than 90 days between startTime and endTime.");
        return;
    }
    if (fiat)
        json_open(out, NULL, '{');
    json_open(out, fiat ? "assetLogRecordList" : NULL, '[');
    for (uint64_t number = core_row_count(core); number > 0 && limit > 0; number--) {
        const struct core_row *row = core_row(core, number);
        const int64_t at_ms = row->at_ns / 1000000;
        if (row->account != call->key->account || row->kind != kind || is_fiat(core, row->asset) != fiat ||
            row->at_ns > venue_view(call->venue) || at_ms < from_ms || at_ms > to_ms || offset-- > 0)
            continue;
        json_open(out, NULL, '{');
        put(core, out, row, number);
        json_close(out, '}');
        limit--;
    }
    json_close(out, ']');
    if (fiat)
        json_close(out, '}');
}

static void put_number(struct text *out, const char *key, const char *before, int digits, uint64_t number)
{
    char text[80];
    snprintf(text, sizeof text, "%s%0*llx", before, digits, (unsigned long long)number);
    json_text(out, key, text);
}

static void put_deposit(const struct core *core, struct text *out, const struct core_row *row, uint64_t number)
{
    bn_put_money(out, "amount", row->amount);
    json_text(out, "coin", core_asset_name(core, row->asset));
    json_text(out, "network", core_asset_name(core, row->asset));
    json_int(out, "status", 1);
    json_text(out, "address", "bc1qexample0000000000000000000000000000000");
    json_text(out, "addressTag", "");
    put_number(out, "txId", "", 64, number);
    json_int(out, "insertTime", row->at_ns / 1000000);
    json_int(out, "transferType", 0);
    json_text(out, "confirmTimes", "2/2");
}

static void put_withdrawal(const struct core *core, struct text *out, const struct core_row *row, uint64_t number)
{
    char time[TEXT_TIME_MAX];
    put_number(out, "id", "", 32, number);
    bn_put_money(out, "amount", -row->amount);
    json_text(out, "transactionFee", "0");
    json_text(out, "coin", core_asset_name(core, row->asset));
    json_int(out, "status", 6);
    put_number(out, "txId", "", 64, number);
    text_from_time(time, row->at_ns - row->at_ns % 1000000000);
    time[10] = ' ';
    time[19] = 0;
    json_text(out, "applyTime", time);
    json_text(out, "network", core_asset_name(core, row->asset));
}

static void put_fiat(const struct core *core, struct text *out, const struct core_row *row, uint64_t number)
{
    const oc_i128 amount = row->amount < 0 ? -row->amount : row->amount;
    put_number(out, "orderNo", "fiat", 20, number);
    json_text(out, "fiatCurrency", core_asset_name(core, row->asset));
    bn_put_money(out, "indicatedAmount", amount);
    bn_put_money(out, "amount", amount);
    json_text(out, "totalFee", "0");
    json_text(out, "method", "Bank transfer");
    json_text(out, "status", "Successful");
    json_int(out, "createTime", row->at_ns / 1000000);
    json_int(out, "updateTime", row->at_ns / 1000000);
}

void bn_get_deposits(struct bn_call *call) { put_rows(call, CORE_DEPOSIT, false, put_deposit); }

void bn_get_withdrawals(struct bn_call *call) { put_rows(call, CORE_WITHDRAWAL, false, put_withdrawal); }

void bn_get_fiat_deposits(struct bn_call *call) { put_rows(call, CORE_DEPOSIT, true, put_fiat); }

void bn_get_fiat_withdrawals(struct bn_call *call) { put_rows(call, CORE_WITHDRAWAL, true, put_fiat); }
