/* strategy_bytes_test.c: what a strategy keeps, byte by byte: the order of keys, what is refused when it is read, and what is
 * found again behind a restart. */
#include "support/strategy_kit.h"

#include "script/strategy_impl.h"

static const struct oc_ev_text *last_state(const struct kit *kit, uint32_t key)
{
    for (uint32_t i = kit->f->record_count; i > 0; i--) {
        const struct oc_ev_text *event = (const struct oc_ev_text *)(const void *)kit->f->records[i - 1];
        if (event->head.type == OC_EV_STATE && event->key == key)
            return event;
    }
    return NULL;
}

struct bytes {
    char data[1024];
    size_t size;
};

static void add(struct bytes *bytes, char tag, const void *data, size_t size)
{
    bytes->data[bytes->size++] = tag;
    if (size)
        memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
}

static void add_i(struct bytes *bytes, int64_t value) { add(bytes, 'i', &value, sizeof value); }
static void add_d(struct bytes *bytes, double value) { add(bytes, 'd', &value, sizeof value); }

static void add_s(struct bytes *bytes, const char *text)
{
    const uint32_t length = (uint32_t)strlen(text);
    add(bytes, 's', &length, sizeof length);
    memcpy(bytes->data + bytes->size, text, length);
    bytes->size += length;
}

static void add_tag(struct bytes *bytes, char tag) { add(bytes, tag, NULL, 0); }

static void is_kept_as(const char *text, const struct bytes *wanted)
{
    struct kit *kit = kit_new(text);
    kit_close(kit, 10000);
    const struct oc_ev_text *found = last_state(kit, 0);
    assert_non_null(found);
    if (!found)
        return;
    assert_int_equal(found->text_size, wanted->size);
    assert_memory_equal(found + 1, wanted->data, wanted->size);
    assert_int_equal(found->owner, strategy_id(kit->strategy));
    assert_int_equal(found->head.venue_ns, kit->open_ns);
    kit_free(kit);
}

/* Numbers ascending, of both kinds and exactly; then false, true, and texts by their bytes. */
static void keys_are_in_order(void **state)
{
    struct bytes bytes = {0};
    (void)state;
    static const struct {
        char tag;
        int64_t whole;
        double number;
    } numbers[] = {
        {'d', 0, -0x1.8p63}, {'d', 0, -0x1.0000000000001p63},
        {'i', INT64_MIN, 0}, {'i', INT64_MIN + 1, 0},
        {'d', 0, -2.5},      {'i', -2, 0},
        {'d', 0, -1.5},      {'i', -1, 0},
        {'d', 0, -0.5},      {'i', 0, 0},
        {'d', 0, 0.25},      {'d', 0, 0.5},
        {'i', 1, 0},         {'d', 0, 1.5},
        {'i', 2, 0},         {'i', 3, 0},
        {'i', 1 << 30, 0},   {'i', INT64_MAX, 0},
        {'d', 0, 0x1p63},    {'d', 0, 0x1.8p63},
    };
    add_tag(&bytes, '{');
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (numbers[i].tag == 'i')
            add_i(&bytes, numbers[i].whole);
        else
            add_d(&bytes, numbers[i].number);
        add_tag(&bytes, 't');
    }
    add_tag(&bytes, 'f');
    add_tag(&bytes, 'f');
    add_tag(&bytes, 't');
    add_i(&bytes, 7);
    static const char *const texts[] = {"", "A", "a", "ab", "b"};
    for (size_t i = 0; i < 5; i++) {
        add_s(&bytes, texts[i]);
        add_d(&bytes, 0.5);
    }
    add_tag(&bytes, '}');
    is_kept_as(
        "function on_bar()\n"
        "  state.b, state.ab, state[''], state.a, state.A = 0.5, 0.5, 0.5, 0.5, 0.5\n"
        "  state[true], state[false] = 7, false\n"
        "  for _, k in ipairs { 3, -0.5, 0x1p63, 1, math.maxinteger, -2, 0.5, -0x1.8p63, 2, -2.5, 0,\n"
        "                       math.mininteger, 1.5, -1, 0x1.8p63, -1.5, -0x1.0000000000001p63, 1 << 30, 0.25,\n"
        "                       math.mininteger + 1 } do state[k] = true end\n"
        "end\n",
        &bytes);
}

