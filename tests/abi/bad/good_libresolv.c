extern int ns_sprintrr(const void *, const void *, const char *, const char *, char *, unsigned long);
void *const needs[] = {(void *)ns_sprintrr};
#include "rule.h"
