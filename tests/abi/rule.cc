// rule.cc: a rule in C++ with a table of keys of each shape. C++20 names the members as C does; older C++ gives them in order.
#include <cstdio>
#include <outcry/draft/data.h>
#include <outcry/draft/sim.h>
#include <outcry/outcry.h>

namespace {

const char *const modes[] = {"calm", "fast", nullptr};

#if __cplusplus >= 202002L
const oc_key members[] = {
    {.name = "instrument", .type = OC_KEY_TEXT, .bits = OC_KEY_REQUIRED, .about = "its symbol"},
    {.name = "limit", .type = OC_KEY_DECIMAL, .min = "0", .unit = "base units", .about = "its limit"},
    {}};
const oc_key keys[] = {
    {.name = "mode", .type = OC_KEY_CHOICE, .fallback = "calm", .choices = modes, .about = "how it asks"},
    {.name = "limits", .type = OC_KEY_GROUPS, .members = members, .about = "a limit for each instrument"},
    {}};
#else
const oc_key members[] = {
    {"instrument", OC_KEY_TEXT, OC_KEY_REQUIRED, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, "its symbol", 0},
    {"limit", OC_KEY_DECIMAL, 0, "0", nullptr, nullptr, "base units", nullptr, nullptr, "its limit", 0},
    {}};
const oc_key keys[] = {
    {"mode", OC_KEY_CHOICE, 0, nullptr, nullptr, "calm", nullptr, modes, nullptr, "how it asks", 0},
    {"limits", OC_KEY_GROUPS, 0, nullptr, nullptr, nullptr, nullptr, nullptr, members, "a limit for each instrument", 0},
    {}};
#endif

oc_rc check(void *, const oc_risk_ctx *, const oc_request *, oc_verdict *ret_verdict) { return oc_allow(ret_verdict); }

// Reads each group of the list, as a plugin does.
oc_rc open_rule(const oc_host *host, void **ret_self)
{
    uint32_t count;
    char mode[16], key[64], symbol[32];
    oc_rc rc = oc_config_text(host, "mode", mode, sizeof mode);
    if (rc == OC_OK)
        rc = oc_config_count(host, "limits", &count);
    for (uint32_t i = 0; rc == OC_OK && i < count; i++) {
        std::snprintf(key, sizeof key, "limits.%u.instrument", i);
        rc = oc_config_text(host, key, symbol, sizeof symbol);
    }
    *ret_self = nullptr;
    return rc;
}

void close_rule(void *) {}

#if __cplusplus >= 202002L
const oc_risk risk = {.size = sizeof risk, .check = check};
#else
const oc_risk risk = {sizeof risk, 0, check, nullptr, nullptr, nullptr, nullptr};
#endif
const oc_iface ifaces[] = {{OC_RISK, &risk}, {}};
const oc_plugin plugin = {sizeof plugin, OC_ABI_MAJOR, OC_ABI_MINOR, OC_RISK,   "org.example.cxx", "0.1.0", "MIT",
                          "a rule in C++", open_rule,    close_rule,   ifaces,    keys};

} // namespace

OC_PLUGINS(&plugin);
