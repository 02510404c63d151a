/* plugin_services_test.c: what the host gives a plugin beside its configuration: log, clock, chance, memory, and answers of a
 * simulator, each at its limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#undef skip /* a service has that name */

#include <outcry/draft/sim.h>
#include <outcry/services.h>

#include "base/log.h"
#include "session/plugin_instance.h"

static struct registry registry;
static struct settings settings;
static const struct oc_host *host;
static oc_rc open_answer;
static uint32_t closed;
static char logged[16384];
static enum log_level last_level;

static oc_rc open_one(const struct oc_host *given, void **ret_self)
{
    host = given;
    *ret_self = &registry;
    return open_answer;
}

static void close_one(void *self)
{
    assert_ptr_equal(self, &registry);
    closed++;
}

static const struct oc_iface ifaces[] = {{NULL, NULL}};
static const struct oc_plugin plugin = {.size = sizeof plugin,
                                        .abi_major = OC_ABI_MAJOR,
                                        .abi_minor = OC_ABI_MINOR,
                                        .kind = OC_SIM,
                                        .id = "org.example.sim",
                                        .version = "1.0.0",
                                        .open = open_one,
                                        .close = close_one,
                                        .ifaces = ifaces};

static void keep_line(void *arg, enum log_level level, const char *line, size_t length)
{
    (void)arg;
    last_level = level;
    strncat(logged, line, length < sizeof logged - strlen(logged) - 2 ? length : 0);
    strcat(logged, "\n");
}

static uint32_t logged_lines(const char *words)
{
    uint32_t count = 0;
    log_flush();
    for (const char *at = logged; (at = strstr(at, words)) != NULL; at++)
        count++;
    return count;
}

static void opened(struct plugin_instance *instance)
{
    struct error error = {0};
    open_answer = OC_OK;
    closed = 0;
    logged[0] = '\0';
    instance->settings = &settings;
    assert_int_equal(plugin_instance_open(instance, &registry, OC_SIM, "org.example.sim", &error), OC_OK);
    assert_ptr_equal(host, &instance->host);
    assert_false(error_is_set(&error));
}

static int setup(void **state)
{
    (void)state;
    registry_init(&registry);
    registry.entries[registry.count++].plugin = &plugin;
    log_set_sink(keep_line, NULL);
    log_set_level(LOG_DEBUG);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    log_set_level(LOG_INFO);
    log_set_sink(NULL, NULL);
    return 0;
}

static void one_that_does_not_open_says_why(void **state)
{
    (void)state;
    char text[ERROR_TEXT_MAX];
    struct plugin_instance instance = {.settings = &settings};
    struct error error = {0};
    assert_int_equal(plugin_instance_open(&instance, &registry, OC_SIM, "org.example.other", &error), OC_E_NOT_FOUND);
    error_text(&error, text);
    assert_string_equal(text, "plugin org.example.other (outcry.sim/0.1): it is not there: see `outcry plugin list`");
    closed = 0;
    open_answer = OC_E_NOMEM;
    error = (struct error){0};
    assert_int_equal(plugin_instance_open(&instance, &registry, OC_SIM, "org.example.sim", &error), OC_E_NOMEM);
    error_text(&error, text);
    assert_non_null(strstr(text, "plugin org.example.sim: it did not open"));
    settings.error = (struct error){0};
    error_at(&settings.error, OC_E_CONFIG, "sim.mine.x"); /* of something before: it is not the cause */
    assert_int_equal(plugin_instance_open(&instance, &registry, OC_SIM, "org.example.sim", &error), OC_E_NOMEM);
    error_text(&error, text);
    assert_non_null(strstr(text, "plugin org.example.sim: it did not open"));
    settings.error = (struct error){0};
    plugin_instance_close(&instance);
    assert_int_equal(closed, 0);
    opened(&instance);
    plugin_instance_close(&instance);
    plugin_instance_close(&instance);
    assert_int_equal(closed, 1);
}

static void each_service_has_its_name(void **state)
{
    (void)state;
    static const char *const names[] = {OC_SVC_CONFIG, OC_SVC_LOG, OC_SVC_SIM_HOST, OC_SVC_ENGINE};
    struct plugin_instance instance = {0};
    opened(&instance);
    assert_int_equal(host->abi >> 16, OC_ABI_MAJOR);
    assert_int_equal(host->abi & 0xffff, OC_ABI_MINOR);
    for (size_t i = 0; i < 4; i++) {
        assert_non_null(host->service(host, names[i]));
        for (size_t k = 0; k < i; k++)
            assert_ptr_not_equal(host->service(host, names[i]), host->service(host, names[k]));
    }
    assert_null(host->service(host, "outcry.host.nobody/1"));
    plugin_instance_close(&instance);
}

