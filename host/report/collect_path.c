/* collect_path.c: what trips went through while they were open, and what became of them by kind. */
#include <string.h>

#include "report/collect_impl.h"

void trip_path_at(struct trip *trip, const struct instrument *instrument, int64_t price)
{
    oc_i128 value, profit;
    if (instrument_value(instrument, price, trip->left, &value) < 0 ||
        num_add_128(trip->exit_value, value, &profit) < 0 || num_sub_128(profit, trip->entry_value, &profit) < 0)
        return;
    profit *= trip_sign(trip, instrument);
    trip->worst = profit < trip->worst ? profit : trip->worst;
    trip->best = profit > trip->best ? profit : trip->best;
}

void collect_price_seen(struct collect *collect, const struct instrument *instrument, const struct price_seen *seen)
{
    for (uint32_t at = collect->first_here[instrument->index]; at; at = collect->running[at - 1].next_here) {
        struct running *running = &collect->running[at - 1];
        struct trip *trip = running_trip(collect, running);
        if (!trip)
            continue;
        const bool is_whole = running->fill_seq < seen->seq;
        const int64_t high = is_whole ? seen->high : seen->last, low = is_whole ? seen->low : seen->last;
        if (!running->has_range || high > running->high) {
            running->high = high;
            trip_path_at(trip, instrument, high);
        }
        if (!running->has_range || low < running->low) {
            running->low = low;
            trip_path_at(trip, instrument, low);
        }
        running->has_range = 1;
        running->fill_seq = running->fill_seq == UINT64_MAX ? 0 : running->fill_seq;
    }
}

static void group_add(struct trip_group *group, const struct trip *trip, uint32_t settle)
{
    const oc_i128 net = trip->profit - trip->fees;
    if (group->closed++ == 0)
        group->settle = settle;
    group->wins += net > 0;
    group->has_no_money |= group->settle != settle || num_add_128(group->net, net, &group->net) < 0 ||
                           num_add_128(group->fees, trip->fees, &group->fees) < 0;
}

static struct trip_group *tag_of(struct trip_groups *groups, const char *tag)
{
    for (uint32_t i = 0; i < groups->tag_count; i++)
        if (strcmp(groups->tags[i].tag, tag) == 0)
            return &groups->tags[i].group;
    if (groups->tag_count == TAGS_MAX)
        return &groups->other_tags;
    struct tag_group *added = &groups->tags[groups->tag_count++];
    memcpy(added->tag, tag, sizeof added->tag);
    return &added->group;
}

void trip_groups_add(struct trip_groups *groups, const struct trip *trip, uint32_t settle)
{
    const int64_t hour_ns = 3600000000000LL, day_ns = 24 * hour_ns;
    const int64_t of_day = (trip->entry_ns % day_ns + day_ns) % day_ns;
    const int64_t day = (trip->entry_ns - of_day) / day_ns;
    group_add(&groups->side[trip->side != OC_SIDE_BUY], trip, settle);
    group_add(&groups->hour[of_day / hour_ns], trip, settle);
    group_add(&groups->weekday[((day + 4) % 7 + 7) % 7], trip, settle); /* 1970-01-01 was a Thursday */
    group_add(&groups->exit[trip->exit < EXIT_COUNT ? trip->exit : EXIT_NONE], trip, settle);
    group_add(tag_of(groups, trip->tag), trip, settle);
}
