/* kill_test.c: what `kill` takes back and what it leaves, who protects a position, where the day began; the latch and the seal by which
 * another process kills a session. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/env_folder.h"
#include "io/keyring.h"
#include "session/kill_seal.h"
#include "session/latch.h"
#include "support/console_scene.h"

#define assert_says(text, words)                                                                                       \
    do {                                                                                                               \
        if (!strstr(text, words))                                                                                      \
            fail_msg("expected %s in %s", words, text);                                                                \
    } while (0)

static void fills(struct scene *scene, uint64_t order, uint8_t side, int64_t qty, int64_t price)
{
    fixture_trade(scene->f, order, side, qty, price);
}

static uint64_t last_order(const struct scene *scene) { return scene->f->sent[scene->f->sent_count - 1].order; }

static uint8_t state_of(const struct scene *scene, uint64_t id) { return fixture_find(scene->f, id)->state; }

/* Says an order and that the venue has taken it. */
static uint64_t rests(struct scene *scene, const char *line)
{
    assert_true(order(scene, line));
    const uint64_t id = last_order(scene);
    fixture_say(scene->f, OC_EV_ACCEPTED, id);
    return id;
}

static void holds(struct scene *scene, const char *qty)
{
    char line[64];
    scene_init(scene, NULL, (struct oc_dec){0, 0, 0});
    snprintf(line, sizeof line, "buy BTC/USDT qty=%s by=me", qty);
    assert_true(order(scene, line));
    fills(scene, last_order(scene), OC_SIDE_BUY, (int64_t)(atof(qty) * 1000), 10000);
}

/* Entries go; a stop against what is held, and what says that it only reduces, stay; a second stop for more than is held goes. */
static void kill_takes_entries_and_leaves_what_protects(void **state)
{
    (void)state;
    struct scene scene;
    holds(&scene, "1");
    const uint64_t entry = rests(&scene, "buy BTC/USDT qty=1 price=90 by=me");
    const uint64_t quote = rests(&scene, "sell BTC/USDT qty=0.1 price=120 by=me");
    const uint64_t reduces = rests(&scene, "sell BTC/USDT qty=0.2 price=130 reduce_only=1 by=me");
    const uint64_t stop = rests(&scene, "sell BTC/USDT qty=1 stop=80 by=me");
    const uint64_t too_much = rests(&scene, "sell BTC/USDT qty=0.5 stop=70 by=me");
    const uint64_t enters = rests(&scene, "buy BTC/USDT qty=0.5 stop=150 by=me");
    assert_says(ask(&scene, "positions"),
                "\"protection\":{\"by\":\"paper\",\"stopped\":1,\"is_whole\":true,\"stop\":80");
    assert_true(order(&scene, "kill by=me"));
    assert_says(scene.reply.data, "\"kill\":\"entries\",\"cancelled\":4,\"closing\":0,\"stay\":2,\"foreign\":0");
    assert_says(scene.reply.data, "\"unprotected\":[],\"unprotected_count\":0");
    assert_int_equal(state_of(&scene, entry), STATE_PENDING_CANCEL);
    assert_int_equal(state_of(&scene, quote), STATE_PENDING_CANCEL);
    assert_int_equal(state_of(&scene, too_much), STATE_PENDING_CANCEL);
    assert_int_equal(state_of(&scene, enters), STATE_PENDING_CANCEL);
    assert_int_equal(state_of(&scene, reduces), STATE_ACCEPTED);
    assert_int_equal(state_of(&scene, stop), STATE_ACCEPTED);
    assert_says(ask(&scene, "status"), "\"latches\":[{\"reason\":\"KILLED\"}]");
    assert_false(order(&scene, "buy BTC/USDT qty=1 by=me"));
    assert_true(order(&scene, "sell BTC/USDT qty=0.1 reduce_only=1 by=me")); /* out is always open */
    scene_release(&scene);
}

