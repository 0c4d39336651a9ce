/* SPDX-License-Identifier: GPL-2.0 */
/*
 * record.h: THE contract between the programs on classic tracepoints and user space: where the
 * fields of a record are. All known kernels have them where the programs' structs say. A kernel may
 * have a longer common header (PREEMPT_RT up to 6.1), or other fields before them. Then user space
 * says so, and where the fields are.
 */
#ifndef KVMTOP_BPF_RECORD_H
#define KVMTOP_BPF_RECORD_H

/* Fields of one record that a program reads, at most. */
#define KVMTOP_RECORD_FIELDS 5

/* In bytes; a size is 8 at most. */
struct kvmtop_field {
	__u32 offset;
	__u32 size;
};

struct kvmtop_record {
	struct kvmtop_field field[KVMTOP_RECORD_FIELDS]; /* in the order of the program's */
	__u32 relocated; /* 1: the fields are there, and not where the program's struct has them */
	__u32 pad;
};

#endif
