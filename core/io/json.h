/*
** json.h - JSON texts, one a line (JSON Lines).
**
** Read is exactly the grammar of RFC 8259, in UTF-8, which is checked.  Escapes are
** decoded; half of a surrogate pair is refused, and so is U+0000, which no value of a base
** can hold.  Numbers stay as they are written.  A byte order mark at the start and lines
** without anything on them are passed over.
**
** A text is a row of nodes, each before what is in it; an array or an object tells where
** what comes behind it begins.  In an object each value stands behind its name.
**
** Memory holds a span of the input, or twice the longest line, and the nodes of one line.
*/
#ifndef DSR_IO_JSON_H
#define DSR_IO_JSON_H

#include "ground/bytes.h"
#include "io/input.h"

/* What is read is refused with DSR_ELIMIT beyond these. */
enum {
  DSR_JSON_LINE_MOST = 64 << 20, /* bytes of a line */
  DSR_JSON_DEPTH_MOST = 100,     /* arrays and objects in one another */
};

typedef enum dsr_json_kind {
  DSR_JSON_NULL,
  DSR_JSON_FALSE,
  DSR_JSON_TRUE,
  DSR_JSON_NUMBER,
  DSR_JSON_STRING,
  DSR_JSON_ARRAY,
  DSR_JSON_OBJECT,
} dsr_json_kind;

typedef struct dsr_json {
  dsr_json_kind kind;
  uint32_t skip; /* nodes from this one to the one behind all that is in it */
  size_t at;     /* offset in the line */
  dsr_str text;  /* of a string, decoded; of a number, as written */
} dsr_json;

/* A line, borrowed until the next is asked for. */
typedef struct dsr_jsonl_row {
  const dsr_json *value; /* NULL where the line is bad */
  dsr_str raw;           /* as written, without its line end */
  int64_t line;          /* from 1 */
} dsr_jsonl_row;

typedef struct dsr_jsonl dsr_jsonl;

/* Lines of `input`, which is kept, as is `error`. */
dsr_status dsr_jsonl_new(dsr_input *input, dsr_error *error, dsr_jsonl **out);
void dsr_jsonl_free(dsr_jsonl *lines); /* NULL is allowed */

/*
** The next line: DSR_ROW, or DSR_DONE behind the last.
**
** A bad line is DSR_ESYNTAX or DSR_ELIMIT, told as "FILE:LINE:COLUMN: ..."; *out has no
** value then, and reading goes on behind it.  What dsr_input_more() returns, or
** DSR_ENOMEM, ends the reading.
*/
dsr_status dsr_jsonl_next(dsr_jsonl *lines, dsr_jsonl_row *out);

/* Tell of something wrong with a node of the line that was asked for last. */
dsr_status dsr_jsonl_fail(dsr_jsonl *lines, const dsr_json *node, dsr_status code,
                          const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The member of an object; NULL where it has none (or is no object).  *twice: there is a
** second of the name. */
const dsr_json *dsr_json_member(const dsr_json *object, dsr_str name, bool *twice);

/* The first node in an array or object, and the one behind `node`; NULL past the last. */
const dsr_json *dsr_json_first(const dsr_json *whole);
const dsr_json *dsr_json_after(const dsr_json *whole, const dsr_json *node);

#endif
