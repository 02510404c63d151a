#include "cli/study.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/hash.h"

enum { ROWS_MAX = 1 << 18, PLACES = 4 * ROWS_MAX, ROOM_FIRST = 256, LINE_SIZE_MAX = 1200, FILE_MAX = 1 << 28 };

/* ---- in memory ---- */

static bool is_same(const struct study_row *a, const struct study_row *b)
{
    return a->from_ns == b->from_ns && a->to_ns == b->to_ns && memcmp(a->at, b->at, sizeof a->at) == 0;
}

static uint32_t *place_of(const struct study *study, const struct study_row *key)
{
    uint64_t at =
        hash64_fold(hash64_fold(hash64(key->at, sizeof key->at), (uint64_t)key->from_ns), (uint64_t)key->to_ns);
    for (;; at++) {
        uint32_t *place = &study->places[at % PLACES];
        if (!*place || is_same(&study->rows[*place - 1], key))
            return place;
    }
}

const struct probe_result *study_find(const struct study *study, const struct study_row *key)
{
    const uint32_t place = *place_of(study, key);
    return place ? &study->rows[place - 1].result : NULL;
}

static oc_rc hold(struct study *study, const struct study_row *row)
{
    if (study->count == ROWS_MAX)
        return OC_E_LIMIT;
    if (study->count == study->room) {
        const uint32_t room = study->room ? 2 * study->room : ROOM_FIRST;
        struct study_row *rows = realloc(study->rows, room * sizeof *rows);
        if (!rows)
            return OC_E_NOMEM;
        study->rows = rows;
        study->room = room;
    }
    uint32_t *place = place_of(study, row);
    if (!*place)
        *place = ++study->count;
    study->rows[*place - 1] = *row;
    return OC_OK;
}

/* ---- its lines ---- */

struct reading {
    char *at;
    bool is_bad;
};

static char *word(struct reading *reading)
{
    char *begin = reading->at + strspn(reading->at, " ");
    const size_t size = strcspn(begin, " ");
    reading->is_bad |= size == 0;
    reading->at = begin + size + (begin[size] == ' ');
    begin[size] = 0;
    return begin;
}

static int64_t number(struct reading *reading) { return strtoll(word(reading), NULL, 10); }
static uint64_t hash_of_word(struct reading *reading) { return strtoull(word(reading), NULL, 16); }
static double real(struct reading *reading) { return strtod(word(reading), NULL); }

static struct figure figure(struct reading *reading)
{
    const char *text = word(reading);
    const bool is_known = strcmp(text, "-") != 0;
    return (struct figure){is_known ? strtod(text, NULL) : 0.0, is_known};
}

static void put_figure(struct text *text, struct figure figure)
{
    if (figure.is_known)
        text_format(text, " %.17g", figure.value);
    else
        text_put(text, " -");
}

static void write_row(const struct study_row *row, struct text *text)
{
    const struct probe_result *result = &row->result;
    text_format(text, "%lld %lld", (long long)row->from_ns, (long long)row->to_ns);
    for (uint32_t i = 0; i < SEARCH_PARAMS_MAX; i++)
        text_format(text, " %u", row->at[i]);
    text_format(text, " %d %u %llu %u %u %lld %lld %016" PRIx64 " %016" PRIx64 " %016" PRIx64, (int)result->rc,
                result->events, (unsigned long long)result->trips, result->days, result->periods,
                (long long)result->first_ns, (long long)result->last_ns, result->input_hash, result->trial,
                result->names);
    text_format(text, " %.17g %.17g %.17g", result->profit, result->moments.skew, result->moments.kurtosis);
    put_figure(text, result->daily_sharpe);
    for (uint32_t i = 0; i < PROBE_FIGURES; i++)
        put_figure(text, result->of[i]);
    text_format(text, " %08x", (unsigned)hash64(text->data, text->size));
}

/* `line` is changed. False: it is damaged. */
static bool read_row(char *line, struct study_row *row)
{
    char *check = strrchr(line, ' ');
    struct reading reading = {line, false};
    struct probe_result *result = &row->result;
    if (!check || strtoul(check + 1, NULL, 16) != (uint32_t)hash64(line, (size_t)(check - line)))
        return false;
    *check = 0;
    row->from_ns = number(&reading);
    row->to_ns = number(&reading);
    for (uint32_t i = 0; i < SEARCH_PARAMS_MAX; i++)
        row->at[i] = (uint32_t)number(&reading);
    result->rc = (int32_t)number(&reading);
    result->events = (uint32_t)number(&reading);
    result->trips = (uint64_t)number(&reading);
    result->days = (uint32_t)number(&reading);
    result->periods = (uint32_t)number(&reading);
    result->first_ns = number(&reading);
    result->last_ns = number(&reading);
    result->input_hash = hash_of_word(&reading);
    result->trial = hash_of_word(&reading);
    result->names = hash_of_word(&reading);
    result->profit = real(&reading);
    result->moments.skew = real(&reading);
    result->moments.kurtosis = real(&reading);
    result->daily_sharpe = figure(&reading);
    for (uint32_t i = 0; i < PROBE_FIGURES; i++)
        result->of[i] = figure(&reading);
    return !reading.is_bad;
}

