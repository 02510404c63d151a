#include "report/log_lines.h"

#include <inttypes.h>
#include <string.h>

#include "report/page.h"

void log_lines_take(struct log_lines *lines, const char *line, size_t length)
{
    const uint64_t at = lines->count++;
    char *room = at < LOG_LINES_FIRST ? lines->first[at] : lines->last[(at - LOG_LINES_FIRST) % LOG_LINES_LAST];
    const size_t size = length < LOG_LINES_SIZE ? length : LOG_LINES_SIZE - 1;
    memcpy(room, line, size);
    room[size] = 0;
}

static void put_line(struct text *page, const char *line)
{
    page_escaped(page, line);
    text_put_char(page, '\n');
}

void log_lines_page(struct text *page, const struct log_lines *lines)
{
    if (!lines || !lines->count)
        return;
    const uint64_t first = lines->count < LOG_LINES_FIRST ? lines->count : LOG_LINES_FIRST, more = lines->count - first,
                   last = more < LOG_LINES_LAST ? more : LOG_LINES_LAST;
    text_format(page, "<section><h2>Log</h2><details%s><summary>%" PRIu64 " line%s</summary><pre class=\"log\">",
                lines->count <= 20 ? " open" : "", lines->count, lines->count == 1 ? "" : "s");
    for (uint64_t i = 0; i < first; i++)
        put_line(page, lines->first[i]);
    if (more > last)
        text_format(page, "\xE2\x80\xA6 %" PRIu64 " lines are not kept\n", more - last);
    for (uint64_t i = more - last; i < more; i++)
        put_line(page, lines->last[i % LOG_LINES_LAST]);
    text_put(page, "</pre></details></section>\n");
}
