/* source_word.h: how a setting says where a secret comes from: "env:NAME", "fd:3", "file:PATH", "systemd:NAME", "ask".
 *
 * Invariant: a setting of this kind is never a secret itself. What is none of these words is refused and never shown: it may be one. */
#ifndef CONFIG_SOURCE_WORD_H
#define CONFIG_SOURCE_WORD_H

enum source_word { SOURCE_NONE, SOURCE_ENVIRONMENT, SOURCE_DESCRIPTOR, SOURCE_FILE, SOURCE_SYSTEMD, SOURCE_ASK };

#define SOURCE_WORDS "env:NAME, fd:NUMBER, file:PATH, systemd:NAME or ask"

/* *ret_rest is what stands behind the word, not empty; "" of SOURCE_ASK. Borrowed. */
enum source_word source_word(const char *text, const char **ret_rest);

#endif
