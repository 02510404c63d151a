/* A6: integers that do not fit and includes of what is no file, in a configuration and in what it includes, are refused with
 * file and line, before libconfig reads another number, waits for ever or ends the process. */
#include "config/config_file.h"

#include "config/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/outcry_config_scan_XXXXXX";
static struct settings settings;
static struct error error;

static void put(const char *name, const char *text, size_t size)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static int begin(void **state)
{
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 && mkfifo("pipe", 0600) == 0 && symlink("/dev/zero", "zero") == 0 &&
                   mkdir("inner", 0700) == 0
               ? 0
               : -1;
}

static int end(void **state)
{
    static const char *const names[] = {"main.conf", "inc.conf", "loop.conf", "pipe", "zero", "memory"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(names[i]);
    rmdir("inner");
    return chdir("/") == 0 ? rmdir(folder) : -1;
}

/* The words that it is refused with, or "" and the value of session.seed. */
static const char *read_main(void)
{
    static char words[ERROR_TEXT_MAX];
    settings_release(&settings);
    settings = (struct settings){0};
    error = (struct error){0};
    if (config_load_file(&settings, "main.conf", &error) == OC_OK)
        return "";
    error_text(&error, words);
    return words;
}

static void refused(const char *text, const char *where, const char *what)
{
    put("main.conf", text, strlen(text));
    const char *words = read_main();
    if (!strstr(words, where) || !strstr(words, what))
        fail_msg("A6: %s: \"%s\", expected \"%s ... %s\"", text, words, where, what);
}

static void seed_is(const char *text, const char *value)
{
    put("main.conf", text, strlen(text));
    assert_string_equal(read_main(), "");
    assert_string_equal(settings_text(&settings, "session.seed", "none"), value);
}

static void an_integer_that_does_not_fit_is_refused_wherever_it_stands_A6(void **state)
{
    static const char beyond[] = "session: { seed = 8589934595; };\n";
    static const char found[] = "an integer beyond 32 bits: found '8589934595'";
    (void)state;
    put("inc.conf", beyond, strlen(beyond));
    refused(beyond, "main.conf:1", found);
    refused("@include \"inc.conf\"\n", "inc.conf:1", found);
    refused("\n \t@include\t \"inc.conf\"\n", "inc.conf:1", found);
    refused("a: {\n@include \"inc.conf\"\n};\n", "inc.conf:1", found);
    refused("/* \" */ session: { seed = 8589934595; };", "main.conf:1", found);
    refused("/* # */\n// \"\nsession: { seed = 8589934595; };", "main.conf:3", found);
    refused("session: { seed = 08589934595; };", "main.conf:1", "beyond 32 bits"); /* not octal there */
    refused("session: { seed = 0x200000003; };", "main.conf:1", "beyond 32 bits");
    refused("session: { seed = -2147483649; };", "main.conf:1", "beyond 32 bits: found '-2147483649'");
    refused("session: { seed = 2147483648; };", "main.conf:1", "beyond 32 bits");
    refused("session: { seed = 99999999999999999999L; };", "main.conf:1", "beyond 64 bits");
    refused("session: { seed = 0xFFFFFFFFFFFFFFFFL; };", "main.conf:1", "beyond 64 bits");
    seed_is("session: { seed = 2147483647; };", "2147483647");
    seed_is("session: { seed = 8589934595L; };", "8589934595");
    seed_is("/*\n@include \"inc.conf\"\n*/ # 99999999999\n// @include \"inc.conf\"\nsession: { seed = 4; };", "4");
    seed_is("session: { dir = \"a \\\" 8589934595 @include\"; seed = 5; };", "5");
}

static void an_include_is_a_file_that_ends_A6(void **state)
{
    (void)state;
    refused("@include \".\"\n", "main.conf:1: @include", "a folder, expected a regular file");
    refused("# one\n@include \"inner\"\n", "main.conf:2: @include", "a folder, expected a regular file");
    refused("@include \"pipe\"\n", "main.conf:1: @include", "a pipe, expected a regular file");
    refused("@include \"zero\"\n", "main.conf:1: @include", "a device or socket, expected a regular file");
    refused("@include \"\"\n", "main.conf:1", "cannot be the name of a file");
    refused("@include \"nowhere\"\n", "main.conf:1: @include", "ENOENT");
    refused("@include \"main.conf\"\n", "main.conf:1", "at most 10 inside each other");
    put("loop.conf", "@include \"main.conf\"\n", 21);
    refused("@include \"loop.conf\"\n", ".conf:1", "at most 10 inside each other");
    assert_int_equal(symlink("/proc/self/mem", "memory"), 0); /* regular, without a size, and a read of it fails */
    refused("@include \"memory\"\n", "main.conf:1: @include", "memory");
    put("loop.conf", "", 0);
    char many[102 * 21 + 1] = "";
    for (int i = 0; i < 101; i++)
        strcat(many, "@include \"loop.conf\"\n");
    refused(many, "main.conf:101", "100 together");
    many[100 * 21] = 0;
    put("main.conf", many, strlen(many));
    assert_string_equal(read_main(), ""); /* a hundred are read */
    put("main.conf", "session: { seed = 1; };\0;", 25);
    assert_non_null(strstr(read_main(), "a zero byte"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_integer_that_does_not_fit_is_refused_wherever_it_stands_A6),
        cmocka_unit_test(an_include_is_a_file_that_ends_A6),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
