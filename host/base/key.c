#include "base/key.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

const struct oc_key *key_table(const struct oc_plugin *plugin) { return OC_HAS(plugin, keys) ? plugin->keys : NULL; }

static const struct oc_key *row_named(const struct oc_key *table, const char *name, size_t size)
{
    for (const struct oc_key *key = table; key && key->name; key++)
        if (strncmp(key->name, name, size) == 0 && !key->name[size])
            return key;
    return NULL;
}

/* The bytes of a group's number, 0 if there is none: no sign, no leading zero. */
static size_t index_size(const char *text)
{
    size_t size = strspn(text, "0123456789");
    return size > 1 && text[0] == '0' ? 0 : size;
}

const struct oc_key *key_declared(const struct oc_key *table, const char *name)
{
    size_t size = strcspn(name, ".");
    const struct oc_key *key = row_named(table, name, size);
    if (!key || !name[size])
        return key;
    const char *index = name + size + 1;
    size_t digits = index_size(index);
    if (key->type != OC_KEY_GROUPS || !digits || index[digits] != '.')
        return NULL;
    return row_named(key->members, index + digits + 1, strlen(index + digits + 1));
}

bool key_is_name(const char *name)
{
    if (name[0] < 'a' || name[0] > 'z' || strlen(name) >= OC_KEY_NAME_MAX || strstr(name, "__"))
        return false;
    return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

bool key_is_reserved(const char *name)
{
    static const char *const words[] = {
        "accounts", "balance",     "bar_grace", "bars",       "book",       "book_levels", "ca_file",     "cancel_all",
        "cash",     "close",       "connector", "deadman",    "empty_bars", "endpoint",    "environment", "fetch_fills",
        "for",      "instruments", "isolate",   "keep_books", "keys",       "legs",        "link",        "move_stops",
        "plugin",   "protect",     "proxy",     "starts",     "stop_slip",  "transcript"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], name) == 0)
            return true;
    return false;
}

const char *key_type_name(uint32_t type)
{
    static const char *const names[] = {
        [OC_KEY_DECIMAL] = "decimal", [OC_KEY_INTEGER] = "integer", [OC_KEY_DURATION] = "duration",
        [OC_KEY_BOOLEAN] = "boolean", [OC_KEY_TEXT] = "text",       [OC_KEY_CHOICE] = "choice",
        [OC_KEY_GROUPS] = "groups"};
    return type < sizeof names / sizeof *names ? names[type] : NULL;
}

bool key_has_range(uint32_t type)
{
    return type == OC_KEY_DECIMAL || type == OC_KEY_INTEGER || type == OC_KEY_DURATION;
}

static oc_rc read_decimal(const char *text, struct oc_dec *ret_dec)
{
    struct oc_dec dec = {0};
    size_t size = strlen(text);
    int percent = size > 1 && text[size - 1] == '%' ? 2 : 0;
    if (text_to_decimal(text, size - (percent ? 1 : 0), &dec.units, &dec.scale) < 0 ||
        dec.scale + percent > OC_DEC_SCALE_MAX)
        return OC_E_INVALID;
    dec.scale += percent;
    *ret_dec = dec;
    return OC_OK;
}

static oc_rc read_boolean(const char *text, int64_t *ret_yes)
{
    bool yes = strcmp(text, "yes") == 0 || strcmp(text, "true") == 0;
    if (!yes && strcmp(text, "no") != 0 && strcmp(text, "false") != 0)
        return OC_E_INVALID;
    *ret_yes = yes;
    return OC_OK;
}

oc_rc key_read(uint32_t type, const char *text, struct key_value *ret_value)
{
    struct key_value value = {0};
    oc_rc rc;
    switch (type) {
    case OC_KEY_DECIMAL:
        rc = read_decimal(text, &value.dec);
        break;
    case OC_KEY_INTEGER:
        rc = text_to_int(text, strlen(text), &value.number);
        break;
    case OC_KEY_DURATION:
        rc = text_to_duration(text, strlen(text), &value.number);
        break;
    case OC_KEY_BOOLEAN:
        rc = read_boolean(text, &value.number);
        break;
    case OC_KEY_TEXT:
    case OC_KEY_CHOICE:
        rc = OC_OK;
        break;
    default:
        rc = OC_E_INVALID;
        break;
    }
    if (rc < 0)
        return OC_E_INVALID;
    *ret_value = value;
    return OC_OK;
}

