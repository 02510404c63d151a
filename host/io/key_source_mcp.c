/* key_source_mcp.c: one call of one tool of an MCP server on its standard input and output: a JSON message a line, JSON-RPC 2.0. */
#include <stdio.h>
#include <string.h>

#include <outcry/kit/json.h>

#include "base/json_out.h"
#include "base/text.h"
#include "base/version.h"
#include "io/key_source.h"

/* The result at a path. */

static bool is_step(struct kit_json_text key, const char *step, size_t size)
{
    return !key.is_escaped && key.size == size && memcmp(key.at, step, size) == 0;
}

/* What stands in an object under a key, in an array at a place; KIT_JSON_NONE: nothing. Read to the end: *ret_good. */
static struct kit_json_text inside(struct kit_json_text value, const char *step, size_t size, bool *ret_good)
{
    struct kit_json json = kit_json_begin(value.at, value.size);
    struct kit_json_text found = {0}, key;
    int64_t place = -1, at = 0;
    *ret_good = true;
    if (value.kind != KIT_JSON_OBJECT && value.kind != KIT_JSON_ARRAY)
        return found;
    if (value.kind == KIT_JSON_OBJECT && kit_json_object(&json)) {
        while (kit_json_key(&json, &key))
            if (is_step(key, step, size))
                found = kit_json_value(&json);
    } else if (kit_json_array(&json)) {
        if (text_to_int(step, size, &place) < 0)
            place = -1;
        for (; kit_json_item(&json); at++)
            if (at == place)
                found = kit_json_value(&json);
    }
    *ret_good = kit_json_end(&json);
    return *ret_good ? found : (struct kit_json_text){0};
}

/* A value that is the whole text; KIT_JSON_NONE: it is no JSON. */
static struct kit_json_text whole(const void *bytes, uint32_t size)
{
    struct kit_json json = kit_json_begin(bytes, size);
    const struct kit_json_text value = kit_json_value(&json);
    return kit_json_end(&json) ? value : (struct kit_json_text){0};
}

/* The text itself, its escapes as what they mean. */
static oc_rc unescaped(struct kit_json_text text, struct env_secret *to)
{
    struct env_secret room;
    if (text.size > to->room)
        return OC_E_LIMIT;
    oc_rc rc = env_secret_new(text.size + 1, &room);
    if (rc < 0)
        return rc;
    rc = kit_json_copy(text, (char *)room.bytes, room.room);
    if (rc >= 0) {
        memcpy(to->bytes, room.bytes, (size_t)rc);
        to->size = (uint32_t)rc;
        rc = OC_OK;
    }
    env_secret_free(&room);
    return rc < 0 ? (oc_rc)OC_E_DATA : rc;
}

/* `texts`: what a path goes through that is JSON in a text lies there, and must not move. */
static oc_rc take_steps(struct kit_json_text value, const char *path, struct env_secret *text,
                        struct kit_json_text *ret_value)
{
    bool has_text = false, good = true;
    for (int steps = 0; *path; steps++) {
        const size_t size = strcspn(path, ".");
        if (steps == KEY_RESULT_STEPS_MAX)
            return OC_E_LIMIT;
        if (value.kind == KIT_JSON_STRING) {
            if (has_text) /* a text in a text in a text */
                return OC_E_NOT_FOUND;
            has_text = true;
            const oc_rc rc = unescaped(value, text);
            if (rc < 0)
                return rc;
            value = whole(text->bytes, text->size);
            if (!value.kind)
                return OC_E_DATA;
        }
        value = inside(value, path, size, &good);
        if (!value.kind)
            return good ? OC_E_NOT_FOUND : OC_E_DATA;
        path += size + (path[size] == '.');
    }
    *ret_value = value;
    return OC_OK;
}

