/* SPDX-License-Identifier: GPL-2.0 */
/*
 * top_reasons: the exit reasons that a VM or vCPU has most exits of, in a line. Pure.
 */
#ifndef KVMTOP_MODEL_TOP_REASONS_H
#define KVMTOP_MODEL_TOP_REASONS_H

#include <stddef.h>

struct frame_reasons;

/*
 * Writes "REASON 43% REASON 20% REASON 5%", the shares of the exits in the interval, to @buf, cut to @size. Returns @buf, or NULL
 * if there is no reason to name.
 */
const char *top_reasons_format(const struct frame_reasons *reasons, char *buf, size_t size);

#endif
