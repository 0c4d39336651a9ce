// SPDX-License-Identifier: GPL-2.0
/*
 * times: where the time of a vCPU went, from the sums in its slot, and from what its thread is doing now.
 */
#include "exits_priv.h"

#include <string.h>
#include <time.h>

#include "../../arch/arch.h"
#include "../../base/clock.h"
#include "../../model/snapshot.h"
#include "../../model/vcpu_times.h"
#include "../proc.h"

/* How often a set of time stamps is read again because its vCPU changed it meanwhile. */
#define MAX_REREADS 8

/* For a shorter stretch, /proc is not asked where in the kernel the thread sleeps. */
#define ASK_MIN_NS 2000000ull

static uint64_t since(uint64_t now, uint64_t then)
{
	return now > then ? now - then : 0;
}

/* Of a slot; no holes. */
struct sums {
	uint64_t event_ns, user_ns;
	uint64_t guest_ns, kvm_ns, vmm_ns;
	uint64_t block_ns, poll_ns, delay_ns, seen_delay_ns;
	uint64_t migrated_asleep, exit_place, tid;
};

static struct sums read_sums(const struct kvmtop_vcpu *v)
{
	struct sums sums = {
		.event_ns = READ_ONCE(v->event_ns),
		.user_ns = READ_ONCE(v->user_ns),
		.guest_ns = READ_ONCE(v->guest_ns),
		.kvm_ns = READ_ONCE(v->kvm_ns),
		.vmm_ns = READ_ONCE(v->vmm_ns),
		.block_ns = READ_ONCE(v->block_ns),
		.poll_ns = READ_ONCE(v->poll_ns),
		.delay_ns = READ_ONCE(v->delay_ns),
		.seen_delay_ns = READ_ONCE(v->seen_delay_ns),
		.migrated_asleep = READ_ONCE(v->migrated_asleep),
		.exit_place = READ_ONCE(v->exit_place),
		.tid = READ_ONCE(v->tid),
	};
	uint64_t guest_ns =
		since(sums.event_ns, v->registered_ns + sums.kvm_ns + sums.vmm_ns + sums.block_ns +
					     sums.poll_ns + sums.delay_ns);

	/* What is in no other sum; in the middle of an update what it was before (guest_settle). */
	if (sums.guest_ns < guest_ns)
		sums.guest_ns = guest_ns;
	return sums;
}

