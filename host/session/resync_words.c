#include "session/resync_words.h"

static void put_qty(struct text *out, const struct instrument *instrument, int64_t qty)
{
    char room[TEXT_DECIMAL_MAX];
    const struct oc_dec step = instrument->info.qty_step;
    text_from_units_128(room, (oc_i128)qty * step.units, step.scale, TEXT_SHORTEST);
    text_put(out, room);
}

void resync_words(struct engine *engine, const struct engine_resync *resync, struct text *out)
{
    const struct instruments *instruments = engine_instruments(engine);
    const struct instrument *instrument = instruments_get(instruments, resync->inst);
    if (!instrument)
        return;
    text_format(out, "%s: holds ", instruments_name(instruments, instrument));
    put_qty(out, instrument, engine_resync_held(engine, resync));
    if (resync->would == ENGINE_WOULD_NOT_SAID) {
        text_put(out, ", and has not said what it would hold");
    } else if (resync->would != ENGINE_WOULD_HOLD || !resync->qty) {
        text_format(out, " and would be %s",
                    resync->would == ENGINE_WOULD_LONG    ? "long"
                    : resync->would == ENGINE_WOULD_SHORT ? "short"
                                                          : "flat");
    } else {
        text_put(out, " and would hold ");
        put_qty(out, instrument, resync->qty);
    }
    text_format(out, resync->missed == 1 ? ": a bar was missed" : ": %llu bars were missed",
                (unsigned long long)resync->missed);
}
