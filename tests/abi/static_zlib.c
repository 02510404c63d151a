/* static_zlib.c: a rule that uses zlib, for nothing but to show how a library is linked in. */
#include <outcry/outcry.h>
#include <zlib.h>

static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    (void)self, (void)ctx, (void)ask;
    return oc_allow(ret_verdict);
}

static oc_rc open_rule(const struct oc_host *host, void **ret_self)
{
    z_stream stream = {0};
    (void)host;
    *ret_self = NULL;
    return inflateInit(&stream) == Z_OK && inflateEnd(&stream) == Z_OK ? OC_OK : OC_E_IO;
}

static void close_rule(void *self) { (void)self; }

static const struct oc_risk risk = {.size = sizeof risk, .check = check};
static const struct oc_iface ifaces[] = {{OC_RISK, &risk}, {0}};
static const struct oc_key keys[] = {{0}};
static const struct oc_plugin plugin = {.size = sizeof plugin,
                                        .abi_major = OC_ABI_MAJOR,
                                        .abi_minor = OC_ABI_MINOR,
                                        .kind = OC_RISK,
                                        .id = "org.example.zlib",
                                        .version = "0.1.0",
                                        .license = "MIT",
                                        .about = "shows a library that is linked in",
                                        .open = open_rule,
                                        .close = close_rule,
                                        .ifaces = ifaces,
                                        .keys = keys};

OC_PLUGINS(&plugin);
