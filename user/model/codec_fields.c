// SPDX-License-Identifier: GPL-2.0
#include "codec_fields.h"

#include <limits.h>
#include <string.h>

#include "../base/cleanup.h"
#include "snapshot.h"

#define FIELD(type, member, max_, ...)                                                    \
	{                                                                                 \
		.offset = offsetof(type, member), .size = sizeof(((type *)NULL)->member), \
		.max = (max_), __VA_ARGS__                                                \
	}
#define FIELDS(name, ...)                                                  \
	static const struct codec_field name##_fields[] = { __VA_ARGS__ }; \
	const struct codec_fields name = { name##_fields, ARRAY_SIZE(name##_fields) }

#define YEAR_10000 INT64_C(253402300800)

FIELDS(codec_snapshot, FIELD(struct snapshot, mono_ns, INT64_MAX),
       FIELD(struct snapshot, wall.tv_sec, YEAR_10000 - 1),
       FIELD(struct snapshot, wall.tv_nsec, 999999999, .alone = true),
       FIELD(struct snapshot, include_past, 1), FIELD(struct snapshot, latency, LATENCY_FULL),
       FIELD(struct snapshot, hist_full, UINT64_MAX));

FIELDS(codec_vm, FIELD(struct vm_sample, key, UINT64_MAX), FIELD(struct vm_sample, pid, INT_MAX),
       FIELD(struct vm_sample, vm_fd, INT_MAX, .min = -INT_MAX), FIELD(struct vm_sample, ended, 1),
       FIELD(struct vm_sample, later, 1),
       FIELD(struct vm_sample, stats_source, STATS_SOURCE_MAX - 1));

FIELDS(codec_vcpu, FIELD(struct vcpu_sample, vcpu_id, UINT32_MAX),
       FIELD(struct vcpu_sample, tid, INT_MAX),
       FIELD(struct vcpu_sample, stats_source, STATS_SOURCE_MAX - 1),
       FIELD(struct vcpu_sample, place.in_guest, 1), FIELD(struct vcpu_sample, place.in_kvm, 1),
       FIELD(struct vcpu_sample, place.in_vmm, 1), FIELD(struct vcpu_sample, times.valid, 1),
       FIELD(struct vcpu_sample, times.run_delay_valid, 1),
       FIELD(struct vcpu_sample, times.wall_ns, UINT64_MAX));

FIELDS(codec_thread, FIELD(struct vcpu_thread, slices_known, 1),
       FIELD(struct vcpu_thread, slices, UINT64_MAX), FIELD(struct vcpu_thread, cpu_known, 1),
       FIELD(struct vcpu_thread, cpu, UINT32_MAX));

FIELDS(codec_tally_key, FIELD(struct tally, isa, UINT32_MAX),
       FIELD(struct tally, code, UINT64_MAX));

/* max_ns is of one interval; the histogram's counts follow. */
FIELDS(codec_tally, FIELD(struct tally, count, UINT64_MAX), FIELD(struct tally, sum_ns, UINT64_MAX),
       FIELD(struct tally, max_ns, UINT64_MAX, .alone = true),
       FIELD(struct tally, max_total_ns, UINT64_MAX), FIELD(struct tally, hist_missing, 1),
       FIELD(struct tally, hist.first, HIST_SLOTS), FIELD(struct tally, hist.n, HIST_SLOTS));

FIELDS(codec_detail_key, FIELD(struct detail_tally, kind, DETAIL_KIND_MAX - 1),
       FIELD(struct detail_tally, key, UINT64_MAX), FIELD(struct detail_tally, sub, UINT64_MAX));
FIELDS(codec_detail, FIELD(struct detail_tally, count, UINT64_MAX),
       FIELD(struct detail_tally, sum_ns, UINT64_MAX));
FIELDS(codec_detail_sum, FIELD(struct detail_sum, count, UINT64_MAX),
       FIELD(struct detail_sum, sum_ns, UINT64_MAX));

FIELDS(codec_load, FIELD(struct vmm_load, quota_known, 1),
       FIELD(struct vmm_load, throttled_ns, UINT64_MAX),
       FIELD(struct vmm_load, throttles, UINT64_MAX), FIELD(struct vmm_load, quota_pct, UINT32_MAX),
       FIELD(struct vmm_load, vcpus, UINT32_MAX), FIELD(struct vmm_load, pressure_known, 1),
       FIELD(struct vmm_load, memory_some_ns, UINT64_MAX),
       FIELD(struct vmm_load, memory_full_ns, UINT64_MAX), FIELD(struct vmm_load, swap_known, 1),
       FIELD(struct vmm_load, swap_bytes, UINT64_MAX),
       FIELD(struct vmm_load, cpus_allowed, UINT32_MAX), FIELD(struct vmm_load, aux_known, 1),
       FIELD(struct vmm_load, aux_threads, UINT32_MAX),
       FIELD(struct vmm_load, aux_run_ns, UINT64_MAX),
       FIELD(struct vmm_load, aux_delay_ns, UINT64_MAX));

uint64_t codec_field__get(const struct codec_field *field, const void *from)
{
	const char *at = (const char *)from + field->offset;
	uint64_t value = 0;
	uint32_t narrow;
	uint8_t byte;

	switch (field->size) {
	case sizeof(byte):
		memcpy(&byte, at, sizeof(byte));
		return byte;
	case sizeof(narrow):
		memcpy(&narrow, at, sizeof(narrow));
		return field->min < 0 ? (uint64_t)(int64_t)(int32_t)narrow : narrow;
	default:
		memcpy(&value, at, sizeof(value));
		return value;
	}
}

bool codec_field__set(const struct codec_field *field, void *to, uint64_t value)
{
	char *at = (char *)to + field->offset;
	uint32_t narrow = (uint32_t)value;
	uint8_t byte = (uint8_t)value;
	bool negative = field->min < 0 && (int64_t)value < 0;

	if (negative ? (int64_t)value < field->min : value > field->max)
		return false;
	switch (field->size) {
	case sizeof(byte):
		memcpy(at, &byte, sizeof(byte));
		break;
	case sizeof(narrow):
		memcpy(at, &narrow, sizeof(narrow));
		break;
	default:
		memcpy(at, &value, sizeof(value));
		break;
	}
	return true;
}

bool codec_fields__equal(const struct codec_fields *fields, const void *a, const void *b)
{
	for (size_t i = 0; i < fields->n; i++)
		if (codec_field__get(&fields->v[i], a) != codec_field__get(&fields->v[i], b))
			return false;
	return true;
}
