/* gzip.c: lines out of a plain file, a gzip file or the one file of a zip archive, through one buffer of text. */
#include "csv.h"

#include "base/env.h"

#include <stdio.h>
#include <string.h>

static oc_rc start_inflate(struct csv_source *source)
{
    memset(&source->z, 0, sizeof source->z);
    return inflateInit2(&source->z, source->is_zip ? -MAX_WBITS : 16 + MAX_WBITS) == Z_OK ? OC_OK : OC_E_NOMEM;
}

static void go_to_start(struct csv_source *source)
{
    source->offset = source->is_zip && !source->memory.data ? source->zip.at : 0;
    source->is_in_member = source->is_zip;
    source->is_unpacked = false;
    source->crc = source->unpacked_size = 0;
}

oc_rc csv_source_open(struct csv_source *source, const char *path, char error[CSV_ERROR_MAX])
{
    uint8_t magic[4] = {0};
    size_t size = 0;
    memset(source, 0, sizeof *source);
    source->fd = -1;
    oc_rc rc = env_open(path, ENV_READ, &source->fd);
    if (rc < 0) {
        snprintf(error, CSV_ERROR_MAX, "%s", env_error_text());
        return rc;
    }
    rc = env_pread(source->fd, magic, sizeof magic, 0, &size);
    if (rc < 0) {
        snprintf(error, CSV_ERROR_MAX, "%s: %s", path, env_error_text());
        return rc;
    }
    source->is_zip = size == 4 && memcmp(magic, "PK\3\4", 4) == 0;
    const char *wrong = source->is_zip ? csv_zip_find(source->fd, &source->zip) : NULL;
    if (wrong) {
        snprintf(error, CSV_ERROR_MAX, "%s: %s", csv_file_name(path), wrong);
        return OC_E_DATA;
    }
    source->is_gzip = source->is_zip ? source->zip.is_packed : size >= 2 && magic[0] == 0x1f && magic[1] == 0x8b;
    go_to_start(source);
    source->text = env_alloc(CSV_TEXT_SIZE + CSV_LINE_MAX + 1);
    if (source->is_gzip)
        source->raw = env_alloc(CSV_RAW_SIZE);
    if (!source->text || (source->is_gzip && (!source->raw || start_inflate(source) < 0))) {
        snprintf(error, CSV_ERROR_MAX, "%s: no memory to read it", path);
        env_free(source->raw); /* so that nothing is left of a decompressor that never began */
        source->raw = NULL;
        source->is_gzip = false;
        return OC_E_NOMEM;
    }
    return OC_OK;
}

void csv_kept_release(struct csv_kept *kept)
{
    env_free(kept->data);
    memset(kept, 0, sizeof *kept);
}

void csv_source_take(struct csv_source *source, struct csv_kept *kept)
{
    int64_t size;
    if (!source->is_gzip || !kept->data || env_file_size(source->fd, &size) < 0 || size != kept->file_size)
        return;
    source->memory = *kept;
    memset(kept, 0, sizeof *kept);
    source->offset = 0;
}

void csv_source_keep(struct csv_source *source, struct csv_kept *kept)
{
    if (source->is_gzip && env_file_size(source->fd, &kept->file_size) >= 0)
        source->keeping = kept;
}

/* The text of a whole file, or nothing: one byte too many ends it. */
static void keep(struct csv_source *source, const char *bytes, size_t size)
{
    struct csv_kept *kept = source->keeping;
    if (kept->size + size > CSV_KEPT_MAX) {
        csv_kept_release(kept);
        source->keeping = NULL;
        return;
    }
    if (kept->size + size > kept->room) {
        size_t room = kept->room ? kept->room * 2 : CSV_TEXT_SIZE * 4;
        char *grown = kept->data ? env_resize(kept->data, kept->room, room) : env_alloc(room);
        if (!grown) {
            csv_kept_release(kept);
            source->keeping = NULL;
            return;
        }
        kept->data = grown;
        kept->room = room;
    }
    memcpy(kept->data + kept->size, bytes, size);
    kept->size += size;
}

void csv_source_close(struct csv_source *source)
{
    csv_kept_release(&source->memory);
    if (source->is_gzip && source->raw)
        inflateEnd(&source->z);
    env_free(source->raw);
    env_free(source->text);
    if (source->fd > 0 || source->text)
        env_close(source->fd);
    memset(source, 0, sizeof *source);
    source->fd = -1;
}

oc_rc csv_source_rewind(struct csv_source *source)
{
    go_to_start(source);
    source->start = source->end = 0;
    source->is_at_end = false;
    if (!source->is_gzip)
        return OC_OK;
    source->z.avail_in = 0;
    return inflateReset(&source->z) == Z_OK ? OC_OK : OC_E_STATE;
}

