/* SPDX-License-Identifier: GPL-2.0 */
/*
 * metric_render: a frame that is being written as metrics, for the modules that write its families.
 */
#ifndef KVMTOP_SINKS_METRIC_RENDER_H
#define KVMTOP_SINKS_METRIC_RENDER_H

#include <stddef.h>

#include "exposition.h"

struct frame;
struct frame_vm;
struct view;

/* A VM that has metrics. */
struct metric_vm {
	const struct frame_vm *vm;
	struct labels labels; /* "vm", "pid" */
	size_t labels_len;    /* of those two; there may be others behind them for a sample */
};

struct render {
	const struct frame *frame;
	const struct view *view;
	struct exposition e;
	struct metric_vm *vms; /* in the frame's order */
	size_t n_vms;
	size_t n_running; /* VMs of the frame that have not ended */
};

#endif
