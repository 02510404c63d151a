/* csv_sheet.h: for tests of the plugin outcry.csv: loads it as the host does, and reads one table
 * at a time. */
#ifndef UNIT_CSV_SHEET_H
#define UNIT_CSV_SHEET_H

#include "base/env.h"
#include "base/text.h"
#include "feed/services.h"
#include "load/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <outcry/draft/data.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLUGIN TEST_BUILD_DIR "/plugins/data/csv.so"

enum { EVENTS_MAX = 4096, TEXT_MAX = 1 << 20 };

static struct registry registry;
static struct load_report report;
static struct feed feed;
static struct host_impl services;
static struct oc_host host;
static const struct oc_plugin *plugin;
static const struct oc_data *data;
static void *self;
static char folder[64];

static const void *find_service(const struct oc_host *from, const char *id)
{
    (void)from;
    return feed_service(id);
}

static int set_up(void **state)
{
    (void)state;
    registry_init(&registry);
    if (load_plugin(&registry, PLUGIN, NULL, &report) < 0)
        return -1;
    const struct registry_entry *entry = registry_find(&registry, OC_DATA, "outcry.csv");
    if (!entry)
        return -1;
    plugin = entry->plugin;
    data = registry_interface(plugin, OC_DATA);
    services.feed = &feed;
    host = (struct oc_host){
        .size = sizeof host, .abi = OC_ABI_MAJOR << 16 | OC_ABI_MINOR, .service = find_service, .impl = &services};
    snprintf(folder, sizeof folder, "csv_test_XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    return feed_init(&feed, FEED_SIZE_MIN, 3) < 0 || plugin->open(&host, &self) < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    plugin->close(self);
    feed_release(&feed);
    return rmdir(folder);
}

union any {
    struct oc_event head;
    struct oc_ev_bar bar;
    struct oc_ev_qbar qbar;
    struct oc_ev_quote quote;
    struct oc_ev_trade trade;
};

/* One file, written, probed and read; events up to EVENTS_MAX are kept. */
struct sheet {
    char path[256];
    char options[256];
    struct oc_data_info info;
    struct oc_data_stats stats;
    oc_rc probed;
    oc_rc ended;
    uint64_t count;
    union any events[EVENTS_MAX];
    char error[1024];
};

static struct sheet sheet;

static void write_file(const char *name, const char *bytes, size_t size)
{
    snprintf(sheet.path, sizeof sheet.path, "%s/%s", folder, name);
    FILE *file = fopen(sheet.path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static void drain(void)
{
    const struct oc_event *event;
    while ((event = feed_first(&feed))) {
        if (sheet.count < EVENTS_MAX)
            memcpy(&sheet.events[sheet.count], event, event->size);
        sheet.count++;
        feed_drop(&feed);
    }
}

/* Pulls until the end, however small the ring. */
static oc_rc pull_all(uint64_t token)
{
    for (;;) {
        oc_rc rc = data->pull(self, token, 1000);
        drain();
        if (rc < 0 && rc != OC_E_FULL)
            return rc;
    }
}

static oc_rc read_path(const char *options)
{
    sheet.count = 0;
    sheet.error[0] = '\0';
    memset(&sheet.info, 0, sizeof sheet.info);
    memset(sheet.events, 0, sizeof sheet.events);
    sheet.probed = data->probe(self, sheet.path, options, &sheet.info);
    if (sheet.probed < 0) {
        assert_int_equal(data->error(self, 0, sheet.error, sizeof sheet.error), OC_OK);
        return sheet.probed;
    }
    assert_int_equal(data->start(self, 1, sheet.path, options, OC_INST(5, 2), &sheet.info), OC_OK);
    sheet.ended = pull_all(1);
    assert_int_equal(data->stats(self, 1, &sheet.stats), OC_OK);
    assert_int_equal(data->error(self, 1, sheet.error, sizeof sheet.error), OC_OK);
    data->stop(self, 1);
    return sheet.ended == OC_E_END ? OC_OK : sheet.ended;
}

static oc_rc read_text(const char *name, const char *options, const char *text)
{
    write_file(name, text, strlen(text));
    oc_rc rc = read_path(options);
    unlink(sheet.path);
    return rc;
}

static void assert_says(const char *text, const char *part)
{
    if (strstr(text, part))
        return;
    print_error("expected \"%s\" in:\n%s\n", part, text);
    fail();
}

#endif
