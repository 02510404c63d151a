/* trading_hours.c: refuses orders outside hours of the day and days of the week, in UTC shifted by a fixed offset. An offset knows no summer time: it is
 * changed by hand where the hours follow one. What only reduces passes. */
#include <outcry/kit/rule.h>
#include <outcry/kit/text.h>
#include <stdlib.h>
#include <string.h>

enum { SPANS_MAX = 8, MINUTES_A_DAY = 1440, DAYS = 7 };
static const int64_t NS_MINUTE = 60 * (int64_t)1000000000;

struct span { /* minutes of the day, `end` excluded; one that ends before it begins goes over midnight */
    int32_t begin, end;
};

struct rule {
    struct span spans[SPANS_MAX];
    uint32_t count; /* 0: all day */
    uint32_t days;  /* bit 0: Monday; a span over midnight belongs to the day that it begins on */
    int64_t offset_ns;
};

static int64_t floor_div(int64_t value, int64_t by) { return value / by - (value % by < 0); }

static int is_open_at(const struct rule *rule, int64_t now_ns)
{
    const int64_t minutes = floor_div(now_ns + rule->offset_ns, NS_MINUTE);
    const int64_t day = floor_div(minutes, MINUTES_A_DAY);
    const int32_t minute = (int32_t)(minutes - day * MINUTES_A_DAY);
    const uint32_t today = (uint32_t)((day % DAYS + DAYS + 3) % DAYS); /* 1970-01-01 was a Thursday */
    const uint32_t is_day = rule->days >> today & 1, was_day = rule->days >> (today + DAYS - 1) % DAYS & 1;
    for (uint32_t i = 0; i < rule->count; i++) {
        const struct span *span = &rule->spans[i];
        if (span->begin < span->end ? is_day && minute >= span->begin && minute < span->end
                                    : (is_day && minute >= span->begin) || (was_day && minute < span->end))
            return 1;
    }
    return !rule->count && is_day;
}

/* [engine] */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct oc_dec none = {0, 0, 0};
    if (kit_only_reduces(ask) || is_open_at(self, ctx->now_ns))
        return oc_allow(ret_verdict);
    return oc_refuse(ret_verdict, "OUTSIDE_TRADING_HOURS", none, none);
}

/* "09:30" in minutes, to 24:00; -1: it is none. */
static int32_t read_minute(const char *text)
{
    int32_t value = 0;
    if (strlen(text) != 5 || text[2] != ':')
        return -1;
    for (int i = 0; i < 5; i++)
        if (i != 2 && (text[i] < '0' || text[i] > '9'))
            return -1;
    value = ((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 + text[4] - '0';
    return text[3] > '5' || value > MINUTES_A_DAY ? -1 : value;
}

static int read_hours(char *text, struct rule *rule)
{
    for (char *word; (word = kit_next_word(&text, ", ")) != NULL; rule->count++) {
        char *begin = kit_next_word(&word, "-"), *end = begin ? kit_next_word(&word, "-") : NULL;
        if (!end || *word || rule->count == SPANS_MAX)
            return 0;
        const struct span span = {read_minute(begin), read_minute(end)};
        if (span.begin < 0 || span.end < 0 || span.begin == span.end || span.begin == MINUTES_A_DAY)
            return 0;
        rule->spans[rule->count] = span;
    }
    return 1;
}

static int32_t read_day(const char *text)
{
    static const char names[] = "mon tue wed thu fri sat sun";
    const char *at = text && strlen(text) == 3 ? strstr(names, text) : NULL;
    return at ? (int32_t)(at - names) / 4 : -1;
}

static int read_days(char *text, struct rule *rule)
{
    for (char *word; (word = kit_next_word(&text, ", ")) != NULL;) {
        const int is_range = strchr(word, '-') != NULL;
        const int32_t first = read_day(kit_next_word(&word, "-"));
        const int32_t last = is_range ? read_day(kit_next_word(&word, "-")) : first;
        if (first < 0 || last < 0 || *word)
            return 0;
        for (int32_t day = first;; day = (day + 1) % DAYS) {
            rule->days |= 1u << day;
            if (day == last)
                break;
        }
    }
    return rule->days != 0;
}

static oc_rc configure(const struct oc_host *host, struct rule *rule)
{
    char text[256];
    oc_rc rc = oc_config_text(host, "hours", text, sizeof text);
    if (rc == OC_OK && !read_hours(text, rule)) {
        oc_log(
            host, OC_LOG_ERROR,
            "trading_hours: hours: expected at most 8 spans such as \"09:30-16:00, 18:00-02:00\", from 00:00 to 24:00");
        return OC_E_CONFIG;
    }
    if (rc == OC_OK || rc == OC_E_NOT_FOUND)
        rc = oc_config_text(host, "days", text, sizeof text);
    if (rc == OC_OK && !read_days(text, rule)) {
        oc_log(host, OC_LOG_ERROR, "trading_hours: days: expected days such as \"mon-fri\" or \"mon, wed, sat-sun\"");
        return OC_E_CONFIG;
    }
    return rc < 0 ? rc : oc_config_duration(host, "utc_offset", &rule->offset_ns);
}

KIT_RULE_INSTANCE(struct rule, configure);

static const struct oc_risk risk = {.size = sizeof risk, .check = check};
/* clang-format off */
static const struct oc_key keys[] = {
    {.name = "hours", .type = OC_KEY_TEXT, .about = "spans of the day: \"09:30-16:00, 18:00-02:00\"; unset: all day"},
    {.name = "days", .type = OC_KEY_TEXT, .fallback = "mon-sun", .about = "days on which a span may begin: \"mon-fri\""},
    {.name = "utc_offset", .type = OC_KEY_DURATION, .min = "-14h", .max = "14h", .fallback = "0",
     .about = "local time less UTC; without summer time"},
    {0}};
/* clang-format on */

KIT_RULE("outcry.trading_hours", "0.1.0", "MIT", "refuses orders outside hours and days", open_rule, close_rule, risk,
         keys);
