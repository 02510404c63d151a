/* inspect_venue.c: what a connector says of its venue, read as data and judged (outcry/venue.h).
 *
 * Each list is followed by pointer and count into a copy, whose pointers lead to texts of the file's bytes. What is
 * found good is kept as the lines that people read. */
#include "load/inspect_look.h"

#include <elf.h>
#include <inttypes.h>
#include <outcry/connector.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/venue_lines.h"

struct copy { /* of a description and its lists */
    struct oc_venue venue;
    struct oc_endpoint endpoints[OC_VENUE_ENDPOINTS_MAX];
    struct oc_credential credentials[OC_VENUE_CREDENTIALS_MAX];
    struct oc_limit limits[OC_VENUE_LIMITS_MAX];
    struct oc_order_kind orders[OC_VENUE_ORDERS_MAX];
    struct oc_topic topics[OC_VENUE_TOPICS_MAX];
    struct oc_fetchable fetches[OC_VENUE_FETCHES_MAX];
    int64_t bars[OC_VENUE_BARS_MAX];
    const char *wallets[OC_VENUE_WALLETS_MAX];
};

struct row { /* one element, or the description itself, for the words of a fault */
    struct look *look;
    uint64_t address;
    char name[32]; /* "endpoint 2" */
};

static void say(const struct row *row, const char *member, const char *found, const char *expected)
{
    char field[64];
    snprintf(field, sizeof field, "%s %s", row->name, member);
    look_say(row->look, field, found, expected, "");
}

static void say_number(const struct row *row, const char *member, int64_t found, const char *expected)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, found);
    say(row, member, text, expected);
}

/* The number lies in [low, high]. */
static void judge(const struct row *row, const char *member, int64_t number, int64_t low, int64_t high)
{
    char expected[64];
    if (number >= low && number <= high)
        return;
    if (high == INT64_MAX)
        snprintf(expected, sizeof expected, "%" PRId64 " or more", low);
    else
        snprintf(expected, sizeof expected, "%" PRId64 " to %" PRId64, low, high);
    say_number(row, member, number, expected);
}

static void judge_bits(const struct row *row, const char *member, uint32_t set, uint32_t known)
{
    char text[32];
    if (!(set & ~known))
        return;
    snprintf(text, sizeof text, "0x%x", set);
    say(row, member, text, "bits that this host knows (outcry/venue.h)");
}

/* No number within [offset, offset + size) is one that loading changes. */
static bool is_plain(const struct row *row, size_t offset, size_t size)
{
    const bool is_moved = elf_has_reloc(row->look->elf, row->address + offset, size);
    if (is_moved)
        say(row, "numbers", "one that is a pointer", "plain numbers");
    return !is_moved;
}

/* A text that must be there. NULL: a fault was added. */
static const char *take_text(const struct row *row, size_t offset, const char *member, uint32_t size_max)
{
    char field[64];
    const char *text = NULL;
    snprintf(field, sizeof field, "%s %s", row->name, member);
    if (!look_text(row->look, row->address + offset, field, size_max, &text))
        return NULL;
    if (!text || !text[0])
        say(row, member, text ? "an empty text" : "NULL", "a text");
    return text && text[0] ? text : NULL;
}

static bool is_name(const char *text)
{
    for (; *text; text++)
        if (!(*text >= 'a' && *text <= 'z') && !(*text >= '0' && *text <= '9') && *text != '_')
            return false;
    return true;
}

static const char *take_name(const struct row *row, size_t offset, const char *member, uint32_t size_max)
{
    const char *name = take_text(row, offset, member, size_max);
    if (name && !is_name(name))
        say(row, member, name, "letters a-z, digits and _");
    return name;
}

/* ---- elements ---- */

