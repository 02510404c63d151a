/* hours.c: simulated hours of a whole host with the connectors of the installation, under seeds; see world.h and oracle.h.
 *
 *   hours PLUGINS [--venues NAMES] [--hours N] [--first SEED] [--jobs N] [--stop] [--each HOURS]
 *   hours PLUGINS [--venues NAMES] [--each HOURS] --seed SEED [--loud]      one seed again
 *
 * PLUGINS: the folder of the plugins of the host. Each seed is HOURS_A_SEED hours, in a process of its own. */
#include "fault/hours/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

#ifndef HOURS_SOURCE
#error HOURS_SOURCE is the folder of driver.lua
#endif

enum { JOBS_MAX = 16 };

static char folder[128];

static void write_file(const char *name, const char *text, size_t size)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file || fwrite(text, 1, size, file) != size || fclose(file) != 0 || chmod(path, 0600) != 0) {
        perror(path);
        exit(1);
    }
}

static void write_key(const char *venue, const char *what, const char *words)
{
    char name[64];
    snprintf(name, sizeof name, "%s.%s", venue, what);
    write_file(name, words, strlen(words));
}

static void begin_folder(const char *plugins)
{
    static char text[1 << 16];
    strcpy(folder, "/tmp/outcry-hours-XXXXXX");
    if (!mkdtemp(folder)) {
        perror(folder);
        exit(1);
    }
    FILE *driver = fopen(HOURS_SOURCE "/driver.lua", "r");
    if (!driver) {
        perror(HOURS_SOURCE "/driver.lua");
        exit(1);
    }
    const size_t size = fread(text, 1, sizeof text, driver);
    fclose(driver);
    write_file("driver.lua", text, size);
    size_t length = (size_t)snprintf(text, sizeof text,
                                     "plugins: { folders = [\"%s/connector\", \"%s/risk\"]; };\n"
                                     "session: { durability = \"power\"; };\n"
                                     "history: { write = \"no\"; };\n"
                                     "account: { cost_method = \"fifo\"; };\n"
                                     "venue: {\n",
                                     plugins, plugins);
    for (uint32_t i = 0; i < hours.count; i++) {
        const struct hours_secrets secrets = hours_secrets_of(&hours.venues[i]);
        write_key(hours.venues[i].kind->name, "key", secrets.key);
        write_key(hours.venues[i].kind->name, "secret", secrets.secret);
        length += hours_configure(&hours.venues[i], folder, text + length, sizeof text - length);
    }
    length += (size_t)snprintf(text + length, sizeof text - length, "};\n");
    write_file("main.conf", text, length);
    setenv("HOME", folder, 1);
    setenv("XDG_RUNTIME_DIR", folder, 1);
    if (chdir(folder) < 0)
        exit(1);
}

static void drop_file(const char *venue, const char *what)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s.%s", folder, venue, what);
    (void)unlink(path);
}

static void end_folder(void)
{
    drop_file("driver", "lua");
    drop_file("main", "conf");
    for (uint32_t i = 0; i < hours.count; i++) {
        drop_file(hours.venues[i].kind->name, "key");
        drop_file(hours.venues[i].kind->name, "secret");
    }
    (void)rmdir(folder);
}

static void add(struct figures *sum, const struct figures *one)
{
    sum->seeds += one->seeds;
    sum->failed += one->failed;
    sum->hours += one->hours;
    sum->actions += one->actions;
    sum->events += one->events;
    sum->orders += one->orders;
    sum->fills += one->fills;
    sum->unknown += one->unknown;
    sum->lives += one->lives;
    sum->checks += one->checks;
    sum->books += one->books;
    sum->compared += one->compared;
    for (uint32_t i = 0; i < HOURS_PLACES; i++)
        sum->kills[i] += one->kills[i];
    for (uint32_t i = 0; i < weather_kinds(); i++)
        sum->kinds[i] += one->kinds[i];
    for (int state = 0; state < STATE_COUNT; state++)
        for (int event = 0; event < EVENT_COUNT; event++)
            sum->pairs[state][event] += one->pairs[state][event];
    sum->longest_ns = one->longest_ns > sum->longest_ns ? one->longest_ns : sum->longest_ns;
    sum->least_actions = one->least_actions < sum->least_actions ? one->least_actions : sum->least_actions;
    sum->least_events = one->least_events < sum->least_events ? one->least_events : sum->least_events;
    sum->least_faults = one->least_faults < sum->least_faults ? one->least_faults : sum->least_faults;
}

static bool print(struct figures *sum, const char *venues)
{
    uint32_t missed; /* pairs that hours are not made for: tests/venue/rehearsal/pairs_test.c */
    printf("%llu h in %llu seeds, %llu failed; %llu order actions, %llu market events; an hour at least %llu, %llu and "
           "%llu faults\n",
           (unsigned long long)sum->hours, (unsigned long long)sum->seeds, (unsigned long long)sum->failed,
           (unsigned long long)sum->actions, (unsigned long long)sum->events, (unsigned long long)sum->least_actions,
           (unsigned long long)sum->least_events, (unsigned long long)sum->least_faults);
    printf("%llu orders, %llu fills, %llu unknown, %llu processes (killed at link %llu, disk %llu, wait %llu); a fill "
           "was known after at most %.1f s\n",
           (unsigned long long)sum->orders, (unsigned long long)sum->fills, (unsigned long long)sum->unknown,
           (unsigned long long)sum->lives, (unsigned long long)sum->kills[HOURS_AT_LINK],
           (unsigned long long)sum->kills[HOURS_AT_DISK], (unsigned long long)sum->kills[HOURS_AT_WAIT],
           (double)sum->longest_ns / 1e9);
    for (uint32_t i = 0; i < weather_kinds(); i++)
        printf("%s%s %llu", i ? ", " : "", weather_name(i), (unsigned long long)sum->kinds[i]);
    printf("\n");
    return order_pairs_print(sum->pairs, strcmp(venues, "binanceus") == 0, &missed);
}

