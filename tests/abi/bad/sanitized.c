/* Calls of a sanitizer, as a compiler leaves them that does not link its runtime into a shared object. */
void __asan_report_load4(void *);
void __asan_report_store4(void *);
#include "rule.h"
OC_EXPORT void spoiled(void *at)
{
    __asan_report_load4(at);
    __asan_report_store4(at);
}
