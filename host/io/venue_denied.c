/* venue_denied.c: a key that the venue refuses: said once, shown as the state of its account, and over as soon as the venue takes it. */
#include <string.h>

#include "base/log.h"
#include "base/why.h"
#include "io/venue_impl.h"

/* Whether this is about the key, and not about what was asked for with it. */
static bool is_of_key(uint32_t why)
{
    return why == OC_WHY_BAD_CREDENTIALS || why == OC_WHY_ACCOUNT_LOCKED || why == OC_WHY_LOGIN_NEEDED ||
           why == OC_WHY_REGION;
}

/* The place of an account by its number, or by the source of its events; IO_ACCOUNTS_MAX: it is none of ours. */
static uint32_t place_of(const struct io_venue *venue, uint32_t account)
{
    uint32_t i = 0;
    while (i < venue->account_count && venue->accounts[i].account != account)
        i++;
    return i < venue->account_count && account ? i : IO_ACCOUNTS_MAX;
}

void io_denied(struct io_venue *venue, uint32_t account, uint32_t why)
{
    const uint32_t place = place_of(venue, account);
    if (place == IO_ACCOUNTS_MAX || !is_of_key(why) || venue->denied[place] == why)
        return;
    venue->denied[place] = why;
    venue->reach_is_old = true;
    if (!venue->is_silent)
        log_error("venue", "%s refuses the key of account %s: %s: nothing new is sent before it takes it", venue->name,
                  venue->accounts[place].name, why_name(why));
}

void io_not_denied(struct io_venue *venue, uint32_t account)
{
    const uint32_t place = place_of(venue, account);
    if (place == IO_ACCOUNTS_MAX || !venue->denied[place])
        return;
    venue->denied[place] = OC_WHY_NONE;
    venue->reach_is_old = true;
    if (!venue->is_silent)
        log_info("venue", "%s takes the key of account %s again", venue->name, venue->accounts[place].name);
}

void io_denied_heard(struct io_venue *venue, const struct oc_event *event)
{
    if (event->type == OC_EV_REJECTED && event->size >= sizeof(struct oc_ev_venue_answer)) {
        io_denied(venue, event->source, ((const struct oc_ev_venue_answer *)(const void *)event)->why);
    } else if (event->type == OC_EV_FETCHED && event->size >= sizeof(struct oc_ev_fetched)) {
        const struct oc_ev_fetched *fetched = (const struct oc_ev_fetched *)(const void *)event;
        const struct io_fetch *fetch = io_fetch_find(venue, fetched->token);
        const uint32_t account = fetch ? fetch->ask.account : 0;
        if (fetched->rc >= 0)
            io_not_denied(venue, account);
        else if (fetched->rc == OC_E_DENIED)
            io_denied(venue, account, is_of_key(fetched->why) ? fetched->why : OC_WHY_BAD_CREDENTIALS);
    }
}
