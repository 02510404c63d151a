/* volume.c: which of several columns is the quantity traded, in the base. */
#include "csv.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum kind {
    KIND_NONE = 0, /* no volume */
    KIND_BASE,     /* named after the base */
    KIND_PLAIN,    /* "volume" */
    KIND_OTHER,    /* named after something else */
    KIND_TICKS,    /* a count of price changes */
    KIND_QUOTE,    /* money */
    KINDS
};

struct assets {
    char base[OC_SYMBOL_MAX];
    char quote[OC_SYMBOL_MAX];
};

/* "BTC/USDT:USDT" to btc and usdt. */
static void split_symbol(const char *symbol, struct assets *assets)
{
    const char *slash = strchr(symbol, '/');
    size_t size = slash ? (size_t)(slash - symbol) : 0, used = 0;
    for (; used < size; used++)
        assets->base[used] = (char)tolower((unsigned char)symbol[used]);
    assets->base[used] = '\0';
    used = 0;
    for (const char *at = slash ? slash + 1 : ""; isalnum((unsigned char)*at); at++)
        assets->quote[used++] = (char)tolower((unsigned char)*at);
    assets->quote[used] = '\0';
}

static bool is_money(const char *word)
{
    static const char *const words[] = {"usd", "usdt", "usdc", "busd", "tusd", "fdusd", "dai", "eur",      "gbp",
                                        "jpy", "chf",  "aud",  "cad",  "inr",  "krw",   "try", "currency", "quote"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

static enum kind kind_of(const char *name, const struct assets *assets)
{
    char text[CSV_NAME_MAX];
    if (csv_role_of(name, strlen(name), NULL) != CSV_VOLUME)
        return KIND_NONE;
    csv_name_normal(name, strlen(name), text);
    if (strcmp(text, "base_volume") == 0)
        return KIND_BASE;
    if (strcmp(text, "tickvol") == 0 || strcmp(text, "tick_volume") == 0)
        return KIND_TICKS;
    const char *word = strncmp(text, "volume_", 7) == 0 ? text + 7 : strncmp(text, "vol_", 4) == 0 ? text + 4 : "";
    if (!*word)
        return KIND_PLAIN;
    if (strcmp(word, "base") == 0 || strcmp(word, assets->base) == 0)
        return KIND_BASE;
    return is_money(word) || strcmp(word, assets->quote) == 0 ? KIND_QUOTE : KIND_OTHER;
}

static void use(struct csv_layout *layout, int column)
{
    int before = layout->column[CSV_VOLUME];
    if (before >= 0)
        layout->role[before] = CSV_NONE;
    layout->column[CSV_VOLUME] = column;
    if (column >= 0)
        layout->role[column] = CSV_VOLUME;
}

static oc_rc use_stated(struct csv_layout *layout, const char *stated, char *error)
{
    if (strcasecmp(stated, "none") == 0) {
        use(layout, -1);
        return OC_OK;
    }
    for (int i = 0; i < layout->column_count; i++) {
        if (strcasecmp(layout->name[i], stated) != 0)
            continue;
        if (layout->role[i] != CSV_NONE && layout->role[i] != CSV_VOLUME && layout->role[i] != CSV_SIZE) {
            snprintf(error, CSV_ERROR_MAX, "option volume: the column \"%s\" is the %s", stated,
                     csv_role_name((enum csv_role)layout->role[i]));
            return OC_E_CONFIG;
        }
        if (layout->role[i] == CSV_SIZE)
            layout->column[CSV_SIZE] = -1;
        use(layout, i);
        return OC_OK;
    }
    snprintf(error, CSV_ERROR_MAX, "option volume: no column \"%s\"", stated);
    return OC_E_CONFIG;
}

oc_rc csv_layout_volume(struct csv_layout *layout, const char *stated, const char *symbol, char error[CSV_ERROR_MAX])
{
    struct assets assets;
    int count[KINDS] = {0}, first[KINDS] = {0}, all = 0;
    if (stated[0])
        return use_stated(layout, stated, error);
    if (layout->is_stated || layout->is_shaped || layout->column[CSV_VOLUME] < 0)
        return OC_OK;
    split_symbol(symbol, &assets);
    char names[96] = "";
    for (int i = 0; i < layout->column_count; i++) {
        enum kind kind = kind_of(layout->name[i], &assets);
        if (kind == KIND_NONE)
            continue;
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", all ? ", " : "", layout->name[i]);
        if (count[kind]++ == 0)
            first[kind] = i;
        all++;
    }
    /* What is named after the base is meant; what is named after nothing, or after something that is no money, when
     * all others are money; and one column alone, unless it is money. */
    enum kind kind = KIND_NONE;
    if (count[KIND_BASE] == 1)
        kind = KIND_BASE;
    else
        for (enum kind k = KIND_PLAIN; k < KIND_QUOTE; k++)
            if (count[k] == 1 && all == 1 + count[KIND_QUOTE])
                kind = k;
    if (kind == KIND_OTHER && all > 1 && assets.base[0])
        kind = KIND_NONE;
    use(layout, kind != KIND_NONE ? first[kind] : -1);
    if (kind == KIND_NONE)
        snprintf(layout->volume_note, sizeof layout->volume_note, "volume: not used: %s%s; volume=COLUMN states it",
                 names, all == 1 ? " is money" : ": it is not clear which is in the base");
    return OC_OK;
}
