/*
** iri.h - resolving a relative IRI against a base: RFC 3986, 5.2, as RFC 3987 carries it
** over to IRIs.
**
** Nothing is normalised and nothing checked but where the parts lie: an IRI with a scheme
** is itself, to the byte.
*/
#ifndef DSR_IO_IRI_H
#define DSR_IO_IRI_H

#include <stdbool.h>

#include "ground/status.h"

/* Bytes of the scheme at the start of `iri`, the ':' not counted; 0 where there is none,
** which makes it relative. */
size_t dsr_iri_scheme(dsr_str iri);

/* Put `relative`, which has no scheme, resolved against `base`, which has one, into `out`,
** where base.len + relative.len + 1 bytes have room: how many it has. */
size_t dsr_iri_resolve(dsr_str base, dsr_str relative, char *out);

#endif
