/* out.h: what one input came to: what is to be recorded and sent, in order, and what was booked.
 *
 * Invariants
 * - Filled by the engine while it handles an input or a batch of the host; read by the session (the door, the venues) and by
 *   watchers; emptied by engine_clear_out before the next input.
 * - A callback is a savepoint: what it added goes when it fails. What was booked before it stays.
 * - A request is recorded before it is sent; a refused one is recorded and followed by its refusal.
 * - Bounded: ENGINE_OUT_MAX entries and ENGINE_OUT_BYTES_MAX bytes of records an input. */
#ifndef ENGINE_OUT_H
#define ENGINE_OUT_H

#include <outcry/event_order.h>
#include <outcry/order.h>
#include <stdbool.h>

#include "base/checked.h"
#include "base/money.h"
#include "engine/limits.h"

struct order;

struct engine_refusal {
    char reason[OC_REASON_MAX];
    char rule[OC_REASON_MAX];
    struct oc_dec used;
    struct oc_dec limit;
    uint64_t order; /* the denied order's id */
};

struct out_request {
    struct order *order; /* NULL: a request of the host that is about none */
    struct oc_request request;
    uint32_t is_denied;  /* recorded as refused, goes nowhere */
    uint32_t has_denial; /* that stands in the records */
    struct engine_refusal refusal;
};

enum out_kind { OUT_REQUEST = 1, OUT_RECORD };

struct out_entry {
    uint32_t kind; /* OUT_... */
    uint32_t at;   /* index of the request; offset of the record in bytes */
};

enum note_kind {
    NOTE_FILL = 1,  /* booked */
    NOTE_ORDER,     /* an order went from one state to another */
    NOTE_DUPLICATE, /* a fill that was booked before: nothing changed */
    NOTE_ALARM, /* a venue contradicts what is known; `words` says what. What it said was booked where it could be */
    NOTE_SUSPENDED, /* a strategy */
    NOTE_ADOPTED,   /* an order of another hand has become known */
    NOTE_STRANGER,  /* an answer about one whose terms are not known: `source` is to be asked for its open orders */
    NOTE_MISSING,   /* the venue's sums are ahead of its fills: these are to be asked for */
    NOTE_ABSENT,    /* the venue says that it does not know the order, which proves nothing */
    NOTE_CORRECTED, /* as NOTE_FILL: what was booked goes (as if it had been traded back), or what it is now comes */
    NOTE_REPLACED   /* an inferred fill is gone: fills of the venue stand in its place, and it is no fill any more */
};

struct out_note {
    uint32_t kind; /* NOTE_... */
    uint32_t strategy;
    uint64_t order;
    uint32_t inst;
    uint32_t source;             /* the account that the note is about; 0: that of its order */
    uint8_t before, after;       /* enum order_state */
    const char *words;           /* static; alarms */
    const struct oc_event *fill; /* the input, borrowed until the next one */
    int64_t qty_before;          /* the strategy's position in units */
    int64_t qty_after;
    oc_i128 realised_before; /* its realised profit in the settlement asset */
    oc_i128 realised_after;
};

struct engine_out {
    uint32_t entry_count; /* these four are the savepoint: they stand together */
    uint32_t request_count;
    uint32_t note_count;
    uint32_t size;             /* of bytes */
    struct out_entry *entries; /* owned, as all below */
    struct out_request *requests;
    struct out_note *notes;
    char *bytes;
    uint32_t entry_room, request_room, note_room;
    uint32_t room;       /* of bytes */
    uint64_t notes_lost; /* ever: no memory for one */
    uint64_t alarms;     /* ever */
};

struct out_mark { /* a savepoint */
    uint32_t entry_count, request_count, note_count, size;
};

/* OC_E_NOMEM. out_release takes what out_init left. */
CHECKED oc_rc out_init(struct engine_out *out);
void out_release(struct engine_out *out);
static inline struct out_mark out_mark(const struct engine_out *out)
{
    return (struct out_mark){out->entry_count, out->request_count, out->note_count, out->size};
}
void out_rewind(struct engine_out *out, struct out_mark mark);
/* Makes room for one more request; false: there is none. */
bool out_reserve_request(struct engine_out *out);
/* After out_reserve_request said true. Not denied; moves with the next one added. */
struct out_request *out_add_request(struct engine_out *out, const struct oc_request *request, struct order *order);
/* Copied. OC_E_FULL, OC_E_NOMEM. */
CHECKED oc_rc out_add_record(struct engine_out *out, const struct oc_event *event);
/* Room for one more note; false: none, and it is counted as lost. */
bool out_grow_notes(struct engine_out *out);
/* Lost and counted where there is no memory: notes are for showing and for figures of the run. Inline, so that a note is made where it
 * stands: to read back at once in wide words what was written in narrow ones costs more than all the rest of it. */
static inline void out_add_note(struct engine_out *out, const struct out_note *note)
{
    if (__builtin_expect(out->note_count == out->note_room, 0) && !out_grow_notes(out))
        return;
    out->notes[out->note_count++] = *note;
}

/* The record of entry i, borrowed; the door writes its sequence number into it. */
static inline struct oc_event *out_record(const struct engine_out *out, const struct out_entry *entry)
{
    if (entry->kind == OUT_REQUEST)
        return &out->requests[entry->at].request.head;
    return (struct oc_event *)(void *)(out->bytes + entry->at);
}
/* The refusal that follows a denied request. */
struct oc_ev_denied out_denial(const struct out_request *request);

#endif
