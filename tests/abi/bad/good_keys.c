#include <outcry/outcry.h>
/* One key of each type, bounds at their limits. keys_test.c asks a host for them. */
static const char *const words[] = {"calm", "fast", NULL};
static const struct oc_key members[] = {
    {.name = "instrument", .type = OC_KEY_TEXT, .bits = OC_KEY_REQUIRED, .about = "its symbol"},
    {.name = "limit", .type = OC_KEY_DECIMAL, .min = "0", .fallback = "1", .unit = "base units", .about = "its limit"},
    {0}};
static const struct oc_key keys[] = {
    {.name = "share",
     .type = OC_KEY_DECIMAL,
     .bits = OC_KEY_ABOVE_MIN,
     .min = "0",
     .max = "10%",
     .fallback = "0.1",
     .unit = "share of the price",
     .about = "a decimal"},
    {.name = "rate", .type = OC_KEY_INTEGER, .bits = OC_KEY_REQUIRED, .min = "1", .max = "9", .about = "an integer"},
    {.name = "wait",
     .type = OC_KEY_DURATION,
     .bits = OC_KEY_BELOW_MAX,
     .min = "0",
     .max = "24h",
     .about = "a duration"},
    {.name = "strict", .type = OC_KEY_BOOLEAN, .fallback = "yes", .about = "a boolean"},
    {.name = "a2345678901234567890123456789_32", .type = OC_KEY_TEXT, .fallback = "", .about = "a text"},
    {.name = "mode", .type = OC_KEY_CHOICE, .fallback = "fast", .choices = words, .about = "a choice"},
    {.name = "limits", .type = OC_KEY_GROUPS, .members = members, .about = "a list"},
    {0}};
#define RULE_KEY_TABLE keys
#include "rule.h"
