/* line.h: the wire's fields: parted by tabs, with \t \n \\ for what would part them. All [any]. */
#ifndef BASE_LINE_H
#define BASE_LINE_H

#include "base/text.h"

/* In place. Returns the count; fields_max + 1 when there are more. Fields are terminated and point into the line. */
uint32_t line_split(char *line, const char **fields, uint32_t fields_max);
/* Appends one field, escaped, with a tab before it unless the text is empty. */
void line_put(struct text *text, const char *field);

#endif
