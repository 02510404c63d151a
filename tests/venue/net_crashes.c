/* net_crashes.c: the example connector_loopback, but that it does not survive some trades: of 666 units (and when it has sent such an order) it crashes, of 667 it never comes
 * back. For tests of a connector in a process of its own. */
#include <outcry/outcry.h>
#include <stdbool.h>
#include <stdint.h>

#undef OC_PLUGINS
#define OC_PLUGINS(p) _Static_assert(sizeof(p) > 0, "what follows is made of it")
#include "../../sdk/examples/connector_loopback/loopback.c"

static void crash(void)
{
    static volatile int nowhere;
    *(volatile int *)(uintptr_t)(uint32_t)nowhere = 1;
}

/* An order of so many is handed over, and then it crashes: the call never ends, so nothing of it may leave. */
static oc_rc asked(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch)
{
    const oc_rc rc = request(self, first, size, count, batch);
    if (first->ask.qty == 666)
        crash();
    return rc;
}

static oc_rc dies(void *self, const struct oc_message *heard)
{
    static volatile int never; /* 0 */
    const char *line = heard->bytes, *last = line + heard->bytes_size;
    const bool is_trade = heard->bytes_size > 10 && memcmp(line, "trade ", 6) == 0;
    if (is_trade && memcmp(last - 4, " 666", 4) == 0)
        crash();
    while (is_trade && memcmp(last - 4, " 667", 4) == 0)
        never = 0;
    return message(self, heard);
}

static const struct oc_connector dying = {
    .size = sizeof dying, .venue = &venue, .start = start, .message = dies, .request = asked};
static const struct oc_iface dying_ifaces[] = {{OC_CONNECTOR, &dying}, {0}};
static const struct oc_plugin dying_plugin = {.size = sizeof dying_plugin,
                                              .abi_major = OC_ABI_MAJOR,
                                              .abi_minor = OC_ABI_MINOR,
                                              .kind = OC_CONNECTOR,
                                              .id = "org.example.crashes",
                                              .version = "0.1.0",
                                              .license = "MIT",
                                              .about = "a line protocol that some trades end",
                                              .open = open_it,
                                              .close = free,
                                              .ifaces = dying_ifaces,
                                              .keys = keys};
OC_EXPORT const struct oc_plugin *const oc_plugins_v1[] = {&dying_plugin, NULL};
