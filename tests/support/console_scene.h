/* console_scene.h: the service of a console over a real engine; the composition is played by the test. */
#ifndef TEST_CONSOLE_SCENE_H
#define TEST_CONSOLE_SCENE_H

#include "support/engine_fixture.h"

#include "base/json_out.h"
#include "serve/console_service.h"

struct scene {
    struct fixture *f;
    struct console_service *service;
    struct console_service_host host;
    struct text reply;
    bool is_live, is_ended, is_replay;
    bool has_no_simulator; /* what a venue takes, it says itself */
    struct oc_dec half_spread;
    struct console_service_day day; /* as it was saved */
    uint32_t commands;
    char last_command[512];
};

static inline void scene_status(void *self, struct console_service_status *ret_status)
{
    const struct scene *scene = self;
    *ret_status = (struct console_service_status){.mode = scene->is_replay ? "replay" : "paper",
                                                  .version = "0",
                                                  .currency = "USDT",
                                                  .seq = scene->f->seq,
                                                  .now_ns = scene->f->now_ns,
                                                  .is_live = scene->is_live,
                                                  .is_ended = scene->is_ended};
    assert_int_equal(money_from_dec((struct oc_dec){1000000, 0, 0}, &ret_status->start), OC_OK);
}

static inline bool scene_command(void *self, const char *text, size_t size, struct text *reply)
{
    struct scene *scene = self;
    union {
        struct oc_ev_text event;
        char bytes[1024];
    } record;
    memset(&record, 0, sizeof record);
    assert_true(size < 512);
    snprintf(scene->last_command, sizeof scene->last_command, "%.*s", (int)size, text);
    record.event.head =
        (struct oc_event){.size = (uint32_t)((sizeof record.event + size + 7) & ~7ull), .type = OC_EV_COMMAND};
    record.event.text_size = (uint32_t)size;
    memcpy(&record.event + 1, text, size);
    scene->commands++;
    assert_int_equal(fixture_input(scene->f, &record.event), OC_OK);
    console_service_record(scene->service, &record.event.head);
    bool is_ok = console_service_execute(scene->service, &record.event, reply);
    fixture_flush(scene->f);
    return is_ok;
}

static inline oc_rc scene_control(void *self, const struct command_words *words, struct text *reply)
{
    (void)self;
    if (strcmp(words->fields[0], "step") == 0)
        return OC_E_AGAIN;
    if (strcmp(words->fields[0], "pause") == 0)
        return OC_OK;
    json_refusal(reply, "NO", "no");
    return OC_E_INVALID;
}

static inline bool scene_steer(void *self, const struct command_words *words, struct text *reply)
{
    (void)self;
    json_refusal(reply, "STEERED", "%s", words->fields[0]);
    return false;
}

static inline bool scene_prepare(void *self, struct command_words *words, struct text *reply)
{
    (void)self;
    (void)words;
    (void)reply;
    return true;
}

static inline bool scene_list(void *self, const char *word, const struct command_words *words, struct text *reply)
{
    (void)self;
    (void)words;
    json_open(reply, NULL, '{');
    json_text(reply, "list", word);
    json_close(reply, '}');
    return true;
}

static inline bool scene_origin(void *self, uint64_t order, uint32_t strategy,
                                struct console_service_origin *ret_origin)
{
    (void)self;
    (void)order;
    (void)strategy;
    *ret_origin = (struct console_service_origin){"s", "on_bar", "s.lua", "m:buy(1)", 7};
    return true;
}

static inline const char *scene_name(void *self, uint32_t strategy)
{
    (void)self;
    return strategy ? "s" : NULL;
}

static inline bool scene_fee(void *self, bool is_maker, struct oc_dec *ret_rate)
{
    *ret_rate = (struct oc_dec){is_maker ? 1 : 2, 3, 0};
    return !((const struct scene *)self)->has_no_simulator;
}

static inline struct oc_dec scene_spread(void *self) { return ((const struct scene *)self)->half_spread; }

static inline bool scene_day(void *self, bool saves, struct console_service_day *day)
{
    struct scene *scene = self;
    if (saves)
        scene->day = *day;
    else
        *day = scene->day;
    return true;
}

static inline void scene_init(struct scene *scene, struct console_server *server, struct oc_dec ask_above)
{
    memset(scene, 0, sizeof *scene);
    scene->f = fixture_new(COST_AVERAGE);
    scene->host = (struct console_service_host){scene,         scene_status, scene_command, scene_control, scene_steer,
                                                scene_prepare, scene_list,   scene_origin,  scene_name,    scene_fee,
                                                scene_spread,  scene_day,    NULL,          NULL};
    struct console_service_config config = {.engine = scene->f->engine,
                                            .server = server,
                                            .host = &scene->host,
                                            .account = scene->f->account,
                                            .ask_above = ask_above};
    assert_int_equal(console_service_new(&config, &scene->service), OC_OK);
    text_init_grow(&scene->reply, COMMAND_LINE_MAX);
}

static inline void scene_release(struct scene *scene)
{
    console_service_free(scene->service);
    text_release(&scene->reply);
    engine_free(scene->f->engine);
    free(scene->f);
}

/* "word field ..." parted by blanks. */
static inline struct command_words words_of(char *line)
{
    struct command_words words = {.count = 0};
    for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
        words.fields[words.count++] = word;
    return words;
}

static inline const char *ask(struct scene *scene, const char *line)
{
    char copy[256];
    snprintf(copy, sizeof copy, "%s", line);
    struct command_words words = words_of(copy);
    text_clear(&scene->reply);
    console_service_ask(scene->service, &words, &scene->reply);
    return scene->reply.data;
}

static inline bool order(struct scene *scene, const char *line)
{
    char text[256];
    snprintf(text, sizeof text, "%s", line);
    for (char *at = text; *at; at++)
        *at = *at == ' ' ? '\t' : *at;
    text_clear(&scene->reply);
    return scene_command(scene, text, strlen(text), &scene->reply);
}

#endif
