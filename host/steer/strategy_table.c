/* strategy_table.c: who is loaded, from what and under which limits, as lines for a checkpoint.
 *
 * "outcry strategies 2 COUNT OPENED", then "name ID NAME" for every strategy that ever was, then "slot ..." for each slot, with
 * parameters, text and required files where they are not those that the session is opened with. Fields as on the console's
 * wire. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/line.h"
#include "steer/steer.h"

enum {
    TABLE_BYTES_MAX = 32 << 20,
    TABLE_FIELDS_MAX = 32 + 2 * STRATEGY_PARAMS_MAX + 2 * STEER_MODULES_MAX,
    SLOT_READS_DISK = 16,
    SLOT_WORDS = 17, /* why it is suspended; empty: it is not */
    SLOT_NO_ENTRIES = 18,
    SLOT_TAKEN = 19,
    SLOT_FIELDS = 20 /* before the parameters */
};

static void put_number(struct text *line, int64_t number)
{
    char digits[32];
    snprintf(digits, sizeof digits, "%lld", (long long)number);
    line_put(line, digits);
}

static void put_slot(const struct strategies *strategies, const struct strategy_slot *owner, struct text *line)
{
    const struct steer_source *source = owner->source;
    line_put(line, "slot");
    put_number(line, owner->strategy != NULL);
    put_number(line, owner->id);
    line_put(line, owner->name);
    line_put(line, owner->file);
    put_number(line, owner->is_steered);
    put_number(line, engine_is_held(strategies->session->engine, owner->id));
    put_number(line, (int64_t)engine_missed(strategies->session->engine, owner->id));
    put_number(line, owner->budget.callback_ns);
    put_number(line, owner->budget.heap_bytes);
    put_number(line, owner->budget.orders);
    char notional[TEXT_DECIMAL_MAX] = "none";
    if (owner->budget.has_notional)
        text_from_units(notional, owner->budget.notional.units, owner->budget.notional.scale, TEXT_SHORTEST);
    line_put(line, notional);
    for (int i = 0; i < MAY_LISTS; i++)
        line_put(line, owner->may[i]);
    put_number(line, source && source->reads_disk);
    line_put(line, owner->strategy ? engine_suspension(strategies->session->engine, owner->id) : "");
    put_number(line, owner->has_no_entries);
    put_number(line, owner->is_taken);
    if (!source || !owner->is_steered)
        return;
    put_number(line, source->param_count);
    for (uint32_t i = 0; i < source->param_count; i++) {
        line_put(line, source->params[i].name);
        line_put(line, source->params[i].value);
    }
    line_put(line, source->text);
    for (uint32_t i = 0; i < source->module_count; i++) {
        line_put(line, source->modules[i].name);
        line_put(line, source->modules[i].text);
    }
}

/* line_put parts fields by tabs only within one line. */
static void end_line(struct text *all, struct text *line)
{
    text_put_bytes(all, line->data, line->size);
    text_put_char(all, '\n');
    text_clear(line);
}

int64_t strategy_table_save(struct strategies *strategies, void *bytes, size_t size_max)
{
    struct text all, line;
    text_init_grow(&all, TABLE_BYTES_MAX);
    text_init_grow(&line, TABLE_BYTES_MAX);
    line_put(&line, "outcry strategies 2");
    put_number(&line, strategies->count);
    put_number(&line, strategies->opened_count);
    end_line(&all, &line);
    for (uint32_t i = 0; i < strategies->number_count; i++) {
        line_put(&line, "name");
        put_number(&line, strategies->numbers[i].id);
        line_put(&line, strategies->numbers[i].name);
        end_line(&all, &line);
    }
    for (uint32_t i = 0; i < strategies->count; i++) {
        put_slot(strategies, &strategies->list[i], &line);
        end_line(&all, &line);
    }
    int64_t size = all.is_cut || line.is_cut || all.size > size_max ? OC_E_LIMIT : (int64_t)all.size;
    if (size >= 0)
        memcpy(bytes, all.data, all.size);
    text_release(&line);
    text_release(&all);
    return size;
}

struct reading {
    struct strategies *strategies;
    const char *fields[TABLE_FIELDS_MAX + 1];
    uint32_t count;
};

static int64_t number_at(const struct reading *reading, uint32_t i)
{
    int64_t number = -1;
    if (i < reading->count)
        (void)text_to_int(reading->fields[i], strlen(reading->fields[i]), &number); /* -1 is wrong to all who ask */
    return number;
}

static struct steer_source *source_of(const struct reading *reading)
{
    int64_t params = number_at(reading, SLOT_FIELDS);
    if (params < 0 || params > STRATEGY_PARAMS_MAX || SLOT_FIELDS + 2 + 2 * (uint32_t)params > reading->count)
        return NULL;
    uint32_t at = SLOT_FIELDS + 1 + 2 * (uint32_t)params;
    struct steer_source *source =
        steer_source_new(reading->fields[4], reading->fields[at], strlen(reading->fields[at]));
    bool is_ok = source != NULL;
    for (uint32_t i = SLOT_FIELDS + 1; i + 1 <= at - 1 && is_ok; i += 2)
        is_ok = steer_source_param(source, reading->fields[i], reading->fields[i + 1]);
    for (uint32_t i = at + 1; i + 1 < reading->count && is_ok; i += 2)
        is_ok = steer_source_module(source, reading->fields[i], reading->fields[i + 1]);
    if (is_ok) {
        source->reads_disk = number_at(reading, SLOT_READS_DISK) > 0;
        return source;
    }
    steer_source_free(source);
    return NULL;
}

