#include "serve/console_server.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/env_net.h"
#include "base/line.h"
#include "base/ring.h"

enum { SEAT_FREE, SEAT_IDLE, SEAT_ASKED, SEAT_TAKEN, SEAT_ANSWERED };
enum { TURN_NS = 20000000, DELIVER_MAX = 4096, ANSWER_ROOM = COMMAND_LINE_MAX + 64 };

struct place {
    struct console_seat seat; /* the engine's while ASKED or TAKEN */
    _Atomic int state;
    _Atomic uint32_t wishes;
    _Atomic bool is_pressed; /* a whole line waits behind the question */
    int fd;
    bool is_closing; /* the other end is gone; free when the engine has answered */
    char id[24];
    bool is_skipping; /* the rest of a line that was too long: it is no question, whatever stands in it */
    uint32_t in_size;
    uint32_t answer_size;
    struct text out; /* bytes not yet sent */
    size_t out_at;
    char in[COMMAND_LINE_MAX];
    char line[COMMAND_LINE_MAX]; /* the fields point into it */
    char answer[COMMAND_LINE_MAX];
};

struct console_server {
    struct place *places[CONSOLE_SERVER_SEATS_MAX];
    _Atomic uint32_t asked;  /* questions nobody has taken */
    _Atomic uint32_t wishes; /* of all seats */
    _Atomic bool is_stopping;
    _Atomic bool has_own;
    _Atomic uint32_t seat_count;
    uint32_t numbers;
    bool is_behind; /* more was told than one turn delivers */
    int listen_fd;
    int wake[2]; /* [0] is polled, [1] is written by the engine */
    char path[ENV_SOCKET_PATH_MAX];
    struct ring told;
    struct ring logs;
    _Atomic uint64_t dropped;
    struct env_signal *signal;
    struct env_poller *asks;
    struct env_thread *thread;
};

static const char *kind_name(uint32_t kind)
{
    switch (kind) {
    case TELL_FILL:
        return "fill";
    case TELL_ORDER:
        return "order";
    case TELL_LOG:
        return "log";
    case TELL_ALERT:
        return "alert";
    case TELL_STRATEGY:
        return "strategy";
    default:
        return "session";
    }
}

/* Letter box side. */

static void sum_wishes(struct console_server *server)
{
    uint32_t wishes = 0, seats = 0;
    bool own = false;
    for (int i = 0; i < CONSOLE_SERVER_SEATS_MAX; i++) {
        const struct place *place = server->places[i];
        if (place->state == SEAT_FREE)
            continue;
        wishes |= place->wishes;
        seats++;
        own |= place->seat.is_own;
    }
    atomic_store(&server->wishes, wishes);
    atomic_store(&server->seat_count, seats);
    atomic_store(&server->has_own, own);
}

static oc_rc seat_add(struct console_server *server, int fd, bool is_own)
{
    for (int i = 0; i < CONSOLE_SERVER_SEATS_MAX; i++) {
        struct place *place = server->places[i];
        if (place->state != SEAT_FREE)
            continue;
        place->seat = (struct console_seat){.number = ++server->numbers, .is_own = is_own, .may_trade = is_own};
        snprintf(place->seat.name, sizeof place->seat.name, "console-%u", server->numbers);
        place->fd = fd;
        place->wishes = 0;
        place->in_size = place->answer_size = 0;
        place->is_closing = place->is_skipping = false;
        atomic_store(&place->is_pressed, false);
        place->out_at = 0;
        text_init_grow(&place->out, CONSOLE_SERVER_OUT_MAX);
        atomic_store(&place->state, SEAT_IDLE);
        sum_wishes(server);
        return OC_OK;
    }
    return OC_E_LIMIT;
}

/* Somebody asks: who waits for that alone wakes, and who waits for the network too. */
static void call_engine(struct console_server *server)
{
    env_signal_post(server->signal);
    env_poller_wake(server->asks);
}

static void seat_close(struct console_server *server, struct place *place)
{
    if (place->fd >= 0)
        env_close(place->fd);
    place->fd = -1;
    place->is_closing = true;
    int state = atomic_load(&place->state);
    if (state == SEAT_ASKED || state == SEAT_TAKEN) { /* the engine has it: freed when it is answered */
        atomic_store(&place->is_pressed, true);
        call_engine(server);
        return;
    }
    text_release(&place->out);
    atomic_store(&place->state, SEAT_FREE);
    sum_wishes(server);
}

