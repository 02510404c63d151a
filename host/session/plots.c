#include "session/plots.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void plots_release(struct plots *plots)
{
    for (uint32_t i = 0; i < plots->count; i++)
        free(plots->list[i].points);
    memset(plots, 0, sizeof *plots);
}

static struct plot *series_of(struct plots *plots, const struct strategy_plot *what)
{
    const uint32_t index = OC_INST_INDEX(what->inst);
    for (uint32_t i = 0; i < plots->count; i++) {
        struct plot *plot = &plots->list[i];
        if (plot->strategy == what->strategy && plot->inst_index == index && strcmp(plot->name, what->name) == 0)
            return plot;
    }
    if (plots->count == PLOTS_MAX)
        return NULL;
    struct plot *plot = &plots->list[plots->count++];
    *plot = (struct plot){.strategy = what->strategy, .inst_index = index, .stride = 1};
    text_copy(plot->name, sizeof plot->name, what->name);
    return plot;
}

static bool make_room(struct plot *plot)
{
    if (plot->count < plot->room)
        return true;
    if (plot->count == PLOT_POINTS_MAX) {
        for (uint32_t i = 1; i < PLOT_POINTS_MAX / 2; i++)
            plot->points[i] = plot->points[2 * i];
        plot->count = PLOT_POINTS_MAX / 2;
        plot->stride *= 2;
        return true;
    }
    const uint32_t room = plot->room ? plot->room * 2 : 64;
    struct plot_point *points = realloc(plot->points, room * sizeof *points);
    if (!points)
        return false;
    plot->points = points;
    plot->room = room;
    return true;
}

void plots_take(void *self, const struct strategy_plot *what)
{
    struct plots *plots = self;
    struct plot *plot = series_of(plots, what);
    if (!plot) {
        plots->not_kept++;
        return;
    }
    plot->pane = what->pane;
    if (plot->count && plot->points[plot->count - 1].ns == what->ns) {
        plot->points[plot->count - 1].value = what->value;
        return;
    }
    if (plot->values++ % plot->stride)
        return;
    if (!make_room(plot)) {
        plots->not_kept++;
        return;
    }
    plot->points[plot->count++] = (struct plot_point){what->ns, what->value};
}
