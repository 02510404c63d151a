/* Any bytes as a message of JSON: the kit's scanner and json-c take the same, and mean the same by it. */
#include "support/json_same.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *why;
    char *exact = malloc(size ? size : 1); /* a byte behind the message is seen by the sanitizer */
    if (!exact)
        return 0;
    memcpy(exact, data, size);
    const int same = json_same(exact, size, &why);
    if (same < 0) {
        fprintf(stderr, "kit_json: %s: %.*s\n", why, (int)size, exact);
        abort();
    }
    free(exact);
    return 0;
}
