/* statement_ledger.c: money that moved without a fill: deposits, funding, interest, fees. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "engine/statement.h"

static struct fill_key key_of(const struct oc_ev_ledger *entry)
{
    struct {
        uint64_t source;
        struct oc_id id;
    } bytes = {entry->head.source, entry->id};
    const struct hash128 hash = hash128(&bytes, sizeof bytes);
    return (struct fill_key){hash.low, hash.high};
}

static struct ledger_seen *find_seen(const struct statement *statement, struct fill_key key)
{
    const uint64_t count = statement->seen_count < ENGINE_LEDGER_SEEN ? statement->seen_count : ENGINE_LEDGER_SEEN;
    for (uint64_t back = 1; back <= count; back++) {
        struct ledger_seen *seen = &statement->seen[(statement->seen_count - back) % ENGINE_LEDGER_SEEN];
        if (fill_key_is_equal(seen->key, key))
            return seen;
    }
    return NULL;
}

const struct oc_ev_ledger *statement_entry(const struct statement *statement, uint32_t back)
{
    if (back >= ENGINE_LEDGER_KEPT || back >= statement->entry_count)
        return NULL;
    return &statement->entries[(statement->entry_count - 1 - back) % ENGINE_LEDGER_KEPT];
}

/* The one entry said again stands where it stood. */
static void show(struct statement *statement, const struct oc_ev_ledger *entry)
{
    struct oc_ev_ledger kept = *entry;
    kept.head.size = sizeof kept; /* without the venue's words */
    kept.text_size = kept.tail = 0;
    for (uint32_t back = 0; back < ENGINE_LEDGER_KEPT && back < statement->entry_count; back++) {
        struct oc_ev_ledger *at = &statement->entries[(statement->entry_count - 1 - back) % ENGINE_LEDGER_KEPT];
        if (at->head.source == entry->head.source && memcmp(&at->id, &entry->id, sizeof at->id) == 0) {
            *at = kept;
            return;
        }
    }
    statement->entries[statement->entry_count++ % ENGINE_LEDGER_KEPT] = kept;
}

/* What it moves the balance by in its state. Trades and what they realise are booked by their fills. */
static oc_rc effect_of(const struct oc_ev_ledger *entry, oc_i128 *ret_money)
{
    *ret_money = 0;
    if (entry->status != OC_LEDGER_DONE || entry->kind == OC_LEDGER_TRADE || entry->kind == OC_LEDGER_REALISED)
        return OC_OK;
    return money_from_dec(entry->amount, ret_money);
}

/* A balance that the venue said for this time or a later one holds it, and so does one that reads as the venue says it does behind
 * the entry. */
static bool is_in_balance(const struct statement *statement, const struct oc_ev_ledger *entry, oc_i128 counted)
{
    const struct oc_ev_balance *balance = statement_find_balance(statement, entry->head.source, entry->asset, 0);
    oc_i128 after;
    if (balance && statement_time(&balance->head) >= statement_time(&entry->head))
        return true;
    return (entry->present & OC_LEDGER_HAS_AFTER) && money_from_dec(entry->after, &after) == OC_OK && after == counted;
}

static oc_rc rings_room(struct statement *statement)
{
    if (!statement->entries)
        statement->entries = calloc(ENGINE_LEDGER_KEPT, sizeof *statement->entries);
    if (!statement->seen)
        statement->seen = calloc(ENGINE_LEDGER_SEEN, sizeof *statement->seen);
    return statement->entries && statement->seen ? OC_OK : OC_E_NOMEM;
}

/* What is no profit or loss of trading and holding. */
static bool is_outside(uint32_t kind)
{
    return kind == OC_LEDGER_DEPOSIT || kind == OC_LEDGER_WITHDRAWAL || kind == OC_LEDGER_TRANSFER ||
           kind == OC_LEDGER_REWARD || kind == OC_LEDGER_ADJUSTMENT || kind > OC_LEDGER_TAX;
}

oc_rc statement_ledger(struct statement *statement, const struct oc_ev_ledger *entry, oc_i128 counted,
                       struct ledger_effect *ret_effect)
{
    const int64_t at_ns = statement_time(&entry->head);
    const struct fill_key key = key_of(entry);
    oc_i128 effect, move;
    oc_rc rc = rings_room(statement);
    if (rc == OC_OK)
        rc = effect_of(entry, &effect);
    if (rc < 0)
        return rc;
    struct ledger_seen *seen = find_seen(statement, key);
    rc = num_sub_128(effect, seen ? seen->moved : 0, &move);
    if (rc < 0)
        return rc;
    const bool is_too_old = !seen && at_ns <= statement->forgotten_ns;
    const bool is_held = is_in_balance(statement, entry, counted);
    if (!seen) {
        seen = &statement->seen[statement->seen_count++ % ENGINE_LEDGER_SEEN];
        if (statement->seen_count > ENGINE_LEDGER_SEEN && seen->at_ns > statement->forgotten_ns)
            statement->forgotten_ns = seen->at_ns;
        *seen = (struct ledger_seen){.key = key, .at_ns = at_ns};
    }
    seen->moved = effect;
    show(statement, entry);
    *ret_effect = (struct ledger_effect){.move = is_too_old || is_held ? 0 : move};
    if (is_outside(entry->kind))
        ret_effect->put_in = is_too_old && !is_held ? 0 : move;
    if (is_held) /* the balance that held it was taken for a correction */
        ret_effect->corrected = -move;
    return is_too_old && !is_held && move != 0 ? OC_E_EXISTS : OC_OK;
}

const char *statement_ledger_kind(uint32_t kind)
{
    static const char *const names[] = {
        [OC_LEDGER_NONE] = "?",
        [OC_LEDGER_DEPOSIT] = "deposit",
        [OC_LEDGER_WITHDRAWAL] = "withdrawal",
        [OC_LEDGER_TRANSFER] = "transfer",
        [OC_LEDGER_FUNDING] = "funding",
        [OC_LEDGER_INTEREST] = "interest",
        [OC_LEDGER_FEE] = "fee",
        [OC_LEDGER_REBATE] = "rebate",
        [OC_LEDGER_REALISED] = "realised",
        [OC_LEDGER_DIVIDEND] = "dividend",
        [OC_LEDGER_CONVERSION] = "conversion",
        [OC_LEDGER_LIQUIDATION] = "liquidation",
        [OC_LEDGER_REWARD] = "reward",
        [OC_LEDGER_SETTLEMENT] = "settlement",
        [OC_LEDGER_TRADE] = "trade",
        [OC_LEDGER_ADJUSTMENT] = "adjustment",
        [OC_LEDGER_TAX] = "tax",
    };
    return kind < sizeof names / sizeof names[0] ? names[kind] : "other";
}

const char *statement_ledger_status(uint32_t status)
{
    static const char *const names[] = {"?", "pending", "done", "failed", "canceled", "reversed"};
    return status < sizeof names / sizeof names[0] ? names[status] : "?";
}
