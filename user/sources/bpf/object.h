/* SPDX-License-Identifier: GPL-2.0 */
/*
 * object: what the loaders of all our BPF objects do in the same way. It knows no object.
 */
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
 * A perf event on tracepoint kvm:@name, for a program to be attached to. It is not enabled: the program runs all the same, on
 * all CPUs, and nobody reads the event's own count. A file descriptor or a negative errno.
 */
int object_open_tracepoint(const char *name);

/* Attaches @program by that, if it is on a classic tracepoint. NULL and errno. */
struct bpf_link *object_attach(const struct bpf_program *program);

/*
 * Sets the knob @record of the program on classic tracepoint kvm:@event that reads @fields; @moved: for tests, as if they were elsewhere.
 * 0 or a negative errno.
 */
int object_set_record(const char *event, const struct record_field *fields, bool moved,
		      struct kvmtop_record *record);

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

/* How many events the kernel did not run the program @fd for; 0 as well where there is none (@fd < 0) or it is not known. */
uint64_t object_missed_by(int fd);

#endif
