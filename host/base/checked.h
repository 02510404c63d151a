/* checked.h: CHECKED before a function: whoever calls it looks at what it returns, or says by (void) that there is nothing
 * to do. Only clang takes a (void) for an answer, so only clang asks: the preset `clang` holds it. */
#ifndef BASE_CHECKED_H
#define BASE_CHECKED_H

#if defined(__clang__)
#define CHECKED __attribute__((warn_unused_result))
#else
#define CHECKED
#endif

#endif
