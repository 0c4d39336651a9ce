/* SPDX-License-Identifier: GPL-2.0 */
/*
 * exposition: writes metric families and their samples, as OpenMetrics 1.0, as the older text format of Prometheus
 * (0.0.4), or as its protobuf format. Knows the formats, not what the metrics are.
 */
#ifndef KVMTOP_SINKS_EXPOSITION_H
#define KVMTOP_SINKS_EXPOSITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "growing.h"
#include "labels.h"
#include "metric.h"

enum exposition_format {
	EXPOSITION_OPENMETRICS,
	EXPOSITION_PROMETHEUS,
	EXPOSITION_PROTOBUF,
	EXPOSITION_FORMAT_MAX,
};

struct proto;

/* What is written so far. */
struct exposition {
	enum exposition_format format;
	struct growing text;
	const struct metric_family *family;
	bool has_samples;    /* of @family: its head is written */
	struct proto *proto; /* NULL: it is text */
};

/* 0; -ENOMEM; -ENOTSUP: protobuf is not built in. */
int exposition__init(struct exposition *e, enum exposition_format format);

/* No labels yet. */
struct labels exposition__labels(const struct exposition *e);

/*
 * What follows is of this family, which stays where it is; its head comes with its first sample. One family, one call.
 */
void exposition__family(struct exposition *e, const struct metric_family *family);

/* A sample, but of a histogram: its labels (NULL: none), and its value. */
void exposition__u64(struct exposition *e, const struct labels *labels, uint64_t value);
/* @value * 10^-@digits, in text exactly; @digits 0 to 18. */
void exposition__decimal(struct exposition *e, const struct labels *labels, uint64_t value,
			 unsigned int digits);
void exposition__double(struct exposition *e, const struct labels *labels, double value);

/*
 * A sample of a histogram: how many values are not above @le, which is written as @le_text, for
 * ascending bounds but +Inf. Then the rest of it. Without a sum its text has neither sum nor count.
 */
void exposition__bucket(struct exposition *e, const struct labels *labels, double le,
			const char *le_text, uint64_t count);
void exposition__hist(struct exposition *e, const struct labels *labels,
		      const struct hist_totals *totals);

/* After the last sample. 0 or -ENOMEM. */
int exposition__finish(struct exposition *e);

/* Frees the text. */
void exposition__done(struct exposition *e);

#endif
