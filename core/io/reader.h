/*
** reader.h - the readers behind dsr_rdf_read(), one for lines and one for statements.
*/
#ifndef DSR_IO_READER_H
#define DSR_IO_READER_H

#include "io/rdf.h"

/* N-Triples; N-Quads with `graphs`. */
dsr_status dsr_rdf_lines(dsr_input *input, bool graphs, const dsr_rdf_sink *sink,
                         dsr_error *error);

/* Turtle; TriG with `graphs`. */
dsr_status dsr_rdf_statements(dsr_input *input, bool graphs, dsr_str base,
                              const dsr_rdf_sink *sink, dsr_error *error);

#endif