/* ---- its file ---- */

static void put_title(uint64_t hash, char ret_title[64])
{
    snprintf(ret_title, 64, "outcry study 1 %016" PRIx64 "\n", hash);
}

static oc_rc fail(struct error *error, oc_rc rc, const char *path)
{
    error_at(error, rc, "--study %s", path);
    error_what(error, "%s", rc == OC_E_NOMEM || rc == OC_E_LIMIT ? error_name(rc) : env_error_text());
    return rc;
}

/* *ret_kept: bytes that are good. */
static oc_rc read_file(struct study *study, char *bytes, size_t size, const char *title, size_t *ret_kept)
{
    char *at = bytes + strlen(title), *stop = bytes + size;
    while (at < stop) {
        char *end = memchr(at, '\n', (size_t)(stop - at));
        struct study_row row = {0};
        if (end)
            *end = 0;
        if (!end || !read_row(at, &row))
            break;
        oc_rc rc = hold(study, &row);
        if (rc < 0)
            return rc;
        at = end + 1;
    }
    study->resumed = study->count;
    *ret_kept = (size_t)(at - bytes);
    return OC_OK;
}

static oc_rc go_to_end(int fd)
{
    char bytes[4096];
    size_t got = 1;
    oc_rc rc = OC_OK;
    while (rc == OC_OK && got)
        rc = env_read(fd, bytes, sizeof bytes, &got);
    return rc;
}

static oc_rc open_file(struct study *study, const char *path, uint64_t hash, struct error *ret_error)
{
    char title[64], *bytes = NULL;
    size_t size = 0, kept = 0;
    put_title(hash, title);
    oc_rc rc = env_lock(path, &study->lock_fd);
    if (rc < 0)
        return fail(ret_error, rc, path);
    rc = env_read_file(path, FILE_MAX, &bytes, &size);
    if (rc < 0 && rc != OC_E_NOT_FOUND)
        return fail(ret_error, rc, path);
    if (rc == OC_OK && size && (size < strlen(title) || memcmp(bytes, title, strlen(title)) != 0)) {
        env_free(bytes);
        error_at(ret_error, OC_E_STATE, "--study %s", path);
        error_what(ret_error, "it is of another search: other words, strategy, data or ranges, or no study at all");
        error_remedy(ret_error, "name another file, or take this one away");
        return OC_E_STATE;
    }
    rc = bytes && size ? read_file(study, bytes, size, title, &kept) : (oc_rc)OC_OK;
    env_free(bytes);
    if (rc == OC_OK)
        rc = env_open(path, ENV_READ | ENV_WRITE | ENV_CREATE, &study->fd);
    if (rc == OC_OK)
        rc = env_truncate(study->fd, (int64_t)kept);
    if (rc == OC_OK)
        rc = kept ? go_to_end(study->fd) : env_write(study->fd, title, strlen(title));
    return rc < 0 ? fail(ret_error, rc, path) : rc;
}

oc_rc study_open(struct study *study, const char *path, uint64_t hash, struct error *ret_error)
{
    *study = (struct study){.fd = -1, .lock_fd = -1};
    study->places = calloc(PLACES, sizeof *study->places);
    if (!study->places)
        return error_of_code(ret_error, OC_E_NOMEM, "optimize", "");
    return path ? open_file(study, path, hash, ret_error) : (oc_rc)OC_OK;
}

void study_close(struct study *study)
{
    env_close(study->fd);
    env_close(study->lock_fd);
    free(study->rows);
    free(study->places);
    *study = (struct study){.fd = -1, .lock_fd = -1};
}

oc_rc study_add(struct study *study, const struct study_row *row)
{
    struct text text;
    oc_rc rc = hold(study, row);
    if (rc < 0 || study->fd < 0)
        return rc;
    text_init_grow(&text, LINE_SIZE_MAX);
    write_row(row, &text);
    text_put_char(&text, '\n');
    rc = text.is_cut ? (oc_rc)OC_E_NOMEM : env_write(study->fd, text.data, text.size);
    text_release(&text);
    return rc;
}