static void kill_all_takes_protection_and_says_what_is_bare(void **state)
{
    (void)state;
    struct scene scene;
    holds(&scene, "1");
    const uint64_t stop = rests(&scene, "sell BTC/USDT qty=0.4 stop=80 by=me");
    assert_true(order(&scene, "kill why not by=me")); /* a reason is no other kind */
    assert_says(scene.reply.data, "\"kill\":\"entries\",\"cancelled\":0");
    assert_says(
        scene.reply.data,
        "\"unprotected\":[{\"symbol\":\"BTC/USDT\",\"strategy\":null,\"side\":\"long\",\"qty\":1,\"stopped\":0.4}]");
    assert_int_equal(state_of(&scene, stop), STATE_ACCEPTED);
    assert_true(order(&scene, "kill all by=me"));
    assert_says(scene.reply.data, "\"kill\":\"all\",\"cancelled\":1");
    assert_says(scene.reply.data, "\"stopped\":0}],\"unprotected_count\":1");
    assert_int_equal(state_of(&scene, stop), STATE_PENDING_CANCEL);
    assert_true(order(&scene, "unkill by=me"));
    assert_says(ask(&scene, "status"), "\"latches\":[]");
    scene_release(&scene);
}

static void kill_flatten_closes(void **state)
{
    (void)state;
    struct scene scene;
    holds(&scene, "1");
    const uint64_t stop = rests(&scene, "sell BTC/USDT qty=1 stop=80 by=me");
    assert_true(order(&scene, "kill flatten by=me"));
    assert_says(scene.reply.data, "\"kill\":\"flatten\",\"cancelled\":1,\"closing\":1");
    assert_int_equal(state_of(&scene, stop), STATE_PENDING_CANCEL);
    const struct oc_request *last = &scene.f->sent[scene.f->sent_count - 1];
    assert_int_equal(last->side, OC_SIDE_SELL);
    assert_int_equal(last->qty, 1000);
    assert_false(order(&scene, "buy BTC/USDT qty=1 by=me"));
    scene_release(&scene);
}

/* An order of another hand is neither an entry of ours nor in what `kill all` takes. */
static void kill_leaves_orders_of_another_hand(void **state)
{
    (void)state;
    struct scene scene;
    holds(&scene, "1");
    struct oc_ev_order shown = {.head = {.size = sizeof shown,
                                         .type = OC_EV_ORDER,
                                         .source = scene.f->account,
                                         .inst = scene.f->inst,
                                         .flags = OC_EVF_LAST},
                                .price = 9000,
                                .qty = 100,
                                .present = OC_OF_PRICE | OC_OF_QTY | OC_OF_TERMS,
                                .state = OC_SHOWN_WORKING,
                                .side = OC_SIDE_BUY,
                                .type = OC_ORDER_LIMIT,
                                .tif = OC_TIF_GTC,
                                .venue_order = {.size = 3, .text = "abc"}};
    assert_int_equal(fixture_input(scene.f, &shown), OC_OK);
    assert_int_equal(orders_open_count(engine_orders(scene.f->engine)), 1);
    assert_true(order(&scene, "kill all by=me"));
    assert_says(scene.reply.data, "\"cancelled\":0,\"closing\":0,\"stay\":0,\"foreign\":1");
    scene_release(&scene);
}

