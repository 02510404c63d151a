/* env_test.c: both bindings do the same to files; the simulated one loses, tears and fails as it
 * says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/env_sim.h"

#include <stdio.h>
#include <string.h>

static char root[ENV_PATH_MAX];

static const char *at(const char *name)
{
    static char path[4][ENV_PATH_MAX + 64];
    static int turn;
    turn = (turn + 1) % 4;
    snprintf(path[turn], sizeof path[turn], "%s/%s", root, name);
    return path[turn];
}

static oc_rc count_name(void *arg, const char *name)
{
    (void)name;
    ++*(int *)arg;
    return OC_OK;
}

static oc_rc remove_name(void *arg, const char *name)
{
    (void)arg;
    return env_unlink(at(name));
}

static void files_behave(void)
{
    int fd, count = 0;
    char text[32];
    size_t size;
    int64_t file_size;
    assert_int_equal(env_mkdir(root), OC_OK);
    assert_int_equal(env_mkdir(root), OC_OK);
    (void)env_list(root, remove_name, NULL);
    assert_int_equal(env_open(at("none"), ENV_READ, &fd), OC_E_NOT_FOUND);
    assert_non_null(strstr(env_error_text(), "ENOENT"));
    assert_int_equal(env_open(at("a"), ENV_READ | ENV_WRITE | ENV_EXCLUSIVE, &fd), OC_OK);
    assert_int_equal(env_write(fd, "hello", 5), OC_OK);
    assert_int_equal(env_write(fd, " world", 6), OC_OK);
    assert_int_equal(env_pread(fd, text, sizeof text, 6, &size), OC_OK);
    assert_int_equal(size, 5);
    assert_memory_equal(text, "world", 5);
    assert_int_equal(env_pread(fd, text, sizeof text, 100, &size), OC_OK);
    assert_int_equal(size, 0);
    assert_int_equal(env_sync(fd), OC_OK);
    assert_int_equal(env_truncate(fd, 4), OC_OK);
    assert_int_equal(env_preallocate(fd, 8192), OC_OK);
    assert_int_equal(env_file_size(fd, &file_size), OC_OK);
    assert_int_equal(file_size, 8192);
    uint8_t *map;
    void *mapped;
    assert_int_equal(env_map(fd, 8192, true, &mapped), OC_OK);
    map = mapped;
    assert_memory_equal(map, "hell\0\0", 6);
    map[5000] = 77;
    assert_int_equal(env_map_sync(map, 8192), OC_OK);
    assert_int_equal(env_pread(fd, text, 1, 5000, &size), OC_OK);
    assert_int_equal(text[0], 77);
    env_unmap(map, 8192);
    env_close(fd);
    env_close(-1);
    assert_int_equal(env_open(at("a"), ENV_WRITE | ENV_EXCLUSIVE, &fd), OC_E_EXISTS);
    assert_int_equal(env_rename(at("a"), at("b")), OC_OK);
    assert_int_equal(env_replace_file(root, "c", "xyz", 3), OC_OK);
    assert_int_equal(env_replace_file(root, "c", "replaced", 8), OC_OK);
    assert_int_equal(env_sync_dir(root), OC_OK);
    assert_int_equal(env_list(root, count_name, &count), OC_OK);
    assert_int_equal(count, 2);
    char *data;
    assert_int_equal(env_read_file(at("c"), 8, &data, &size), OC_OK);
    assert_int_equal(size, 8);
    assert_string_equal(data, "replaced");
    env_free(data);
    assert_int_equal(env_read_file(at("c"), 7, &data, &size), OC_E_LIMIT);
    assert_int_equal(env_open(at("c"), ENV_READ, &fd), OC_OK);
    assert_int_equal(env_read(fd, text, 4, &size), OC_OK);
    assert_int_equal(env_read(fd, text, 32, &size), OC_OK);
    assert_int_equal(size, 4);
    assert_memory_equal(text, "aced", 4);
    env_close(fd);
    assert_int_equal(env_unlink(at("c")), OC_OK);
    assert_int_equal(env_unlink(at("c")), OC_E_NOT_FOUND);
    assert_true(env_list(at("nowhere"), count_name, &count) < 0);
    (void)env_list(root, remove_name, NULL);
}

static void files_of_the_system_behave(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "%s/env_test.dir", TEST_BUILD_DIR);
    files_behave();
}

static void files_of_the_simulation_behave(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/sim");
    env_sim_start(&(struct env_sim_config){.seed = 1});
    files_behave();
    assert_int_equal(env_sim_live_files(), 0);
    assert_int_equal(env_sim_live_allocations(), 0);
    env_sim_stop();
}

static void raise_signal(void *arg) { env_signal_post(arg); }

static void the_system_has_clocks_threads_and_memory(void **state)
{
    (void)state;
    assert_true(env_clock_real() > 1600000000000000000);
    int64_t before = env_clock_mono();
    env_sleep(1000000);
    assert_true(env_clock_mono() - before >= 1000000);
    assert_true(env_clock_cpu() > 0);
    struct env_signal *signal;
    struct env_thread *thread;
    assert_int_equal(env_signal_new(&signal), OC_OK);
    assert_false(env_signal_wait(signal, 1000000));
    assert_int_equal(env_thread_start(raise_signal, signal, &thread), OC_OK);
    assert_true(env_signal_wait(signal, -1));
    env_thread_join(thread);
    env_signal_free(signal);
    uint8_t *data = env_alloc(8);
    data = env_resize(data, 8, 4096);
    for (int i = 0; i < 4096; i++)
        assert_int_equal(data[i], 0);
    env_free(data);
    uint8_t a[16], b[16];
    assert_int_equal(env_random(a, sizeof a), OC_OK);
    assert_int_equal(env_random(b, sizeof b), OC_OK);
    assert_memory_not_equal(a, b, sizeof a);
    env_boot_id(a);
    env_boot_id(b);
    assert_memory_equal(a, b, sizeof a);
}

static int fired[4], fired_count;

static void fire(void *arg) { fired[fired_count++] = *(int *)arg; }

static void the_simulated_clock_moves_when_told(void **state)
{
    (void)state;
    env_sim_start(&(struct env_sim_config){.seed = 1, .start_ns = 1000});
    int one = 1, two = 2, three = 3;
    fired_count = 0;
    assert_int_equal(env_clock_real(), 1000);
    assert_int_equal(env_sim_at(1500, fire, &two), OC_OK);
    assert_int_equal(env_sim_at(1100, fire, &one), OC_OK);
    assert_int_equal(env_sim_at(9000, fire, &three), OC_OK);
    env_sim_advance(1000);
    assert_int_equal(env_clock_mono(), 2000);
    assert_int_equal(fired_count, 2);
    assert_int_equal(fired[0], 1);
    assert_int_equal(fired[1], 2);
    for (int i = 1; i < ENV_SIM_TIMERS_MAX; i++)
        assert_int_equal(env_sim_at(10000, fire, &one), OC_OK);
    assert_int_equal(env_sim_at(10000, fire, &one), OC_E_LIMIT);
    struct env_thread *thread;
    assert_int_equal(env_thread_start(raise_signal, NULL, &thread), OC_E_NOT_SUPPORTED);
    env_sim_stop();
}

static void put(const char *name, const char *text)
{
    int fd;
    assert_int_equal(env_open(at(name), ENV_WRITE | ENV_CREATE | ENV_TRUNCATE, &fd), OC_OK);
    assert_int_equal(env_write(fd, text, strlen(text)), OC_OK);
    env_close(fd);
}

static void a_crash_keeps_what_was_synced(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/sim");
    int lost_names = 0, kept_names = 0, torn = 0, old = 0, new_bytes = 0;
    for (uint64_t seed = 0; seed < 300; seed++) {
        env_sim_start(&(struct env_sim_config){.seed = seed});
        assert_int_equal(env_mkdir(root), OC_OK);
        int fd;
        void *map;
        assert_int_equal(env_open(at("map"), ENV_READ | ENV_WRITE | ENV_CREATE, &fd), OC_OK);
        assert_int_equal(env_preallocate(fd, 4096), OC_OK);
        assert_int_equal(env_map(fd, 4096, true, &map), OC_OK);
        memset(map, 'a', 4096);
        assert_int_equal(env_sync(fd), OC_OK);
        assert_int_equal(env_sync_dir(root), OC_OK);
        memset(map, 'b', 4096);
        put("unsynced", "abc");
        uint8_t before[ENV_BOOT_ID_SIZE], after[ENV_BOOT_ID_SIZE];
        env_boot_id(before);
        env_sim_crash(seed);
        env_boot_id(after);
        assert_memory_not_equal(before, after, sizeof before);
        size_t size;
        uint8_t *bytes = env_sim_file(at("map"), &size);
        assert_non_null(bytes);
        assert_int_equal(size, 4096);
        for (size_t sector = 0; sector < 4096; sector += ENV_SIM_SECTOR) {
            size_t switched = 0;
            while (switched < ENV_SIM_SECTOR && bytes[sector + switched] == 'b')
                switched++;
            assert_int_equal(switched % 8, 0);
            for (size_t i = switched; i < ENV_SIM_SECTOR; i++)
                assert_int_equal(bytes[sector + i], 'a');
            old += switched == 0;
            new_bytes += switched == ENV_SIM_SECTOR;
            torn += switched > 0 && switched < ENV_SIM_SECTOR;
        }
        if (env_sim_file(at("unsynced"), &size))
            kept_names++;
        else
            lost_names++;
        env_sim_stop();
    }
    assert_true(lost_names > 30 && kept_names > 30 && torn > 30 && old > 300 && new_bytes > 300);
}

static void a_kill_keeps_everything(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/sim");
    env_sim_start(&(struct env_sim_config){.seed = 5});
    assert_int_equal(env_mkdir(root), OC_OK);
    put("file", "abc");
    assert_non_null(env_alloc(10));
    env_sim_kill();
    assert_int_equal(env_sim_live_allocations(), 0);
    size_t size;
    assert_memory_equal(env_sim_file(at("file"), &size), "abc", 3);
    env_sim_stop();
}

static void a_failed_sync_forgets(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/sim");
    int lost = 0;
    for (uint64_t seed = 0; seed < 40; seed++) {
        env_sim_start(&(struct env_sim_config){.seed = seed});
        assert_int_equal(env_mkdir(root), OC_OK);
        int fd;
        assert_int_equal(env_open(at("f"), ENV_WRITE | ENV_CREATE, &fd), OC_OK);
        assert_int_equal(env_sync_dir(root), OC_OK);
        assert_int_equal(env_sync(fd), OC_OK);
        assert_int_equal(env_write(fd, "0123456789", 10), OC_OK);
        env_sim_fail(ENV_SIM_SYNC, 1);
        assert_int_equal(env_sync(fd), OC_E_IO);
        assert_true(env_sim_has_failed());
        assert_int_equal(env_sync(fd), OC_OK); /* says so, and it is not true */
        env_sim_crash(seed);
        size_t size;
        uint8_t *bytes = env_sim_file(at("f"), &size);
        lost += size == 10 && bytes[0] == 0;
        env_sim_stop();
    }
    assert_true(lost > 5 && lost < 35);
}

