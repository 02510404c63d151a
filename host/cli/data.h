/* data.h: what `outcry data fetch` and `outcry data record` share: a venue visited without a key, its markets, the folders of files. */
#ifndef CLI_DATA_H
#define CLI_DATA_H

#include "cli/visit.h"

/* Finds its connector and starts it; `accounts` may be missing in the group. Codes of *ret_error. [setup] */
CHECKED oc_rc data_visit(struct venue_visit *visit, struct settings *settings, struct error *ret_error);
/* Its instruments are asked for once; then each by its symbol. Borrowed. OC_E_NOT_FOUND. */
CHECKED oc_rc data_ask_markets(struct venue_visit *visit, struct error *ret_error);
CHECKED oc_rc data_market(const struct venue_visit *visit, const char *symbol, const struct oc_instrument **ret_info,
                          struct error *ret_error);
/* "BTC-USD": as a part of a file's name. */
void data_symbol_name(const struct oc_instrument *info, char ret_name[OC_SYMBOL_MAX]);
/* Each folder on the way. */
CHECKED oc_rc data_make_folder(const char *folder, struct error *ret_error);
/* data_record.c: the words behind `record`. The exit code. */
int data_record(struct options *options);

#endif
