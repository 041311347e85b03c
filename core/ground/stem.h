/*
** stem.h - the words of a text, without case and marks, and their stems.
**
** A word is a run of letters, digits and marks in folded text (text.h); each ideograph,
** kana or Thai-like letter that is written without spaces is a word by itself.  Words are
** cut at DSR_WORD_MOST bytes.  Everything here is the same on every machine, since what
** comes out is kept in files: where it changes, DSR_STEM_VERSION does.
**
** Stemming is Snowball's (libstemmer), by the language tag of the text: its first part
** counts, "en-GB" is English.  A text without a tag is taken for English; a language that
** Snowball does not know is not stemmed.
*/
#ifndef DSR_GROUND_STEM_H
#define DSR_GROUND_STEM_H

#include "ground/mem.h"
#include "ground/status.h"

enum { DSR_STEM_VERSION = 2, DSR_WORD_MOST = 120, DSR_STEM_LANGUAGES = 32 };

/* The number of a language, 0 where its words are not stemmed: below DSR_STEM_LANGUAGES. */
int dsr_stem_language(dsr_str tag);

/* The stemmers that were used, each made at first use.  Starts as all zero. */
typedef struct dsr_stemmers {
  struct sb_stemmer *made[DSR_STEM_LANGUAGES];
} dsr_stemmers;
void dsr_stemmers_free(dsr_stemmers *stemmers);

/* The stem of a folded word, borrowed from the stemmers until the next call, or the word
** itself.  DSR_ENOMEM, without words. */
dsr_status dsr_stem(dsr_stemmers *stemmers, int language, dsr_str word, dsr_str *stem);

/* The next word of folded text from byte *at on, and whether it follows on the one before
** without a space or a sign between; false: there is none. */
bool dsr_word_next(dsr_str folded, size_t *at, dsr_str *word, bool *joined);

/* A folded word without accents where it is Latin, Greek or Cyrillic, "école" as "ecole",
** "łódź" as "lodz", in `arena`; the word itself where that changes nothing.  data NULL
** where memory ran out. */
dsr_str dsr_word_bare(dsr_arena *arena, dsr_str word);

#endif
