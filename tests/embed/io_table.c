/*
** io_table.c - rows of tables, printed as the readers give them.
**
**   io_table [-t | -j] [-p PIECE] [-P MOST] [-f] FILE
**   io_table -i PATTERN FILE
**
** A row is printed as its line's number and its fields, each in brackets, with controls
** and backslashes as \xNN; a value of JSON as its nodes.  What is bad is printed with its
** error and the bytes to set aside, and reading goes on.
**
**   -t         TSV; -j JSON Lines; else CSV
**   -p PIECE   the file comes in pieces of so many bytes
**   -P MOST    the same for every size of pieces from 1 to MOST: all must print alike
**   -f         allocations fail one by one, until a reading gets through
**   -i PATTERN import FILE into a base in memory ("": without a pattern); allocations fail
**              one by one until it gets through: how often is printed, and the claims
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ground/mem.h"
#include "io/csv.h"
#include "io/json.h"

enum { FAULTS_MOST = 2000 };

typedef struct host {
  const char *path;
  bool tsv, json;
  dsr_str bytes;
  FILE *out;
  dsr_error error;
} host;

static void print(host *h, dsr_str text) {
  fputc('[', h->out);
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.data[i];
    bool plain = c >= ' ' && c != '\\' && c != 0x7f;
    fprintf(h->out, plain ? "%c" : "\\x%02x", c);
  }
  fputc(']', h->out);
}

/* Is the reading over? */
static bool bad(host *h, dsr_status rc, dsr_str raw, int64_t line) {
  if (rc != DSR_ESYNTAX && rc != DSR_ELIMIT) return true;
  fprintf(h->out, "%lld bad ", (long long)line);
  print(h, raw);
  fprintf(h->out, " %.*s\n", (int)strcspn(h->error.text, "\n"), h->error.text);
  dsr_error_clear(&h->error);
  return false;
}

static dsr_status read_csv(host *h, dsr_input *input) {
  dsr_csv *csv;
  dsr_csv_row row;
  dsr_csv_options how = {.tsv = h->tsv};
  TRY(dsr_csv_new(input, &how, &h->error, &csv));
  dsr_status rc;
  while ((rc = dsr_csv_next(csv, &row)) != DSR_DONE) {
    if (rc < 0 && bad(h, rc, row.raw, row.line)) break;
    if (rc < 0) continue;
    fprintf(h->out, "%lld ", (long long)row.line);
    for (size_t i = 0; i < row.n; i++) print(h, row.fields[i]);
    fputc('\n', h->out);
  }
  dsr_csv_free(csv);
  return rc;
}

static dsr_status read_json(host *h, dsr_input *input) {
  static const char kinds[] = "nft#s[{";
  dsr_jsonl *lines;
  dsr_jsonl_row row;
  TRY(dsr_jsonl_new(input, &h->error, &lines));
  dsr_status rc;
  while ((rc = dsr_jsonl_next(lines, &row)) != DSR_DONE) {
    if (rc < 0 && bad(h, rc, row.raw, row.line)) break;
    if (rc < 0) continue;
    fprintf(h->out, "%lld ", (long long)row.line);
    for (const dsr_json *at = row.value; at < row.value + row.value->skip; at++) {
      fprintf(h->out, "%c", kinds[at->kind]);
      if (at->kind >= DSR_JSON_ARRAY) fprintf(h->out, "%u ", at->skip);
      if (at->text.data) print(h, at->text);
    }
    fputc('\n', h->out);
  }
  dsr_jsonl_free(lines);
  return rc;
}

static dsr_status read_all(host *h, size_t piece) {
  dsr_input *input;
  dsr_error_clear(&h->error);
  TRY(dsr_input_bytes(h->bytes, "t", piece, &h->error, &input));
  dsr_status rc = h->json ? read_json(h, input) : read_csv(h, input);
  dsr_input_close(input);
  return rc;
}

static dsr_status read_to_text(host *h, size_t piece, char **text) {
  size_t len;
  h->out = open_memstream(text, &len);
  if (!h->out) exit(2);
  dsr_status rc = read_all(h, piece);
  fclose(h->out);
  return rc;
}

static char *slurp(const char *path, size_t *len) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END) != 0) exit(2);
  *len = (size_t)ftell(file);
  rewind(file);
  char *data = malloc(*len + 1);
  if (!data || fread(data, 1, *len, file) != *len) exit(2);
  fclose(file);
  return data;
}

/* 0 where each size of pieces prints what the whole does. */
static int compare(host *h, size_t most, const char *whole) {
  for (size_t piece = 1; piece <= most; piece++) {
    char *text;
    read_to_text(h, piece, &text);
    bool same = strcmp(text, whole) == 0;
    if (!same) printf("pieces of %zu bytes:\n%s", piece, text);
    free(text);
    if (!same) return 1;
  }
  return 0;
}

/* 0 where each failed allocation was told. */
static int fail_each(host *h, const char *whole) {
  for (long n = 1; n < FAULTS_MOST; n++) {
    char *text;
    dsr_mem_fail_at(n);
    dsr_status rc = read_to_text(h, 7, &text);
    dsr_mem_fail_at(0);
    bool through = rc == DSR_DONE && strcmp(text, whole) == 0;
    free(text);
    if (through) return n > 1 ? 0 : 1;
    if (rc != DSR_ENOMEM) return 1;
  }
  return 1;
}

/* Nothing of an import that failed is left: the last one opens all claims. */
static int import(const char *pattern, const char *path) {
  const char *as[] = {pattern, NULL};
  dsr_import_options how = {.as = pattern[0] ? as : NULL};
  dsr_import_report report = {0};
  dsr_base *base = NULL;
  if (dsr_open(NULL, NULL, &base) < 0) return 2;
  long n = 0;
  dsr_status rc = DSR_ENOMEM;
  while (rc == DSR_ENOMEM && n < 100000) {
    dsr_mem_fail_at(++n);
    rc = dsr_import(base, &path, 1, &how, &report);
    dsr_mem_fail_at(0);
  }
  printf("%s: %lld claims\n", n > 20 ? "failed often" : "failed seldom",
         (long long)report.claims);
  if (rc < 0) printf("%s\n", dsr_errmsg(base));
  dsr_close(base);
  return rc < 0;
}

int main(int argc, char **argv) {
  static host h;
  size_t piece = 0, most = 0;
  bool fails = false;
  if (argc == 4 && strcmp(argv[1], "-i") == 0) return import(argv[2], argv[3]);
  for (int i = 1; i < argc; i++) {
    const char *word = argv[i];
    if (strcmp(word, "-t") == 0) {
      h.tsv = true;
    } else if (strcmp(word, "-j") == 0) {
      h.json = true;
    } else if (strcmp(word, "-f") == 0) {
      fails = true;
    } else if (strcmp(word, "-p") == 0 && i + 1 < argc) {
      piece = (size_t)atol(argv[++i]);
    } else if (strcmp(word, "-P") == 0 && i + 1 < argc) {
      most = (size_t)atol(argv[++i]);
    } else {
      h.path = word;
    }
  }
  if (!h.path) return 2;
  char *data = slurp(h.path, &h.bytes.len), *whole;
  h.bytes.data = data;
  dsr_status rc = read_to_text(&h, piece, &whole);
  fputs(whole, stdout);
  if (rc != DSR_DONE) printf("status %d: %s\n", (int)rc, h.error.text);
  int code = rc == DSR_DONE ? compare(&h, most, whole) : 1;
  if (code == 0 && fails) code = fail_each(&h, whole);
  free(whole);
  free(data);
  return code;
}
