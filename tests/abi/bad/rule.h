/* rule.h: a good reader of data (or risk rule, with RULE_RISK) that each bad object spoils in one way by
 * defining a macro before it includes this. Every function leaves a marker file, so that a test can
 * tell that none of it has run. */
#include <outcry/draft/data.h>
#include <outcry/outcry.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef RULE_MARK
#define RULE_MARK 1
#endif
#if RULE_MARK
static void mark(void)
{
    const char *path = getenv("OUTCRY_TEST_MARKER");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (file)
        fclose(file);
}
#else
static void mark(void) {}
#endif

static oc_rc open_it(const struct oc_host *host, void **ret_self)
{
    mark();
    (void)host;
    *ret_self = (void *)ret_self;
    return OC_OK;
}
static void close_it(void *self) { (void)self; }

#ifndef RULE_MAJOR
#define RULE_MAJOR OC_ABI_MAJOR
#endif
#ifndef RULE_MINOR
#define RULE_MINOR OC_ABI_MINOR
#endif
#ifndef RULE_ID
#define RULE_ID "org.example.bad"
#endif
#ifndef RULE_SIZE
#define RULE_SIZE sizeof(struct oc_plugin)
#endif
#ifndef RULE_OPEN
#define RULE_OPEN open_it
#endif
#ifndef RULE_CLOSE
#define RULE_CLOSE close_it
#endif
#ifndef RULE_ABOUT
#define RULE_ABOUT "spoiled in one way"
#endif
#ifndef RULE_CONST
#define RULE_CONST const
#endif

#ifdef RULE_RISK
#define RULE_IFACE OC_RISK
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    mark();
    (void)self, (void)ctx, (void)ask;
    return oc_allow(ret_verdict);
}
#ifndef RULE_CHECK
#define RULE_CHECK check
#endif
#ifndef RULE_TABLE_SIZE
#define RULE_TABLE_SIZE sizeof(struct oc_risk)
#endif
static RULE_CONST struct oc_risk table = {.size = RULE_TABLE_SIZE, .check = RULE_CHECK};
void *const unused[] __attribute__((unused)) = {(void *)check};
#else
#define RULE_IFACE OC_DATA
static oc_rc probe(void *self, const char *path, const char *options, struct oc_data_info *ret_info)
{
    mark();
    (void)self, (void)path, (void)options, (void)ret_info;
    return OC_E_DATA;
}
static oc_rc start(void *self, uint64_t token, const char *path, const char *options, uint32_t inst,
                   const struct oc_data_info *info)
{
    (void)self, (void)token, (void)path, (void)options, (void)inst, (void)info;
    return OC_E_DATA;
}
static oc_rc pull(void *self, uint64_t token, uint32_t event_max)
{
    (void)self, (void)token, (void)event_max;
    return OC_E_END;
}
static oc_rc skip(void *self, uint64_t token, uint64_t event_count)
{
    (void)self, (void)token, (void)event_count;
    return OC_OK;
}
static void stop(void *self, uint64_t token) { (void)self, (void)token; }
#ifndef RULE_PROBE
#define RULE_PROBE probe
#endif
#ifndef RULE_TABLE_SIZE
#define RULE_TABLE_SIZE sizeof(struct oc_data)
#endif
#ifndef RULE_TABLE
static RULE_CONST struct oc_data table = {
    .size = RULE_TABLE_SIZE, .probe = RULE_PROBE, .start = start, .pull = pull, .skip = skip, .stop = stop};
#define RULE_TABLE &table
#else
static const void *const functions[] = {(void *)start, (void *)pull, (void *)skip, (void *)stop};
#endif
void *const unused[] __attribute__((unused)) = {(void *)probe};
#endif
#ifndef RULE_TABLE
#define RULE_TABLE &table
#endif
#ifndef RULE_KIND
#define RULE_KIND RULE_IFACE
#endif
#ifndef RULE_ROWS
#define RULE_ROWS                                                                                                      \
    {RULE_IFACE, RULE_TABLE}, { 0 }
#endif
static const struct oc_iface ifaces[] = {RULE_ROWS};
#ifndef RULE_IFACES
#define RULE_IFACES ifaces
#endif

#ifndef RULE_KEY_TABLE
#define RULE_KEY_TABLE NULL
#endif

static const struct oc_plugin plugin = {.size = RULE_SIZE,
                                        .abi_major = RULE_MAJOR,
                                        .abi_minor = RULE_MINOR,
                                        .kind = RULE_KIND,
                                        .id = RULE_ID,
                                        .version = "0.1.0",
                                        .license = "MIT",
                                        .about = RULE_ABOUT,
                                        .open = RULE_OPEN,
                                        .close = RULE_CLOSE,
                                        .ifaces = RULE_IFACES,
                                        .keys = RULE_KEY_TABLE};
void *const also[] __attribute__((unused)) = {(void *)open_it, (void *)close_it, (void *)ifaces, (void *)&plugin};
#ifndef RULE_LIST
OC_EXPORT const struct oc_plugin *const oc_plugins_v1[] = {&plugin, NULL};
#else
RULE_LIST
#endif
