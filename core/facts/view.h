/*
** view.h - a base seen through a filter, and scans of it.
**
** A view decides per claim set which claims are live and let through, once, and
** remembers it; per row there is then a bit test, and with `as_of`, `since` or `until`
** one of the four days.  Views nest: a child lets through what its parent and its own
** options do.
**
** A scan answers one atom: every fact of a relation that matches a pattern, seen
** through the view, with `symmetric`, `inverse`, `is` and `same_as` resolved.  It
** survives writes of its own handle by taking what it still needs into memory (a
** dsr_reader).
*/
#ifndef DSR_FACTS_VIEW_H
#define DSR_FACTS_VIEW_H

#include "facts/fact.h"

typedef struct dsr_view dsr_view;

/* `parent` NULL: of the whole base.  `options` NULL: lets all through.  The parent must
** outlive the view.  DSR_EMISUSE, ETIME or ESOURCE in words for options that are wrong.
*/
dsr_status dsr_view_new(dsr_facts *facts, const dsr_view *parent,
                        const dsr_view_options *options, dsr_view **out);
void dsr_view_free(dsr_view *view);

/* The day of the view's `as_of`, or of the nearest view above it that has one; false
** where none has. */
bool dsr_view_day(const dsr_view *view, dsr_day *out);

/* Does the view, or one above it, look at valid times (as_of, since, until)? */
bool dsr_view_dated(const dsr_view *view);

/* Does the view let all live claims through, of whatever time? */
bool dsr_view_lets_all(const dsr_view *view);

/* What a set says under a view. */
enum {
  DSR_SEES_HELD = 1,   /* a live assertion in view */
  DSR_SEES_DENIED = 2, /* a live denial in view */
  DSR_SEES_PREFERRED = 4,
};
dsr_status dsr_view_set(dsr_view *view, uint32_t relation, uint64_t set,
                        unsigned *sees);

/* Is one entry of a set live and let through. */
dsr_status dsr_view_entry(dsr_view *view, uint32_t relation, const dsr_set *set,
                          size_t entry, bool *in);

/* Does the valid time pass `as_of`, `since` and `until`?  DSR_ROW with *certain, or
** DSR_DONE where it does not.  (Facts of names and types always do.)  A `relation` numbered
** 0 is one of what rules alone derive. */
dsr_status dsr_view_time(dsr_view *view, const dsr_relation *relation, dsr_word time,
                         bool *certain);

/* Is the (canonical) fact held in view: asserted by a live claim that is let through, at
** a time that is, and in a settled view not one that lost a conflict. */
dsr_status dsr_view_holds(dsr_view *view, const dsr_tuple *fact, bool *held);
/* The same of a fact whose claim set is known. */
dsr_status dsr_view_holds_by(dsr_view *view, const dsr_tuple *fact, uint64_t set,
                             bool *held);

/* The word that stands for all entities joined with `entity` by same_as; itself if
 * none. */
dsr_status dsr_view_same(dsr_view *view, dsr_word entity, dsr_word *out);
/* Are any two joined? */
dsr_status dsr_view_joins(dsr_view *view, bool *joins);

/* ---- scans --------------------------------------------------------------------- */

enum {
  DSR_SCAN_DENIED = 1, /* facts with live denials instead of facts held */
  DSR_SCAN_OWN = 2,    /* only facts stored under this very relation, no `is` */
  DSR_SCAN_EVERY = 4,  /* every fact ever claimed, held or not */
  DSR_SCAN_ONCE = 8,   /* no symmetric pair twice, where both ways match */
};

/* One match: columns as the asked relation has them, and the fact as stored. */
typedef struct dsr_match {
  dsr_word args[DSR_ARITY_MAX];
  dsr_word time;
  bool certain;   /* false: only possibly in view (as_of with `possible`) */
  dsr_tuple fact; /* canonical */
  uint64_t set;
} dsr_match;

typedef struct dsr_scan dsr_scan;

/* Start a scan of `relation`; pattern words that are DSR_WORD_NONE match anything; so
** does `time` none (to ask for unknown time, filter).  Matches come in ascending order
** of words of the order used, grouped by stored relation; the same fact may come twice
** only through different columns of a symmetric pair. */
dsr_status dsr_scan_start(dsr_facts *facts, dsr_view *view, uint32_t relation,
                          const dsr_word *pattern, dsr_word time, unsigned flags,
                          dsr_scan **out);
