/*
** folder.h - see that a new name for a file lasts.
*/
#ifndef DSR_CLI_FOLDER_H
#define DSR_CLI_FOLDER_H

/* Sync the folder that the file at `path` is in.  What fails is not told: the file is whole
** either way, under the old name or the new one. */
void dsr_folder_sync(const char *path);

#endif
