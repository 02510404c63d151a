/* shell_head.c: the prompt, the pane's head and what is told, as text. C alone: it is drawn while an evaluation runs. */
#include "console/shell_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"

static const int64_t status_timeout_ns = 2000000000;

static const char red[] = "\x1b[31m", green[] = "\x1b[32m", live[] = "\x1b[1;37;41m", dim[] = "\x1b[2m",
                  plain[] = "\x1b[0m";

/* Moves the digits into place: "-1234.5" with 1..2 digits is "-1,234.5". What is not a plain decimal stays as it is. */
static size_t shell_put_number(char *text, size_t size_max, const char *number, int digits_min, int digits_max)
{
    size_t sign = number[0] == '-' || number[0] == '+', whole = strspn(number + sign, "0123456789"), used = 0;
    const char *rest = number + sign + whole;
    char fixed[64];
    if (whole == 0 || (*rest && *rest != '.') || (*rest == '.' && rest[1 + strspn(rest + 1, "0123456789")]))
        return (size_t)snprintf(text, size_max, "%s", number);
    if (*rest == '.' && digits_max >= 0 && strlen(rest + 1) > (size_t)digits_max) {
        snprintf(fixed, sizeof fixed, "%s%.*f", number[0] == '+' ? "+" : "", digits_max, strtod(number, NULL));
        return shell_put_number(text, size_max, fixed, digits_min, digits_max);
    }
    struct text out;
    text_init_fixed(&out, text, size_max);
    text_put_bytes(&out, number, sign);
    for (size_t i = 0; i < whole; i++) {
        if (i && (whole - i) % 3 == 0)
            text_put_char(&out, ',');
        text_put_char(&out, number[sign + i]);
    }
    if (*rest == '.')
        used = strlen(rest + 1);
    while (used > (size_t)digits_min && rest[used] == '0')
        used--;
    if (used || digits_min > 0)
        text_put_char(&out, '.');
    text_put_bytes(&out, *rest ? rest + 1 : "", used);
    for (; used < (size_t)digits_min; used++)
        text_put_char(&out, '0');
    return out.size;
}

static const char *get_text(struct json_object *object, const char *key)
{
    struct json_object *member = json_object_object_get(object, key);
    return member ? json_object_get_string(member) : "";
}

static bool get_bool(struct json_object *object, const char *key)
{
    return json_object_get_boolean(json_object_object_get(object, key));
}

/* Into a parsed object of its own (owned), for an evaluation may be looking at the last answer. NULL: none. */
static struct json_object *ask_status(struct shell *shell)
{
    const char *const fields[] = {"status", shell->instrument};
    const char *json;
    bool is_ok;
    if (shell->is_gone)
        return NULL;
    oc_rc rc = link_ask(shell->config.link, fields, *shell->instrument ? 2 : 1, status_timeout_ns, NULL, &is_ok, &json);
    if (rc == OC_OK && !is_ok && *shell->instrument) /* it is there no more: then of the first market */
        rc = link_ask(shell->config.link, fields, 1, status_timeout_ns, NULL, &is_ok, &json);
    if (rc == OC_E_IO)
        shell->is_gone = true;
    struct json_object *status = rc == OC_OK && is_ok ? json_tokener_parse(json) : NULL;
    if (status)
        snprintf(shell->now, sizeof shell->now, "%s", get_text(status, "now"));
    return status;
}

const char *shell_told_time(const struct shell *shell) { return shell->told_at; }
const char *shell_now(const struct shell *shell) { return shell->now; }

static void put_coloured(struct shell *shell, struct text *out, const char *colour, const char *text)
{
    bool has_colour = shell->config.has_colour && *colour;
    text_put(out, has_colour ? colour : "");
    text_put(out, text);
    text_put(out, has_colour ? plain : "");
}

