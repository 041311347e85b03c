/*
** machine.c - matching a text against the grammar that the build compiled.
**
** One loop over instructions.  Calls and marks lie on one stack, which has a bound, as
** LPeg's has: 200 brackets take some 4,000 frames.  A match costs some nanoseconds an
** instruction, two or three instructions a byte, and no memory but for what the frames
** and integers outgrow.
*/
#include "lua/machine.h"

#include "ground/mem.h"

enum { FRAMES_FIRST = 64, FRAMES_MOST = 1 << 15 };

static bool holds(const unsigned char *set, char byte) {
  unsigned char c = (unsigned char)byte;
  return set[c >> 3] >> (c & 7) & 1;
}

/* Put a frame on top.  DSR_ENOMEM or DSR_ELIMIT where it does not fit. */
static dsr_status push(dsr_machine *m, uint32_t to, const char *position) {
  if (m->frames.len == m->frames.cap) {
    if (m->frames.len >= FRAMES_MOST) return DSR_ELIMIT;
    if (!VEC_RESERVE(&m->frames, m->frames.len == 0 ? FRAMES_FIRST : 1))
      return DSR_ENOMEM;
  }
  m->frames.items[m->frames.len++] =
      (dsr_machine_frame){to, (uint32_t)m->given.len, position};
  return DSR_OK;
}

static bool give(dsr_machine *m, int number) {
  if (m->given.len == m->given.cap && !VEC_RESERVE(&m->given, 1)) return false;
  m->given.items[m->given.len++] = number;
  return true;
}

/* Give up what was tried since the last mark; NULL where there is none. */
static const dsr_machine_frame *last_mark(dsr_machine *m) {
  while (m->frames.len > 0) {
    const dsr_machine_frame *frame = &m->frames.items[--m->frames.len];
    if (frame->position == NULL) continue;
    m->given.len = frame->given;
    return frame;
  }
  return NULL;
}

dsr_status dsr_machine_match(dsr_machine *m, const dsr_machine_code *program,
                             dsr_start start, dsr_str text) {
  const uint32_t *code = program->code;
  const char *at = text.data, *end = text.data + text.len;
  uint32_t pc = program->entries[start];
  m->given.len = m->frames.len = 0;
  for (;;) {
    uint32_t argument = code[pc] >> 8;
    dsr_machine_op op = (dsr_machine_op)(code[pc] & 0xff);
    bool failed = false;
    pc++;
    switch (op) {
      case DSR_MACHINE_END:
        return DSR_OK;
      case DSR_MACHINE_ANY:
        failed = at == end;
        at++;
        break;
      case DSR_MACHINE_SET:
        failed = at == end || !holds(program->sets[argument], *at);
        at++;
        break;
      case DSR_MACHINE_SPAN:
        while (at < end && holds(program->sets[argument], *at)) at++;
        break;
      case DSR_MACHINE_TEST:
        if (at < end && holds(program->sets[argument], *at)) {
          pc++;
        } else {
          pc = code[pc] >> 8;
        }
        break;
      case DSR_MACHINE_TO:
      case DSR_MACHINE_JUMP:
        pc = argument;
        break;
      case DSR_MACHINE_CHOICE:
        TRY(push(m, argument, at));
        break;
      case DSR_MACHINE_COMMIT:
        m->frames.len--;
        pc = argument;
        break;
      case DSR_MACHINE_PARTIAL:
        m->frames.items[m->frames.len - 1].position = at;
        m->frames.items[m->frames.len - 1].given = (uint32_t)m->given.len;
        pc = argument;
        break;
      case DSR_MACHINE_BACK: {
        const dsr_machine_frame *mark = &m->frames.items[--m->frames.len];
        at = mark->position;
        m->given.len = mark->given;
        pc = argument;
        break;
      }
      case DSR_MACHINE_CALL:
        TRY(push(m, pc, NULL));
        pc = argument;
        break;
      case DSR_MACHINE_RETURN:
        pc = m->frames.items[--m->frames.len].to;
        break;
      case DSR_MACHINE_FAIL_TWICE:
        m->frames.len--;
        failed = true;
        break;
      case DSR_MACHINE_FAIL:
        failed = true;
        break;
      case DSR_MACHINE_POSITION:
        if (!give(m, (int)(at - text.data) + 1)) return DSR_ENOMEM;
        break;
      case DSR_MACHINE_CONSTANT:
        if (!give(m, -(int)argument)) return DSR_ENOMEM;
        break;
    }
    if (failed) {
      const dsr_machine_frame *mark = last_mark(m);
      if (mark == NULL) return DSR_NOTHING;
      at = mark->position;
      pc = mark->to;
    }
  }
}

void dsr_machine_free(dsr_machine *m) {
  VEC_FREE(&m->given);
  VEC_FREE(&m->frames);
}
