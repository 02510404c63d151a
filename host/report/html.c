/* html.c: the report as one self-contained page. */
#include <string.h>

#include "base/env.h"
#include "base/text.h"
#include "report/format.h"
#include "report/report.h"

oc_rc report_html(const struct result *result, const char *path)
{
    struct text page;
    char text[FORMAT_MAX];
    int fd = -1;
    text_init_grow(&page, (size_t)1 << 26);
    oc_rc rc = text_format(&page, "<!doctype html><title>Outcry</title><p>final %s</p>\n",
                           format_exact(result->final, text));
    if (rc == OC_OK)
        rc = env_open(path, ENV_WRITE | ENV_CREATE | ENV_TRUNCATE, &fd);
    if (rc == OC_OK)
        rc = env_write(fd, page.data, page.size);
    env_close(fd);
    text_release(&page);
    return rc;
}
