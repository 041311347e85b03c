/*
** roll.h - what may be a name, one after the other: identifiers, labels, aliases.
**
** A *roll* knows which texts are labels and which aliases, whatever their claims are: a
** bit for each symbol.  With it a walk over all names is a walk over the symbols as they
** lie in the file: none is looked up, and nothing of them is kept.
**
** Cost: the roll a quarter of a byte and a few ns a symbol; a walk some 30 ns a symbol.
*/
#ifndef DSR_FACTS_ROLL_H
#define DSR_FACTS_ROLL_H

#include "facts/view.h"

typedef enum dsr_name_is {
  DSR_IS_IDENTIFIER,
  DSR_IS_LABEL,
  DSR_IS_ALIAS,
  DSR_IS_KINDS
} dsr_name_is;

/* All zero before it is made. */
typedef struct dsr_roll {
  uint64_t end;                  /* of the symbols: numbers below it */
  uint64_t *texts[DSR_IS_KINDS]; /* of labels and of aliases, a bit for each symbol */
} dsr_roll;

/* The roll as the base is now; free it first. */
dsr_status dsr_roll_make(dsr_facts *facts, dsr_roll *roll);
void dsr_roll_free(dsr_roll *roll); /* to all zero */

/* Is the word, an entity or a text, a name of that kind?  Of an entity no fact need tell. */
static inline bool dsr_roll_has(const dsr_roll *roll, dsr_word word, dsr_name_is kind) {
  uint64_t number = dsr_word_payload(word);
  if (kind == DSR_IS_IDENTIFIER) return dsr_word_tag(word) == DSR_TAG_ENTITY;
  return dsr_word_tag(word) == DSR_TAG_TEXT && number < roll->end &&
         (roll->texts[kind][number / 64] >> number % 64 & 1) != 0;
}

/* Told of an entity and its identifier, or of a text that is a name and its string, good
** for the call; it may call the store and the symbols, but change nothing.  Below zero it
** ends the walk. */
typedef dsr_status dsr_roll_met(void *ud, dsr_word word, dsr_str spelled);
/* Call `met` for all entities, mentioned or not, and with `roll` for all names that are
** texts, in order of first use. */
dsr_status dsr_roll_each(dsr_facts *facts, const dsr_roll *roll, dsr_roll_met *met,
                         void *ud);

/* Call `met` for every entity that was ever called by the text. */
dsr_status dsr_roll_called(dsr_facts *facts, dsr_name_is kind, dsr_word text,
                           dsr_status (*met)(void *ud, dsr_word entity), void *ud);

/* Is the entity called so in view: past its filters but for what was known; where it is an
** identifier, do facts in view speak of it? */
dsr_status dsr_roll_stands(dsr_facts *facts, dsr_view *view, dsr_name_is kind,
                           dsr_word entity, dsr_word written, bool *stands);

/* The relation that tells of names of a kind. */
static inline uint32_t dsr_roll_relation(dsr_name_is kind) {
  return kind == DSR_IS_LABEL ? DSR_REL_LABEL : DSR_REL_ALIAS;
}
enum { DSR_ROLL_WIDTH = 3 }; /* of its rows: entity, text, time */

#endif
