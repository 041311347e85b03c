/*
** io_rdf.c - reading RDF, printed as canonical N-Quads.
**
**   io_rdf [OPTION]... FILE...
**
** Each file is read and its quads are printed in the canonical form of RDF 1.2 N-Quads, in
** the order in which they come ("-1" is a blank node without a label).  What cannot be read
** is told on a line of its own, after the quads that came before; the exit code is then 1.
** FILE may be "-".
**
**   -s SYNTAX  nt, nq, ttl, trig; otherwise the name's ending tells
**   -b BASE    the base for relative IRIs
**   -B PLACE   the same, PLACE with the file's name behind it
**   -p PIECE   the file is read to memory and comes in pieces of so many bytes
**   -P MOST    the same for every size of pieces from 1 to MOST: all must print alike
**   -v         prefixes and bases are printed, too, as comments, and each quad's line
**   -c         only a count of quads is printed, and the bytes read of how many
**   -f         allocations fail one by one, until one gets through
**   -m FILE... each is followed by "== FILE" on a line of its own, and errors change no
**              exit code
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ground/mem.h"
#include "ground/text.h"
#include "ground/vec.h"
#include "io/rdf.h"

enum { FAULTS_MOST = 2000 };

typedef struct host {
  dsr_rdf_syntax syntax;
  bool chosen; /* the syntax was */
  dsr_str base;
  const char *place;
  size_t piece, piece_most;
  bool verbose, counts, fails, many;
  FILE *out;
  long long quads;
  dsr_error error;
} host;

/* ---- printing --------------------------------------------------------------------- */

static void print_escaped(FILE *out, dsr_str text) {
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.data[i];
    const char *special = c ? strchr("\t\b\n\r\f\"\\", c) : NULL;
    bool last = c == 0xef && i + 2 < text.len && text.data[i + 1] == '\xbf' &&
                (unsigned char)text.data[i + 2] >= 0xbe; /* U+FFFE and U+FFFF */
    if (special) {
      fprintf(out, "\\%c", "tbnrf\"\\"[special - "\t\b\n\r\f\"\\"]);
    } else if (c < 0x20 || c == 0x7f) {
      fprintf(out, "\\u%04X", c);
    } else if (last) {
      fprintf(out, "\\uFFF%c", (unsigned char)text.data[i + 2] == 0xbe ? 'E' : 'F');
      i += 2;
    } else {
      fputc(c, out);
    }
  }
}

static void print_plain(FILE *out, const char *before, dsr_str text,
                        const char *after) {
  fprintf(out, "%s%.*s%s", before, (int)text.len, text.data, after);
}

static void print_term(FILE *out, const dsr_rdf_term *term) {
  switch (term->kind) {
    case DSR_RDF_IRI:
      print_plain(out, "<", term->text, ">");
      break;
    case DSR_RDF_BLANK:
      print_plain(out, "_:", term->text, "");
      break;
    case DSR_RDF_TRIPLE:
      fputs("<<(", out);
      for (int i = 0; i < 3; i++) {
        fputc(' ', out);
        print_term(out, &term->triple[i]);
      }
      fputs(" )>>", out);
      break;
    case DSR_RDF_LITERAL:
      fputc('"', out);
      print_escaped(out, term->text);
      fputc('"', out);
      if (term->datatype.data) print_plain(out, "^^<", term->datatype, ">");
      if (term->language.data) print_plain(out, "@", term->language, "");
      if (term->direction == DSR_RDF_LTR) fputs("--ltr", out);
      if (term->direction == DSR_RDF_RTL) fputs("--rtl", out);
      break;
  }
}

static dsr_status on_quad(void *ud, const dsr_rdf_quad *quad) {
  host *h = ud;
  h->quads++;
  if (h->counts) return DSR_OK;
  if (h->verbose) fprintf(h->out, "# line %lld\n", (long long)quad->line);
  print_term(h->out, quad->subject);
  fputc(' ', h->out);
  print_term(h->out, quad->predicate);
  fputc(' ', h->out);
  print_term(h->out, quad->object);
  if (quad->graph) {
    fputc(' ', h->out);
    print_term(h->out, quad->graph);
  }
  fputs(" .\n", h->out);
  return DSR_OK;
}

static dsr_status on_prefix(void *ud, dsr_str label, dsr_str iri) {
  host *h = ud;
  if (!h->verbose) return DSR_OK;
  print_plain(h->out, "# prefix ", label, ": <");
  print_plain(h->out, "", iri, ">\n");
  return DSR_OK;
}

static dsr_status on_base(void *ud, dsr_str iri) {
  host *h = ud;
  if (h->verbose) print_plain(h->out, "# base <", iri, ">\n");
  return DSR_OK;
}

/* ---- reading ---------------------------------------------------------------------- */

static char *slurp(const char *path, size_t *len) {
  FILE *file = fopen(path, "rb");
  struct stat status;
  if (!file || fstat(fileno(file), &status) != 0) {
    fprintf(stderr, "%s: cannot be read\n", path);
    exit(2);
  }
  char *data = malloc((size_t)status.st_size + 1);
  if (!data) exit(2);
  *len = fread(data, 1, (size_t)status.st_size, file);
  fclose(file);
  return data;
}

