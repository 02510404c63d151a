/* optimize_map.c: the plane of the first two parameters as a page of the report's look: a cell a pair, coloured by its score, the plateau
 * framed. A pair's cell is the best score that was found with it; where there are more parameters, they are the others of that run. */
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "cli/optimize.h"
#include "report/format.h"
#include "report/page.h"

enum { MAP_SIDE_MAX = 200, MAP_CELL = 26, MAP_LEFT = 90, MAP_TOP = 12, MAP_BELOW = 60, MAP_NEAR_MAX = 729 };

struct plane {
    const struct optimize *optimize;
    uint32_t width, height; /* values of the first and the second parameter, at most MAP_SIDE_MAX */
    double *cells;          /* SEARCH_NO_SCORE: nothing; owned */
    double low, high;
};

static double *cell(const struct plane *plane, uint32_t x, uint32_t y) { return &plane->cells[y * plane->width + x]; }

/* Beyond MAP_SIDE_MAX values several share a cell. */
static uint32_t place(uint32_t at, uint32_t count, uint32_t side) { return (uint32_t)((uint64_t)at * side / count); }

static void fill(struct plane *plane)
{
    const struct search *search = &plane->optimize->search;
    const bool has_two = search->param_count > 1;
    for (uint32_t i = 0; i < plane->width * plane->height; i++)
        plane->cells[i] = SEARCH_NO_SCORE;
    plane->low = 1e308;
    plane->high = SEARCH_NO_SCORE;
    for (uint32_t i = 0; i < search->told; i++) {
        const struct search_point *point = &search->points[i];
        double *at = cell(plane, place(point->at[0], search->params[0].count, plane->width),
                          has_two ? place(point->at[1], search->params[1].count, plane->height) : 0);
        if (point->score > *at)
            *at = point->score;
    }
    for (uint32_t i = 0; i < plane->width * plane->height; i++) {
        const double score = plane->cells[i];
        if (score <= SEARCH_NO_SCORE)
            continue;
        plane->low = score < plane->low ? score : plane->low;
        plane->high = score > plane->high ? score : plane->high;
    }
}

/* Above zero green, below red, the stronger the further. */
static void put_cell(struct text *page, const struct plane *plane, uint32_t x, uint32_t y)
{
    const double score = *cell(plane, x, y);
    if (score <= SEARCH_NO_SCORE)
        return;
    const double most = plane->high > -plane->low ? plane->high : -plane->low;
    const double size = score < 0 ? -score : score;
    text_format(
        page,
        "<rect x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\" fill=\"var(--%s)\" fill-opacity=\"%.3f\"><title>%.4g"
        "</title></rect>\n",
        MAP_LEFT + x * MAP_CELL, MAP_TOP + (plane->height - 1 - y) * MAP_CELL, MAP_CELL - 1, MAP_CELL - 1,
        score < 0 ? "bad" : "good", most > 0 ? 0.08 + 0.9 * size / most : 0.08,
        plane->optimize->wish.objective == PROBE_DRAWDOWN ? -score : score);
}

static void put_frame(struct text *page, const struct plane *plane, uint32_t point, bool is_heavy)
{
    const struct search *search = &plane->optimize->search;
    const uint32_t x = place(search->points[point].at[0], search->params[0].count, plane->width);
    const uint32_t y =
        search->param_count > 1 ? place(search->points[point].at[1], search->params[1].count, plane->height) : 0;
    text_format(page,
                "<rect x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"var(--text)\" "
                "stroke-width=\"%s\"/>\n",
                MAP_LEFT + x * MAP_CELL, MAP_TOP + (plane->height - 1 - y) * MAP_CELL, MAP_CELL - 1, MAP_CELL - 1,
                is_heavy ? "3" : "1");
}

static void put_labels(struct text *page, const struct plane *plane)
{
    const struct search *search = &plane->optimize->search;
    char value[SEARCH_WORD_MAX];
    const uint32_t below = MAP_TOP + plane->height * MAP_CELL;
    for (uint32_t x = 0; x < plane->width; x += plane->width / 12 + 1) {
        text_format(page, "<text x=\"%u\" y=\"%u\" text-anchor=\"middle\">", MAP_LEFT + x * MAP_CELL + MAP_CELL / 2,
                    below + 16);
        page_escaped(page, search_value(&search->params[0], x * search->params[0].count / plane->width, value));
        text_put(page, "</text>\n");
    }
    text_format(page, "<text x=\"%u\" y=\"%u\" text-anchor=\"middle\" font-weight=\"600\">",
                MAP_LEFT + plane->width * MAP_CELL / 2, below + 38);
    page_escaped(page, search->params[0].name);
    text_put(page, "</text>\n");
    for (uint32_t y = 0; y < plane->height && search->param_count > 1; y += plane->height / 20 + 1) {
        text_format(page, "<text x=\"%d\" y=\"%u\" text-anchor=\"end\">", MAP_LEFT - 6,
                    MAP_TOP + (plane->height - 1 - y) * MAP_CELL + 17);
        page_escaped(page, search_value(&search->params[1], y * search->params[1].count / plane->height, value));
        text_put(page, "</text>\n");
    }
    if (search->param_count > 1) {
        text_put(page, "<text x=\"4\" y=\"24\" font-weight=\"600\">");
        page_escaped(page, search->params[1].name);
        text_put(page, "</text>\n");
    }
}