/* The profit of today: from the first price of a day in its zone; a restart within the day goes on, a new day begins anew. */
static void the_day_begins_at_midnight_of_its_zone(void **state)
{
    (void)state;
    struct scene scene;
    const int64_t day_ns = 86400000000000;
    scene_init(&scene, NULL, (struct oc_dec){0, 0, 0});
    struct oc_ev_trade trade = {
        .head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = scene.f->inst, .local_ns = 5 * day_ns + 7},
        .price = 10000};
    console_service_market(scene.service, &trade.head);
    assert_int_equal(scene.day.day, 6);
    assert_true(scene.day.from_ns == 5 * day_ns + 7);
    assert_says(ask(&scene, "status"), "\"day\":{\"profit\":0.00000000,\"from\":\"1970-01-06T00:00:00.000000007Z\"");
    oc_i128 two_fifty;
    assert_int_equal(money_from_dec((struct oc_dec){250, 0, 0}, &two_fifty), OC_OK);
    scene.day.profit = -two_fifty; /* as another life of this day has saved it */
    struct console_service_config config = {
        .engine = scene.f->engine, .host = &scene.host, .account = scene.f->account, .zone_ns = day_ns / 12};
    console_service_free(scene.service);
    config.zone_ns = 0;
    assert_int_equal(console_service_new(&config, &scene.service), OC_OK);
    trade.head.local_ns = 5 * day_ns + 1000;
    console_service_market(scene.service, &trade.head);
    assert_says(ask(&scene, "status"), "\"day\":{\"profit\":250.00000000,\"from\":\"1970-01-06T00:00:00.000000007Z\"");
    trade.head.local_ns = 6 * day_ns;
    console_service_market(scene.service, &trade.head);
    assert_int_equal(scene.day.day, 7);
    assert_says(ask(&scene, "status"), "\"day\":{\"profit\":0.00000000");
    console_service_free(scene.service);
    config.zone_ns = day_ns / 12; /* +02:00: the day began at 22:00 UTC */
    scene.day = (struct console_service_day){0};
    assert_int_equal(console_service_new(&config, &scene.service), OC_OK);
    trade.head.local_ns = 6 * day_ns - day_ns / 12;
    console_service_market(scene.service, &trade.head);
    assert_int_equal(scene.day.day, 7);
    assert_says(ask(&scene, "status"), "\"zone_minutes\":120");
    scene_release(&scene);
}

static void a_latch_is_taken_once_and_holds_until_then(void **state)
{
    (void)state;
    char dir[ENV_PATH_MAX], path[ENV_PATH_MAX], by[LATCH_BY_MAX];
    struct latch host = {NULL}, other = {NULL};
    struct latch_asks asks;
    assert_int_equal(env_folder_make(dir), OC_OK);
    assert_int_equal(latch_open(&host, dir), OC_OK);
    assert_false(latch_is_asked(&host));
    assert_int_equal(latch_open(&other, dir), OC_OK);
    assert_int_equal(latch_ask(&other, LATCH_FLATTEN, "me\tall", 1), OC_OK);
    assert_int_equal(latch_ask(&other, LATCH_ENTRIES, "me\tall", 2), OC_OK);
    latch_close(&other);
    assert_true(latch_is_asked(&host));
    assert_int_equal(latch_look(&host, by, &asks), LATCH_FLATTEN);
    assert_string_equal(by, "me_all"); /* it stands in a command of fields */
    latch_close(&host);
    assert_int_equal(latch_open(&host, dir), OC_OK); /* the host died before it came to it */
    assert_true(latch_is_asked(&host));
    assert_int_equal(latch_look(&host, by, &asks), LATCH_FLATTEN);
    assert_int_equal(latch_ask(&host, LATCH_ENTRIES, "late", 3), OC_OK); /* behind the look: stays asked */
    latch_take(&host, &asks);
    assert_true(latch_is_asked(&host));
    assert_int_equal(latch_look(&host, by, &asks), LATCH_ENTRIES);
    latch_take(&host, &asks);
    assert_false(latch_is_asked(&host));
    latch_close(&host);
    assert_int_equal(env_path(path, dir, LATCH_FILE), OC_OK);
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    for (int i = 0; i < 8; i++) /* the power went while it was made: a part of its name is on the disk */
        fputc(0, file);
    fclose(file);
    assert_int_equal(latch_open(&host, dir), OC_OK);
    latch_close(&host);
    file = fopen(path, "r+");
    assert_non_null(file);
    fputs("something else of somebody", file);
    fclose(file);
    assert_int_equal(latch_open(&host, dir), OC_E_DATA);
    unlink(path);
    env_folder_remove(dir);
}

