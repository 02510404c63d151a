/* net_crashes.c: the example connector_loopback, but that it does not survive some trades: of 666 units it crashes, of 667 it never comes
 * back. For tests of a connector in a process of its own. */
#include <outcry/outcry.h>
#include <stdbool.h>
#include <stdint.h>

#undef OC_PLUGINS
#define OC_PLUGINS(p) _Static_assert(sizeof(p) > 0, "what follows is made of it")
#include "../../sdk/examples/connector_loopback/loopback.c"

static oc_rc dies(void *self, const struct oc_message *heard)
{
    static volatile int never; /* 0 */
    const char *line = heard->bytes, *last = line + heard->bytes_size;
    const bool is_trade = heard->bytes_size > 10 && memcmp(line, "trade ", 6) == 0;
    if (is_trade && memcmp(last - 4, " 666", 4) == 0)
        *(volatile int *)(uintptr_t)(uint32_t)never = 1;
    while (is_trade && memcmp(last - 4, " 667", 4) == 0)
        never = 0;
    return message(self, heard);
}

static const struct oc_connector dying = {
    .size = sizeof dying, .venue = &venue, .start = start, .message = dies, .request = request};
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
