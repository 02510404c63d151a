/* redact_test.c: secrets in use stand in no log line and no complaint, in no form in which they are sent. */
#include "base/redact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/env_secret.h"
#include "base/error.h"
#include "base/log.h"

static int owner, other;

static void is_cut(const char *text, const char *want)
{
    char line[512];
    snprintf(line, sizeof line, "%s", text);
    redact(line, strlen(line));
    assert_string_equal(line, want);
}

static void each_form_is_cut_out(void **state)
{
    (void)state;
    is_cut("a tell/tale+secret b", "a tell/tale+secret b");
    assert_int_equal(redact_add(&owner, "tell/tale+\"sec\\ret", 18), OC_OK);
    is_cut("a tell/tale+\"sec\\ret b", "a ****************** b");
    is_cut("dGVsbC90YWxlKyJzZWNccmV0", "************************");
    is_cut("eDp0ZWxsL3RhbGUrInNlY1xyZXQ=", "eDp0**********************Q=");
    is_cut("eHg6dGVsbC90YWxlKyJzZWNccmV0", "eHg6************************");
    is_cut("eHh4OnRlbGwvdGFsZSsic2VjXHJldA==", "eHh4OnRl*********************A==");
    is_cut("74656c6c2f74616c652b227365635c726574", "************************************");
    is_cut("74656C6C2F74616C652B227365635C726574", "************************************");
    is_cut("tell%2Ftale%2B%22sec%5Cret", "**************************");
    is_cut("{\"s\":\"tell/tale+\\\"sec\\\\ret\"}", "{\"s\":\"********************\"}");
    is_cut("twice tell/tale+\"sec\\ret tell/tale+\"sec\\ret", "twice ****************** ******************");
    is_cut("cut: tell/tale+\"s", "cut: ************");
    is_cut("tell/ta", "tell/ta");
    redact_drop(&other);
    is_cut("tell/tale+\"sec\\ret", "******************");
    redact_drop(&owner);
    is_cut("tell/tale+\"sec\\ret", "tell/tale+\"sec\\ret");
}

static void lines_of_a_key_are_cut_out(void **state)
{
    (void)state;
    static const char pem[] =
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\n";
    assert_int_equal(redact_add(&owner, pem, sizeof pem - 1), OC_OK);
    is_cut("x MIIEvQIBADANBgkq y", "x **************** y");
    is_cut("hkiG9w0BAQEFAASC", "****************");
    redact_drop(&owner);
}

static void what_is_short_is_not_known(void **state)
{
    (void)state;
    assert_int_equal(redact_add(&owner, "seven77", 7), OC_OK);
    is_cut("seven77", "seven77");
    redact_drop(&owner);
}

static char logged[1024];

static void take_line(void *arg, enum log_level level, const char *line, size_t length)
{
    (void)arg, (void)level, (void)length;
    snprintf(logged, sizeof logged, "%s", line);
}

static void log_lines_and_complaints_are_without(void **state)
{
    (void)state;
    struct error error;
    char text[ERROR_TEXT_MAX], long_text[LOG_LINE_MAX + 64];
    assert_int_equal(redact_add(&owner, "the secret value", 16), OC_OK);
    log_set_sink(take_line, NULL);
    log_info("test", "said: %s.", "the secret value");
    assert_non_null(strstr(logged, "said: ****************."));
    memset(long_text, 'x', sizeof long_text); /* a line that is cut in the middle of it */
    snprintf(long_text + LOG_LINE_MAX - 26, 40, "%s", "the secret value");
    log_info("test", "%s", long_text);
    assert_null(strstr(logged, "the secr"));
    log_set_sink(NULL, NULL);
    error_at(&error, OC_E_DATA, "at the secret value");
    error_what(&error, "what: the secret value");
    error_found(&error, "the secret value");
    error_text(&error, text);
    assert_null(strstr(text, "the secret"));
    redact_drop(&owner);
}

static void there_is_a_limit(void **state)
{
    (void)state;
    char secret[32];
    oc_rc rc = OC_OK;
    int count = 0;
    for (; rc == OC_OK && count < 1000; count++) {
        snprintf(secret, sizeof secret, "%d/+ and a text", count + 1000);
        rc = redact_add(&owner, secret, strlen(secret));
    }
    assert_int_equal(rc, OC_E_LIMIT);
    assert_true(count > 200);
    redact_drop(&owner);
    assert_int_equal(redact_add(&owner, secret, strlen(secret)), OC_OK);
    redact_drop(&owner);
}

/* The flags of the map that holds this address: "dd" is kept out of core dumps, "lo" locked, "wf" zero in a fork. */
static void flags_of(const void *at, char flags[256])
{
    char line[512];
    bool is_here = false;
    FILE *maps = fopen("/proc/self/smaps", "r");
    assert_non_null(maps);
    flags[0] = 0;
    while (fgets(line, sizeof line, maps)) {
        unsigned long from, to;
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            is_here = (uintptr_t)at >= from && (uintptr_t)at < to;
        if (is_here && strncmp(line, "VmFlags:", 8) == 0)
            snprintf(flags, 256, "%.200s", line);
    }
    fclose(maps);
}

static void pages_of_secrets_are_apart(void **state)
{
    (void)state;
    struct env_secret secret;
    char flags[256];
    int status;
    assert_int_equal(env_secret_new(5000, &secret), OC_OK);
    assert_int_equal(secret.room, 8192);
    flags_of(secret.bytes, flags);
    assert_non_null(strstr(flags, " dd"));
    assert_non_null(strstr(flags, " wf"));
#ifndef OUTCRY_SANITIZER /* it makes mlock() do nothing */
    if (env_secret_is_locked())
        assert_non_null(strstr(flags, " lo"));
#endif
    memset(secret.bytes, 'x', secret.room);
    const int pid = fork();
    if (pid == 0)
        _exit(secret.bytes[0] == 0 && secret.bytes[8191] == 0 ? 0 : 1); /* a copy has zeros there */
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    for (int side = 0; side < 2; side++) { /* one byte beyond dies */
        const int child = fork();
        if (child == 0) {
            (void)signal(SIGSEGV, SIG_DFL);
            ((volatile unsigned char *)secret.bytes)[side ? 8192 : -1] = 1;
            _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_not_equal(status, 0);
    }
    env_secret_clear(&secret);
    assert_true(secret.bytes[0] == 0 && secret.bytes[8191] == 0);
    env_secret_free(&secret);
    env_secret_free(&secret);
    assert_null(secret.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_is_cut_out),       cmocka_unit_test(lines_of_a_key_are_cut_out),
        cmocka_unit_test(what_is_short_is_not_known), cmocka_unit_test(log_lines_and_complaints_are_without),
        cmocka_unit_test(there_is_a_limit),           cmocka_unit_test(pages_of_secrets_are_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
