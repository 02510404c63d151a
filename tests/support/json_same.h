/* json_same.h: a message read by the kit's scanner and by json-c, held against each other.
 *
 * json_same: what the scanner takes, json-c takes and means the same; what json-c takes and the scanner refuses is named by one of its
 * liberties. The first difference is said in `why`, and -1 returned; 0 both refuse it, 1 both take it. */
#ifndef TESTS_JSON_SAME_H
#define TESTS_JSON_SAME_H

#include <json-c/json.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <outcry/kit/json.h>
#include <outcry/kit/write.h>

#define JSON_SAME_MAX 4096

static inline bool json_same_text(const char *meant, size_t size, struct kit_json_text text, const char **why)
{
    char copy[JSON_SAME_MAX];
    const oc_rc rc = kit_json_copy(text, copy, sizeof copy);
    if (rc < 0) /* a zero byte, half of a pair, no UTF-8: json-c makes something of it */
        return true;
    if ((size_t)rc == size && memcmp(copy, meant, size) == 0)
        return true;
    *why = "a text";
    return false;
}

static inline bool json_same_number(json_object *tree, struct kit_json_text text, const char **why)
{
    struct oc_dec dec;
    char copy[KIT_JSON_NUMBER_MAX + 1], printed[64];
    if (text.size > KIT_JSON_NUMBER_MAX)
        return true;
    memcpy(copy, text.at, text.size);
    copy[text.size] = 0;
    *why = "a number";
    const double meant = json_object_get_double(tree);
    const oc_rc rc = kit_json_dec(text, &dec);
    if (rc == OC_E_RANGE)
        return true;
    if (rc < 0)
        return false;
    struct kit_write out = kit_write_begin(printed, sizeof printed - 1);
    kit_write_dec(&out, dec);
    const oc_rc size = kit_write_end(&out);
    if (size < 0)
        return false;
    printed[size] = 0;
    int64_t units;
    const struct oc_dec step = {1, dec.scale, 0};
    if (kit_json_units(text, step, &units) < 0 || units != dec.units) /* by the short way, where it is plain */
        return false;
    if (json_object_is_type(tree, json_type_int))
        return dec.scale == 0 && dec.units == json_object_get_int64(tree);
    return strtod(printed, NULL) == meant || (meant == 0 && dec.units == 0);
}

static inline bool json_same_value(struct kit_json *json, json_object *tree, const char **why)
{
    struct kit_json before = *json, over = *json;
    const char kind = kit_json_peek(json);
    struct kit_json_text text;
    kit_json_pass(&over); /* passing over it ends where reading it ends */
    if (kind == '{' && json_object_is_type(tree, json_type_object)) {
        int count = 0;
        struct kit_json twice = before;
        if (!kit_json_object(&twice))
            return *why = "an object is not entered", false;
        while (kit_json_key(&twice, &text))
            count++;
        const bool has_doubles = count != json_object_object_length(tree);
        kit_json_object(json);
        while (kit_json_key(json, &text)) {
            char key[JSON_SAME_MAX];
            json_object *member;
            if (kit_json_copy(text, key, sizeof key) < 0 || has_doubles) /* the last of two of one name counts there */
                continue;
            if (!json_object_object_get_ex(tree, key, &member))
                return *why = "a key", false;
            if (!json_same_value(json, member, why))
                return false;
        }
    } else if (kind == '[' && json_object_is_type(tree, json_type_array)) {
        size_t count = 0;
        kit_json_array(json);
        while (kit_json_item(json))
            if (count >= json_object_array_length(tree) ||
                !json_same_value(json, json_object_array_get_idx(tree, count++), why))
                return *why = *why ? *why : "an element too many", false;
        if (count != json_object_array_length(tree))
            return *why = "too few elements", false;
    } else {
        text = kit_json_value(json);
        switch (json_object_get_type(tree)) {
        case json_type_null:
            *why = "a null";
            if (text.kind != KIT_JSON_NULL)
                return false;
            break;
        case json_type_boolean:
            *why = "a word";
            if (text.kind != (json_object_get_boolean(tree) ? KIT_JSON_TRUE : KIT_JSON_FALSE))
                return false;
            break;
        case json_type_int:
        case json_type_double:
            if (text.kind != KIT_JSON_NUMBER || !json_same_number(tree, text, why))
                return false;
            break;
        case json_type_string:
            *why = "no string";
            if (text.kind != KIT_JSON_STRING ||
                !json_same_text(json_object_get_string(tree), (size_t)json_object_get_string_len(tree), text, why))
                return false;
            break;
        case json_type_object:
        case json_type_array:
        default:
            *why = "another kind";
            return false;
        }
    }
    *why = NULL;
    if (json->at != over.at || json->is_bad != over.is_bad || json->depth != over.depth)
        return *why = "passed over otherwise than read", false;
    return true;
}

/* What json-c takes although it is no JSON: numbers that RFC 8259 does not know, words in any case and of its own, bytes below 32 in
 * a string; and what lies deeper than we go. Looked for without reading: the scanner is not asked again. */
static inline bool json_same_is_liberty(const char *bytes, size_t size)
{
    size_t depth = 0, deepest = 0;
    for (size_t i = 0; i < size; i++) {
        const char c = bytes[i], last = i ? bytes[i - 1] : ' ', next = i + 1 < size ? bytes[i + 1] : ' ';
        depth += c == '[' || c == '{';
        depth -= (c == ']' || c == '}') && depth > 0;
        deepest = depth > deepest ? depth : deepest;
        if (((unsigned char)c < 32 && c != '\n' && c != '\t' && c != '\r') || (c >= 'A' && c <= 'Z') || c == '\'' ||
            c == '\v' || c == '\f')
            return true; /* NaN, Infinity, TRUE; a blank of its own */
        if ((c == '\n' || c == '\t' || c == '\r') && memchr(bytes, '"', i)) /* maybe inside a string */
            return true;
        if (c == '0' && next >= '0' && next <= '9' && !(last >= '0' && last <= '9') && last != '.') /* 01 */
            return true;
        if ((c == '-' || c == '+' || c == '.' || c == 'e') && !(next >= '0' && next <= '9')) /* - 1. 1e */
            return true;
        if (c == '.' && !(last >= '0' && last <= '9'))
            return true;
    }
    return deepest > KIT_JSON_DEPTH;
}

static inline int json_same(const char *bytes, size_t size, const char **why)
{
    struct kit_json json = kit_json_begin(bytes, (uint32_t)size), whole = json;
    const bool is_taken = kit_json_end(&whole);
    json_tokener *tokener = json_tokener_new_ex(1000);
    if (!tokener)
        abort();
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    /* with the zero byte: only then it knows that a number has ended */
    char *copy = malloc(size + 1);
    if (!copy)
        abort();
    memcpy(copy, bytes, size);
    copy[size] = 0;
    json_object *tree = json_tokener_parse_ex(tokener, copy, (int)size + 1);
    const enum json_tokener_error error = json_tokener_get_error(tokener);
    const bool is_there = error == json_tokener_success && json_tokener_get_parse_end(tokener) >= size;
    int verdict = is_taken;
    *why = NULL;
    if (is_taken && !is_there) {
        *why = "taken, and json-c refuses it";
        verdict = -1;
    } else if (!is_taken && is_there && !json_same_is_liberty(bytes, size)) {
        *why = "refused, and json-c takes it";
        verdict = -1;
    } else if (is_taken && !json_same_value(&json, tree, why)) {
        verdict = -1;
    }
    json_object_put(tree);
    json_tokener_free(tokener);
    free(copy);
    return verdict;
}

#endif
