/* net_answer.c: what an answer of HTTP may be: libcurl reads it, and what it lets pass is judged here. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "io/net_impl.h"

/* What is wrong with it; the transfer ends. */
static size_t breach(struct net_talk *talk, const char *words)
{
    talk->breach = words;
    return 0;
}

static bool is_named(const char *line, size_t size, const char *name, const char **ret_value, size_t *ret_size)
{
    const size_t length = strlen(name);
    if (size <= length || line[length] != ':' || strncasecmp(line, name, length) != 0)
        return false;
    const char *value = line + length + 1;
    size_t left = size - length - 1;
    while (left && (*value == ' ' || *value == '\t'))
        value++, left--;
    while (left && (unsigned char)value[left - 1] <= ' ')
        left--;
    *ret_value = value;
    *ret_size = left;
    return true;
}

static bool is_value(const char *value, size_t size, const char *wanted)
{
    return size == strlen(wanted) && strncasecmp(value, wanted, size) == 0;
}

/* A head begins; the one before was of 1xx. */
static void begin_head(struct net_talk *talk, const char *line, size_t size)
{
    talk->exchange->head.size = 0;
    talk->is_chunked = talk->is_head_over = false;
    talk->is_last = size > 8 && memcmp(line, "HTTP/1.0", 8) == 0;
    talk->lengths = 0;
}

static const char *judge_line(struct net_talk *talk, const char *line, size_t size)
{
    const char *value;
    size_t value_size;
    if (line[0] == ' ' || line[0] == '\t')
        return "a header in several lines";
    if (is_named(line, size, "content-length", &value, &value_size)) {
        for (size_t i = 0; i < value_size; i++)
            if (!isdigit((unsigned char)value[i]))
                return "a Content-Length that is no number";
        talk->lengths++;
    } else if (is_named(line, size, "transfer-encoding", &value, &value_size)) {
        if (!is_value(value, value_size, "chunked") || talk->is_chunked)
            return "a Transfer-Encoding other than chunked";
        talk->is_chunked = true;
    } else if (is_named(line, size, "connection", &value, &value_size) && is_value(value, value_size, "close")) {
        talk->is_last = true;
    }
    if (talk->lengths > 1)
        return "two lengths";
    return talk->lengths && talk->is_chunked ? "Content-Length with Transfer-Encoding" : NULL;
}

static size_t on_header(char *line, size_t one, size_t size, void *self)
{
    struct net_talk *talk = self;
    struct net_bytes *head = &talk->exchange->head;
    size *= one;
    talk->head_size += size;
    if (talk->head_size > NET_HEAD_MAX)
        return breach(talk, "a head of more than 64 KiB");
    if (size > 5 && memcmp(line, "HTTP/", 5) == 0) {
        begin_head(talk, line, size);
        return size;
    }
    if (talk->is_head_over) /* trailers */
        return size;
    if (size <= 2 && (unsigned char)line[0] <= ' ') {
        talk->is_head_over = true;
        return size;
    }
    const char *why = judge_line(talk, line, size);
    if (why)
        return breach(talk, why);
    const size_t from = head->size;
    size_t length = size;
    while (length && (line[length - 1] == '\r' || line[length - 1] == '\n'))
        length--;
    if (net_bytes_add(head, line, length, NET_HEAD_MAX) < 0 || net_bytes_add(head, "\r\n", 2, NET_HEAD_MAX + 2) < 0)
        return breach(talk, "no memory for its head");
    for (size_t i = from; i < head->size && head->data[i] != ':'; i++)
        head->data[i] = (char)tolower((unsigned char)head->data[i]);
    return size;
}

static size_t on_body(char *bytes, size_t one, size_t size, void *self)
{
    struct net_talk *talk = self;
    struct net_bytes *content = &talk->exchange->content;
    curl_off_t wire = 0;
    size *= one;
    (void)talk->net->lib->get(talk->easy, CURLINFO_SIZE_DOWNLOAD_T, &wire);
    /* What libcurl is just reading is not counted yet: the free part is larger than its buffer. */
    if (content->size + size > (size_t)wire * NET_RATIO_MAX + NET_RATIO_FREE)
        return breach(talk, "a body that inflates to more than 100 times what came");
    const oc_rc rc = net_bytes_add(content, bytes, size, NET_BODY_MAX);
    if (rc < 0)
        return breach(talk, rc == OC_E_LIMIT ? "a body of more than 32 MiB" : "no memory for its body");
    return size;
}

/* Called before the request leaves, each time it does. libcurl tries again where a kept connection died: what has left once is not made
 * again. */
static int on_request(void *self, char *peer, char *own, int peer_port, int own_port)
{
    struct net_talk *talk = self;
    (void)peer, (void)own, (void)peer_port, (void)own_port;
    if (talk->requests++) {
        talk->breach = "the connection ended before an answer came";
        return CURL_PREREQFUNC_ABORT;
    }
    talk->exchange->has_left = talk->is_made = true;
    return CURL_PREREQFUNC_OK;
}

/* Bytes behind an answer are thrown away by libcurl with a word about it, and nothing else says so. */
static int on_word(CURL *easy, curl_infotype kind, char *text, size_t size, void *self)
{
    static const char *const behind[] = {"Excess found", "Leftovers after chunking"};
    struct net_talk *talk = self;
    (void)easy;
    for (size_t i = 0; i < 2 && kind == CURLINFO_TEXT; i++)
        if (size > strlen(behind[i]) && memcmp(text, behind[i], strlen(behind[i])) == 0)
            talk->breach = "bytes behind the answer that nobody asked for";
    return 0;
}

oc_rc net_answer_begin(struct net_talk *talk)
{
    const struct net_lib *lib = talk->net->lib;
    CURLcode bad = CURLE_OK;
#define SET(option, value) bad = bad == CURLE_OK ? lib->set(talk->easy, option, value) : bad
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, (void *)talk);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, (void *)talk);
    SET(CURLOPT_PREREQFUNCTION, on_request);
    SET(CURLOPT_PREREQDATA, (void *)talk);
    SET(CURLOPT_DEBUGFUNCTION, on_word);
    SET(CURLOPT_DEBUGDATA, (void *)talk);
    SET(CURLOPT_VERBOSE, 1L);
    SET(CURLOPT_ACCEPT_ENCODING, talk->is_long ? (char *)NULL : "gzip, deflate"); /* packed, lines would be held back */
    SET(CURLOPT_HTTP09_ALLOWED, 0L);
#undef SET
    return bad == CURLE_OK ? OC_OK : OC_E_NOMEM;
}

const char *net_answer_doubt(const struct net_talk *talk)
{
    const uint16_t status = talk->exchange->status;
    if (talk->breach)
        return talk->breach;
    if (!talk->is_head_over)
        return "an answer whose head is cut off";
    if (!talk->lengths && !talk->is_chunked && status != 204 && status != 304)
        return "an answer without a length, ended by the close of its connection: it may be cut off";
    return NULL;
}
