// SPDX-License-Identifier: GPL-2.0
/*
 * programs_x86: the programs of bpf/exit_x86.bpf.c and bpf/events_x86.bpf.c.
 */
#if defined(__x86_64__)
#include <linux/types.h>

#include <bpf/libbpf.h>

#include "../../../bpf/events_x86.h"
#include "../../arch/x86.h"
#include "../../base/cleanup.h"
#include "programs_priv.h"
#include "kvmtop.skel.h"

_Static_assert(KVMTOP_EVENT_INJ_VIRQ == (int)KVM_EVENT_INJ_VIRQ &&
		       KVMTOP_EVENT_PAGE_FAULT == (int)KVM_EVENT_PAGE_FAULT &&
		       KVMTOP_EVENT_EMULATE_INSN == (int)KVM_EVENT_EMULATE_INSN &&
		       KVMTOP_EVENT_HYPERCALL == (int)KVM_EVENT_HYPERCALL &&
		       KVMTOP_EVENT_HV_HYPERCALL == (int)KVM_EVENT_HV_HYPERCALL,
	       "the events are those of the contract");

/* clang-format off */
#define SHORT(name, role, path, way, mode) \
	{ PROGRAM(short_##name), role, path, .reach = way, .modes = mode }
#define SHORT_EXIT(name, path, way)                                            \
	SHORT(exit_off_##name, ROLE_EXIT, path, way, MODE_BIT(OFF)),           \
	SHORT(exit_timed_##name, ROLE_EXIT, path, way, TIMED)
#define SHORT_ENTRY(name, role, path, way)                                                                       \
	SHORT(entry_mean_##name, role, path, way, MODE_BIT(MEAN)),                      \
	SHORT(entry_full_##name, role, path, way, MODE_BIT(FULL)),                      \
	SHORT(entry_counted_off_##name, ROLE_COUNTED_ENTRY, path, way, MODE_BIT(OFF)),        \
	SHORT(entry_counted_mean_##name, ROLE_COUNTED_ENTRY, path, way, MODE_BIT(MEAN)),      \
	SHORT(entry_counted_full_##name, ROLE_COUNTED_ENTRY, path, way, MODE_BIT(FULL))

static const struct program programs[] = {
	EVENT(inj_virq, RECORD_NONE, EVENT_BIT(INJ_VIRQ)),
	EVENT(page_fault, RECORD_NONE, EVENT_BIT(PAGE_FAULT)),
	EVENT(emulate_insn, RECORD_NONE, EVENT_BIT(EMULATE_INSN)),
	EVENT(hypercall, RECORD_NONE, EVENT_BIT(HYPERCALL)),
	EVENT(hv_hypercall, RECORD_NONE, EVENT_BIT(HV_HYPERCALL)),
	EVENT(nested_vmenter, RECORD_NONE, EVENT_BIT(NESTED_ENTRY)),
	EVENT(nested_vmrun, RECORD_NONE, EVENT_BIT(NESTED_ENTRY)),
	{ PROGRAM(entry_plain), ROLE_ENTRY, PATH_BIT(PLAIN), .reach = REACH_LONG },
	{ PROGRAM(entry_probe), ROLE_ENTRY, PATH_BIT(PROBE) | PATH_BIT(ARGS), .reach = REACH_LONG },
	{ PROGRAM(entry_classic), ROLE_VCPU_ENTRY, PATH_BIT(CLASSIC), .reach = REACH_LONG },
	{ PROGRAM(entry_counted_plain), ROLE_COUNTED_ENTRY, PATH_BIT(PLAIN), .reach = REACH_LONG },
	{ PROGRAM(entry_counted_probe), ROLE_COUNTED_ENTRY, NOT_PLAIN, .reach = REACH_LONG },
	{ PROGRAM(exit_plain), ROLE_EXIT, PATH_BIT(PLAIN), .reach = REACH_LONG },
	{ PROGRAM(exit_probe), ROLE_EXIT, PATH_BIT(PROBE), .reach = REACH_LONG },
	{ PROGRAM(exit_args), ROLE_EXIT, PATH_BIT(ARGS), .reach = REACH_LONG },
	SHORT_EXIT(plain, PATH_BIT(PLAIN), REACH_SHORT_LARGE),
	SHORT_EXIT(small, PATH_BIT(PLAIN), REACH_SHORT_SMALL),
	SHORT_EXIT(current, PATH_BIT(PROBE), REACH_SHORT_CPU),
	SHORT_EXIT(probe, PATH_BIT(PROBE), REACH_SHORT_PROBE),
	SHORT_EXIT(args, PATH_BIT(ARGS), REACH_SHORT),
	SHORT_ENTRY(plain, ROLE_ENTRY, PATH_BIT(PLAIN), REACH_SHORT_LARGE),
	SHORT_ENTRY(small, ROLE_ENTRY, PATH_BIT(PLAIN), REACH_SHORT_SMALL),
	SHORT_ENTRY(probe, ROLE_ENTRY, PATH_BIT(PROBE), REACH_SHORT),
	SHORT_ENTRY(args, ROLE_ENTRY, PATH_BIT(ARGS), REACH_SHORT),
	SHORT_ENTRY(classic, ROLE_VCPU_ENTRY, PATH_BIT(CLASSIC), REACH_SHORT),
	SHORT(entry_off_classic, ROLE_VCPU_ENTRY, PATH_BIT(CLASSIC), REACH_SHORT, MODE_BIT(OFF)),
	{ PROGRAM(short_exit_off_classic), ROLE_EXIT, PATH_BIT(CLASSIC), TAPS_ANY, RECORD_EXIT, 0, REACH_SHORT, MODE_BIT(OFF) },
	{ PROGRAM(short_exit_timed_classic), ROLE_EXIT, PATH_BIT(CLASSIC), TAPS_ANY, RECORD_EXIT, 0, REACH_SHORT, TIMED },
	{ PROGRAM(exit_classic), ROLE_EXIT, PATH_BIT(CLASSIC), TAPS_ANY, RECORD_EXIT, 0, REACH_LONG, 0 },
#ifdef KVMTOP_TESTS
	{ PROGRAM(exit_lossy_plain), ROLE_LOSSY_EXIT, PATH_BIT(PLAIN), .taps = TAPS_ANY },
	{ PROGRAM(exit_lossy_probe), ROLE_LOSSY_EXIT, PATH_BIT(PROBE), .taps = TAPS_ANY },
	{ PROGRAM(exit_lossy_classic), ROLE_LOSSY_EXIT, PATH_BIT(CLASSIC), TAPS_ANY, RECORD_EXIT, 0, 0, 0 },
#endif
};
/* clang-format on */

#ifdef KVMTOP_TESTS
static void lose(struct kvmtop_bpf *skel, uint32_t one_in)
{
	skel->rodata->cfg_lose_one_in = one_in;
}
#endif

const struct arch_programs arch_programs_x86 = {
	.v = programs,
	.n = ARRAY_SIZE(programs),
	.exit_record = { "kvm_exit",
			 offsetof(struct kvmtop_bpf__rodata, cfg_record_exit),
			 { { "exit_reason", { 8, 4 } },
			   { "isa", { 24, 4 } },
			   { "vcpu_id", { 56, 4 } } } },
#ifdef KVMTOP_TESTS
	.lose = lose,
#endif
};
#endif
