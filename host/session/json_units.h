/* json_units.h: an instrument's prices and quantities as exact decimals in JSON. All [any]. */
#ifndef SESSION_JSON_UNITS_H
#define SESSION_JSON_UNITS_H

#include "base/json_out.h"
#include "engine/instruments.h"

/* Units of an instrument's grid; absent: null. */
void json_price(struct text *text, const char *key, const struct instrument *instrument, bool present, int64_t units);
void json_qty(struct text *text, const char *key, const struct instrument *instrument, bool present, int64_t units);

#endif