/* False: more than `size_max` bytes would wait. */
static bool put_out(struct place *place, size_t size_max, const char *a, const char *b, const char *data, size_t size)
{
    size_t need = strlen(a) + strlen(b) + size + 3;
    if (place->out_at) { /* what was sent gives its room back */
        place->out.size -= place->out_at;
        memmove(place->out.data, place->out.data + place->out_at, place->out.size);
        place->out_at = 0;
    }
    if (place->out.size + need >= size_max)
        return false;
    text_put(&place->out, a);
    text_put_char(&place->out, '\t');
    text_put(&place->out, b);
    text_put_char(&place->out, '\t');
    text_put_bytes(&place->out, data, size);
    text_put_char(&place->out, '\n');
    return true;
}

/* What is told leaves the room of one answer free: who asks is not kept waiting by what others do. */
static void put_told(struct console_server *server, struct place *place, uint32_t kind, const char *json, size_t size)
{
    if (!put_out(place, CONSOLE_SERVER_OUT_MAX - ANSWER_ROOM, "!", kind_name(kind), json, size))
        atomic_fetch_add(&server->dropped, 1);
}

static void put_answer(struct console_server *server, struct place *place, const char *id, bool is_ok, const char *json,
                       size_t size)
{
    if (!put_out(place, CONSOLE_SERVER_OUT_MAX, id, is_ok ? "ok" : "no", json, size))
        atomic_fetch_add(&server->dropped, 1);
}

static void refuse_line(struct console_server *server, struct place *place, const char *id, const char *message)
{
    char json[256];
    int length = snprintf(json, sizeof json, "{\"code\":\"BAD_LINE\",\"message\":\"%s\",\"definitive\":true}", message);
    put_answer(server, place, id, false, json, (size_t)length);
}

/* Moves the next whole line from in[] to line[]. False: there is none yet. */
static bool take_line(struct console_server *server, struct place *place, size_t *ret_size)
{
    for (;;) {
        char *end = memchr(place->in, '\n', place->in_size);
        if (!end && place->in_size == sizeof place->in) {
            if (!place->is_skipping)
                refuse_line(server, place, "0", "a line has at most 65,536 bytes");
            place->is_skipping = true;
        }
        if (!end && place->is_skipping)
            place->in_size = 0;
        if (!end)
            return false;
        size_t size = (size_t)(end - place->in);
        memcpy(place->line, place->in, size);
        place->line[size] = 0;
        place->in_size -= (uint32_t)size + 1;
        memmove(place->in, end + 1, place->in_size);
        *ret_size = size;
        if (!place->is_skipping)
            return true;
        place->is_skipping = false;
    }
}

static bool is_number(const char *text)
{
    size_t size = strspn(text, "0123456789");
    return size > 0 && size < sizeof((struct place *)0)->id && !text[size];
}

/* The line's fields become the seat's. False: it was refused. */
static bool take_fields(struct console_server *server, struct place *place, size_t size)
{
    const char *fields[COMMAND_FIELDS_MAX];
    if (memchr(place->line, 0, size)) { /* nothing behind it would be seen: half an order */
        refuse_line(server, place, "0", "a line holds no zero byte");
        return false;
    }
    uint32_t count = line_split(place->line, fields, COMMAND_FIELDS_MAX);
    bool has_id = is_number(fields[0]);
    snprintf(place->id, sizeof place->id, "%s", has_id ? fields[0] : "0");
    if (!has_id || count < 2 || count > COMMAND_FIELDS_MAX || !fields[1][0]) {
        refuse_line(server, place, place->id, "expected ID TAB WORD [TAB FIELD]..., ID a number, at most 32 fields");
        return false;
    }
    place->seat.field_count = count - 1;
    memcpy(place->seat.fields, fields + 1, (count - 1) * sizeof fields[0]);
    return true;
}

/* Takes the next whole line of an idle seat to the engine. */
static void ask_next(struct console_server *server, struct place *place)
{
    size_t size;
    atomic_store(&place->is_pressed, false);
    while (atomic_load(&place->state) == SEAT_IDLE && take_line(server, place, &size)) {
        if (!take_fields(server, place, size))
            continue;
        atomic_store(&place->state, SEAT_ASKED);
        atomic_fetch_add(&server->asked, 1);
        call_engine(server);
    }
    if (atomic_load(&place->state) != SEAT_IDLE && memchr(place->in, '\n', place->in_size)) {
        atomic_store(&place->is_pressed, true);
        call_engine(server);
    }
}

