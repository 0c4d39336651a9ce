// SPDX-License-Identifier: GPL-2.0
#include "stat_meaning.h"

#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"

struct meaning {
	const char *name, *text;
};

/* Sorted by name. Of those that no architecture is alone with, and of some that one is. */
static const struct meaning meanings[] = {
	{ "blocking", "vCPUs asleep in a halt now" },
	{ "directed_yield_attempted", "yields to a preempted vCPU" },
	{ "directed_yield_successful", "yields that were taken up" },
	{ "exits", "exits of its vCPUs" },
	{ "fpu_reload", "times the guest's FPU state was loaded" },
	{ "guest_mode", "vCPUs that run a guest of the guest now" },
	{ "halt_attempted_poll", "halts in which KVM polled first" },
	{ "halt_exits", "times a vCPU halted" },
	{ "halt_poll_fail_hist", "how long it polled in vain" },
	{ "halt_poll_fail_ns", "time polled in vain" },
	{ "halt_poll_invalid", "polls that ended for no wakeup" },
	{ "halt_poll_success_hist", "how long it polled with success" },
	{ "halt_poll_success_ns", "time polled with success" },
	{ "halt_successful_poll", "polls that saved going to sleep" },
	{ "halt_wait_hist", "how long a vCPU slept in a halt" },
	{ "halt_wait_ns", "time asleep in a halt" },
	{ "halt_wakeup", "times a halted vCPU was woken" },
	{ "host_state_reload", "times the host's state was loaded back" },
	{ "hypercalls", "calls of the guest to KVM" },
	{ "insn_emulation", "instructions KVM emulated" },
	{ "insn_emulation_fail", "instructions KVM could not emulate" },
	{ "io_exits", "port I/O that left the guest" },
	{ "irq_exits", "exits for interrupts of the host" },
	{ "irq_injections", "interrupts given to the guest" },
	{ "irq_window_exits", "exits as it can take interrupts again" },
	{ "l1d_flush", "flushes of the L1 data cache before entry" },
	{ "max_mmu_page_hash_collisions", "worst collisions in the table of shadow pages" },
	{ "max_mmu_rmap_size", "most mappings of one page" },
	{ "mmio_exit_kernel", "accesses to devices that KVM emulates" },
	{ "mmio_exit_user", "accesses to devices of the VMM" },
	{ "mmio_exits", "accesses to devices in memory" },
	{ "mmu_cache_miss", "page tables KVM had to build" },
	{ "mmu_flooded", "page tables given up: written too often" },
	{ "mmu_pde_zapped", "upper page table entries dropped" },
	{ "mmu_pte_write", "writes to shadowed page tables" },
	{ "mmu_recycled", "page tables taken back for others" },
	{ "mmu_shadow_zapped", "page tables dropped" },
	{ "mmu_unsync", "page tables out of step with the guest" },
	{ "nested_run", "entries to a guest of the guest" },
	{ "nmi_injections", "NMIs given to the guest" },
	{ "nmi_window_exits", "exits as it can take NMIs again" },
	{ "notify_window_exits", "exits as no interrupt could come for long" },
	{ "nx_lpage_splits", "huge pages split for NX" },
	{ "pages_1g", "pages of 1 GiB mapped" },
	{ "pages_2m", "pages of 2 MiB mapped" },
	{ "pages_4k", "pages of 4 KiB mapped" },
	{ "pf_emulate", "page faults answered by emulation" },
	{ "pf_fast", "page faults mended without a lock" },
	{ "pf_fixed", "page faults that got a page mapped" },
	{ "pf_guest", "page faults that are the guest's own" },
	{ "pf_mmio_spte_created", "device pages marked as such" },
	{ "pf_spurious", "page faults with nothing to do" },
	{ "pf_taken", "page faults KVM looked at" },
	{ "preemption_other", "preempted elsewhere than in a halt" },
	{ "preemption_reported", "preemptions shown to the guest" },
	{ "remote_tlb_flush", "TLB flushes of all vCPUs" },
	{ "remote_tlb_flush_requests", "TLB flushes that were asked for" },
	{ "req_event", "looks for events before an entry" },
	{ "request_irq_exits", "exits a vCPU asked for, to take interrupts" },
	{ "signal_exits", "exits to the VMM for signals" },
	{ "tlb_flush", "TLB flushes of a vCPU" },
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct meaning *)a)->name, ((const struct meaning *)b)->name);
}

const char *stat_meaning(const char *name)
{
	const struct meaning wanted = { .name = name };
	const struct meaning *found =
		bsearch(&wanted, meanings, ARRAY_SIZE(meanings), sizeof(meanings[0]), by_name);

	return found ? found->text : NULL;
}
