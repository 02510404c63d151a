/* console.h: consoles of a run: where they ask, where the log goes to, and the terminal. */
#ifndef CLI_CONSOLE_H
#define CLI_CONSOLE_H

#include "base/checked.h"
#include "cli/run.h"

struct console_wish {
    const char *attach; /* a socket, or a session folder; "": the only host that runs */
    bool is_attached;
    bool may_trade;
    bool has_pane;
    bool is_paused; /* the session begins so */
};

/* Opens the server that consoles ask: at the socket that the settings name (`is_default`: one of its own where they do not), and
 * for the console of this process at the other end of own_fd, unless it is negative. */
CHECKED oc_rc console_listen(struct run *run, int own_fd, bool is_default, bool logs_to_stderr);
void console_unlisten(struct run *run);
/* The terminal's side, to its end. Returns the exit code. Takes fd over. */
int console_talk(int fd, const struct settings *settings, const struct console_wish *wish);

#endif
