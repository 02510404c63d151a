/* rule.c: a rule with one fault, by -DFAULT=n: what `plugin check` must find by running it. 0: none. */
#include <outcry/outcry.h>
#include <stdlib.h>
#include <string.h>

struct rule {
    uint32_t seen, asked;
#if FAULT == 11
    uint32_t *hidden; /* on the heap, and in no saved state */
#endif
};
#if FAULT == 1
static uint32_t count; /* a variable of the file */
#endif

static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    struct rule *rule = self;
    (void)ctx, (void)ask;
#if FAULT == 1
    count++;
#elif FAULT == 2
    rule->asked++;
#elif FAULT == 3
    if (++rule->asked % 2)
        return oc_refuse(ret_verdict, "ODD", (struct oc_dec){0}, (struct oc_dec){0});
#elif FAULT == 4
    *(volatile int *)(uintptr_t)(rule->seen + 8) = 1;
#elif FAULT == 5
    for (volatile int turns = 0;; turns++)
        ;
#elif FAULT == 6
    if (ask->side == OC_SIDE_SELL)
        return OC_OK; /* refused, and nobody knows why */
#elif FAULT == 12
    if (ask->side == OC_SIDE_SELL)
        return oc_refuse(ret_verdict, "too much", (struct oc_dec){0}, (struct oc_dec){0});
#elif FAULT == 13
    if (ask->side == OC_SIDE_SELL)
        return oc_refuse(ret_verdict, "A_WORD_OF_MORE_THAN_FORTY_SEVEN_LETTERS_IS_CUT_HERE", (struct oc_dec){0},
                         (struct oc_dec){0});
#elif FAULT == 9
    if (ask->side == OC_SIDE_SELL && ask->qty > 1000) {
        ret_verdict->allowed = 7;
        return OC_OK;
    }
#elif FAULT == 10
    if (ask->kind == OC_REQUEST_AMEND && ctx->previous && ask->qty > ctx->previous->qty)
        return 7;
#elif FAULT == 11
    if (++*rule->hidden > 60)
        return oc_refuse(ret_verdict, "ENOUGH", (struct oc_dec){0}, (struct oc_dec){0});
#endif
    (void)rule;
    return oc_allow(ret_verdict);
}

static void observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    (void)ctx, (void)event;
    ((struct rule *)self)->seen++;
}

static oc_rc save(void *self, void *bytes, uint32_t size_max)
{
    if (size_max < sizeof(struct rule))
        return OC_E_LIMIT;
    memcpy(bytes, self, sizeof(struct rule));
    return sizeof(struct rule);
}

static oc_rc load(void *self, const void *bytes, uint32_t size)
{
    if (size != sizeof(struct rule))
        return OC_E_DATA;
    memcpy(self, bytes, size);
#if FAULT == 7
    ((struct rule *)self)->seen = 0; /* forgotten */
#endif
    return OC_OK;
}

static oc_rc open_rule(const struct oc_host *host, void **ret_self)
{
    (void)host;
#if FAULT == 8
    return OC_E_STATE;
#endif
    struct rule *rule = calloc(1, sizeof *rule);
    *ret_self = rule;
#if FAULT == 11
    if (rule)
        rule->hidden = calloc(1, sizeof *rule->hidden);
#endif
    return rule ? OC_OK : OC_E_NOMEM;
}

static const struct oc_risk table = {
    .size = sizeof table, .check = check, .observe = observe, .save = save, .load = load};
static const struct oc_iface ifaces[] = {{OC_RISK, &table}, {0}};
static const struct oc_plugin plugin = {.size = sizeof plugin,
                                        .abi_major = OC_ABI_MAJOR,
                                        .abi_minor = OC_ABI_MINOR,
                                        .kind = OC_RISK,
                                        .id = "org.example.probed",
                                        .version = "1.0.0",
                                        .license = "MIT",
                                        .about = "has one fault",
                                        .open = open_rule,
                                        .close = free,
                                        .ifaces = ifaces};
OC_PLUGINS(&plugin);
