#include "cli/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/num.h"
#include "base/random.h"
#include "base/text.h"

enum {
    PLACES = 4 * SEARCH_POINTS_MAX,
    TRIES = 200,         /* for a point that is new */
    POPULATION_MIN = 12, /* Storn and Price: 5 to 10 a parameter */
    POPULATION_OF = 6,
    POPULATION_MAX = 48,
    GRID_AROUND = 6, /* parameters of a grid whose neighbours are looked at */
    NEAR_MAX = 729   /* 3 to the power of that */
};

/* Storn and Price 1997, DE/rand/1/bin. */
static const double weight = 0.7, crossing = 0.9;

/* ---- words ---- */

static oc_rc wrong(struct error *error, const char *text, const char *expected)
{
    error_at(error, OC_E_INVALID, "--over");
    error_found(error, "%.120s", text);
    error_expected(error, "%s", expected);
    return OC_E_INVALID;
}

static bool take_number(const char *text, size_t size, int64_t *ret_units, int *ret_scale)
{
    return size && text_to_decimal(text, size, ret_units, ret_scale) == OC_OK;
}

static bool rescale(int64_t *units, int scale, int to)
{
    const oc_i128 wide = (oc_i128)*units * num_pow10_128(to - scale);
    if (wide > INT64_MAX / 4 || wide < -(INT64_MAX / 4))
        return false;
    *units = (int64_t)wide;
    return true;
}

static oc_rc take_range(struct search_param *param, const char *text, struct error *error)
{
    static const char expected[] = "NAME=FROM..TO[:STEP], such as fast=5..50:5 or share=0.1..0.5:0.1";
    const char *dots = strstr(text, ".."), *colon = strchr(dots, ':');
    int64_t from, to, step = 1;
    int scales[3] = {0, 0, 0}, scale = 0;
    const size_t size = colon ? (size_t)(colon - dots - 2) : strlen(dots + 2);
    if (!take_number(text, (size_t)(dots - text), &from, &scales[0]) || !take_number(dots + 2, size, &to, &scales[1]) ||
        (colon && !take_number(colon + 1, strlen(colon + 1), &step, &scales[2])))
        return wrong(error, text, expected);
    for (int i = 0; i < 3; i++)
        scale = scales[i] > scale ? scales[i] : scale;
    if (!colon && scale)
        return wrong(error, text, "a step behind a colon where numbers are not whole: 0.1..0.5:0.1");
    if (scale > 15 || !rescale(&from, scales[0], scale) || !rescale(&to, scales[1], scale) ||
        !rescale(&step, scales[2], scale) || step <= 0 || to < from)
        return wrong(error, text, expected);
    const int64_t count = (to - from) / step + 1;
    if (count > SEARCH_VALUES_MAX)
        return wrong(error, text, "at most 10000 values of a parameter: a larger step");
    param->from = from;
    param->step = step;
    param->scale = scale;
    param->count = (uint32_t)count;
    return OC_OK;
}

static oc_rc take_list(struct search_param *param, const char *text, struct error *error)
{
    if (strlen(text) >= sizeof param->words)
        return wrong(error, text, "a shorter list of words");
    text_copy(param->words, sizeof param->words, text);
    for (const char *at = text, *end; *at; at = end + (*end == ',')) {
        end = at + strcspn(at, ",");
        if (end == at || end - at >= SEARCH_WORD_MAX || (*end == ',' && !end[1]))
            return wrong(error, text, "words with commas between: mode=trend,range");
        param->count++;
    }
    return param->count ? (oc_rc)OC_OK : wrong(error, text, "NAME=FROM..TO[:STEP] or NAME=WORD,WORD");
}

oc_rc search_add(struct search *search, const char *text, struct error *ret_error)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || equals - text >= SEARCH_NAME_MAX)
        return wrong(ret_error, text, "NAME=FROM..TO[:STEP] or NAME=WORD,WORD");
    if (search->param_count == SEARCH_PARAMS_MAX)
        return wrong(ret_error, text, "at most 16 parameters");
    struct search_param *param = &search->params[search->param_count];
    *param = (struct search_param){.count = 0};
    memcpy(param->name, text, (size_t)(equals - text));
    for (uint32_t i = 0; i < search->param_count; i++)
        if (strcmp(search->params[i].name, param->name) == 0)
            return wrong(ret_error, text, "each parameter once");
    oc_rc rc =
        strstr(equals + 1, "..") ? take_range(param, equals + 1, ret_error) : take_list(param, equals + 1, ret_error);
    if (rc == OC_OK)
        search->param_count++;
    return rc;
}

