/*
** whence.c - the name under which a base remembers a file.
**
** It is relative to the base's folder, so that a base and the files beside it can be
** moved together, and free of links and dots, so that it does not depend on how either
** was called or on the folder that the host works in.
*/
#include "lua/whence.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Cut a path's last part off: "/a/b" is "/a", "/a" is "", "b" is ".". */
static void cut_last(char *path) {
  char *slash = strrchr(path, '/');
  if (slash != NULL) {
    *slash = '\0';
  } else {
    memcpy(path, ".", 2);
  }
}

/* The folder of a base that may not be there yet; "" for "/". */
static bool folder_of(const char *base_path, char out[PATH_MAX]) {
  char path[PATH_MAX];
  if (realpath(base_path, out) == NULL) {
    if (strlen(base_path) >= sizeof path) return false;
    strcpy(path, base_path);
    cut_last(path);
    if (realpath(path[0] == '\0' ? "/" : path, out) == NULL) return false;
    if (strcmp(out, "/") == 0) out[0] = '\0';
    return true;
  }
  cut_last(out);
  return true;
}

/* Where two paths, "" or "/a/b", begin to differ: behind whole parts of both. */
static size_t common(const char *a, const char *b) {
  size_t n = 0;
  for (size_t i = 0; a[i] == b[i] || (a[i] == '\0' && b[i] == '/'); i++) {
    if (b[i] == '/' || b[i] == '\0') n = i;
    if (a[i] == '\0') return i;
  }
  return n;
}

bool dsr_whence(const char *base_path, const char *path, char out[PATH_MAX]) {
  char folder[PATH_MAX], file[PATH_MAX];
  struct stat about;
  if (realpath(path, file) == NULL || stat(file, &about) != 0 ||
      !S_ISREG(about.st_mode)) {
    return false;
  }
  if (base_path == NULL || !folder_of(base_path, folder)) {
    strcpy(out, file);
    return true;
  }
  size_t shared = common(folder, file), len = 0;
  for (const char *up = folder + shared; *up != '\0'; up++) {
    if (*up != '/') continue;
    if (len + 3 >= PATH_MAX) return false;
    memcpy(out + len, "../", 3);
    len += 3;
  }
  const char *rest = file + shared + 1; /* behind the slash */
  if (len + strlen(rest) >= PATH_MAX) return false;
  strcpy(out + len, rest);
  return true;
}
