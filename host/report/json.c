/* json.c: the report as one JSON object. */
#include "report/report.h"

#include "report/format.h"

oc_rc report_json(const struct result *result, FILE *out)
{
    char text[FORMAT_MAX];
    fprintf(out, "{\"final\":\"%s\"}\n", format_exact(result->final, text));
    return fflush(out) != 0 || ferror(out) ? OC_E_IO : OC_OK;
}
