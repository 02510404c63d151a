/* env_split.h: see env_split.c. */
#ifndef HOURS_ENV_SPLIT_H
#define HOURS_ENV_SPLIT_H

#define HOURS_DISK "/simulated"

/* Behind env_sim_start. [setup] */
void env_split_bind(void);

#endif