int key_compare(uint32_t type, const struct key_value *a, const struct key_value *b)
{
    oc_i128 x = a->number, y = b->number;
    if (type == OC_KEY_DECIMAL) { /* 63 bits by 10^18 at most */
        x = a->dec.units * num_pow10_128(b->dec.scale);
        y = b->dec.units * num_pow10_128(a->dec.scale);
    }
    return (x > y) - (x < y);
}

static bool is_within(const struct oc_key *key, const struct key_value *value)
{
    struct key_value bound;
    if (key->min && key_read(key->type, key->min, &bound) == OC_OK) {
        int order = key_compare(key->type, value, &bound);
        if (order < 0 || (order == 0 && (key->bits & OC_KEY_ABOVE_MIN)))
            return false;
    }
    if (key->max && key_read(key->type, key->max, &bound) == OC_OK) {
        int order = key_compare(key->type, value, &bound);
        if (order > 0 || (order == 0 && (key->bits & OC_KEY_BELOW_MAX)))
            return false;
    }
    return true;
}

static bool is_choice(const struct oc_key *key, const char *text)
{
    for (const char *const *choice = key->choices; choice && *choice; choice++)
        if (strcmp(*choice, text) == 0)
            return true;
    return false;
}

oc_rc key_judge(const struct oc_key *key, const char *text, struct key_value *ret_value)
{
    struct key_value value;
    oc_rc rc = key_read(key->type, text, &value);
    if (rc < 0)
        return rc;
    if (key->type == OC_KEY_CHOICE ? !is_choice(key, text) : key_has_range(key->type) && !is_within(key, &value))
        return OC_E_RANGE;
    *ret_value = value;
    return OC_OK;
}

static void put_choices(struct text *text, const struct oc_key *key, const char *between, const char *last)
{
    for (const char *const *choice = key->choices; choice && *choice; choice++)
        text_format(text, "%s%s", choice == key->choices ? "" : choice[1] ? between : last, *choice);
}

void key_expected(const struct oc_key *key, char *words, uint32_t size_max)
{
    static const char *const what[] = {[OC_KEY_DECIMAL] = "a decimal such as \"0.001\" or \"0.1%\"",
                                       [OC_KEY_INTEGER] = "a whole number",
                                       [OC_KEY_DURATION] = "a duration such as \"5ms\", \"2s\" or \"1h\"",
                                       [OC_KEY_BOOLEAN] = "yes or no",
                                       [OC_KEY_TEXT] = "a text",
                                       [OC_KEY_CHOICE] = "",
                                       [OC_KEY_GROUPS] = "a list of groups"};
    struct text text;
    text_init_fixed(&text, words, size_max);
    text_put(&text, key->type < sizeof what / sizeof *what && what[key->type] ? what[key->type] : "");
    if (key->type == OC_KEY_CHOICE)
        put_choices(&text, key, ", ", " or ");
    const char *comma = key->type == OC_KEY_INTEGER ? " " : ", ";
    if (key->min) {
        text_format(&text, "%s%s %s", comma, key->bits & OC_KEY_ABOVE_MIN ? "above" : "from", key->min);
        comma = " ";
    }
    if (key->max)
        text_format(&text, "%s%s %s", comma,
                    key->bits & OC_KEY_BELOW_MAX ? "below"
                    : key->min                   ? "to"
                                                 : "up to",
                    key->max);
    if (key->unit && key->unit[0])
        text_format(&text, " (%s)", key->unit);
}

void key_range(const struct oc_key *key, char *words, uint32_t size_max)
{
    struct text text;
    text_init_fixed(&text, words, size_max);
    if (key->type == OC_KEY_CHOICE)
        put_choices(&text, key, "|", "|");
    if (!key->min && !key->max)
        return;
    text_format(&text, "%s%s..%s%s", key->min && (key->bits & OC_KEY_ABOVE_MIN) ? ">" : "", key->min ? key->min : "",
                key->max && (key->bits & OC_KEY_BELOW_MAX) ? "<" : "", key->max ? key->max : "");
}
