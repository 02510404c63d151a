#include "recover/shown.h"

#include <stdio.h>
#include <stdlib.h>

static oc_rc open_it(struct shown *shown, const char *dir, bool has_market)
{
    struct text notes;
    shown->options.quiet = true;
    shown->session = session_new(&shown->options.settings, &shown->registry, "recorded");
    if (!shown->session)
        return OC_E_NOMEM;
    text_init_grow(&notes, 1 << 16);
    shown->records.has_market = has_market;
    shown->records.also = shown->also;
    oc_rc rc = records_open(&shown->records, shown->session, &shown->meter, dir, &notes);
    if (notes.data && has_market && !shown->is_silent)
        fputs(notes.data, stderr);
    text_release(&notes);
    return rc;
}

static oc_rc fold(struct shown *shown, const char *dir, bool has_market)
{
    const oc_rc rc = open_it(shown, dir, has_market);
    return rc < 0 ? rc : records_fold(&shown->records);
}

static oc_rc begin(struct shown *shown, const char *dir, bool has_market)
{
    const oc_rc rc = open_it(shown, dir, has_market);
    return rc < 0 ? rc : records_begin(&shown->records);
}

static void release(struct shown *shown)
{
    session_free(shown->session);
    records_close(&shown->records);
    settings_release(&shown->options.settings);
    shown->options.settings = (struct settings){0};
    shown->session = NULL;
    shown->meter = (struct meter){0};
    shown->records = (struct records){0};
}

struct shown *shown_new(void)
{
    struct shown *shown = calloc(1, sizeof *shown);
    if (shown)
        registry_init(&shown->registry);
    return shown;
}

void shown_free(struct shown *shown)
{
    if (!shown)
        return;
    release(shown);
    options_release(&shown->options);
    free(shown);
}

oc_rc shown_fold(struct shown *shown, const char *dir, bool needs_data)
{
    oc_rc rc = fold(shown, dir, true);
    if (rc == OC_E_STATE && !needs_data) { /* the data cannot be read, or are others: the records alone */
        release(shown);
        rc = fold(shown, dir, false);
    }
    if (rc < 0)
        return rc;
    rc = records_result(&shown->records, &shown->result);
    return rc < 0 ? session_fail_code(shown->session, rc, shown->records.dir, "the figures could not be made") : rc;
}

oc_rc shown_begin(struct shown *shown, const char *dir)
{
    oc_rc rc = begin(shown, dir, true);
    if (rc != OC_E_STATE)
        return rc;
    release(shown);
    return begin(shown, dir, false);
}
