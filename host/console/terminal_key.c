/* terminal_key.c: input without the editor: waiting, one key, lines of a pipe or of a dumb terminal. */
#include "console/terminal_impl.h"

#include "base/env.h"
#include "base/env_socket.h"

static const int64_t wait_ns = 250000000, stale_wait_ns = 50000000;

bool terminal_wait(struct terminal *terminal)
{
    for (;;) {
        terminal_tend(terminal);
        if (terminal->is_gone || env_terminal_peek_signals())
            return false;
        struct env_poll list[] = {{0, ENV_POLL_READ, 0}, {link_fd(terminal->config->link), ENV_POLL_READ, 0}};
        env_poll(list, 2, terminal->is_stale ? stale_wait_ns : wait_ns);
        if (list[0].ret_is)
            return true;
    }
}

/* In keys' mode, whatever the mode is now. */
char terminal_key(struct terminal *terminal)
{
    struct env_terminal_mode mode = {.is_known = false};
    char key = 0;
    size_t got = 0;
    env_terminal_get(0, &mode);
    env_terminal_set_keys(0);
    if (terminal_wait(terminal) && (env_read(0, &key, 1, &got) < 0 || got == 0))
        terminal->is_ended = true;
    env_terminal_set(0, &mode);
    return got ? key : 0;
}

/* What was typed before a question is no answer to it. */
void terminal_forget_keys(struct terminal *terminal)
{
    char keys[TERMINAL_IN_MAX];
    size_t got = 0;
    struct env_poll poll = {0, ENV_POLL_READ, 0};
    struct env_terminal_mode mode = {.is_known = false};
    env_terminal_get(0, &mode);
    env_terminal_set_keys(0);
    for (int i = 0; i < TERMINAL_KEYS_MAX && env_poll(&poll, 1, 0) > 0; i++)
        if (env_read(0, keys, sizeof keys, &got) < 0 || got == 0)
            break;
    env_terminal_set(0, &mode);
    terminal->in_size = terminal->in_at = 0;
}

enum terminal_read terminal_plain_line(struct terminal *terminal, struct text *line)
{
    text_clear(line);
    for (;;) {
        while (terminal->in_at < terminal->in_size) {
            char c = terminal->in[terminal->in_at++];
            if (c == '\n')
                return TERMINAL_LINE;
            if (c && c != '\r')
                text_put_char(line, c);
        }
        if (terminal->is_ended)
            return line->size ? TERMINAL_LINE : TERMINAL_END;
        if (!terminal_wait(terminal)) {
            unsigned signals = env_terminal_take_signals();
            if (terminal->is_gone)
                return TERMINAL_GONE;
            if (signals & ENV_TERMINAL_END)
                return TERMINAL_SIGNALLED;
            if (signals & ENV_TERMINAL_INTERRUPT)
                return TERMINAL_CANCELLED;
            if (signals & ENV_TERMINAL_RESIZED)
                terminal_measure(terminal);
            if (signals & ENV_TERMINAL_STOP) {
                if (!terminal->is_person) {
                    env_terminal_stop();
                    continue;
                }
                terminal_stop(terminal);
                return TERMINAL_CANCELLED; /* for a new prompt */
            }
            continue;
        }
        terminal->in_at = terminal->in_size = 0;
        if (env_read(0, terminal->in, sizeof terminal->in, &terminal->in_size) < 0 || terminal->in_size == 0) {
            terminal->in_size = 0;
            terminal->is_ended = true;
        }
    }
}
