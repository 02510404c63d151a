/* play.c: mini_host PLUGIN SCRIPT [DATA]: plays a script to a connector and writes down what it asks for and says.
 * Exit code 77: the script reads files, and there is no DATA.
 *
 * A script has one step a line. `#` begins a title, which is written down. An argument that begins with @ is a file
 * under DATA, of JSON files also a part: @FILE:KEY.KEY.
 *   set KEY                                   a switch of the configuration is yes; before all else
 *   instrument SYMBOL DIGITS DIGITS BASE QUOTE
 *   account [venue=ID] [asset=NAME]
 *   order [new] KEY=VALUE...                  the order in hand; `new` begins again
 *   batch                                     one more request like the order in hand
 *   request                                   the connector is asked: the batch, or the order in hand
 *   fetch KIND KEY=VALUE...
 *   http STATUS BODY                          the answer to what was asked last
 *   subscribe STREAM HOW TOPIC SYMBOL...
 *   stream STREAM STATE ACCOUNT
 *   message STREAM ACCOUNT TEXT
 *   lines STREAM ACCOUNT @FILE                each line, or member of a list, a message; counts alone are written down
 *   timer USER */
#include "mini_host.h"

#include <dlfcn.h>
#include <outcry/kit/json.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_NO_DATA = 77, FILE_MAX = 16 << 20, WORDS_MAX = 24 };

static struct mini mini;
static const struct oc_plugin *plugin;
static struct oc_venue_request in_hand;
static const char *data;
static char file_text[FILE_MAX + 16];

static void stop(const char *what, const char *which)
{
    fprintf(stderr, "mini_host: %s: %s\n", what, which);
    exit(1);
}

/* ---- files ---- */

static struct kit_json_text part_of(struct kit_json_text text, const char *key, size_t size)
{
    struct kit_json json = kit_json_begin(text.at, text.size);
    struct kit_json_text at, found = {0};
    if (kit_json_object(&json)) {
        while (kit_json_key(&json, &at))
            if (kit_json_is(at, key, size))
                found = kit_json_value(&json);
    }
    return found;
}

static struct kit_json_text read_file(const char *name)
{
    char path[1024];
    const size_t name_size = strcspn(name, ":");
    if (!data)
        exit(EXIT_NO_DATA);
    snprintf(path, sizeof path, "%s/%.*s", data, (int)name_size, name);
    FILE *file = fopen(path, "rb");
    if (!file)
        stop("no such file", path);
    const size_t size = fread(file_text, 1, FILE_MAX, file);
    fclose(file);
    memset(file_text + size, 0, 16);
    struct kit_json_text text = {.at = file_text, .size = (uint32_t)size};
    for (const char *key = name + name_size; *key;) {
        const size_t key_size = strcspn(++key, ".");
        text = part_of(text, key, key_size);
        key += key_size;
    }
    if (text.size == 0)
        stop("nothing is there", name);
    return text;
}

static struct kit_json_text text_of(const char *argument)
{
    if (*argument == '@')
        return read_file(argument + 1);
    return (struct kit_json_text){.at = argument, .size = (uint32_t)strlen(argument)};
}

/* ---- words ---- */

static uint32_t number_of(const char *text)
{
    char *end;
    const unsigned long number = strtoul(text, &end, 10);
    if (end == text || number > UINT32_MAX)
        stop("no number", text);
    return (uint32_t)number;
}

static uint32_t inst_of(const char *symbol)
{
    const struct oc_instrument *info = mini_find(&mini, symbol, strlen(symbol));
    if (!info)
        stop("no such instrument", symbol);
    return info->inst;
}

static void id_of(const char *text, struct oc_id *ret_id)
{
    const size_t size = strlen(text);
    memset(ret_id, 0, sizeof *ret_id);
    if (size > OC_ID_MAX)
        stop("an id is too long", text);
    ret_id->size = (uint8_t)size;
    memcpy(ret_id->text, text, size);
}

struct word {
    const char *word;
    uint32_t means;
};

static uint32_t means(const char *text, const struct word *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i].word, text) == 0)
            return words[i].means;
    stop("not a word", text);
    return 0;
}

