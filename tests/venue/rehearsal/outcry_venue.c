/* outcry_venue.c: the program outcry-venue: words to a rehearsal venue over sockets. */
#include "rehearsal/face.h"
#include "rehearsal/market.h"
#include "rehearsal/serve_lws.h"
#include "rehearsal/token.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/rand.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_BYTES = 1024, WORDS_BYTES = 4096, SECRET_BYTES = 32 };

enum exit_code { EXIT_USAGE = 2 };

struct wishes { /* of the command line */
    const char *face, *seed, *faults, *port, *folder, *market, *every, *money, *certificate, *names;
};

static const struct {
    const char *name, *value, *what;
    size_t at;
} options[] = {
    {"--port", "N", "where it listens on this machine; 0: a free port (7443)", offsetof(struct wishes, port)},
    {"--seed", "N", "of the market and of what goes wrong (1)", offsetof(struct wishes, seed)},
    {"--faults", "FILE", "what goes wrong, a line each", offsetof(struct wishes, faults)},
    {"--folder", "DIR", "where its authority and the keys of its accounts are kept (rehearsal)",
     offsetof(struct wishes, folder)},
    {"--market", "FILE",
     "the first instrument follows the bars, quotes or trades of a CSV file; none: nothing moves by itself",
     offsetof(struct wishes, market)},
    {"--every", "TIME", "a step of the market (250ms); with --market: a price of the file, in place of its own times",
     offsetof(struct wishes, every)},
    {"--money", "LIST", "what each account begins with, such as '10000 USDT, 1 BTC'", offsetof(struct wishes, money)},
    {"--certificate", "WHICH", "good, expired or other-name (good)", offsetof(struct wishes, certificate)},
    {"--names", "LIST", "hosts that its certificate holds too, with commas between", offsetof(struct wishes, names)},
};

enum { OPTIONS = sizeof options / sizeof *options };

static void help(void)
{
    printf("outcry-venue NAME [options]: an exchange on this machine to rehearse with.\n\n");
    for (uint32_t i = 0; face_names[i]; i++)
        printf("  %-8s %s\n", face_names[i], face_named(face_names[i])->about);
    printf("\n");
    for (size_t i = 0; i < OPTIONS; i++)
        printf("  %s %s: %s\n", options[i].name, options[i].value, options[i].what);
    printf("\nWhile it runs it takes lines: `help` lists them, `quit` or Ctrl-C ends it.\n"
           "What it knows is in memory: a venue that is started again knows no order of before.\n");
}

static int complain_of_option(const char *word)
{
    const char *names[OPTIONS + 2];
    for (size_t i = 0; i < OPTIONS; i++)
        names[i] = options[i].name;
    names[OPTIONS] = "--help";
    names[OPTIONS + 1] = NULL;
    const char *near = strlen(word) < TEXT_NAME_MAX ? text_nearest(word, names) : NULL;
    fprintf(stderr, "outcry-venue: there is no option '%s'%s%s%s; --help lists them\n", word,
            near ? ": did you mean " : "", near ? near : "", near ? "?" : "");
    return EXIT_USAGE;
}

static int read_words(int count, char **words, struct wishes *wishes)
{
    for (int i = 1; i < count; i++) {
        size_t at = 0;
        if (words[i][0] != '-') {
            if (wishes->face) {
                fprintf(stderr, "outcry-venue: found '%s' behind '%s', expected one name\n", words[i], wishes->face);
                return EXIT_USAGE;
            }
            wishes->face = words[i];
            continue;
        }
        while (at < OPTIONS && strcmp(options[at].name, words[i]) != 0)
            at++;
        if (at == OPTIONS)
            return complain_of_option(words[i]);
        if (i + 1 == count) {
            fprintf(stderr, "outcry-venue: %s: found nothing behind it, expected %s\n", words[i], options[at].value);
            return EXIT_USAGE;
        }
        *(const char **)(void *)((char *)wishes + options[at].at) = words[++i];
    }
    return 0;
}

static int wrong(const char *option, const char *found, const char *expected)
{
    fprintf(stderr, "outcry-venue: %s: found '%s', expected %s\n", option, found, expected);
    return EXIT_USAGE;
}

static bool read_number(const char *text, int64_t least, int64_t most, int64_t *ret_number)
{
    return text_to_int(text, strlen(text), ret_number) == OC_OK && *ret_number >= least && *ret_number <= most;
}

/* ---- keys ---- */

enum { KEPT_MAX = VENUE_SECRET_MAX };

