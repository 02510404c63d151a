/* net_restart.c: net_restart OUTCRY PLUGIN CERTS FOLDER [LIVES [SEED]]: a session over TLS and WebSocket is killed at random moments, with
 * orders open and on their way, and each time gone on with. At the end what the records of the session say of each order is what the
 * exchange knows of it: nothing is lost, doubled or left in doubt, and a replay without network is the same. */
#include "engine/engine.h"
#include "io/client_id.h"
#include "journal/read.h"
#include "support/exchange_codec.h"
#include "venue/net_exchange.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/random.h"

enum { ORDERS_MAX = 4096, LIVES = 20, PATIENCE = 4000 /* of 10 ms */ };

static struct net_exchange net;
static const char *outcry, *plugin_file, *folder;

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fprintf(stderr, "net_restart: ");
    vfprintf(stderr, format, list);
    fprintf(stderr, "\n");
    va_end(list);
    exit(1);
}

static void sleep_us(uint64_t us)
{
    const struct timespec span = {(time_t)(us / 1000000), (long)(us % 1000000) * 1000};
    nanosleep(&span, NULL);
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        fail("%s cannot be written", name);
}

static void make_files(const char *certs)
{
    char text[2048];
    snprintf(
        text, sizeof text,
        "venue: { lines: { connector = \"org.example.lines\"; accounts = [\"main\"]; environment = \"local\"; link = "
        "\"network\";\n endpoint: { rest = \"https://localhost:%d\"; orders = \"wss://localhost:%d\"; user = "
        "\"wss://localhost:%d\"; };\n ca_file = \"%s/ca.pem\";\n"
        " instruments = ( { symbol = \"BTC/USDT\"; price_step = \"0.01\"; qty_step = \"0.001\"; } ); }; };\n",
        net.servers[0].port, net.servers[1].port, net.servers[2].port, certs);
    write_file("lines.conf", text);
    write_file(
        "restless.lua",
        "strategy { name = \"restless\" }\n"
        "function on_init(m)\n"
        "  every(\"9ms\", function()\n"
        "    state.turn = (state.turn or 0) + 1\n"
        "    local turn = state.turn\n"
        "    local open = m:orders()\n"
        "    if turn % 5 == 4 and #open > 0 then open[1 + turn % #open]:cancel()\n"
        "    elseif turn % 5 == 2 and #open > 0 then open[1 + turn % #open]:replace { qty = 0.05, price = 91 }\n"
        "    elseif #open < 7 then local order, err = m:buy { qty = 0.01 + turn % 7 / 1000, price = 90 + turn % 5 }\n"
        "      if not order and err.code ~= \"VENUE_SYNCING\" then log.warn(\"%s\", err.code) end\n"
        "    end\n"
        "  end)\n"
        "end\n");
}

/* The log of each life stands in its own file. */
static pid_t run(const char *verb, int life)
{
    char plugin[512], log[32];
    snprintf(plugin, sizeof plugin, "lines=%s", plugin_file);
    snprintf(log, sizeof log, "log%d", life);
    const pid_t pid = fork();
    if (pid)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody is left behind */
    const int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(fd, 1);
    dup2(fd, 2);
    if (strcmp(verb, "replay") == 0)
        execl(outcry, outcry, "replay", "day", "--diff", (char *)NULL);
    else
        execl(outcry, outcry, "run", "restless.lua", "--venue", "lines", "--config", "lines.conf", "--plugin", plugin,
              "--cash", "1000000000 USDT", "--session", "day", "--listen", "none", (char *)NULL);
    _exit(127);
}

struct known { /* by the records */
    uint64_t order;
    int64_t filled;
    bool is_there, has_ended;
    char client[EXCHANGE_CLIENT_MAX];
};

static struct known known[ORDERS_MAX];
static uint32_t known_count;
static char seen_trades[EXCHANGE_TRADES_MAX];

static const char *differs(void);

static struct known *known_of(const char *client, size_t size)
{
    for (uint32_t i = 0; i < known_count; i++)
        if (strlen(known[i].client) == size && memcmp(known[i].client, client, size) == 0)
            return &known[i];
    return NULL;
}

static struct known *known_order(uint64_t order)
{
    for (uint32_t i = known_count; i > 0; i--)
        if (known[i - 1].order == order)
            return &known[i - 1];
    return NULL;
}

static void take_request(const struct oc_request *request)
{
    const struct oc_venue form = {.client_form = OC_CLIENT_TEXT, .client_charset = OC_CLIENT_ALNUM, .client_max = 20};
    struct oc_id id;
    if (request->kind != OC_REQUEST_NEW)
        return;
    if (known_order(request->order))
        fail("order %llu stands twice in the records", (unsigned long long)request->order);
    if (known_count == ORDERS_MAX)
        fail("there are too many orders: what is in doubt was not cleared up: %s", differs());
    client_id_make(&form, 0, request->order, 0, &id);
    known[known_count] = (struct known){.order = request->order};
    snprintf(known[known_count++].client, EXCHANGE_CLIENT_MAX, "%.*s", id.size, id.text);
}

static void take_fill(const struct oc_ev_venue_fill *said)
{
    char text[41] = "";
    memcpy(text, said->fill.trade_id, said->fill.trade_id_size);
    const unsigned long place = strtoul(text + 1, NULL, 10);
    struct known *order = known_of(said->client.text, said->client.size);
    if (!order || place >= EXCHANGE_TRADES_MAX)
        fail("a fill %s of an order that was never asked for", text);
    order->filled += seen_trades[place] ? 0 : said->fill.qty;
    seen_trades[place] = 1;
    order->is_there = true;
}

