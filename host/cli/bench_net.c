/* bench_net.c: a message through TLS beside libwebsockets and libcurl, in a program of its own: those libraries are not of the host. */
#include "cli/bench.h"

#include <stdio.h>
#include <string.h>

#include "base/env_run.h"
#include "cli/verbs.h"

int bench_net(const struct bench *bench)
{
    static const int64_t wait_ns = 600000000000ll;
    char path[ENV_PATH_MAX], messages[24], said[16384];
    if (env_program_folder(path, sizeof path - sizeof "/outcry-net-bench") < 0) {
        fprintf(stderr, "outcry: bench net: %s\n", env_error_text());
        return EXIT_RUN;
    }
    snprintf(path + strlen(path), sizeof "/outcry-net-bench", "/outcry-net-bench");
    snprintf(messages, sizeof messages, "%llu", bench->fixed ? (unsigned long long)bench->fixed : 200000ull);
    const char *const argv[] = {path, messages, NULL};
    struct env_run run;
    oc_rc rc = env_run_start(argv, &run);
    if (rc < 0) {
        bench_row(bench, "net", "%s is not there; it is built where libwebsockets is (Debian: libwebsockets-dev)",
                  path);
        return bench->is_one ? EXIT_RUN : EXIT_GOOD;
    }
    bench_row(bench, "net",
              "166 bytes through TLS, both ends on this machine; a row beside the same of another client");
    const int64_t until_ns = env_clock_mono() + wait_ns;
    size_t size = 1, all = 0;
    while (all < sizeof said && (rc = env_run_read(&run, said + all, sizeof said - all, until_ns, &size)) == OC_OK &&
           size)
        all += size;
    bench_text(bench, said, all);
    int code;
    env_run_end(&run, env_clock_mono() + 1000000000, &code);
    return rc == OC_OK && code == 0 ? EXIT_GOOD : EXIT_RUN;
}