static void what_it_logs_has_its_name_and_its_level(void **state)
{
    (void)state;
    static const enum log_level levels[] = {LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR, LOG_ERROR, LOG_ERROR};
    struct plugin_instance instance = {0};
    char words[300];
    opened(&instance);
    const struct oc_svc_log *log = host->service(host, OC_SVC_LOG);
    for (uint32_t level = 0; level < sizeof levels / sizeof levels[0]; level++) {
        char line[32];
        snprintf(line, sizeof line, "words at %u", level);
        log->line(host, level, line);
        assert_int_equal(logged_lines(line), 1);
        assert_int_equal(last_level, levels[level]);
    }
    assert_int_equal(logged_lines("org.example.sim"), 6);
    log->skip(host, "no price", "abcdef", 3);
    assert_int_equal(logged_lines("skipped (no price): abc\n"), 1);
    assert_int_equal(last_level, LOG_WARNING);
    memset(words, 'w', sizeof words);
    log->skip(host, "long", words, sizeof words);
    words[200] = '\0';
    char line[256];
    snprintf(line, sizeof line, "skipped (long): %s\n", words);
    assert_int_equal(logged_lines(line), 1);
    plugin_instance_close(&instance);
}

static void clock_chance_and_memory_are_those_of_the_run(void **state)
{
    (void)state;
    const uint64_t all = 64u << 20;
    int64_t now_ns = 77;
    struct plugin_instance instance = {.seed = 5}, same = {.seed = 5}, other = {.seed = 6};
    opened(&same);
    opened(&other);
    opened(&instance);
    const struct oc_svc_engine *engine = host->service(host, OC_SVC_ENGINE);
    assert_int_equal(engine->now_ns(host), 0); /* there is none yet */
    instance.now_ns = &now_ns;
    assert_int_equal(engine->now_ns(host), 77);
    uint64_t drawn[10];
    for (uint32_t stream = 0; stream < 8; stream++) {
        drawn[stream] = engine->random(&instance.host, stream);
        for (uint32_t k = 0; k < stream; k++)
            assert_true(drawn[stream] != drawn[k]);
    }
    for (uint32_t stream = 8; stream-- > 0;) { /* whichever is asked first */
        assert_true(engine->random(&same.host, stream) == drawn[stream]);
        assert_true(engine->random(&other.host, stream) != drawn[stream]);
    }
    assert_true(engine->random(&instance.host, 3) != drawn[3]);
    char *block = engine->alloc(host, 1000);
    assert_non_null(block);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(block[i], 0);
    assert_non_null(engine->alloc(host, 8));
    assert_null(engine->alloc(host, all - 1007));
    assert_non_null(engine->alloc(host, all - 1008));
    assert_null(engine->alloc(host, 1));
    assert_non_null(engine->alloc(&same.host, all));
    plugin_instance_close(&instance);
    plugin_instance_close(&same);
    plugin_instance_close(&other);
    assert_null(instance.blocks);
}

static void answers_that_cannot_be_are_said_and_counted(void **state)
{
    (void)state;
    static struct sim_answers answers;
    static const struct oc_sim table = {.size = sizeof table};
    int64_t now_ns = 100;
    struct plugin_instance instance = {.now_ns = &now_ns};
    union {
        struct oc_event head;
        char bytes[SIM_ANSWERS_ANSWER_MAX + 8];
    } event = {.head = {.size = sizeof event.head, .type = OC_EV_MARK}};
    opened(&instance);
    const struct oc_svc_sim_host *sim = host->service(host, OC_SVC_SIM_HOST);
    assert_int_equal(sim->emit(host, 100, &event.head), OC_E_STATE); /* no simulator */
    assert_int_equal(sim->schedule_at(host, 100), OC_E_STATE);
    sim_answers_init(&answers, &table, NULL);
    instance.sim_answers = &answers;
    assert_int_equal(sim->schedule_at(host, 300), OC_OK);
    assert_int_equal(answers.due_ns, 300);
    assert_int_equal(sim->emit(host, 100, &event.head), OC_OK);
    event.head.size = SIM_ANSWERS_ANSWER_MAX;
    assert_int_equal(sim->emit(host, 100, &event.head), OC_OK);
    assert_int_equal(answers.refused, 0);
    static const uint32_t sizes[] = {SIM_ANSWERS_ANSWER_MAX + 8, sizeof event.head - 8, sizeof event.head + 4};
    for (uint32_t i = 0; i < 10; i++) { /* in turns: a line that says the same again is folded */
        event.head.size = i % 2 ? sizes[i / 2 % 3] : sizeof event.head;
        assert_int_equal(sim->emit(host, i % 2 ? 100 : 99, i == 7 ? NULL : &event.head), OC_E_INVALID);
        assert_int_equal(answers.refused, i + 1);
        assert_int_equal(logged_lines("more of it is only counted"), i >= 7);
    }
    assert_int_equal(logged_lines("simulator org.example.sim: an answer before now: the past is told already"), 4);
    assert_int_equal(logged_lines("simulator org.example.sim: an answer of a wrong size"), 4);
    assert_int_equal(answers.lost, 0);
    assert_int_equal(answers.count, 2);
    event.head.size = sizeof event.head;
    while (sim->emit(host, 200, &event.head) == OC_OK)
        ;
    assert_int_equal(answers.lost, OC_E_FULL); /* and the run is to end now */
    assert_int_equal(answers.due_ns, 100);
    sim_answers_release(&answers);
    plugin_instance_close(&instance);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_does_not_open_says_why),
        cmocka_unit_test(each_service_has_its_name),
        cmocka_unit_test(what_it_logs_has_its_name_and_its_level),
        cmocka_unit_test(clock_chance_and_memory_are_those_of_the_run),
        cmocka_unit_test(answers_that_cannot_be_are_said_and_counted),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
