/*
** iri.c - resolving a relative IRI against a base.
**
** A reference is cut at the marks of RFC 3986, appendix B.  Dot segments are taken out of
** the path where it lies in the output (5.2.4), in one walk: what is written never gets
** ahead of what is read.
*/
#include <string.h>

#include "io/iri.h"

/* The parts of an IRI, each with its mark ("//", "?", "#"); data NULL where it is not. */
typedef struct parts {
  dsr_str scheme; /* with its ':' */
  dsr_str authority;
  dsr_str path; /* always there, maybe empty */
  dsr_str query;
  dsr_str fragment;
} parts;

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

size_t dsr_iri_scheme(dsr_str iri) {
  size_t at = 0;
  if (iri.len == 0 || !is_letter(iri.data[0])) return 0;
  while (at < iri.len) {
    char c = iri.data[at];
    if (c == ':') return at;
    if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.') {
      return 0;
    }
    at++;
  }
  return 0;
}

/* Take from *rest what is before the first of `marks`. */
static dsr_str cut(dsr_str *rest, const char *marks) {
  size_t at = 0;
  while (at < rest->len && !strchr(marks, rest->data[at])) at++;
  dsr_str part = {rest->data, at};
  rest->data += at;
  rest->len -= at;
  return part;
}

static bool begins(dsr_str text, char mark) {
  return text.len > 0 && text.data[0] == mark;
}

static parts part(dsr_str iri) {
  parts p = {{NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
  dsr_str rest = iri;
  size_t scheme = dsr_iri_scheme(iri);
  if (scheme > 0) {
    p.scheme = (dsr_str){iri.data, scheme + 1};
    rest = (dsr_str){iri.data + scheme + 1, iri.len - scheme - 1};
  }
  if (rest.len >= 2 && rest.data[0] == '/' && rest.data[1] == '/') {
    dsr_str behind = {rest.data + 2, rest.len - 2};
    size_t len = cut(&behind, "/?#").len;
    p.authority = (dsr_str){rest.data, len + 2};
    rest = behind;
  }
  p.path = cut(&rest, "?#");
  if (begins(rest, '?')) p.query = cut(&rest, "#");
  if (begins(rest, '#')) p.fragment = rest;
  return p;
}

/* Is there, at the start of `text`, `segment` as the whole of a path's segment? */
static bool segment_is(dsr_str text, const char *segment) {
  size_t len = strlen(segment);
  return text.len >= len && memcmp(text.data, segment, len) == 0 &&
         (text.len == len || text.data[len] == '/');
}

/* The bytes of the output without its last segment and the '/' before that. */
static size_t up(const char *out, size_t len) {
  while (len > 0 && out[len - 1] != '/') len--;
  return len > 0 ? len - 1 : 0;
}

/* Take the dot segments out of a path (RFC 3986, 5.2.4): how many bytes are left. */
static size_t remove_dots(char *path, size_t len) {
  size_t to = 0;
  dsr_str in = {path, len};
  while (in.len > 0) {
    size_t skip = 0;
    if (segment_is(in, ".") ||
        segment_is(in, "..")) { /* 2A and 2D: at the front only */
      skip = segment_is(in, ".") ? 1 : 2;
      if (skip < in.len) skip++;
    } else if (segment_is(in, "/.")) { /* 2B: the '/' behind it stays */
      skip = in.len > 2 ? 2 : 1;
      if (in.len == 2) path[in.data + 1 - path] = '/';
    } else if (segment_is(in, "/..")) { /* 2C */
      skip = in.len > 3 ? 3 : 2;
      if (in.len == 3) path[in.data + 2 - path] = '/';
      to = up(path, to);
    } else { /* 2E */
      size_t n = 1;
      while (n < in.len && in.data[n] != '/') n++;
      memmove(path + to, in.data, n);
      to += n;
      skip = n;
    }
    in.data += skip;
    in.len -= skip;
  }
  return to;
}

static size_t put(char *out, size_t len, dsr_str text) {
  if (text.len > 0) memcpy(out + len, text.data, text.len);
  return len + text.len;
}

/* The base's path up to its last '/', then the reference's (RFC 3986, 5.2.3). */
static size_t merge(char *out, size_t len, const parts *base, dsr_str path) {
  if (base->authority.data && base->path.len == 0) {
    out[len++] = '/';
  } else {
    size_t keep = base->path.len;
    while (keep > 0 && base->path.data[keep - 1] != '/') keep--;
    len = put(out, len, (dsr_str){base->path.data, keep});
  }
  return put(out, len, path);
}

size_t dsr_iri_resolve(dsr_str base_iri, dsr_str relative, char *out) {
  parts base = part(base_iri), ref = part(relative);
  bool own = ref.authority.data != NULL;
  size_t len = put(out, 0, base.scheme);
  len = put(out, len, own ? ref.authority : base.authority);
  size_t start = len;
  if (!own && ref.path.len == 0) {
    len = put(out, len, base.path);
    len = put(out, len, ref.query.data ? ref.query : base.query);
    return put(out, len, ref.fragment);
  }
  len = own || begins(ref.path, '/') ? put(out, len, ref.path)
                                     : merge(out, len, &base, ref.path);
  len = start + remove_dots(out + start, len - start);
  len = put(out, len, ref.query);
  return put(out, len, ref.fragment);
}
