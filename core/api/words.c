/*
** words.c - the version, one word or two for each status, and how wide words are.
**
** The words are short, so that a program can compare them and a person can read them:
** Lua gets them as the third result of what fails.  What went wrong with what, and what
** would do, is dsr_errmsg()'s to tell.
*/
#include "dossier.h"

#include "ground/text.h"

const char *dsr_version(void) { return DSR_VERSION; }

const char *dsr_status_text(dsr_status status) {
  switch (status) {
    case DSR_OK:
      return "done";
    case DSR_ROW:
      return "row";
    case DSR_DONE:
      return "no more rows";
    case DSR_NOTHING:
      return "nothing to do";
    case DSR_ENOMEM:
      return "out of memory";
    case DSR_ESYNTAX:
      return "syntax";
    case DSR_ESOURCE:
      return "unknown source";
    case DSR_ERELATION:
      return "relation";
    case DSR_ETYPE:
      return "type";
    case DSR_ETIME:
      return "time";
    case DSR_EDECLARE:
      return "declaration";
    case DSR_EIO:
      return "input or output";
    case DSR_EBUSY:
      return "busy";
    case DSR_EDAMAGED:
      return "damaged";
    case DSR_EFOREIGN:
      return "foreign";
    case DSR_EREADONLY:
      return "read-only";
    case DSR_ELIMIT:
      return "limit";
    case DSR_EMISUSE:
      return "misuse";
    case DSR_ESCRIPT:
      return "script";
    case DSR_EABSENT:
      return "absent";
    case DSR_EUNSUPPORTED:
      return "unsupported";
    case DSR_ESTOPPED:
      return "stopped";
  }
  return "unknown status";
}

size_t dsr_text_fit(dsr_str text, int most, int *columns) {
  int taken;
  size_t bytes = dsr_utf8_fit(text, most, &taken);
  if (columns != NULL) *columns = taken;
  return bytes;
}