#define MEANS(text, words) means(text, words, sizeof(words) / sizeof *(words))

static const struct word kinds[] = {{"new", OC_REQUEST_NEW},       {"amend", OC_REQUEST_AMEND},
                                    {"cancel", OC_REQUEST_CANCEL}, {"cancel_all", OC_REQUEST_CANCEL_ALL},
                                    {"close", OC_REQUEST_CLOSE},   {"protect", OC_REQUEST_PROTECT}};
static const struct word types[] = {{"market", OC_ORDER_MARKET},
                                    {"limit", OC_ORDER_LIMIT},
                                    {"stop", OC_ORDER_STOP},
                                    {"stop_limit", OC_ORDER_STOP_LIMIT},
                                    {"twap", OC_ORDER_TWAP}};
static const struct word tifs[] = {{"gtc", OC_TIF_GTC}, {"ioc", OC_TIF_IOC}, {"fok", OC_TIF_FOK}, {"gtd", OC_TIF_GTD}};
static const struct word topics[] = {
    {"trades", OC_TOPIC_TRADES}, {"quotes", OC_TOPIC_QUOTES}, {"book", OC_TOPIC_BOOK}, {"private", OC_TOPIC_PRIVATE}};
static const struct word hows[] = {
    {"add", OC_SUB_ADD}, {"remove", OC_SUB_REMOVE}, {"resync", OC_SUB_RESYNC}, {"set", OC_SUB_SET}};
static const struct word states[] = {{"up", OC_STREAM_UP}, {"down", OC_STREAM_DOWN}};
static const struct word fetches[] = {{"time", OC_FETCH_TIME},
                                      {"credentials", OC_FETCH_CREDENTIALS},
                                      {"instruments", OC_FETCH_INSTRUMENTS},
                                      {"accounts", OC_FETCH_ACCOUNTS},
                                      {"balances", OC_FETCH_BALANCES},
                                      {"positions", OC_FETCH_POSITIONS},
                                      {"open_orders", OC_FETCH_OPEN_ORDERS},
                                      {"order", OC_FETCH_ORDER},
                                      {"book", OC_FETCH_BOOK},
                                      {"fills", OC_FETCH_FILLS},
                                      {"ledger", OC_FETCH_LEDGER},
                                      {"bars", OC_FETCH_BARS}};

/* ---- calls ---- */

/* A call has ended: what was written down stands, or is taken back. */
static void ended(oc_rc rc)
{
    if (rc < 0)
        printf("  returns %d\n", (int)rc);
    else
        fwrite(mini.said, 1, mini.said_size, stdout);
    mini.said_size = 0;
    mini.room_size = 0;
}

static void set_order(const char *key, const char *value)
{
    struct oc_request *ask = &in_hand.ask;
    const int64_t number = strtoll(value, NULL, 10);
    if (strcmp(key, "kind") == 0)
        ask->kind = (uint8_t)MEANS(value, kinds);
    else if (strcmp(key, "id") == 0)
        ask->id = (uint64_t)number;
    else if (strcmp(key, "symbol") == 0)
        ask->head.inst = inst_of(value);
    else if (strcmp(key, "side") == 0)
        ask->side = strcmp(value, "sell") == 0 ? OC_SIDE_SELL : OC_SIDE_BUY;
    else if (strcmp(key, "type") == 0)
        ask->type = (uint8_t)MEANS(value, types);
    else if (strcmp(key, "tif") == 0)
        ask->tif = (uint8_t)MEANS(value, tifs);
    else if (strcmp(key, "qty") == 0)
        ask->qty = number, ask->bits |= OC_RQ_HAS_QTY;
    else if (strcmp(key, "price") == 0)
        ask->price = number, ask->bits |= OC_RQ_HAS_PRICE;
    else if (strcmp(key, "stop") == 0)
        ask->stop_price = number, ask->bits |= OC_RQ_HAS_STOP;
    else if (strcmp(key, "post_only") == 0)
        ask->bits |= OC_RQ_POST_ONLY;
    else if (strcmp(key, "filled") == 0)
        ask->filled = number;
    else if (strcmp(key, "loss") == 0)
        ask->stop_loss = number, ask->bits |= OC_RQ_HAS_STOP_LOSS | OC_RQ_NATIVE;
    else if (strcmp(key, "profit") == 0)
        ask->take_profit = number, ask->bits |= OC_RQ_HAS_TAKE_PROFIT | OC_RQ_NATIVE;
    else if (strcmp(key, "client") == 0)
        id_of(value, &in_hand.client);
    else if (strcmp(key, "client_new") == 0)
        id_of(value, &in_hand.client_new);
    else if (strcmp(key, "venue") == 0)
        id_of(value, &in_hand.venue_order);
    else if (strcmp(key, "position") == 0)
        id_of(value, &in_hand.position);
    else
        stop("no such key of an order", key);
}

