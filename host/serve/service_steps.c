/* service_steps.c: an instrument counts in other steps: what the console keeps of it in units is turned. */
#include "engine/rescale.h"
#include "serve/console_service_impl.h"

static void turn_bars(struct bar_history *history, struct rescale *rescale)
{
    for (uint32_t i = 0; i < CONSOLE_HISTORY_BARS; i++) {
        struct history_bar *bar = &history->bars[i];
        rescale_price(rescale, &bar->open);
        rescale_price(rescale, &bar->high);
        rescale_price(rescale, &bar->low);
        rescale_price(rescale, &bar->close);
        rescale_qty(rescale, &bar->volume);
    }
}

static void turn_history(struct order_history *history, const struct instruments *instruments, struct rescale *rescale)
{
    struct oc_event *cause = &history->cause.head;
    struct instrument_steps from;
    if (OC_INST_INDEX(cause->inst) == OC_INST_INDEX(history->inst) && cause->type <= OC_EV_QBAR &&
        instruments_steps(instruments, cause->inst, &from)) /* else it is shown without numbers */
        (void)rescale_event(rescale, &from, instruments_get(instruments, cause->inst), cause);
    rescale_mark2(rescale, &history->mid2);
    rescale_qty(rescale, &history->before);
    rescale_qty(rescale, &history->after);
    for (uint32_t i = 0; i < history->step_count; i++) {
        rescale_price(rescale, &history->steps[i].price);
        rescale_qty(rescale, &history->steps[i].qty);
    }
}

void service_rescale(struct console_service *service)
{
    const struct instruments *instruments = service->instruments;
    const uint32_t inst = engine_last_instrument(service->engine), index = OC_INST_INDEX(inst);
    struct rescale rescale;
    struct bar_history *bars = index < CONSOLE_BAR_HISTORIES_MAX ? service->bars[index] : NULL;
    if (bars && rescale_since(instruments, bars->inst, &rescale)) {
        turn_bars(bars, &rescale);
        bars->inst = inst;
    }
    for (uint32_t i = 0; i < CONSOLE_ALERTS_MAX; i++) {
        struct alert *alert = &service->alerts[i];
        if (OC_INST_INDEX(alert->inst) == index && rescale_since(instruments, alert->inst, &rescale)) {
            if (alert->of_position)
                rescale_qty(&rescale, &alert->price);
            else
                rescale_price(&rescale, &alert->price);
            alert->inst = inst;
        }
    }
    for (uint32_t i = 0; i < CONSOLE_HISTORIES_MAX; i++) {
        struct order_history *history = &service->histories[i];
        if (history->order && OC_INST_INDEX(history->inst) == index &&
            rescale_since(instruments, history->inst, &rescale)) {
            turn_history(history, instruments, &rescale);
            history->inst = inst;
        }
    }
    for (uint32_t i = 0; i < CONSOLE_FILLS_MAX; i++) {
        struct oc_ev_fill *fill = &service->fills[i].fill;
        if (OC_INST_INDEX(fill->head.inst) == index && rescale_since(instruments, fill->head.inst, &rescale)) {
            rescale_price(&rescale, &fill->price);
            rescale_qty(&rescale, &fill->qty);
            fill->head.inst = inst;
        }
    }
}