const char *search_value(const struct search_param *param, uint32_t at, char ret_text[SEARCH_WORD_MAX])
{
    struct text text;
    text_init_fixed(&text, ret_text, SEARCH_WORD_MAX);
    if (!param->words[0]) {
        text_put_units(&text, param->from + (int64_t)at * param->step, param->scale, TEXT_SHORTEST);
        return ret_text;
    }
    const char *word = param->words;
    for (; at; at--)
        word += strcspn(word, ",") + 1;
    text_put_bytes(&text, word, strcspn(word, ","));
    return ret_text;
}

/* ---- points ---- */

uint64_t search_size(const struct search *search)
{
    uint64_t size = 1;
    for (uint32_t i = 0; i < search->param_count; i++)
        if (__builtin_mul_overflow(size, (uint64_t)search->params[i].count, &size))
            return UINT64_MAX;
    return size;
}

/* The place where it is, or would be. */
static uint32_t *place_of(const struct search *search, const struct search_point *point)
{
    uint64_t at = hash64(point->at, sizeof point->at);
    for (;; at++) {
        uint32_t *place = &search->places[at % PLACES];
        if (!*place || memcmp(search->points[*place - 1].at, point->at, sizeof point->at) == 0)
            return place;
    }
}

/* False: it was tried before. */
static bool add_point(struct search *search, const struct search_point *point)
{
    uint32_t *place = place_of(search, point);
    if (*place || search->count == SEARCH_POINTS_MAX)
        return false;
    search->points[search->count] = *point;
    search->points[search->count].score = SEARCH_NO_SCORE;
    *place = ++search->count;
    return true;
}

static struct search_point draw(struct search *search)
{
    struct search_point point = {.score = SEARCH_NO_SCORE};
    for (uint32_t i = 0; i < search->param_count; i++)
        point.at[i] = (uint32_t)(random_next(&search->state) % search->params[i].count);
    return point;
}

/* One that is new; where chance finds none, the first of the grid behind a point by chance. */
static bool add_drawn(struct search *search)
{
    struct search_point point = draw(search);
    for (int i = 0; i < TRIES; i++) {
        if (add_point(search, &point))
            return true;
        point = draw(search);
    }
    if (search->count >= search_size(search))
        return false;
    while (!add_point(search, &point)) /* the next one of the grid */
        for (uint32_t i = 0; i < search->param_count; i++) {
            point.at[i] = (point.at[i] + 1) % search->params[i].count;
            if (point.at[i])
                break;
        }
    return true;
}

oc_rc search_begin(struct search *search, uint32_t kind, uint32_t wanted, uint64_t seed, struct error *ret_error)
{
    const uint64_t size = search_size(search);
    const uint32_t most = wanted ? wanted : SEARCH_POINTS_MAX;
    search->kind = kind;
    search->state = seed;
    if (most > SEARCH_POINTS_MAX || (kind == SEARCH_GRID && size > most)) {
        error_at(ret_error, OC_E_LIMIT, "optimize");
        error_found(ret_error, "%llu points", (unsigned long long)size);
        error_expected(ret_error, "at most %u", most < SEARCH_POINTS_MAX ? most : SEARCH_POINTS_MAX);
        error_remedy(ret_error, "larger steps, more --trials, or --search random or adaptive");
        return OC_E_LIMIT;
    }
    search->wanted = size < most ? (uint32_t)size : most;
    search->points = calloc(search->wanted, sizeof *search->points);
    search->places = calloc(PLACES, sizeof *search->places);
    search->population = calloc(POPULATION_MAX, sizeof *search->population);
    if (search->points && search->places && search->population)
        return OC_OK;
    search_release(search);
    return error_of_code(ret_error, OC_E_NOMEM, "optimize", "");
}

void search_release(struct search *search)
{
    free(search->points);
    free(search->places);
    free(search->population);
    search->points = NULL;
    search->places = search->population = NULL;
}

/* ---- differential evolution ---- */