static void failures_come_when_asked_for(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/sim");
    env_sim_start(&(struct env_sim_config){.seed = 1, .disk_max = 10000});
    assert_int_equal(env_mkdir(root), OC_OK);
    int fd;
    env_sim_fail(ENV_SIM_OPEN, 2);
    assert_int_equal(env_open(at("f"), ENV_WRITE | ENV_CREATE, &fd), OC_OK);
    assert_false(env_sim_has_failed());
    assert_int_equal(env_open(at("g"), ENV_WRITE | ENV_CREATE, &fd), OC_E_IO);
    assert_true(env_sim_has_failed());
    assert_int_equal(env_open(at("g"), ENV_WRITE | ENV_CREATE, &fd), OC_OK);
    env_sim_fail(ENV_SIM_ALLOC, 1);
    assert_null(env_alloc(1));
    assert_int_equal(env_preallocate(fd, 9000), OC_OK);
    assert_int_equal(env_preallocate(fd, 10001), OC_E_FULL);
    assert_non_null(strstr(env_error_text(), "ENOSPC"));
    uint64_t before = env_sim_count(ENV_SIM_ANY);
    env_sim_fail(ENV_SIM_ANY, 1);
    assert_int_equal(env_replace_file(root, "x", "y", 1), OC_E_IO);
    assert_true(env_sim_count(ENV_SIM_ANY) > before);
    env_sim_stop();
    assert_ptr_equal(env_current(), &env_os);
}

