/* afterfill_test.c: the rule before its time and at it, what always passes, and its state in another instance; on the test
 * kit's host. */
#include "afterfill.c"

#include <outcry/kit/test.h>

static struct kit_test t;
static void *self;

static const int64_t NS_SECOND = 1000000000;

static void expect(const char *what, uint8_t kind, uint32_t bits, int allowed)
{
    const struct oc_request ask = {.kind = kind, .qty = 1, .bits = OC_RQ_HAS_QTY | bits};
    struct oc_verdict verdict;
    kit_expect(&t, what, kit_ask(&t, &risk, self, &ask, &verdict) == allowed);
}

static void tell_fill(uint16_t flags)
{
    const struct oc_ev_fill fill = {.head = {.size = sizeof fill, .type = OC_EV_FILL, .flags = flags}, .qty = 1};
    kit_tell(&t, &risk, self, &fill.head);
}

int main(void)
{
    char bytes[64];
    kit_test_begin(&t, keys, (const struct kit_setting[]){{"wait", "30s"}, {0}});
    kit_expect(&t, "it opens", plugin.open(&t.host, &self) == OC_OK);
    t.now_ns = 100 * NS_SECOND;
    expect("before any fill", OC_REQUEST_NEW, 0, 1);
    tell_fill(0);
    expect("at the fill", OC_REQUEST_NEW, 0, 0);
    expect("a cancel", OC_REQUEST_CANCEL, 0, 1);
    expect("what only reduces", OC_REQUEST_NEW, OC_RQ_REDUCE_ONLY, 1);
    t.now_ns = 130 * NS_SECOND - 1;
    expect("one nanosecond before the time", OC_REQUEST_NEW, 0, 0);
    oc_rc size = risk.save(self, bytes, sizeof bytes);
    kit_expect(&t, "its state is small", size > 0 && risk.save(self, bytes, (uint32_t)size - 1) == OC_E_LIMIT);
    t.now_ns = 130 * NS_SECOND;
    tell_fill(OC_EVF_SEEN);
    expect("at the time, and a fill that was known begins no other", OC_REQUEST_NEW, 0, 1);
    plugin.close(self);

    kit_expect(&t, "another instance opens", plugin.open(&t.host, &self) == OC_OK);
    t.now_ns = 130 * NS_SECOND - 1;
    expect("it knows of no fill", OC_REQUEST_NEW, 0, 1);
    kit_expect(&t, "a part of a state is refused", risk.load(self, bytes, (uint32_t)size - 1) == OC_E_DATA);
    kit_expect(&t, "the state is taken", risk.load(self, bytes, (uint32_t)size) == OC_OK);
    expect("and goes on", OC_REQUEST_NEW, 0, 0);
    bytes[0]++;
    kit_expect(&t, "of another version it is refused", risk.load(self, bytes, (uint32_t)size) == OC_E_DATA);
    plugin.close(self);
    return kit_test_end(&t);
}