static uint64_t less_of(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 * The moment up to which the sums account for the vCPU's time. They divide all of it since the vCPU
 * was first seen, so the current stretch began at this moment. Unlike the time stamps, this holds
 * in the middle of an update, too. A thread may be stopped there, by an interrupt or by the
 * hypervisor of a nested host. Its exit may be in the sums by then, or not yet.
 */
static uint64_t summed_until(const struct kvmtop_vcpu *v, const struct sums *sums)
{
	return v->registered_ns + sums->guest_ns + sums->kvm_ns + sums->vmm_ns + sums->block_ns +
	       sums->poll_ns + sums->delay_ns;
}

/* Whether the exit being handled halts the vCPU until it is woken up. */
static bool in_halt_exit(const struct exits *exits, const struct kvmtop_vcpu *v, uint64_t place)
{
	const uint64_t cell = KVMTOP_PLACE_CELL(place);
	const struct kvmtop_cell *c;

	if (cell == KVMTOP_CELL_NONE || cell >= KVMTOP_OWN_CELLS + exits->n_spare)
		return false;
	c = cell >= KVMTOP_OWN_CELLS ? &exits->spare[cell - KVMTOP_OWN_CELLS] : &v->own[cell];
	return arch_is_halt(c->isa, c->reason);
}

static bool is_open_exit(const struct sums *sums)
{
	return sums->exit_place || sums->user_ns;
}

/*
 * The state of a vCPU that is outside its guest and whose thread sleeps in KVM: it is halted, or
 * waits for a page.
 */
static enum vcpu_state state_asleep(const struct exits *exits, const struct kvmtop_vcpu *v,
				    const struct sums *sums)
{
	struct thread_sleep sleep;

	proc_thread_sleep(exits->proc_root, (pid_t)v->tgid, (pid_t)sums->tid, &sleep);
	if (sleep.in_halt)
		return STATE_HALT_BLOCK;
	if (sums->user_ns)
		return STATE_VMM;
	return sleep.in_fault ? STATE_KVM : STATE_HALT_BLOCK;
}

/* Charges @ns, without the run delay, to what the vCPU does. */
static enum vcpu_state state_of(const struct exits *exits, const struct kvmtop_vcpu *v,
				const struct sums *sums, const struct thread_look *thread,
				uint64_t ns)
{
	if (!is_open_exit(sums))
		return STATE_GUEST;
	if (!sums->user_ns && in_halt_exit(exits, v, sums->exit_place))
		return STATE_HALT_BLOCK;
	if (thread->asleep && ns >= ASK_MIN_NS)
		return state_asleep(exits, v, sums);
	return sums->user_ns ? STATE_VMM : STATE_KVM;
}

/*
 * The thread's run delay up to @now_ns. False: it is not known, or not for the stretch that began
 * at @start_ns. After a migration in its sleep it is unknown (bpf/migrated.bpf.c).
 */
static bool waited_ns(const struct exits *exits, const struct sums *sums,
		      const struct thread_look *thread, uint64_t start_ns, uint64_t now_ns,
		      uint64_t *ret_ns)
{
	if (!exits->run_delay || !thread->known || thread->seen_ns < start_ns ||
	    sums->migrated_asleep)
		return false;
	*ret_ns = thread->delay_ns + (thread->waits ? since(now_ns, thread->seen_ns) : 0);
	return true;
}

/*
 * Charges the current stretch, from @start_ns until @now_ns. What earlier readings charged stays
 * where it was.
 */
static void charge_open(const struct exits *exits, const struct sums *sums,
			const struct thread_look *thread, enum vcpu_state state, uint64_t start_ns,
			uint64_t now_ns, struct open_stretch *open, struct vcpu_times *times)
{
	uint64_t waited, delay_ns, ns;

	if (open->start_ns != start_ns)
		*open = (struct open_stretch){ .start_ns = start_ns,
					       .until_ns = start_ns,
					       .delay_ns = sums->seen_delay_ns };
	ns = since(now_ns, open->until_ns);
	if (waited_ns(exits, sums, thread, start_ns, now_ns, &waited)) {
		delay_ns = less_of(since(waited, open->delay_ns), ns);
		open->delay_ns += delay_ns;
		open->ns[STATE_RUN_DELAY] += delay_ns;
		ns -= delay_ns;
	}
	open->ns[state] += ns;
	open->until_ns = now_ns;
	for (int i = 0; i < STATE_MAX; i++)
		times->ns[i] += open->ns[i];
}

static struct vcpu_times charge(const struct exits *exits, const struct kvmtop_vcpu *v,
				const struct sums *sums, const struct thread_look *thread,
				enum vcpu_state state, uint64_t now_ns)
{
	uint64_t start_ns = summed_until(v, sums);
	struct vcpu_times times = {
		.valid = true,
		.wall_ns = since(now_ns, v->registered_ns),
		.ns = {
			[STATE_GUEST] = sums->guest_ns,
			[STATE_KVM] = sums->kvm_ns,
			[STATE_VMM] = sums->vmm_ns,
			[STATE_HALT_POLL] = sums->poll_ns,
			[STATE_HALT_BLOCK] = sums->block_ns,
			[STATE_RUN_DELAY] = sums->delay_ns,
		},
	};

	charge_open(exits, sums, thread, state, start_ns, now_ns, &exits->open_stretches[v->slot],
		    &times);
	return times;
}

/*
 * Takes the time without a thread out of the VMM's time: QEMU keeps an unplugged vCPU, and may plug
 * it in again. That time ends when the vCPU's next thread begins. True: it has none now.
 */
static bool take_parked(const struct exits *exits, const struct kvmtop_vcpu *v,
			const struct thread_look *thread, uint64_t now_ns, struct vcpu_times *times)
{
	struct parked *parked = &exits->parked[v->slot];
	uint64_t end_ns = less_of(thread->started_ns, now_ns);

	if (thread->exited && !parked->from_ns)
		parked->from_ns = now_ns;
	if (thread->known && parked->from_ns) {
		parked->total_ns += since(end_ns, parked->from_ns);
		parked->from_ns = 0;
	}
	times->wall_ns -= parked->total_ns;
	times->ns[STATE_VMM] -= less_of(parked->total_ns, times->ns[STATE_VMM]);
	return parked->from_ns;
}

/* What was read of a slot: of times that did not move meanwhile. */
struct reading {
	struct vcpu_times times;
	enum vcpu_held held;
	struct vcpu_thread thread;
};

/*
 * For an ended VM the end of its last stretch is unknown. So the time after its last time stamp, or
 * reading, is left out.
 */
static bool try_read_ended(const struct exits *exits, const struct kvmtop_vcpu *v,
			   struct reading *ret_reading)
{
	const struct thread_look unknown = { .known = false };
	const struct open_stretch *open = &exits->open_stretches[v->slot];
	struct parked *parked = &exits->parked[v->slot];
	const struct sums sums = read_sums(v);
	uint64_t start_ns = summed_until(v, &sums);
	uint64_t now_ns = open->start_ns == start_ns ? open->until_ns : start_ns;

	*ret_reading = (struct reading){
		.times = charge(exits, v, &sums, &unknown, STATE_GUEST, now_ns),
	};
	if (parked->from_ns)
		parked->total_ns += since(now_ns, parked->from_ns);
	parked->from_ns = 0;
	take_parked(exits, v, &unknown, now_ns, &ret_reading->times);
	return true;
}

static struct vcpu_thread thread_sample(const struct exits *exits, const struct thread_look *thread)
{
	return (struct vcpu_thread){
		.slices_known = thread->known && exits->run_delay,
		.slices = thread->slices,
		.cpu_known = thread->known && thread->cpu != KVMTOP_CPU_UNKNOWN,
		.cpu = thread->cpu,
	};
}

/* False: the slot changed meanwhile. */
static bool try_read(const struct exits *exits, const struct kvmtop_vcpu *v,
		     struct reading *ret_reading)
{
	struct sums sums = read_sums(v), again;
	uint64_t start_ns = summed_until(v, &sums), now_ns = clock_now_ns();
	struct thread_look thread;
	enum vcpu_state state;
	bool parked;

	/* BPF's clock, which needs no lock, may be some ns ahead of ours (ktime_get_mono_fast_ns). */
	if (now_ns < start_ns)
		now_ns = start_ns;
	thread = threads_of(exits, v, start_ns);
	state = state_of(exits, v, &sums, &thread, now_ns - start_ns);
	again = read_sums(v);
	if (memcmp(&sums, &again, sizeof(sums)))
		return false;
	ret_reading->times = charge(exits, v, &sums, &thread, state, now_ns);
	parked = take_parked(exits, v, &thread, now_ns, &ret_reading->times);
	ret_reading->held = parked ? HELD_PARKED : thread.held;
	ret_reading->thread = thread_sample(exits, &thread);
	return true;
}

/*
 * From the times that were read to those that are reported. No reported time decreases. Nor does
 * the wall time, as it would if a vCPU that was last reported in the guest has ended.
 */
static void report(struct reported_times *reported, uint64_t registered_ns,
		   const struct vcpu_times *part)
{
	if (reported->registered_ns != registered_ns)
		*reported = (struct reported_times){ .registered_ns = registered_ns };
	if (part->wall_ns > reported->wall_ns)
		reported->wall_ns = part->wall_ns;
	vcpu_times_take(reported->ns, part->ns);
}

void exits_read_times(const struct exits *exits, const struct kvmtop_vcpu *v, bool ended,
		      struct vcpu_sample *sample)
{
	struct reported_times *reported = &exits->reported_times[v->slot];
	struct reading reading = { .held = HELD_UNKNOWN };
	bool done = false;

	for (int tries = 0; tries < MAX_REREADS && !done; tries++)
		done = ended ? try_read_ended(exits, v, &reading) : try_read(exits, v, &reading);
	if (done && reading.held != HELD_PARKED)
		report(reported, v->registered_ns, &reading.times);
	/* A vCPU may have several slots. It is parked if nothing is known of the others. */
	if (done && (reading.held != HELD_PARKED || sample->held == HELD_UNKNOWN))
		sample->held = reading.held;
	/* Likewise: of the slot whose thread is known. */
	if (done && (reading.thread.slices_known || reading.thread.cpu_known))
		sample->thread = reading.thread;
	if (reported->registered_ns != v->registered_ns)
		return;
	sample->times.valid |= reading.held != HELD_PARKED;
	sample->times.run_delay_valid = exits->run_delay;
	sample->times.wall_ns += reported->wall_ns;
	for (int i = 0; i < STATE_MAX; i++)
		sample->times.ns[i] += reported->ns[i];
}
