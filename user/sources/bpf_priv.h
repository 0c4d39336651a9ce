/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bpf_priv: what bpf_load and bpf_read share.
 */
#ifndef KVMTOP_SOURCES_BPF_PRIV_H
#define KVMTOP_SOURCES_BPF_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/types.h>

#include "../../bpf/kvmtop.h"
#include "../model/inventory.h"
#include "bpf_exit.h"

struct kvmtop_bpf;

enum slot_state {
	SLOT_FREE, /* in the queue, or just taken and not seen yet */
	SLOT_LIVE, /* belongs to a VM */
	SLOT_RETIRED, /* its VM is gone; given back at the next read, when nothing can be writing to it */
};

struct bpf_exit {
	struct kvmtop_bpf *skel;
	enum exit_path path;
	enum latency latency;
	char *proc_root;

	/* The maps, in our memory. */
	struct kvmtop_vcpu *vcpus;
	size_t n_slots;
	struct kvmtop_cell *spare;
	size_t n_spare;
	size_t vcpus_bytes, spare_bytes;

	enum slot_state *slots;
	struct inventory inventory;
};

/* Zeroes slot @slot and its cells and puts them into the queues of free ones. */
void bpf_exit_give_back(struct bpf_exit *bpf, uint32_t slot);

#endif