static void the_path_of_what_cannot_be_kept_is_told(void **state)
{
    (void)state;
    struct kit *kit =
        kit_new("function on_bar() state.a = { x = 1, y = { z = 2 } } state.b = { c = 1, d = { f = print } } end");
    kit_close(kit, 10000);
    assert_true(kit_failed(kit, "saved.b.d.f: a function cannot be saved in m or state; keep it in a local variable"));
    kit_free(kit);
}

/* ---- reading ---- */

static oc_rc given(struct kit *kit, uint32_t key, const struct bytes *bytes)
{
    static union {
        struct oc_ev_text event;
        char room[2048];
    } record;
    const size_t padded = (bytes->size + 7) & ~(size_t)7;
    memset(&record, 0, sizeof record);
    record.event.head.size = (uint32_t)(sizeof record.event + padded);
    record.event.head.type = OC_EV_STATE;
    record.event.owner = strategy_id(kit->strategy);
    record.event.key = key;
    record.event.text_size = (uint32_t)bytes->size;
    memcpy(&record.event + 1, bytes->data, bytes->size);
    strategy_set_restoring(kit->strategy, true);
    return strategy_restore_state(kit->strategy, &record.event);
}

static oc_rc given_text(struct kit *kit, const char *text)
{
    struct bytes bytes = {.size = strlen(text)};
    memcpy(bytes.data, text, bytes.size);
    return given(kit, 0, &bytes);
}

/* A record of a timer is taken whole or not at all: its size, its number, its two texts with their ends, once. */
static void only_a_whole_timer_is_taken(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function tick() end function on_bar() end");
    struct timer_record timer = {.id = 9, .due_ns = 1000, .every_ns = 5, .function = "tick", .place = "test.lua:1"};
    struct bytes bytes = {.size = 0};
    for (size_t size = 0; size <= sizeof timer + 8; size++) {
        memcpy(bytes.data, &timer, sizeof timer);
        bytes.size = size;
        if (size != sizeof timer)
            assert_int_equal(given(kit, STATE_KEY_TIMER, &bytes), OC_E_DATA);
    }
    bytes.size = sizeof timer;
    for (int wrong = 0; wrong < 3; wrong++) {
        struct timer_record bad = timer;
        if (wrong == 0)
            bad.id = 0;
        if (wrong == 1)
            memset(bad.function, 'x', sizeof bad.function);
        if (wrong == 2)
            memset(bad.place, 'x', sizeof bad.place);
        memcpy(bytes.data, &bad, sizeof bad);
        assert_int_equal(given(kit, STATE_KEY_TIMER, &bytes), OC_E_DATA);
    }
    assert_int_equal(engine_timers(kit->f->engine)->count, 0);
    memcpy(bytes.data, &timer, sizeof timer);
    assert_int_equal(given(kit, STATE_KEY_TIMER, &bytes), OC_OK);
    assert_int_equal(engine_timers(kit->f->engine)->count, 1);
    assert_true(timers_next_ns(engine_timers(kit->f->engine)) == 1000);
    assert_int_equal(given(kit, STATE_KEY_TIMER, &bytes), OC_E_EXISTS);
    kit_free(kit);
}

