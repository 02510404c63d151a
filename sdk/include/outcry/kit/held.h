/* held.h: an answer that is held until another one has come: fills until the orders that they belong to are named. No ABI promise.
 *
 * Invariants: at most KIT_HELD_MAX are held; the oldest gives way, and its question, which ends without an answer then, is asked anew by
 * the host. Bodies are copies, owned; kit_held_release lets go of all of them. All [io]. */
#ifndef OUTCRY_KIT_HELD_H
#define OUTCRY_KIT_HELD_H

#include <outcry/kit/codec.h>
#include <stdlib.h>

enum { KIT_HELD_MAX = 64 };

struct kit_held_one {
    uint64_t token; /* of the question */
    char *body;     /* owned; NULL: this place is free */
    uint32_t size;
    uint32_t zero;
};

struct kit_held {
    struct kit_held_one of[KIT_HELD_MAX];
    uint32_t next;
    uint32_t zero;
};

/* NULL: nothing is held for it. */
static inline struct kit_held_one *kit_held_of(struct kit_held *held, uint64_t token)
{
    for (int i = 0; i < KIT_HELD_MAX; i++)
        if (held->of[i].body && held->of[i].token == token)
            return &held->of[i];
    return NULL;
}

static inline void kit_held_drop(struct kit_held_one *one)
{
    free(one->body);
    memset(one, 0, sizeof *one);
}

static inline void kit_held_release(struct kit_held *held)
{
    for (int i = 0; i < KIT_HELD_MAX; i++)
        kit_held_drop(&held->of[i]);
}

/* In place of an earlier answer to the same question. OC_E_NOMEM. */
static inline oc_rc kit_held_put(struct kit_held *held, const struct oc_response *in)
{
    struct kit_held_one *one = kit_held_of(held, in->token);
    char *body = (char *)malloc(in->body_size ? in->body_size : 1);
    if (!body)
        return OC_E_NOMEM;
    for (int i = 0; !one && i < KIT_HELD_MAX; i++)
        one = held->of[i].body ? NULL : &held->of[i];
    if (!one)
        one = &held->of[held->next++ % KIT_HELD_MAX];
    kit_held_drop(one);
    memcpy(body, in->body, in->body_size);
    one->body = body;
    one->size = in->body_size;
    one->token = in->token;
    return OC_OK;
}

#endif
