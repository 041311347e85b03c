/*
** pager.h - long output on a terminal goes through a program that shows it by the page.
*/
#ifndef DSR_CLI_PAGER_H
#define DSR_CLI_PAGER_H

#include "cli/options.h"

/* From here on standard output goes through the pager, where one is expected: it is a
** terminal that can be paged, and neither the options nor the environment rule it out.
** To be called right before the first of a long output, when what can fail early has
** not; again is harmless. */
void dsr_pager_start(const dsr_options *options);

/* Send on what was written, and wait for the pager to end, where there is one; standard
** output is then the terminal again. */
void dsr_pager_stop(void);

/* The descriptor of what is behind the pager, or of standard output where there is
** none. */
int dsr_pager_behind(void);

#endif