static void take_answer(struct console_server *server, struct place *place)
{
    if (atomic_load(&place->state) != SEAT_ANSWERED)
        return;
    atomic_store(&place->state, SEAT_IDLE);
    if (place->is_closing) {
        seat_close(server, place);
        return;
    }
    put_answer(server, place, place->id, place->answer[0] == '+', place->answer + 1, place->answer_size - 1);
    ask_next(server, place);
}

static void send_out(struct console_server *server, struct place *place)
{
    while (place->fd >= 0 && place->out_at < place->out.size) {
        size_t sent = 0;
        oc_rc rc = env_socket_write(place->fd, place->out.data + place->out_at, place->out.size - place->out_at, &sent);
        if (rc == OC_E_AGAIN)
            return;
        if (rc < 0) {
            seat_close(server, place);
            return;
        }
        place->out_at += sent;
    }
}

static void receive(struct console_server *server, struct place *place)
{
    size_t got = 0;
    if (place->in_size == sizeof place->in) { /* nothing more fits, and the other end has gone */
        seat_close(server, place);
        return;
    }
    oc_rc rc = env_socket_read(place->fd, place->in + place->in_size, sizeof place->in - place->in_size, &got);
    if (rc == OC_E_AGAIN)
        return;
    if (rc < 0 || got == 0) {
        seat_close(server, place);
        return;
    }
    place->in_size += (uint32_t)got;
    ask_next(server, place);
}

/* At most so many at a time: an engine that tells faster than this thread takes holds no answer up. True: there is more. */
static bool deliver(struct console_server *server, struct ring *ring)
{
    uint32_t size;
    const char *told = ring_peek(ring, &size);
    for (int taken = 0; told && taken < DELIVER_MAX; told = ring_peek(ring, &size), taken++) {
        uint32_t kind = (uint8_t)told[0];
        for (int i = 0; i < CONSOLE_SERVER_SEATS_MAX; i++) {
            struct place *place = server->places[i];
            if (atomic_load(&place->state) != SEAT_FREE && place->fd >= 0 && (place->wishes & kind))
                put_told(server, place, kind, told + 1, size - 1);
        }
        ring_release(ring);
    }
    return told != NULL;
}

static void accept_all(struct console_server *server)
{
    int fd;
    for (;;) {
        oc_rc rc = env_socket_accept(server->listen_fd, &fd);
        if (rc == OC_E_STATE)
            continue; /* another user: closed already */
        if (rc < 0)
            return;
        if (seat_add(server, fd, false) < 0) {
            static const char full[] = "0\tno\t{\"code\":\"FULL\",\"message\":\"8 consoles are attached: end one "
                                       "first\",\"definitive\":true}\n";
            size_t sent;
            (void)env_socket_write(fd, full, sizeof full - 1, &sent); /* who is told may be gone */
            env_close(fd);
        }
    }
}

void console_server_turn(struct console_server *server, int64_t timeout_ns)
{
    struct env_poll list[CONSOLE_SERVER_SEATS_MAX + 2];
    struct place *places[CONSOLE_SERVER_SEATS_MAX + 2] = {0};
    uint32_t count = 0;
    list[count++] = (struct env_poll){server->wake[0], ENV_POLL_READ, 0};
    if (server->listen_fd >= 0)
        list[count++] = (struct env_poll){server->listen_fd, ENV_POLL_READ, 0};
    uint32_t first = count;
    for (int i = 0; i < CONSOLE_SERVER_SEATS_MAX; i++) {
        struct place *place = server->places[i];
        if (atomic_load(&place->state) == SEAT_FREE || place->fd < 0)
            continue;
        short want = (short)((place->in_size < sizeof place->in ? ENV_POLL_READ : 0) |
                             (place->out_at < place->out.size ? ENV_POLL_WRITE : 0));
        places[count] = place;
        list[count++] = (struct env_poll){place->fd, want, 0};
    }
    env_poll(list, count, server->is_behind ? 0 : timeout_ns);
    if (list[0].ret_is) {
        char bytes[64];
        size_t got = 0;
        while (env_socket_read(server->wake[0], bytes, sizeof bytes, &got) == OC_OK && got)
            ;
    }
    if (first == 2 && list[1].ret_is)
        accept_all(server);
    for (uint32_t i = first; i < count; i++)
        if (list[i].ret_is & (ENV_POLL_READ | ENV_POLL_GONE))
            receive(server, places[i]);
    bool more_told = deliver(server, &server->told), more_logs = deliver(server, &server->logs);
    server->is_behind = more_told || more_logs;
    for (int i = 0; i < CONSOLE_SERVER_SEATS_MAX; i++) {
        struct place *place = server->places[i];
        if (atomic_load(&place->state) == SEAT_FREE)
            continue;
        take_answer(server, place);
        send_out(server, place);
    }
    sum_wishes(server);
}

