/* kill_switch.c: after the command "kill" (more may follow after a tab) nothing is opened until
 * "unkill": new orders and amends
 * that increase are refused, cancels and orders that can only reduce pass. The commands are
 * recorded, so a restart is still killed. */
#include <outcry/kit/rule.h>
#include <stdlib.h>
#include <string.h>

struct rule {
    uint32_t is_killed;
};

/* [engine] */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct rule *rule = self;
    int64_t before, after;
    if (!rule->is_killed || kit_only_reduces(ask))
        return oc_allow(ret_verdict);
    if (ask->kind == OC_REQUEST_AMEND && kit_quantities(ctx, ask, &before, &after) == OC_OK && after <= before)
        return oc_allow(ret_verdict);
    return oc_refuse(ret_verdict, "KILLED", (struct oc_dec){1, 0, 0}, (struct oc_dec){0, 0, 0});
}

static int says(const struct oc_event *event, const char *word)
{
    const struct oc_ev_text *text = (const struct oc_ev_text *)(const void *)event;
    size_t size = strlen(word);
    const char *said = (const char *)(text + 1);
    return event->size >= sizeof *text + size && text->text_size >= size && memcmp(said, word, size) == 0 &&
           (text->text_size == size || said[size] == '\t');
}

/* [engine] */
static void observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    struct rule *rule = self;
    (void)ctx;
    if (event->type != OC_EV_COMMAND)
        return;
    if (says(event, "kill"))
        rule->is_killed = 1;
    else if (says(event, "unkill"))
        rule->is_killed = 0;
}

/* Commands are above 63. */
static uint64_t interest(void *self)
{
    (void)self;
    return OC_INTEREST_ABOVE;
}

static oc_rc save(void *self, void *bytes, uint32_t size_max)
{
    const struct rule *rule = self;
    if (size_max < sizeof rule->is_killed)
        return OC_E_LIMIT;
    memcpy(bytes, &rule->is_killed, sizeof rule->is_killed);
    return (oc_rc)sizeof rule->is_killed;
}

static oc_rc load(void *self, const void *bytes, uint32_t size)
{
    struct rule *rule = self;
    uint32_t is_killed;
    if (size != sizeof is_killed)
        return OC_E_DATA;
    memcpy(&is_killed, bytes, sizeof is_killed);
    if (is_killed > 1)
        return OC_E_DATA;
    rule->is_killed = is_killed;
    return OC_OK;
}

static oc_rc open_rule(const struct oc_host *host, void **ret_self)
{
    (void)host;
    struct rule *rule = calloc(1, sizeof *rule);
    if (!rule)
        return OC_E_NOMEM;
    *ret_self = rule;
    return OC_OK;
}

static void close_rule(void *self) { free(self); }

static const struct oc_risk risk = {
    .size = sizeof risk, .check = check, .observe = observe, .interest = interest, .save = save, .load = load};
static const struct oc_iface ifaces[] = {{OC_RISK, &risk}, {0}};
static const struct oc_key keys[] = {{0}}; /* none */

/* clang-format off */
static const struct oc_plugin plugin = {
    .size = sizeof plugin, .abi_major = OC_ABI_MAJOR, .abi_minor = OC_ABI_MINOR,
    .kind = OC_RISK, .id = "outcry.kill_switch", .version = "0.1.0", .license = "MIT",
    .about = "stops all opening of risk on command",
    .open = open_rule, .close = close_rule, .ifaces = ifaces, .keys = keys,
};
/* clang-format on */

OC_EXPORT const struct oc_plugin *const oc_plugins_v1[] = {&plugin, NULL};
