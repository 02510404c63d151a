/* zip.c: where in a zip archive its one file lies. */
#include "csv.h"

#include "base/env.h"

#include <stdio.h>
#include <string.h>

enum { TAIL_SIZE = 22, ENTRY_SIZE = 46, LOCAL_SIZE = 30, REMARK_MAX = 65535, ENTRIES_MAX = 64, ENTRY_NAME_MAX = 512 };

static uint32_t get_u16(const uint8_t *at) { return (uint32_t)at[0] | (uint32_t)at[1] << 8; }

static uint32_t get_u32(const uint8_t *at) { return get_u16(at) | get_u16(at + 2) << 16; }

static bool read_all(int fd, void *data, size_t size, int64_t offset)
{
    size_t got;
    return env_pread(fd, data, size, offset, &got) >= 0 && got == size;
}

/* The end of the directory is at the end of the file, before a remark perhaps. */
static bool find_tail(int fd, uint8_t tail[TAIL_SIZE])
{
    int64_t file_size;
    if (env_file_size(fd, &file_size) < 0 || file_size < TAIL_SIZE)
        return false;
    size_t size = file_size < TAIL_SIZE + REMARK_MAX ? (size_t)file_size : (size_t)TAIL_SIZE + REMARK_MAX;
    uint8_t *data = env_alloc(size);
    bool is_found = false;
    if (data && read_all(fd, data, size, file_size - (int64_t)size)) {
        for (size_t at = size - TAIL_SIZE + 1; at-- > 0 && !is_found;) {
            is_found = memcmp(data + at, "PK\5\6", 4) == 0 && at + TAIL_SIZE + get_u16(data + at + 20) == size;
            if (is_found)
                memcpy(tail, data + at, TAIL_SIZE);
        }
    }
    env_free(data);
    return is_found;
}

/* Reads the directory's entry at `*at` and goes on to the next; true when it is a file of people. */
static bool take_entry(int fd, int64_t *at, uint8_t entry[ENTRY_SIZE], bool *is_damaged)
{
    char name[ENTRY_NAME_MAX];
    if (!read_all(fd, entry, ENTRY_SIZE, *at) || memcmp(entry, "PK\1\2", 4) != 0) {
        *is_damaged = true;
        return false;
    }
    size_t size = get_u16(entry + 28);
    if (size == 0 || size >= sizeof name || !read_all(fd, name, size, *at + ENTRY_SIZE)) {
        *is_damaged = true;
        return false;
    }
    *at += ENTRY_SIZE + (int64_t)size + get_u16(entry + 30) + get_u16(entry + 32);
    return name[size - 1] != '/' && (size < 9 || memcmp(name, "__MACOSX/", 9) != 0);
}

static const char *find_entry(int fd, uint8_t found[ENTRY_SIZE])
{
    uint8_t tail[TAIL_SIZE], entry[ENTRY_SIZE];
    if (!find_tail(fd, tail))
        return "the zip archive is damaged or cut off; fetch it again";
    uint32_t entries = get_u16(tail + 10), files = 0;
    int64_t at = get_u32(tail + 16);
    bool is_damaged = false;
    for (uint32_t i = 0; i < entries && i < ENTRIES_MAX && !is_damaged; i++) {
        if (!take_entry(fd, &at, entry, &is_damaged))
            continue;
        if (files++ == 0)
            memcpy(found, entry, ENTRY_SIZE);
    }
    if (is_damaged)
        return "the directory of the zip archive is damaged; fetch it again";
    if (files != 1 || entries > ENTRIES_MAX)
        return "the zip archive holds no file, or more than one; expected one table; unpack the one that is meant";
    return NULL;
}

const char *csv_zip_find(int fd, struct csv_zip *ret_zip)
{
    uint8_t entry[ENTRY_SIZE] = {0}, local[LOCAL_SIZE];
    const char *wrong = find_entry(fd, entry);
    if (wrong)
        return wrong;
    struct csv_zip zip = {
        .is_packed = get_u16(entry + 10) == 8,
        .crc = get_u32(entry + 16),
        .packed_size = get_u32(entry + 20),
        .size = get_u32(entry + 24),
    };
    bool is_known = zip.is_packed || get_u16(entry + 10) == 0;
    bool is_large = zip.packed_size == UINT32_MAX || zip.size == UINT32_MAX || get_u32(entry + 42) == UINT32_MAX;
    if (!is_known || is_large || get_u16(entry + 8) & 1)
        return "the zip archive is encrypted, larger than 4 GiB or of another method than deflate; unpack it first";
    int64_t at = get_u32(entry + 42);
    if (!read_all(fd, local, LOCAL_SIZE, at) || memcmp(local, "PK\3\4", 4) != 0)
        return "the zip archive is damaged; fetch it again";
    zip.at = at + LOCAL_SIZE + get_u16(local + 26) + get_u16(local + 28);
    *ret_zip = zip;
    return NULL;
}
