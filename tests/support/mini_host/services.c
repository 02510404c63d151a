/* services.c: the services of the mini host: each writes down what it was asked. */
#include "mini_host.h"

#include <outcry/kit/write.h>
#include <stdlib.h>
#include <string.h>

#include "sha256.h"

static const char api_key[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01";
static const char secret[] = "ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkjihgfedcba987654321000";
static const char key_name[] =
    "organizations/11111111-2222-4333-8444-555555555555/apiKeys/66666666-7777-4888-8999-aaaaaaaaaaaa";

static struct mini *of(const struct oc_host *host) { return host->impl; }

/* ---- configuration: one key may be set to yes; others have their defaults ---- */

static oc_rc boolean(const struct oc_host *host, const char *key, uint32_t *ret_value)
{
    *ret_value = strcmp(of(host)->set, key) == 0;
    return OC_OK;
}

static const char *fallback_of(const struct oc_host *host, const char *key)
{
    const struct oc_key *row = of(host)->keys;
    while (row && row->name && strcmp(row->name, key) != 0)
        row++;
    return row && row->name ? row->fallback : NULL;
}

static oc_rc integer(const struct oc_host *host, const char *key, int64_t *ret_value)
{
    const char *text = fallback_of(host, key);
    if (!text)
        return OC_E_NOT_FOUND;
    *ret_value = strtoll(text, NULL, 10);
    return OC_OK;
}

static oc_rc text(const struct oc_host *host, const char *key, char *to, uint32_t size_max)
{
    const char *value = fallback_of(host, key);
    if (!value || strlen(value) >= size_max)
        return value ? OC_E_LIMIT : OC_E_NOT_FOUND;
    memcpy(to, value, strlen(value) + 1);
    return OC_OK;
}

static const struct oc_svc_config config = {
    .size = sizeof config, .boolean = boolean, .integer = integer, .text = text};

/* ---- feed ---- */

static oc_rc reserve(const struct oc_host *host, uint32_t size, struct oc_event **ret_event)
{
    struct mini *mini = of(host);
    if (size < sizeof(struct oc_event) || size > OC_EVENT_MAX || size % 8)
        return OC_E_INVALID;
    memset(mini->room, 0, size);
    mini->room_size = size;
    *ret_event = (struct oc_event *)(void *)mini->room;
    return OC_OK;
}

/* The request that an answer names was answered. */
static void tie(struct mini *mini, uint64_t request)
{
    for (uint32_t i = 0; i < mini->asked_count; i++)
        if (request && mini->asked[i].ask.id == request)
            mini->tied |= 1u << i;
}

static oc_rc commit(const struct oc_host *host, struct oc_event *event)
{
    struct mini *mini = of(host);
    const uint32_t room = mini->room_size;
    mini->room_size = 0;
    if ((char *)event != mini->room || event->size > room || event->size < sizeof *event || event->size % 8 ||
        !*mini_event_name(event->type) || event->seq || event->local_ns) {
        mini_say(mini, "  REFUSED an event of type %u and size %u\n", event->type, event->size);
        return OC_E_DATA;
    }
    if (event->source != 0 && event->source != SOURCE)
        return OC_E_DENIED;
    if (event->source == 0)
        event->source = MARKET_SOURCE;
    if (event->type >= OC_EV_ACCEPTED && event->type <= OC_EV_TAKEN && event->type != OC_EV_FILL &&
        event->type != OC_EV_ORDER && event->type != OC_EV_BUST)
        tie(mini, ((const struct oc_ev_answer *)(const void *)event)->request);
    mini->counts[event->type]++;
    mini_say_event(mini, event);
    return OC_OK;
}

static oc_rc missed(const struct oc_host *host, uint32_t account, uint32_t kind)
{
    mini_say(of(host), "  missed account=%u kind=%u\n", account, kind);
    return OC_OK;
}

static const struct oc_svc_feed feed = {.size = sizeof feed, .reserve = reserve, .commit = commit, .missed = missed};

/* ---- net ---- */

static const char *endpoint_name(const struct mini *mini, uint16_t endpoint)
{
    const struct oc_venue *venue = mini->connector->venue;
    for (uint32_t i = 0; i < venue->endpoint_count; i++)
        if (venue->endpoints[i].place == endpoint)
            return venue->endpoints[i].name;
    return "?";
}

static void say_costs(struct mini *mini, const struct oc_cost *costs, uint32_t count)
{
    const struct oc_venue *venue = mini->connector->venue;
    mini_say(mini, " costs");
    for (uint32_t i = 0; i < count; i++)
        mini_say(mini, " %s=%u", costs[i].limit < venue->limit_count ? venue->limits[costs[i].limit].name : "?",
                 costs[i].weight);
    mini_say(mini, "%s\n", count ? "" : " nothing");
}

static oc_rc open_stream(const struct oc_host *host, const struct oc_open *open, uint32_t *ret_stream)
{
    struct mini *mini = of(host);
    if (open->size != sizeof *open || mini->stream_count == STREAMS_MAX)
        return OC_E_LIMIT;
    *ret_stream = ++mini->stream_count;
    mini->stream_user[*ret_stream] = open->user[0];
    mini_say(mini, "  open %u %s ", *ret_stream, endpoint_name(mini, open->endpoint));
    mini_say_spliced(mini, open->path, open->path_size, open->splices, open->splice_count, OC_IN_PATH);
    if (open->account)
        mini_say(mini, " account=%u", open->account);
    if (open->instead)
        mini_say(mini, " instead=%u", open->instead);
    mini_say(mini, "\n");
    return OC_OK;
}

static oc_rc ready(const struct oc_host *host, uint32_t stream)
{
    mini_say(of(host), "  ready %u\n", stream);
    return OC_OK;
}

static oc_rc send_bytes(const struct oc_host *host, const struct oc_send *send)
{
    struct mini *mini = of(host);
    if (send->size != sizeof *send)
        return OC_E_INVALID;
    tie(mini, send->request);
    mini->about = send->request ? ABOUT_REQUEST : send->token ? ABOUT_FETCH : ABOUT_NOTHING;
    mini_say(mini, "  send %u", send->stream);
    say_costs(mini, send->costs, send->cost_count);
    mini_say(mini, "    ");
    mini_say_spliced(mini, send->bytes, send->bytes_size, send->splices, send->splice_count, OC_IN_BODY);
    mini_say(mini, "\n");
    return OC_OK;
}

static oc_rc close_stream(const struct oc_host *host, uint32_t stream)
{
    mini_say(of(host), "  close %u\n", stream);
    return OC_OK;
}

static oc_rc fail(const struct oc_host *host, uint32_t stream, uint32_t why)
{
    mini_say(of(host), "  fail %u why=%u\n", stream, why);
    return OC_OK;
}

static const char *const verbs[] = {"GET", "POST", "PUT", "DELETE", "PATCH"};

static void say_headers(struct mini *mini, const struct oc_http *http)
{
    if (!http->headers_size)
        return;
    mini_say(mini, "    ");
    mini_say_spliced(mini, http->headers, http->headers_size - 2, http->splices, http->splice_count, OC_IN_HEADERS);
    mini_say(mini, "\n");
}

static oc_rc http_call(const struct oc_host *host, const struct oc_http *http, uint64_t *ret_exchange)
{
    struct mini *mini = of(host);
    const struct form *form = http->form && http->form <= mini->form_count ? &mini->forms[http->form - 1] : NULL;
    if (http->size != sizeof *http || http->method >= sizeof verbs / sizeof *verbs || (http->form && !form))
        return OC_E_INVALID;
    for (uint32_t i = 0; http->flags & OC_HTTP_BATCH && i < mini->asked_count; i++)
        tie(mini, mini->asked[i].ask.id);
    tie(mini, http->request);
    mini->about = http->request ? ABOUT_REQUEST : http->token ? ABOUT_FETCH : ABOUT_NOTHING;
    memcpy(mini->user, http->user, sizeof mini->user);
    *ret_exchange = ++mini->exchange_count;
    mini_say(mini, "  %s %s ", verbs[form ? form->method : http->method],
             endpoint_name(mini, form ? form->endpoint : http->endpoint));
    if (form)
        mini_say(mini, "%s", form->path);
    mini_say_spliced(mini, http->path, http->path_size, http->splices, http->splice_count, OC_IN_PATH);
    if (http->user[0])
        mini_say(mini, " user=%llu", (unsigned long long)http->user[0]);
    say_costs(mini, http->costs, http->cost_count);
    if (form)
        mini_say(mini, "    %s\n", form->headers);
    else
        say_headers(mini, http);
    if (http->body_size) {
        mini_say(mini, "    %u bytes: ", http->body_size);
        mini_say_spliced(mini, http->body, http->body_size, http->splices, http->splice_count, OC_IN_BODY);
        mini_say(mini, "\n");
    }
    return OC_OK;
}

/* What is said of a part, taken into a text of its own. */
static void take_spliced(struct mini *mini, const struct oc_http *http, const char *text, uint32_t size, uint8_t in,
                         char *ret_text, size_t max)
{
    const size_t from = mini->said_size;
    mini_say_spliced(mini, text, size, http->splices, http->splice_count, in);
    snprintf(ret_text, max, "%.*s", (int)(mini->said_size - from), mini->said + from);
    mini->said_size = from;
}

static oc_rc prepare(const struct oc_host *host, const struct oc_http *http, uint32_t *ret_form)
{
    struct mini *mini = of(host);
    if (http->size != sizeof *http || mini->form_count == FORMS_MAX || http->headers_size < 2)
        return OC_E_LIMIT;
    struct form *form = &mini->forms[mini->form_count++];
    form->method = http->method;
    form->endpoint = http->endpoint;
    take_spliced(mini, http, http->path, http->path_size, OC_IN_PATH, form->path, sizeof form->path);
    take_spliced(mini, http, http->headers, http->headers_size - 2, OC_IN_HEADERS, form->headers, sizeof form->headers);
    *ret_form = mini->form_count;
    return OC_OK;
}

/* The host of the first url of the endpoint. */
static oc_rc authority(const struct oc_host *host, uint16_t endpoint, char *text, uint32_t size_max)
{
    const struct oc_venue *venue = of(host)->connector->venue;
    for (uint32_t i = 0; i < venue->endpoint_count; i++) {
        const char *from = strstr(venue->endpoints[i].urls, "://");
        if (venue->endpoints[i].place != endpoint || !from)
            continue;
        const size_t size = strcspn(from + 3, " /");
        if (size > size_max)
            return OC_E_LIMIT;
        memcpy(text, from + 3, size);
        return (oc_rc)size;
    }
    return OC_E_NOT_FOUND;
}

static oc_rc asked(const struct oc_host *host, uint64_t request, void *ret_request, uint32_t size_max)
{
    const struct mini *mini = of(host);
    for (uint32_t i = 0; i < mini->asked_count; i++)
        if (mini->asked[i].ask.id == request) {
            const uint32_t size = mini->asked[i].ask.head.size < size_max ? mini->asked[i].ask.head.size : size_max;
            memcpy(ret_request, &mini->asked[i], size);
            return (oc_rc)size;
        }
    return OC_E_NOT_FOUND;
}

static oc_rc fetching(const struct oc_host *host, uint64_t token, void *ret_fetch, uint32_t size_max)
{
    const struct mini *mini = of(host);
    const uint32_t size = size_max < sizeof mini->fetch ? size_max : (uint32_t)sizeof mini->fetch;
    if (mini->fetch.token != token)
        return OC_E_NOT_FOUND;
    memcpy(ret_fetch, &mini->fetch, size);
    return (oc_rc)size;
}

static const struct oc_svc_net net = {.size = sizeof net,
                                      .open = open_stream,
                                      .ready = ready,
                                      .send = send_bytes,
                                      .close = close_stream,
                                      .fail = fail,
                                      .http = http_call,
                                      .prepare = prepare,
                                      .authority = authority,
                                      .asked = asked,
                                      .fetching = fetching};

/* ---- sign: handles are algorithms ---- */

static const char *field_text(uint16_t field) { return field == 1 ? api_key : secret; }

static oc_rc sign_key(const struct oc_host *host, uint32_t account, uint16_t field, uint32_t algorithm,
                      uint32_t *ret_key)
{
    const struct mini *mini = of(host);
    if (account != ACCOUNT || field == 0 || field > mini->connector->venue->credential_count)
        return OC_E_DENIED;
    *ret_key = algorithm;
    return OC_OK;
}

static oc_rc sign_parts(const struct oc_host *host, uint32_t key, const struct oc_part *parts, uint32_t count,
                        uint8_t *signature, uint32_t signature_max)
{
    struct hmac256 mac;
    (void)host;
    if (key == OC_SIGN_ES256 && count == 1 && signature_max >= 64) {
        mini_sign_token(parts[0].bytes, parts[0].size, signature);
        return 64;
    }
    if (key != OC_SIGN_HMAC_SHA256 || signature_max < 32)
        return OC_E_NOT_SUPPORTED;
    hmac256_begin(&mac, secret, sizeof secret - 1);
    for (uint32_t i = 0; i < count; i++) {
        const char *field = parts[i].field ? field_text(parts[i].field) : NULL;
        hmac256_add(&mac, field ? field : parts[i].bytes, field ? strlen(field) : parts[i].size);
    }
    hmac256_end(&mac, signature);
    return 32;
}

static oc_rc public_text(const struct oc_host *host, uint32_t account, uint16_t field, uint32_t form, void *text,
                         uint32_t size_max)
{
    const struct oc_venue *venue = of(host)->connector->venue;
    if (account != ACCOUNT || form != OC_PUBLIC_TEXT || field == 0 || field > venue->credential_count ||
        venue->credentials[field - 1].kind != OC_CREDENTIAL_PUBLIC)
        return OC_E_DENIED;
    const struct oc_id *id = &of(host)->venue_account;
    const uint32_t size = id->size ? id->size : (uint32_t)sizeof key_name - 1;
    if (size > size_max)
        return OC_E_LIMIT;
    memcpy(text, id->size ? id->text : key_name, size);
    return (oc_rc)size;
}

static oc_rc keep(const struct oc_host *host, uint32_t account, const char *name, const void *value, uint32_t size,
                  int64_t until_ns, uint32_t how, uint16_t *ret_field)
{
    struct mini *mini = of(host);
    (void)account, (void)value, (void)until_ns;
    if (mini->kept_count == KEPT_MAX)
        return OC_E_LIMIT;
    snprintf(mini->kept[mini->kept_count], sizeof mini->kept[0], "%s", name);
    *ret_field = (uint16_t)(KEPT_FIRST + mini->kept_count++);
    mini_say(mini, "  keep %s, %u bytes, %s\n", name, size,
             how == OC_KEEP_IN_VAULT ? "in the vault" : "for the session");
    return OC_OK;
}

static const struct oc_svc_sign sign = {
    .size = sizeof sign, .key = sign_key, .sign = sign_parts, .public_text = public_text, .keep = keep};

/* ---- time ---- */

static int64_t now_ns(const struct oc_host *host) { return (void)host, NOW_NS; }
static int64_t mono_ns(const struct oc_host *host) { return (void)host, 0; }

static oc_rc venue_ns(const struct oc_host *host, int64_t *ret_ns, int64_t *ret_error_ns)
{
    (void)host;
    *ret_ns = NOW_NS;
    *ret_error_ns = 1000000;
    return OC_OK;
}

static oc_rc sample(const struct oc_host *host, int64_t said_ns, int64_t sent_ns, int64_t received_ns)
{
    (void)sent_ns, (void)received_ns;
    mini_say(of(host), "  clock %lld\n", (long long)said_ns);
    return OC_OK;
}

static oc_rc random_bytes(const struct oc_host *host, void *bytes, uint32_t size)
{
    (void)host;
    for (uint32_t i = 0; i < size; i++)
        ((uint8_t *)bytes)[i] = (uint8_t)i;
    return OC_OK;
}

static oc_rc timer(const struct oc_host *host, int64_t at_mono_ns, uint64_t user, uint64_t *ret_timer)
{
    mini_say(of(host), "  timer in %lld s user=%llu\n", (long long)(at_mono_ns / 1000000000), (unsigned long long)user);
    *ret_timer = 1;
    return OC_OK;
}

static oc_rc cancel(const struct oc_host *host, uint64_t number) { return (void)host, (void)number, OC_OK; }

static const struct oc_svc_time clocks = {.size = sizeof clocks,
                                          .now_ns = now_ns,
                                          .mono_ns = mono_ns,
                                          .venue_ns = venue_ns,
                                          .sample = sample,
                                          .random = random_bytes,
                                          .timer = timer,
                                          .cancel = cancel};

/* ---- limits and log ---- */

static oc_rc used(const struct oc_host *host, uint32_t account, uint32_t limit, uint64_t count)
{
    mini_say(of(host), "  used account=%u limit=%u: %llu\n", account, limit, (unsigned long long)count);
    return OC_OK;
}

static oc_rc shut(const struct oc_host *host, uint32_t account, uint32_t limit, int64_t until_ns, uint32_t why)
{
    mini_say(of(host), "  shut account=%u limit=%u for %lld s why=%u\n", account, limit,
             (long long)((until_ns - NOW_NS) / 1000000000), why);
    return OC_OK;
}

static oc_rc most(const struct oc_host *host, uint32_t account, uint32_t limit, uint64_t max, int64_t period_ns)
{
    mini_say(of(host), "  at most account=%u limit=%u: %llu in %lld s\n", account, limit, (unsigned long long)max,
             (long long)(period_ns / 1000000000));
    return OC_OK;
}

static const struct oc_svc_limit limits = {.size = sizeof limits, .used = used, .max = most, .shut = shut};

static void line(const struct oc_host *host, uint32_t level, const char *text)
{
    mini_say(of(host), "  log %u %s\n", level, text);
}

static void skip(const struct oc_host *host, const char *what, const void *bytes, uint32_t size)
{
    struct mini *mini = of(host);
    mini->skipped++;
    mini_say(mini, "  skip %s %.*s\n", what, size > 40 ? 40 : (int)size, (const char *)bytes);
}

static const struct oc_svc_log logs = {.size = sizeof logs, .line = line, .skip = skip};

/* ---- the host ---- */

static const void *service(const struct oc_host *host, const char *id)
{
    static const struct {
        const char *id;
        const void *table;
    } all[] = {{OC_SVC_CONFIG, &config}, {OC_SVC_FEED, &feed},        {OC_SVC_NET, &net},      {OC_SVC_SIGN, &sign},
               {OC_SVC_TIME, &clocks},   {OC_SVC_NAMES, &mini_names}, {OC_SVC_LIMIT, &limits}, {OC_SVC_LOG, &logs}};
    (void)host;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].id, id) == 0)
            return all[i].table;
    return NULL;
}

void mini_begin(struct mini *mini)
{
    mini->host.size = sizeof mini->host;
    mini->host.abi = OC_ABI_MAJOR << 16 | OC_ABI_MINOR;
    mini->host.service = service;
    mini->host.impl = mini;
}
