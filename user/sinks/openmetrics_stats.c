// SPDX-License-Identifier: GPL-2.0
#include "openmetrics_stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../model/frame.h"
#include "../model/stats.h"
#include "metric_render.h"
#include "time_bounds.h"

/* KVM's names have less than 48 letters. */
#define NAME_SIZE 96
#define HELP_SIZE 160

struct stat_name {
	char v[NAME_SIZE];
};

/* A statistic of all VMs. */
struct stat_metric {
	const struct stat_desc *desc;
	size_t i; /* in frame_stats */
	bool of_vcpus;
};

static const struct frame_stats *stats_of(const struct metric_vm *m, bool of_vcpus)
{
	return of_vcpus ? &m->vm->vcpu_stats : &m->vm->stats;
}

static bool is_hist(const struct stat_desc *desc)
{
	return desc->type == STAT_LINEAR_HIST || desc->type == STAT_LOG_HIST;
}

static const char *unit_of(const struct stat_desc *desc)
{
	static const char *const units[STAT_UNIT_MAX] = {
		[STAT_UNIT_BYTES] = "bytes",
		[STAT_UNIT_SECONDS] = "seconds",
		[STAT_UNIT_CYCLES] = "cycles",
	};

	return units[desc->unit];
}

static void cut_suffix(char *name, const char *suffix)
{
	size_t len = strlen(name), suffix_len = strlen(suffix);

	if (len > suffix_len && !strcmp(name + len - suffix_len, suffix))
		name[len - suffix_len] = '\0';
}

/* The metric's name: letters, digits and underscores only. */
static struct stat_name name_of(const struct stat_desc *desc)
{
	const char *unit = unit_of(desc);
	struct stat_name name;
	char stem[NAME_SIZE - 32];

	snprintf(stem, sizeof(stem), "%s", desc->name);
	for (char *p = stem; *p; p++)
		if ((*p < 'a' || *p > 'z') && (*p < 'A' || *p > 'Z') && (*p < '0' || *p > '9'))
			*p = '_';
	cut_suffix(stem, "_total");
	if (desc->unit == STAT_UNIT_SECONDS)
		cut_suffix(stem, "_ns");
	snprintf(name.v, sizeof(name.v), METRICS_STAT_PREFIX "%s%s%s", stem, unit ? "_" : "",
		 unit ? unit : "");
	return name;
}

/* A value in its unit. */
static double scaled(const struct stat_desc *desc, double value)
{
	const double base = desc->pow2 ? 2 : 10;

	for (int i = 0; i < desc->exponent; i++)
		value *= base;
	for (int i = 0; i > desc->exponent; i--)
		value /= base;
	return value;
}

static void write_value(struct exposition *e, const struct stat_desc *desc,
			const struct labels *labels, uint64_t value)
{
	if (!desc->exponent)
		exposition__u64(e, labels, value);
	else if (!desc->pow2 && desc->exponent < 0 && desc->exponent >= -18)
		exposition__decimal(e, labels, value, (unsigned int)-desc->exponent);
	else
		exposition__double(e, labels, scaled(desc, (double)value));
}

/* Times in ns by powers of two have the same bounds as ours, as far as they reach. The last of @n is open. */
static void write_log2_ns(struct exposition *e, const struct labels *labels, const uint64_t *v,
			  size_t n)
{
	const struct time_bound *bound;
	uint64_t count = 0;
	size_t next = 0;

	for (size_t i = 0; (bound = time_bound(i)); i++) {
		/* v[0] is of 0, v[k] of 2^(k-1) to 2^k */
		size_t end = (size_t)__builtin_ctzll(bound->ns) + 1;

		if (end >= n)
			break;
		for (; next < end; next++)
			count += v[next];
		exposition__bucket(e, labels, (double)bound->ns / 1e9, bound->le, count);
	}
}

static void write_any_hist(struct exposition *e, const struct stat_desc *desc,
			   const struct labels *labels, const uint64_t *v)
{
	bool log2 = desc->type == STAT_LOG_HIST;
	double end = log2 ? 1 : desc->bucket_size;
	uint64_t count = 0;

	for (size_t i = 0; i + 1 < desc->n; i++) {
		double bound = scaled(desc, end);
		char le[40];
		int n;

		count += v[i];
		n = snprintf(le, sizeof(le) - 2, "%.17g", bound);
		if (!le[strcspn(le,
				".e")]) /* OpenMetrics: a bound shows that it is no whole number */
			memcpy(le + n, ".0", 3);
		exposition__bucket(e, labels, bound, le, count);
		end += log2 ? end : desc->bucket_size;
	}
}

