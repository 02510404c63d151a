/* channel_send.c: one message on its way: by a program, by HTTP, by SMTP. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env_run.h"
#include "base/json_out.h"
#include "io/net_lib.h"
#include "tell/channel.h"

enum { BODY_MAX = 8192, URL_MAX = 4096 + 128 };

static oc_rc failed(char *ret_why, oc_rc rc, const char *why)
{
    snprintf(ret_why, TELL_WHY_MAX, "%s", why);
    return rc;
}

/* "ALARM unknown: order o3 ...", for people. */
static void put_line(struct text *text, const struct notice *message)
{
    text_format(text, "%s %s: %s", notice_level_name(message->level), notice_kind_name(message->kind), message->text);
}

/* A program: the message on its input, the rest in its last words. */
static oc_rc by_command(const struct channel *channel, const char *title, const struct notice *message, char *ret_why)
{
    char words[TELL_WORDS_MAX], body[BODY_MAX];
    const char *argv[ENV_RUN_WORDS_MAX] = {NULL};
    struct env_run run;
    struct text text;
    uint32_t count = 0;
    int code = 0;
    snprintf(words, sizeof words, "%s", channel->words);
    for (char *at = words; at && count + 4 < ENV_RUN_WORDS_MAX;) {
        char *comma = strchr(at, ',');
        argv[count++] = at;
        if (comma)
            *comma = 0;
        at = comma ? comma + 1 : NULL;
    }
    argv[count++] = notice_level_name(message->level);
    argv[count++] = notice_kind_name(message->kind);
    argv[count++] = title;
    text_init_fixed(&text, body, sizeof body);
    put_line(&text, message);
    text_put(&text, "\n");
    const int64_t until_ns = env_clock_mono() + TELL_SEND_NS;
    oc_rc rc = env_run_start(argv, &run);
    if (rc < 0)
        return failed(ret_why, OC_E_IO, env_error_text());
    rc = env_run_write(&run, text.data, text.size, until_ns);
    env_run_close_input(&run);
    env_run_end(&run, until_ns, &code);
    if (rc == OC_E_END)
        rc = OC_OK; /* it may not want to read */
    snprintf(ret_why, TELL_WHY_MAX, "%s ends with %d", argv[0], code);
    return rc < 0 || code != 0 ? (oc_rc)OC_E_IO : (oc_rc)OC_OK;
}

/* libcurl. */

struct upload {
    const char *bytes;
    size_t size, at;
};

static size_t give(char *to, size_t one, size_t count, void *self)
{
    struct upload *upload = self;
    size_t size = one * count;
    if (size > upload->size - upload->at)
        size = upload->size - upload->at;
    memcpy(to, upload->bytes + upload->at, size);
    upload->at += size;
    return size;
}

static size_t drop(char *bytes, size_t one, size_t count, void *self)
{
    (void)bytes;
    (void)self;
    return one * count;
}

struct post {
    char url[URL_MAX];
    const char *body;  /* NULL: a GET */
    const char *token; /* of an Authorization header; NULL: none */
    const char *ca_file;
};

static const struct net_lib *library(char *ret_why)
{
    const char *missing = "";
    const struct net_lib *lib = net_lib_get(&missing);
    if (!lib)
        snprintf(ret_why, TELL_WHY_MAX, "%s could not be loaded", missing);
    return lib;
}

static void set_common(const struct net_lib *lib, CURL *easy, const char *ca_file)
{
    lib->set(easy, CURLOPT_TIMEOUT_MS, (long)(TELL_SEND_NS / 1000000));
    lib->set(easy, CURLOPT_NOSIGNAL, 1L);
    lib->set(easy, CURLOPT_WRITEFUNCTION, drop);
    if (*ca_file)
        lib->set(easy, CURLOPT_CAINFO, ca_file);
}