/* DSR_ROW with the match (good until the next call), or DSR_DONE. */
dsr_status dsr_scan_next(dsr_scan *scan, const dsr_match **out);
/* Matches that follow on each other, by column: as the asked relation has them. */
typedef struct dsr_matches {
  size_t n;
  const dsr_word *args[DSR_ARITY_MAX];
  const dsr_word *times;
  const uint64_t *sets;
  uint32_t relation; /* that they all are stored under */
  bool certain;      /* as of a match */
} dsr_matches;
/* DSR_ROW with the next match and those behind it that lie ready, up to some thousands,
** good until the next call or a change of the base; or DSR_DONE.  For whoever reads much:
** a match then costs nothing but what is done with it. */
dsr_status dsr_scan_some(dsr_scan *scan, dsr_matches *out);
void dsr_scan_stop(dsr_scan *scan);
/* How many rows were looked at so far: matches, and those that the pattern or the view ruled
** out. */
uint64_t dsr_scan_walked(const dsr_scan *scan);
/* Does a scan of the relation give each tuple and time at most once, as it is stored? */
dsr_status dsr_scan_lone(dsr_facts *facts, dsr_view *view, uint32_t relation,
                         bool *lone);
/* Before the first match: of a pattern that matches anything, have matches come in the
** order that begins with the column, where there is one. */
void dsr_scan_lead(dsr_scan *scan, int column);
/* Before the first match: let the scan leave out what the strain does not want, by column of
** the relation, behind which the time comes; it need not, and does not where entities are
** joined.  The strain is borrowed until the scan stops.  How many rows it left out so far. */
void dsr_scan_strain(dsr_scan *scan, const dsr_strain *strain);
uint64_t dsr_scan_strained(const dsr_scan *scan);

/* Facts that mention `entity` in any column, the claims' source and speaker aside: a
** scan over several relations, in order of relation number. */
dsr_status dsr_scan_about(dsr_facts *facts, dsr_view *view, dsr_word entity,
                          dsr_scan **out);

/* How many rows a scan of this pattern would visit, roughly: for join order. */
dsr_status dsr_scan_estimate(dsr_facts *facts, uint32_t relation, unsigned bound,
                             uint64_t *rows);

/* Of the order of facts that a column begins: how many blocks it fills on disk, and how
** many values begin them.  0 where there is no such order. */
dsr_status dsr_scan_spread(dsr_facts *facts, uint32_t relation, int column,
                           uint64_t *values, uint64_t *blocks);

/* The columns, a bit each, by any of which a scan finds its facts in some order of every
** stored relation that it walks: whoever knows one is spared the rest. */
dsr_status dsr_scan_leads(dsr_facts *facts, uint32_t relation, unsigned *columns);

/* The label of an entity in `lang` ("" any: first a label without language, then the
** least by language), DSR_NOTHING where it has none.  Borrowed from the symbols. */
dsr_status dsr_entity_label(dsr_facts *facts, dsr_view *view, dsr_word entity,
                            dsr_str lang, dsr_str *out);

/* Does a live claim assert or deny a fact with the entity in it; of an entity in a third
** or later column, did one ever?  Is the relation declared, or is there a fact of it that
** a live claim asserts or denies?  What was retracted altogether is not known. */
dsr_status dsr_entity_known(dsr_facts *facts, dsr_word entity, bool *known);
dsr_status dsr_relation_known(dsr_facts *facts, const dsr_relation *relation,
                              bool *known);

/* Does a fact in view, asserted or denied, speak of the entity (of one in a third or later
** column, did one ever)? */
dsr_status dsr_entity_stands(dsr_facts *facts, dsr_view *view, dsr_word entity,
                             bool *stands);

/* Call `met` for every entity that facts mention, in order of first use, with its
** identifier, borrowed until it calls the store or the symbols. */
dsr_status dsr_entity_each(dsr_facts *facts,
                           dsr_status (*met)(void *ud, dsr_word entity,
                                             dsr_str spelled),
                           void *ud);

/* The identifier nearest to `name` among the entities that are known and the speakers
** of claims; none where none is near.  Borrowed from the symbols.  Cost: a look at every
** one of them. */
dsr_status dsr_entity_nearest(dsr_facts *facts, dsr_str name, dsr_str *out);

/* Entities that `name` may mean: an identifier exactly; else a label or alias exactly;
** else any of the three folded; else a speaker of claims, whom no fact mentions.  The
** first of these that finds some decides.  Calls
** `found` for each, in order of identifier. DSR_NOTHING where there is none. */
dsr_status dsr_entity_find(dsr_facts *facts, dsr_view *view, dsr_str name,
                           void (*found)(void *ud, dsr_word entity), void *ud);

/* Tell of names as dsr_name_each() of dossier.h does.  Cost: for entities a walk of the
** mention order and a sort of what fits, then a short look for each that is told. */
dsr_status dsr_names_each(dsr_facts *facts, dsr_view *view, dsr_name_kind kind,
                          dsr_str prefix, dsr_name_found found, void *ud);

#endif
