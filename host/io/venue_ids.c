/* venue_ids.c: the names under which a request goes out. */
#include "io/client_id.h"
#include "io/venue_impl.h"

enum {
    ORDER_EPOCH_SHIFT = 40, /* an order of ours has an epoch (engine/orders.h) */
    CANCELS_KEPT = 16       /* names of an order that its amendments leave to its cancels */
};

bool io_name_request(const struct io_venue *venue, struct oc_venue_request *ask)
{
    const struct oc_venue *said = venue->table->venue;
    const struct oc_request *request = &ask->ask;
    struct oc_id last;
    if (request->kind != OC_REQUEST_NEW && request->order && venue->world.called)
        venue->world.called(venue->world.self, request->order, &ask->client, &ask->venue_order);
    const bool is_ours = request->kind == OC_REQUEST_NEW || request->order >> ORDER_EPOCH_SHIFT;
    if (!ask->client.size && is_ours) /* else it did not go out from here */
        client_id_make(said, request->order, 0, &ask->client);
    if (request->kind == OC_REQUEST_NEW || !request->order)
        return true;
    client_id_make(said, request->order, request->revision + 1, &ask->client_new);
    client_id_make(said, request->order, request->revision + 1 + CANCELS_KEPT, &last);
    return request->kind != OC_REQUEST_AMEND || said->client_form == OC_CLIENT_NONE || last.size;
}
