/*
** stop.h - the signal that asks a command to stop.
**
** A first SIGINT or SIGTERM leaves a mark, which a long call sees when it next tells how far
** it is; one that comes half a second later or more ends the command as ever.  A shell that
** runs a command in the background has it ignore SIGINT: so it stays.
*/
#ifndef DSR_CLI_STOP_H
#define DSR_CLI_STOP_H

void dsr_stop_watch(void);
int dsr_stop_asked(void); /* the signal that came, or 0 */
/* The exit code of a command that was stopped: as a shell tells a signal, 130 or 143. */
int dsr_stop_code(void);

/* Have the first SIGINT call `handler` instead. */
void dsr_stop_handle(void (*handler)(int number));

#endif