static void put_choice(struct text *page, const struct optimize *optimize, const char *name,
                       const struct optimize_choice *choice, const char *note)
{
    char score[FORMAT_MAX], made[FORMAT_MAX], value[SEARCH_WORD_MAX];
    const struct figure figure = choice->in.of[optimize->wish.objective];
    if (!choice->is_known)
        return;
    text_format(page, "<div><dt>%s:", name);
    for (uint32_t i = 0; i < optimize->search.param_count; i++) {
        text_put(page, " ");
        page_escaped(page, optimize->search.params[i].name);
        text_put(page, " ");
        page_escaped(page, search_value(&optimize->search.params[i], choice->at[i], value));
    }
    text_format(page, "</dt><dd>%s</dd><dd class=\"note\">%s; return %s</dd></div>\n", format_ratio(figure, score),
                note, format_percent(choice->in.of[PROBE_RETURN], true, made));
    if (choice->has_out)
        text_format(page, "<div><dt>%s, out of sample</dt><dd>%s</dd><dd class=\"note\">return %s</dd></div>\n", name,
                    format_ratio(choice->out.of[optimize->wish.objective], score),
                    format_percent(choice->out.of[PROBE_RETURN], true, made));
}

static void put_page(struct text *page, const struct plane *plane)
{
    const struct optimize *optimize = plane->optimize;
    const uint32_t wide = MAP_LEFT + plane->width * MAP_CELL + 20;
    uint32_t near[MAP_NEAR_MAX];
    text_put(page, "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                   "content=\"width=device-width,initial-scale=1\"><meta http-equiv=\"Content-Security-Policy\" "
                   "content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>Parameters</title><style>\n");
    page_style(page);
    text_format(
        page,
        "</style></head><body><main>\n<header><h1>Parameters</h1><p class=\"about\">%u runs, coloured by %s: the "
        "darker the further from 0</p></header>\n<section class=\"chart\"><h2>Plane</h2>\n",
        optimize->search.told, probe_figure_name(optimize->wish.objective));
    text_format(
        page,
        "<svg viewBox=\"0 0 %u %u\" style=\"max-width:%upx\" role=\"img\" font-size=\"12\" fill=\"var(--soft)\">\n",
        wide, MAP_TOP + plane->height * MAP_CELL + MAP_BELOW, wide * 3 / 2);
    for (uint32_t y = 0; y < plane->height; y++)
        for (uint32_t x = 0; x < plane->width; x++)
            put_cell(page, plane, x, y);
    if (optimize->plateau.is_known) {
        const uint32_t count = search_near(&optimize->search, optimize->plateau_point, near, MAP_NEAR_MAX);
        for (uint32_t i = 0; i < count; i++)
            put_frame(page, plane, near[i], false);
        put_frame(page, plane, optimize->plateau_point, true);
    }
    put_labels(page, plane);
    text_put(page, "</svg></section>\n<section><h2>What to take</h2><dl>\n");
    put_choice(page, optimize, "Plateau", &optimize->plateau, "framed: its neighbours are the best, in their median");
    put_choice(page, optimize, "Peak", &optimize->best, "not framed: the best alone, which chance likes too");
    text_put(page, "</dl></section>\n</main></body></html>\n");
}

oc_rc optimize_map(const struct optimize *optimize, const char *path)
{
    const struct search *search = &optimize->search;
    const uint32_t width = search->params[0].count, height = search->param_count > 1 ? search->params[1].count : 1;
    struct plane plane = {.optimize = optimize,
                          .width = width < MAP_SIDE_MAX ? width : MAP_SIDE_MAX,
                          .height = height < MAP_SIDE_MAX ? height : MAP_SIDE_MAX};
    struct text page;
    int fd = -1;
    plane.cells = calloc((size_t)plane.width * plane.height, sizeof *plane.cells);
    if (!plane.cells)
        return OC_E_NOMEM;
    fill(&plane);
    text_init_grow(&page, PAGE_SIZE_MAX);
    put_page(&page, &plane);
    oc_rc rc = page.is_cut ? (oc_rc)OC_E_NOMEM : env_open(path, ENV_WRITE | ENV_CREATE | ENV_TRUNCATE, &fd);
    if (rc == OC_OK)
        rc = env_write(fd, page.data, page.size);
    env_close(fd);
    text_release(&page);
    free(plane.cells);
    return rc;
}