static void run(void *arg)
{
    struct console_server *server = arg;
    while (!atomic_load(&server->is_stopping))
        console_server_turn(server, TURN_NS);
    console_server_turn(server, 0);
    for (int i = 0; i < CONSOLE_SERVER_SEATS_MAX; i++) /* who still waits sees the end, and waits no longer */
        if (atomic_load(&server->places[i]->state) != SEAT_FREE)
            seat_close(server, server->places[i]);
}

oc_rc console_server_new(const char *path, int own_fd, bool has_thread, struct console_server **ret_server)
{
    struct console_server *server = env_alloc(sizeof *server);
    if (!server)
        return OC_E_NOMEM;
    server->listen_fd = server->wake[0] = server->wake[1] = -1;
    oc_rc rc = OC_OK;
    for (int i = 0; i < CONSOLE_SERVER_SEATS_MAX && rc == OC_OK; i++) {
        server->places[i] = env_alloc(sizeof *server->places[i]);
        if (!server->places[i])
            rc = OC_E_NOMEM;
    }
    if (rc == OC_OK)
        rc = ring_init(&server->told, CONSOLE_SERVER_TOLD_SIZE);
    if (rc == OC_OK)
        rc = ring_init(&server->logs, CONSOLE_SERVER_TOLD_SIZE);
    if (rc == OC_OK)
        rc = env_signal_new(&server->signal);
    if (rc == OC_OK)
        rc = env_poller_new(&server->asks);
    if (rc == OC_OK)
        rc = env_socket_pair(server->wake);
    if (rc == OC_OK && path) {
        rc = env_socket_listen(path, &server->listen_fd);
        if (rc == OC_OK)
            snprintf(server->path, sizeof server->path, "%s", path);
    }
    if (rc == OC_OK && own_fd >= 0)
        rc = seat_add(server, own_fd, true);
    if (rc == OC_OK && has_thread)
        rc = env_thread_start(run, server, &server->thread);
    if (rc < 0) {
        console_server_free(server);
        return rc;
    }
    *ret_server = server;
    return OC_OK;
}

void console_server_end(struct console_server *server)
{
    atomic_store(&server->is_stopping, true);
    if (server->thread)
        env_thread_join(server->thread);
    server->thread = NULL;
}

void console_server_free(struct console_server *server)
{
    if (!server)
        return;
    console_server_end(server);
    for (int i = 0; i < CONSOLE_SERVER_SEATS_MAX; i++) {
        struct place *place = server->places[i];
        if (place && atomic_load(&place->state) != SEAT_FREE) {
            if (place->fd >= 0)
                env_close(place->fd);
            text_release(&place->out);
        }
        env_free(place);
    }
    if (server->path[0]) {
        env_close(server->listen_fd);
        (void)env_unlink(server->path); /* a dead name is taken away by whoever finds it */
    }
    env_close(server->wake[0]);
    env_close(server->wake[1]);
    if (server->signal)
        env_signal_free(server->signal);
    env_poller_free(server->asks);
    ring_release_all(&server->told);
    ring_release_all(&server->logs);
    env_free(server);
}

/* Engine side. */

bool console_server_is_asked(const struct console_server *server)
{
    return atomic_load_explicit(&server->asked, memory_order_acquire) != 0;
}

struct console_seat *console_server_take(struct console_server *server)
{
    if (!console_server_is_asked(server))
        return NULL;
    for (int i = 0; i < CONSOLE_SERVER_SEATS_MAX; i++) {
        struct place *place = server->places[i];
        if (atomic_load(&place->state) != SEAT_ASKED)
            continue;
        atomic_store(&place->state, SEAT_TAKEN);
        atomic_fetch_sub(&server->asked, 1);
        return &place->seat;
    }
    return NULL;
}

bool console_server_is_pressed(const struct console_server *server, const struct console_seat *seat)
{
    (void)server;
    return atomic_load(&((const struct place *)(const void *)seat)->is_pressed);
}

