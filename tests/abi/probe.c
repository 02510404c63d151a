/* probe.c FILE...: loads each plugin file and says what is in it; exit 1 at the first that is
 * refused. */
#include "load/load.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    static struct registry registry;
    static struct load_report report;
    for (int i = 1; i < argc; i++) {
        oc_rc rc = load_plugin(&registry, argv[i], &(struct load_options){.reload = true}, &report);
        for (uint32_t k = 0; k < report.fault_count; k++)
            fprintf(stderr, "%s: %s: found %s, expected %s\n", argv[i], report.faults[k].field,
                    report.faults[k].found, report.faults[k].expected);
        if (rc < 0)
            return 1;
        printf("%s: %s %s\n", argv[i], report.plugins[0].kind, report.plugins[0].id);
    }
    return 0;
}