static oc_rc by_http(const struct post *post, char *ret_why)
{
    const struct net_lib *lib = library(ret_why);
    CURL *easy = lib ? lib->easy_new() : NULL;
    struct curl_slist *headers = NULL;
    char line[4200];
    long status = 0;
    if (!easy)
        return lib ? (oc_rc)OC_E_NOMEM : (oc_rc)OC_E_NOT_SUPPORTED;
    set_common(lib, easy, post->ca_file);
    lib->set(easy, CURLOPT_URL, post->url);
    lib->set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    if (post->body) {
        headers = lib->list_add(NULL, "Content-Type: application/json");
        lib->set(easy, CURLOPT_POSTFIELDS, post->body);
    }
    if (post->token) {
        snprintf(line, sizeof line, "Authorization: Bearer %s", post->token);
        headers = lib->list_add(headers, line);
    }
    lib->set(easy, CURLOPT_HTTPHEADER, headers);
    const CURLcode code = lib->perform(easy);
    lib->get(easy, CURLINFO_RESPONSE_CODE, &status);
    lib->list_free(headers);
    lib->easy_free(easy);
    explicit_bzero(line, sizeof line);
    if (code != CURLE_OK)
        return failed(ret_why, OC_E_IO, lib->words(code));
    snprintf(ret_why, TELL_WHY_MAX, "HTTP status %ld", status);
    return status >= 200 && status < 300    ? (oc_rc)OC_OK
           : status == 429 || status >= 500 ? (oc_rc)OC_E_IO
                                            : (oc_rc)OC_E_DENIED;
}

/* `text` stands there twice, by the names that chats look for. */
static void put_json(struct text *body, const char *title, const struct notice *message)
{
    char line[TELL_TEXT_MAX + 512];
    struct text text;
    text_init_fixed(&text, line, sizeof line);
    text_format(&text, "[%s] ", title);
    put_line(&text, message);
    json_open(body, NULL, '{');
    json_text(body, "session", title);
    json_text(body, "level", notice_level_name(message->level));
    json_text(body, "kind", notice_kind_name(message->kind));
    json_time(body, "time", message->at_ns);
    json_text(body, "message", message->text);
    json_text(body, "text", line);
    json_text(body, "content", line);
    json_close(body, '}');
}

static oc_rc by_webhook(const struct channel *channel, const char *title, const struct notice *message, char *ret_why)
{
    char body[BODY_MAX];
    struct text text;
    struct post post = {.body = body, .ca_file = channel->ca_file};
    char token[4100] = "";
    text_init_fixed(&text, body, sizeof body);
    put_json(&text, title, message);
    snprintf(post.url, sizeof post.url, "%.*s", (int)channel->url.size, (const char *)channel->url.bytes);
    if (channel->secret.size) {
        snprintf(token, sizeof token, "%.*s", (int)channel->secret.size, (const char *)channel->secret.bytes);
        post.token = token;
    }
    const oc_rc rc = by_http(&post, ret_why);
    explicit_bzero(token, sizeof token);
    explicit_bzero(post.url, sizeof post.url);
    return rc;
}

static oc_rc by_telegram(const struct channel *channel, const char *title, const struct notice *message, char *ret_why)
{
    char body[BODY_MAX], line[TELL_TEXT_MAX + 512];
    struct text text, words;
    struct post post = {.body = body, .ca_file = channel->ca_file};
    text_init_fixed(&words, line, sizeof line);
    text_format(&words, "[%s] ", title);
    put_line(&words, message);
    text_init_fixed(&text, body, sizeof body);
    json_open(&text, NULL, '{');
    json_text(&text, "chat_id", channel->chat);
    json_text(&text, "text", line);
    json_close(&text, '}');
    snprintf(post.url, sizeof post.url, "%.*s/bot%.*s/sendMessage", channel->url.size ? (int)channel->url.size : 24,
             channel->url.size ? (const char *)channel->url.bytes : "https://api.telegram.org",
             (int)channel->secret.size, (const char *)channel->secret.bytes);
    const oc_rc rc = by_http(&post, ret_why);
    explicit_bzero(post.url, sizeof post.url);
    return rc;
}

