/* parts_kit.h: the parts of a run, decided by settings over the plugins of the build and over folders of the test. */
#ifndef SUPPORT_PARTS_KIT_H
#define SUPPORT_PARTS_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "session/parts_impl.h"
#include "support/said.h"

#define BAD     TEST_BUILD_DIR "/tests/abi/bad/"
#define PLUGINS TEST_BUILD_DIR "/plugins/"
#define EXAMPLE TEST_BUILD_DIR "/sdk/examples/maxqty.so"
#define DEFAULT "kill_switch max_order_qty max_order_value price_collar position_limit message_rate max_daily_loss"

enum { ALL_PARTS = PART_RULE | PART_SIM | PART_READER };

static struct parts parts;
static struct settings settings;
static struct registry registry;
static struct error error;
static char folder[64]; /* of this test, its real path */
static char logged[16384];

static void keep_line(void *arg, enum log_level level, const char *line, size_t length)
{
    (void)arg, (void)level;
    strncat(logged, line, length < sizeof logged - strlen(logged) - 2 ? length : 0);
    strcat(logged, "\n");
}

static inline bool is_logged(const char *words)
{
    log_flush();
    return strstr(logged, words) != NULL;
}

static inline int parts_start(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/outcry-parts-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    registry_init(&registry);
    logged[0] = 0;
    log_set_sink(keep_line, NULL);
    setenv("XDG_DATA_HOME", folder, 1);
    setenv("HOME", folder, 1);
    return unsetenv("OUTCRY_PLUGINS");
}

static inline int parts_stop(void **state)
{
    char command[128];
    (void)state;
    log_set_sink(NULL, NULL);
    settings_release(&settings);
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command);
}

static inline void set_from(const char *key, const char *value, const char *origin)
{
    assert_int_equal(settings_set(&settings, key, value, origin), OC_OK);
}

static inline void set(const char *key, const char *value) { set_from(key, value, "x.conf:3"); }

/* A path below the test's folder, until the fourth call behind this one. */
static inline const char *below(const char *name)
{
    static char paths[4][256];
    static int turn;
    char *path = paths[turn++ % 4];
    snprintf(path, 256, "%s%s%s", folder, *name ? "/" : "", name);
    return path;
}

/* A plugin file below the test's folder; a tail makes it another file of the same plugin. */
static inline const char *copied(const char *from, const char *name, const char *tail)
{
    const char *path = below(name);
    static char bytes[1 << 24]; /* sanitizers make them large */
    FILE *in = fopen(from, "rb"), *out = fopen(path, "wb");
    assert_non_null(in);
    assert_non_null(out);
    size_t size = fread(bytes, 1, sizeof bytes, in);
    assert_true(size > 0 && size < sizeof bytes);
    assert_int_equal(fwrite(bytes, 1, size, out), size);
    fputs(tail, out);
    fclose(in);
    fclose(out);
    return path;
}

static inline const char *folder_made(const char *name)
{
    const char *path = below(name);
    assert_int_equal(mkdir(path, 0700), 0);
    return path;
}

static inline void taken(uint32_t wants)
{
    if (parts_open(&parts, &settings, &registry, wants, false, &error) < 0)
        fail_msg("%s", said(&error));
}

/* Refused, with these words; what was set is forgotten. */
static inline void refused(uint32_t wants, oc_rc rc, const char *words)
{
    oc_rc found = parts_open(&parts, &settings, &registry, wants, false, &error);
    if (found != rc || strcmp(said(&error), words) != 0)
        fail_msg("%d: %s\nexpected %d: %s", (int)found, said(&error), (int)rc, words);
    settings_release(&settings);
}

/* The names of a use in order, parted by blanks. */
static inline const char *names_of(enum part_use use)
{
    static char names[2048];
    const struct part *part;
    names[0] = 0;
    for (uint32_t i = 0; (part = parts_at(&parts, use, i)) != NULL; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i ? " " : "", part->name);
    return names;
}

static inline void taken_as(uint32_t wants, enum part_use use, const char *names)
{
    taken(wants);
    assert_string_equal(names_of(use), names);
    settings_release(&settings);
}

static inline const struct part *part_named(const char *name)
{
    static const struct part none;
    for (uint32_t i = 0; i < parts.count; i++)
        if (strcmp(parts.list[i].name, name) == 0)
            return &parts.list[i];
    fail_msg("no part %s", name);
    return &none;
}

static inline void is_set_to(const char *key, const char *value, const char *origin)
{
    const struct setting *setting = settings_get(&settings, key);
    if (!setting) {
        fail_msg("%s is not set", key);
        return;
    }
    assert_string_equal(setting->value, value);
    assert_string_equal(setting->origin, origin);
}

#endif
