/* What a connector puts into its store stands with its call, is said to the session, and is bounded. */
#include "support/io_kit.h"

static const struct oc_svc_store *store;
static oc_rc put_rc, end_rc;

static oc_rc put(const char *key, const char *value)
{
    return store->put(&kit.host, 0, key, value, (uint32_t)strlen(value), OC_STORE_SOON);
}

/* "KEY=VALUE" a word; a word "?" makes the call fail behind it. */
static oc_rc puts_message(const struct oc_message *message)
{
    char text[128], *next = text;
    snprintf(text, sizeof text, "%.*s", (int)message->bytes_size, (const char *)message->bytes);
    put_rc = OC_OK;
    for (char *word; (word = strtok_r(next, " ", &next)) != NULL;) {
        char *value = strchr(word, '=');
        if (!value)
            return OC_E_DATA;
        *value++ = 0;
        const oc_rc rc = put(word, value);
        if (rc < 0)
            put_rc = rc;
    }
    return end_rc;
}

static void ready(void)
{
    io_kit_start();
    store = io_venue_service(OC_SVC_STORE);
    assert_non_null(store);
    kit.on_message = puts_message;
    end_rc = OC_OK;
}

static void says(const char *text)
{
    io_kit_says(text);
    io_kit_pump(kit.now_ns);
}

static void holds(const char *key, const char *value)
{
    char found[32] = "";
    const oc_rc rc = store->get(&kit.host, 0, key, found, sizeof found - 1);
    if (!value)
        assert_int_equal(rc, OC_E_NOT_FOUND);
    else
        assert_true(rc == (oc_rc)strlen(value) && strcmp(found, value) == 0);
}

/* What was said since the last look: "seq=12" a record. */
static void recorded(const char *wanted)
{
    const struct oc_event *event;
    char text[512] = "";
    for (; (event = io_venue_first(&kit.venue)) != NULL; io_venue_drop(&kit.venue)) {
        const struct oc_ev_text *said = (const struct oc_ev_text *)(const void *)event;
        const char *key = (const char *)(said + 1);
        assert_int_equal(event->type, OC_EV_STORE);
        assert_true(event->size % 8 == 0 && event->size >= sizeof *said + said->text_size);
        snprintf(text + strlen(text), sizeof text - strlen(text), "%.*s=%.*s ", (int)said->key, key,
                 (int)(said->text_size - said->key), key + said->key);
    }
    assert_string_equal(text, wanted);
}

static void what_a_call_puts_stands_with_it(void **state)
{
    (void)state;
    ready();
    says("seq=12 peer=7");
    holds("seq", "12");
    holds("peer", "7");
    recorded("seq=12 peer=7 ");
    says("seq=13 peer= seq=14");
    holds("seq", "14");
    holds("peer", NULL); /* taken out */
    recorded("seq=13 peer= seq=14 ");
    says("peer="); /* it was not there */
    recorded("peer= ");
}

static void a_call_that_fails_puts_nothing(void **state)
{
    (void)state;
    ready();
    says("seq=1");
    recorded("seq=1 ");
    says("seq=2 other=3 ?");
    holds("seq", "1");
    holds("other", NULL);
    recorded("");
    end_rc = OC_E_AGAIN;
    says("seq=5");
    holds("seq", "1");
    end_rc = OC_OK;
    io_kit_pump(kit.now_ns + IO_RETRY_NS);
    holds("seq", "5");
    recorded("seq=5 "); /* once */
}

static void it_is_bounded(void **state)
{
    (void)state;
    char word[32], large[OC_STORE_VALUE_MAX + 1] = {0};
    ready();
    for (int i = 0; i < OC_STORE_KEYS_MAX; i++) {
        snprintf(word, sizeof word, "k%d=v", i);
        says(word);
        assert_int_equal(put_rc, OC_OK);
    }
    says("one_more=v");
    assert_int_equal(put_rc, OC_E_LIMIT);
    says("k3=w");
    assert_int_equal(put_rc, OC_OK);
    says("k3=");
    says("one_more=v");
    assert_int_equal(put_rc, OC_OK);
    holds("k3", NULL);
    kit.venue.is_in_call = true;
    assert_int_equal(store->put(&kit.host, 0, "k1", large, OC_STORE_VALUE_MAX, OC_STORE_SOON), OC_OK);
    assert_int_equal(store->put(&kit.host, 0, "k1", large, OC_STORE_VALUE_MAX + 1, OC_STORE_SOON), OC_E_LIMIT);
    kit.venue.is_in_call = false;
    kit.venue.op_count = 0;
}

static void what_it_does_not_take(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "A", "a b", "0123456789012345678901234567890123"};
    char byte;
    ready();
    assert_int_equal(put("a", "1"), OC_E_STATE); /* in no call */
    kit.venue.is_in_call = true;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(put(wrong[i], "1"), OC_E_INVALID);
        assert_int_equal(store->get(&kit.host, 0, wrong[i], &byte, 1), OC_E_INVALID);
    }
    assert_int_equal(put("012345678901234567890123456789.", "1"), OC_OK);
    assert_int_equal(put(NULL, "1"), OC_E_INVALID);
    assert_int_equal(store->put(&kit.host, 0, "a", NULL, 1, OC_STORE_SOON), OC_E_INVALID);
    assert_int_equal(store->put(&kit.host, 0, "a", "1", 1, OC_STORE_FIRST), OC_E_NOT_SUPPORTED);
    assert_int_equal(store->put(&kit.host, 0, "a", "1", 1, 2), OC_E_INVALID);
    assert_int_equal(store->put(&kit.host, 99, "a", "1", 1, OC_STORE_SOON), OC_E_DENIED);
    assert_int_equal(store->get(&kit.host, 99, "a", &byte, 1), OC_E_DENIED);
    assert_int_equal(store->append(&kit.host, 0, "log", 1, "1", 1, OC_STORE_SOON), OC_E_NOT_SUPPORTED);
    assert_int_equal(store->read(&kit.host, 0, "log", 1, &byte, 1), OC_E_NOT_SUPPORTED);
    kit.venue.is_in_call = false;
    kit.venue.op_count = 0;
    says("a=123");
    assert_int_equal(store->get(&kit.host, 0, "a", &byte, 1), 3); /* the whole size, and what fits */
    assert_int_equal(byte, '1');
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, io_kit_open_venue, io_kit_close_venue)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_a_call_puts_stands_with_it),
        TEST(a_call_that_fails_puts_nothing),
        TEST(it_is_bounded),
        TEST(what_it_does_not_take),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
