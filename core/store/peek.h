/*
** peek.h - what a file is, before SQLite is let near it.
**
** Reads the file's first hundred bytes and its size, through SQLite's own way to files,
** since closing a file by any other would drop the locks that this process holds on it.
** Changes nothing.
*/
#ifndef DSR_STORE_PEEK_H
#define DSR_STORE_PEEK_H

#include <sqlite3.h>

#include "ground/status.h"

#define DSR_APPLICATION 0x44535231 /* "DSR1", SQLite's application_id of a base */
enum { DSR_PAGE_SIZE = 8192 };

typedef enum dsr_peek {
  DSR_PEEK_ABSENT, /* there is no such file */
  DSR_PEEK_EMPTY,  /* there is one, of no bytes */
  DSR_PEEK_BASE,   /* it looks like a base of this format */
} dsr_peek;

/* DSR_EIO, DSR_EFOREIGN or DSR_EDAMAGED, in words, where it is none of these. */
dsr_status dsr_peek_at(const char *path, dsr_error *error, dsr_peek *what);

/* The same in two halves, which spare opening the file twice: what it is as far as that can
** be told from outside; and, where DSR_PEEK_BASE, whether it is one, by a connection that
** has opened it and not been used. */
dsr_status dsr_peek_outside(const char *path, dsr_error *error, dsr_peek *what);
dsr_status dsr_peek_into(const char *path, sqlite3 *db, dsr_error *error);

/* Does `path` followed by `suffix` exist, and how many bytes has it; -1: it does not. */
long long dsr_peek_beside(const char *path, const char *suffix);

#endif
