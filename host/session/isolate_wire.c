#include "session/isolate_wire.h"

#include <stdlib.h>
#include <string.h>

enum { ZEROS = 16, FIRST = 1 << 16 };

struct head {
    uint64_t kind;
    uint64_t size; /* of all of it */
};

static size_t padded(size_t size) { return ((size + 7) & ~(size_t)7) + ZEROS; }

void wire_release(struct wire *wire)
{
    free(wire->bytes);
    *wire = (struct wire){.size = 0};
}

static bool make_room(struct wire *wire, size_t more)
{
    size_t room = wire->room ? wire->room : FIRST;
    if (more > ISOLATE_FRAME_MAX || wire->size + more > ISOLATE_FRAME_MAX)
        return false;
    while (room < wire->size + more)
        room *= 2;
    char *bytes = room > wire->room ? realloc(wire->bytes, room) : wire->bytes;
    if (!bytes)
        return false;
    wire->bytes = bytes;
    wire->room = room;
    return true;
}

void wire_begin(struct wire *wire, enum isolate_kind kind)
{
    const struct head head = {.kind = kind};
    wire->size = wire->at = 0;
    wire->is_bad = false;
    wire_put(wire, &head, sizeof head);
}

void wire_put(struct wire *wire, const void *bytes, size_t size)
{
    if (wire->is_bad || size > ISOLATE_FRAME_MAX || !make_room(wire, padded(size))) {
        wire->is_bad = true;
        return;
    }
    if (size)
        memcpy(wire->bytes + wire->size, bytes, size);
    memset(wire->bytes + wire->size + size, 0, padded(size) - size);
    wire->size += padded(size);
}

void wire_put_number(struct wire *wire, int64_t number) { wire_put(wire, &number, sizeof number); }

void wire_put_bytes(struct wire *wire, const void *bytes, size_t size)
{
    wire_put_number(wire, (int64_t)size);
    wire_put(wire, bytes, size);
}

oc_rc wire_send(struct wire *wire, struct env_run *run, int64_t until_ns)
{
    struct head head;
    if (wire->is_bad)
        return OC_E_LIMIT;
    memcpy(&head, wire->bytes, sizeof head);
    head.size = wire->size;
    memcpy(wire->bytes, &head, sizeof head);
    return env_run_write(run, wire->bytes, wire->size, until_ns);
}

/* Until so many bytes of the frame are there. The other end says no more than one before it listens. */
static oc_rc read_to(struct wire *wire, struct env_run *run, size_t size, int64_t until_ns)
{
    while (wire->size < size) {
        size_t got = 0;
        const oc_rc rc = env_run_read(run, wire->bytes + wire->size, wire->room - ZEROS - wire->size, until_ns, &got);
        if (rc < 0 || got == 0)
            return rc < 0 ? rc : (oc_rc)OC_E_END;
        wire->size += got;
    }
    return OC_OK;
}

oc_rc wire_receive(struct wire *wire, struct env_run *run, int64_t until_ns, enum isolate_kind *ret_kind)
{
    struct head head;
    const size_t begun = padded(sizeof head);
    wire->size = wire->at = 0;
    wire->is_bad = false;
    if (!make_room(wire, begun + ZEROS))
        return OC_E_NOMEM;
    oc_rc rc = read_to(wire, run, begun, until_ns);
    if (rc < 0)
        return rc;
    memcpy(&head, wire->bytes, sizeof head);
    if (head.size < begun || head.size > ISOLATE_FRAME_MAX - ZEROS || head.kind > ISOLATE_ANSWER)
        return OC_E_DATA;
    if (head.size > wire->size && !make_room(wire, head.size - wire->size + ZEROS))
        return OC_E_NOMEM;
    rc = read_to(wire, run, head.size, until_ns);
    if (rc < 0)
        return rc;
    if (wire->size != head.size)
        return OC_E_DATA;
    memset(wire->bytes + head.size, 0, ZEROS);
    wire->at = begun;
    *ret_kind = (enum isolate_kind)head.kind;
    return OC_OK;
}

void *wire_take(struct wire *wire, size_t size)
{
    if (wire->is_bad || size > ISOLATE_FRAME_MAX || padded(size) > wire->size - wire->at) {
        wire->is_bad = true;
        return NULL;
    }
    void *found = wire->bytes + wire->at;
    wire->at += padded(size);
    return found;
}

void wire_take_into(struct wire *wire, void *into, size_t size)
{
    const void *found = wire_take(wire, size);
    if (found)
        memcpy(into, found, size);
    else
        memset(into, 0, size);
}

int64_t wire_take_number(struct wire *wire)
{
    int64_t number;
    wire_take_into(wire, &number, sizeof number);
    return number;
}

void *wire_take_bytes(struct wire *wire, uint32_t *ret_size)
{
    const int64_t size = wire_take_number(wire);
    void *found = size >= 0 && (uint64_t)size <= ISOLATE_FRAME_MAX ? wire_take(wire, (size_t)size) : NULL;
    *ret_size = found ? (uint32_t)size : 0;
    wire->is_bad |= !found;
    return found;
}
