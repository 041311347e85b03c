/*
** rereading.c - gathered facts, read again when they are asked for.
**
** Bare facts fill in one clause over and over; others, and the heads of blocks, go through
** the machine and the builder, as when they were read first.  What those put in the arena
** is let go before the next one, but for what the heads of open blocks say.
*/
#include "lua/rereading.h"

#include "lua/bare.h"
#include "lua/clause.h"
#include "lua/held.h"
#include "lua/machine.h"

enum { PASS_STEP = 4 << 20 /* bytes of a mapped text that are let go at once */ };

typedef struct rereading {
  dsr_builder builder;
  dsr_machine machine;
  dsr_program scratch; /* what the builder fills */
  dsr_arena_mark kept; /* of its arena: what open blocks say */
  size_t at, end;
  size_t passed; /* what comes before was let go, where the text is mapped */
  bool mapped;
  bool stale; /* the clause does not have what the block around it says */
  dsr_bare bare;
  dsr_clause clause;
  dsr_term args[DSR_ARITY_MAX];
} rereading;

static void stop(void *ud) {
  rereading *r = ud;
  if (r == NULL) return;
  dsr_builder_stop(&r->builder);
  dsr_machine_free(&r->machine);
  dsr_program_free(&r->scratch);
  dsr_free(r);
}

static dsr_status start(const dsr_program *program, const dsr_clause *facts,
                        dsr_error *error, void **out) {
  rereading *r = dsr_alloc(sizeof *r);
  if (r == NULL) return dsr_fail_memory(error);
  dsr_builder *b = &r->builder;
  b->program = &r->scratch;
  b->error = error;
  b->file = facts->file;
  b->text = program->texts.items[facts->file];
  b->cursor = (dsr_along){facts->facts->begin, facts->at};
  b->start = b->cursor;
  r->at = facts->facts->begin;
  r->end = facts->facts->end;
  r->passed = r->at;
  r->mapped = program->maps.items[facts->file];
  r->stale = true;
  dsr_status rc = dsr_builder_inside(b, &facts->facts->gives, facts->transaction);
  if (rc >= 0 && dsr_arena_alloc(&r->scratch.arena, 1) == NULL) {
    rc = dsr_fail_memory(error);
  }
  if (rc < 0) {
    stop(r);
    return rc;
  }
  r->kept = dsr_arena_here(&r->scratch.arena);
  *out = r;
  return DSR_OK;
}

/* Match a piece and build what it says. */
static dsr_status read_piece(rereading *r, dsr_start kind, const dsr_piece *piece) {
  dsr_str text = {r->builder.text.data + piece->begin, piece->end - piece->begin};
  dsr_arena_back(&r->scratch.arena, r->kept);
  dsr_builder_start(&r->builder, piece->begin, piece->end);
  dsr_status rc = dsr_machine_match(&r->machine, &dsr_grammar_code, kind, text);
  if (rc < 0) return dsr_fail_memory(r->builder.error);
  return dsr_builder_run(&r->builder, r->machine.given.items, r->machine.given.len);
}

/* The next piece: DSR_ROW where it is a fact. */
static dsr_status read_any(rereading *r, const dsr_clause **out) {
  dsr_piece piece = dsr_scan_piece(r->builder.text, r->at);
  r->at = piece.end;
  switch (piece.kind) {
    case DSR_PIECE_CLAUSE:
      r->scratch.clauses.len = 0;
      TRY(read_piece(r, DSR_START_CLAUSE, &piece));
      *out = &r->scratch.clauses.items[0];
      return DSR_ROW;
    case DSR_PIECE_BLOCK:
      TRY(read_piece(r, DSR_START_BLOCK, &piece));
      r->kept = dsr_arena_here(&r->scratch.arena);
      break;
    case DSR_PIECE_CLOSE:
      dsr_builder_close(&r->builder);
      break;
    case DSR_PIECE_END:
      r->at = r->end;
      break;
  }
  r->stale = true;
  return DSR_OK;
}

static dsr_status next(void *ud, const dsr_clause **out) {
  rereading *r = ud;
  while (r->at < r->end) {
    if (!dsr_bare_read(r->builder.text, r->at, &r->bare)) {
      dsr_status rc = read_any(r, out);
      if (rc != DSR_OK) return rc;
      continue;
    }
    if (r->stale) dsr_builder_fact_start(&r->builder, &r->clause);
    dsr_builder_fact(&r->builder, &r->bare, r->args, &r->clause);
    r->stale = r->bare.source.kind != DSR_TERM_NONE;
    r->at = r->bare.end;
    if (r->mapped && r->at - r->passed >= PASS_STEP) {
      dsr_held_pass(r->builder.text, r->passed, r->bare.begin);
      r->passed = r->at;
    }
    *out = &r->clause;
    return DSR_ROW;
  }
  return DSR_DONE;
}

const dsr_reread dsr_rereading = {start, next, stop};
