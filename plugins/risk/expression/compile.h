/* compile.h: an expression of a configuration, compiled once to a list of steps for a stack of numbers.
 *
 * Grammar, from what binds last to what binds first:
 *   or | and | not | < <= > >= == ~= | + - | * / | - of one | number, number%, name, ( ... )
 * A comparison has two sides. Values are IEEE doubles; true is 1 and false is 0, anything but 0 is true. Both sides of `and` and `or` are
 * computed: nothing has an effect.
 *
 * Invariants
 * - Compiling and running allocate nothing, call no libm and read no clock: the same values give the same answer on any machine.
 * - What compiles never leaves the stack: its depth is known beforehand. */
#ifndef EXPRESSION_COMPILE_H
#define EXPRESSION_COMPILE_H

#include <outcry/abi.h>

enum { STEPS_MAX = 128, DEPTH_MAX = 32, COMPLAINT_MAX = 240, EXPRESSION_MAX = 1024 };

enum op {
    OP_NUMBER,
    OP_NAME,
    OP_OR,
    OP_AND,
    OP_NOT,
    OP_LESS,
    OP_LESS_EQUAL,
    OP_MORE,
    OP_MORE_EQUAL,
    OP_EQUAL,
    OP_UNEQUAL,
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_DIV,
    OP_NEGATE
};

struct step {
    uint32_t op;
    uint32_t name; /* of OP_NAME: its place in the names */
    double number;
};

struct program {
    uint32_t count;
    uint32_t names_used; /* bit n: the name at place n */
    struct step steps[STEPS_MAX];
};

/* `names`: at most 32, NULL at the end. OC_E_CONFIG: `complaint` says where, what was found and what was expected. */
oc_rc compile(const char *text, const char *const *names, struct program *ret_program, char complaint[COMPLAINT_MAX]);

struct outcome {
    double value;
    double left, right; /* of the first comparison that is false; 0 and 0 where none is */
    uint32_t has_false;
};

struct outcome run(const struct program *program, const double *values);

#endif
