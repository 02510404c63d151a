/* service_alerts.c: alerts that a person sets on a price or a position: told once, by consoles and by the channels of the configuration, and
 * kept over a restart. */
#include "serve/console_service_impl.h"
#include "session/json_units.h"

#include <stdio.h>
#include <string.h>

/* What is kept of it over a restart: exact, and in no steps of an instrument that may have others then. */
static void keep(struct console_service *service)
{
    const struct console_service_host *host = service->config.host;
    struct kept_alert *kept = host->kept_alerts ? host->kept_alerts(host->self) : NULL;
    for (uint32_t i = 0; kept && i < CONSOLE_ALERTS_MAX; i++) {
        const struct alert *alert = &service->alerts[i];
        const struct instrument *instrument = alert->inst ? instruments_get(service->instruments, alert->inst) : NULL;
        struct oc_dec at = {0};
        struct kept_alert one = {.index = OC_INST_INDEX(alert->inst)};
        const oc_rc rc = !instrument          ? (oc_rc)OC_E_NOT_FOUND
                         : alert->of_position ? instrument_qty_dec(instrument, alert->price, &at)
                                              : instrument_price_dec(instrument, alert->price, &at);
        if (rc == OC_OK)
            one = (struct kept_alert){.index = one.index,
                                      .number = alert->number,
                                      .units = at.units,
                                      .scale = at.scale,
                                      .bits = (alert->above ? KEPT_ALERT_ABOVE : 0u) |
                                              (alert->has_fired ? KEPT_ALERT_FIRED : 0u) |
                                              (alert->of_position ? KEPT_ALERT_POSITION : 0u),
                                      .fired_ns = alert->fired_ns};
        kept[i] = rc == OC_OK ? one : (struct kept_alert){0};
    }
}

void service_recall_alerts(struct console_service *service)
{
    const struct console_service_host *host = service->config.host;
    const struct kept_alert *kept = host->kept_alerts ? host->kept_alerts(host->self) : NULL;
    for (uint32_t i = 0; kept && i < CONSOLE_ALERTS_MAX; i++) {
        const struct kept_alert *one = &kept[i];
        const struct instrument *instrument = one->number && one->index < instruments_count(service->instruments)
                                                  ? instruments_at(service->instruments, one->index)
                                                  : NULL;
        struct alert *alert = &service->alerts[i];
        const bool of_position = one->bits & KEPT_ALERT_POSITION;
        int exact;
        if (!instrument ||
            instrument_dec_units(of_position ? instrument->info.qty_step : instrument->info.price_step,
                                 (struct oc_dec){one->units, one->scale, 0}, SNAP_NEAREST, &alert->price, &exact) < 0)
            continue;
        alert->inst = instrument->info.inst;
        alert->number = one->number;
        alert->above = one->bits & KEPT_ALERT_ABOVE;
        alert->has_fired = one->bits & KEPT_ALERT_FIRED;
        alert->of_position = of_position;
        alert->fired_ns = one->fired_ns;
        service->alert_count += !alert->has_fired;
        if (one->number > service->alert_numbers)
            service->alert_numbers = one->number;
    }
}

static void put_level(struct text *text, const char *key, const struct instrument *instrument,
                      const struct alert *alert, int64_t units)
{
    if (alert->of_position)
        json_qty(text, key, instrument, true, units);
    else
        json_price(text, key, instrument, true, units);
}

static void tell(struct console_service *service, const struct alert *alert, int64_t now)
{
    const struct console_service_host *host = service->config.host;
    const struct instrument *instrument = instruments_get(service->instruments, alert->inst);
    char words[256], at[TEXT_DECIMAL_MAX];
    struct oc_dec dec = {0};
    text_clear(&service->told);
    json_open(&service->told, NULL, '{');
    json_int(&service->told, "number", alert->number);
    json_time(&service->told, "time", alert->fired_ns);
    json_text(&service->told, "symbol", instruments_name(service->instruments, instrument));
    json_text(&service->told, "of", alert->of_position ? "position" : "price");
    json_text(&service->told, "operator", alert->above ? ">" : "<");
    put_level(&service->told, "price", instrument, alert, alert->price);
    put_level(&service->told, "last", instrument, alert, now);
    json_close(&service->told, '}');
    console_service_tell(service, TELL_ALERT, &service->told);
    if (!host->alerted || (alert->of_position ? instrument_qty_dec(instrument, alert->price, &dec)
                                              : instrument_price_dec(instrument, alert->price, &dec)) < 0)
        return;
    text_from_units(at, dec.units, dec.scale, TEXT_SHORTEST);
    snprintf(words, sizeof words, "%.80s%s %s %s (alert %u)", instruments_name(service->instruments, instrument),
             alert->of_position ? " position" : "", alert->above ? ">" : "<", at, alert->number);
    host->alerted(host->self, words);
}

