/* terms.h: order requests as a query or a form, by a table: which of the terms goes under which name. No ABI promise.
 *
 *   static const struct kit_term terms[] = {{"symbol", KIT_TERM_SYMBOL, ""}, {"side", KIT_TERM_SIDE, ""}, {"type", KIT_TERM_TYPE, ""},
 *                                           {"quantity", KIT_TERM_QTY, ""},  {"price", KIT_TERM_PRICE, ""}, {"id", KIT_TERM_CLIENT, ""}};
 *   if (!kit_order_is_offered(&venue, &request->ask))
 *       return OC_E_NOT_SUPPORTED;
 *   kit_terms_write(&words, terms, KIT_COUNT(terms), request, &info, &query);
 *
 * Invariants
 * - What an order does not have is not written; what it has and the description does not offer is not sent: kit_order_is_offered.
 * - Numbers have all the digits of their step, as venues with filters ask for. All [io]. */
#ifndef OUTCRY_KIT_TERMS_H
#define OUTCRY_KIT_TERMS_H

#include <outcry/kit/query.h>

enum {                       /* kit_term.is */
       KIT_TERM_TEXT = 0,    /* `text`, as it stands */
       KIT_TERM_SYMBOL = 1,  /* the venue's name of the instrument */
       KIT_TERM_SIDE = 2,    /* by the words */
       KIT_TERM_TYPE = 3,    /* by the words; post_only has one of its own */
       KIT_TERM_TIF = 4,     /* by the words; of an order with a price, whose type does not say it already */
       KIT_TERM_QTY = 5,     /* steps */
       KIT_TERM_MONEY = 6,   /* quote_qty, of an order by money */
       KIT_TERM_PRICE = 7,   /* steps */
       KIT_TERM_STOP = 8,    /* steps */
       KIT_TERM_DISPLAY = 9, /* steps of what is shown of it */
       KIT_TERM_CLIENT = 10, /* our id; of an amendment the new one */
       KIT_TERM_ORDER = 11,  /* the venue's id of the order that is meant, where it is known */
       KIT_TERM_OF_US = 12,  /* ours, where the venue's is not known */
       KIT_TERM_CHANGE = 13  /* an id of the change itself, `text` before it, where there is one */
};

struct kit_term {
    const char *name;
    uint32_t is; /* KIT_TERM_... */
    const char *text;
};

struct kit_terms {            /* the venue's words; by the number of what they mean, NULL none */
    const char *const *types; /* OC_ORDER_... */
    const char *const *tifs;  /* OC_TIF_... */
    const char *const *sides; /* OC_SIDE_... */
    const char *post_only;    /* NULL: no type of its own */
    uint32_t type_count;
    uint32_t tif_count;
};

/* Whether the venue's description offers what is asked for: its type, what must be with it, what may be, and how long it is to rest. What
 * has no price does not rest: any way to say so is one. The words of a venue (struct kit_terms) hold all that its description offers. */
static inline int kit_order_is_offered(const struct oc_venue *venue, const struct oc_request *ask)
{
    const uint32_t all = OC_RQ_HAS_PRICE | OC_RQ_HAS_STOP | OC_RQ_HAS_QTY | OC_RQ_HAS_QUOTE_QTY | OC_RQ_POST_ONLY |
                         OC_RQ_HAS_BOUND | OC_RQ_HAS_DISPLAY;
    const uint32_t bits = (ask->bits & all) | oc_trail_of(ask), size = OC_RQ_HAS_QTY | OC_RQ_HAS_QUOTE_QTY;
    const uint32_t tif = ask->tif == OC_TIF_NONE ? (uint32_t)OC_TIF_GTC : ask->tif;
    uint32_t i = 0;
    while (i < venue->order_count && venue->orders[i].type != ask->type)
        i++;
    if (i == venue->order_count || ask->side < OC_SIDE_BUY || ask->side > OC_SIDE_SELL || tif > 31 || !(bits & size))
        return 0;
    const struct oc_order_kind *kind = &venue->orders[i];
    const int is_timed = (kind->tifs >> tif & 1) || (!(bits & OC_RQ_HAS_PRICE) && tif <= OC_TIF_FOK);
    const uint32_t stop = kind->triggers ? OC_RQ_HAS_STOP : 0; /* what sets it off */
    return is_timed && (bits & kind->must) == kind->must && !(bits & ~(kind->bits | kind->must | stop));
}

