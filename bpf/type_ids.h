/* SPDX-License-Identifier: GPL-2.0 */
/*
 * type_ids.h: the ids in the running kernel's BTF of the types that bpf_rdonly_cast() is told. The kernel has no such enum: it is
 * in the BTF that user space has the programs relocated by (user/sources/bpf_types.c).
 */
#ifndef KVMTOP_TYPE_IDS_H
#define KVMTOP_TYPE_IDS_H

enum kvmtop_type_ids {
	KVMTOP_ID_TIMESPEC64,
	KVMTOP_ID_REFCOUNT, /* struct refcount_struct */
};

#define KVMTOP_STRING(value) #value

#endif
