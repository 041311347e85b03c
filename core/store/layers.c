/*
** layers.c - rows that are being folded and the levels that they swallow, as one feed.
**
** There are a few levels at most, so the least of their rows is looked for one by one.
*/
#include "store/layers.h"

static dsr_status step_over(dsr_layers *layers) {
  dsr_status rc = layers->over->next(layers->over);
  layers->over_done = rc == DSR_DONE;
  return rc;
}

/* Drop the level whose walk is over. */
static void drop(dsr_layers *layers, int i) {
  layers->n--;
  memmove(&layers->walks[i], &layers->walks[i + 1],
          (size_t)(layers->n - i) * sizeof *layers->walks);
}

/* Step past the row that is out, wherever it stands. */
static dsr_status step_past(dsr_layers *layers) {
  if (layers->from_over) TRY(step_over(layers));
  for (int i = 0; layers->from_level && i < layers->n;) {
    dsr_level_walk *walk = &layers->walks[i];
    int width = (int)walk->level->extent.width;
    dsr_status rc = DSR_ROW;
    if (dsr_key_compare(walk->row, layers->feed.row, width) == 0) {
      rc = dsr_level_walk_step(walk);
      TRY(rc);
    }
    if (rc == DSR_DONE) {
      drop(layers, i);
    } else {
      i++;
    }
  }
  return DSR_OK;
}

static dsr_status next_row(dsr_inflow *feed) {
  dsr_layers *layers = (dsr_layers *)feed;
  if (layers->begun) TRY(step_past(layers));
  if (!layers->begun && layers->over != NULL) TRY(step_over(layers));
  layers->begun = true;
  const dsr_level_walk *least = NULL;
  for (int i = 0; i < layers->n; i++) {
    const dsr_level_walk *walk = &layers->walks[i];
    int width = (int)walk->level->extent.width;
    if (least == NULL || dsr_key_compare(walk->row, least->row, width) < 0) {
      least = walk;
    }
  }
  layers->from_over = !layers->over_done;
  layers->from_level = least != NULL;
  if (!layers->from_over && !layers->from_level) return DSR_DONE;
  if (layers->from_over && layers->from_level) {
    int width = (int)least->level->extent.width;
    int way = dsr_key_compare(layers->over->row, least->row, width);
    layers->from_over = way <= 0;
    layers->from_level = way >= 0;
  }
  if (layers->from_level) layers->set = dsr_level_walk_set(least);
  memcpy(feed->row, layers->from_level ? least->row : layers->over->row,
         sizeof feed->row);
  return DSR_ROW;
}

static dsr_status settle_row(dsr_inflow *feed, uint64_t old, uint64_t *set) {
  const dsr_layers *layers = (dsr_layers *)feed;
  if (layers->from_level) old = layers->set;
  if (layers->from_over) return layers->over->settle(layers->over, old, set);
  *set = old;
  return DSR_OK;
}

dsr_status dsr_layers_start(dsr_layers *layers, dsr_store *store,
                            dsr_sequence *sequence, int from, dsr_inflow *over) {
  layers->feed = (dsr_inflow){.next = next_row, .settle = settle_row};
  layers->over = over;
  layers->begun = layers->from_over = layers->from_level = false;
  layers->over_done = over == NULL;
  layers->n = 0;
  for (int i = sequence->n_above; i >= from; i--) {
    dsr_level_walk *walk = &layers->walks[layers->n];
    dsr_status rc =
        dsr_level_walk_start(walk, store, dsr_sequence_level(sequence, i), 0, NULL, 0);
    if (rc < 0) dsr_layers_stop(layers);
    TRY(rc);
    if (rc == DSR_ROW) layers->n++;
  }
  return DSR_OK;
}

void dsr_layers_stop(dsr_layers *layers) {
  for (int i = 0; i < layers->n; i++) dsr_level_walk_stop(&layers->walks[i]);
  layers->n = 0;
}
