/*
** seek.h - searching texts by their words, through a view.
**
** What is asked for:
**
**   cyber defence     texts with both words, in any form that has the same stem
**   "cyber defence"   with the words side by side, in this order
**   cyb*              with a word that begins so; "cyber def"* the same of its last word
**
** Case and accents do not count.  A word with a sign in it, 2023-09-15 or cyber-defence, is
** looked for as words side by side.  Where no text in view has all that is asked for, texts
** that have some of it are given, and told so.
**
** A text is found where a fact that is held in view has it in a column, or a claim in view
** quotes it; there is one hit for each entity that such facts are about (their first entity).
** Better texts come first, by BM25 over the whole base, whatever the view; equals in order
** of text, then of entity.  Texts of the open transaction are found once it is committed.
**
** Cost: what BM25 takes for every text that has the words (some 3 µs each), a sort of these,
** and a scan for each hit; texts that a view leaves out cost a scan, too.
*/
#ifndef DSR_FACTS_SEEK_H
#define DSR_FACTS_SEEK_H

#include "ground/vec.h"
#include "facts/view.h"

typedef struct dsr_seek_options {
  int64_t limit; /* hits at most; 0: 20; below 0: all */
  bool prefix;   /* the last word need only be begun: for search while typing */
} dsr_seek_options;

typedef struct dsr_sought {
  double points; /* of BM25: more is better */
  dsr_word text;
  dsr_word entity; /* that the fact is about; none where it names no entity */
  dsr_tuple fact;  /* canonical */
  bool certain;    /* false: only possibly in view */
  uint64_t claim;  /* that quotes the text; 0: it stands in a column of the fact */
} dsr_sought;

typedef struct dsr_seek {
  VEC(dsr_sought) hits;
  bool some; /* no text in view has all that was asked for */
  bool more; /* there are more hits than the limit */
} dsr_seek;

/* Search; `out` is all zero and to be freed.  DSR_OK, or DSR_NOTHING without hits.
** DSR_ESYNTAX, in words, for what asks for nothing; DSR_ELIMIT for too many words;
** DSR_EREADONLY as dsr_search_ready(). */
dsr_status dsr_seek_texts(dsr_facts *facts, dsr_view *view, dsr_str asked,
                          const dsr_seek_options *options, dsr_seek *out);
void dsr_seek_free(dsr_seek *seek);

#endif
