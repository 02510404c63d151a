/* set.h: a stream of prices whose instruments stand in its url: one more is another stream, and the one before goes when that is up. No ABI promise.
 *
 *   const oc_rc rc = kit_set_add(&mine->set, stream, subs, count);
 *   if (rc <= 0)
 *       return rc;
 *   ... open one with all of set.of, its number in `opened` ...
 *   kit_set_opened(&mine->set, opened);
 *
 * Invariants: at most KIT_SET_MAX instruments; they stay wanted. One stream more than is heard is opened at once. No pointers. All [io]. */
#ifndef OUTCRY_KIT_SET_H
#define OUTCRY_KIT_SET_H

#include <outcry/kit/codec.h>

enum { KIT_SET_MAX = 256 };

struct kit_wanted {
    uint32_t inst;    /* index */
    uint32_t topics;  /* OC_TOPIC_... */
    uint32_t session; /* OC_SESSION_... as it was said last */
    uint32_t zero;
};

struct kit_set { /* zeroed: none */
    struct kit_wanted of[KIT_SET_MAX];
    uint32_t count;
    uint32_t asked;         /* so many of them stand in the url of `stream` */
    uint32_t stream, older; /* older: it goes as soon as the other is up */
};

/* NULL: it is not wanted. */
static inline struct kit_wanted *kit_set_of(struct kit_set *set, uint32_t inst)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (set->of[i].inst == OC_INST_INDEX(inst))
            return &set->of[i];
    return NULL;
}

/* Whether it is traded now (OC_SESSION_...), said when it has changed. */
static inline oc_rc kit_set_session(const struct kit_codec *codec, struct kit_wanted *want, uint32_t inst,
                                    uint32_t session, int64_t at_ns)
{
    oc_rc rc;
    if (session == want->session)
        return OC_OK;
    struct oc_ev_session *out = KIT_EVENT(codec, oc_ev_session, OC_EV_SESSION, 0, &rc);
    if (!out)
        return rc;
    out->head.inst = inst;
    out->head.venue_ns = at_ns;
    out->head.flags = OC_EVF_LAST;
    out->status = session;
    rc = kit_commit(codec, out);
    if (rc >= 0)
        want->session = session;
    return rc;
}

/* 1: a stream with all of the set is to be opened. OC_OK: it is heard, or on its way. OC_E_AGAIN: another one is on its way. OC_E_LIMIT. */
static inline oc_rc kit_set_add(struct kit_set *set, const struct oc_sub *subs, uint32_t count)
{
    uint32_t last = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct kit_wanted *wanted = kit_set_of(set, subs[i].inst);
        if (!wanted && set->count == KIT_SET_MAX)
            return OC_E_LIMIT;
        if (!wanted) {
            wanted = &set->of[set->count++];
            memset(wanted, 0, sizeof *wanted);
            wanted->inst = OC_INST_INDEX(subs[i].inst);
        }
        wanted->topics |= subs[i].topic;
        last = (uint32_t)(wanted - set->of) > last ? (uint32_t)(wanted - set->of) : last;
    }
    if (set->stream && last < set->asked)
        return OC_OK;
    return set->older ? OC_E_AGAIN : 1;
}

static inline void kit_set_opened(struct kit_set *set, uint32_t stream)
{
    set->older = set->stream;
    set->stream = stream;
    set->asked = set->count;
}

/* What became of a stream of it: ready as soon as it is up. */
static inline oc_rc kit_set_stream(const struct kit_codec *codec, struct kit_set *set, const struct oc_stream *at)
{
    oc_rc rc = OC_OK;
    if (at->state == OC_STREAM_CLOSED && at->stream == set->stream)
        set->stream = 0;
    if (at->state != OC_STREAM_UP)
        return OC_OK;
    rc = codec->net->ready(codec->host, at->stream);
    if (rc < 0 || at->stream != set->stream || !set->older)
        return rc;
    rc = codec->net->close(codec->host, set->older); /* what it carried goes over to the new one */
    if (rc < 0 && rc != OC_E_NOT_FOUND)
        return rc;
    set->older = 0;
    return OC_OK;
}

#endif
