/* expression_fuzz.c: expressions of a configuration. What must hold: no crash, a complaint where one is refused, the same answer twice, and what was
 * compiled stays on its stack, which the sanitizer sees. */
#include "compile.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"qty", "price", "a1", NULL};
    static const double values[] = {2, -3.5, 0};
    struct program program, again;
    char text[EXPRESSION_MAX], complaint[COMPLAINT_MAX] = "";
    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = 0;
    const oc_rc rc = compile(text, names, &program, complaint);
    if (rc != compile(text, names, &again, complaint) || (rc < 0) != (complaint[0] != 0))
        abort();
    if (rc < 0)
        return 0;
    const struct outcome one = run(&program, values), two = run(&again, values);
    if (memcmp(&one.value, &two.value, sizeof one.value) != 0 || one.has_false != two.has_false)
        abort();
    return 0;
}
