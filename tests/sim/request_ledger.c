#include "sim/request_ledger.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

void ledger_client(uint64_t order, char client[EXCHANGE_CLIENT_MAX])
{
    memcpy(client, "oc", 2);
    for (int i = 12; i >= 0; i--, order >>= 5)
        client[2 + i] = digits[order & 31];
    client[15] = '\0';
}

static uint64_t order_of(const struct oc_id *client)
{
    uint64_t order = 0;
    for (int i = 2; i < 15 && i < client->size; i++)
        order = order << 5 | (uint64_t)(strchr(digits, client->text[i]) - digits);
    return order;
}

__attribute__((format(printf, 2, 3))) static void fail(struct ledger *ledger, const char *format, ...)
{
    va_list list;
    if (ledger->failed[0])
        return;
    va_start(list, format);
    vsnprintf(ledger->failed, sizeof ledger->failed, format, list);
    va_end(list);
}

static unsigned short_of(uint64_t id) { return (unsigned)(id & 0xffffff); }

static struct ledger_entry *entry_of(struct ledger *ledger, uint64_t request)
{
    for (uint32_t i = ledger->count; i > 0 && request; i--)
        if (ledger->entries[i - 1].request == request)
            return &ledger->entries[i - 1];
    return NULL;
}

void ledger_ask(struct ledger *ledger, const struct oc_request *request)
{
    if (ledger->count == LEDGER_MAX)
        abort();
    if (entry_of(ledger, request->id))
        fail(ledger, "request %u was asked for twice", short_of(request->id));
    ledger->entries[ledger->count++] =
        (struct ledger_entry){.request = request->id, .order = request->order, .kind = request->kind};
}

/* The host's own word: what it claims of the bytes is what the link saw. */
static void take_word(struct ledger *ledger, const struct oc_ev_answer *word)
{
    struct ledger_entry *entry = entry_of(ledger, word->request);
    const struct fault_request *seen = fault_link_request(ledger->link, word->request);
    const unsigned id = short_of(word->request);
    if (!entry) {
        fail(ledger, "a word of type %u about request %u, which nobody made", word->head.type, id);
        return;
    }
    if (word->head.type == OC_EV_SENT) {
        if (entry->is_sent || entry->words)
            fail(ledger, "request %u was said to be sent a second time, or behind its end", id);
        if (!seen)
            fail(ledger, "request %u was said to be sent and has not left", id);
        entry->is_sent = true;
        return;
    }
    const bool is_absent = word->head.type == OC_EV_NOT_THERE && strcmp(word->reason, "ABSENT") == 0;
    if (is_absent && entry->is_unknown) { /* asked about until that is proven */
        entry->never_left = true;
        return;
    }
    if (entry->words++)
        fail(ledger, "request %u came to two words of the host", id);
    if (entry->answers)
        fail(ledger, "request %u was answered, and then the host said %u of it", id, word->head.type);
    if (word->head.type == OC_EV_UNKNOWN) {
        ledger->unknowns++;
        entry->is_unknown = true;
        if (!seen || seen->left != FAULT_LEFT)
            fail(ledger, "request %u never left and was said to be unknown", id);
        return;
    }
    entry->never_left = true;
    ledger->never_left++;
    if (seen && seen->left == FAULT_LEFT)
        fail(ledger, "request %u left and was said never to have (type %u)", id, word->head.type);
}

static void is_there(struct ledger *ledger, uint64_t order, bool is_end)
{
    struct ledger_entry *entry = entry_of(ledger, order); /* a new order's request has its number */
    if (!entry)
        return;
    entry->answers++;
    entry->has_ended |= is_end;
    if (entry->never_left)
        fail(ledger, "order %u was said not to be there, and is", short_of(order));
}

static void take_answer(struct ledger *ledger, const struct oc_ev_venue_answer *said)
{
    struct ledger_entry *entry = entry_of(ledger, said->answer.request);
    const uint64_t order = order_of(&said->client);
    const uint16_t type = said->answer.head.type;
    if (type == OC_EV_ABSENT) {
        struct ledger_entry *made = entry_of(ledger, order);
        if (made)
            made->is_absent = true;
        return;
    }
    if (entry) {
        entry->answers++;
        if (entry->never_left)
            fail(ledger, "request %u was said never to have left, and is answered", short_of(entry->request));
    }
    if (type == OC_EV_CANCELED || type == OC_EV_AMENDED)
        is_there(ledger, order, type == OC_EV_CANCELED);
}

