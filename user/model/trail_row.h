/* SPDX-License-Identifier: GPL-2.0 */
/*
 * trail_row: what values of a trail are about.
 */
#ifndef KVMTOP_MODEL_TRAIL_ROW_H
#define KVMTOP_MODEL_TRAIL_ROW_H

#include <stdint.h>

/* A row whose values are asked for. */
struct trail_row {
	enum { TRAIL_HOST, TRAIL_VM, TRAIL_VCPU } kind; /* TRAIL_HOST: all VMs together */
	uint64_t vm_key;
	uint32_t vcpu_id;
};

#endif
