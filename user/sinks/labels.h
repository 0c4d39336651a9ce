/* SPDX-License-Identifier: GPL-2.0 */
/*
 * labels: the labels of metrics, as text or for protobuf. Knows neither samples nor families.
 */
#ifndef KVMTOP_SINKS_LABELS_H
#define KVMTOP_SINKS_LABELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "growing.h"

/* Labels of several samples, written once: no two of the same name. Begins as zeroes, but for @separate. */
struct labels {
	/* as the format has them, joined by commas; or, for protobuf, each name and each value with a NUL at its end */
	struct growing text;
	bool separate; /* the latter */
};

void labels__add(struct labels *labels, const char *name, const char *value);
void labels__add_number(struct labels *labels, const char *name, int64_t value);
/* Leaves the first @len bytes of the text. */
void labels__cut(struct labels *labels, size_t len);
void labels__done(struct labels *labels);

#endif
