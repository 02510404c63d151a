#include "report/format.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

const char *format_money(oc_i128 money, int scale, bool is_signed, char text[FORMAT_MAX])
{
    text[0] = '+';
    money_to_text(money, scale, true, text + (is_signed && money > 0));
    return text;
}

const char *format_exact(oc_i128 money, char text[FORMAT_MAX])
{
    text_from_units_128(text, money, MONEY_SCALE, TEXT_SHORTEST);
    return text;
}

static const char *fixed(struct figure figure, double factor, bool is_signed, char text[FORMAT_MAX])
{
    double value = figure.value * factor, size = value < 0 ? -value : value;
    if (!figure.is_known)
        strcpy(text, "n/a");
    else if (size >= 1e9)
        snprintf(text, FORMAT_MAX, is_signed ? "%+.3g" : "%.3g", value);
    else
        snprintf(text, FORMAT_MAX, is_signed && size >= 0.005 ? "%+.2f" : "%.2f", size < 0.005 ? 0.0 : value);
    return text;
}

const char *format_percent(struct figure figure, bool is_signed, char text[FORMAT_MAX])
{
    fixed(figure, 100.0, is_signed, text);
    if (figure.is_known)
        strcat(text, " %");
    return text;
}

const char *format_bps(struct figure figure, char text[FORMAT_MAX])
{
    fixed(figure, 10000.0, false, text);
    if (figure.is_known)
        strcat(text, " bps");
    return text;
}

const char *format_ratio(struct figure figure, char text[FORMAT_MAX]) { return fixed(figure, 1.0, false, text); }

const char *format_count(uint64_t count, char text[FORMAT_MAX])
{
    char plain[24];
    int digits = snprintf(plain, sizeof plain, "%llu", (unsigned long long)count), length = 0;
    for (int i = 0; i < digits; i++) {
        if (i > 0 && (digits - i) % 3 == 0)
            text[length++] = ',';
        text[length++] = plain[i];
    }
    text[length] = 0;
    return text;
}

const char *format_time(int64_t ns, char text[FORMAT_MAX])
{
    char full[TEXT_TIME_MAX];
    text_from_time_full(full, ns); /* 2023-03-01T10:20:30.000000000Z */
    bool whole_minute = strncmp(full + 17, "00", 2) == 0;
    snprintf(text, FORMAT_MAX, "%.10s %.*s", full, whole_minute ? 5 : 8, full + 11);
    return text;
}

const char *format_date(int64_t ns, char text[FORMAT_MAX])
{
    char full[TEXT_TIME_MAX];
    text_from_time_full(full, ns);
    snprintf(text, FORMAT_MAX, "%.10s", full);
    return text;
}

const char *format_span(double seconds, char text[FORMAT_MAX])
{
    uint64_t whole = seconds > 0.0 && seconds < 1e15 ? (uint64_t)(seconds + 0.5) : 0;
    unsigned long long days = whole / 86400, hours = whole / 3600 % 24, minutes = whole / 60 % 60;
    if (days >= 100)
        snprintf(text, FORMAT_MAX, "%llud", days);
    else if (days)
        snprintf(text, FORMAT_MAX, "%llud %lluh", days, hours);
    else if (hours)
        snprintf(text, FORMAT_MAX, "%lluh %llum", hours, minutes);
    else if (minutes)
        snprintf(text, FORMAT_MAX, "%llum %llus", minutes, (unsigned long long)whole % 60);
    else
        snprintf(text, FORMAT_MAX, "%.3gs", seconds);
    return text;
}

const char *format_period(int64_t period_ns, char text[FORMAT_MAX])
{
    if (period_ns <= 0) {
        strcpy(text, "ticks");
        return text;
    }
    text_from_duration(text, period_ns);
    strcat(text, " bars");
    return text;
}

const char *format_price(struct figure price, const struct instrument *instrument, char text[FORMAT_MAX])
{
    double size = price.value < 0 ? -price.value : price.value;
    if (!price.is_known || !instrument)
        strcpy(text, "n/a");
    else if (size >= 1e15)
        snprintf(text, FORMAT_MAX, "%.10g", price.value);
    else
        snprintf(text, FORMAT_MAX, "%.*f", instrument->info.price_step.scale, price.value);
    return text;
}

bool format_is_ideal(const struct result *result) { return result->profile && strcmp(result->profile, "ideal") == 0; }