static bool is_url(const char *url, size_t size)
{
    static const char *const schemes[] = {"https://", "wss://", "tcp://", "tls://"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (size > strlen(schemes[i]) && strncmp(url, schemes[i], strlen(schemes[i])) == 0)
            return true;
    return false;
}

static void judge_urls(const struct row *row, const char *urls)
{
    char found[OC_VENUE_URLS_MAX];
    for (const char *at = urls; at;) {
        const size_t size = strcspn(at, " ");
        if (!is_url(at, size)) {
            snprintf(found, sizeof found, "%.*s", (int)size, at);
            say(row, "urls", found, "https://, wss://, tcp:// or tls:// and a host, one blank between two");
        }
        at = at[size] ? at + size + 1 : NULL;
    }
}

static void take_endpoint(const struct row *row, struct copy *copy, uint32_t index)
{
    struct oc_endpoint *e = &copy->endpoints[index];
    e->name = take_name(row, offsetof(struct oc_endpoint, name), "name", OC_VENUE_NAME_MAX);
    e->urls = take_text(row, offsetof(struct oc_endpoint, urls), "urls", OC_VENUE_URLS_MAX);
    if (!look_text(row->look, row->address + offsetof(struct oc_endpoint, hosts), "endpoint hosts", OC_VENUE_URLS_MAX,
                   &e->hosts))
        e->hosts = NULL;
    judge(row, "env", e->env, OC_ENV_LIVE, OC_ENV_LOCAL);
    judge(row, "zero", e->zero, 0, 0);
    if (e->urls)
        judge_urls(row, e->urls);
    for (uint32_t i = 0; i < index && e->name; i++) {
        const struct oc_endpoint *other = &copy->endpoints[i];
        const bool is_same = other->name && strcmp(other->name, e->name) == 0;
        if (other->name && is_same != (other->place == e->place)) {
            say_number(row, "place", e->place, "one number a name, another name another number");
            return;
        }
        if (is_same && other->env == e->env) {
            say(row, "name", e->name, "one row an environment under one name");
            return;
        }
    }
}

static void take_credential(const struct row *row, struct copy *copy, uint32_t index)
{
    struct oc_credential *c = &copy->credentials[index];
    c->name = take_name(row, offsetof(struct oc_credential, name), "name", OC_VENUE_NAME_MAX);
    c->about = take_text(row, offsetof(struct oc_credential, about), "about", OC_VENUE_ABOUT_MAX);
    judge(row, "kind", c->kind, OC_CREDENTIAL_SECRET, OC_CREDENTIAL_ONCE);
    judge(row, "form", c->form, OC_CREDENTIAL_TEXT, OC_CREDENTIAL_PEM);
    judge(row, "zero", c->zero, 0, 0);
    for (uint32_t i = 0; i < index && c->name; i++)
        if (copy->credentials[i].name && strcmp(copy->credentials[i].name, c->name) == 0)
            say(row, "name", c->name, "each credential once");
}

static void take_limit(const struct row *row, struct copy *copy, uint32_t index)
{
    struct oc_limit *limit = &copy->limits[index];
    limit->name = take_name(row, offsetof(struct oc_limit, name), "name", OC_VENUE_NAME_MAX);
    judge(row, "scope", limit->scope, OC_SCOPE_ADDRESS, OC_SCOPE_INSTRUMENT);
    judge(row, "kind", limit->kind, OC_LIMIT_WINDOW, OC_LIMIT_CONCURRENT);
    if (limit->max == 0)
        say(row, "max", "0", "1 or more");
    if (limit->kind == OC_LIMIT_CONCURRENT)
        judge(row, "period_ns", limit->period_ns, 0, 0);
    else
        judge(row, "period_ns", limit->period_ns, 1, INT64_MAX);
    judge(row, "reserve_ppm", limit->reserve_ppm, 0, 999999);
    judge(row, "orders", limit->orders, 0, 1);
    if (limit->zero)
        say(row, "zero", "another value", "0");
    for (uint32_t i = 0; i < index && limit->name; i++)
        if (copy->limits[i].name && strcmp(copy->limits[i].name, limit->name) == 0)
            say(row, "name", limit->name, "each limit once");
}

static void take_order(const struct row *row, struct copy *copy, uint32_t index)
{
    const struct oc_order_kind *order = &copy->orders[index];
    const uint32_t known = 2u * OC_RQ_HAS_DISPLAY - 1;
    judge(row, "type", order->type, OC_ORDER_MARKET, OC_ORDER_QUOTED);
    judge_bits(row, "triggers", order->triggers, (2u << OC_TRIGGER_OPPOSITE) - 2);
    judge_bits(row, "tifs", order->tifs, (2u << OC_TIF_AT_CLOSE) - 2);
    if (!order->tifs)
        say(row, "tifs", "0", "one OC_TIF_ at least");
    judge_bits(row, "bits", order->bits, known);
    judge_bits(row, "must", order->must, known);
    judge_bits(row, "amends", order->amends, 2u * OC_AMEND_REST_ONLY - 1);
    judge_bits(row, "links", order->links, (2u << OC_LINK_BRACKET) - 2);
    if (order->zero)
        say(row, "zero", "another value", "0");
    for (uint32_t i = 0; i < index; i++)
        if (copy->orders[i].type == order->type)
            say_number(row, "type", order->type, "each type once");
}

static void take_topic(const struct row *row, struct copy *copy, uint32_t index)
{
    const struct oc_topic *topic = &copy->topics[index];
    const bool is_one = topic->topic && !(topic->topic & (topic->topic - 1)) && topic->topic <= OC_TOPIC_PRIVATE;
    const bool is_book = topic->topic == OC_TOPIC_BOOK || topic->topic == OC_TOPIC_BOOK_ORDERS;
    if (!is_one)
        say_number(row, "topic", topic->topic, "one of OC_TOPIC_...");
    judge(row, "depth", topic->depth, 0, is_book ? INT64_MAX : 0);
    judge(row, "chain", topic->chain, OC_CHAIN_NONE, is_book ? OC_CHAIN_PREVIOUS : OC_CHAIN_NONE);
    judge(row, "sum", topic->sum, OC_SUM_NONE, is_book ? OC_SUM_CRC32_TOP25 : OC_SUM_NONE);
    judge_bits(row, "flags", topic->flags, OC_TOPIC_SNAPSHOT | OC_TOPIC_EVERY | OC_TOPIC_OF_ACCOUNT | OC_TOPIC_FLAT);
    judge(row, "every_ns", topic->every_ns, 0, INT64_MAX);
    if (topic->zero)
        say(row, "zero", "another value", "0");
    for (uint32_t i = 0; i < index; i++)
        if (copy->topics[i].topic == topic->topic)
            say_number(row, "topic", topic->topic, "each topic once");
}

static void take_fetch(const struct row *row, struct copy *copy, uint32_t index)
{
    const struct oc_fetchable *fetch = &copy->fetches[index];
    if (!venue_fetch_name(fetch->kind)[0])
        say_number(row, "kind", fetch->kind, "one of OC_FETCH_...");
    judge_bits(row, "by", fetch->by, 2u * OC_BY_UNDERLYING - 1);
    judge_bits(row, "flags", fetch->flags, OC_FETCH_NEWEST_FIRST);
    judge(row, "span_ns", fetch->span_ns, 0, INT64_MAX);
    judge(row, "history_ns", fetch->history_ns, 0, INT64_MAX);
    if (fetch->zero || fetch->zero0)
        say(row, "zero", "another value", "0");
    for (uint32_t i = 0; i < index; i++)
        if (copy->fetches[i].kind == fetch->kind)
            say_number(row, "kind", fetch->kind, "each kind once");
}

static void take_bar(const struct row *row, struct copy *copy, uint32_t index)
{
    const int64_t ns = copy->bars[index];
    if (ns <= 0 && ns != -1)
        say_number(row, "ns", ns, "a period, or -1: a month");
    for (uint32_t i = 0; i < index; i++)
        if (copy->bars[i] == ns)
            say_number(row, "ns", ns, "each period once");
}

static void take_wallet(const struct row *row, struct copy *copy, uint32_t index)
{
    copy->wallets[index] = take_name(row, 0, "name", OC_VENUE_NAME_MAX);
}

/* ---- lists ---- */

struct list {
    const char *name; /* of one element */
    size_t pointer;   /* where they stand in the description */
    size_t count;
    uint32_t max;
    size_t size;     /* of an element */
    size_t pointers; /* bytes at its beginning that are pointers: relocated, and replaced by `take` */
    size_t copy;     /* where the copies stand */
    void (*take)(const struct row *row, struct copy *copy, uint32_t index);
};

#define LIST(name, member, counter, max, pointers, place, take)                                                        \
    {                                                                                                                  \
        name, offsetof(struct oc_venue, member), offsetof(struct oc_venue, counter), max,                              \
            sizeof(*((struct copy *)0)->place), pointers, offsetof(struct copy, place), take                           \
    }

static const struct list lists[] = {
    LIST("endpoint", endpoints, endpoint_count, OC_VENUE_ENDPOINTS_MAX, 24, endpoints, take_endpoint),
    LIST("credential", credentials, credential_count, OC_VENUE_CREDENTIALS_MAX, 16, credentials, take_credential),
    LIST("limit", limits, limit_count, OC_VENUE_LIMITS_MAX, 8, limits, take_limit),
    LIST("order", orders, order_count, OC_VENUE_ORDERS_MAX, 0, orders, take_order),
    LIST("topic", topics, topic_count, OC_VENUE_TOPICS_MAX, 0, topics, take_topic),
    LIST("fetch", fetches, fetch_count, OC_VENUE_FETCHES_MAX, 0, fetches, take_fetch),
    LIST("bar", bars_ns, bar_count, OC_VENUE_BARS_MAX, 0, bars, take_bar),
    LIST("wallet", wallets, wallet_count, OC_VENUE_WALLETS_MAX, 8, wallets, take_wallet),
};

static void take_list(struct look *look, struct copy *copy, uint64_t address, const struct list *list)
{
    struct row row = {.look = look};
    struct elf_pointer pointer;
    uint32_t count;
    char *copies = (char *)copy + list->copy;
    memcpy(&count, (const char *)&copy->venue + list->count, sizeof count);
    snprintf(row.name, sizeof row.name, "venue %s list", list->name);
    if (count > list->max) {
        judge(&row, "count", count, 0, list->max);
        count = 0;
    }
    if (elf_pointer_at(look->elf, address + list->pointer, &pointer) < 0 || pointer.kind == ELF_POINTER_EXTERNAL ||
        (pointer.kind == ELF_POINTER_NULL && count)) {
        say(&row, "pointer", pointer.kind == ELF_POINTER_NULL ? "NULL" : "a pointer out of the file",
            "a constant list in the file");
        count = 0;
    } else if (count && !elf_is_constant(look->elf, pointer.address, count * list->size)) {
        say(&row, "pointer", "a list that is not constant data of the file", "static const, of as many as its count");
        count = 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        row.address = pointer.address + i * list->size;
        snprintf(row.name, sizeof row.name, "venue %s %u", list->name, i + 1);
        if (!is_plain(&row, list->pointers, list->size - list->pointers) ||
            elf_copy(look->elf, row.address, copies + i * list->size, list->size) < 0)
            continue;
        memset(copies + i * list->size, 0, list->pointers);
        list->take(&row, copy, i);
    }
    memcpy((char *)&copy->venue + list->count, &count, sizeof count);
}

/* ---- the description itself ---- */

static void judge_client(const struct row *row, const struct oc_venue *venue)
{
    judge(row, "client_form", venue->client_form, OC_CLIENT_NONE, OC_CLIENT_NUMBER);
    if (venue->client_form == OC_CLIENT_TEXT)
        judge(row, "client_max", venue->client_max, 1, OC_ID_MAX);
    else
        judge(row, "client_max", venue->client_max, venue->client_form == OC_CLIENT_NUMBER ? 8 : 0,
              venue->client_form == OC_CLIENT_NUMBER ? 64 : 0);
    judge(row, "client_charset", venue->client_charset, venue->client_form == OC_CLIENT_TEXT ? OC_CLIENT_ALNUM : 0,
          venue->client_form == OC_CLIENT_TEXT ? OC_CLIENT_UUID : 0);
}

static void judge_numbers(const struct row *row, const struct oc_venue *venue)
{
    const struct {
        const char *name;
        int64_t ns;
    } times[] = {{"window_ns", venue->window_ns},
                 {"absence_ns", venue->absence_ns},
                 {"answer_ns", venue->answer_ns},
                 {"silence_ns", venue->silence_ns},
                 {"reconcile_ns", venue->reconcile_ns}};
    judge_bits(row, "flags", venue->flags, 2u * OC_CAN_PROTECT - 1);
    judge_client(row, venue);
    judge(row, "zero0", venue->zero0, 0, 0);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        judge(row, times[i].name, times[i].ns, 0, INT64_MAX);
    if (venue->flags & OC_HAS_SIGNED_TIME && !venue->window_ns)
        say(row, "window_ns", "0", "how far a signed time may be off: OC_HAS_SIGNED_TIME is claimed");
}

/* Bars are offered with their periods. */
static void judge_bars(const struct row *row, const struct oc_venue *venue)
{
    bool has_bars = false;
    for (uint32_t i = 0; i < venue->topic_count; i++)
        has_bars |= venue->topics[i].topic == OC_TOPIC_BARS;
    for (uint32_t i = 0; i < venue->fetch_count; i++)
        has_bars |= venue->fetches[i].kind == OC_FETCH_BARS;
    if (has_bars && !venue->bar_count)
        say(row, "bars_ns", "no periods", "the periods of the bars that it offers");
}

static void keep(struct row *row, struct load_info *info, const struct oc_venue *venue)
{
    struct load_report *report = row->look->report;
    struct text text;
    text_init_fixed(&text, report->venues + report->venues_size, sizeof report->venues - report->venues_size);
    venue_lines(&text, venue);
    info->venue_first = report->venues_size;
    info->venue_size = (uint32_t)text.size;
    report->venues_size += (uint32_t)text.size;
    if (text.is_cut)
        say(row, "description", "one that is longer", "at most 32,767 bytes of all as they are printed");
}

static void take_venue(struct look *look, struct load_info *info, struct copy *copy, uint64_t address, uint32_t size)
{
    struct row row = {.look = look, .address = address, .name = "venue"};
    struct oc_venue *venue = &copy->venue;
    const uint32_t fault_count = look->report->fault_count;
    const size_t known = size < sizeof *venue ? size : sizeof *venue;
    const size_t numbers = offsetof(struct oc_venue, endpoint_count);
    if (!is_plain(&row, 0, offsetof(struct oc_venue, venue)) || !is_plain(&row, numbers, size - numbers) ||
        elf_copy(look->elf, address, venue, known) < 0)
        return;
    venue->venue = take_name(&row, offsetof(struct oc_venue, venue), "venue", OC_VENUE_MAX);
    venue->protocol = take_text(&row, offsetof(struct oc_venue, protocol), "protocol", OC_VENUE_ABOUT_MAX);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        take_list(look, copy, address, &lists[i]);
    venue->endpoints = copy->endpoints;
    venue->credentials = copy->credentials;
    venue->limits = copy->limits;
    venue->orders = copy->orders;
    venue->topics = copy->topics;
    venue->fetches = copy->fetches;
    venue->bars_ns = copy->bars;
    venue->wallets = copy->wallets;
    judge_numbers(&row, venue);
    judge_bars(&row, venue);
    if (look->report->fault_count == fault_count && !look->report->faults_dropped)
        keep(&row, info, venue);
}

void inspect_venue(struct look *look, struct load_info *info, uint64_t table)
{
    const struct row row = {.look = look, .address = table, .name = "connector"};
    struct elf_pointer pointer;
    uint32_t flags;
    if (!is_plain(&row, 0, offsetof(struct oc_connector, venue)))
        return;
    if (elf_copy(look->elf, table + offsetof(struct oc_connector, flags), &flags, sizeof flags) < 0 || flags)
        say(&row, "flags", "another value", "0");
    if (elf_pointer_at(look->elf, table + offsetof(struct oc_connector, venue), &pointer) < 0 ||
        pointer.kind != ELF_POINTER_INSIDE) {
        say(&row, "venue", pointer.kind == ELF_POINTER_NULL ? "NULL" : "a pointer out of the file",
            "a description in the file");
        return;
    }
    const uint32_t size =
        look_size(look, pointer.address, "connector venue", sizeof(struct oc_venue), sizeof(struct oc_venue));
    struct copy *copy = size ? calloc(1, sizeof *copy) : NULL;
    if (copy)
        take_venue(look, info, copy, pointer.address, size);
    else if (size) {
        say(&row, "venue", "no memory to read it", "memory");
        look->report->lacks_memory = true;
    }
    info->venue_address = pointer.address;
    free(copy);
}