static void wake(const struct console_server *server)
{
    size_t sent;
    if (server->thread)
        (void)env_socket_write(server->wake[1], "w", 1, &sent); /* a full pipe wakes too */
}

void console_server_reply(struct console_server *server, struct console_seat *seat, bool is_ok, const char *json,
                          size_t size)
{
    static const char too_long[] =
        "{\"code\":\"TOO_LONG\",\"message\":\"the answer does not fit a line: ask for less\",\"definitive\":true}";
    struct place *place = (struct place *)(void *)seat; /* the seat is its first member */
    if (size + 64 > sizeof place->answer) {
        is_ok = false;
        json = too_long;
        size = sizeof too_long - 1;
    }
    place->answer[0] = is_ok ? '+' : '-';
    memcpy(place->answer + 1, json, size);
    place->answer_size = (uint32_t)size + 1;
    atomic_store(&place->state, SEAT_ANSWERED);
    wake(server);
}

bool console_server_is_wanted(const struct console_server *server, enum tell_kind kind)
{
    return (atomic_load_explicit(&server->wishes, memory_order_relaxed) & (uint32_t)kind) != 0;
}

static void put(struct console_server *server, struct ring *ring, enum tell_kind kind, const char *json, size_t size)
{
    void *room;
    if (!console_server_is_wanted(server, kind))
        return;
    if (size > COMMAND_LINE_MAX - 64 || ring_reserve(ring, (uint32_t)size + 1, &room) < 0) {
        atomic_fetch_add(&server->dropped, 1);
        return;
    }
    ((char *)room)[0] = (char)kind;
    memcpy((char *)room + 1, json, size);
    ring_commit(ring, (uint32_t)size + 1);
}

void console_server_tell(struct console_server *server, enum tell_kind kind, const char *json, size_t size)
{
    put(server, &server->told, kind, json, size);
}

void console_server_log(struct console_server *server, const char *json, size_t size)
{
    put(server, &server->logs, TELL_LOG, json, size);
}

void console_server_wish(struct console_server *server, struct console_seat *seat, uint32_t wishes)
{
    struct place *place = (struct place *)(void *)seat;
    seat->wishes = wishes;
    atomic_store(&place->wishes, wishes);
    atomic_fetch_or(&server->wishes, wishes); /* fewer are seen at the next turn */
}

struct console_token console_server_give(const struct console_server *server, const struct console_seat *seat)
{
    const struct place *place = (const struct place *)(const void *)seat;
    struct console_token token = {.wishes = place->wishes};
    (void)server;
    snprintf(token.id, sizeof token.id, "%s", place->id);
    snprintf(token.name, sizeof token.name, "%s", seat->name);
    return token;
}

struct console_seat *console_server_receive(struct console_server *server, const struct console_token *token)
{
    for (int i = 0; i < CONSOLE_SERVER_SEATS_MAX; i++) {
        struct place *place = server->places[i];
        if (!place->seat.is_own || atomic_load(&place->state) == SEAT_FREE)
            continue;
        if (atomic_load(&place->state) == SEAT_ASKED)
            atomic_fetch_sub(&server->asked, 1);
        snprintf(place->id, sizeof place->id, "%s", token->id);
        snprintf(place->seat.name, sizeof place->seat.name, "%s", token->name);
        place->in_size = 0;
        place->is_skipping = false;
        atomic_store(&place->is_pressed, false); /* what was pressed then is of then */
        text_clear(&place->out);
        place->out_at = 0;
        console_server_wish(server, &place->seat, token->wishes);
        atomic_store(&place->state, SEAT_TAKEN);
        return &place->seat;
    }
    return NULL;
}

static bool has_answer(const struct console_server *server)
{
    for (int i = 0; i < CONSOLE_SERVER_SEATS_MAX; i++)
        if (server->places[i] && atomic_load(&server->places[i]->state) == SEAT_ANSWERED)
            return true;
    return false;
}

void console_server_wait(struct console_server *server, int64_t timeout_ns)
{
    if (server->thread)
        env_signal_wait(server->signal, timeout_ns);
    else
        console_server_turn(server, has_answer(server) ? 0 : timeout_ns); /* an answer is not kept back */
}

struct env_poller *console_server_asks(const struct console_server *server) { return server->asks; }
uint32_t console_server_seats(const struct console_server *server) { return atomic_load(&server->seat_count); }
uint64_t console_server_dropped(const struct console_server *server) { return atomic_load(&server->dropped); }
bool console_server_has_own(const struct console_server *server) { return atomic_load(&server->has_own); }