static void take_fill(struct ledger *ledger, const struct oc_ev_venue_fill *said)
{
    char text[41] = "";
    memcpy(text, said->fill.trade_id, said->fill.trade_id_size);
    const uint32_t place = (uint32_t)strtoul(text + 1, NULL, 10) - 1;
    ledger->rows += (said->fill.head.flags & OC_EVF_REPLAYED) != 0;
    is_there(ledger, order_of(&said->client), false);
    if (place >= ledger->exchange->trade_count || ledger->exchange->trades[place].qty != said->fill.qty)
        fail(ledger, "a fill %s that the exchange does not have", text);
    else
        ledger->has_trade[place] = true;
}

static struct ledger_fetch *fetch_of(struct ledger *ledger, uint64_t token)
{
    for (uint32_t i = 0; i < ledger->fetch_count; i++)
        if (ledger->fetches[i].token == token)
            return &ledger->fetches[i];
    if (ledger->fetch_count == LEDGER_TOKENS_MAX)
        abort();
    ledger->fetches[ledger->fetch_count] = (struct ledger_fetch){.token = token};
    return &ledger->fetches[ledger->fetch_count++];
}

/* A page has its rows once, and begins where the one before ended. */
static void take_fetched(struct ledger *ledger, const struct oc_ev_fetched *said)
{
    struct ledger_fetch *fetch = fetch_of(ledger, said->token);
    uint32_t next;
    memcpy(&next, said->cursor.bytes, sizeof next);
    const bool is_page = said->kind != OC_FETCH_ORDER && said->rc == OC_OK;
    if (is_page && (fetch->is_over || (said->more && next <= fetch->next)))
        fail(ledger, "a page of question %llu was taken twice", (unsigned long long)said->token);
    if (is_page && said->kind == OC_FETCH_FILLS && ledger->rows != said->count)
        fail(ledger, "a page of %u fills came with %u", said->count, ledger->rows);
    if (is_page)
        ledger->rows = 0;
    ledger->looked += said->kind == OC_FETCH_ORDER && !fetch->is_over;
    fetch->next = next;
    fetch->is_over |= !said->more;
}

void ledger_take(struct ledger *ledger, const struct oc_event *event)
{
    const void *said = event;
    switch (event->type) {
    case OC_EV_FILL:
        take_fill(ledger, said);
        break;
    case OC_EV_ORDER:
        is_there(ledger, order_of(&((const struct oc_ev_order *)said)->client), false);
        break;
    case OC_EV_FETCHED:
        take_fetched(ledger, said);
        break;
    default:
        if (event->size == sizeof(struct oc_ev_answer))
            take_word(ledger, said);
        else if (event->size == sizeof(struct oc_ev_venue_answer))
            take_answer(ledger, said);
        break;
    }
}

static void close_entry(struct ledger *ledger, const struct ledger_entry *entry)
{
    char client[EXCHANGE_CLIENT_MAX];
    const struct ledger_entry *made = entry_of(ledger, entry->order);
    const unsigned id = short_of(entry->request);
    ledger_client(entry->order, client);
    const bool is_held = exchange_order(ledger->exchange, client) != NULL;
    /* the end of an order answers all that was asked about it, and that it never was takes its cancel along */
    if (!entry->answers && !entry->words &&
        !(made && (made->has_ended || (entry->kind == OC_REQUEST_CANCEL && made->never_left))))
        fail(ledger, "request %u of kind %u came to no word", id, entry->kind);
    if (entry->kind != OC_REQUEST_NEW)
        return;
    if (is_held && entry->never_left)
        fail(ledger, "order %u is at the exchange and was said not to be there", id);
    if (is_held && entry->is_absent)
        fail(ledger, "order %u is at the exchange and was looked for too early", id);
    if (entry->is_unknown && !entry->answers && !entry->never_left)
        fail(ledger, "order %u was unknown, and is to the end", id);
    if (!is_held && entry->answers)
        fail(ledger, "order %u is not at the exchange and was left as one that is", id);
}

void ledger_close(struct ledger *ledger, uint32_t asked)
{
    for (uint32_t i = 0; i < ledger->count; i++)
        close_entry(ledger, &ledger->entries[i]);
    for (uint32_t i = 0; i < ledger->exchange->trade_count; i++)
        if (!ledger->has_trade[i])
            fail(ledger, "the exchange has a trade t%u that was never said", i + 1);
    if (ledger->exchange->clients_twice || ledger->exchange->requests_twice)
        fail(ledger, "the exchange met %u client ids and %u requests twice", ledger->exchange->clients_twice,
             ledger->exchange->requests_twice);
    if (ledger->looked < asked)
        fail(ledger, "%u orders were asked about and %u looked up", asked, ledger->looked);
}
