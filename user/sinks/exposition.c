// SPDX-License-Identifier: GPL-2.0
#include "exposition.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "exposition_proto.h"

static uint64_t power_of_ten(unsigned int digits)
{
	uint64_t power = 1;

	while (digits--)
		power *= 10;
	return power;
}

int exposition__init(struct exposition *e, enum exposition_format format)
{
	*e = (struct exposition){ .format = format };
	return format == EXPOSITION_PROTOBUF ? proto__new(&e->proto) : 0;
}

struct labels exposition__labels(const struct exposition *e)
{
	return (struct labels){ .separate = e->proto };
}

static void end_family(struct exposition *e)
{
	if (e->proto && e->has_samples)
		proto__end(e->proto, &e->text);
}

void exposition__family(struct exposition *e, const struct metric_family *family)
{
	end_family(e);
	e->family = family;
	e->has_samples = false;
}

/* What the names of all samples of a family of this type end with. */
static const char *type_suffix(const struct exposition *e)
{
	return e->family->type == METRIC_COUNTER ? "_total"
	       : e->family->type == METRIC_INFO	 ? "_info"
						 : "";
}

static void append_head(struct exposition *e, const char *word, const char *text)
{
	growing__append_text(&e->text, "# ");
	growing__append_text(&e->text, word);
	growing__append_text(&e->text, " ");
	growing__append_text(&e->text, e->family->name);
	/* In the older format a family has the name of its samples. */
	if (e->format == EXPOSITION_PROMETHEUS)
		growing__append_text(&e->text, type_suffix(e));
	growing__append_text(&e->text, " ");
	growing__append_text(&e->text, text);
	growing__append_text(&e->text, "\n");
}

static void append_family(struct exposition *e)
{
	static const char *const types[] = {
		[METRIC_COUNTER] = "counter",
		[METRIC_GAUGE] = "gauge",
		[METRIC_HISTOGRAM] = "histogram",
		[METRIC_INFO] = "info",
	};
	bool plain_info = e->family->type == METRIC_INFO && e->format == EXPOSITION_PROMETHEUS;

	append_head(e, "HELP", e->family->help);
	append_head(e, "TYPE", plain_info ? "gauge" : types[e->family->type]);
	if (e->family->unit && e->format == EXPOSITION_OPENMETRICS)
		append_head(e, "UNIT", e->family->unit);
}

/* The head of the family, before its first sample. */
static void begin_sample(struct exposition *e)
{
	if (e->has_samples)
		return;
	e->has_samples = true;
	if (e->proto)
		proto__begin(e->proto, e->family, type_suffix(e));
	else
		append_family(e);
}

/* All before the value; @le: of a bucket. */
static void begin_line(struct exposition *e, const char *suffix, const struct labels *labels,
		       const char *le)
{
	bool has_labels = labels && labels->text.len;

	begin_sample(e);
	growing__append_text(&e->text, e->family->name);
	growing__append_text(&e->text, suffix);
	if (labels && labels->text.failed)
		e->text.failed = true;
	if (has_labels || le)
		growing__append(&e->text, "{", 1);
	if (has_labels)
		growing__append(&e->text, labels->text.v, labels->text.len);
	if (le) {
		growing__append_text(&e->text, has_labels ? ",le=\"" : "le=\"");
		growing__append_text(&e->text, le);
		growing__append(&e->text, "\"", 1);
	}
	if (has_labels || le)
		growing__append(&e->text, "}", 1);
	growing__append(&e->text, " ", 1);
}

static void write_u64(struct exposition *e, const char *suffix, const struct labels *labels,
		      const char *le, uint64_t value)
{
	begin_line(e, suffix, labels, le);
	growing__append_u64(&e->text, value);
	growing__append(&e->text, "\n", 1);
}

static void write_decimal(struct exposition *e, const char *suffix, const struct labels *labels,
			  uint64_t value, unsigned int digits)
{
	uint64_t one = power_of_ten(digits);
	char text[32];
	int n;

	begin_line(e, suffix, labels, NULL);
	growing__append_u64(&e->text, value / one);
	n = digits ? snprintf(text, sizeof(text), ".%0*" PRIu64, (int)digits, value % one) : 0;
	while (n > 2 && text[n - 1] == '0')
		n--;
	growing__append(&e->text, text, (size_t)n);
	growing__append(&e->text, "\n", 1);
}

static void write_double(struct exposition *e, const char *suffix, const struct labels *labels,
			 double value)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%.17g\n", value);

	begin_line(e, suffix, labels, NULL);
	growing__append(&e->text, text, (size_t)n);
}

static void pack_value(struct exposition *e, const struct labels *labels, double value)
{
	begin_sample(e);
	proto__value(e->proto, labels, value);
}

void exposition__u64(struct exposition *e, const struct labels *labels, uint64_t value)
{
	if (e->proto)
		pack_value(e, labels, (double)value);
	else
		write_u64(e, type_suffix(e), labels, NULL, value);
}

void exposition__decimal(struct exposition *e, const struct labels *labels, uint64_t value,
			 unsigned int digits)
{
	if (e->proto)
		pack_value(e, labels, (double)value / (double)power_of_ten(digits));
	else
		write_decimal(e, type_suffix(e), labels, value, digits);
}

void exposition__double(struct exposition *e, const struct labels *labels, double value)
{
	if (e->proto)
		pack_value(e, labels, value);
	else
		write_double(e, type_suffix(e), labels, value);
}

void exposition__bucket(struct exposition *e, const struct labels *labels, double le,
			const char *le_text, uint64_t count)
{
	if (e->proto)
		proto__bucket(e->proto, le, count);
	else
		write_u64(e, "_bucket", labels, le_text, count);
}

void exposition__hist(struct exposition *e, const struct labels *labels,
		      const struct hist_totals *totals)
{
	if (e->proto) {
		begin_sample(e);
		proto__hist(e->proto, labels, totals);
		return;
	}
	write_u64(e, "_bucket", labels, "+Inf", totals->count);
	if (!totals->has_sum)
		return;
	write_u64(e, "_count", labels, NULL, totals->count);
	write_decimal(e, "_sum", labels, totals->sum_ns, 9);
}

int exposition__finish(struct exposition *e)
{
	exposition__family(e, NULL);
	if (e->format == EXPOSITION_OPENMETRICS)
		growing__append_text(&e->text, "# EOF\n");
	return e->text.failed ? -ENOMEM : 0;
}

void exposition__done(struct exposition *e)
{
	growing__done(&e->text);
	proto__free(e->proto);
	e->proto = NULL;
}