static void take_record(const struct oc_event *event)
{
    const struct oc_ev_answer *answer = (const struct oc_ev_answer *)(const void *)event;
    struct known *order =
        event_is_of_order(event->type) || event->type == OC_EV_DENIED ? known_order(answer->order) : NULL;
    if (event->type == OC_EV_REQUEST)
        take_request((const struct oc_request *)(const void *)event);
    else if (event->type == OC_EV_DENIED && order && answer->request == answer->order)
        *order = known[--known_count];
    else if (event->type == OC_EV_FILL)
        take_fill((const struct oc_ev_venue_fill *)(const void *)event);
    else if (order && (event->type == OC_EV_NOT_THERE || event->type == OC_EV_REJECTED))
        order->has_ended = true;
    else if (order && (event->type == OC_EV_ACCEPTED || event->type == OC_EV_ORDER || event->type == OC_EV_CANCELED))
        order->is_there = true;
}

static void read_records(void)
{
    struct journal_reader *reader;
    const struct oc_event *event;
    enum journal_stream stream;
    known_count = 0;
    memset(seen_trades, 0, sizeof seen_trades);
    if (journal_open_read("day", false, &reader) < 0)
        fail("the records cannot be read: %s", journal_error());
    while (journal_next(reader, &event, &stream) == OC_OK)
        take_record(event);
    journal_close_read(reader);
}

/* Empty: each order is there and here the same. */
static const char *differs(void)
{
    static char words[256];
    uint32_t count = 0;
    for (uint32_t i = 0; i < known_count; i++) {
        const struct exchange_order *there = exchange_order(&net.exchange, known[i].client);
        count += there != NULL;
        words[0] = 0;
        if (there && (there->filled != known[i].filled || (!known[i].is_there && !known[i].has_ended)))
            snprintf(words, sizeof words, "%s has %lld of %lld filled there and %lld here%s", known[i].client,
                     (long long)there->filled, (long long)there->qty, (long long)known[i].filled,
                     known[i].is_there ? "" : ", and was never heard of");
        else if (!there && (known[i].filled || known[i].is_there || !known[i].has_ended))
            snprintf(words, sizeof words, "%s is not there, and here it is %s", known[i].client,
                     known[i].is_there ? "known as one that is" : "in doubt");
        if (words[0])
            return words;
    }
    if (count != net.exchange.order_count)
        snprintf(words, sizeof words, "%u orders are there, and %u of them are known here", net.exchange.order_count,
                 count);
    if (net.exchange.clients_twice || net.exchange.requests_twice)
        snprintf(words, sizeof words, "the exchange met %u orders and %u requests twice", net.exchange.clients_twice,
                 net.exchange.requests_twice);
    return words;
}

static bool is_running(pid_t pid) { return waitpid(pid, NULL, WNOHANG) == 0; }

/* Until the exchange has more than so many orders. */
static void wait_orders(pid_t pid, uint32_t count, int life)
{
    for (int i = 0; i < PATIENCE; i++) {
        if (net_exchange_orders(&net) > count)
            return;
        if (!is_running(pid))
            fail("life %d ended by itself", life);
        sleep_us(10000);
    }
    fail("life %d comes to no order", life);
}

static void end_well(pid_t pid, int life)
{
    int status = 0;
    kill(pid, SIGINT);
    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status))
        fail("life %d ends with %d", life, status);
}

/* The last life: nothing new is taken, and what is in doubt comes to be known. */
static void last_life(int life)
{
    const char *words = "";
    const pid_t pid = run("run", life);
    wait_orders(pid, net_exchange_orders(&net), life);
    pthread_mutex_lock(&net.lock);
    net.is_closed = true;
    pthread_mutex_unlock(&net.lock);
    for (int i = 0; i < PATIENCE; i += 20) {
        sleep_us(200000);
        pthread_mutex_lock(&net.lock);
        kill(pid, SIGSTOP); /* what is read is of one moment */
        read_records();
        words = differs();
        kill(pid, SIGCONT);
        const bool is_over = !words[0] && net.refused;
        pthread_mutex_unlock(&net.lock);
        if (is_over)
            break;
    }
    end_well(pid, life);
    if (words[0])
        fail("%s", words);
    printf("%u orders and %u trades there, %u known here", net.exchange.order_count, net.exchange.trade_count,
           known_count);
}

int main(int count, char **words)
{
    if (count < 5)
        return 2;
    const int lives = count > 5 ? atoi(words[5]) : LIVES;
    const uint64_t seed = count > 6 ? strtoull(words[6], NULL, 10) : 1;
    uint64_t random = seed;
    char certificate[512], key[512];
    int status = 0;
    outcry = words[1], plugin_file = words[2], folder = words[4];
    snprintf(certificate, sizeof certificate, "%s/good.pem", words[3]);
    snprintf(key, sizeof key, "%s/good.key", words[3]);
    net_exchange_start(&net, &(struct peer_config){.certificate = certificate, .key = key}, seed);
    if (chdir(folder) != 0)
        fail("%s is no folder", folder);
    make_files(words[3]);
    for (int life = 1; life <= lives; life++) {
        const pid_t pid = run("run", life);
        if (life % 3)
            wait_orders(pid, net_exchange_orders(&net), life);
        sleep_us(random_next(&random) % (life % 3 ? 80000 : 250000));
        if (!is_running(pid))
            fail("life %d ended by itself", life);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    last_life(lives + 1);
    net_exchange_stop(&net);
    if (waitpid(run("replay", 0), &status, 0) < 0 || status)
        fail("the replay differs: see log0");
    printf(", %d lives, replayed\n", lives + 1);
    return 0;
}