static void begin_order(void)
{
    memset(&in_hand, 0, sizeof in_hand);
    in_hand.ask = (struct oc_request){
        .head = {.size = sizeof in_hand, .type = OC_EV_REQUEST, .source = SOURCE},
        .id = 77,
        .order = 77,
        .kind = OC_REQUEST_NEW,
        .side = OC_SIDE_BUY,
        .type = OC_ORDER_LIMIT,
        .tif = OC_TIF_GTC,
        .account = ACCOUNT,
        .created_ns = NOW_NS,
        .tail = sizeof in_hand,
    };
    id_of("th-0001", &in_hand.client);
}

/* KEY=VALUE, parted in place. */
static const char *part(char *word)
{
    char *is = strchr(word, '=');
    if (!is)
        stop("KEY=VALUE is wanted", word);
    *is = 0;
    return is + 1;
}

static void do_order(char **words, int count)
{
    for (int i = 1; i < count; i++)
        if (strcmp(words[i], "new") == 0) {
            begin_order();
        } else {
            const char *value = part(words[i]);
            set_order(words[i], value);
        }
}

static bool batch_is_open; /* what stands in `asked` was not given yet */

static void do_batch(void)
{
    if (!batch_is_open)
        mini.asked_count = 0;
    if (mini.asked_count == BATCH_MAX)
        stop("a batch is full", "batch");
    mini.asked[mini.asked_count++] = in_hand;
    batch_is_open = true;
}

static void do_request(void)
{
    if (!batch_is_open)
        do_batch();
    batch_is_open = false;
    mini.tied = 0;
    const oc_rc rc = mini.connector->request(mini.self, mini.asked, mini.asked_count * (uint32_t)sizeof in_hand,
                                             mini.asked_count, mini.asked_count > 1 ? OC_BATCH_FREE : OC_BATCH_SINGLE);
    ended(rc);
    for (uint32_t i = 0; rc >= 0 && i < mini.asked_count; i++)
        if (!(mini.tied & 1u << i))
            printf("  FAULT: request %llu was neither sent nor answered\n", (unsigned long long)mini.asked[i].ask.id);
}

static void do_fetch(char **words, int count)
{
    struct oc_fetch *ask = &mini.fetch;
    *ask = (struct oc_fetch){.size = sizeof *ask, .account = ACCOUNT, .token = 5, .created_ns = NOW_NS};
    ask->kind = MEANS(words[1], fetches);
    for (int i = 2; i < count; i++) {
        const char *value = part(words[i]);
        if (strcmp(words[i], "symbol") == 0)
            ask->inst = inst_of(value);
        else if (strcmp(words[i], "order") == 0)
            ask->order = number_of(value);
        else if (strcmp(words[i], "client") == 0)
            id_of(value, &ask->client);
        else if (strcmp(words[i], "venue") == 0)
            id_of(value, &ask->venue_order);
        else if (strcmp(words[i], "from") == 0)
            ask->from_ns = strtoll(value, NULL, 10);
        else if (strcmp(words[i], "cursor") == 0)
            ask->cursor.size = (uint32_t)strlen(value), memcpy(ask->cursor.bytes, value, strlen(value));
        else
            stop("no such key of a question", words[i]);
    }
    ended(mini.connector->fetch(mini.self, ask));
}

