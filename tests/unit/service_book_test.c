/* service_book_test.c: what a console is shown of an order book, and what a quantity would take of it. */
#include "engine/depth.h"
#include "serve/console_service_impl.h"
#include "support/book_kit.h"
#include "support/engine_fixture.h"

static struct text reply;

static const char *asked(struct fixture *f, service_fn ask, const char *symbol, const char *qty)
{
    struct console_service *service = calloc(1, sizeof *service);
    struct command_words words = {.count = qty ? 3 : 2};
    service->engine = f->engine;
    service->instruments = engine_instruments(f->engine);
    words.fields[1] = symbol;
    words.fields[2] = qty ? qty : "";
    text_clear(&reply);
    const bool is_good = ask(service, &words, &reply);
    assert_int_equal(is_good, strstr(reply.data, "\"code\"") == NULL);
    free(service);
    return reply.data;
}

#define says(text, part)                                                                                               \
    do {                                                                                                               \
        if (!strstr(text, part))                                                                                       \
            fail_msg("wanted %s in %s", part, reply.data);                                                             \
    } while (0)

static void says_book(struct fixture *f, struct book_event *event)
{
    event->book.head.source = f->account;
    assert_int_equal(fixture_input(f, event), OC_OK);
}

static void a_book_and_what_it_gives(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    text_init_grow(&reply, 65536);
    says(asked(f, service_book, "BTC/USDT", NULL),
         "\"levels\":1,\"bids\":[],\"asks\":[],\"note\":\"this feed has no quotes\"");
    says(asked(f, service_walk, "BTC/USDT", "1"), "NO_BOOK");
    says(reply.data, "venue.NAME.keep_books");
    engine_set_books(f->engine, f->account, DEPTH_WARN, 100);
    assert_int_equal(engine_want_book(f->engine, f->inst), OC_OK);
    says(asked(f, service_book, "BTC/USDT", NULL), "the book waits for a snapshot");
    says(asked(f, service_walk, "BTC/USDT", "1"), "the order book waits for a snapshot, or is crossed");
    says_book(f, book_snapshot(f->inst, 1, "9999*500 9998*1500 / 10001*500 10002*3000"));
    says(asked(f, service_book, "BTC/USDT", NULL),
         "\"levels\":20,\"bids\":[[99.99,0.5],[99.98,1.5]],\"asks\":[[100.01,0.5],[100.02,3]],\"note\":null");
    says(asked(f, service_walk, "BTC/USDT", "1"),
         "\"qty\":1,\"buy\":{\"average\":100.015,\"qty\":1},\"sell\":{\"average\":99.985,\"qty\":1}");
    says(asked(f, service_walk, "BTC/USDT", "3"), "\"sell\":{\"average\":99.9825,\"qty\":2}}"); /* it ends before */
    says_book(f, book_change(f->inst, 2, 2, "9999*0 9998*0"));
    says(asked(f, service_walk, "BTC/USDT", "1"), "\"sell\":{\"average\":null,\"qty\":0}}");
    static const char *const wrong[] = {"", "much", "0", "-1", "0.0001"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        says(asked(f, service_walk, "BTC/USDT", wrong[i]), "BAD_NUMBER");
    says(asked(f, service_walk, "BTC/US", "1"), "BAD_SYMBOL");
    says_book(f, book_change(f->inst, 3, 3, "10001*1"));
    says(asked(f, service_book, "BTC/USDT", NULL), "the book is crossed");
    text_release(&reply);
    fixture_free(f);
}

/* At most twenty levels a side, the best. */
static void twenty_levels(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    char line[1024] = "";
    text_init_grow(&reply, 65536);
    engine_set_books(f->engine, f->account, DEPTH_WARN, 100);
    assert_int_equal(engine_want_book(f->engine, f->inst), OC_OK);
    for (int i = 0; i < 21; i++)
        snprintf(line + strlen(line), sizeof line - strlen(line), "%d*1 ", 9999 - i);
    says_book(f, book_snapshot(f->inst, 1, line));
    says(asked(f, service_book, "BTC/USDT", NULL), "[99.8,0.001]],\"asks\":[]");
    text_release(&reply);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_book_and_what_it_gives), cmocka_unit_test(twenty_levels)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
