/* SPDX-License-Identifier: GPL-2.0 */
/*
 * outputs: where frames go, as the options say.
 */
#ifndef KVMTOP_OUTPUTS_H
#define KVMTOP_OUTPUTS_H

#include <stdbool.h>
#include <stdint.h>

struct frame;
struct options;
struct outputs;
struct reason_names;
struct slow_exit;

/*
 * Opens what @options asks for; they and @names outlive it. @isa: of this host's exit reasons, 0: not known. 0, or a negative
 * errno after one line on stderr.
 */
int outputs__open(const struct options *options, const struct reason_names *names, uint32_t isa,
		  struct outputs **ret_outputs);
void outputs__close(struct outputs *outputs);

/* Whether anything is written to stdout; if not, nothing there is of interest, nor that its reader has gone. */
bool outputs__has_stdout(const struct outputs *outputs);
/* Another run of a recording begins: its frames have nothing to do with those before. */
void outputs__restart(struct outputs *outputs);

/* SIGHUP: files may have been moved away, and are opened anew. */
void outputs__reopen(struct outputs *outputs);

/*
 * Writes a frame, or a slow exit, to all that take it. 0; -EPIPE when the reader of stdout is gone, -EINTR when a signal
 * ended a write that nobody read; or another negative errno after one line on stderr.
 */
int outputs__write_frame(struct outputs *outputs, const struct frame *frame);
int outputs__write_slow(struct outputs *outputs, const struct slow_exit *slow);

#endif
