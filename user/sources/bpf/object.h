/* SPDX-License-Identifier: GPL-2.0 */
/* object: what the loaders of all our BPF objects have in common. It knows no object. */
#ifndef KVMTOP_SOURCES_BPF_OBJECT_H
#define KVMTOP_SOURCES_BPF_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/types.h>

#include "../../../bpf/fill.h"

struct bpf_link;
struct bpf_map;
struct bpf_program;
struct kvmtop_record;
struct record_field;

/* libbpf's messages are shown with -vv only. */
void object_quiet_libbpf(void);

/*
 * A perf event on tracepoint kvm:@name, for a program to be attached to. It is not enabled. The
 * program runs all the same, on all CPUs, and the perf event's own count is not used. A file
 * descriptor or a negative errno.
 */
int object_open_tracepoint(const char *name);

/*
 * Attaches @program, if it is on a classic tracepoint by such a perf event. NULL and errno on
 * failure.
 */
struct bpf_link *object_attach(const struct bpf_program *program);

/*
 * Sets the knob @record of the program on classic tracepoint kvm:@event that reads @fields.
 * @relocated: for tests, as if the fields were elsewhere. 0 or a negative errno.
 */
int object_set_record(const char *event, const struct record_field *fields, bool relocated,
		      struct kvmtop_record *record);

/* Part of a map's one element, in whole pages; maybe none of it. */
struct object_part {
	const struct bpf_map *map;
	size_t offset, bytes;
};

/*
 * Maps @part into our memory, and behind it all elements of the mmap'able array @map, so that both look like
 * one array. @element: the bytes of an element. To be unmapped with munmap(). 0 or a negative errno.
 */
int object_map_arrays(const struct object_part *part, const struct bpf_map *map, size_t element,
		      void **ret_memory, size_t *ret_bytes);

/*
 * Maps the array @map, of elements of @element bytes, into our memory: to be unmapped by munmap(@ret_memory, @ret_bytes). 0 or a
 * negative errno.
 */
int object_map_array(const struct bpf_map *map, size_t element, void **ret_memory,
		     size_t *ret_bytes);

/*
 * Puts the numbers from @first to before @end into a queue, by a program of bpf/fill.bpf.h that is loaded. 0 or a negative errno;
 * -ENOSPC: the queue has less room.
 */
int object_fill(const struct bpf_program *program, enum kvmtop_queue queue, size_t first,
		size_t end);

/*
 * How many events the kernel did not run the program @fd for. Also 0 if there is no program (@fd <
 * 0) or it is not known.
 */
uint64_t object_missed_by(int fd);

#endif
