/* SPDX-License-Identifier: GPL-2.0 */
/* halt_other.bpf.h: of an architecture whose exits are not counted. */
#ifndef KVMTOP_HALT_OTHER_BPF_H
#define KVMTOP_HALT_OTHER_BPF_H

#include "vmlinux.h"

static __always_inline bool is_halt(__u32 isa, __u64 reason)
{
	(void)isa;
	(void)reason;
	return false;
}

#endif