static void do_http(const char *status, const char *body)
{
    const struct kit_json_text text = text_of(body);
    const struct oc_response in = {.size = sizeof in,
                                   .status = (uint16_t)number_of(status),
                                   .account = ACCOUNT,
                                   .headers = "",
                                   .body = text.at,
                                   .body_size = text.size,
                                   .token = mini.about == ABOUT_FETCH ? mini.fetch.token : 0,
                                   .fetch = mini.about == ABOUT_FETCH ? &mini.fetch : NULL,
                                   .request = mini.about == ABOUT_REQUEST ? mini.asked[0].ask.id : 0,
                                   .asked = mini.about == ABOUT_REQUEST ? mini.asked : NULL,
                                   .asked_count = mini.about == ABOUT_REQUEST ? mini.asked_count : 0,
                                   .asked_size =
                                       mini.about == ABOUT_REQUEST ? mini.asked_count * (uint32_t)sizeof in_hand : 0,
                                   .user = {mini.user[0], mini.user[1], mini.user[2]},
                                   .sent_ns = NOW_NS,
                                   .received_ns = NOW_NS};
    ended(mini.connector->response(mini.self, &in));
}

static void do_subscribe(char **words, int count)
{
    struct oc_sub subs[WORDS_MAX] = {{0}};
    const uint32_t topic = MEANS(words[3], topics);
    uint32_t sub_count = 0;
    for (int i = 4; i < count; i++)
        subs[sub_count++] = (struct oc_sub){.inst = inst_of(words[i]), .topic = topic, .account = ACCOUNT};
    if (count == 4)
        subs[sub_count++] = (struct oc_sub){.topic = topic, .account = ACCOUNT};
    ended(mini.connector->subscribe(mini.self, number_of(words[1]), MEANS(words[2], hows), subs, sub_count));
}

/* What it was opened with. */
static uint64_t user_of(const char *stream)
{
    const uint32_t number = number_of(stream);
    return number <= mini.stream_count ? mini.stream_user[number] : 0;
}

static oc_rc give(const char *stream, const char *account, const char *bytes, size_t size)
{
    const struct oc_message in = {.size = sizeof in,
                                  .stream = number_of(stream),
                                  .account = number_of(account),
                                  .user = {user_of(stream)},
                                  .bytes = bytes,
                                  .bytes_size = (uint32_t)size};
    return mini.connector->message(mini.self, &in);
}

static void do_lines(const char *stream, const char *account, const char *name)
{
    const struct kit_json_text text = text_of(name);
    uint32_t count = 0, dropped = 0;
    memset(mini.counts, 0, sizeof mini.counts);
    mini.skipped = 0;
    mini.is_quiet = true;
    if (text.kind == KIT_JSON_ARRAY) {
        struct kit_json list = kit_json_begin(text.at, text.size);
        for (kit_json_array(&list); kit_json_item(&list); count++) {
            const struct kit_json_text one = kit_json_value(&list);
            dropped += give(stream, account, one.at, one.size) < 0;
        }
    } else {
        for (const char *at = text.at, *end = text.at + text.size; at < end; count++) {
            const size_t size = strcspn(at, "\n");
            dropped += give(stream, account, at, size) < 0;
            at += size + 1;
        }
    }
    mini.is_quiet = false;
    printf("  %u messages: %u dropped, %u skipped", count, dropped, mini.skipped);
    for (uint32_t i = 0; i < OC_EV_END; i++)
        if (mini.counts[i])
            printf(", %u %s", mini.counts[i], mini_event_name(i));
    printf("\n");
}

static void do_account(char **words, int count)
{
    struct oc_account account = {
        .size = sizeof account, .account = ACCOUNT, .source = SOURCE, .state = OC_ACCOUNT_ADDED, .name = "main"};
    for (int i = 1; i < count; i++) {
        const char *value = part(words[i]);
        if (strcmp(words[i], "venue") == 0)
            id_of(value, &mini.venue_account);
        else if (strcmp(words[i], "asset") == 0)
            account.asset = mini_asset(&mini, value, strlen(value));
        else
            stop("no such key of an account", words[i]);
    }
    ended(mini.connector->account(mini.self, &account));
}

/* ---- the script ---- */