static uint32_t population_size(const struct search *search)
{
    uint32_t size = POPULATION_OF * search->param_count;
    size = size < POPULATION_MIN ? POPULATION_MIN : size > POPULATION_MAX ? POPULATION_MAX : size;
    return size < search->wanted ? size : search->wanted;
}

static uint32_t draw_other(struct search *search, const uint32_t *taken, uint32_t count)
{
    for (;;) {
        const uint32_t at = (uint32_t)(random_next(&search->state) % search->population_count);
        bool is_taken = false;
        for (uint32_t i = 0; i < count; i++)
            is_taken |= taken[i] == at;
        if (!is_taken)
            return at;
    }
}

static double draw_share(struct search *search) { return (double)(random_next(&search->state) >> 11) * 0x1p-53; }

/* Beyond its range it is thrown back into it. */
static uint32_t bounded(double at, uint32_t count)
{
    const double last = count - 1.0;
    for (int i = 0; i < 8 && (at < 0.0 || at > last); i++)
        at = at < 0.0 ? -at : 2.0 * last - at;
    at = at < 0.0 ? 0.0 : at > last ? last : at;
    return (uint32_t)(at + 0.5);
}

static struct search_point mutant(struct search *search, uint32_t target)
{
    uint32_t who[4] = {target};
    for (uint32_t i = 1; i < 4; i++)
        who[i] = draw_other(search, who, i);
    const struct search_point *own = &search->points[search->population[who[0]]],
                              *a = &search->points[search->population[who[1]]],
                              *b = &search->points[search->population[who[2]]],
                              *c = &search->points[search->population[who[3]]];
    struct search_point point = *own;
    const uint32_t always = (uint32_t)(random_next(&search->state) % search->param_count);
    for (uint32_t i = 0; i < search->param_count; i++) {
        const double share = draw_share(search);
        if (i != always && share >= crossing)
            continue;
        point.at[i] = bounded(a->at[i] + weight * ((double)b->at[i] - (double)c->at[i]), search->params[i].count);
    }
    return point;
}

/* A child for each of the population; where it was tried before, another by chance. */
static void next_generation(struct search *search)
{
    enum { CHILD_TRIES = 8 };
    const uint32_t size = population_size(search);
    if (search->population_count < size || size < 4) { /* the first one, by chance; or too few to cross */
        while (search->count < search->wanted && search->count - search->told < size && add_drawn(search))
            search->targets[search->count - search->told - 1] = UINT32_MAX;
        return;
    }
    for (uint32_t target = 0; target < size && search->count < search->wanted; target++) {
        bool is_new = false;
        for (int i = 0; i < CHILD_TRIES && !is_new; i++) {
            const struct search_point point = mutant(search, target);
            is_new = add_point(search, &point);
        }
        if (!is_new && !add_drawn(search))
            return;
        search->targets[search->count - search->told - 1] = target;
    }
}

bool search_next(struct search *search)
{
    const uint32_t left = search->wanted - search->count, size = left < SEARCH_BATCH_MAX ? left : SEARCH_BATCH_MAX;
    if (search->kind == SEARCH_ADAPTIVE) {
        next_generation(search);
        return search->count > search->told;
    }
    for (uint32_t n = 0; n < size; n++) {
        struct search_point point = {.score = SEARCH_NO_SCORE};
        uint64_t number = search->count;
        for (uint32_t i = search->param_count; i > 0; i--) { /* the last parameter goes round first */
            point.at[i - 1] = (uint32_t)(number % search->params[i - 1].count);
            number /= search->params[i - 1].count;
        }
        if (search->kind == SEARCH_GRID ? !add_point(search, &point) : !add_drawn(search))
            break;
    }
    return search->count > search->told;
}

void search_tell(struct search *search)
{
    for (uint32_t i = search->told; i < search->count && search->kind == SEARCH_ADAPTIVE; i++) {
        const uint32_t target = search->targets[i - search->told];
        if (target == UINT32_MAX) {
            if (search->population_count < POPULATION_MAX)
                search->population[search->population_count++] = i;
        } else if (search->points[i].score >= search->points[search->population[target]].score) {
            search->population[target] = i;
        }
    }
    search->told = search->count;
}

/* ---- what came of it ---- */