/* Of all accounts together. */
static int64_t position_in(const struct console_service *service, uint32_t inst)
{
    int64_t qty = 0;
    for (uint32_t id = 1; id <= portfolio_account_count(service->portfolio); id++) {
        const struct book *book = portfolio_find(service->portfolio, id, 0, inst);
        qty += book ? book->position.qty : 0;
    }
    return qty;
}

void service_look_at_alerts(struct console_service *service, const struct oc_event *event, int64_t price)
{
    bool has_changed = false;
    for (int i = 0; i < CONSOLE_ALERTS_MAX; i++) {
        struct alert *alert = &service->alerts[i];
        if (!alert->inst || alert->has_fired || OC_INST_INDEX(alert->inst) != OC_INST_INDEX(event->inst))
            continue;
        const int64_t now = alert->of_position ? position_in(service, event->inst) : price;
        if (alert->above ? now <= alert->price : now >= alert->price)
            continue;
        alert->has_fired = has_changed = true;
        alert->fired_ns = event->local_ns;
        service->alert_count--;
        tell(service, alert, now);
    }
    if (has_changed)
        keep(service);
}

static bool drop_alert(struct console_service *service, const struct command_words *words, struct text *reply)
{
    uint64_t number = service_from(words, 2);
    for (int i = 0; i < CONSOLE_ALERTS_MAX; i++) {
        struct alert *alert = &service->alerts[i];
        if (!alert->inst || alert->number != number)
            continue;
        service->alert_count -= !alert->has_fired;
        memset(alert, 0, sizeof *alert);
        keep(service);
        json_open(reply, NULL, '{');
        json_int(reply, "dropped", (int64_t)number);
        json_close(reply, '}');
        return true;
    }
    json_refusal(reply, "NO_ALERT", "there is no such alert: see alerts");
    return false;
}

/* SYMBOL [position] OPERATOR NUMBER. False: *reply says what is wrong. */
static bool parse(struct console_service *service, const struct command_words *words, struct alert *ret_alert,
                  struct text *reply)
{
    const struct instrument *instrument;
    struct oc_dec at = {0};
    int exact;
    const bool of_position = words->count > 2 && strcmp(words->fields[2], "position") == 0;
    const uint32_t i = of_position ? 3 : 2;
    if (!service_instrument(service, words, 1, &instrument, reply))
        return false;
    *ret_alert = (struct alert){.inst = instrument->info.inst, .of_position = of_position};
    if (words->count < i + 2 || (strcmp(words->fields[i], ">") != 0 && strcmp(words->fields[i], "<") != 0) ||
        text_to_decimal(words->fields[i + 1], strlen(words->fields[i + 1]), &at.units, &at.scale) < 0 ||
        instrument_dec_units(of_position ? instrument->info.qty_step : instrument->info.price_step, at, SNAP_NEAREST,
                             &ret_alert->price, &exact) < 0) {
        json_refusal(reply, "BAD_ALERT",
                     "expected a symbol, > or <, and a price: alert BTC/USDT > 61000; or of what is held: "
                     "alert BTC/USDT position > 0.5");
        return false;
    }
    ret_alert->above = words->fields[i][0] == '>';
    return true;
}

bool service_alert(struct console_service *service, const struct command_words *words, struct text *reply)
{
    struct alert made;
    if (words->count > 1 && strcmp(words->fields[1], "drop") == 0)
        return drop_alert(service, words, reply);
    if (!parse(service, words, &made, reply))
        return false;
    for (int i = 0; i < CONSOLE_ALERTS_MAX; i++) {
        struct alert *alert = &service->alerts[i];
        if (alert->inst && !alert->has_fired)
            continue;
        made.number = ++service->alert_numbers;
        *alert = made;
        service->alert_count++;
        keep(service);
        json_open(reply, NULL, '{');
        json_int(reply, "number", alert->number);
        json_close(reply, '}');
        return true;
    }
    json_refusal(reply, "TOO_MANY_ALERTS", "%d alerts are set: drop one first", CONSOLE_ALERTS_MAX);
    return false;
}

bool service_alerts(struct console_service *service, const struct command_words *words, struct text *reply)
{
    (void)words;
    json_open(reply, NULL, '{');
    json_open(reply, "rows", '[');
    for (int i = 0; i < CONSOLE_ALERTS_MAX; i++) {
        const struct alert *alert = &service->alerts[i];
        if (!alert->inst)
            continue;
        const struct instrument *instrument = instruments_get(service->instruments, alert->inst);
        json_open(reply, NULL, '{');
        json_int(reply, "number", alert->number);
        json_text(reply, "symbol", instruments_name(service->instruments, instrument));
        json_text(reply, "of", alert->of_position ? "position" : "price");
        json_text(reply, "operator", alert->above ? ">" : "<");
        put_level(reply, "price", instrument, alert, alert->price);
        json_text(reply, "state", alert->has_fired ? "fired" : "waits");
        if (alert->has_fired)
            json_time(reply, "fired", alert->fired_ns);
        else
            json_null(reply, "fired");
        json_close(reply, '}');
    }
    json_close(reply, ']');
    json_null(reply, "next");
    json_close(reply, '}');
    return true;
}
