// SPDX-License-Identifier: GPL-2.0
/*
 * exposition_proto: a family is packed metric by metric. In protobuf, messages of one type in a row
 * are one message with the parts of all. So there is never more than one metric as a tree in
 * memory.
 */
#include "exposition_proto.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "metrics.pb-c.h"
#include "native_hist.h"

/* Of a varint of 64 bits. */
#define VARINT_MAX 10

struct proto {
	struct native_map map;
	bool is_counter;
	struct growing family; /* packed so far */
	struct growing name;
	struct growing pairs, pair_list;
	struct growing buckets, bucket_list;
};

/* What a metric has of native buckets, and what points to it. */
struct native {
	struct native_hist hist;
	Prometheus__BucketSpan spans[HIST_SLOTS], *list[HIST_SLOTS];
};

int proto__new(struct proto **ret_proto)
{
	struct proto *proto = calloc(1, sizeof(*proto));

	if (!proto)
		return -ENOMEM;
	native_map__init(&proto->map);
	*ret_proto = proto;
	return 0;
}

void proto__free(struct proto *proto)
{
	if (!proto)
		return;
	growing__done(&proto->family);
	growing__done(&proto->name);
	growing__done(&proto->pairs);
	growing__done(&proto->pair_list);
	growing__done(&proto->buckets);
	growing__done(&proto->bucket_list);
	free(proto);
}

static void append_message(struct growing *out, const Prometheus__MetricFamily *message)
{
	size_t len = prometheus__metric_family__get_packed_size(message);
	char *v = growing__reserve(out, len);

	if (v)
		out->len += prometheus__metric_family__pack(message, (uint8_t *)v);
}

void proto__begin(struct proto *proto, const struct metric_family *family, const char *suffix)
{
	Prometheus__MetricFamily head = PROMETHEUS__METRIC_FAMILY__INIT;

	proto->is_counter = family->type == METRIC_COUNTER;
	proto->family.len = proto->name.len = 0;
	growing__append(&proto->name, family->name, strlen(family->name));
	growing__append(&proto->name, suffix, strlen(suffix) + 1);
	if (proto->name.failed)
		return;
	head.name = proto->name.v;
	head.help = (char *)family->help;
	head.has_type = true;
	head.type = proto->is_counter		       ? PROMETHEUS__METRIC_TYPE__COUNTER
		    : family->type == METRIC_HISTOGRAM ? PROMETHEUS__METRIC_TYPE__HISTOGRAM
						       : PROMETHEUS__METRIC_TYPE__GAUGE;
	append_message(&proto->family, &head);
}

void proto__end(struct proto *proto, struct growing *out)
{
	uint8_t varint[VARINT_MAX];
	size_t len = proto->family.len, n = 0;

	for (; len >= 0x80; len >>= 7)
		varint[n++] = (uint8_t)(len | 0x80);
	varint[n++] = (uint8_t)len;
	growing__append(out, varint, n);
	growing__append(out, proto->family.v, proto->family.len);
	out->failed |= proto->family.failed | proto->name.failed | proto->pairs.failed |
		       proto->pair_list.failed | proto->buckets.failed | proto->bucket_list.failed;
}

/* Names and values stay where the labels have them. Returns how many pairs there are, in proto->pair_list. */
static size_t make_pairs(struct proto *proto, const struct labels *labels)
{
	const char *end = labels->text.v + labels->text.len;
	size_t n = 0;

	proto->pairs.len = proto->pair_list.len = 0;
	for (char *p = labels->text.v; p < end; n++) {
		Prometheus__LabelPair pair = PROMETHEUS__LABEL_PAIR__INIT;

		pair.name = p;
		pair.value = p + strlen(p) + 1;
		p = pair.value + strlen(pair.value) + 1;
		growing__append(&proto->pairs, &pair, sizeof(pair));
	}
	for (size_t i = 0; i < n && !proto->pairs.failed; i++) {
		Prometheus__LabelPair *pair = (Prometheus__LabelPair *)proto->pairs.v + i;

		growing__append(&proto->pair_list, &pair, sizeof(pair));
	}
	return proto->pairs.failed || proto->pair_list.failed ? 0 : n;
}

