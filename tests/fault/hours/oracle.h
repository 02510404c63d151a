/* oracle.h: what the cores of the venues know to be true, held against what the host believes.
 *
 * Invariants, of each order of ours
 * - It is at its venue once, under all its names: never two of one client id, never two open ones.
 * - What it may still come to is never below the truth: filled + open here >= filled + open there.
 * - What the host says to have ended has ended; what is filled here was filled there.
 * - What is known late is known within ORACLE_LATE_NS, and while nothing goes wrong within ORACLE_STRICT_NS: fills, ends, balances, books.
 * - At the end all is the same to the last unit: orders, fills, values, fees, balances, positions. */
#ifndef HOURS_ORACLE_H
#define HOURS_ORACLE_H

#include "fault/hours/world.h"

#define ORACLE_LATE_NS   (300 * HOURS_S)
#define ORACLE_STRICT_NS (8 * HOURS_S)

void oracle_begin(void);
struct session_stage oracle_stage(void);
/* A process has died: while none lives nobody waits for an answer, and nobody is late. */
void oracle_dies(void);
/* A process has gone on: what it believes is what it read. */
void oracle_goes_on(void);
/* While it waits, and all that had come was handled. */
void oracle_look(void);
/* Nothing is under way. */
void oracle_end(void);

#endif
