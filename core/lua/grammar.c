/*
** grammar.c - from text in the language to a program.
**
** The scanner cuts a text into pieces, the machine matches each against the grammar that
** the build compiled (lua/machine.h), the builder makes a clause of what it matched.
** Whatever is wrong with a piece is told at its place, and reading goes on behind it.
**
** A clause that does not match is matched again by the telling grammar, which costs many
** times as much: LPeg runs it in a Lua state of its own, made when it is first needed,
** with no more of Lua than it needs, whose memory comes from ground/mem.  Only memory can
** make Lua raise there.
*/
#include <lauxlib.h>
#include <limits.h>
#include <lua-lpeg.h>
#include <lua.h>
#include <lualib.h>
#include <string.h>

#include "ground/text.h"
#include "lua/bare.h"
#include "lua/expression.h"
#include "lua/grammar.h"
#include "lua/held.h"
#include "lua/machine.h"
#include "lua/state.h"

enum {
  TOLD_MOST = 1000,       /* clauses of a text that are told what was expected in them,
                          ** where all errors are told */
  PASS_STEP = 4 << 20,    /* bytes of a mapped text that are let go at once */
  EXPLAIN_MOST = 1 << 20, /* bytes of the longest piece that is matched again */
  GARBAGE_MOST = 4 << 20  /* bytes that may lie in the state between readings */
};

struct dsr_grammar {
  lua_State *L; /* NULL until it is needed, and after it ran out of memory */
  dsr_error *error;
  dsr_pace *pace; /* NULL: none */
  dsr_machine machine;
};

/* The address under which the registry keeps the grammar's module. */
static const char module_key;

/* One text being read. */
typedef struct reading {
  dsr_grammar *grammar;
  dsr_builder builder;
  dsr_str text;
  size_t from;      /* behind a byte order mark */
  int first_line;   /* in its file */
  dsr_start only;   /* a query or a fact: one of these; else clauses */
  dsr_status first; /* of the first error */
  size_t passed;    /* of a mapped text: what comes before was let go */
  dsr_gathered row; /* facts that are gathered; n and depth 0: none */
  dsr_place row_at;
  int row_transaction;
  int depth; /* of the blocks that were opened since */
} reading;

/* ---- the state --------------------------------------------------------------------- */