/* Buckets only: KVM keeps no sum of what is in them. */
static void write_hist(struct exposition *e, const struct stat_desc *desc,
		       const struct labels *labels, const uint64_t *v)
{
	struct hist_totals totals = { .count = 0 };

	if (desc->type == STAT_LOG_HIST && desc->unit == STAT_UNIT_SECONDS && !desc->pow2 &&
	    desc->exponent == -9)
		write_log2_ns(e, labels, v, desc->n);
	else
		write_any_hist(e, desc, labels, v);
	for (size_t i = 0; i < desc->n; i++)
		totals.count += v[i];
	exposition__hist(e, labels, &totals);
}

static void write_array(struct exposition *e, const struct stat_desc *desc, struct labels *labels,
			const uint64_t *v)
{
	size_t len = labels->text.len;

	for (size_t i = 0; i < desc->n; i++) {
		labels__add_number(labels, "index", (int64_t)i);
		write_value(e, desc, labels, v[i]);
		labels__cut(labels, len);
	}
}

static void write_stat(struct exposition *e, const struct frame_stat *stat, struct labels *labels)
{
	const struct stat_desc *desc = stat->desc;

	if (is_hist(desc) && stat->totals)
		write_hist(e, desc, labels, stat->totals);
	else if (stat->totals)
		write_array(e, desc, labels, stat->totals);
	else if (desc->type == STAT_CUMULATIVE && desc->n == 1)
		write_value(e, desc, labels, stat->count.total);
	else if (desc->n == 1 && !is_hist(desc))
		write_value(e, desc, labels, stat->value);
}

static void write_metric(struct render *r, const struct stat_metric *metric,
			 const struct stat_name *name)
{
	const struct stat_desc *desc = metric->desc;
	char help[HELP_SIZE];
	const struct metric_family family = {
		.name = name->v,
		.type = is_hist(desc)			? METRIC_HISTOGRAM
			: desc->type == STAT_CUMULATIVE ? METRIC_COUNTER
							: METRIC_GAUGE,
		.unit = unit_of(desc),
		.help = help,
	};

	snprintf(help, sizeof(help), "KVM's own statistic %s%s.", desc->name,
		 metric->of_vcpus ? " of all vCPUs of a VM" : " of a VM");
	for (char *p = help; *p; p++)
		if (*p == '\\' || *p == '"') /* would have to be escaped, each format in its way */
			*p = '?';
	exposition__family(&r->e, &family);
	for (size_t i = 0; i < r->n_vms; i++) {
		const struct frame_stats *stats = stats_of(&r->vms[i], metric->of_vcpus);

		if (metric->i < stats->n && stats->v[metric->i].desc == desc)
			write_stat(&r->e, &stats->v[metric->i], &r->vms[i].labels);
	}
	exposition__family(&r->e, NULL);
}

/* Adds those of the first VM that has any: they are the same for all. */
static size_t list_metrics(const struct render *r, bool of_vcpus, struct stat_metric *list)
{
	for (size_t i = 0; i < r->n_vms; i++) {
		const struct frame_stats *stats = stats_of(&r->vms[i], of_vcpus);

		for (size_t j = 0; list && j < stats->n; j++)
			list[j] = (struct stat_metric){ stats->v[j].desc, j, of_vcpus };
		if (stats->n)
			return stats->n;
	}
	return 0;
}

void openmetrics_stats__write(struct render *r)
{
	size_t n_vm = list_metrics(r, false, NULL), n = n_vm + list_metrics(r, true, NULL);
	__autofree struct stat_metric *list = calloc(n + 1, sizeof(*list));
	__autofree struct stat_name *names = calloc(n + 1, sizeof(*names));

	if (!list || !names) {
		r->e.text.failed = true;
		return;
	}
	list_metrics(r, false, list);
	list_metrics(r, true, list + n_vm);
	for (size_t i = 0; i < n; i++) {
		bool taken = false;

		names[i] = name_of(list[i].desc);
		/* No two families may have the same name. */
		for (size_t j = 0; j < i && !taken; j++)
			taken = !strcmp(names[j].v, names[i].v);
		if (!taken)
			write_metric(r, &list[i], &names[i]);
	}
}
