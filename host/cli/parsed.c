#include "cli/parsed.h"

#include <json-c/json.h>
#include <stdio.h>

bool parsed_open(struct parsed *parsed, const char *json)
{
    parsed->object = json_tokener_parse(json);
    return parsed->object != NULL;
}

void parsed_close(struct parsed *parsed)
{
    json_object_put(parsed->object);
    parsed->object = NULL;
}

struct parsed parsed_at(const struct parsed *parsed, const char *key)
{
    json_object *found = NULL;
    if (parsed->object && json_object_is_type(parsed->object, json_type_object))
        (void)json_object_object_get_ex(parsed->object, key, &found);
    return (struct parsed){found};
}

uint32_t parsed_count(const struct parsed *list)
{
    return list->object && json_object_is_type(list->object, json_type_array)
               ? (uint32_t)json_object_array_length(list->object)
               : 0;
}

struct parsed parsed_row(const struct parsed *list, uint32_t i)
{
    return (struct parsed){i < parsed_count(list) ? json_object_array_get_idx(list->object, i) : NULL};
}

const char *parsed_text(const struct parsed *parsed, const char *key, char *text, size_t size)
{
    const struct parsed found = parsed_at(parsed, key);
    snprintf(text, size, "%s", found.object ? json_object_get_string(found.object) : "");
    return text;
}

int64_t parsed_int(const struct parsed *parsed, const char *key, int64_t fallback)
{
    const struct parsed found = parsed_at(parsed, key);
    return found.object ? json_object_get_int64(found.object) : fallback;
}

double parsed_double(const struct parsed *parsed, const char *key, double fallback)
{
    const struct parsed found = parsed_at(parsed, key);
    return found.object ? json_object_get_double(found.object) : fallback;
}

bool parsed_flag(const struct parsed *parsed, const char *key)
{
    const struct parsed found = parsed_at(parsed, key);
    return found.object && json_object_get_boolean(found.object);
}

bool parsed_has(const struct parsed *parsed, const char *key) { return parsed_at(parsed, key).object != NULL; }

struct parsed parsed_list_new(void) { return (struct parsed){json_object_new_array()}; }

void parsed_list_append(struct parsed *list, const struct parsed *from, const char *key)
{
    const struct parsed rows = parsed_at(from, key);
    for (uint32_t i = 0; i < parsed_count(&rows); i++)
        if (json_object_array_add(list->object, json_object_get(parsed_row(&rows, i).object)) < 0)
            return; /* no memory: what is there is shown */
}

const char *parsed_json(const struct parsed *parsed)
{
    return parsed->object
               ? json_object_to_json_string_ext(parsed->object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)
               : "null";
}