static oc_rc read_raw(struct csv_source *source, void *data, size_t size, size_t *ret_size)
{
    if (source->is_zip) {
        int64_t left = source->zip.at + source->zip.packed_size - source->offset;
        size = (int64_t)size > left ? (size_t)left : size;
    }
    oc_rc rc = env_pread(source->fd, data, size, source->offset, ret_size);
    if (rc >= 0)
        source->offset += (int64_t)*ret_size;
    return rc;
}

/* A new member after the end of one. What follows the last member must be zero bytes (padding of
 * tapes). */
static oc_rc next_member(struct csv_source *source)
{
    while (source->z.avail_in > 0 && *source->z.next_in == 0) {
        source->z.next_in++;
        source->z.avail_in--;
    }
    if (source->z.avail_in == 0)
        return OC_OK;
    source->is_in_member = true;
    return inflateReset(&source->z) == Z_OK ? OC_OK : OC_E_STATE;
}

static oc_rc read_memory(struct csv_source *source, char *to, size_t room, size_t *ret_size)
{
    size_t left = source->memory.size - (size_t)source->offset;
    if (room > left)
        room = left;
    memcpy(to, source->memory.data + source->offset, room);
    source->offset += (int64_t)room;
    *ret_size = room;
    return OC_OK;
}

static oc_rc inflate_some(struct csv_source *source, char *to, size_t room, size_t *ret_size)
{
    z_stream *z = &source->z;
    z->next_out = (Bytef *)to;
    z->avail_out = (uInt)room;
    while (z->avail_out > 0 && !source->is_unpacked) {
        if (z->avail_in == 0) {
            size_t size;
            oc_rc rc = read_raw(source, source->raw, CSV_RAW_SIZE, &size);
            if (rc < 0)
                return rc;
            z->next_in = source->raw;
            z->avail_in = (uInt)size;
            if (size == 0) {
                source->is_at_end = true;
                if (source->is_in_member)
                    return OC_E_DATA; /* cut off */
                break;
            }
        }
        if (!source->is_in_member) {
            oc_rc rc = next_member(source);
            if (rc < 0)
                return rc;
            if (!source->is_in_member)
                continue;
        }
        int code = inflate(z, Z_NO_FLUSH);
        if (code == Z_STREAM_END) {
            source->is_in_member = false;
            source->is_unpacked = source->is_zip;
        } else if (code != Z_OK && code != Z_BUF_ERROR)
            return code == Z_MEM_ERROR ? OC_E_NOMEM : OC_E_DATA;
    }
    *ret_size = room - z->avail_out;
    return OC_OK;
}

/* The archive says how much text there is, and its sum; the end is believed when both agree. */
static oc_rc check_zip(struct csv_source *source, const char *text, size_t size)
{
    source->crc = (uint32_t)crc32(source->crc, (const Bytef *)text, (uInt)size);
    source->unpacked_size += (uint32_t)size;
    bool is_end = source->is_unpacked || size == 0;
    bool is_right = source->crc == source->zip.crc && source->unpacked_size == source->zip.size;
    return is_end && !is_right ? OC_E_DATA : OC_OK;
}

/* Moves the unread rest to the front and fills what is behind it. */
static oc_rc refill(struct csv_source *source)
{
    size_t rest = source->end - source->start, got = 0;
    memmove(source->text, source->text + source->start, rest);
    source->start = 0;
    source->end = rest;
    char *to = source->text + rest;
    oc_rc rc = source->memory.data ? read_memory(source, to, CSV_TEXT_SIZE, &got)
               : source->is_gzip   ? inflate_some(source, to, CSV_TEXT_SIZE, &got)
                                   : read_raw(source, to, CSV_TEXT_SIZE, &got);
    if (rc >= 0 && source->is_zip && !source->memory.data)
        rc = check_zip(source, to, got);
    if (rc < 0)
        return rc;
    if (source->keeping)
        keep(source, to, got);
    if (got == 0)
        source->is_at_end = true;
    source->end += got;
    source->text[source->end] = '\0';
    return OC_OK;
}

oc_rc csv_source_line(struct csv_source *source, const char **ret_line, size_t *ret_size)
{
    for (;;) {
        const char *line = source->text + source->start;
        size_t left = source->end - source->start;
        const char *stop = left ? memchr(line, '\n', left) : NULL;
        if (!stop && !source->is_at_end) {
            if (left > CSV_LINE_MAX)
                return OC_E_LIMIT;
            oc_rc rc = refill(source);
            if (rc < 0)
                return rc;
            continue;
        }
        if (!stop && left == 0)
            return OC_E_END;
        size_t size = stop ? (size_t)(stop - line) : left;
        source->start += stop ? size + 1 : size;
        if (size > 0 && line[size - 1] == '\r')
            size--;
        if (size > CSV_LINE_MAX)
            return OC_E_LIMIT;
        *ret_line = line;
        *ret_size = size;
        return OC_OK;
    }
}