oc_rc key_result_take(const void *json, uint32_t size, const char *path, struct env_secret *value)
{
    struct kit_json_text at = whole(json, size);
    struct env_secret text;
    env_secret_clear(value);
    if (!at.kind)
        return OC_E_DATA;
    oc_rc rc = env_secret_new(size + 1, &text);
    if (rc < 0)
        return rc;
    rc = take_steps(at, path, &text, &at);
    if (rc == OC_OK)
        rc = at.kind == KIT_JSON_STRING ? unescaped(at, value) : (oc_rc)OC_E_DATA;
    env_secret_free(&text);
    if (rc < 0)
        env_secret_clear(value);
    return rc;
}

/* The exchange. */

struct talk {
    struct env_run *run;
    int64_t until_ns;
    struct env_secret in; /* what came: the message first, more behind it */
    uint32_t line;        /* bytes of the message, its line end among them; 0: none yet */
    uint32_t messages;
    const char *what;
};

static oc_rc say(struct talk *talk, oc_rc rc, const char *what)
{
    talk->what = what;
    return rc;
}

static oc_rc send_text(struct talk *talk, struct text *text)
{
    text_put_char(text, '\n');
    if (text->is_cut)
        return say(talk, OC_E_LIMIT, "tool and arguments are too long");
    const oc_rc rc = env_run_write(talk->run, text->data, text->size, talk->until_ns);
    return rc < 0 ? say(talk, rc, rc == OC_E_AGAIN ? "it does not read in time" : "it ended before it was asked") : rc;
}

static void drop_message(struct talk *talk)
{
    const uint32_t left = talk->in.size - talk->line;
    memmove(talk->in.bytes, talk->in.bytes + talk->line, left);
    explicit_bzero(talk->in.bytes + left, talk->line);
    talk->in.size = left;
    talk->line = 0;
}

/* The next line becomes talk->line. */
static oc_rc receive(struct talk *talk)
{
    uint32_t looked = 0;
    if (talk->line)
        drop_message(talk);
    if (talk->messages++ == KEY_MCP_MESSAGES_MAX)
        return say(talk, OC_E_LIMIT, "it says too many messages without an answer");
    for (;;) {
        const unsigned char *end = memchr(talk->in.bytes + looked, '\n', talk->in.size - looked);
        size_t got = 0;
        if (end) {
            talk->line = (uint32_t)(end - talk->in.bytes) + 1;
            return OC_OK;
        }
        looked = talk->in.size;
        if (looked == talk->in.room)
            return say(talk, OC_E_LIMIT, "a message of it is too long");
        const oc_rc rc = env_run_read(talk->run, talk->in.bytes + looked, talk->in.room - looked, talk->until_ns, &got);
        if (rc < 0)
            return say(talk, rc,
                       rc == OC_E_AGAIN ? "it has not answered in time, and was ended"
                                        : "its output could not be read");
        if (!got)
            return say(talk, OC_E_END, "it ended without an answer");
        talk->in.size += (uint32_t)got;
    }
}

struct message {
    struct kit_json_text id, method, result, error;
};

static bool read_message(const struct talk *talk, struct message *ret_message)
{
    struct kit_json json = kit_json_begin(talk->in.bytes, talk->line);
    struct kit_json_text key;
    *ret_message = (struct message){.id = {.kind = KIT_JSON_NONE}};
    if (!kit_json_object(&json))
        return false;
    while (kit_json_key(&json, &key)) {
        if (KIT_JSON_IS(key, "id"))
            ret_message->id = kit_json_value(&json);
        else if (KIT_JSON_IS(key, "method"))
            ret_message->method = kit_json_value(&json);
        else if (KIT_JSON_IS(key, "result"))
            ret_message->result = kit_json_value(&json);
        else if (KIT_JSON_IS(key, "error"))
            ret_message->error = kit_json_value(&json);
    }
    return kit_json_end(&json);
}

