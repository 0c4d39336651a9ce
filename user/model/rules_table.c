// SPDX-License-Identifier: GPL-2.0
/*
 * rules_table: where no rule says otherwise, 5 % of the vCPUs' time is worth a look, and 10 % is to be acted on. These are the limits
 * that the field uses for time spent waiting for a CPU (VMware's ready time, Nutanix, guides on steal time). Time that is lost is lost
 * for whatever reason, so one scale serves all rules.
 */
#include "rules_table.h"

#include "../base/cleanup.h"
#include "lost.h"
#include "rules_cpu.h"
#include "rules_exits.h"
#include "rules_halt.h"
#include "rules_load.h"
#include "rules_memory.h"
#include "rules_vmm.h"

#define LOOK_PCT 5
#define ACT_PCT 10
#define COST .look = LOOK_PCT, .act = ACT_PCT
#define MSEC 1000000
#define USEC 1000

#define FAULT_RULES (RULE_BIT(RULE_R15) | RULE_BIT(RULE_R16) | RULE_BIT(RULE_R17))

static const struct rule rules[RULE_ID_MAX] = {
	/* 5 and 10 %: VMware (KB 1017926, 382249), Nutanix AHV. Full from 95 % on; below 80 % it is R2's. */
	[RULE_R1] = { .title = "host is full",
		      .what = "The vCPUs wait for a CPU, and all VMs together want 80 % of the "
			      "host's CPUs or more (full: 95 %).",
		      .limits = { COST, .share = 95, .share_max = 80 },
		      .data = "times, run delay of all VMs",
		      .next = "move a VM away, give VMs fewer vCPUs, or give this one more weight "
			      "(cpu.weight)",
		      .find = rule_host_full },
	[RULE_R2] = { .title = "confined",
		      .what = "The vCPUs wait for a CPU although VMs want less than 80 % of the "
			      "host's.",
		      .limits = { COST, .share_max = 80 },
		      .unless = RULE_BIT(RULE_R3),
		      .data = "times, run delay of all VMs",
		      .next = "is it pinned to too few CPUs (taskset -pc TID, virsh vcpupin, its "
			      "cpuset)? Does a heavier or real-time task run there?",
		      .find = rule_confined },
	/* esxtop: any %MLMTD is a limit that works. All vCPUs freeze for what is left of the period, mostly 100 ms. */
	[RULE_R3] = { .title = "quota",
		      .what = "Its control group's cpu.max holds it back 1 % of the vCPUs' time; "
			      "one to act on from 5 %.",
		      .limits = { .look = 1, .act = 5 },
		      .data = "times, control group",
		      .next = "raise cpu.max above the number of vCPUs, as the VMM's other threads "
			      "use it, too; or set cpu.max.burst",
		      .find = rule_quota },
	/* A guest stops at barriers for the slowest vCPU: VMware's co-stop is bad from 3 % on. 20 % is far more than chance. */
	[RULE_R4] = { .title = "a vCPU starves",
		      .what = "A vCPU waits 20 % of its time, and three times as long as half of "
			      "the others. The VM as a whole waits less than 5 %.",
		      .limits = { .act = ACT_PCT, .share = 20, .share_max = LOOK_PCT },
		      .data = "times, run delay",
		      .next = "are two vCPUs pinned to one CPU, or interrupts and kernel threads "
			      "on it?",
		      .find = rule_vcpu_starves },
	/* Pause exits exist for holders of locks that do not run; each waits some 4,096 cycles or 3,000 pauses. */
	[RULE_R5] = { .title = "spins on holders",
		      .what = "The vCPUs spin until KVM stops them, 500 times a second each or "
			      "more, while vCPUs wait for a CPU 3 % of the time.",
		      .limits = { .act = ACT_PCT, .per_s = 500, .share = 3 },
		      .data = "times, run delay",
		      .next = "do not overcommit large VMs; paravirtual spinlocks "
			      "(kvm-pv-unhalt); Windows: hv-spinlocks",
		      .find = rule_spins },
	[RULE_R6] = { .title = "pauses for nothing",
		      .what = "Pause exits, 2,000 a second and vCPU or more, although vCPUs wait "
			      "for a CPU less than 1 % of the time.",
		      .limits = { .act = ACT_PCT, .per_s = 2000, .share_max = 1 },
		      .data = "times, run delay",
		      .next = "with dedicated CPUs, switch pause exits off (ple_gap=0, or "
			      "kvm-hint-dedicated)",
		      .find = rule_pauses },
	/* Documentation/virt/kvm/halt-polling.rst: polling makes an idle guest look busy. Its harm is others' unless the host is full. */
	[RULE_R7] = { .title = "halt polling",
		      .what = "KVM polls in halted vCPUs 10 % of the time or more, half of it in "
			      "vain. One to act on where the host is full.",
		      .limits = { .share = 10, .share_max = 50 },
		      .data = "times, KVM's statistics",
		      .next = "lower halt_poll_ns (the module's, or this VM's); the guest's "
			      "cpuidle-haltpoll polls without exits",
		      .find = rule_polls },
	/* A wake-up takes some microseconds: 5,000 a second are several percent. Longer sleeps are cheap ones. */
	[RULE_R8] = { .title = "sleeps and wakes",
		      .what = "The vCPUs sleep 5,000 times a second each or more, for less than "
			      "200 us, and 20 % of the time.",
		      .limits = { .act = ACT_PCT,
				  .per_s = 5000,
				  .share = 20,
				  .least = 100,
				  .mean_ns = 200 * USEC },
		      .data = "times",
		      .next = "raise halt_poll_ns; the guest's haltpoll; with dedicated CPUs, "
			      "cpu-pm=on",
		      .find = rule_sleeps },
	/* The cheapest exit takes 0.5 to 2 us, so 25,000 to 100,000 a second and vCPU are 5 %. */
	[RULE_R9] = { .title = "exits of one reason",
		      .what = "Exits of one reason take much of the vCPUs' time in KVM.",
		      .limits = { COST },
		      .unless = RULE_BIT(RULE_R10),
		      .data = "times",
		      .next = "--detail shows what they are about",
		      .next_recorded = "what they are about was not recorded: kvmtop --record FILE "
				       "--detail KEY does",
		      .find = rule_reason },
	[RULE_R10] = { .title = "one key",
		       .what = "The same, and which key of it takes most.",
		       .limits = { COST },
		       .data = "times, --detail",
		       .next = "which program in the guest does this? --detail shows where it is",
		       .next_recorded = "which program in the guest did this? kvmtop --record "
					"FILE --detail KEY records where it is",
		       .find = rule_key },
	/* esxtop: over 20 % of system time is a VM with much I/O; a return to the VMM costs some microseconds more than an exit. */
	[RULE_R11] = { .title = "port I/O",
		       .what = "The VMM answers port I/O.",
		       .limits = { COST },
		       .data = "times",
		       .next = "an emulated device: use virtio, and a clock that needs no exits; "
			       "--detail shows the port",
		       .next_recorded =
			       "an emulated device: use virtio, and a clock that needs no "
			       "exits; the port is recorded by kvmtop --record FILE --detail KEY",
		       .find = rule_port },
	[RULE_R12] = { .title = "MMIO",
		       .what = "The VMM answers accesses to memory of devices.",
		       .limits = { COST },
		       .data = "times",
		       .next = "an emulated device: use virtio with ioeventfd or vhost; --detail "
			       "shows the address",
		       .next_recorded =
			       "an emulated device: use virtio with ioeventfd or vhost; the "
			       "address is recorded by kvmtop --record FILE --detail KEY",
		       .find = rule_mmio },
	/* 10 ms is a tick of a guest with HZ=100; a second is what users see. */
	[RULE_R13] = { .title = "VMM is slow",
		       .what = "Of at least 100 exits to the VMM, and 10 a second, one in 100 "
			       "takes 10 ms or more; or all do on average. One to act on if one "
			       "took a second.",
		       .limits = { .act = ACT_PCT,
				   .per_s = 10,
				   .least = 100,
				   .p99_ns = 10 * MSEC,
				   .act_max_ns = 1000 * MSEC },
		       .data = "histograms",
		       .next = "its main loop is blocked (disk, monitor, snapshot): iothreads, "
			       "aio=native or io_uring; --slower-than 10ms lists the exits",
		       .find = rule_slow_vmm },
	/* How QEMU throttles vCPUs (auto-converge): a sleep of at least 2 ms in every 10 ms, so no more than 500 a second. */
	[RULE_R14] = { .title = "VMM pauses it",
		       .what = "Signals take the vCPUs to the VMM 10 to 500 times a second each, "
			       "for 2 ms or more, in all 15 % of the time.",
		       .limits = { COST, .per_s = 10, .per_s_max = 500, .share = 15,
				   .mean_ns = 2 * MSEC },
		       .data = "times",
		       .next = "is it being migrated (info migrate)? If not, which process sends "
			       "signals to the VMM?",
		       .find = rule_vmm_pauses },
	[RULE_R15] = { .title = "memory fills up",
		       .what = "Page faults, half of which map a page at least, and more memory "
			       "gets mapped.",
		       .limits = { COST, .share = 50 },
		       .unless = RULE_BIT(RULE_R16) | RULE_BIT(RULE_R17),
		       .data = "times, KVM's statistics",
		       .next = "normal after boot or migration; otherwise huge pages, "
			       "preallocation; does a balloon go up and down?",
		       .find = rule_memory_fills },
	/* Faults that only need a bit set are those of tracking; a flush for each round of it. */
	[RULE_R16] = { .title = "dirty tracking",
		       .what = "Page faults, half of which are fast ones, or that map nothing new "
			       "while TLBs are flushed 10 times a second.",
		       .limits = { COST, .per_s = 10, .share = 50 },
		       .unless = RULE_BIT(RULE_R17),
		       .data = "times, KVM's statistics",
		       .next = "a live migration, a snapshot or a backup runs: less bandwidth, or "
			       "another time",
		       .find = rule_dirty_tracking },
	/* A fault in memory that is there takes some microseconds; a disk or another host, from 200 us to milliseconds. */
	[RULE_R17] = { .title = "memory is far away",
		       .what = "Page faults that take 200 us on average, or one in 100 of which "
			       "takes 5 ms.",
		       .limits = { .look = 2,
				   .act = ACT_PCT,
				   .least = 100,
				   .mean_ns = 200 * USEC,
				   .p99_ns = 5 * MSEC },
		       .data = "times",
		       .next = "swap, post-copy or a file behind it: memory.pressure of its "
			       "cgroup, VmSwap in /proc/PID/status",
		       .find = rule_far_memory },
	[RULE_R18] = { .title = "mappings are torn down",
		       .what = "Page faults that map pages, although there are no more mapped "
			       "pages than before.",
		       .limits = { COST, .share = 50 },
		       .unless = FAULT_RULES,
		       .data = "times, KVM's statistics",
		       .next = "NUMA balancing, KSM, khugepaged, splits of huge pages "
			       "(nx_huge_pages)",
		       .find = rule_torn_down },
	[RULE_R19] = { .title = "emulation",
		       .what = "KVM emulates 2,000 instructions a second and vCPU that are no I/O, "
			       "or fails to emulate one (act).",
		       .limits = { .act = ACT_PCT, .per_s = 2000 },
		       .data = "KVM's statistics",
		       .next = "old guest code, or a device in unusual memory",
		       .find = rule_emulates },
	[RULE_R20] = { .title = "nested",
		       .what = "A fifth of the exits are those of the VM's own guests. The cost is "
			       "their time, with that of its entries into them.",
		       .limits = { COST, .share = 20 },
		       .data = "times",
		       .next = "each exit of an inner guest is several of the outer one: fewer "
			       "inner exits, enlightenments for Hyper-V",
		       .find = rule_nested },
	/* A host's tick is 100 to 1,000 a second. */
	[RULE_R21] = { .title = "host interrupts",
		       .what = "The host's interrupts take the vCPUs out of the guest 5,000 times "
			       "a second each or more.",
		       .limits = { .look = 3, .act = ACT_PCT, .per_s = 5000 },
		       .data = "times",
		       .next = "affinity of interrupts, busy NIC queues on its CPUs; isolcpus and "
			       "nohz_full for real-time VMs",
		       .find = rule_host_interrupts },
	/* The kernel's documentation of bus locks: one stalls all CPUs for more than 1,000 cycles. */
	[RULE_R22] = { .title = "bus locks",
		       .what = "The guest locks the bus 10 times a second or more.",
		       .limits = { .per_s = 10 },
		       .always_act = true,
		       .data = "counts",
		       .next = "a guest's program does locked access across cache lines: limit "
			       "its rate (bus-lock-ratelimit)",
		       .find = rule_bus_locks },
	/* A VM that is paused on purpose is nothing to act on. */
	[RULE_R23] = { .title = "stopped",
		       .what = "No vCPU has had an exit for 10 s, and 99 % of the time is the "
			       "VMM's. Or a signal or the freezer of its cgroup stops it.",
		       .limits = { .share = STOPPED_PCT },
		       .never_act = true,
		       .seconds = 10,
		       .data = "times",
		       .next = "paused (virsh domstate), at a breakpoint, or its VMM hangs: look "
			       "at "
			       "the VMM's stack",
		       .find = rule_stopped },
	[RULE_R24] = { .title = "confidential guest",
		       .what = "What an encrypted guest asks of the host.",
		       .limits = { COST },
		       .data = "times",
		       .next = "bounce buffers that are too small, memory that goes from private "
			       "to shared and back",
		       .find = rule_encrypted },
	/* As for vCPUs; but their number is not that of CPUs, so it is of one CPU. */
	[RULE_R25] = { .title = "helpers starve",
		       .what = "The VMM's threads that are no vCPUs, and vhost's, wait for a CPU: "
			       "5 % of one, all together.",
		       .limits = { COST },
		       .data = "times, the VMM's threads",
		       .next = "as for R1 or R3; CPUs of their own (emulatorpin, iothreadpin)",
		       .find = rule_helpers },
	[RULE_R27] = { .title = "busy",
		       .what = "In the guest 80 % of the time.",
		       .limits = { .share = 80 } },
	[RULE_R28] = { .title = "one vCPU is full",
		       .what = "One vCPU is in the guest 95 % of its time, all of them together "
			       "less than 50 %.",
		       .limits = { .share = 95, .share_max = 50 } },
	[RULE_R29] = { .title = "idle",
		       .what = "Halted 98 % of the time.",
		       .limits = { .share = 98 } },
	[RULE_R30] = { .title = "fine", .what = "Nothing of all this." },
};

/* What explains exits comes before R10 and R9, the quota before what looks like other VMs, a slow VMM before many exits to it. */
static const unsigned char order[] = {
	RULE_R3,  RULE_R1,  RULE_R2,  RULE_R4,	RULE_R5,  RULE_R6,  RULE_R7,  RULE_R8,	RULE_R13,
	RULE_R11, RULE_R12, RULE_R14, RULE_R17, RULE_R16, RULE_R15, RULE_R18, RULE_R19, RULE_R20,
	RULE_R21, RULE_R22, RULE_R23, RULE_R24, RULE_R25, RULE_R10, RULE_R9,
};

const struct rule *rule_of(enum rule_id id)
{
	return id < RULE_ID_MAX && rules[id].title ? &rules[id] : NULL;
}

enum rule_id rule_tried(size_t i)
{
	return i < ARRAY_SIZE(order) ? order[i] : 0;
}