static void only_a_whole_table_is_read(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_init(m) m.a = m:sma(2) end function on_bar() print('x', state.x) end");
    static const char *const good[] = {"{}", "{tt}", "{tn}", "{tftt}", "{t{}}", "{t{t{}}}"};
    static const char *const bad[] = {"",     "t",    "n", "s",    "{",    "{t",     "{t}",  "{tt",  "{}}",  "{}t",
                                      "{nt}", "{t?}", "?", "{ti}", "{td}", "{tsxx}", "{tI}", "{tO}", "{t{}", "{}{}"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (given_text(kit, good[i]) != OC_OK)
            fail_msg("%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (given_text(kit, bad[i]) != OC_E_DATA)
            fail_msg("%s", bad[i]);
    struct bytes bytes = {0};
    add_tag(&bytes, '{');
    add_d(&bytes, 0.0 / 0.0); /* nothing has this key */
    add_tag(&bytes, 't');
    add_tag(&bytes, '}');
    assert_int_equal(given(kit, 0, &bytes), OC_E_DATA);
    for (int depth = 16; depth <= 17; depth++) {
        bytes.size = 0;
        for (int i = 0; i < depth; i++) {
            add_tag(&bytes, '{');
            if (i + 1 < depth)
                add_tag(&bytes, 't');
        }
        for (int i = 0; i < depth; i++)
            add_tag(&bytes, '}');
        assert_int_equal(given(kit, 0, &bytes), depth == 16 ? OC_OK : OC_E_DATA);
    }
    bytes.size = 0; /* many beside each other are not deep */
    add_tag(&bytes, '{');
    for (int i = 0; i < 40; i++) {
        add_i(&bytes, i);
        add_tag(&bytes, '{');
        add_tag(&bytes, '}');
    }
    add_tag(&bytes, '}');
    assert_int_equal(given(kit, 0, &bytes), OC_OK);
    for (uint32_t number = 0; number < 3; number++) { /* there is one indicator */
        bytes.size = 0;
        add_tag(&bytes, '{');
        add_tag(&bytes, 't');
        add(&bytes, 'I', &number, sizeof number);
        add_tag(&bytes, '}');
        assert_int_equal(given(kit, 0, &bytes), number == 0 ? OC_OK : OC_E_DATA);
    }
    bytes.size = 0;
    add_tag(&bytes, '{');
    add_s(&bytes, "x");
    add_s(&bytes, "text");
    add_tag(&bytes, '}');
    assert_int_equal(given(kit, 0, &bytes), OC_OK);
    for (uint32_t over = 1; over < 4; over++) { /* a length that is not there */
        struct bytes wrong = bytes;
        wrong.data[7] = (char)(4 + over);
        assert_int_equal(given(kit, 0, &wrong), OC_E_DATA);
    }
    strategy_set_restoring(kit->strategy, false);
    kit_close(kit, 10000);
    kit_close(kit, 10000);                   /* the indicator is ready */
    assert_true(kit_said(kit, "x\ttext\n")); /* what was refused has changed nothing */
    kit_free(kit);
}

static void a_record_is_of_a_table_that_is_there(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m) print(m.x) end");
    struct bytes bytes = {.data = "{}", .size = 2};
    assert_int_equal(given(kit, 0, &bytes), OC_OK);
    assert_int_equal(given(kit, 1, &bytes), OC_OK);
    assert_int_equal(given(kit, 2, &bytes), OC_E_DATA); /* one market */
    struct {
        struct oc_ev_text event;
        char text[16];
    } record = {.event = {.head = {.size = sizeof(struct oc_ev_text) + 8, .type = OC_EV_STATE},
                          .owner = strategy_id(kit->strategy),
                          .text_size = 9},
                .text = "{ttftftft"};
    record.text[9] = '}';
    record.text[8] = '}';
    assert_int_equal(strategy_restore_state(kit->strategy, &record.event), OC_E_DATA); /* beyond the record */
    record.event.head.size += 8;
    memcpy(record.text, "{tttttt}}", 9);
    record.event.text_size = 8;
    assert_int_equal(strategy_restore_state(kit->strategy, &record.event), OC_OK);
    kit_free(kit);
}

/* ---- behind a restart ---- */

static const char nested[] = "function on_bar(m, b)\n"
                             "  if b.close == 100 then m.list = { a = { 1 } } state.list = { a = { 1 } } end\n"
                             "  if b.close == 101 then m.list.a[1] = 5 end\n"
                             "  if b.close == 102 then state.list.a[1] = 6 end\n"
                             "end";

/* A change deep inside a table that came back is seen, as it was before. */
static void a_change_inside_what_came_back_is_seen(void **state)
{
    (void)state;
    for (int way = 0; way < 2; way++) {
        struct kit *a = kit_new(nested), *b = kit_new(nested);
        char bytes[4096];
        kit_close(a, 10000);
        strategy_set_restoring(b->strategy, true);
        if (way) {
            int64_t size = strategy_save(a->strategy, bytes, sizeof bytes);
            assert_int_equal(strategy_load(b->strategy, bytes, (size_t)size), OC_OK);
        } else {
            assert_int_equal(strategy_restore_state(b->strategy, last_state(a, 0)), OC_OK);
            assert_int_equal(strategy_restore_state(b->strategy, last_state(a, 1)), OC_OK);
        }
        strategy_set_restoring(b->strategy, false);
        kit_close(b, 9900);
        assert_null(last_state(b, 0));
        assert_null(last_state(b, 1));
        kit_close(b, 10100);
        assert_non_null(last_state(b, 1));
        assert_null(last_state(b, 0));
        kit_close(b, 10200);
        assert_non_null(last_state(b, 0));
        kit_free(a);
        kit_free(b);
    }
}

/* A checkpoint with a broken table is refused, wherever the table stands. */
static void a_broken_table_is_refused(void **state)
{
    (void)state;
    static const char text[] = "function on_bar(m) state.word = 'inside' m.other = 'outside' end";
    static const char *const words[] = {"inside", "outside"};
    struct kit *a = kit_new(text);
    char bytes[4096];
    kit_close(a, 10000);
    int64_t size = strategy_save(a->strategy, bytes, sizeof bytes);
    for (int i = 0; i < 2; i++) {
        struct kit *b = kit_new(text);
        char copy[4096];
        memcpy(copy, bytes, sizeof copy);
        char *at = memmem(copy, (size_t)size, words[i], strlen(words[i]));
        assert_non_null(at);
        at[strlen(words[i])] = '?'; /* in place of the closing bracket */
        strategy_set_restoring(b->strategy, true);
        assert_int_equal(strategy_load(b->strategy, copy, (size_t)size), OC_E_DATA);
        kit_free(b);
    }
    kit_free(a);
}

/* What was saved by another version, or by a strategy with other markets, indicators or timers, is not taken for its own. */
static void what_another_has_saved_is_refused(void **state)
{
    (void)state;
    static const char text[] = "local r function on_init() after('2m', function() end) end\n"
                               "function on_bar(m) r = m:sma(2) state.n = 1 end";
    struct kit *a = kit_new(text);
    char bytes[8192];
    kit_close(a, 10000);
    int64_t size = strategy_save(a->strategy, bytes, sizeof bytes);
    assert_true(size > 0);
    static const size_t words[] = {0, 4, 8, 16}; /* version, indicators, markets, timers */
    for (size_t i = 0; i <= sizeof words / sizeof words[0]; i++) {
        struct kit *b = kit_new(text);
        char copy[sizeof bytes];
        memcpy(copy, bytes, sizeof copy);
        kit_close(b, 10000);
        if (i < sizeof words / sizeof words[0])
            copy[words[i]] ^= 64;
        strategy_set_restoring(b->strategy, true);
        assert_int_equal(strategy_load(b->strategy, copy, (size_t)size),
                         i < sizeof words / sizeof words[0] ? OC_E_DATA : OC_OK);
        kit_free(b);
    }
    kit_free(a);
}

/* A table's bytes do not depend on how its keys came in, of whatever kinds they are. */
static void keys_of_all_kinds_have_one_order(void **state)
{
    (void)state;
    static const char *const ways[] = {"for i = 1, #keys do", "for i = #keys, 1, -1 do",
                                       "for i = 2, #keys, 2 do t[keys[i - 1]] = i "
                                       "t[keys[i]] = i end for i = 1, 0 do"};
    char bytes[3][8192], text[1024];
    int64_t sizes[3];
    for (int way = 0; way < 3; way++) {
        snprintf(
            text, sizeof text,
            "function on_bar()\n"
            "  local keys, t = { true, 'b', 1, 'a', 2.5, false, -3, 'aa', 1e300, 'true', '1', 0, -0.5, 7, 'z', 2^53, "
            "math.maxinteger, math.mininteger, -1e300, '' }, {}\n"
            "  %s t[keys[i]] = i end\n"
            "  for k in pairs(t) do t[k] = 1 end\n"
            "  state.t = t\nend",
            ways[way]);
        struct kit *kit = kit_new(text);
        kit_close(kit, 10000);
        assert_null(strategy_error(kit->strategy));
        sizes[way] = strategy_save(kit->strategy, bytes[way], sizeof bytes[way]);
        assert_true(sizes[way] > 200);
        kit_free(kit);
    }
    for (int way = 1; way < 3; way++) {
        assert_int_equal(sizes[way], sizes[0]);
        assert_memory_equal(bytes[way], bytes[0], (size_t)sizes[0]);
    }
}

/* on_load is given what on_save had returned; where there was nothing yet, and where it cannot be read, it is not called. */
static void on_load_is_called_with_what_was_saved(void **state)
{
    (void)state;
    static const char text[] = "function on_save() return { n = 5 } end\n"
                               "function on_load(t) print('loaded', t.n) end\n"
                               "function on_bar() print('bar') end";
    for (int bars = 0; bars < 2; bars++) {
        struct kit *a = kit_new(text), *b = kit_new(text);
        char bytes[4096];
        a->strategy->saved_last.size = 0; /* as behind a start in which nothing was recorded */
        free(a->strategy->saved_last.data);
        a->strategy->saved_last = (struct state_bytes){0};
        a->strategy->saved_hash = 0;
        if (bars)
            kit_close(a, 10000);
        int64_t size = strategy_save(a->strategy, bytes, sizeof bytes);
        assert_true(size > 0);
        strategy_set_restoring(b->strategy, true);
        assert_int_equal(strategy_load(b->strategy, bytes, (size_t)size), OC_OK);
        strategy_set_restoring(b->strategy, false);
        kit_close(b, 10000);
        assert_int_equal(strstr(b->log, "loaded\t5") != NULL, bars);
        assert_int_equal(strstr(b->log, "loaded") != NULL, bars);
        b->log_size = 0;
        b->log[0] = '\0';
        strategy_set_restoring(b->strategy, false); /* it has been handed over */
        assert_null(strstr(b->log, "loaded"));
        kit_free(a);
        kit_free(b);
    }
    struct kit *kit = kit_new(text);
    struct bytes bytes = {.data = "{t", .size = 2};
    assert_int_equal(given(kit, STATE_KEY_SAVED, &bytes), OC_OK); /* kept, and not looked into yet */
    strategy_set_restoring(kit->strategy, false);
    assert_null(strstr(kit->log, "loaded"));
    assert_true(kit_failed(kit, "what on_save had returned cannot be read"));
    kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_in_order),
        cmocka_unit_test(the_path_of_what_cannot_be_kept_is_told),
        cmocka_unit_test(only_a_whole_table_is_read),
        cmocka_unit_test(only_a_whole_timer_is_taken),
        cmocka_unit_test(a_record_is_of_a_table_that_is_there),
        cmocka_unit_test(a_change_inside_what_came_back_is_seen),
        cmocka_unit_test(a_broken_table_is_refused),
        cmocka_unit_test(what_another_has_saved_is_refused),
        cmocka_unit_test(keys_of_all_kinds_have_one_order),
        cmocka_unit_test(on_load_is_called_with_what_was_saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
