/* json_impl.h: what the two files of the JSON report share. */
#ifndef REPORT_JSON_IMPL_H
#define REPORT_JSON_IMPL_H

#include <stdio.h>

#include "base/text.h"
#include "report/figures.h"

enum { REPORT_JSON_DEPTH_MAX = 8 };

/* The writer of base writes no space; here it is laid out for reading: a line a member, but a group inside a list on one. */
struct report_json {
    struct text text; /* written, not laid out yet */
    FILE *out;
    int depth;
    bool is_list[REPORT_JSON_DEPTH_MAX];
    bool is_line[REPORT_JSON_DEPTH_MAX]; /* members of this one stay on one line */
    bool is_empty;                       /* the group just opened */
    bool is_string;
    bool is_escaped;
    bool is_cut;
};

/* Members; what is not known is null. */
void report_json_money(struct report_json *json, const char *name, oc_i128 money, bool is_known);
void report_json_figure(struct report_json *json, const char *name, struct figure figure);
void report_json_time(struct report_json *json, const char *name, int64_t ns, bool is_known);
/* Writes out what is there, but for the last byte, where it is more than the writer keeps. */
void report_json_drain(struct report_json *json);

/* live_json.c: how the session did at its venue. */
void report_json_live(struct report_json *json, const struct result *result);
/* And what the paper simulator made of its orders. */
void report_json_shadow(struct report_json *json, const struct result *result);
/* json_more.c: costs, execution, falls, Sharpe over time, the shape of returns, trips by kind. */
void report_json_more(struct report_json *json, const struct result *result, const struct figures *figures);
/* Prices of what was traded. */
void report_json_paths(struct report_json *json, const struct result *result);
/* What strategies plotted: of the run itself, and not of its records. */
void report_json_plots(struct report_json *json, const struct result *result);

#endif
