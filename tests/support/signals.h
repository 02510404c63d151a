/* signals.h: whether a test may wait for a signal to stop a loop. */
#ifndef TESTS_SIGNALS_H
#define TESTS_SIGNALS_H

/* ThreadSanitizer holds signals back until the program calls it, which an endless loop never does. */
#if defined(__SANITIZE_THREAD__)
#define SIGNALS_ARRIVE 0
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SIGNALS_ARRIVE 0
#endif
#endif
#ifndef SIGNALS_ARRIVE
#define SIGNALS_ARRIVE 1
#endif

#endif