/* The table of operations by name, below zero to tell them from offsets. */
static void push_operations(lua_State *L) {
  lua_newtable(L);
#define DSR_OPERATION(name)           \
  lua_pushinteger(L, -DSR_OP_##name); \
  lua_setfield(L, -2, #name);
  DSR_OPERATIONS(DSR_OPERATION)
#undef DSR_OPERATION
}

/* Open what the grammar uses of Lua, and run its source; its module stays in the
** registry. */
static int set_up(lua_State *L) {
  static const luaL_Reg libraries[] = {{"_G", luaopen_base},
                                       {"string", luaopen_string},
                                       {"table", luaopen_table},
                                       {"utf8", luaopen_utf8},
                                       {"math", luaopen_math}};
  for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
    luaL_requiref(L, libraries[i].name, libraries[i].func, 1);
    lua_pop(L, 1);
  }
  dsr_state_load(L, "grammar", "=grammar");
  luaL_requiref(L, "lpeg", luaopen_lpeg, 0);
  push_operations(L);
  lua_call(L, 2, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &module_key);
  return 0;
}

/* What a protected call came to.  LPeg tells of memory in words, and may leave behind a
** pattern that is half compiled and would be run like that, so a state in which
** anything failed is given up. */
static dsr_status protected_status(dsr_grammar *grammar, int rc) {
  if (rc == LUA_OK) return DSR_OK;
  const char *words = lua_tostring(grammar->L, -1);
  dsr_status status =
      rc == LUA_ERRMEM || (words != NULL && strstr(words, "not enough memory") != NULL)
          ? dsr_fail_memory(grammar->error)
          : dsr_fail(grammar->error, DSR_ELIMIT, "the grammar gave up: %s",
                     words != NULL ? words : "no words");
  lua_close(grammar->L);
  grammar->L = NULL;
  return status;
}

static dsr_status open_state(dsr_grammar *grammar) {
  if (grammar->L != NULL) return DSR_OK;
  grammar->L = dsr_state_new();
  if (grammar->L == NULL) return dsr_fail_memory(grammar->error);
  lua_pushcfunction(grammar->L, set_up);
  return protected_status(grammar, lua_pcall(grammar->L, 0, 0, 0));
}

dsr_status dsr_grammar_new(dsr_error *error, dsr_grammar **out) {
  dsr_grammar *grammar = dsr_alloc(sizeof *grammar);
  if (grammar == NULL) return dsr_fail_memory(error);
  grammar->error = error;
  *out = grammar;
  return DSR_OK;
}

void dsr_grammar_free(dsr_grammar *grammar) {
  if (grammar == NULL) return;
  if (grammar->L != NULL) lua_close(grammar->L);
  dsr_machine_free(&grammar->machine);
  dsr_free(grammar);
}

/* ---- matching ---------------------------------------------------------------------- */

/* The names of what a match may begin with, as the grammar has them. */
static const char *const starts[DSR_START_COUNT] = {"clause", "block", "transaction",
                                                    "query", "fact"};

/* Match a piece: DSR_NOTHING where it does not match. */
static dsr_status match(reading *r, dsr_start start, const dsr_piece *piece) {
  dsr_str text = {r->text.data + piece->begin, piece->end - piece->begin};
  dsr_status rc =
      dsr_machine_match(&r->grammar->machine, &dsr_grammar_code, start, text);
  if (rc == DSR_ENOMEM) return dsr_fail_memory(r->grammar->error);
  if (rc >= 0) return rc;
  return dsr_builder_fail(&r->builder, piece->begin, rc,
                          "the grammar gave up on this clause: it is nested too deep");
}

/* Make of the last match what it says. */
static dsr_status build(reading *r) {
  const dsr_machine *machine = &r->grammar->machine;
  return dsr_builder_run(&r->builder, machine->given.items, machine->given.len);
}

/* Back over the blanks before `offset`, not past `begin`. */
static size_t before_blanks(dsr_str text, size_t begin, size_t offset) {
  while (offset > begin && strchr(" \t\r\n\v\f", text.data[offset - 1])) offset--;
  return offset;
}

/* A piece that does not match, as its protected call sees it. */
typedef struct unmatched {
  reading *reading;
  const char *start;
  const dsr_piece *piece;
  dsr_status status;
} unmatched;

/* The protected part of telling why. */
static int explain_protected(lua_State *L) {
  unmatched *it = lua_touserdata(L, 1);
  reading *r = it->reading;
  const dsr_piece *piece = it->piece;
  lua_rawgetp(L, LUA_REGISTRYINDEX, &module_key);
  lua_getfield(L, -1, "explain");
  lua_pushstring(L, it->start);
  lua_pushlstring(L, r->text.data + piece->begin, piece->end - piece->begin);
  lua_call(L, 2, 2);
  size_t at = piece->begin + (size_t)lua_tointeger(L, -2) - 1;
  if (at == piece->end) at = before_blanks(r->text, piece->begin, at);
  it->status =
      dsr_builder_fail(&r->builder, at, DSR_ESYNTAX, "%s", lua_tostring(L, -1));
  return 0;
}

/* Tell why a piece does not match. */
static dsr_status explain(reading *r, dsr_start start, const dsr_piece *piece) {
  dsr_grammar *grammar = r->grammar;
  int most = grammar->error->told != NULL ? TOLD_MOST : DSR_ERROR_MOST;
  if (grammar->error->count >= most || piece->end - piece->begin > EXPLAIN_MOST) {
    return dsr_builder_fail(&r->builder, piece->begin, DSR_ESYNTAX,
                            "this clause is not in the language");
  }
  unmatched it = {r, starts[start], piece, DSR_OK};
  TRY(open_state(grammar));
  lua_pushcfunction(grammar->L, explain_protected);
  lua_pushlightuserdata(grammar->L, &it);
  TRY(protected_status(grammar, lua_pcall(grammar->L, 1, 0, 0)));
  return it.status;
}

static dsr_status read_piece(reading *r, dsr_start start, const dsr_piece *piece) {
  if (piece->problem < 0) {
    return dsr_builder_fail(&r->builder, piece->problem_at, piece->problem, "%s",
                            piece->complain);
  }
  dsr_status rc = match(r, start, piece);
  if (rc == DSR_NOTHING) return explain(r, start, piece);
  TRY(rc);
  return build(r);
}

/* ---- texts ------------------------------------------------------------------------- */

/* The head of a block.  One that fails opens a block all the same, for its "}". */
static dsr_status read_head(reading *r, const dsr_piece *piece) {
  dsr_status rc;
  dsr_builder *b = &r->builder;
  if (b->blocks.len >= DSR_NESTING_MOST) {
    rc =
        dsr_builder_fail(b, piece->begin, DSR_ELIMIT,
                         "blocks are nested too deep: at most 200 may be open at once");
  } else {
    bool transaction = r->text.data[piece->begin] == 't';
    rc = read_piece(r, transaction ? DSR_START_TRANSACTION : DSR_START_BLOCK, piece);
  }
  if (rc < 0 && rc != DSR_ENOMEM) TRY(dsr_builder_open(b));
  return rc;
}

static dsr_status read_close(reading *r, const dsr_piece *piece) {
  if (r->builder.blocks.len == 0) {
    return dsr_builder_fail(&r->builder, piece->begin, DSR_ESYNTAX,
                            "this \"}\" closes nothing");
  }
  dsr_builder_close(&r->builder);
  return DSR_OK;
}

static dsr_status read_any(reading *r, const dsr_piece *piece) {
  dsr_builder_start(&r->builder, piece->begin, piece->end);
  if (piece->kind == DSR_PIECE_BLOCK) return read_head(r, piece);
  if (piece->kind == DSR_PIECE_CLOSE) return read_close(r, piece);
  return read_piece(r, DSR_START_CLAUSE, piece);
}

static dsr_status check_closed(reading *r) {
  dsr_builder *b = &r->builder;
  if (b->blocks.len == 0) return DSR_OK;
  return dsr_program_error(b->program, b->file, b->blocks.items[b->blocks.len - 1].at,
                           b->error, DSR_ESYNTAX,
                           "this block is not closed: its \"}\" is missing");
}

/* Keep the first error; memory and the host end the reading. */
static bool note(reading *r, dsr_status rc) {
  bool ends = rc == DSR_ENOMEM || rc == DSR_ESTOPPED;
  if (rc < 0 && (r->first >= 0 || ends)) r->first = rc;
  return !ends;
}

/* Put what could not be read on the program's list. */
static dsr_status keep_unread(reading *r, size_t begin, size_t end) {
  dsr_str piece = {r->text.data + begin, end - begin};
  if (VEC_PUSH(&r->builder.program->unread, piece)) return DSR_OK;
  return dsr_fail_memory(r->grammar->error);
}

/* A good deal of a mapped text that was read need not stay in memory. */
static void let_go(reading *r, size_t at) {
  if (!r->builder.program->mapped || at - r->passed < PASS_STEP) return;
  if (at > r->builder.cursor.offset) {
    dsr_builder_place(&r->builder, at); /* or this would be read once more for it */
    r->builder.start = r->builder.cursor;
  }
  dsr_held_pass(r->text, r->passed, at);
  r->passed = at;
}

/* ---- gathering facts ---------------------------------------------------------------- */

/* The facts that were gathered become a clause. */
static dsr_status end_row(reading *r) {
  dsr_program *program = r->builder.program;
  if (r->row.n > 0) {
    dsr_gathered *facts = dsr_arena_alloc(&program->arena, sizeof *facts);
    if (facts == NULL) return dsr_fail_memory(r->grammar->error);
    *facts = r->row;
    dsr_clause clause = {.kind = DSR_CLAUSE_FACTS,
                         .file = r->builder.file,
                         .at = r->row_at,
                         .transaction = r->row_transaction,
                         .facts = facts};
    if (!VEC_PUSH(&program->clauses, clause)) {
      return dsr_fail_memory(r->grammar->error);
    }
    program->facts += (int64_t)r->row.n;
  }
  r->row.n = 0;
  r->depth = 0;
  return DSR_OK;
}

/* Something that is gathered, `n` facts, is at begin..end-1: it goes on with the row or
** begins one. */
static void gather(reading *r, size_t begin, size_t end, size_t n) {
  if (r->row.n == 0 && r->depth == 0) {
    r->row_at = dsr_builder_place(&r->builder, begin);
    r->row.begin = begin;
    r->row.gives = dsr_builder_gives(&r->builder);
    r->row_transaction = dsr_builder_transaction(&r->builder);
  }
  r->row.n += n;
  r->row.end = end;
}

/* Take a clause that was read off the program where it is a fact. */
static dsr_status gather_clause(reading *r, const dsr_piece *piece, size_t before,
                                dsr_arena_mark mark) {
  dsr_program *program = r->builder.program;
  dsr_clause *last = &program->clauses.items[before];
  if (program->clauses.len > before && last->kind == DSR_CLAUSE_FACT) {
    program->clauses.len = before;
    dsr_arena_back(&program->arena, mark);
    gather(r, piece->begin, piece->end, 1);
    return DSR_OK;
  }
  if (program->clauses.len == before) return end_row(r);
  dsr_clause other = *last; /* it comes behind the row */
  program->clauses.len = before;
  TRY(end_row(r));
  if (VEC_PUSH(&program->clauses, other)) return DSR_OK;
  return dsr_fail_memory(r->grammar->error);
}

/* Read a piece of a program that gathers. */
static dsr_status read_gathering(reading *r, const dsr_piece *piece) {
  dsr_program *program = r->builder.program;
  dsr_status rc;
  if (piece->kind == DSR_PIECE_CLAUSE) {
    size_t before = program->clauses.len;
    dsr_arena_mark mark = dsr_arena_here(&program->arena);
    rc = read_any(r, piece);
    dsr_status gathered = gather_clause(r, piece, before, mark);
    return rc < 0 ? rc : gathered;
  }
  bool transaction = r->text.data[piece->begin] == 't';
  if (piece->kind == DSR_PIECE_BLOCK && !transaction) {
    gather(r, piece->begin, piece->end, 0);
    r->depth++;
    return read_any(r, piece);
  }
  if (piece->kind == DSR_PIECE_CLOSE && r->depth > 0) {
    r->depth--;
    r->row.end = piece->end;
    return read_any(r, piece);
  }
  TRY(end_row(r));
  return read_any(r, piece);
}

/* Behind the bare facts at `from`, which are gathered. */
static dsr_status pass_bare(reading *r, size_t *from) {
  dsr_bare bare;
  dsr_pace *pace = r->grammar->pace;
  while (dsr_bare_read(r->text, *from, &bare)) {
    gather(r, bare.begin, bare.end, 1);
    *from = bare.end;
    let_go(r, bare.end);
    TRY(dsr_pace_step(pace, (int64_t)bare.end, (int64_t)r->text.len));
  }
  return DSR_OK;
}

static void read_clauses(reading *r) {
  size_t from = r->from;
  bool gathers = r->builder.program->reread != NULL;
  for (;;) {
    if (gathers && !note(r, pass_bare(r, &from))) return;
    dsr_piece piece = dsr_scan_piece(r->text, from);
    if (piece.kind == DSR_PIECE_END) break;
    dsr_status rc = gathers ? read_gathering(r, &piece) : read_any(r, &piece);
    if (!note(r, rc)) return;
    if (rc < 0 && !note(r, keep_unread(r, piece.begin, piece.end))) return;
    dsr_pace *pace = r->grammar->pace;
    if (!note(r, dsr_pace_step(pace, (int64_t)piece.end, (int64_t)r->text.len))) return;
    from = piece.end;
    let_go(r, from);
  }
  note(r, check_closed(r));
  note(r, end_row(r));
}

/* Does something begin behind the piece, and where. */
static bool goes_on(const reading *r, const dsr_piece *piece, size_t *behind) {
  *behind = dsr_scan_blank(r->text, piece->end);
  return piece->problem >= 0 && *behind < r->text.len;
}

/* A clause before the query: a rule, or something that says nothing. */
static dsr_status read_before(reading *r, const dsr_piece *piece, size_t behind) {
  dsr_program *program = r->builder.program;
  dsr_status rc = match(r, DSR_START_CLAUSE, piece);
  if (rc == DSR_NOTHING) rc = match(r, DSR_START_QUERY, piece);
  if (rc == DSR_NOTHING) return explain(r, DSR_START_CLAUSE, piece);
  TRY(rc);
  TRY(build(r));
  dsr_clause_kind kind = program->clauses.items[program->clauses.len - 1].kind;
  if (kind == DSR_CLAUSE_RULE || kind == DSR_CLAUSE_NOTE) return DSR_OK;
  if (kind == DSR_CLAUSE_QUERY) {
    return dsr_builder_fail(&r->builder, behind, DSR_ESYNTAX,
                            "one query is asked for, and here something else begins");
  }
  return dsr_builder_fail(&r->builder, piece->begin, DSR_ESYNTAX,
                          "only rules stand before a query; load what else there is");
}

/* One query or fact and nothing behind it; a query may have rules before it. */
static dsr_status read_only(reading *r) {
  bool query = r->only == DSR_START_QUERY;
  dsr_piece piece = dsr_scan_piece(r->text, r->from);
  size_t behind;
  dsr_builder_start(&r->builder, piece.begin, piece.end);
  while (query && piece.kind == DSR_PIECE_CLAUSE && goes_on(r, &piece, &behind)) {
    TRY(read_before(r, &piece, behind));
    piece = dsr_scan_piece(r->text, piece.end);
    dsr_builder_start(&r->builder, piece.begin, piece.end);
  }
  if (piece.kind == DSR_PIECE_END) {
    return dsr_builder_fail(&r->builder, piece.begin, DSR_ESYNTAX,
                            "expected a %s, found nothing", starts[r->only]);
  }
  if (piece.kind != DSR_PIECE_CLAUSE) piece.end = r->text.len;
  if (goes_on(r, &piece, &behind)) {
    return dsr_builder_fail(&r->builder, behind, DSR_ESYNTAX,
                            "one %s is asked for, and here something else begins",
                            starts[r->only]);
  }
  return read_piece(r, r->only, &piece);
}

/* The first byte that is not UTF-8, or is NUL; the text's end where there is none. */
static size_t first_bad(const reading *r) {
  size_t at = 0, before = 0;
  while (at < r->text.len) {
    size_t left = r->text.len - at, some = left < PASS_STEP ? left : PASS_STEP;
    size_t good = dsr_utf8_valid((dsr_str){r->text.data + at, some});
    at += good;
    if (r->builder.program->mapped) dsr_held_pass(r->text, before, at);
    before = at;
    if (good == some) continue;
    if (some == left || some - good > 3 || r->text.data[at] == '\0') {
      return at; /* else a character may go on behind these bytes */
    }
  }
  return at;
}

/* Is the text fit to be looked at: not too long, UTF-8, without NUL? */
static dsr_status check_text(reading *r) {
  if (r->text.len > INT_MAX - 1) {
    return dsr_builder_fail(&r->builder, 0, DSR_ELIMIT,
                            "a text may have at most 2 GB: split it");
  }
  size_t bad = first_bad(r);
  if (bad == r->text.len) return DSR_OK;
  unsigned byte = (unsigned char)r->text.data[bad];
  if (byte == 0) {
    return dsr_builder_fail(&r->builder, bad, DSR_ESYNTAX,
                            "a NUL byte: text in the language holds none");
  }
  return dsr_builder_fail(&r->builder, bad, DSR_ESYNTAX,
                          "the byte 0x%02x is not UTF-8 here: save the text as UTF-8",
                          byte);
}

/* Put the text on the program's list of files. */
static dsr_status add_file(reading *r, const char *name) {
  dsr_program *program = r->builder.program;
  dsr_str copy = dsr_arena_str(&program->arena, dsr_str_of(name));
  if (copy.data == NULL || !VEC_RESERVE(&program->files, 1) ||
      !VEC_RESERVE(&program->texts, 1) || !VEC_RESERVE(&program->maps, 1) ||
      !VEC_RESERVE(&program->firsts, 1)) {
    return dsr_fail_memory(r->grammar->error);
  }
  r->builder.file = (int)program->files.len;
  VEC_PUSH(&program->files, copy);
  VEC_PUSH(&program->texts, r->text);
  VEC_PUSH(&program->maps, program->mapped);
  VEC_PUSH(&program->firsts, r->first_line);
  return DSR_OK;
}

static dsr_status read_checked(reading *r) {
  dsr_status rc = check_text(r);
  if (rc < 0) {
    TRY(keep_unread(r, 0, r->text.len));
    return rc;
  }
  if (r->only == DSR_START_CLAUSE) {
    read_clauses(r);
  } else {
    note(r, read_only(r));
  }
  return r->first;
}

static dsr_status read_text(dsr_grammar *grammar, const char *name, dsr_str text,
                            int line, dsr_start only, dsr_program *program) {
  static const char mark[] = "\xef\xbb\xbf";
  reading r = {.grammar = grammar, .text = text, .only = only, .first = DSR_OK};
  r.first_line = line;
  if (text.data == NULL) r.text = (dsr_str){"", 0};
  r.builder.program = program;
  r.builder.error = grammar->error;
  r.builder.text = r.text;
  r.builder.cursor = dsr_along_start();
  r.builder.cursor.at.line = line;
  if (text.len >= 3 && memcmp(text.data, mark, 3) == 0) {
    r.from = r.builder.cursor.offset = 3;
  }
  r.builder.start = r.builder.cursor;
  dsr_status rc = add_file(&r, name);
  if (rc >= 0) rc = read_checked(&r);
  dsr_builder_stop(&r.builder);
  if (grammar->L != NULL && lua_gc(grammar->L, LUA_GCCOUNT) > GARBAGE_MOST / 1024) {
    lua_gc(grammar->L, LUA_GCCOLLECT);
  }
  return rc;
}

void dsr_grammar_pace(dsr_grammar *grammar, dsr_pace *pace) { grammar->pace = pace; }

dsr_status dsr_grammar_read(dsr_grammar *grammar, const char *name, dsr_str text,
                            dsr_program *program) {
  return read_text(grammar, name, text, 1, DSR_START_CLAUSE, program);
}

dsr_status dsr_grammar_read_from(dsr_grammar *grammar, const char *name, int line,
                                 dsr_str text, dsr_program *program) {
  return read_text(grammar, name, text, line, DSR_START_CLAUSE, program);
}

dsr_status dsr_grammar_read_one(dsr_grammar *grammar, const char *name, dsr_str text,
                                bool fact, dsr_program *program) {
  return read_text(grammar, name, text, 1, fact ? DSR_START_FACT : DSR_START_QUERY,
                   program);
}
