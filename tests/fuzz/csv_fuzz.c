/* Any bytes as a table, plain, gzip or zip: read to an end, with every value exact or refused. The first
 * byte chooses options. */
#include "csv.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const options[] = {
    "",
    "bad_rows=skip;out_of_order=skip;period=1m",
    "columns=time,open,high,low,close,volume;header=no;bad_rows=skip;zone=America/New_York",
    "type=trades;columns=time,price,size,side;unit=text;allow_nonpositive=yes",
    "columns=time,bid,ask,bid_size,ask_size;separator=semicolon;unit=us;price_step=0.25;qty_step=3",
    "order=newest_first;decimal=comma;thousands=.;bad_rows=skip;period=month",
    "date_format=%d/%m/%Y %I:%M:%S.%f %p %z;stamped=close;price_decimals=4;allow_any_time=yes",
};

/* The two readers of numbers agree with each other and with the host's, which rounds nothing. */
static void check_number(const char *text, size_t size)
{
    struct csv_number fast, slow;
    char copy[64];
    if (size == 0 || size >= sizeof copy)
        return;
    memcpy(copy, text, size);
    copy[size] = '\0';
    const char *end = csv_number_fast(copy, &fast);
    oc_rc rc = csv_number_read(copy, size, &slow);
    int64_t a = 0, b = 0;
    const struct csv_step step = {.units = 1, .scale = 18};
    if (rc >= 0 && end == copy + size) {
        oc_rc fast_rc = csv_number_units(&fast, step, &a), slow_rc = csv_number_units(&slow, step, &b);
        if (fast_rc != slow_rc || (fast_rc >= 0 && a != b))
            abort();
    }
    if (rc >= 0 && !slow.is_rounded && csv_number_units(&slow, step, &a) >= 0 &&
        text_to_units(copy, size, 18, &b) >= 0 && a != b)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    static char path[64];
    char error[CSV_ERROR_MAX];
    struct oc_data_info info;
    struct csv_kept kept = {0};
    if (size == 0)
        return 0;
    if (fd < 0) {
        fd = memfd_create("table", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    if (ftruncate(fd, 0) < 0 || pwrite(fd, data + 1, size - 1, 0) != (ssize_t)(size - 1))
        return 0;
    const char *chosen = options[*data % (sizeof options / sizeof *options)];
    struct csv_field fields[CSV_COLUMNS_MAX];
    int count = csv_split((const char *)data, size, ',', fields, CSV_COLUMNS_MAX);
    for (int i = 0; i < count; i++)
        check_number(fields[i].at, fields[i].size);
    if (csv_probe(path, chosen, &kept, &info, error) < 0) {
        if (!error[0] || kept.data)
            abort();
        return 0;
    }
    static struct csv_table table;
    struct csv_maker maker = {.inst = 1,
                              .event_type = (int)info.event_type,
                              .period_ns = info.period_ns,
                              .price = {.units = info.price_step.units, .scale = info.price_step.scale},
                              .qty = {.units = info.qty_step.units, .scale = info.qty_step.scale}};
    oc_rc rc = csv_table_open(&table, path, chosen, kept.data ? &kept : NULL);
    if (rc < 0)
        abort(); /* the probe could */
    struct csv_row row = {0};
    union csv_event event;
    for (size_t rows = 0; !table.is_broken && rc != OC_E_END; rows++) {
        rc = csv_table_next(&table, &row);
        if (rc == OC_OK)
            rc = csv_event_make(&table, &maker, &row, &event);
        if ((rc < 0 && rc != OC_E_END && !table.error[0]) || rows > size)
            abort();
    }
    csv_table_close(&table);
    csv_kept_release(&kept);
    return 0;
}
