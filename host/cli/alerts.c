/* alerts.c: `outcry alerts`: who is told, and whether that works. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/json_out.h"
#include "base/log.h"
#include "cli/complain.h"
#include "cli/help.h"
#include "cli/run.h"
#include "cli/verbs.h"
#include "tell/channel.h"

static const char usage[] =
    "usage: outcry alerts test|list --config FILE [--set KEY=VALUE] [--json]\n"
    "test sends one message by each channel of the configuration (alerts.NAME) and says what came of it.\n"
    "list shows them, and fetches no secret.\n"
    "exit codes: 0 all were told, 1 one was not, 2 wrong use, 3 configuration\n";

static void put_channel(const struct channel *channel, bool was_sent, oc_rc rc, const char *why, bool is_json)
{
    static const char *const ways[] = {"", "command", "webhook", "telegram", "mail", "heartbeat"};
    char bytes[2048];
    struct text text;
    text_init_fixed(&text, bytes, sizeof bytes);
    if (is_json) {
        json_open(&text, NULL, '{');
        json_text(&text, "name", channel->name);
        json_text(&text, "channel", ways[channel->way]);
        json_text(&text, "level", notice_level_name(channel->level));
        if (was_sent)
            json_flag(&text, "told", rc == OC_OK);
        json_text(&text, "why", rc < 0 ? (*why ? why : error_name(rc)) : NULL);
        json_close(&text, '}');
    } else {
        text_format(&text, "%-16s %-10s %-8s %s%s%s", channel->name, ways[channel->way],
                    notice_level_name(channel->level),
                    !was_sent     ? ""
                    : rc == OC_OK ? "told"
                                  : "NOT told",
                    rc < 0 ? ": " : "", rc < 0 ? (*why ? why : error_name(rc)) : "");
    }
    puts(text.data);
}

static int work(struct options *options)
{
    struct channel *channels = calloc(TELL_CHANNELS_MAX, sizeof *channels);
    struct error error = {0};
    uint32_t count = 0;
    int code = EXIT_GOOD;
    const bool tests = strcmp(options->words[0], "test") == 0;
    oc_rc rc = channels ? channels_read(&options->settings, tests, channels, &count, &error)
                        : error_of_code(&error, OC_E_NOMEM, "alerts", "no memory");
    if (rc == OC_OK && !count)
        rc = error_say(&error, OC_E_CONFIG, "alerts",
                       "no channel is configured: expected alerts: { NAME: { channel = ... }; } in the configuration");
    if (rc < 0) {
        (void)complain(&error, rc, options->json);
        code = EXIT_CONFIG;
    }
    for (uint32_t i = 0; rc == OC_OK && i < count; i++) {
        struct notice notice = {.at_ns = env_clock_real(), .level = NOTICE_INFO, .kind = NOTICE_TEST};
        char why[TELL_WHY_MAX] = "";
        snprintf(notice.text, sizeof notice.text, "a test of the channel %s", channels[i].name);
        const oc_rc sent = tests ? channel_send(&channels[i], "outcry test", &notice, why) : (oc_rc)OC_OK;
        put_channel(&channels[i], tests, sent, why, options->json);
        code = sent < 0 ? EXIT_RUN : code;
    }
    if (channels)
        channels_release(channels, count);
    free(channels);
    return code;
}

int verb_alerts(int argc, char **argv)
{
    struct options *options = calloc(1, sizeof *options);
    int code = EXIT_USE;
    if (!options)
        return EXIT_RUN;
    if (help_is_asked(argc, argv)) {
        fputs(usage, stdout);
        free(options);
        return EXIT_GOOD;
    }
    oc_rc rc = options_parse(options, argc, argv);
    if (rc == OC_OK && (options->word_count != 1 ||
                        (strcmp(options->words[0], "test") != 0 && strcmp(options->words[0], "list") != 0)))
        rc = error_say(&options->error, OC_E_INVALID, "alerts", "expected test or list");
    if (rc < 0) {
        (void)complain(&options->error, OC_E_INVALID, options->json);
        fputs(usage, stderr);
    } else {
        log_set_sink(run_log_to_stderr, NULL);
        log_set_level(LOG_WARNING);
        code = options_finish(options) < 0 ? complain(&options->error, OC_E_CONFIG, options->json) : work(options);
        log_flush();
    }
    options_release(options);
    free(options);
    return code;
}