bool search_best(const struct search *search, uint32_t *ret_point)
{
    double best = SEARCH_NO_SCORE;
    for (uint32_t i = 0; i < search->told; i++)
        if (search->points[i].score > best) {
            best = search->points[i].score;
            *ret_point = i;
        }
    return best > SEARCH_NO_SCORE;
}

/* On a grid: those one step off at most, of three values a parameter; the last parameters alone where they are many. */
static uint32_t around(const struct search *search, uint32_t point, uint32_t *ret_list, uint32_t max)
{
    const struct search_point *own = &search->points[point];
    const uint32_t params = search->param_count < GRID_AROUND ? search->param_count : GRID_AROUND;
    uint32_t count = 0, all = 1;
    for (uint32_t i = 0; i < params; i++)
        all *= 3;
    for (uint32_t n = 0; n < all && count < max; n++) {
        struct search_point near = *own;
        bool is_in = true;
        uint32_t rest = n;
        for (uint32_t i = search->param_count - params; i < search->param_count; i++, rest /= 3) {
            const uint32_t at = own->at[i] + rest % 3; /* one more than it is */
            is_in &= at >= 1 && at <= search->params[i].count;
            near.at[i] = at - 1;
        }
        const uint32_t place = is_in ? *place_of(search, &near) : 0;
        if (place && place <= search->told)
            ret_list[count++] = place - 1;
    }
    return count;
}

/* Squared, each range being 1 long. */
static double distance(const struct search *search, const struct search_point *a, const struct search_point *b)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < search->param_count; i++) {
        const double last = search->params[i].count > 1 ? search->params[i].count - 1.0 : 1.0;
        const double off = ((double)a->at[i] - (double)b->at[i]) / last;
        sum += off * off;
    }
    return sum;
}

static uint32_t nearest(const struct search *search, uint32_t point, uint32_t *ret_list, uint32_t max)
{
    double far[SEARCH_NEAR + 1];
    uint32_t count = 0;
    const uint32_t most = max < SEARCH_NEAR + 1 ? max : SEARCH_NEAR + 1;
    for (uint32_t i = 0; i < search->told; i++) {
        const double off = distance(search, &search->points[point], &search->points[i]);
        uint32_t at = count < most ? count++ : most;
        for (; at > 0 && off < far[at - 1]; at--)
            if (at < most) {
                far[at] = far[at - 1];
                ret_list[at] = ret_list[at - 1];
            }
        if (at < most) {
            far[at] = off;
            ret_list[at] = i;
        }
    }
    return count;
}

uint32_t search_near(const struct search *search, uint32_t point, uint32_t *ret_list, uint32_t max)
{
    return search->kind == SEARCH_GRID ? around(search, point, ret_list, max) : nearest(search, point, ret_list, max);
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What a point's own score must be for its neighbourhood to be looked at: away from a grid that is a look at all others. */
static double threshold(const struct search *search)
{
    enum { LOOKED_AT = 1000 };
    double *scores = search->told > LOOKED_AT ? calloc(search->told, sizeof *scores) : NULL;
    if (search->kind == SEARCH_GRID || !scores) {
        free(scores);
        return SEARCH_NO_SCORE;
    }
    for (uint32_t i = 0; i < search->told; i++)
        scores[i] = search->points[i].score;
    qsort(scores, search->told, sizeof *scores, ascending);
    const double least = scores[search->told - LOOKED_AT];
    free(scores);
    return least;
}

bool search_plateau(const struct search *search, uint32_t *ret_point, double *ret_level)
{
    uint32_t list[NEAR_MAX];
    double scores[NEAR_MAX], best = SEARCH_NO_SCORE;
    const double least = threshold(search);
    for (uint32_t i = 0; i < search->told; i++) {
        if (search->points[i].score <= SEARCH_NO_SCORE || search->points[i].score < least)
            continue;
        const uint32_t count = search_near(search, i, list, NEAR_MAX);
        for (uint32_t k = 0; k < count; k++)
            scores[k] = search->points[list[k]].score;
        qsort(scores, count, sizeof *scores, ascending);
        const double level = scores[(count - 1) / 2]; /* the lower of the two in the middle */
        if (level > best) {
            best = level;
            *ret_point = i;
        }
    }
    *ret_level = best;
    return best > SEARCH_NO_SCORE;
}
