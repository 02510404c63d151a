/* body.h: order requests as an object of JSON whose values are texts, "units":"-100", member by member. No ABI promise.
 *
 *   KIT_WRITE(&out, "{\"type\":\"LIMIT\"");
 *   kit_body_units(&out, "price", ask->price, info.price_step);
 *   KIT_WRITE(&out, "}");
 *
 * Invariants: each is put behind a comma, so something stands before it. All [io]. */
#ifndef OUTCRY_KIT_BODY_H
#define OUTCRY_KIT_BODY_H

#include <outcry/kit/write.h>
#include <outcry/order.h>

static inline void kit_body_name(struct kit_write *out, const char *name)
{
    KIT_WRITE(out, ",\"");
    kit_write_text(out, name);
    KIT_WRITE(out, "\":\"");
}

/* NULL: it is not said. */
static inline void kit_body_text(struct kit_write *out, const char *name, const char *text)
{
    if (!text)
        return;
    kit_body_name(out, name);
    kit_write_text(out, text);
    KIT_WRITE(out, "\"");
}

static inline void kit_body_units(struct kit_write *out, const char *name, int64_t units, struct oc_dec step)
{
    kit_body_name(out, name);
    kit_write_units(out, units, step);
    KIT_WRITE(out, "\"");
}

static inline void kit_body_time(struct kit_write *out, const char *name, int64_t ns)
{
    kit_body_name(out, name);
    kit_write_time(out, ns, 9);
    KIT_WRITE(out, "\"");
}

static inline void kit_body_id(struct kit_write *out, const char *name, const struct oc_id *id)
{
    kit_body_name(out, name);
    kit_write_bytes(out, id->text, id->size);
    KIT_WRITE(out, "\"");
}

/* "name":{"id":"..."} */
static inline void kit_body_within(struct kit_write *out, const char *name, const struct oc_id *id)
{
    KIT_WRITE(out, ",\"");
    kit_write_text(out, name);
    KIT_WRITE(out, "\":{\"id\":");
    kit_write_json(out, id->text, id->size);
    KIT_WRITE(out, "}");
}

#endif
