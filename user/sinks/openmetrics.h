/* SPDX-License-Identifier: GPL-2.0 */
/*
 * openmetrics: a frame as metrics: which families there are, and their samples. Of what is not known there is no sample,
 * and of a VM that has ended there are none.
 */
#ifndef KVMTOP_SINKS_OPENMETRICS_H
#define KVMTOP_SINKS_OPENMETRICS_H

#include <stddef.h>

#include "exposition.h"

struct frame;
struct view;

/* So many VMs have metrics unless --top says otherwise: those with the most exits. */
#define METRICS_TOP_DEFAULT 1000

/* The families, but for KVM's statistics; NULL at the end. */
const struct metric_family *openmetrics__family(size_t i);

/*
 * The whole of it, malloc'ed, without a NUL. view->query: --top and --sort say which VMs. 0, -ENOMEM,
 * or -ENOTSUP: protobuf is not built in.
 */
int openmetrics__render(enum exposition_format format, const struct frame *frame,
			const struct view *view, char **ret_text, size_t *ret_len);

#endif
