/* maxqty_test.c: the rule at its limit, one below and one above, on the test kit's host. */
#include "maxqty.c"

#include <outcry/kit/test.h>

static struct kit_test t;
static void *self;

static void expect(const char *what, uint8_t kind, int64_t qty, int allowed)
{
    const struct oc_request ask = {.kind = kind, .qty = qty, .bits = OC_RQ_HAS_QTY};
    struct oc_verdict verdict;
    kit_expect(&t, what, kit_ask(&t, &risk, self, &ask, &verdict) == allowed);
}

int main(void)
{
    kit_test_begin(&t, keys, (const struct kit_setting[]){{"limit", "1.00"}, {0}});
    t.market.qty_scale = 2; /* a unit is 0.01 */
    kit_expect(&t, "it opens", plugin.open(&t.host, &self) == OC_OK);
    expect("below the limit", OC_REQUEST_NEW, 99, 1);
    expect("at the limit", OC_REQUEST_NEW, 100, 1);
    expect("above the limit", OC_REQUEST_NEW, 101, 0);
    expect("amended above the limit", OC_REQUEST_AMEND, 101, 0);
    expect("a cancel is never refused", OC_REQUEST_CANCEL, 101, 1);
    expect("a quantity that the host cannot tell is refused", OC_REQUEST_NEW, 0, 0);
    plugin.close(self);
    t.settings = NULL;
    kit_expect(&t, "without its limit it does not open", plugin.open(&t.host, &self) == OC_E_CONFIG);
    return kit_test_end(&t);
}
