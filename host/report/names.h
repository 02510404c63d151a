/* names.h: who traded, for the head of a report: all names, files and parameters, or how many where they are too long.
 * The caller has the room: RESULT_NAMES_MAX bytes for names and files each. */
#ifndef REPORT_NAMES_H
#define REPORT_NAMES_H

#include "base/text.h"
#include "report/result.h"

struct names {
    struct text names, files, params;
    char *names_room, *files_room;
    uint32_t count;
    bool fits;
};

void names_init(struct names *names, char names_room[RESULT_NAMES_MAX], char files_room[RESULT_NAMES_MAX],
                char *params_room, size_t params_max);
/* `params`: lines NAME=VALUE; `has_several`: the strategy's name goes before each. */
void names_add(struct names *names, const char *name, const char *file, const char *params, bool has_several);
/* Borrowed by the result: the rooms. */
void names_end(struct names *names, struct result *result);

#endif
