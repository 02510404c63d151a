/* command.h: the parts of a command: a word and its fields, as a person or a program gave them. */
#ifndef SESSION_COMMAND_H
#define SESSION_COMMAND_H

#include <stdint.h>

enum { COMMAND_FIELDS_MAX = 32, COMMAND_LINE_MAX = 65536 /* a question, an answer */ };

struct command_words {
    const char *fields[COMMAND_FIELDS_MAX];
    uint32_t count;
};

#endif
