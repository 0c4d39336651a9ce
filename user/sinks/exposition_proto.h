/* SPDX-License-Identifier: GPL-2.0 */
/*
 * exposition_proto: the part of exposition that knows Prometheus' protobuf format: each family a message after its
 * length. Names and values are those of the text format 0.0.4; histograms whose slots are known
 * (hist_totals.ns) have native buckets, too.
 */
#ifndef KVMTOP_SINKS_EXPOSITION_PROTO_H
#define KVMTOP_SINKS_EXPOSITION_PROTO_H

#include <stdint.h>

#include "labels.h"
#include "metric.h"

struct proto;

/* 0; -ENOMEM; -ENOTSUP: it is not built in, and nothing else here is called. */
int proto__new(struct proto **ret_proto);
/* Takes NULL. */
void proto__free(struct proto *proto);

/* A family begins, with @suffix at the end of its name; and ends: it is appended to @out. */
void proto__begin(struct proto *proto, const struct metric_family *family, const char *suffix);
void proto__end(struct proto *proto, struct growing *out);

/* A sample of a counter, else a gauge; of a histogram: its buckets, then the rest of it. */
void proto__value(struct proto *proto, const struct labels *labels, double value);
void proto__bucket(struct proto *proto, double le, uint64_t count);
void proto__hist(struct proto *proto, const struct labels *labels,
		 const struct hist_totals *totals);

#endif
