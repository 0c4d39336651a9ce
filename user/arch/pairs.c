// SPDX-License-Identifier: GPL-2.0
/*
 * pairs: those of several architectures.
 */
#include "pairs.h"

#include <errno.h>
#include <linux/kvm.h>

const struct pair pair_exits = {
	.stats = { "exits" },
	.event = "kvm_exit",
	.terms = { { .set = PAIR_ALL_EXITS } },
	.class = VERIFY_EXACT,
	.lead = PAIR_IN_KVM,
	.lag = PAIR_IN_GUEST, /* not where struct arch_isa says traced_first */
};

const struct pair pair_halt_wait = {
	.stats = { "halt_wait_hist" },
	.event = "kvm_vcpu_wakeup(waited)",
	.terms = { PAIR_EVENT(KVM_EVENT_WAKEUP_WAITED) },
	.class = VERIFY_EXACT,
	.lag = PAIR_IN_KVM | PAIR_IN_VMM,
	.binary_only = true, /* debugfs shows the first bucket */
};

const struct pair pair_signals = {
	.stats = { "signal_exits" },
	.event = "kvm_userspace_exit(EINTR)",
	.terms = { PAIR_USER_EXIT((uint64_t) - (int64_t)EINTR) },
	.class = VERIFY_AT_MOST,
	.lag = PAIR_IN_KVM | PAIR_IN_VMM,
	.why = "immediate_exit returns EINTR without being counted",
};

const struct pair pair_mmio_to_vmm = {
	.stats = { "mmio_exit_user" },
	.event = "kvm_userspace_exit(MMIO)",
	.terms = { PAIR_USER_EXIT(KVM_EXIT_MMIO) },
	.class = VERIFY_NEAR,
	.why = "not known to be exact",
};
