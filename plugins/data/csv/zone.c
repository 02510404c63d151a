/* zone.c: local time to UTC: fixed offsets, and the system's zone files (TZif, version 2 and up).
 */
#include "csv.h"

#include "base/env.h"

#include <stdio.h>
#include <string.h>

#define ZONE_DIR "/usr/share/zoneinfo/"

enum { ZONE_FILE_MAX = 1 << 16, ZONE_CHANGES_MAX = 2000, HEADER_SIZE = 44 };

static const int64_t NS_S = 1000000000;

struct counts {
    uint32_t utc, standard, leap, change, type, text;
};

static uint32_t get_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t get_i64(const uint8_t *at) { return (int64_t)((uint64_t)get_u32(at) << 32 | get_u32(at + 4)); }

static bool read_header(const uint8_t *at, size_t size, struct counts *counts)
{
    if (size < HEADER_SIZE || memcmp(at, "TZif", 4) != 0 || at[4] < '2')
        return false;
    *counts = (struct counts){get_u32(at + 20), get_u32(at + 24), get_u32(at + 28),
                              get_u32(at + 32), get_u32(at + 36), get_u32(at + 40)};
    return counts->change <= ZONE_CHANGES_MAX && counts->type >= 1 && counts->type <= 256 && counts->text <= 4096 &&
           counts->leap <= 256 && counts->utc <= 256 && counts->standard <= 256;
}

static size_t block_size(const struct counts *counts, size_t time_size)
{
    return counts->change * (time_size + 1) + counts->type * 6u + counts->text + counts->leap * (time_size + 4) +
           counts->standard + counts->utc;
}

static oc_rc read_table(struct csv_zone *zone, const uint8_t *data, size_t size)
{
    struct counts counts;
    if (!read_header(data, size, &counts))
        return OC_E_DATA;
    size_t skip = HEADER_SIZE + block_size(&counts, 4);
    if (skip > size || !read_header(data + skip, size - skip, &counts))
        return OC_E_DATA;
    const uint8_t *at = data + skip + HEADER_SIZE;
    size_t left = size - skip - HEADER_SIZE, block = block_size(&counts, 8);
    if (block > left)
        return OC_E_DATA;
    const uint8_t *index = at + counts.change * 8u, *types = index + counts.change;
    const uint8_t *footer = at + block, *end = data + size;
    zone->at_s = env_alloc((counts.change + 1) * sizeof *zone->at_s);
    zone->offset_s = env_alloc((counts.change + 1) * sizeof *zone->offset_s);
    if (!zone->at_s || !zone->offset_s)
        return OC_E_NOMEM;
    zone->offset_s[0] = (int32_t)get_u32(types);
    for (uint32_t i = 0; i < counts.change; i++) {
        if (index[i] >= counts.type)
            return OC_E_DATA;
        zone->at_s[i] = get_i64(at + i * 8u);
        zone->offset_s[i + 1] = (int32_t)get_u32(types + index[i] * 6u);
    }
    zone->count = counts.change;
    zone->is_open_ended = footer < end && memchr(footer, ',', (size_t)(end - footer)) != NULL;
    return OC_OK;
}

static bool is_zone_name(const char *name)
{
    if (!*name || *name == '/' || *name == '.' || strstr(name, ".."))
        return false;
    return strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/") == strlen(name);
}

/* +05:30, -0500, +9 */
static bool read_fixed(const char *name, int64_t *ret_s)
{
    int hour = 0, minute = 0, used = 0;
    if (*name != '+' && *name != '-')
        return false;
    const char *digits = name + 1;
    size_t size = strlen(digits);
    bool ok = (sscanf(digits, "%2d:%2d%n", &hour, &minute, &used) == 2 && used == (int)size) ||
              (size == 4 && sscanf(digits, "%2d%2d%n", &hour, &minute, &used) == 2 && used == 4) ||
              (size <= 2 && sscanf(digits, "%2d%n", &hour, &used) == 1 && used == (int)size && !(minute = 0));
    if (!ok || hour < 0 || hour > 23 || minute < 0 || minute > 59)
        return false;
    *ret_s = (*name == '-' ? -1 : 1) * (hour * 3600 + minute * 60);
    return true;
}

oc_rc csv_zone_open(struct csv_zone *zone, const char *name)
{
    memset(zone, 0, sizeof *zone);
    if (strlen(name) >= sizeof zone->name)
        return OC_E_INVALID;
    snprintf(zone->name, sizeof zone->name, "%s", name);
    if (strcmp(name, "UTC") == 0 || strcmp(name, "Z") == 0 || strcmp(name, "utc") == 0 || strcmp(name, "GMT") == 0 ||
        read_fixed(name, &zone->fixed_s))
        return OC_OK;
    if (!is_zone_name(name))
        return OC_E_INVALID;
    char path[sizeof ZONE_DIR + CSV_ZONE_NAME_MAX];
    snprintf(path, sizeof path, ZONE_DIR "%s", name);
    char *data;
    size_t size;
    oc_rc rc = env_read_file(path, ZONE_FILE_MAX, &data, &size);
    if (rc < 0)
        return rc == OC_E_NOMEM ? rc : OC_E_NOT_FOUND;
    rc = read_table(zone, (const uint8_t *)data, size);
    env_free(data);
    if (rc < 0)
        csv_zone_release(zone);
    return rc == OC_E_DATA ? OC_E_NOT_SUPPORTED : rc;
}

void csv_zone_release(struct csv_zone *zone)
{
    env_free(zone->at_s);
    env_free(zone->offset_s);
    memset(zone, 0, sizeof *zone);
}

oc_rc csv_zone_to_local(const struct csv_zone *zone, int64_t utc_ns, int64_t *ret_ns)
{
    if (!zone->offset_s)
        return num_add(utc_ns, zone->fixed_s * NS_S, ret_ns);
    uint32_t low = 0, high = zone->count; /* the first change after it */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (zone->at_s[middle] * (oc_i128)NS_S <= utc_ns)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == zone->count && zone->is_open_ended && zone->count > 0)
        return OC_E_RANGE;
    return num_add(utc_ns, zone->offset_s[low] * NS_S, ret_ns);
}

oc_rc csv_zone_to_utc(const struct csv_zone *zone, int64_t local_ns, int64_t previous_ns, int64_t *ret_ns)
{
    if (!zone->offset_s)
        return num_sub(local_ns, zone->fixed_s * NS_S, ret_ns);
    /* The first change after the local time read as if it were a day earlier; candidates begin
     * there. */
    int64_t local_s = local_ns / NS_S;
    uint32_t low = 0, high = zone->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (zone->at_s[middle] < local_s - 86400)
            low = middle + 1;
        else
            high = middle;
    }
    int64_t found = 0;
    bool has_found = false;
    for (uint32_t i = low; i <= zone->count; i++) { /* period i lies before change i */
        int64_t utc_s = local_s - zone->offset_s[i];
        if (i > 0 && utc_s < zone->at_s[i - 1]) {
            if (!has_found) { /* a time that was skipped: the offset before the change */
                found = local_ns - zone->offset_s[i - 1] * NS_S;
                has_found = true;
            }
            break;
        }
        if (i < zone->count && utc_s >= zone->at_s[i])
            continue;
        int64_t utc_ns = local_ns - zone->offset_s[i] * NS_S;
        if (i == zone->count && zone->is_open_ended && zone->count > 0)
            return OC_E_RANGE;
        if (!has_found || found < previous_ns)
            found = utc_ns;
        has_found = true;
    }
    if (!has_found)
        return OC_E_RANGE;
    *ret_ns = found;
    return OC_OK;
}
