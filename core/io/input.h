/*
** input.h - bytes of a file, of the standard input or of a buffer, in long spans.
**
** What begins with the magic of gzip (RFC 1952) or zstd (RFC 8878) is unpacked as it is
** read, members and frames one after the other; a file that ends inside one, or that does
** not match its checksum, is an error and never a short text.  Unpacked bytes go straight
** into the span, so a file that unpacks to a million times its size costs time alone (and
** the window that its maker chose, of at most 128 MB for zstd).
**
** A reader looks at one span, says how much of it is done with, and is given the rest with
** more behind it, at another address.  DSR_INPUT_PAD zero bytes stand behind each span, so
** that scanners may look past its end.  A reader that asks again without being done with
** anything is given at least twice as much, so that starting over on what was cut costs
** no more than a constant factor; the span grows as far as the reader asks.
*/
#ifndef DSR_IO_INPUT_H
#define DSR_IO_INPUT_H

#include "ground/pace.h"
#include "ground/status.h"

enum { DSR_INPUT_PAD = 64 };

typedef struct dsr_input dsr_input;

/*
** Open the file at `path`; "-" is the standard input, which stays open in the end.
**
** Owned: dsr_input_close().  Returns DSR_EABSENT where there is no such file, DSR_EIO,
** DSR_ENOMEM; words in `error`.
*/
dsr_status dsr_input_open(const char *path, dsr_error *error, dsr_input **out);

/* The same for `bytes`, which are kept until the end, under a name for messages (copied).
** At most `piece` of them come at a time; 0: as many as fit. */
dsr_status dsr_input_bytes(dsr_str bytes, const char *name, size_t piece,
                           dsr_error *error, dsr_input **out);

/*
** Be done with the first `used` bytes of the span, and put the rest with more bytes behind
** it into *span, good until the next call.  Writable, for its reader's use.
**
** Returns DSR_OK; DSR_DONE where nothing was added, since there is no more; DSR_EIO,
** DSR_EDAMAGED (packed bytes that are cut or changed), DSR_ENOMEM.
*/
dsr_status dsr_input_more(dsr_input *input, size_t used, dsr_error *error,
                          dsr_str *span);

/* Have a signal that interrupts a wait for bytes ask the host of `pace`, which may stop the
** reading (DSR_ESTOPPED).  The pace is to live as long as the input. */
void dsr_input_heed(dsr_input *input, dsr_pace *pace);

/* As it was given; "stdin" for "-".  Borrowed from the input. */
const char *dsr_input_name(const dsr_input *input);

/* Bytes of the file (packed ones, where it is packed) that were read, and how many it
** has; -1 where that is not known. */
int64_t dsr_input_done(const dsr_input *input);
int64_t dsr_input_total(const dsr_input *input);

/* NULL is allowed. */
void dsr_input_close(dsr_input *input);

#endif
