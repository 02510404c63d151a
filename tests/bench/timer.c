/* timer.c: timer RUNS COMMAND...: runs a command so often and prints p50 and p99 of its wall time in ms, and the largest
 * peak of resident memory in MB, and p50 of its CPU time in ms. What the command prints is thrown away. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
    int runs = argc > 2 ? atoi(argv[1]) : 0;
    double *ms = runs > 0 ? calloc((size_t)runs, sizeof *ms) : NULL;
    double *cpu_ms = runs > 0 ? calloc((size_t)runs, sizeof *cpu_ms) : NULL;
    long peak_kb = 0;
    if (!ms || !cpu_ms)
        return 2;
    for (int i = 0; i < runs; i++) {
        double start = now_ms();
        pid_t child = vfork();
        if (child == 0) {
            int null = open("/dev/null", O_WRONLY);
            dup2(null, 1);
            execvp(argv[2], argv + 2);
            _exit(127);
        }
        int status;
        struct rusage usage;
        if (child < 0 || wait4(child, &status, 0, &usage) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
            return 1;
        ms[i] = now_ms() - start;
        cpu_ms[i] = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
                    (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
        if (usage.ru_maxrss > peak_kb)
            peak_kb = usage.ru_maxrss;
    }
    qsort(ms, (size_t)runs, sizeof *ms, compare);
    qsort(cpu_ms, (size_t)runs, sizeof *cpu_ms, compare);
    printf("%.2f %.2f %.1f %.2f\n", ms[runs / 2], ms[runs * 99 / 100 < runs ? runs * 99 / 100 : runs - 1],
           (double)peak_kb / 1024.0, cpu_ms[runs / 2]);
    free(cpu_ms);
    free(ms);
    return 0;
}
