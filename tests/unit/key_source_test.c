/* key_source_test.c: each place that a credential comes from gives its value, and says without it what went wrong. */
#include "io/key_source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/vault.h"

static char folder[] = "/tmp/key_source_test.XXXXXX";
static struct env_secret value;
static struct error error;

static const char *in_folder(const char *name)
{
    static char path[2][128];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

static const char *put_file(const char *name, const char *text, mode_t mode)
{
    const char *path = in_folder(name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static oc_rc fetch(const struct key_source *source) { return key_source_fetch(source, "here", "? ", &value, &error); }

static struct key_source parsed(const char *format, const char *what)
{
    char text[256];
    struct key_source source;
    snprintf(text, sizeof text, "%s%s", format, what);
    assert_int_equal(key_source_parse(text, &source), OC_OK);
    return source;
}

static void gives(const struct key_source *source, const char *text)
{
    assert_int_equal(fetch(source), OC_OK);
    assert_int_equal(value.size, strlen(text));
    assert_memory_equal(value.bytes, text, value.size);
}

/* Nothing of a value is left, and no word of it is said. */
static void fails(const struct key_source *source, oc_rc rc, const char *what)
{
    char text[ERROR_TEXT_MAX];
    assert_int_equal(fetch(source), rc);
    assert_int_equal(value.size, 0);
    error_text(&error, text);
    assert_non_null(strstr(text, what));
    assert_null(strstr(text, "s3cret"));
}

static void words_are_read(void **state)
{
    (void)state;
    static const char *const bad[] = {"",       "s3cret", "env:",         "fd:",        "fd:x",       "fd:-1",
                                      "fd:3x",  "file:",  "systemd:../a", "systemd:.a", "systemd:",   "env:A=B",
                                      "asking", "Env:A",  " env:A",       "fd:70000",   "systemd:a/b"};
    struct key_source source;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(key_source_parse(bad[i], &source), OC_E_INVALID);
    assert_int_equal(key_source_parse("ask", &source), OC_OK);
    assert_int_equal(key_source_parse("fd:3", &source), OC_OK);
    assert_int_equal(source.fd, 3);
    assert_int_equal(key_source_command("", KEY_WAY_COMMAND, &source), OC_E_INVALID);
    assert_int_equal(key_source_command(",a", KEY_WAY_COMMAND, &source), OC_E_INVALID);
    char many[2 * ENV_RUN_WORDS_MAX + 2] = "";
    for (int i = 0; i < ENV_RUN_WORDS_MAX; i++)
        strcat(many, i ? ",a" : "a");
    assert_int_equal(key_source_command(many, KEY_WAY_COMMAND, &source), OC_OK);
    strcat(many, ",a");
    assert_int_equal(key_source_command(many, KEY_WAY_COMMAND, &source), OC_E_INVALID);
}

static void a_variable_is_taken_out_of_the_environment(void **state)
{
    (void)state;
    const struct key_source source = parsed("env:", "KEY_SOURCE_TEST");
    char initial[] = "KEY_SOURCE_TEST=s3cret value";
    fails(&source, OC_E_NOT_FOUND, "the environment variable KEY_SOURCE_TEST: it is not set");
    assert_int_equal(putenv(initial), 0);
    gives(&source, "s3cret value");
    assert_null(getenv("KEY_SOURCE_TEST"));
    assert_string_equal(initial, "KEY_SOURCE_TEST="); /* where /proc shows it too */
    char *large = malloc(3 * VAULT_VALUE_MAX + 64);
    memset(large, 'x', 3 * VAULT_VALUE_MAX);
    memcpy(large, "KEY_SOURCE_TEST=", 16);
    large[3 * VAULT_VALUE_MAX] = 0;
    assert_int_equal(putenv(large), 0);
    fails(&source, OC_E_LIMIT, "too long");
    free(large);
}

static void a_descriptor_is_read_to_its_end(void **state)
{
    (void)state;
    int ends[2];
    char number[16];
    assert_int_equal(pipe(ends), 0);
    snprintf(number, sizeof number, "%d", ends[0]);
    struct key_source source = parsed("fd:", number);
    assert_int_equal(write(ends[1], "s3cret\nline\n", 12), 12);
    source.timeout_ns = 20000000;
    fails(&source, OC_E_AGAIN, "its end did not come in time"); /* it is closed */
    fails(&source, OC_E_INVALID, "it is not open");
    close(ends[1]);
    const int fd = open(put_file("fd", "s3cret\nline\n", 0600), O_RDONLY);
    snprintf(number, sizeof number, "%d", fd);
    source = parsed("fd:", number);
    gives(&source, "s3cret\nline"); /* but the last line end */
    assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void a_file_is_its_owners_alone(void **state)
{
    (void)state;
    char large[VAULT_VALUE_MAX + 8];
    struct key_source source = parsed("file:", put_file("good", "s3cret\r\n", 0600));
    gives(&source, "s3cret");
    static const mode_t shared[] = {0640, 0604, 0620, 0602, 0660};
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
        source = parsed("file:", put_file("good", "s3cret", shared[i]));
        fails(&source, OC_E_DENIED, "others than its owner");
    }
    source = parsed("file:", in_folder("missing"));
    fails(&source, OC_E_NOT_FOUND, "missing");
    source = parsed("file:", folder);
    fails(&source, OC_E_IO, "");
    source = parsed("file:", put_file("empty", "\n", 0600));
    fails(&source, OC_E_DATA, "gives nothing");
    memset(large, 'x', sizeof large);
    large[VAULT_VALUE_MAX] = 0;
    source = parsed("file:", put_file("large", large, 0600));
    gives(&source, large);
    large[VAULT_VALUE_MAX] = 'x';
    large[VAULT_VALUE_MAX + 1] = 0;
    source = parsed("file:", put_file("large", large, 0600));
    fails(&source, OC_E_LIMIT, "longer than a credential");
}

static void systemd_has_a_folder(void **state)
{
    (void)state;
    const struct key_source source = parsed("systemd:", "mine");
    unsetenv("CREDENTIALS_DIRECTORY");
    fails(&source, OC_E_NOT_FOUND, "CREDENTIALS_DIRECTORY is not set");
    setenv("CREDENTIALS_DIRECTORY", folder, 1);
    fails(&source, OC_E_NOT_FOUND, "the systemd credential mine");
    put_file("mine", "s3cret", 0400);
    gives(&source, "s3cret");
    unsetenv("CREDENTIALS_DIRECTORY");
}

static struct key_source command(const char *name, const char *text, enum key_way way)
{
    char words[256];
    struct key_source source;
    snprintf(words, sizeof words, "sh,%s", put_file(name, text, 0700));
    assert_int_equal(key_source_command(words, way, &source), OC_OK);
    source.timeout_ns = 5000000000;
    return source;
}

static void a_command_prints_it(void **state)
{
    (void)state;
    struct key_source source = command("c1", "echo s3cret; echo s3cret noise >&2", KEY_WAY_COMMAND);
    gives(&source, "s3cret");
    source = command("c2", "echo s3cret; exit 3", KEY_WAY_COMMAND);
    fails(&source, OC_E_STATE, "it ended with code 3");
    source = command("c3", "echo s3cret; kill -9 $$", KEY_WAY_COMMAND);
    fails(&source, OC_E_STATE, "it died");
    source = command("c4", "while :; do echo s3cret; done", KEY_WAY_COMMAND);
    fails(&source, OC_E_LIMIT, "writes more than");
    source = command("c5", "cat; printf s3cret", KEY_WAY_COMMAND); /* its input has ended */
    gives(&source, "s3cret");
    source = command("c6", "printf 's3\\0cret'", KEY_WAY_COMMAND);
    fails(&source, OC_E_DATA, "a byte of value 0");
    assert_int_equal(key_source_command("/no/such/program,x", KEY_WAY_COMMAND, &source), OC_OK);
    fails(&source, OC_E_NOT_FOUND, "/no/such/program");
}

/* What hangs is ended with everything that it started. */
static void a_command_that_hangs_is_ended(void **state)
{
    (void)state;
    char text[256], number[32] = "";
    snprintf(text, sizeof text, "echo s3cret; sleep 1000 & echo $! >%s; wait", in_folder("pid"));
    struct key_source source = command("c7", text, KEY_WAY_COMMAND);
    source.timeout_ns = 300000000;
    fails(&source, OC_E_AGAIN, "was ended");
    FILE *file = fopen(in_folder("pid"), "r");
    assert_non_null(file);
    assert_non_null(fgets(number, sizeof number, file));
    fclose(file);
    snprintf(text, sizeof text, "/proc/%d/cmdline", atoi(number));
    char line[64] = "";
    for (int i = 0; i < 500; i++) { /* whoever reaps it is another process */
        file = fopen(text, "r");
        line[0] = 0;
        if (file) {
            (void)!fread(line, 1, sizeof line - 1, file);
            fclose(file);
        }
        if (!line[0])
            break;
        usleep(10000);
    }
    assert_string_equal(line, "");
}

static void a_result_is_found_by_its_path(void **state)
{
    (void)state;
    static const struct {
        const char *json, *path, *want;
        oc_rc rc;
    } rows[] = {{"{\"content\":[{\"type\":\"text\",\"text\":\"s3cret\"}]}", "content.0.text", "s3cret", OC_OK},
                {"{\"a\":{\"b\":[1,{\"c\":\"x\\ny\"}]}}", "a.b.1.c", "x\ny", OC_OK},
                {"{\"a\":\"{\\\"b\\\":\\\"in a text\\\"}\"}", "a.b", "in a text", OC_OK},
                {"\"bare\"", "", "bare", OC_OK},
                {"{\"a\":\"x\",\"a\":\"y\"}", "a", "y", OC_OK},
                {"{\"a\":1}", "a", NULL, OC_E_DATA},
                {"{\"a\":null}", "a", NULL, OC_E_DATA},
                {"{\"a\":{}}", "a", NULL, OC_E_DATA},
                {"{\"a\":\"x\"}", "b", NULL, OC_E_NOT_FOUND},
                {"{\"a\":[\"x\"]}", "a.1", NULL, OC_E_NOT_FOUND},
                {"{\"a\":[\"x\"]}", "a.-1", NULL, OC_E_NOT_FOUND},
                {"{\"a\":\"no json\"}", "a.b", NULL, OC_E_DATA},
                {"{\"a\":\"\\\"\\\\\\\"twice\\\\\\\"\\\"\"}", "a.b.c", NULL, OC_E_NOT_FOUND},
                {"{\"a\":", "a", NULL, OC_E_DATA},
                {"", "a", NULL, OC_E_DATA},
                {"{\"a\":\"x\"} more", "a", NULL, OC_E_DATA},
                {"{\"a\":\"\\u0000\"}", "a", NULL, OC_E_DATA},
                {"{\"a\":\"\xff\"}", "a", NULL, OC_E_DATA},
                {"{}", "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17", NULL, OC_E_NOT_FOUND}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(key_result_take(rows[i].json, (uint32_t)strlen(rows[i].json), rows[i].path, &value),
                         rows[i].rc);
        assert_int_equal(value.size, rows[i].want ? strlen(rows[i].want) : 0);
        if (rows[i].want)
            assert_memory_equal(value.bytes, rows[i].want, value.size);
    }
}

static struct key_source mcp(const char *name, const char *text)
{
    struct key_source source = command(name, text, KEY_WAY_MCP);
    snprintf(source.tool, sizeof source.tool, "get_secret");
    snprintf(source.arguments, sizeof source.arguments, "{\"name\":\"mine\"}");
    snprintf(source.result, sizeof source.result, "content.0.text");
    return source;
}

#define INIT  "read a; echo '{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"protocolVersion\":\"2025-06-18\"}}'; read b; "
#define VALUE "'{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"s3cret\"}]}}'"

/* Servers of a few lines; tests/keys/mcp.sh has one that is made with the protocol's own library. */
static void a_server_answers_its_tool(void **state)
{
    (void)state;
    char text[1024];
    struct key_source source;
    snprintf(text, sizeof text, INIT "read c; printf '%%s\\n%%s\\n%%s\\n' \"$a\" \"$b\" \"$c\" >%s; echo " VALUE,
             in_folder("asked"));
    source = mcp("m1", text);
    gives(&source, "s3cret");
    char asked[2048] = "";
    FILE *file = fopen(in_folder("asked"), "r");
    assert_non_null(file);
    assert_true(fread(asked, 1, sizeof asked - 1, file) > 0);
    fclose(file);
    assert_non_null(strstr(asked, "\"method\":\"initialize\""));
    assert_non_null(strstr(asked, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n"));
    assert_non_null(strstr(asked, "\"params\":{\"name\":\"get_secret\",\"arguments\":{\"name\":\"mine\"}}}\n"));
    /* It says other things in between, and asks us. */
    source = mcp(
        "m2",
        "read a; echo '{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"data\":\"s3cret\"}}'; "
        "echo '{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"ping\"}'; read pong; "
        "echo '{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"roots/list\"}'; read no; "
        "case $pong$no in *'\"id\":\"x\",\"result\":{}'*'\"id\":7,\"error\"'*) ;; *) exit 1 ;; esac; echo; "
        "echo '{\"jsonrpc\":\"2.0\",\"id\":99,\"result\":{}}'; "
        "echo '{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}'; read b; read c; echo " VALUE);
    gives(&source, "s3cret");
}

static void a_server_that_does_not_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *text, *what;
        oc_rc rc;
    } bad[] = {
        {"exit 0", "it ended", OC_E_END},
        {"echo s3cret no json; read a", "no JSON-RPC message", OC_E_DATA},
        {"read a; echo '{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"message\":\"s3cret\"}}'; read b", "refuses to begin",
         OC_E_STATE},
        {INIT "read c; echo '{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"message\":\"s3cret\"}}'",
         "answers with an error", OC_E_STATE},
        {INIT "read c; echo "
              "'{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"isError\":true,\"content\":[{\"text\":\"s3cret\"}]}}'",
         "its tool says an error", OC_E_STATE},
        {INIT "read c; echo '{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"other\":\"s3cret\"}}'", "nothing at the path",
         OC_E_NOT_FOUND},
        {INIT "read c; echo '{\"jsonrpc\":\"2.0\",\"id\":2}'", "no result", OC_E_DATA},
        {INIT "read c; exit 1", "it ended without an answer", OC_E_END},
        {"while :; do echo '{\"jsonrpc\":\"2.0\",\"method\":\"s3cret\"}'; done", "too many messages", OC_E_LIMIT},
        {"head -c 400000 /dev/zero | tr '\\0' x; read a", "too long", OC_E_LIMIT}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char name[8];
        snprintf(name, sizeof name, "b%zu", i);
        const struct key_source source = mcp(name, bad[i].text);
        fails(&source, bad[i].rc, bad[i].what);
    }
    struct key_source source = mcp("hang", INIT "sleep 1000");
    source.timeout_ns = 300000000;
    fails(&source, OC_E_AGAIN, "has not answered in time");
}

static int begin(void **state)
{
    (void)state;
    return mkdtemp(folder) && env_secret_new(VAULT_VALUE_MAX + 2, &value) == OC_OK ? 0 : 1;
}

static int end(void **state)
{
    char text[64];
    (void)state;
    env_secret_free(&value);
    snprintf(text, sizeof text, "rm -rf %s", folder);
    return system(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_read),
        cmocka_unit_test(a_variable_is_taken_out_of_the_environment),
        cmocka_unit_test(a_descriptor_is_read_to_its_end),
        cmocka_unit_test(a_file_is_its_owners_alone),
        cmocka_unit_test(systemd_has_a_folder),
        cmocka_unit_test(a_command_prints_it),
        cmocka_unit_test(a_command_that_hangs_is_ended),
        cmocka_unit_test(a_result_is_found_by_its_path),
        cmocka_unit_test(a_server_answers_its_tool),
        cmocka_unit_test(a_server_that_does_not_is_told),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