/* Whether an order that shows a part of itself has no more parts than the venue takes, and rests: a host does not look at that. */
static inline int kit_iceberg_fits(const struct oc_request *ask, const struct oc_instrument *info)
{
    if (!(ask->bits & OC_RQ_HAS_DISPLAY))
        return 1;
    return ask->tif != OC_TIF_IOC && ask->tif != OC_TIF_FOK && ask->display_qty > 0 &&
           (!info->iceberg_parts || (ask->qty - 1) / ask->display_qty < (int64_t)info->iceberg_parts);
}

static inline const char *kit_terms_word(const char *const *words, uint32_t count, uint32_t number)
{
    return number < count ? words[number] : NULL;
}

/* NULL: it has none. */
static inline const char *kit_term_text(const struct kit_terms *terms, const struct kit_term *term,
                                        const struct oc_request *ask, const struct oc_instrument *info)
{
    const int is_post = terms->post_only && (ask->bits & OC_RQ_POST_ONLY);
    switch (term->is) {
    case KIT_TERM_TEXT:
        return term->text;
    case KIT_TERM_SYMBOL:
        return info->venue_symbol;
    case KIT_TERM_SIDE:
        return terms->sides[ask->side];
    case KIT_TERM_TYPE:
        return is_post ? terms->post_only : kit_terms_word(terms->types, terms->type_count, ask->type);
    case KIT_TERM_TIF:
        return is_post || !(ask->bits & OC_RQ_HAS_PRICE) ? NULL
                                                         : kit_terms_word(terms->tifs, terms->tif_count, ask->tif);
    default:
        return NULL;
    }
}

/* Of which id the term is; NULL: none. */
static inline const struct oc_id *kit_term_id(const struct kit_term *term, const struct oc_venue_request *request)
{
    const struct oc_id *id = term->is == KIT_TERM_CLIENT
                                 ? request->ask.kind == OC_REQUEST_AMEND ? &request->client_new : &request->client
                             : term->is == KIT_TERM_ORDER                               ? &request->venue_order
                             : term->is == KIT_TERM_CHANGE                              ? &request->client_new
                             : term->is == KIT_TERM_OF_US && !request->venue_order.size ? &request->client
                                                                                        : NULL;
    return id && id->size ? id : NULL;
}

/* How much of what step; 0: it is none, or the order has none. */
static inline int kit_term_number(const struct kit_term *term, const struct oc_request *ask,
                                  const struct oc_instrument *info, int64_t *ret_units, struct oc_dec *ret_step)
{
    *ret_step = term->is == KIT_TERM_PRICE || term->is == KIT_TERM_STOP ? info->price_step : info->qty_step;
    switch (term->is) {
    case KIT_TERM_QTY:
        *ret_units = ask->qty;
        return (ask->bits & OC_RQ_HAS_QTY) != 0;
    case KIT_TERM_MONEY:
        *ret_units = ask->quote_qty.units;
        ret_step->units = 1;
        ret_step->scale = ask->quote_qty.scale;
        return (ask->bits & OC_RQ_HAS_QUOTE_QTY) != 0;
    case KIT_TERM_PRICE:
        *ret_units = ask->price;
        return (ask->bits & OC_RQ_HAS_PRICE) != 0;
    case KIT_TERM_STOP:
        *ret_units = ask->stop_price;
        return (ask->bits & OC_RQ_HAS_STOP) != 0;
    case KIT_TERM_DISPLAY:
        *ret_units = ask->display_qty;
        return (ask->bits & OC_RQ_HAS_DISPLAY) != 0;
    default:
        return 0;
    }
}

/* The terms of a request, one behind the other. */
static inline void kit_terms_write(const struct kit_terms *terms, const struct kit_term *list, uint32_t count,
                                   const struct oc_venue_request *request, const struct oc_instrument *info,
                                   struct kit_write *query)
{
    for (uint32_t i = 0; i < count; i++) {
        const char *text = kit_term_text(terms, &list[i], &request->ask, info);
        const struct oc_id *id = kit_term_id(&list[i], request);
        int64_t units;
        struct oc_dec step;
        if (text)
            kit_query_text(query, list[i].name, text);
        else if (id)
            kit_query_id(query, list[i].name, list[i].text ? list[i].text : "", id);
        else if (kit_term_number(&list[i], &request->ask, info, &units, &step))
            kit_query_units(query, list[i].name, units, step);
    }
}

#endif
