/* SPDX-License-Identifier: GPL-2.0 */
/*
 * stats: what KVM's binary statistics are called and where they lie, from the descriptors of a statistics fd
 * (KVM_GET_STATS_FD, Documentation/virt/kvm/api.rst 4.133). The bytes are hostile until parsed. Pure.
 */
#ifndef KVMTOP_MODEL_STATS_H
#define KVMTOP_MODEL_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* KVM_STATS_TYPE_* and KVM_STATS_UNIT_* of linux/kvm.h, shifted down. */
enum stat_type {
	STAT_CUMULATIVE,
	STAT_INSTANT,
	STAT_PEAK,
	STAT_LINEAR_HIST,
	STAT_LOG_HIST,
	STAT_TYPE_MAX,
};

enum stat_unit {
	STAT_UNIT_NONE,
	STAT_UNIT_BYTES,
	STAT_UNIT_SECONDS,
	STAT_UNIT_CYCLES,
	STAT_UNIT_BOOLEAN,
	STAT_UNIT_MAX,
};

/* One statistic: @n values of 64 bits. In its unit a value is value * (pow2 ? 2 : 10) ^ exponent. */
struct stat_desc {
	char *name; /* printable ASCII without spaces, not empty, no other one has it */
	enum stat_type type;
	enum stat_unit unit;
	bool pow2;
	int exponent;
	uint32_t bucket_size; /* of a linear histogram */
	uint32_t offset; /* of the first value, in bytes, in struct kvm_vm_stat or kvm_vcpu_stat */
	uint32_t n;	 /* values: 1, or the buckets of a histogram */
	size_t first;	 /* where the first value is in a sample */
};

/* All statistics of a VM, or of a vCPU. A sample is an array of n_values values in this order. */
struct stat_layout {
	struct stat_desc *v;
	size_t n;
	size_t n_values;
	size_t bytes;	    /* of the kernel's struct, as far as the descriptors reach */
	size_t data_offset; /* of the values in the statistics fd; 0: the layout is not from one */
};

/*
 * Parses @len bytes from the start of a statistics fd: header, id and all descriptors. 0, -ENOMEM,
 * or -EBADMSG and in @why one line. The descriptors may be truncated, have wrong sizes, overlapping
 * or unaligned values, unknown types or invalid names. (An unknown unit is no error: it is
 * STAT_UNIT_NONE.)
 */
int stat_layout__parse(const void *bytes, size_t len, char *why, size_t why_size,
		       struct stat_layout **ret_layout);

/*
 * How many bytes header, id and descriptors are, from the first @len (at least 24) bytes. 0 when
 * the header is broken or they would be more than 1 MiB.
 */
size_t stat_layout_head_bytes(const void *bytes, size_t len);

/*
 * A layout of cumulative statistics of one value each, in the order of @names, where only these are known. Bytes that
 * no name can have become '?'. NULL: no memory.
 */
struct stat_layout *stat_layout__from_names(const char *const *names, size_t n);

/*
 * @layout as the start of a statistics fd, malloc'ed. stat_layout__parse makes the same layout of
 * it; the data would follow. NULL: no memory.
 */
void *stat_layout__format(const struct stat_layout *layout, size_t *ret_len);

/* Whether samples of the one mean the same by the other. */
bool stat_layout__equal(const struct stat_layout *a, const struct stat_layout *b);

/* The statistic of this name, or NULL. */
const struct stat_desc *stat_layout__find(const struct stat_layout *layout, const char *name);

/* Takes the values out of the kernel's struct: @data has layout->bytes bytes, @values layout->n_values places. */
void stat_layout__decode(const struct stat_layout *layout, const void *data, uint64_t *values);

/* Takes NULL. */
void stat_layout__free(struct stat_layout *layout);

#endif
