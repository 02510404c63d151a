#include "report/names.h"

#include <stdio.h>
#include <string.h>

void names_init(struct names *names, char names_room[RESULT_NAMES_MAX], char files_room[RESULT_NAMES_MAX],
                char *params_room, size_t params_max)
{
    *names = (struct names){.names_room = names_room, .files_room = files_room, .fits = true};
    names_room[0] = files_room[0] = params_room[0] = 0;
    text_init_fixed(&names->names, names_room, RESULT_NAMES_MAX);
    text_init_fixed(&names->files, files_room, RESULT_NAMES_MAX);
    text_init_fixed(&names->params, params_room, params_max);
}

void names_add(struct names *names, const char *name, const char *file, const char *params, bool has_several)
{
    const char *comma = names->count++ ? ", " : "";
    text_format(&names->names, "%s%s", comma, name);
    if (file && *file)
        text_format(&names->files, "%s%s", names->files.size ? ", " : "", file);
    names->fits &= names->names.size + 1 < RESULT_NAMES_MAX && names->files.size + 1 < RESULT_NAMES_MAX;
    for (const char *at = params; *at;) {
        const size_t size = strcspn(at, "\n");
        text_format(&names->params, "%s%s%.*s\n", has_several ? name : "", has_several ? "." : "", (int)size, at);
        at += size + (at[size] == '\n');
    }
}

void names_end(struct names *names, struct result *result)
{
    if (!names->fits) {
        snprintf(names->names_room, RESULT_NAMES_MAX, "%u strategies", names->count);
        names->files_room[0] = 0;
    }
    result->strategy = names->count ? names->names_room : "none";
    result->strategy_file = names->files_room;
    result->params = names->params.data;
}