static void fill_keyring(struct links *links, struct venue_link *link)
{
    struct keyring_account *account;
    struct env_secret value;
    snprintf(link->name, sizeof link->name, "plain");
    links->list[0] = link;
    links->count = 1;
    assert_int_equal(keyring_add(&link->keyring, 1, OC_ENV_LOCAL, 0, &account), OC_OK);
    assert_int_equal(env_secret_new(32, &value), OC_OK);
    memcpy(value.bytes, "a secret of seal", 16);
    value.size = 16;
    assert_int_equal(keyring_set(&link->keyring, account, 2, true, &value), OC_OK);
}

static size_t read_whole(const char *path, char *bytes, size_t size)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    const size_t got = fread(bytes, 1, size, file);
    fclose(file);
    return got;
}

/* Neither file alone shows anything, each is its owner's, and a byte that is another opens nothing. */
static void a_seal_opens_with_its_key_alone(void **state)
{
    (void)state;
    char dir[ENV_PATH_MAX], run[ENV_PATH_MAX], path[ENV_PATH_MAX], bytes[4096], command[ENV_PATH_MAX + 64];
    struct error error = {0};
    struct stat about;
    struct keyring keyring = {.count = 0};
    struct links *links = calloc(1, sizeof *links);
    struct venue_link *link = calloc(1, sizeof *link);
    assert_true(links && link);
    assert_int_equal(env_folder_make(dir), OC_OK);
    assert_int_equal(env_folder_make(run), OC_OK);
    setenv("XDG_RUNTIME_DIR", run, 1);
    assert_int_equal(kill_seal_write(links, dir, &error), OC_OK); /* no keys: nothing to seal */
    assert_int_equal(kill_seal_read(dir, "plain", &keyring, &error), OC_E_NOT_FOUND);
    fill_keyring(links, link);
    assert_int_equal(kill_seal_write(links, dir, &error), OC_OK);
    assert_int_equal(env_path(path, dir, KILL_SEAL_FILE), OC_OK);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    const size_t size = read_whole(path, bytes, sizeof bytes);
    assert_null(memmem(bytes, size, "secret", 6));
    assert_int_equal(kill_seal_read(dir, "plain", &keyring, &error), OC_OK);
    assert_int_equal(keyring.count, 1);
    assert_int_equal(keyring.accounts[0].env, OC_ENV_LOCAL);
    assert_int_equal(keyring.accounts[0].values[1].size, 16);
    assert_memory_equal(keyring.accounts[0].values[1].bytes, "a secret of seal", 16);
    keyring_release(&keyring);
    assert_int_equal(kill_seal_read(dir, "other", &keyring, &error), OC_E_NOT_FOUND);
    bytes[size - 1] ^= 1;
    FILE *file = fopen(path, "r+");
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
    assert_int_equal(kill_seal_read(dir, "plain", &keyring, &error), OC_E_DATA);
    assert_int_equal(keyring.count, 0);
    assert_int_equal(kill_seal_write(links, dir, &error), OC_OK);
    snprintf(command, sizeof command, "test $(ls '%s/outcry' | grep -c '^seal-') = 1", run);
    assert_int_equal(system(command), 0); /* that of before has gone */
    snprintf(command, sizeof command, "rm '%s'/outcry/seal-*", run);
    assert_int_equal(system(command), 0); /* as when the last login has ended */
    assert_int_equal(kill_seal_read(dir, "plain", &keyring, &error), OC_E_STATE);
    kill_seal_remove(dir);
    assert_int_not_equal(stat(path, &about), 0);
    keyring_release(&link->keyring);
    free(link);
    free(links);
    snprintf(command, sizeof command, "rm -r '%s/outcry'", run);
    assert_int_equal(system(command), 0);
    env_folder_remove(run);
    env_folder_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kill_takes_entries_and_leaves_what_protects),
        cmocka_unit_test(kill_all_takes_protection_and_says_what_is_bare),
        cmocka_unit_test(kill_flatten_closes),
        cmocka_unit_test(kill_leaves_orders_of_another_hand),
        cmocka_unit_test(the_day_begins_at_midnight_of_its_zone),
        cmocka_unit_test(a_latch_is_taken_once_and_holds_until_then),
        cmocka_unit_test(a_seal_opens_with_its_key_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
