#include "console/terminal.h"
#include <stdio.h>
#include <string.h>
int terminal_run(const struct terminal_config *config)
{
    char line[4096];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        const char *fields[30]; uint32_t n = 0;
        for (char *w = strtok(line, " "); w && n < 30; w = strtok(NULL, " ")) fields[n++] = w;
        bool ok; const char *json;
        if (!n) continue;
        oc_rc rc = link_ask(config->link, fields, n, 5000000000, NULL, &ok, &json);
        if (rc < 0) { printf("rc %d\n", rc); if (rc == OC_E_IO) return 1; continue; }
        printf("%s %s\n", ok ? "ok" : "no", json);
        fflush(stdout);
    }
    return 0;
}