static dsr_status read_input(host *h, const char *path, dsr_str bytes) {
  dsr_input *input;
  dsr_rdf_sink sink = {h, on_quad, on_prefix, on_base};
  dsr_error_clear(&h->error);
  h->quads = 0;
  dsr_status rc = bytes.data ? dsr_input_bytes(bytes, path, h->piece, &h->error, &input)
                             : dsr_input_open(path, &h->error, &input);
  if (rc < 0) return rc;
  rc = dsr_rdf_read(input, h->syntax, h->base, &sink, &h->error);
  if (h->counts) {
    fprintf(h->out, "%lld quads, %lld of %lld bytes\n", h->quads,
            (long long)dsr_input_done(input), (long long)dsr_input_total(input));
  }
  dsr_input_close(input);
  return rc;
}

/* What reading prints, the error with it.  Owned. */
static char *print_input(host *h, const char *path, dsr_str bytes, dsr_status *rc) {
  char *text;
  size_t len;
  h->out = open_memstream(&text, &len);
  *rc = read_input(h, path, bytes);
  if (*rc < 0) fprintf(h->out, "%s\n", h->error.text);
  fclose(h->out);
  h->out = stdout;
  return text;
}

/* Allocations fail one by one, and none is lost or goes without a word. */
static int read_failing(host *h, const char *path, dsr_str bytes) {
  dsr_status rc;
  char *whole = print_input(h, path, bytes, &rc);
  int failed = 0;
  for (long n = 1; n < FAULTS_MOST; n++) {
    dsr_mem_fail_at(n);
    char *text = print_input(h, path, bytes, &rc);
    dsr_mem_fail_at(0);
    bool same = strcmp(text, whole) == 0;
    bool told = rc == DSR_ENOMEM && strcmp(h->error.text, "out of memory") == 0;
    free(text);
    if (!same && !told) {
      printf("%s: allocation %ld: %s\n", path, n, h->error.text);
      failed = 1;
    }
    if (same) {
      printf("%s: %s\n", path, n > 1 ? "every allocation may fail" : "no allocation");
      break;
    }
  }
  free(whole);
  return failed;
}

/* Pieces of every size from 1 on print the same. */
static int read_pieces(host *h, const char *path, dsr_str bytes) {
  dsr_status rc;
  char *whole = print_input(h, path, bytes, &rc);
  int failed = 0;
  for (h->piece = 1; h->piece <= h->piece_most && !failed; h->piece++) {
    char *text = print_input(h, path, bytes, &rc);
    if (strcmp(text, whole) != 0) {
      printf("%s: in pieces of %zu:\n%sinstead of\n%s", path, h->piece, text, whole);
      failed = 1;
    }
    free(text);
  }
  if (!failed) fputs(whole, stdout);
  free(whole);
  return failed || rc < 0;
}

static int read_file(host *h, const char *path) {
  dsr_str bytes = {NULL, 0};
  char *data = NULL;
  char based[1000];
  int failed;
  if (h->place) {
    const char *slash = strrchr(path, '/');
    snprintf(based, sizeof based, "%s%s", h->place, slash ? slash + 1 : path);
    h->base = dsr_str_of(based);
  }
  if (!h->chosen && !dsr_rdf_syntax_of(path, &h->syntax)) {
    fprintf(stderr, "%s: which syntax? -s\n", path);
    return 2;
  }
  if (h->piece || h->piece_most || h->fails) {
    data = slurp(path, &bytes.len);
    bytes.data = data;
  }
  if (h->fails) {
    failed = read_failing(h, path, bytes);
  } else if (h->piece_most) {
    failed = read_pieces(h, path, bytes);
  } else {
    failed = read_input(h, path, bytes) < 0;
    if (failed) printf("%s\n", h->error.text);
  }
  free(data);
  return failed;
}

static bool choose_syntax(host *h, const char *word) {
  char name[16];
  snprintf(name, sizeof name, "a.%s", word);
  h->chosen = dsr_rdf_syntax_of(name, &h->syntax);
  return h->chosen;
}

int main(int argc, char **argv) {
  static host h;
  int option, failed = 0;
  h.out = stdout;
  while ((option = getopt(argc, argv, "s:b:B:p:P:vcfm")) >= 0) {
    if (option == 's' && !choose_syntax(&h, optarg)) return 2;
    if (option == 'b') h.base = dsr_str_of(optarg);
    if (option == 'B') h.place = optarg;
    if (option == 'p') h.piece = (size_t)atol(optarg);
    if (option == 'P') h.piece_most = (size_t)atol(optarg);
    if (option == 'v') h.verbose = true;
    if (option == 'c') h.counts = true;
    if (option == 'f') h.fails = true;
    if (option == 'm') h.many = true;
    if (option == '?') return 2;
  }
  for (int i = optind; i < argc; i++) {
    failed |= read_file(&h, argv[i]);
    if (h.many) printf("== %s\n", argv[i]);
  }
  return h.many ? 0 : failed;
}