static void put_state(struct shell *shell, struct text *out, struct json_object *status)
{
    char word[96], number[64], share[32];
    double start = json_object_get_double(json_object_object_get(status, "start"));
    double equity = json_object_get_double(json_object_object_get(status, "equity"));
    double profit = start != 0 ? (equity - start) / start * 100 : 0;
    const char *halted = get_text(status, "halted"), *mode = get_text(status, "mode");
    bool is_live = get_bool(status, "live");
    put_coloured(shell, out, is_live ? live : "", is_live ? "LIVE" : (*mode ? mode : "?"));
    if (get_bool(status, "rehearsed_only"))
        put_coloured(shell, out, live, " REHEARSED ONLY");
    if (get_bool(status, "locked"))
        text_put(out, " locked");
    const char *instrument = *shell->instrument ? shell->instrument : get_text(status, "instrument"),
               *last = get_text(status, "last");
    const struct shell_market *market = shell_market_of(shell, instrument);
    text_format(out, " %s ", instrument);
    if (*last) {
        shell_put_number(number, sizeof number, last, market ? market->price_digits : 0, -1);
        text_format(out, "%s  ", number);
    }
    snprintf(number, sizeof number, "%.2f", equity);
    shell_put_number(word, sizeof word, number, 2, 2);
    text_put(out, word);
    const bool is_small = profit < 0.05 && profit > -0.05, is_none = profit < 0.005 && profit > -0.005;
    snprintf(share, sizeof share, is_small && !is_none ? " %+.2f%%" : " %+.1f%%", is_none ? 0.0 : profit);
    put_coloured(shell, out, profit >= 0.05 ? green : (profit <= -0.05 ? red : ""), share);
    if (*halted) {
        snprintf(word, sizeof word, " halted %s", halted);
        put_coloured(shell, out, red, word);
    }
    if (get_bool(status, "ended"))
        text_put(out, " ended");
    else if (get_bool(status, "paused"))
        text_put(out, " paused");
}

size_t shell_prompt(struct shell *shell, bool is_more, char text[SHELL_PROMPT_MAX])
{
    struct text out;
    text_init_fixed(&out, text, SHELL_PROMPT_MAX);
    if (is_more) {
        text_put(&out, "  ... > ");
        return out.size;
    }
    struct json_object *status = ask_status(shell);
    if (status)
        put_state(shell, &out, status);
    else
        put_coloured(shell, &out, red, shell->is_gone ? "gone" : "no answer");
    text_put(&out, " > ");
    json_object_put(status);
    return out.size;
}

size_t shell_headline(struct shell *shell, char *text, size_t size_max)
{
    struct text out;
    struct json_object *status = ask_status(shell);
    text_init_fixed(&out, text, size_max);
    if (!status) {
        put_coloured(shell, &out, red, shell->is_gone ? "the host is gone" : "the host does not answer");
        return out.size;
    }
    put_state(shell, &out, status);
    const char *now = get_text(status, "now"),
               *time = strchr(now, 'T'); /* the time of day: a narrow screen has no more room */
    text_format(&out, "  %s orders  %s strategies  seq %s  %.8s", get_text(status, "open_orders"),
                get_text(status, "strategies"), get_text(status, "seq"), time ? time + 1 : now);
    json_object_put(status);
    return out.size;
}

static void put_quantity(const struct shell *shell, struct text *out, struct json_object *told, const char *key)
{
    char number[64];
    const struct shell_market *market = shell_market_of(shell, get_text(told, "symbol"));
    int digits = market && market->qty_digits < 4 ? market->qty_digits : 4;
    shell_put_number(number, sizeof number, get_text(told, key), market ? digits : 0, -1);
    text_put(out, number);
}

static void put_price(const struct shell *shell, struct text *out, struct json_object *told, const char *key)
{
    char number[64];
    const struct shell_market *market = shell_market_of(shell, get_text(told, "symbol"));
    shell_put_number(number, sizeof number, get_text(told, key), market ? market->price_digits : 0, -1);
    text_put(out, number);
}

