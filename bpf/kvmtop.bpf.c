// SPDX-License-Identifier: GPL-2.0
/*
 * kvmtop: the BPF object, one translation unit of all programs. (bpftool's linker before libbpf 1.3 cannot join two
 * objects that name the same kernel function.)
 */
#include "arch.bpf.h"

#include "maps.bpf.c"
#include "fill.bpf.c"
#include "find.bpf.c"
#include "tally.bpf.c"
#include "wait.bpf.c"
#include "userexit.bpf.c"
#include "halt.bpf.c"
#include "migrated.bpf.c"
#include "threads.bpf.c"
#include "events.bpf.c"
#include ARCH_EVENTS
#include ARCH_EXIT
#include ARCH_SHORT
#ifdef KVMTOP_TESTS
#include ARCH_LOSSY
#endif
