#include "report/paths.h"

#include <stdlib.h>
#include <string.h>

void paths_release(struct paths *paths)
{
    for (uint32_t i = 0; i < paths->count; i++)
        free(paths->list[i].points);
    memset(paths, 0, sizeof *paths);
}

static struct path *path_of(struct paths *paths, uint32_t index)
{
    for (uint32_t i = 0; i < paths->count; i++)
        if (paths->list[i].inst_index == index)
            return &paths->list[i];
    if (paths->count == PATHS_MAX) {
        paths->not_kept = 1;
        return NULL;
    }
    struct path_point *points = malloc(PATHS_POINTS_MAX * sizeof *points);
    if (!points) {
        paths->not_kept = 1;
        return NULL;
    }
    struct path *path = &paths->list[paths->count++];
    *path = (struct path){.inst_index = index, .stride = 1, .points = points};
    return path;
}

static void join(struct path_point *point, const struct path_point *next)
{
    point->high = next->high > point->high ? next->high : point->high;
    point->low = next->low < point->low ? next->low : point->low;
    point->close = next->close;
    point->ns = next->ns;
}

static void path_add(struct path *path, const struct path_point *point)
{
    if (path->count && path->filled < path->stride) {
        join(&path->points[path->count - 1], point);
        path->filled++;
        return;
    }
    if (path->count == PATHS_POINTS_MAX) {
        for (uint32_t i = 0; i < PATHS_POINTS_MAX / 2; i++) {
            path->points[i] = path->points[2 * i];
            join(&path->points[i], &path->points[2 * i + 1]);
        }
        path->count = PATHS_POINTS_MAX / 2;
        path->stride *= 2;
    }
    path->points[path->count++] = *point;
    path->filled = 1;
}

bool paths_take(struct paths *paths, const struct instrument *instrument, const struct market *market, int64_t now_ns,
                struct price_seen *ret_seen)
{
    if (!market->has_mark)
        return false;
    struct path *path = path_of(paths, instrument->index);
    const struct oc_ev_bar *bar = &market->bar;
    const bool is_bar = bar->head.size && bar->head.venue_ns == now_ns && market->last_ns == now_ns;
    const int64_t mark = market->mark2 / 2;
    int64_t open = mark;
    if (is_bar) {
        *ret_seen = (struct price_seen){bar->head.seq, bar->high, bar->low, bar->close};
        open = bar->open;
    } else {
        *ret_seen = (struct price_seen){0, mark, mark, mark};
    }
    if (path) {
        const struct path_point point = {is_bar ? bar->open_ns : now_ns,
                                         now_ns,
                                         instrument_price(instrument, open),
                                         instrument_price(instrument, ret_seen->high),
                                         instrument_price(instrument, ret_seen->low),
                                         instrument_price(instrument, ret_seen->last)};
        path_add(path, &point);
    }
    return true;
}