static void open_plugin(const char *path)
{
    void *file = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const struct oc_plugin *const *list = file ? (const struct oc_plugin *const *)dlsym(file, "oc_plugins_v1") : NULL;
    if (!list || strcmp(list[0]->kind, OC_CONNECTOR) != 0)
        stop("no connector", path);
    plugin = list[0];
    const struct oc_start start = {.size = sizeof start, .env = OC_ENV_LIVE, .generation = 1};
    mini.connector = plugin->ifaces[0].table;
    mini.keys = plugin->keys;
    mini_begin(&mini);
    if (plugin->open(&mini.host, &mini.self) < 0)
        stop("it does not open", path);
    ended(mini.connector->start(mini.self, &start));
}

/* Steps whose last argument is the rest of the line; how many words stand before it. */
static int words_before_rest(const char *verb)
{
    return strcmp(verb, "http") == 0 ? 2 : strcmp(verb, "message") == 0 || strcmp(verb, "lines") == 0 ? 3 : WORDS_MAX;
}

static int split(char *line, char **words)
{
    int count = 0, limit = WORDS_MAX;
    for (char *at = line; *at && count < WORDS_MAX; count++) {
        words[count] = at;
        at += count == limit ? strlen(at) : strcspn(at, " ");
        if (*at)
            *at++ = 0;
        if (count == 0)
            limit = words_before_rest(words[0]);
    }
    return count;
}

static void step(char **words, int count)
{
    const char *verb = words[0];
    if (strcmp(verb, "instrument") == 0 && count == 6) {
        if (!mini_add(&mini, words[1], (int)number_of(words[2]), (int)number_of(words[3]), words[4], words[5]))
            stop("no room for", words[1]);
    } else if (strcmp(verb, "account") == 0) {
        do_account(words, count);
    } else if (strcmp(verb, "order") == 0) {
        do_order(words, count);
    } else if (strcmp(verb, "batch") == 0) {
        do_batch();
    } else if (strcmp(verb, "request") == 0) {
        do_request();
    } else if (strcmp(verb, "fetch") == 0 && count >= 2) {
        do_fetch(words, count);
    } else if (strcmp(verb, "http") == 0 && count == 3) {
        do_http(words[1], words[2]);
    } else if (strcmp(verb, "subscribe") == 0 && count >= 4) {
        do_subscribe(words, count);
    } else if (strcmp(verb, "stream") == 0 && count == 4) {
        const struct oc_stream at = {.size = sizeof at,
                                     .stream = number_of(words[1]),
                                     .state = (uint16_t)MEANS(words[2], states),
                                     .account = number_of(words[3]),
                                     .user = {user_of(words[1])}};
        ended(mini.connector->stream(mini.self, &at));
    } else if (strcmp(verb, "message") == 0 && count == 4) {
        const struct kit_json_text text = text_of(words[3]);
        ended(give(words[1], words[2], text.at, text.size));
    } else if (strcmp(verb, "lines") == 0 && count == 4) {
        do_lines(words[1], words[2], words[3]);
    } else if (strcmp(verb, "timer") == 0 && count == 2) {
        ended(mini.connector->timer ? mini.connector->timer(mini.self, 1, number_of(words[1])) : OC_OK);
    } else {
        stop("not a step", verb);
    }
}

int main(int argc, char **argv)
{
    static char line[65536];
    char *words[WORDS_MAX];
    if (argc < 3)
        stop("usage: mini_host PLUGIN SCRIPT [DATA]", "");
    data = argc > 3 ? argv[3] : NULL;
    FILE *script = fopen(argv[2], "r");
    if (!script)
        stop("no such file", argv[2]);
    begin_order();
    while (fgets(line, sizeof line, script)) {
        line[strcspn(line, "\n")] = 0;
        if (line[0] == '#')
            printf("%s\n", line);
        if (line[0] == '#' || !line[0])
            continue;
        const int count = split(line, words);
        if (strcmp(words[0], "set") == 0 && count == 2) {
            snprintf(mini.set, sizeof mini.set, "%s", words[1]);
            continue;
        }
        if (!mini.self)
            open_plugin(argv[1]);
        step(words, count);
    }
    fclose(script);
    if (mini.self) {
        ended(mini.connector->quiesce ? mini.connector->quiesce(mini.self, 0) : OC_OK);
        plugin->close(mini.self);
    }
    return 0;
}