/* What stands in a file of the folder, or `fresh`, which then stands there. */
static bool kept_words(const char *folder, const char *name, const char *fresh, char ret_words[KEPT_MAX])
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "re");
    if (file) {
        const size_t size = fread(ret_words, 1, KEPT_MAX - 1, file);
        fclose(file);
        ret_words[size] = 0;
        ret_words[strlen(ret_words) - (size > 0 && ret_words[strlen(ret_words) - 1] == '\n')] = 0;
        return *ret_words != 0;
    }
    text_copy(ret_words, KEPT_MAX, fresh);
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file)
        return false;
    fprintf(file, "%s%s", ret_words, ret_words[strlen(ret_words) - 1] == '\n' ? "" : "\n");
    return fclose(file) == 0;
}

/* A key's name and its secret: of a face with tokens a long name and a private key, else the account's name and random digits. */
static bool make_key(const struct face *face, const char *account, uint32_t number, char id[KEPT_MAX],
                     char secret[KEPT_MAX])
{
    unsigned char bytes[SECRET_BYTES];
    if (face->has_tokens) {
        snprintf(id, KEPT_MAX,
                 "organizations/00000000-0000-4000-8000-000000000000/apiKeys/00000000-0000-4000-8000-%012u",
                 number + 1);
        return token_new_key(secret, KEPT_MAX);
    }
    text_copy(id, KEPT_MAX, account);
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    for (int i = 0; i < SECRET_BYTES; i++)
        snprintf(secret + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

static bool add_keys(struct rehearsal *venue, const char *folder)
{
    for (uint32_t i = 0; i < core_account_count(venue->core); i++) {
        const char *account = core_account(venue->core, i)->name;
        char key_name[64], secret_name[64], fresh_id[KEPT_MAX], fresh_secret[KEPT_MAX], id[KEPT_MAX], secret[KEPT_MAX];
        if (core_account(venue->core, i)->is_house)
            continue;
        snprintf(key_name, sizeof key_name, "%s.key", account);
        snprintf(secret_name, sizeof secret_name, "%s.secret", account);
        if (!make_key(venue->face, account, i, fresh_id, fresh_secret) || !kept_words(folder, key_name, fresh_id, id) ||
            !kept_words(folder, secret_name, fresh_secret, secret) || !venue_add_key(venue, id, secret, i, true)) {
            fprintf(stderr, "outcry-venue: %s/%s, %s: they cannot be read or written: %s\n", folder, key_name,
                    secret_name, strerror(errno));
            return false;
        }
    }
    return true;
}

/* ---- a venue ---- */

static int read_faults(struct rehearsal *venue, const char *path)
{
    char words[WORDS_BYTES] = "", *text = calloc(1, FAULTS_FILE_MAX + 1);
    FILE *file = fopen(path, "re");
    struct text out;
    const size_t size = file && text ? fread(text, 1, FAULTS_FILE_MAX + 1, file) : 0;
    const bool is_read = file && !ferror(file) && size <= FAULTS_FILE_MAX;
    if (!is_read)
        fprintf(stderr, "outcry-venue: %s: %s\n", path,
                file && size > FAULTS_FILE_MAX ? "it is larger than 64 KiB" : strerror(errno));
    if (file)
        fclose(file);
    if (text)
        text[size <= FAULTS_FILE_MAX ? size : 0] = 0;
    text_init_fixed(&out, words, sizeof words);
    const bool is_good = is_read && venue_read_faults(venue, path, text, &out) == OC_OK;
    if (is_read && !is_good)
        fprintf(stderr, "outcry-venue: %s", words);
    free(text);
    return is_good ? 0 : EXIT_USAGE;
}

static int start_market(struct rehearsal *venue, const struct wishes *wishes, uint64_t seed)
{
    int64_t every_ns = 250000000;
    struct market_file *file = NULL;
    char words[WORDS_BYTES] = "";
    struct text out;
    text_init_fixed(&out, words, sizeof words);
    if (wishes->every && (text_to_duration(wishes->every, strlen(wishes->every), &every_ns) < 0 || every_ns < 1000000 ||
                          every_ns > 3600000000000ll))
        return wrong("--every", wishes->every, "a time from 1ms to 1h, such as 250ms");
    if (wishes->market && strcmp(wishes->market, "none") == 0)
        return 0;
    if (wishes->market && market_file_open(wishes->market, &file, &out) < 0) {
        fprintf(stderr, "outcry-venue: %s", words);
        return EXIT_USAGE;
    }
    venue->market = market_new(venue->core, venue->face, seed, venue->begin_ns,
                               wishes->market || !wishes->every ? 250000000 : every_ns);
    if (!venue->market) {
        market_file_close(file);
        fprintf(stderr, "outcry-venue: no memory\n");
        return 1;
    }
    if (file)
        market_follow(venue->market, file, wishes->every ? every_ns : 0);
    return 0;
}

static void on_signal(int number)
{
    (void)number;
    serve_stop();
}

static int run(struct rehearsal *venue, const struct wishes *wishes, int port)
{
    const char *folder = wishes->folder;
    char words[WORDS_BYTES] = "";
    struct text out;
    struct certificates certificates;
    text_init_fixed(&out, words, sizeof words);
    struct serve *serve = certificates_make(&certificates, folder, wishes->names, &out) == OC_OK
                              ? serve_new(venue, &certificates, port, &out)
                              : NULL;
    if (!serve) {
        fprintf(stderr, "outcry-venue: %s", words);
        certificates_release(&certificates);
        return 1;
    }
    const struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    printf("outcry-venue %s: %s\n", venue->face->name, venue->face->about);
    printf("listens: localhost:%d (%s)\n", serve_port(serve), venue->face->paths);
    printf("trust: %s/ca.pem\n", folder);
    for (uint32_t i = 0; venue->face->has_keys && i < core_account_count(venue->core); i++)
        if (!core_account(venue->core, i)->is_house)
            printf("account %s: %s/%s.key, %s/%s.secret\n", core_account(venue->core, i)->name, folder,
                   core_account(venue->core, i)->name, folder, core_account(venue->core, i)->name);
    fflush(stdout);
    serve_run(serve);
    const char *is_wrong = core_proof(venue->core);
    printf("%llu orders asked for, %llu fills; ledger: %s\n", (unsigned long long)venue->orders,
           (unsigned long long)core_fill_count(venue->core), is_wrong ? is_wrong : "adds up");
    serve_free(serve);
    certificates_release(&certificates);
    return is_wrong ? 1 : 0;
}

int main(int count, char **words)
{
    struct wishes wishes = {.port = "7443", .seed = "1", .folder = "rehearsal", .certificate = "good", .names = ""};
    int64_t port, seed;
    char said[WORDS_BYTES] = "";
    struct text out;
    struct timespec now;
    for (int i = 1; i < count; i++)
        if (strcmp(words[i], "--help") == 0) {
            help();
            return 0;
        }
    int rc = read_words(count, words, &wishes);
    if (rc)
        return rc;
    const struct face *face = wishes.face ? face_named(wishes.face) : NULL;
    if (!face) {
        const char *near =
            wishes.face && strlen(wishes.face) < TEXT_NAME_MAX ? text_nearest(wishes.face, face_names) : NULL;
        fprintf(stderr, "outcry-venue: found '%s', expected plain, lines or jline%s%s%s\n",
                wishes.face ? wishes.face : "nothing", near ? ": did you mean " : "", near ? near : "",
                near ? "?" : "");
        return EXIT_USAGE;
    }
    if (!read_number(wishes.port, 0, 65535, &port))
        return wrong("--port", wishes.port, "a number from 0 to 65535");
    if (!read_number(wishes.seed, 0, INT64_MAX, &seed))
        return wrong("--seed", wishes.seed, "a number");
    if (mkdir(wishes.folder, 0700) < 0 && errno != EEXIST) {
        fprintf(stderr, "outcry-venue: --folder %s: %s\n", wishes.folder, strerror(errno));
        return EXIT_USAGE;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    text_init_fixed(&out, said, sizeof said);
    struct rehearsal *venue =
        venue_new(&(struct venue_config){.face = face,
                                         .seed = (uint64_t)seed,
                                         .begin_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec,
                                         .money = wishes.money},
                  &out);
    if (!venue) {
        fprintf(stderr, "outcry-venue: %s", *said ? said : "no memory\n");
        return EXIT_USAGE;
    }
    snprintf(said, sizeof said, "certificate %s", wishes.certificate);
    if (venue_command(venue, said, &out) < 0)
        rc = wrong("--certificate", wishes.certificate, "good, expired or other-name");
    rc = rc ? rc : start_market(venue, &wishes, (uint64_t)seed);
    rc = rc || !wishes.faults ? rc : read_faults(venue, wishes.faults);
    rc = rc || !face->has_keys ? rc : !add_keys(venue, wishes.folder);
    rc = rc ? rc : run(venue, &wishes, (int)port);
    venue_free(venue);
    return rc;
}
