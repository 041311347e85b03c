/*
** template.h - the command `scripts` with a name: where that script is, or a new one.
*/
#ifndef DSR_CLI_TEMPLATE_H
#define DSR_CLI_TEMPLATE_H

/*
** With `fresh`, write a script so called into the first folder of the script path, which
** is made if it is missing; or where it is a path (it holds a / or ends in .lua), there.
** Tells where it is and how to run it; never writes over a file.  Without, tell where the
** script is that is the only one of `arguments`, which end with NULL.  An exit code.
*/
int dsr_template_named(const char *fresh, const char *const *arguments);

#endif