struct told { /* by the process of a seed; less than a pipe holds */
    struct figures sum;
    char failed[512];
};

static uint32_t hours_a_seed = HOURS_A_SEED;

static pid_t begin_seed(uint64_t seed, int *ret_fd)
{
    int fds[2];
    if (pipe(fds) < 0)
        exit(1);
    fflush(stdout);
    const pid_t pid = fork();
    if (pid != 0) {
        close(fds[1]);
        *ret_fd = fds[0];
        return pid;
    }
    struct told told;
    (void)hours_run(seed, hours_a_seed);
    memset(&told, 0, sizeof told);
    told.sum = hours.sum;
    memcpy(told.failed, hours.failed, sizeof told.failed);
    if (write(fds[1], &told, sizeof told) != sizeof told)
        _exit(1);
    _exit(0);
}

static void end_seed(uint64_t seed, int fd, pid_t pid, const char *again, struct figures *sum)
{
    static struct told told;
    int status = 0;
    const bool is_whole = read(fd, &told, sizeof told) == sizeof told;
    close(fd);
    waitpid(pid, &status, 0);
    if (!is_whole) {
        memset(&told, 0, sizeof told);
        told.sum = (struct figures){.seeds = 1,
                                    .failed = 1,
                                    .least_actions = UINT64_MAX,
                                    .least_events = UINT64_MAX,
                                    .least_faults = UINT64_MAX};
        snprintf(told.failed, sizeof told.failed, "its process has ended with %s %d",
                 WIFSIGNALED(status) ? "signal" : "code", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    add(sum, &told.sum);
    if (told.failed[0])
        printf("seed %llu: %s; again: %s --seed %llu --loud\n", (unsigned long long)seed, told.failed, again,
               (unsigned long long)seed);
}

int main(int argc, char **argv)
{
    uint64_t first = 1, alone = 0;
    uint32_t wanted = 10, jobs = 2;
    bool stops = false;
    if (argc < 2) {
        fprintf(stderr, "usage: hours PLUGINS [--venues NAMES] [--hours N] [--first SEED] [--jobs N] [--stop] | --seed "
                        "SEED [--loud]\n");
        return 2;
    }
    static char found[4097];
    char again[512], *plugins = realpath(argv[1], found);
    const char *venues = "binanceus,coinbase,oanda";
    for (int i = 2; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--loud") == 0)
            hours.is_loud = true;
        else if (strcmp(argv[i], "--stop") == 0)
            stops = true;
        else if (strcmp(argv[i], "--venues") == 0)
            venues = value, i++;
        else if (strcmp(argv[i], "--hours") == 0)
            wanted = (uint32_t)atoi(value), i++;
        else if (strcmp(argv[i], "--each") == 0)
            hours_a_seed = (uint32_t)atoi(value), i++;
        else if (strcmp(argv[i], "--jobs") == 0)
            jobs = (uint32_t)atoi(value), i++;
        else if (strcmp(argv[i], "--first") == 0)
            first = strtoull(value, NULL, 10), i++;
        else if (strcmp(argv[i], "--seed") == 0)
            alone = strtoull(value, NULL, 10), i++;
        else
            return fprintf(stderr, "hours: there is no option %s\n", argv[i]), 2;
    }
    if (!hours_choose(venues))
        return fprintf(stderr, "hours: venues are some of binanceus,coinbase,oanda, in this order\n"), 2;
    snprintf(again, sizeof again, "%s %s --venues %s --each %u", argv[0], argv[1], venues, hours_a_seed);
    hours.registry = calloc(1, sizeof *hours.registry);
    if (!plugins || !hours.registry || jobs < 1 || jobs > JOBS_MAX)
        return 2;
    registry_init(hours.registry);
    begin_folder(plugins);
    struct figures sum = {.least_actions = UINT64_MAX, .least_events = UINT64_MAX, .least_faults = UINT64_MAX};
    if (alone) {
        bool is_good = hours_run(alone, hours_a_seed);
        env_bind(NULL);
        add(&sum, &hours.sum);
        is_good &= print(&sum, venues);
        if (!is_good)
            printf("seed %llu: %s\n", (unsigned long long)alone, hours.failed);
        end_folder();
        return is_good ? 0 : 1;
    }
    const uint64_t seeds = (wanted + hours_a_seed - 1) / hours_a_seed;
    struct {
        pid_t pid;
        int fd;
        uint64_t seed;
    } running[JOBS_MAX];
    uint64_t begun = 0, ended = 0;
    while (ended < begun || (begun < seeds && !(stops && sum.failed))) {
        while (begun - ended < jobs && begun < seeds && !(stops && sum.failed)) {
            running[begun % jobs].seed = first + begun;
            running[begun % jobs].pid = begin_seed(first + begun, &running[begun % jobs].fd);
            begun++;
        }
        end_seed(running[ended % jobs].seed, running[ended % jobs].fd, running[ended % jobs].pid, again, &sum);
        ended++;
    }
    const bool is_good = print(&sum, venues);
    end_folder();
    return sum.failed || !is_good ? 1 : 0;
}
