#include "console/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env_socket.h"
#include "base/line.h"
#include "base/text.h"

enum { IN_MAX = LINK_LINE_MAX * 2, POLL_READS_MAX = 4, SLICE_NS = 50000000 };

struct link {
    int fd;
    bool is_gone;
    uint64_t next_id;
    uint64_t lost;
    char *told[LINK_TOLD_MAX]; /* owned lines "KIND\tJSON" */
    uint32_t told_first;
    uint32_t told_count;
    char *shown;      /* the line last given by link_told */
    size_t in_at;     /* in[in_at, in_size) is not looked at yet */
    size_t in_size;   /* bytes in in[] */
    size_t answer_at; /* where the answer last given begins: before in_at, and there until the next read */
    char in[IN_MAX + 1];
};

oc_rc link_new(int fd, struct link **ret_link)
{
    struct link *link = env_alloc(sizeof *link);
    if (!link)
        return OC_E_NOMEM;
    link->fd = fd;
    *ret_link = link;
    return OC_OK;
}

void link_free(struct link *link)
{
    if (!link)
        return;
    for (uint32_t i = 0; i < link->told_count; i++)
        env_free(link->told[(link->told_first + i) % LINK_TOLD_MAX]);
    env_free(link->shown);
    env_close(link->fd);
    env_free(link);
}

int link_fd(const struct link *link) { return link->fd; }
uint64_t link_lost(const struct link *link) { return link->lost; }

static void keep(struct link *link, const char *line, size_t size)
{
    char *copy = env_alloc(size + 1);
    if (!copy || link->told_count == LINK_TOLD_MAX) {
        link->lost++;
        if (!copy)
            return;
        env_free(link->told[link->told_first]);
        link->told_first = (link->told_first + 1) % LINK_TOLD_MAX;
        link->told_count--;
    }
    memcpy(copy, line, size);
    copy[size] = 0;
    link->told[(link->told_first + link->told_count++) % LINK_TOLD_MAX] = copy;
}

/* Looks through whole lines: keeps what is told, drops late answers, and ends behind the answer to `id` (0: none is waited
 * for), whose line begins at in[answer_at] then. Answer 0 is to whoever asks: this console is one too many. */
static bool sort_lines(struct link *link, uint64_t id)
{
    char *end;
    while ((end = memchr(link->in + link->in_at, '\n', link->in_size - link->in_at)) != NULL) {
        char *line = link->in + link->in_at;
        size_t size = (size_t)(end - line) + 1;
        link->in_at += size;
        if (*line == '!' && size > 3) {
            keep(link, line + 2, size - 3);
        } else if (id && (strtoull(line, NULL, 10) == id || strncmp(line, "0\tno\t", 5) == 0)) {
            *end = 0;
            link->answer_at = link->in_at - size;
            return true;
        }
    }
    return false;
}

/* Half a line goes to the start of in[], so that what comes next has room. */
static void make_room(struct link *link)
{
    link->in_size -= link->in_at;
    memmove(link->in, link->in + link->in_at, link->in_size);
    link->in_at = 0;
    if (link->in_size == IN_MAX)
        link->in_size = 0; /* no host of ours sends such a line */
}

static oc_rc receive(struct link *link, int64_t timeout_ns)
{
    struct env_poll poll = {link->fd, ENV_POLL_READ, 0};
    size_t got = 0;
    if (link->is_gone)
        return OC_E_IO;
    if (env_poll(&poll, 1, timeout_ns) == 0)
        return OC_E_AGAIN;
    make_room(link);
    oc_rc rc = env_socket_read(link->fd, link->in + link->in_size, IN_MAX - link->in_size, &got);
    if (rc == OC_E_AGAIN)
        return rc;
    if (rc < 0 || got == 0) {
        link->is_gone = true;
        return OC_E_IO;
    }
    link->in_size += got;
    return OC_OK;
}

static oc_rc send_all(struct link *link, const char *data, size_t size, int64_t deadline_ns)
{
    while (size) {
        size_t sent = 0;
        oc_rc rc = env_socket_write(link->fd, data, size, &sent);
        if (rc == OC_E_AGAIN) {
            struct env_poll poll = {link->fd, ENV_POLL_WRITE, 0};
            if (env_clock_mono() > deadline_ns)
                return OC_E_AGAIN;
            env_poll(&poll, 1, SLICE_NS);
            continue;
        }
        if (rc < 0)
            return OC_E_IO;
        data += sent;
        size -= sent;
    }
    return OC_OK;
}

static oc_rc write_line(struct text *line, uint64_t id, const char *const *fields, uint32_t field_count)
{
    text_format(line, "%llu", (unsigned long long)id);
    for (uint32_t i = 0; i < field_count; i++)
        line_put(line, fields[i]);
    text_put_char(line, '\n');
    return line->is_cut ? OC_E_LIMIT : OC_OK;
}

oc_rc link_ask(struct link *link, const char *const *fields, uint32_t field_count, int64_t timeout_ns,
               const volatile bool *stop, bool *ret_is_ok, const char **ret_json)
{
    struct text line;
    int64_t deadline_ns = env_clock_mono() + timeout_ns;
    uint64_t id = ++link->next_id;
    if (field_count == 0 || field_count >= LINK_FIELDS_MAX)
        return OC_E_LIMIT;
    text_init_grow(&line, LINK_LINE_MAX);
    oc_rc rc = write_line(&line, id, fields, field_count);
    if (rc == OC_OK)
        rc = send_all(link, line.data, line.size, deadline_ns);
    text_release(&line);
    if (rc < 0 && rc != OC_E_IO) /* a host that is gone may have said why */
        return rc;
    while (!sort_lines(link, id)) {
        int64_t left_ns = deadline_ns - env_clock_mono();
        if (left_ns <= 0 || (stop && __atomic_load_n(stop, __ATOMIC_RELAXED)))
            return OC_E_AGAIN;
        rc = receive(link, left_ns < SLICE_NS ? left_ns : SLICE_NS);
        if (rc == OC_E_IO)
            return rc;
    }
    const char *verdict = strchr(link->in + link->answer_at, '\t'), *json = verdict ? strchr(verdict + 1, '\t') : NULL;
    if (!json)
        return OC_E_DATA;
    *ret_is_ok = strncmp(verdict + 1, "ok\t", 3) == 0;
    *ret_json = json + 1;
    return OC_OK;
}

oc_rc link_poll(struct link *link)
{
    oc_rc rc = OC_OK;
    sort_lines(link, 0);
    for (int i = 0; i < POLL_READS_MAX && rc == OC_OK; i++) { /* a host that never stops talking holds nobody up */
        rc = receive(link, 0);
        sort_lines(link, 0);
    }
    return rc == OC_E_AGAIN ? OC_OK : rc;
}

oc_rc link_told(struct link *link, const char **ret_kind, const char **ret_json)
{
    env_free(link->shown);
    link->shown = NULL;
    if (!link->told_count)
        return OC_E_NOT_FOUND;
    link->shown = link->told[link->told_first];
    link->told_first = (link->told_first + 1) % LINK_TOLD_MAX;
    link->told_count--;
    char *tab = strchr(link->shown, '\t');
    if (!tab)
        return link_told(link, ret_kind, ret_json);
    *tab = 0;
    *ret_kind = link->shown;
    *ret_json = tab + 1;
    return OC_OK;
}