static void append_metric(struct proto *proto, const struct labels *labels,
			  Prometheus__Metric *metric)
{
	Prometheus__MetricFamily part = PROMETHEUS__METRIC_FAMILY__INIT;

	if (labels && labels->text.failed) { /* the last one may have no end */
		proto->family.failed = true;
		return;
	}
	if (labels && labels->text.len) {
		metric->n_label = make_pairs(proto, labels);
		metric->label = (Prometheus__LabelPair **)proto->pair_list.v;
	}
	part.n_metric = 1;
	part.metric = &metric;
	append_message(&proto->family, &part);
}

void proto__value(struct proto *proto, const struct labels *labels, double value)
{
	Prometheus__Metric metric = PROMETHEUS__METRIC__INIT;
	Prometheus__Counter counter = PROMETHEUS__COUNTER__INIT;
	Prometheus__Gauge gauge = PROMETHEUS__GAUGE__INIT;

	counter.has_value = gauge.has_value = true;
	counter.value = gauge.value = value;
	if (proto->is_counter)
		metric.counter = &counter;
	else
		metric.gauge = &gauge;
	append_metric(proto, labels, &metric);
}

void proto__bucket(struct proto *proto, double le, uint64_t count)
{
	Prometheus__Bucket bucket = PROMETHEUS__BUCKET__INIT;

	bucket.has_upper_bound = bucket.has_cumulative_count = true;
	bucket.upper_bound = le;
	bucket.cumulative_count = count;
	growing__append(&proto->buckets, &bucket, sizeof(bucket));
}

/* All buckets since the last histogram, and that without a bound. */
static void take_buckets(struct proto *proto, Prometheus__Histogram *histogram)
{
	size_t n;

	proto__bucket(proto, INFINITY, histogram->sample_count);
	n = proto->buckets.len / sizeof(Prometheus__Bucket);
	proto->bucket_list.len = 0;
	for (size_t i = 0; i < n && !proto->buckets.failed; i++) {
		Prometheus__Bucket *bucket = (Prometheus__Bucket *)proto->buckets.v + i;

		growing__append(&proto->bucket_list, &bucket, sizeof(bucket));
	}
	proto->buckets.len = 0;
	histogram->bucket = (Prometheus__Bucket **)proto->bucket_list.v;
	histogram->n_bucket = proto->buckets.failed || proto->bucket_list.failed ? 0 : n;
}

/* Points @histogram to @native, which is filled. */
static void add_native(const struct native_map *map, struct hist ns, struct native *native,
		       Prometheus__Histogram *histogram)
{
	native_hist__fill(&native->hist, map, ns);
	for (size_t i = 0; i < native->hist.n_spans; i++) {
		Prometheus__BucketSpan *span = &native->spans[i];

		prometheus__bucket_span__init(span);
		span->has_offset = span->has_length = true;
		span->offset = native->hist.spans[i].offset;
		span->length = native->hist.spans[i].length;
		native->list[i] = span;
	}
	histogram->has_schema = histogram->has_zero_threshold = histogram->has_zero_count = true;
	histogram->schema = NATIVE_SCHEMA;
	/* That it is not 0 makes an empty one native, too. */
	histogram->zero_threshold = NATIVE_ZERO_THRESHOLD;
	histogram->zero_count = native->hist.zero_count;
	histogram->n_positive_span = native->hist.n_spans;
	histogram->positive_span = native->list;
	histogram->n_positive_delta = native->hist.n_buckets;
	histogram->positive_delta = native->hist.deltas;
}

void proto__hist(struct proto *proto, const struct labels *labels, const struct hist_totals *totals)
{
	Prometheus__Metric metric = PROMETHEUS__METRIC__INIT;
	Prometheus__Histogram histogram = PROMETHEUS__HISTOGRAM__INIT;
	struct native native;

	metric.histogram = &histogram;
	histogram.has_sample_count = histogram.has_sample_sum = true;
	histogram.sample_count = totals->count;
	/* A reader takes a missing sum for 0, which would be wrong. */
	histogram.sample_sum = totals->has_sum ? (double)totals->sum_ns / 1e9 : NAN;
	take_buckets(proto, &histogram);
	if (totals->ns)
		add_native(&proto->map, *totals->ns, &native, &histogram);
	append_metric(proto, labels, &metric);
}
