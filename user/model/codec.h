/* SPDX-License-Identifier: GPL-2.0 */
/*
 * codec: snapshots as bytes, and back: the payloads of a recording. Pure. What is read is hostile: nothing is believed, and no
 * more memory is taken than the caller allows.
 *
 * A snapshot is its numbers one after the other, in the order of struct snapshot, by base/wire.h.
 * Each is the difference from the same number of the snapshot before (of the first: from 0).
 * Earlier records say what the numbers mean: for a run of kvmtop, the words of its vocabularies;
 * for a context, KVM's statistics and the tracepoints. What may be added later stands at the end of
 * a payload, where a reader that does not know it passes over it.
 */
#ifndef KVMTOP_MODEL_CODEC_H
#define KVMTOP_MODEL_CODEC_H

#include <stddef.h>
#include <stdint.h>

#include "detail.h"
#include "frame.h"
#include "ids.h"

struct detail_names;
struct event_names;
struct reason_names;
struct snapshot;
struct stat_layout;
struct wire_out;

/* What a reader may take for one snapshot: a thousand busy VMs need a tenth of it. */
#define CODEC_MEMORY_MAX ((size_t)1 << 30)

/* One run of kvmtop: from where the snapshots are, and all names that they need. */
struct codec_run {
	uint64_t id;	     /* the same in all pieces of a run */
	const char *version; /* of the kvmtop that wrote it */
	struct host_info host;
	uint32_t isa;	      /* of the host's exit reasons; 0: not known, as in older recordings */
	uint64_t interval_ns; /* that was asked for */
	uint32_t detail_kinds; /* --detail: DETAIL_BIT */
	const struct reason_names *reasons;
	const struct detail_names *details; /* NULL: no keys were collected yet */
};

/* Of each vocabulary: our number of each of the writer's words, or -1. */
#define CODEC_WORDS_MAX 64

struct codec_words {
	int own[CODEC_WORDS_MAX];
	size_t n;
};

/* A run that was read. */
struct codec_reader {
	struct codec_run run;
	struct codec_words sources, drops, states;
	size_t n_kinds; /* of details; they have our numbers */
	struct arena *arena;
	struct reason_names *reasons;
	struct detail_names *details;
};

/* What the numbers of the snapshots after it are. */
struct codec_context {
	uint64_t run_id;				   /* of the run that it is of */
	uint64_t id;					   /* no other context has it; not 0 */
	const struct stat_layout *vm_layout, *vcpu_layout; /* NULL: not known */
	const struct event_names *events;		   /* NULL: none are counted */
};

/* Each adds a payload to @out. 0 or -ENOMEM. @base: the snapshot before, of the same context; NULL: by itself. */
int codec_write_run(const struct codec_run *run, struct wire_out *out);
int codec_write_context(const struct codec_context *context, struct wire_out *out);
int codec_write_snapshot(uint64_t context_id, const struct snapshot *snapshot,
			 const struct snapshot *base, struct wire_out *out);

/*
 * Each reads a payload of hostile bytes. 0, -EBADMSG: it is broken, -EPROTO: it has what this kvmtop does not know, -E2BIG: it needs
 * more than @memory_max bytes, or -ENOMEM.
 */
int codec_read_run(const void *bytes, size_t n, struct codec_reader **ret_reader);
/* What it gives belongs to the caller, see codec_context__release. */
int codec_read_context(const void *bytes, size_t n, struct codec_context *ret_context);
/* @reader, @context and what it has outlive the snapshot; @base does not need to. */
int codec_read_snapshot(const struct codec_reader *reader, const struct codec_context *context,
			const struct snapshot *base, const void *bytes, size_t n, size_t memory_max,
			struct snapshot **ret_snapshot);

void codec_reader__free(struct codec_reader *reader);
/* Of codec_read_context. */
void codec_context__release(struct codec_context *context);

#endif
