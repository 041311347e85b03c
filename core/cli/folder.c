/*
** folder.c - see that a new name for a file lasts.
**
** A rename is on the disk when the folder is.
*/
#include "cli/folder.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void dsr_folder_sync(const char *path) {
  const char *slash = strrchr(path, '/');
  size_t len = slash == NULL ? 0 : (size_t)(slash - path);
  char *folder = strdup(path);
  if (folder == NULL) return;
  folder[len] = '\0';
  const char *name = slash == NULL ? "." : len == 0 ? "/" : folder;
  int file = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  free(folder);
  if (file < 0) return;
  fsync(file);
  close(file);
}