static void put_mail(struct text *mail, const struct channel *channel, const char *title, const struct notice *message)
{
    char time[TEXT_TIME_MAX];
    text_from_time(time, message->at_ns);
    text_format(mail, "From: <%s>\r\nTo: ", channel->from);
    for (const char *at = channel->to; *at;) {
        const size_t size = strcspn(at, ",");
        text_format(mail, "%s<%.*s>", at == channel->to ? "" : ", ", (int)size, at);
        at += size + (at[size] == ',');
    }
    text_format(mail,
                "\r\nSubject: [%s] %s: %s\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n",
                title, notice_level_name(message->level), notice_kind_name(message->kind));
    put_line(mail, message);
    text_format(mail, "\r\n\r\nsession %s, %s\r\n", title, time);
}

static oc_rc by_mail(const struct channel *channel, const char *title, const struct notice *message, char *ret_why)
{
    char body[BODY_MAX], from[TELL_WORDS_MAX + 4], url[URL_MAX], password[4100] = "";
    const struct net_lib *lib = library(ret_why);
    CURL *easy = lib ? lib->easy_new() : NULL;
    struct curl_slist *to = NULL;
    struct text mail;
    if (!easy)
        return lib ? (oc_rc)OC_E_NOMEM : (oc_rc)OC_E_NOT_SUPPORTED;
    text_init_fixed(&mail, body, sizeof body);
    put_mail(&mail, channel, title, message);
    struct upload upload = {body, mail.size, 0};
    snprintf(from, sizeof from, "<%s>", channel->from);
    for (const char *at = channel->to; *at;) {
        char one[256];
        const size_t size = strcspn(at, ",");
        snprintf(one, sizeof one, "<%.*s>", (int)size, at);
        to = lib->list_add(to, one);
        at += size + (at[size] == ',');
    }
    snprintf(url, sizeof url, "%.*s", (int)channel->url.size, (const char *)channel->url.bytes);
    set_common(lib, easy, channel->ca_file);
    lib->set(easy, CURLOPT_URL, url);
    lib->set(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    if (channel->secret.size) { /* a password goes over TLS alone, or to this machine */
        const bool is_here = strncmp(url, "smtp://127.", 11) == 0 || strncmp(url, "smtp://[::1]", 12) == 0;
        snprintf(password, sizeof password, "%.*s", (int)channel->secret.size, (const char *)channel->secret.bytes);
        lib->set(easy, CURLOPT_USERNAME, channel->user);
        lib->set(easy, CURLOPT_PASSWORD, password);
        lib->set(easy, CURLOPT_USE_SSL, is_here ? (long)CURLUSESSL_TRY : (long)CURLUSESSL_ALL);
    } else {
        lib->set(easy, CURLOPT_USE_SSL, (long)CURLUSESSL_TRY);
    }
    lib->set(easy, CURLOPT_MAIL_FROM, from);
    lib->set(easy, CURLOPT_MAIL_RCPT, to);
    lib->set(easy, CURLOPT_UPLOAD, 1L);
    lib->set(easy, CURLOPT_READFUNCTION, give);
    lib->set(easy, CURLOPT_READDATA, &upload);
    const CURLcode code = lib->perform(easy);
    lib->list_free(to);
    lib->easy_free(easy);
    explicit_bzero(password, sizeof password);
    if (code == CURLE_OK)
        return OC_OK;
    return failed(ret_why, code == CURLE_LOGIN_DENIED ? OC_E_DENIED : OC_E_IO, lib->words(code));
}

oc_rc channel_send(const struct channel *channel, const char *title, const struct notice *message, char *ret_why)
{
    ret_why[0] = 0;
    switch (channel->way) {
    case CHANNEL_COMMAND:
        return by_command(channel, title, message, ret_why);
    case CHANNEL_WEBHOOK:
        return by_webhook(channel, title, message, ret_why);
    case CHANNEL_TELEGRAM:
        return by_telegram(channel, title, message, ret_why);
    case CHANNEL_MAIL:
        return by_mail(channel, title, message, ret_why);
    default:
        return channel_beat(channel, ret_why);
    }
}

oc_rc channel_beat(const struct channel *channel, char *ret_why)
{
    struct post post = {.ca_file = channel->ca_file};
    snprintf(post.url, sizeof post.url, "%.*s", (int)channel->url.size, (const char *)channel->url.bytes);
    const oc_rc rc = by_http(&post, ret_why);
    explicit_bzero(post.url, sizeof post.url);
    return rc;
}
