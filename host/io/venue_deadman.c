/* venue_deadman.c: a dead man's switch: the venue cancels everything when it has not heard from this host for so long. */
#include "io/venue_impl.h"

enum { DEADMAN_REFRESHES = 3 }; /* within the time after which it acts */

oc_rc io_venue_deadman(struct io_venue *venue, uint32_t account, int64_t after_ns)
{
    if (!(venue->table->venue->flags & OC_CAN_DEADMAN) || !venue->table->request)
        return OC_E_NOT_SUPPORTED;
    if (after_ns < IO_DEADMAN_MIN_NS || after_ns > IO_DEADMAN_MAX_NS)
        return OC_E_RANGE;
    if (venue->deadman_count == IO_ACCOUNTS_MAX)
        return OC_E_LIMIT;
    venue->deadmen[venue->deadman_count++] =
        (struct io_deadman){.after_ns = after_ns, .at_ns = INT64_MIN, .account = account};
    return OC_OK;
}

int64_t io_deadman_next_ns(const struct io_venue *venue)
{
    int64_t next_ns = INT64_MAX;
    for (uint32_t i = 0; i < venue->deadman_count && !venue->is_quiet; i++)
        if (venue->deadmen[i].after_ns && venue->deadmen[i].at_ns < next_ns)
            next_ns = venue->deadmen[i].at_ns;
    return next_ns;
}

/* One that has not left yet is as good as a new one, if it says the new time. */
static struct io_pending *waiting(struct io_venue *venue, uint32_t account)
{
    for (uint32_t i = 0; i < venue->pending_count; i++)
        if (venue->pending[i].state == IO_PENDING_WAITS && venue->pending[i].ask->ask.kind == OC_REQUEST_DEADMAN &&
            venue->pending[i].ask->ask.account == account)
            return &venue->pending[i];
    return NULL;
}

static oc_rc ask(struct io_venue *venue, uint32_t account, int64_t expire_ns, int64_t send_by_ns)
{
    const struct oc_request request = {.head = {.size = sizeof request,
                                                .type = OC_EV_REQUEST,
                                                .source = account,
                                                .venue_ns = io_venue_now(venue),
                                                .local_ns = io_venue_now(venue)},
                                       .id = IO_HOST_REQUEST | io_number(venue),
                                       .account = account,
                                       .owner = OC_OWNER_HOST,
                                       .kind = OC_REQUEST_DEADMAN,
                                       .expire_ns = expire_ns,
                                       .send_by_ns = send_by_ns};
    struct io_pending *pending = waiting(venue, account);
    if (!pending)
        return io_venue_request(venue, &request);
    pending->ask->ask.expire_ns = expire_ns;
    pending->send_by_ns = send_by_ns;
    return OC_OK;
}

oc_rc io_deadman_due(struct io_venue *venue, int64_t now_ns)
{
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < venue->deadman_count && rc == OC_OK && !venue->is_quiet; i++) {
        struct io_deadman *deadman = &venue->deadmen[i];
        if (!deadman->after_ns || deadman->at_ns > now_ns)
            continue;
        deadman->at_ns = now_ns + deadman->after_ns / DEADMAN_REFRESHES;
        deadman->is_armed = true;
        rc = ask(venue, deadman->account, now_ns + deadman->after_ns, deadman->at_ns);
        if (rc == OC_E_FULL)
            rc = OC_OK; /* too much is under way: again at the next time */
    }
    return rc;
}

oc_rc io_venue_disarm(struct io_venue *venue)
{
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < venue->deadman_count; i++) {
        struct io_deadman *deadman = &venue->deadmen[i];
        deadman->after_ns = 0;
        if (!deadman->is_armed)
            continue;
        deadman->is_armed = false;
        const oc_rc asked = ask(venue, deadman->account, 0, io_venue_now(venue) + IO_SEND_BY_NS);
        rc = rc < 0 ? rc : asked;
    }
    return rc;
}