static void put_fill(struct shell *shell, struct text *out, struct json_object *told)
{
    char fee[64];
    const char *side = get_text(told, "side");
    put_coloured(shell, out, "", "FILL ");
    text_format(out, "%s ", get_text(told, "order"));
    put_coloured(shell, out, strcmp(side, "BUY") == 0 ? green : red, side);
    text_put_char(out, ' ');
    put_quantity(shell, out, told, "qty");
    text_format(out, " %s @ ", get_text(told, "symbol"));
    put_price(shell, out, told, "price");
    if (json_object_object_get(told, "fee")) {
        double size = strtod(get_text(told, "fee"), NULL);
        int digits = 2; /* more for what is small */
        for (size = size < 0 ? -size : size; size > 0 && digits < 8 && size < 0.1; size *= 10)
            digits++;
        shell_put_number(fee, sizeof fee, get_text(told, "fee"), 2, digits);
        text_format(out, " fee %s %s", fee, get_text(told, "fee_asset"));
    }
}

static void put_alert(struct shell *shell, struct text *out, struct json_object *told)
{
    put_coloured(shell, out, red, "ALERT");
    const bool of_position = strcmp(get_text(told, "of"), "position") == 0;
    text_format(out, " %s %s%s %s ", get_text(told, "number"), get_text(told, "symbol"), of_position ? " position" : "",
                get_text(told, "operator"));
    put_price(shell, out, told, "price");
    text_put(out, ", now ");
    put_price(shell, out, told, "last");
}

static void put_order_told(struct shell *shell, struct text *out, struct json_object *told)
{
    const char *what = get_text(told, "what"), *reason = get_text(told, "reason");
    bool is_bad = strcmp(what, "denied") == 0 || strstr(what, "rejected") || strcmp(what, "unknown") == 0;
    text_format(out, "ORDER %s %s ", get_text(told, "order"), get_text(told, "symbol"));
    put_coloured(shell, out, is_bad ? red : "", what);
    if (*reason)
        text_format(out, " %s", reason);
}

/* Kinds that have a text or whose members are not known: the kind, then what there is. */
static void put_other(struct text *out, const char *kind, struct json_object *told)
{
    static const char *const keys[] = {"level", "strategy", "name",  "state", "what",
                                       "text",  "message",  "error", "reason"};
    for (; *kind; kind++)
        text_put_char(out, (char)(*kind >= 'a' && *kind <= 'z' ? *kind - 'a' + 'A' : *kind));
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (*get_text(told, keys[i]))
            text_format(out, " %s", get_text(told, keys[i]));
}

/* What was told came from outside: no control characters reach the terminal, except our own colours. */
static void put_clean(struct text *to, const char *from)
{
    for (; *from; from++) {
        unsigned char c = (unsigned char)*from;
        if (c == '\x1b' && (strncmp(from, red, 5) == 0 || strncmp(from, green, 5) == 0))
            text_put_char(to, *from);
        else if (c == '\x1b' && (strncmp(from, plain, 4) == 0 || strncmp(from, dim, 4) == 0))
            text_put_char(to, *from);
        else
            text_put_char(to, c < ' ' || c == 0x7f ? ' ' : *from);
    }
}

size_t shell_told_text(struct shell *shell, const char *kind, const char *json, char *text, size_t size_max)
{
    char line[SHELL_TOLD_LINE_MAX];
    struct text out, clean;
    struct json_object *told = json_tokener_parse(json);
    text_init_fixed(&out, line, sizeof line);
    const char *time = get_text(told, "time"), *clock = strchr(time, 'T');
    if (clock && strlen(clock) >= 9)
        text_format(&out, "%.8s ", clock + 1);
    const bool is_of_data = strcmp(kind, "fill") == 0 || strcmp(kind, "alert") == 0 || strcmp(kind, "order") == 0;
    snprintf(shell->told_at, sizeof shell->told_at, "%s", is_of_data ? time : "");
    if (strcmp(kind, "fill") == 0)
        put_fill(shell, &out, told);
    else if (strcmp(kind, "alert") == 0)
        put_alert(shell, &out, told);
    else if (strcmp(kind, "order") == 0)
        put_order_told(shell, &out, told);
    else
        put_other(&out, kind, told);
    json_object_put(told);
    text_init_fixed(&clean, text, size_max);
    put_clean(&clean, line);
    snprintf(shell->told[shell->told_count++ % SHELL_TOLD_MAX], SHELL_TOLD_LINE_MAX, "%s", text);
    return clean.size;
}
