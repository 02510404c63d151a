/* doctor.c: `outcry doctor`: is this machine, this installation and this configuration fit to trade? A line a finding, and what to do. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env_machine.h"
#include "base/env_socket.h"
#include "base/json_out.h"
#include "base/log.h"
#include "base/version.h"
#include "cli/complain.h"
#include "cli/run.h"
#include "cli/verbs.h"
#include "config/options.h"
#include "session/account_keys.h"
#include "session/parts.h"

enum {
    SYNCS = 9,
    RECORD = 4096,
    SLOW_SYNC_NS = 50000000,    /* a session with durability = power asks for one an order */
    CLOCK_ERROR_NS = 500000000, /* half of what venues commonly allow a signature */
    FREE_BYTES = 1 << 30,       /* a session of ticks takes about as much a day */
    LOCKED_BYTES = 1 << 16      /* what a session's keys take */
};

enum finding { FINE, DOUBT, FAULT };

struct doctor {
    struct options *options;
    struct registry *registry;
    struct parts *parts;
    struct error_list faults;
    struct text json;
    bool is_json;
    uint32_t doubts, faults_found;
};

static __attribute__((format(printf, 5, 6))) void say(struct doctor *doctor, enum finding finding, const char *what,
                                                      const char *remedy, const char *format, ...)
{
    static const char *const words[] = {"ok", "doubt", "FAULT"};
    char found[ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(found, sizeof found, format, args);
    va_end(args);
    doctor->doubts += finding == DOUBT;
    doctor->faults_found += finding == FAULT;
    if (doctor->is_json) {
        json_open(&doctor->json, NULL, '{');
        json_text(&doctor->json, "what", what);
        json_text(&doctor->json, "finding", finding == FAULT ? "fault" : words[finding]);
        json_text(&doctor->json, "found", found);
        json_text(&doctor->json, "remedy", finding == FINE ? NULL : remedy);
        json_close(&doctor->json, '}');
        return;
    }
    printf("  %-6s %-14s %s\n", words[finding], what, found);
    if (finding != FINE && remedy)
        printf("  %-6s %-14s -> %s\n", "", "", remedy);
}

static void look_at_plugins(struct doctor *doctor)
{
    const struct catalogue *catalogue = &doctor->parts->catalogue;
    uint32_t ours = 0, foreign = 0;
    for (uint32_t i = 0; i < catalogue->count; i++) {
        const struct catalogue_entry *entry = &catalogue->list[i];
        if (!entry->id[0])
            say(doctor, entry->is_ours ? FAULT : DOUBT, "plugins",
                "mend it, or take it out of the folder: it is used by nothing", "%s is refused: %s", entry->path,
                entry->why);
        else if (entry->shadow_of)
            say(doctor, DOUBT, "plugins", "take one of them away: the first one counts", "%s is there twice: %s, %s",
                entry->id, catalogue->list[entry->shadow_of - 1].path, entry->path);
        else
            entry->is_ours ? ours++ : foreign++;
    }
    if (!ours)
        say(doctor, FAULT, "plugins", "install it again, or run the program where it was built",
            "those of the installation are not there");
    else
        say(doctor, FINE, "plugins", NULL, "%u of the installation, %u others in %u folders", ours, foreign,
            catalogue->folder_count);
}

static void look_at_configuration(struct doctor *doctor)
{
    const struct settings *settings = &doctor->options->settings;
    for (uint32_t i = 0; i < doctor->faults.count; i++) {
        char words[ERROR_TEXT_MAX];
        error_text(&doctor->faults.list[i], words);
        say(doctor, FAULT, "configuration", "`outcry config keys` shows every key", "%s", words);
    }
    if (!doctor->faults.count)
        say(doctor, FINE, "configuration", NULL, settings->count ? "%u settings" : "none: the defaults hold",
            settings->count);
}

static int compare_ns(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* How long until a record is on the disk, in the middle of several. */
static oc_rc measure_sync(const char *dir, int64_t *ret_ns)
{
    static const char name[] = ".outcry-doctor";
    static const char record[RECORD];
    char path[ENV_PATH_MAX];
    int64_t took[SYNCS] = {0};
    int fd = -1;
    oc_rc rc = env_path(path, dir, name);
    if (rc == OC_OK)
        rc = env_open(path, ENV_WRITE | ENV_CREATE, &fd);
    if (rc < 0)
        return rc;
    for (int i = 0; i < SYNCS && rc == OC_OK; i++) {
        const int64_t begin = env_clock_mono();
        rc = env_write(fd, record, sizeof record);
        if (rc == OC_OK)
            rc = env_sync(fd);
        took[i] = env_clock_mono() - begin;
    }
    env_close(fd);
    (void)env_unlink(path);
    qsort(took, SYNCS, sizeof took[0], compare_ns);
    *ret_ns = took[SYNCS / 2];
    return rc;
}

/* Where sessions are recorded: the folder of session.dir, else this one. */
static void look_at_folder(struct doctor *doctor)
{
    const char *dir = settings_text(&doctor->options->settings, "session.dir", ".");
    char folder[ENV_PATH_MAX];
    uint64_t bytes = 0;
    int64_t sync_ns = 0;
    const char *slash = strrchr(dir, '/');
    snprintf(folder, sizeof folder, "%.*s", slash && slash > dir ? (int)(slash - dir) : 1, slash ? dir : ".");
    if (env_free_bytes(folder, &bytes) < 0 || measure_sync(folder, &sync_ns) < 0) {
        say(doctor, FAULT, "sessions", "make the folder, or begin where you may write", "%s: %s", folder,
            env_error_text());
        return;
    }
    say(doctor, bytes < FREE_BYTES ? DOUBT : FINE, "sessions", "make room: a full disk stops new orders",
        "%s has %.1f GiB left", folder, (double)bytes / (1 << 30));
    say(doctor, sync_ns > SLOW_SYNC_NS ? DOUBT : FINE, "disk", "with durability = \"power\" an order waits so long",
        "a record is on it in %.2f ms (median of %d)", (double)sync_ns / 1e6, SYNCS);
}

static void look_at_consoles(struct doctor *doctor)
{
    char folder[ENV_PATH_MAX];
    if (env_runtime_dir(folder, sizeof folder) < 0)
        say(doctor, FAULT, "consoles", "a folder of yours alone (0700) is needed: set XDG_RUNTIME_DIR", "%s",
            env_error_text());
    else
        say(doctor, FINE, "consoles", NULL, "attach through %s", folder);
}

static void look_at_clock(struct doctor *doctor)
{
    bool is_kept = false;
    int64_t error_ns = 0;
    if (env_clock_health(&is_kept, &error_ns) < 0)
        say(doctor, DOUBT, "clock", "see to it that a time service runs", "what keeps it cannot be found out");
    else if (!is_kept || error_ns > CLOCK_ERROR_NS)
        say(doctor, DOUBT, "clock",
            "start a time service (chrony, systemd-timesyncd): venues refuse signatures of another time",
            "no time service keeps it (it may be off by %.1f s)", (double)error_ns / 1e9);
    else
        say(doctor, FINE, "clock", NULL, "kept by a time service, within %.0f ms", (double)error_ns / 1e6);
}

static void look_at_keys(struct doctor *doctor)
{
    char path[ENV_PATH_MAX];
    struct error error;
    bool is_private = false;
    uint64_t bytes = 0;
    if (account_keys_vault_path(&doctor->options->settings, path, &error) < 0)
        say(doctor, DOUBT, "keys", "set HOME, or vault.file", "there is no folder for a vault");
    else if (!env_exists(path))
        say(doctor, FINE, "keys", NULL, "no vault yet: `outcry keys add` makes %s", path);
    else if (env_is_private(path, &is_private) < 0 || !is_private)
        say(doctor, FAULT, "keys", "make it yours alone: chmod 600", "%s may be read by others", path);
    else
        say(doctor, FINE, "keys", NULL, "%s, of its owner alone", path);
    if (env_lock_limit(&bytes) < 0 || bytes < LOCKED_BYTES)
        say(doctor, DOUBT, "locked memory", "raise it: `ulimit -l`, or LimitMEMLOCK of the service",
            "%" PRIu64 " bytes: secrets may be swapped to the disk", bytes);
    else
        say(doctor, FINE, "locked memory", NULL, bytes == UINT64_MAX ? "without a limit" : "%" PRIu64 " KiB",
            bytes >> 10);
}

static void look_at_authorities(struct doctor *doctor)
{
    static const char *const files[] = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                        "/etc/ssl/cert.pem"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (env_exists(files[i])) {
            say(doctor, FINE, "certificates", NULL, "authorities in %s", files[i]);
            return;
        }
    say(doctor, DOUBT, "certificates", "install ca-certificates, or name ca_file of the venue",
        "this machine knows no authorities: no venue on the network can be trusted");
}

static int examine(struct doctor *doctor)
{
    struct options *options = doctor->options;
    char folder[ENV_PATH_MAX] = "";
    (void)env_program_folder(folder, sizeof folder);
    options->settings.faults = &doctor->faults;
    oc_rc rc = options_finish(options);
    if (rc == OC_OK)
        rc = parts_open(doctor->parts, &options->settings, doctor->registry, PART_RULE | PART_SIM | PART_READER, true,
                        &options->error);
    if (rc < 0)
        return complain(&options->error, OC_E_CONFIG, doctor->is_json);
    if (doctor->is_json) {
        json_open(&doctor->json, NULL, '{');
        json_open(&doctor->json, "findings", '[');
    }
    say(doctor, FINE, "program", NULL, "outcry %s, build %s, in %s", OUTCRY_VERSION, outcry_build, folder);
    look_at_plugins(doctor);
    look_at_configuration(doctor);
    look_at_folder(doctor);
    look_at_consoles(doctor);
    look_at_clock(doctor);
    look_at_keys(doctor);
    look_at_authorities(doctor);
    if (doctor->is_json) {
        json_close(&doctor->json, ']');
        json_int(&doctor->json, "doubts", doctor->doubts);
        json_int(&doctor->json, "faults", doctor->faults_found);
        json_close(&doctor->json, '}');
        puts(doctor->json.data);
    } else {
        printf("%u fault%s, %u doubt%s\n", doctor->faults_found, doctor->faults_found == 1 ? "" : "s", doctor->doubts,
               doctor->doubts == 1 ? "" : "s");
    }
    return doctor->faults_found ? EXIT_RUN : EXIT_GOOD;
}

int verb_doctor(int argc, char **argv)
{
    struct doctor *doctor = calloc(1, sizeof *doctor);
    int code = EXIT_RUN;
    if (doctor) {
        doctor->options = calloc(1, sizeof *doctor->options);
        doctor->registry = calloc(1, sizeof *doctor->registry);
        doctor->parts = calloc(1, sizeof *doctor->parts);
    }
    if (!doctor || !doctor->options || !doctor->registry || !doctor->parts)
        goto out;
    log_set_level(LOG_ERROR); /* what is found is said once, below */
    log_set_sink(run_log_to_stderr, NULL);
    registry_init(doctor->registry);
    text_init_grow(&doctor->json, 1 << 20);
    if (options_parse(doctor->options, argc, argv) < 0) {
        code = complain(&doctor->options->error, OC_E_INVALID, false);
        goto out;
    }
    doctor->is_json = doctor->options->json;
    code = examine(doctor);
    log_flush();
out:
    if (doctor) {
        text_release(&doctor->json);
        if (doctor->options)
            options_release(doctor->options);
        free(doctor->options);
        free(doctor->registry);
        free(doctor->parts);
    }
    free(doctor);
    return code;
}
