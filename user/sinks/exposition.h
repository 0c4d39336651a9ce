/* SPDX-License-Identifier: GPL-2.0 */
/*
 * exposition: writes metric families and their samples, as OpenMetrics 1.0 or as the older text format of Prometheus
 * (0.0.4). Knows the formats, not what the metrics are.
 */
#ifndef KVMTOP_SINKS_EXPOSITION_H
#define KVMTOP_SINKS_EXPOSITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum exposition_format {
	EXPOSITION_OPENMETRICS,
	EXPOSITION_PROMETHEUS,
	EXPOSITION_FORMAT_MAX,
};

enum metric_type {
	METRIC_COUNTER,
	METRIC_GAUGE,
	METRIC_HISTOGRAM,
	METRIC_INFO,
};

/* What samples are of. Its name has neither "_total" nor "_info" at its end; with a unit it ends with that. */
struct metric_family {
	const char *name;
	enum metric_type type;
	const char *unit; /* NULL: none */
	const char *help; /* one line */
};

/* Text that grows. Begins as zeroes. */
struct growing {
	char *v;
	size_t len, room;
	bool failed; /* no memory: all of it is worth nothing */
};

/* Labels of several samples, written once: no two of the same name. */
void labels__add(struct growing *labels, const char *name, const char *value);
void labels__add_number(struct growing *labels, const char *name, int64_t value);
/* Leaves the first @len bytes. */
void labels__cut(struct growing *labels, size_t len);
void growing__done(struct growing *text);

/* What is written so far. Begins as zeroes but for the format. */
struct exposition {
	enum exposition_format format;
	struct growing text;
	const struct metric_family *family;
	bool has_samples; /* of @family: its head is written */
};

/*
 * What follows is of this family, which stays where it is; its head comes with its first sample. One family, one call.
 */
void exposition__family(struct exposition *e, const struct metric_family *family);

/*
 * A sample: the end of its name ("" or, of a histogram, "_bucket", ...; that of counters and infos comes by itself), its
 * labels (NULL: none), and its value.
 */
void exposition__u64(struct exposition *e, const char *suffix, const struct growing *labels,
		     uint64_t value);
/* @value * 10^-@digits, exactly; @digits 0 to 18. */
void exposition__decimal(struct exposition *e, const char *suffix, const struct growing *labels,
			 uint64_t value, unsigned int digits);
void exposition__double(struct exposition *e, const char *suffix, const struct growing *labels,
			double value);

/* A sample of a histogram: how many are not above @le, which is a number or "+Inf". */
void exposition__bucket(struct exposition *e, const struct growing *labels, const char *le,
			uint64_t count);

/* After the last sample. 0 or -ENOMEM. */
int exposition__finish(struct exposition *e);

/* Frees the text. */
void exposition__done(struct exposition *e);

#endif