/* What the server asks of us: whether we live, yes; anything else is not offered. */
static oc_rc answer(struct talk *talk, const struct message *message)
{
    char room[512];
    struct text text;
    if (message->id.size > 100)
        return say(talk, OC_E_DATA, "it asks with an id that is too long");
    const bool is_string = message->id.kind == KIT_JSON_STRING;
    text_init_fixed(&text, room, sizeof room);
    text_format(&text, "{\"jsonrpc\":\"2.0\",\"id\":%s%.*s%s,", is_string ? "\"" : "", (int)message->id.size,
                message->id.at, is_string ? "\"" : "");
    text_put(&text, KIT_JSON_IS(message->method, "ping")
                        ? "\"result\":{}}"
                        : "\"error\":{\"code\":-32601,\"message\":\"not supported\"}}");
    return send_text(talk, &text);
}

/* The answer to our request `id`; it stands in talk->in until the next receive(). */
static oc_rc await(struct talk *talk, uint64_t id, struct message *ret_message)
{
    for (;;) {
        uint64_t number = 0;
        oc_rc rc = receive(talk);
        if (rc < 0)
            return rc;
        if (talk->line == 1)
            continue;
        if (!read_message(talk, ret_message))
            return say(talk, OC_E_DATA, "it says what is no JSON-RPC message");
        if (ret_message->method.kind) { /* a request of its own, or a notice */
            rc = ret_message->id.kind ? answer(talk, ret_message) : (oc_rc)OC_OK;
            if (rc < 0)
                return rc;
            continue;
        }
        if (kit_json_u64(ret_message->id, &number) < 0 || number != id)
            continue;
        if (ret_message->error.kind && ret_message->error.kind != KIT_JSON_NULL)
            return say(talk, OC_E_STATE, id == 1 ? "it refuses to begin" : "it answers with an error");
        return ret_message->result.kind == KIT_JSON_OBJECT ? (oc_rc)OC_OK
                                                           : say(talk, OC_E_DATA, "its answer has no result");
    }
}

static oc_rc begin(struct talk *talk)
{
    char room[512];
    struct message message;
    struct text text;
    text_init_fixed(&text, room, sizeof room);
    text_format(
        &text,
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-06-18\","
        "\"capabilities\":{},\"clientInfo\":{\"name\":\"outcry\",\"version\":\"%s\"}}}",
        OUTCRY_VERSION);
    oc_rc rc = send_text(talk, &text);
    if (rc == OC_OK)
        rc = await(talk, 1, &message);
    if (rc < 0)
        return rc;
    text_clear(&text);
    text_put(&text, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    return send_text(talk, &text);
}

static oc_rc call(struct talk *talk, const struct key_source *source, struct env_secret *value)
{
    char room[8 * KEY_SOURCE_TEXT_MAX];
    struct message message = {.id = {.kind = KIT_JSON_NONE}};
    struct text text;
    bool good;
    text_init_fixed(&text, room, sizeof room);
    text_put(&text, "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{");
    json_text(&text, "name", source->tool);
    text_format(&text, ",\"arguments\":%s}}", source->arguments[0] ? source->arguments : "{}");
    oc_rc rc = send_text(talk, &text);
    if (rc == OC_OK)
        rc = await(talk, 2, &message);
    if (rc < 0)
        return rc;
    if (inside(message.result, "isError", 7, &good).kind == KIT_JSON_TRUE)
        return say(talk, OC_E_STATE, "its tool says an error");
    rc = key_result_take(message.result.at, message.result.size, source->result, value);
    return rc < 0 ? say(talk, rc,
                        rc == OC_E_NOT_FOUND ? "its answer has nothing at the path of `result`"
                        : rc == OC_E_LIMIT   ? "its answer is longer than a credential may be"
                                             : "its answer has no text at the path of `result`")
                  : rc;
}

oc_rc key_mcp_call(struct env_run *run, const struct key_source *source, int64_t until_ns, struct env_secret *value,
                   const char **ret_what)
{
    struct talk talk = {.run = run, .until_ns = until_ns, .what = ""};
    oc_rc rc = env_secret_new(KEY_MCP_MESSAGE_MAX, &talk.in);
    if (rc == OC_OK)
        rc = begin(&talk);
    if (rc == OC_OK)
        rc = call(&talk, source, value);
    env_secret_free(&talk.in);
    *ret_what = talk.what[0] ? talk.what : error_name(rc);
    return rc;
}
