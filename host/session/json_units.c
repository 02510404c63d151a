#include "session/json_units.h"

void json_price(struct text *text, const char *key, const struct instrument *instrument, bool present, int64_t units)
{
    struct oc_dec dec;
    if (present && instrument && instrument_price_dec(instrument, units, &dec) == OC_OK)
        json_dec(text, key, dec);
    else
        json_null(text, key);
}

void json_qty(struct text *text, const char *key, const struct instrument *instrument, bool present, int64_t units)
{
    struct oc_dec dec;
    if (present && instrument && instrument_qty_dec(instrument, units, &dec) == OC_OK)
        json_dec(text, key, dec);
    else
        json_null(text, key);
}
