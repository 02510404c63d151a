// symbols.cpp: a rule in C++: only what a list of symbols names is traded; what is held of anything else can still be reduced.
#include <outcry/kit/new.hpp>
#include <outcry/kit/rule.h>
#include <outcry/outcry.h>

#include <algorithm>
#include <string>
#include <vector>

namespace {

struct rule {
    std::vector<std::string> symbols; // sorted
};

oc_rc check(void *self, const oc_risk_ctx *ctx, const oc_request *ask, oc_verdict *ret_verdict)
{
    const rule &rule = *static_cast<const struct rule *>(self);
    const oc_instrument *instrument = ctx->instrument(ctx, ask->head.inst);
    if (kit_only_reduces(ask))
        return oc_allow(ret_verdict);
    if (instrument && std::binary_search(rule.symbols.begin(), rule.symbols.end(), std::string(instrument->symbol)))
        return oc_allow(ret_verdict);
    return oc_refuse(ret_verdict, "SYMBOL_NOT_LISTED", oc_dec{}, oc_dec{});
}

oc_rc open_rule(const oc_host *host, void **ret_self)
{
    char list[1024];
    oc_rc rc = oc_config_text(host, "symbols", list, sizeof list); // explains itself: key, expected
    if (rc < 0)
        return rc;
    rule *self = new rule;
    for (const char *at = list; *at;) {
        const char *end = std::find_if(at, static_cast<const char *>(list) + std::char_traits<char>::length(list),
                                       [](char c) { return c == ',' || c == ' '; });
        if (end > at)
            self->symbols.emplace_back(at, end);
        at = *end ? end + 1 : end;
    }
    std::sort(self->symbols.begin(), self->symbols.end());
    *ret_self = self;
    return OC_OK;
}

void close_rule(void *self) { delete static_cast<rule *>(self); }

const oc_risk risk = {sizeof risk, 0, check, nullptr, nullptr, nullptr, nullptr};
const oc_key keys[] = {{"symbols", OC_KEY_TEXT, OC_KEY_REQUIRED, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
                        "what may be traded: BTC/USDT, ETH/USDT", 0},
                       {}};

} // namespace

KIT_RULE("org.example.symbols", "0.1.0", "MIT", "trades only what a list of symbols names", open_rule, close_rule, risk, keys);