static void a_path_fits_or_is_refused(void **state)
{
    (void)state;
    char dir[ENV_PATH_MAX + 8], path[ENV_PATH_MAX];
    assert_int_equal(env_path(path, "a/b", "c"), OC_OK);
    assert_string_equal(path, "a/b/c");
    assert_int_equal(env_path(path, "a/b", NULL), OC_OK);
    assert_string_equal(path, "a/b");
    memset(dir, 'd', sizeof dir);
    dir[ENV_PATH_MAX - 3] = 0; /* with a name of one letter it is as long as may be */
    assert_int_equal(env_path(path, dir, "x"), OC_OK);
    assert_int_equal(strlen(path), ENV_PATH_MAX - 1);
    assert_int_equal(env_path(path, dir, "xy"), OC_E_INVALID);
    dir[ENV_PATH_MAX - 3] = 'd';
    dir[ENV_PATH_MAX - 1] = 0;
    assert_int_equal(env_path(path, dir, NULL), OC_OK);
    dir[ENV_PATH_MAX - 1] = 'd';
    dir[ENV_PATH_MAX] = 0;
    assert_int_equal(env_path(path, dir, NULL), OC_E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_the_system_behave),
        cmocka_unit_test(files_of_the_simulation_behave),
        cmocka_unit_test(the_system_has_clocks_threads_and_memory),
        cmocka_unit_test(the_simulated_clock_moves_when_told),
        cmocka_unit_test(a_crash_keeps_what_was_synced),
        cmocka_unit_test(a_kill_keeps_everything),
        cmocka_unit_test(a_failed_sync_forgets),
        cmocka_unit_test(failures_come_when_asked_for),
        cmocka_unit_test(a_path_fits_or_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
