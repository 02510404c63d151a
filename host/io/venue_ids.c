/* venue_ids.c: the names under which a request goes out, and the venue's own way of asking for it. */
#include "io/client_id.h"
#include "io/venue_impl.h"

enum {
    ORDER_EPOCH_SHIFT = 40, /* an order of ours has an epoch (engine/orders.h) */
    CANCELS_KEPT = 16       /* names of an order that its amendments leave to its cancels */
};

void io_own_way(const struct io_venue *venue, struct oc_venue_request *ask)
{
    struct oc_request *request = &ask->ask;
    if (!(request->bits & OC_RQ_NATIVE))
        return;
    const bool is_close = request->role == OC_ROLE_CLOSE, is_stop = request->role == OC_ROLE_STOP_LOSS;
    if (request->kind == OC_REQUEST_NEW)
        request->kind = is_close ? OC_REQUEST_CLOSE : OC_REQUEST_PROTECT;
    if (is_close)
        return;
    if (is_stop)
        request->stop_loss = request->stop_price;
    else
        request->take_profit = request->price;
    request->bits |= is_stop ? OC_RQ_HAS_STOP_LOSS : OC_RQ_HAS_TAKE_PROFIT;
    if (venue->world.position)
        venue->world.position(venue->world.self, request->order, &ask->position);
}

bool io_name_request(const struct io_venue *venue, struct oc_venue_request *ask)
{
    const struct oc_venue *said = venue->table->venue;
    const struct oc_request *request = &ask->ask;
    struct oc_id last;
    if (!oc_request_makes_order(request->kind) && request->order && venue->world.called)
        venue->world.called(venue->world.self, request->order, &ask->client, &ask->venue_order);
    const bool is_ours = oc_request_makes_order(request->kind) || request->order >> ORDER_EPOCH_SHIFT;
    if (!ask->client.size && is_ours) /* else it did not go out from here */
        client_id_make(said, venue->world.client_tag, request->order, 0, &ask->client);
    if (oc_request_makes_order(request->kind) || !request->order)
        return true;
    client_id_make(said, venue->world.client_tag, request->order, request->revision + 1, &ask->client_new);
    client_id_make(said, venue->world.client_tag, request->order, request->revision + 1 + CANCELS_KEPT, &last);
    return request->kind != OC_REQUEST_AMEND || said->client_form == OC_CLIENT_NONE || last.size;
}