static bool take_limits(const struct reading *reading, struct strategy_slot *owner)
{
    const char *notional = reading->fields[11];
    struct strategy_budget budget = {.callback_ns = number_at(reading, 8),
                                     .heap_bytes = number_at(reading, 9),
                                     .orders = (uint32_t)number_at(reading, 10),
                                     .has_notional = strcmp(notional, "none") != 0};
    if (budget.callback_ns < 0 || budget.heap_bytes < 0 || number_at(reading, 10) < 0 ||
        (budget.has_notional &&
         text_to_decimal(notional, strlen(notional), &budget.notional.units, &budget.notional.scale) < 0))
        return false;
    owner->budget = budget;
    owner->has_no_entries = number_at(reading, SLOT_NO_ENTRIES) > 0;
    owner->is_taken = number_at(reading, SLOT_TAKEN) > 0;
    for (uint32_t i = 0; i < MAY_LISTS; i++) {
        if (strlen(reading->fields[12 + i]) >= MAY_MAX)
            return false;
        strcpy(owner->may[i], reading->fields[12 + i]);
    }
    return true;
}

static oc_rc take_slot(struct reading *reading, uint32_t index)
{
    struct strategies *strategies = reading->strategies;
    struct strategy_slot *owner = &strategies->list[index];
    struct sandbox_error error = {0};
    if (reading->count < SLOT_FIELDS || index >= STRATEGIES_MAX || !take_limits(reading, owner))
        return OC_E_DATA;
    bool is_loaded = number_at(reading, 1) > 0, is_steered = number_at(reading, 5) > 0;
    uint32_t id = (uint32_t)number_at(reading, 2);
    if (id == 0 || id > ENGINE_STRATEGIES_MAX || strlen(reading->fields[4]) >= sizeof owner->file)
        return OC_E_DATA;
    if (is_loaded && !is_steered) { /* as the session was opened */
        if (!owner->strategy || owner->id != id)
            return OC_E_DATA;
    } else {
        strategies_drop(strategies, index);
        owner->strategies = strategies;
        owner->is_steered = is_steered;
        owner->id = id;
        snprintf(owner->name, sizeof owner->name, "%s", reading->fields[3]);
        snprintf(owner->file, sizeof owner->file, "%s", reading->fields[4]);
    }
    if (is_loaded && is_steered) {
        struct steer_source *source = source_of(reading);
        oc_rc rc = source ? steer_place(strategies, index, source, id, &error) : OC_E_DATA;
        if (rc < 0)
            return rc;
    }
    if (!is_loaded)
        return OC_OK;
    if (reading->fields[SLOT_WORDS][0])
        engine_suspend_as(strategies->session->engine, id, reading->fields[SLOT_WORDS]);
    engine_hold(strategies->session->engine, id, number_at(reading, 6) > 0);
    engine_set_missed(strategies->session->engine, id, (uint64_t)number_at(reading, 7));
    return steer_apply_limits(strategies, index);
}

static oc_rc take_name(struct reading *reading)
{
    struct strategies *strategies = reading->strategies;
    uint32_t i = 0, id = (uint32_t)number_at(reading, 1);
    if (reading->count != 3 || id == 0 || id > ENGINE_STRATEGIES_MAX || strlen(reading->fields[2]) >= STRATEGY_NAME_MAX)
        return OC_E_DATA;
    while (i < strategies->number_count && strategies->numbers[i].id != id)
        i++;
    if (i == strategies->number_count) {
        struct strategy_number *names = realloc(strategies->numbers, (strategies->number_count + 1) * sizeof *names);
        if (!names)
            return OC_E_NOMEM;
        strategies->numbers = names;
        strategies->number_count++;
    }
    strategies->numbers[i] = (struct strategy_number){.id = id};
    snprintf(strategies->numbers[i].name, sizeof strategies->numbers[i].name, "%s", reading->fields[2]);
    return OC_OK;
}

static oc_rc take_lines(struct reading *reading, char *at)
{
    struct strategies *strategies = reading->strategies;
    uint32_t slots = 0;
    int64_t count = -1;
    for (bool is_first = true; *at; is_first = false) {
        char *end = strchr(at, '\n');
        if (!end)
            return OC_E_DATA;
        *end = 0;
        oc_rc rc = OC_E_DATA;
        reading->count = line_split(at, reading->fields, TABLE_FIELDS_MAX);
        if (reading->count > TABLE_FIELDS_MAX)
            return OC_E_DATA;
        if (is_first && reading->count == 3 && strcmp(reading->fields[0], "outcry strategies 2") == 0 &&
            number_at(reading, 2) == (int64_t)strategies->opened_count) {
            count = number_at(reading, 1);
            rc = count <= STRATEGIES_MAX ? OC_OK : OC_E_DATA;
        } else if (!is_first && strcmp(reading->fields[0], "name") == 0) {
            rc = take_name(reading);
        } else if (!is_first && strcmp(reading->fields[0], "slot") == 0 && (int64_t)slots < count) {
            if (slots >= strategies->count)
                strategies->count = slots + 1;
            rc = take_slot(reading, slots++);
        }
        if (rc < 0)
            return rc;
        at = end + 1;
    }
    return (int64_t)slots == count ? OC_OK : OC_E_DATA;
}

oc_rc strategy_table_load(struct strategies *strategies, const void *bytes, size_t size)
{
    struct reading *reading = calloc(1, sizeof *reading);
    char *copy = malloc(size + 1);
    oc_rc rc = reading && copy ? OC_OK : OC_E_NOMEM;
    if (rc == OC_OK) {
        memcpy(copy, bytes, size);
        copy[size] = 0;
        reading->strategies = strategies;
        rc = take_lines(reading, copy);
    }
    free(copy);
    free(reading);
    return rc;
}
