#include "config/source_word.h"

#include <stddef.h>
#include <string.h>

enum source_word source_word(const char *text, const char **ret_rest)
{
    static const struct {
        const char *word;
        enum source_word is;
    } words[] = {
        {"env:", SOURCE_ENVIRONMENT}, {"fd:", SOURCE_DESCRIPTOR}, {"file:", SOURCE_FILE}, {"systemd:", SOURCE_SYSTEMD}};
    *ret_rest = "";
    if (strcmp(text, "ask") == 0)
        return SOURCE_ASK;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const size_t size = strlen(words[i].word);
        if (strncmp(text, words[i].word, size) != 0)
            continue;
        *ret_rest = text + size;
        return text[size] ? words[i].is : SOURCE_NONE;
    }
    return SOURCE_NONE;
}
