/* It loads, and reads a key that it does not declare, twice. */
#include <outcry/outcry.h>
static const struct oc_key keys[] = {{.name = "limit", .type = OC_KEY_DECIMAL, .fallback = "1", .about = "a key"}, {0}};
#define RULE_KEY_TABLE keys
static oc_rc reads(const struct oc_host *host, void **ret_self)
{
    struct oc_dec dec;
    *ret_self = (void *)ret_self;
    (void)oc_config_dec(host, "limits", &dec);
    return oc_config_dec(host, "limits", &dec);
}
#define RULE_OPEN reads
#include "rule.h"
