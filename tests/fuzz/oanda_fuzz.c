/* Any bytes as what OANDA says to its connector: lines of both streams, and answers of any status to each question and each order request. What must
 * hold: no crash, and every event that it makes is sound. */
#include "support/oanda_kit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void answer(struct oanda_kit *kit, const uint8_t head[3], const char *body, uint32_t size)
{
    static const uint16_t statuses[] = {200, 201, 400, 401, 403, 404, 429, 503};
    static const uint32_t kinds[] = {OC_FETCH_INSTRUMENTS, OC_FETCH_CREDENTIALS, OC_FETCH_FILLS,
                                     OC_FETCH_LEDGER,      OC_FETCH_BALANCES,    OC_FETCH_OPEN_ORDERS,
                                     OC_FETCH_ORDER,       OC_FETCH_POSITIONS,   OC_FETCH_BARS};
    static const uint8_t requests[] = {OC_REQUEST_NEW, OC_REQUEST_AMEND, OC_REQUEST_CANCEL, OC_REQUEST_CLOSE,
                                       OC_REQUEST_PROTECT};
    const struct oc_venue_request asked = {.ask = {.head = {.size = sizeof asked, .inst = OC_INST(1, 1)},
                                                   .id = 7,
                                                   .order = 7,
                                                   .kind = requests[head[2] % 5]},
                                           .client = {.size = 1, .text = "a"},
                                           .client_new = {.size = 1, .text = "b"}};
    const struct oc_fetch fetch = {.size = sizeof fetch,
                                   .kind = kinds[head[2] % 9],
                                   .token = 5,
                                   .account = 1,
                                   .inst = OC_INST(1, 1),
                                   .period_ns = 60000000000ll,
                                   .client = {.size = head[2] & 64 ? 1 : 0, .text = "a"},
                                   .cursor = {.size = head[2] & 32 ? 8 : 0}};
    const uint16_t status = statuses[head[1] % 8];
    if (head[2] & 128)
        oanda_answer_to(kit, 0, NULL, &asked, status, body, size);
    else if (head[1] & 64)
        oanda_answer_to(kit, 1 + head[2] % 3, NULL, NULL, status, body, size);
    else
        oanda_answer_to(kit, head[1] & 32 ? FILLING : head[1] & 16 ? LOOKING : 0, &fetch, NULL, status, body, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct oanda_kit kit;
    const struct oc_sub sub = {.inst = OC_INST(1, 1), .topic = OC_TOPIC_BOOK, .account = 1};
    oanda_begin(&kit, "mid", 1, 0);
    (void)kit.table->subscribe(kit.self, 0, OC_SUB_ADD, &sub, 1);
    while (size > 3) { /* parts, each with what it is and, behind a zero, the next one */
        const char *body = (const char *)data + 3;
        const char *end = memchr(body, 0, size - 3);
        const uint32_t length = (uint32_t)(end ? (size_t)(end - body) : size - 3);
        if (data[0] & 1)
            (void)oanda_hear(&kit, data[1] & 1 ? PRICES : TRANSACTIONS, body, length);
        else
            answer(&kit, data, body, length);
        const size_t part = 3 + length + (end ? 1 : 0);
        data += part;
        size -= part;
    }
    oanda_end(&kit);
    return 0;
}
