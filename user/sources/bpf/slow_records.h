/* SPDX-License-Identifier: GPL-2.0 */
/*
 * slow_records: reports slow exits, out of the records that the drill-down's programs write into a ring buffer.
 */
#ifndef KVMTOP_SOURCES_BPF_SLOW_RECORDS_H
#define KVMTOP_SOURCES_BPF_SLOW_RECORDS_H

#include "../../model/slow.h"

struct bpf_map;
struct exits;
struct kvmtop_slow_record;
struct slow_records;

/* Adds to @slow what KVM's exit_info in @record says the exit was about. */
typedef void (*slow_decode_fn)(const struct kvmtop_slow_record *record, struct slow_exit *slow);

/*
 * Reads the ring buffer @ring of a loaded object, whose slots are those of @exits; @exits must outlive it. 0 or a negative errno.
 */
int slow_records__open(const struct bpf_map *ring, struct exits *exits, slow_decode_fn decode,
		       struct slow_records **ret_records);

/* Takes NULL. */
void slow_records__close(struct slow_records *records);

/* Readable when there are records. */
int slow_records__fd(const struct slow_records *records);

/* Hands all slow exits that are there to @fn. 0 or what @fn returned, or a negative errno. */
int slow_records__take(struct slow_records *records, slow_fn fn, void *arg);

#endif
