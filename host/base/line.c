#include "base/line.h"

uint32_t line_split(char *line, const char **fields, uint32_t fields_max)
{
    uint32_t count = 0;
    char *to = line;
    fields[count++] = to;
    for (const char *at = line; *at; at++) {
        if (*at == '\t') {
            *to++ = 0;
            if (count == fields_max)
                return fields_max + 1;
            fields[count++] = to;
        } else if (*at == '\\' && (at[1] == 't' || at[1] == 'n' || at[1] == '\\')) {
            at++;
            *to++ = *at == 't' ? '\t' : (*at == 'n' ? '\n' : '\\');
        } else {
            *to++ = *at;
        }
    }
    *to = 0;
    return count;
}

void line_put(struct text *text, const char *field)
{
    if (text->size)
        text_put_char(text, '\t');
    for (const char *at = field; *at; at++) {
        const char *escape = *at == '\t' ? "\\t" : (*at == '\n' ? "\\n" : (*at == '\\' ? "\\\\" : NULL));
        if (escape)
            text_put(text, escape);
        else
            text_put_char(text, *at);
    }
}
