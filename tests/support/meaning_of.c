/* meaning_of.c: prints the hash of meaning of a session folder, read from its journal, and how many fills it has:
 * `meaning_of FOLDER`. */
#include <stdio.h>

#include "journal/meaning.h"
#include "journal/read.h"

int main(int argc, char **argv)
{
    struct journal_reader *reader = NULL;
    struct meaning meaning;
    if (argc != 2) {
        fputs("usage: meaning_of FOLDER\n", stderr);
        return 2;
    }
    oc_rc rc = journal_open_read(argv[1], false, &reader);
    if (rc < 0) {
        fprintf(stderr, "meaning_of %s: %s (code %d)\n", argv[1], journal_error(), (int)rc);
        if (reader)
            journal_close_read(reader);
        return 1;
    }
    rc = meaning_init(&meaning);
    const struct oc_event *event;
    enum journal_stream stream;
    unsigned long long fills = 0;
    while (rc == OC_OK && journal_next(reader, &event, &stream) == OC_OK) {
        if (stream != JOURNAL_ORDERS)
            continue;
        meaning_fold(&meaning, event);
        fills += event->type == OC_EV_FILL;
    }
    char text[MEANING_TEXT_MAX];
    meaning_text(&meaning, text);
    if (rc == OC_OK)
        printf("%s %llu\n", text, fills);
    meaning_release(&meaning);
    journal_close_read(reader);
    return rc == OC_OK ? 0 : 1;
}
