// SPDX-License-Identifier: GPL-2.0
/* times: a slot that is read between any two of the stores that the BPF programs make. */
#include "unit.h"

#include <time.h>
#if defined(__x86_64__)
#include <asm/svm.h>
#include <asm/vmx.h>
#endif

#include "../../user/arch/x86.h"
#include "../../user/base/clock.h"
#include "../../user/sources/bpf/exits_priv.h"

static struct {
	struct exits exits;
	struct kvmtop_vcpu v;
	struct open_stretch open;
	struct reported_times reported;
	struct parked parked;
	struct kvmtop_thread thread;
	struct vcpu_times last;
	enum vcpu_held held;
	unsigned seed;
	bool waits;   /* its thread waits for a CPU and is halted now and then */
	bool watched; /* between any two stores */
} t;

static void begin(void)
{
	memset(&t, 0, sizeof(t));
	t.seed = 1;
	t.exits.open_stretches = &t.open;
	t.exits.reported_times = &t.reported;
	t.exits.parked = &t.parked;
	t.exits.threads = &t.thread;
	t.exits.run_delay = true;
	/* Its thread was not looked at. */
	t.exits.proc_root = (char *)"/nonexistent";
	t.v.event_ns = clock_now_ns();
	t.v.registered_ns = t.v.event_ns;
}

/* Reads, as kvmtop would now. The parts are all of the time, and none gets less. */
static void look_at(bool ended)
{
	struct vcpu_sample sample = { .held = HELD_UNKNOWN };
	struct vcpu_times times;
	uint64_t sum = 0;

	exits_read_times(&t.exits, &t.v, ended, &sample);
	times = sample.times;
	t.held = sample.held;
	assert_true(times.valid);
	for (int i = 0; i < STATE_MAX; i++) {
		assert_true(times.ns[i] >= t.last.ns[i]);
		sum += times.ns[i];
	}
	assert_int_equal(sum, times.wall_ns);
	assert_true(times.wall_ns >= t.last.wall_ns);
	t.last = times;
}

static void look(void)
{
	look_at(false);
}

static void sleep_up_to_us(int us)
{
	struct timespec ts = { .tv_nsec = (1 + rand_r(&t.seed) % us) * 1000 };

	nanosleep(&ts, NULL);
}

static void between(void)
{
	if (t.watched)
		look();
}

/* What follows stores in the order of bpf/tally.bpf.h. */

static uint64_t others_ns(void)
{
	return t.v.registered_ns + t.v.kvm_ns + t.v.vmm_ns + t.v.block_ns + t.v.poll_ns +
	       t.v.delay_ns;
}

static void guest_settle(void)
{
	if (t.v.event_ns > others_ns() && t.v.event_ns - others_ns() > t.v.guest_ns)
		t.v.guest_ns = t.v.event_ns - others_ns();
	between();
}

/* On the long path; on the short one guest_ns stays as it is. */
static void vm_exit(void)
{
	uint64_t now_ns = clock_now_ns();

	t.v.user_ns = 0;
	between();
	t.v.event_ns = now_ns;
	between();
	t.v.exit_place = KVMTOP_PLACE_COUNTING;
	between();
	if (rand_r(&t.seed) % 2)
		guest_settle();
	t.v.exit_place = KVMTOP_PLACE(1);
	between();
}

/* If it is @t.waits, three quarters of @ns: blocked, polling, waiting for a CPU. Some of that had been charged to the guest. */
static void charge(__u64 *sum, uint64_t ns)
{
	uint64_t more_ns = t.v.guest_ns / 2;

	if (!t.waits) {
		*sum += ns;
		between();
		return;
	}
	t.v.block_ns += ns / 4;
	between();
	t.v.poll_ns += ns / 4;
	between();
	t.v.guest_ns -= more_ns;
	between();
	t.v.delay_ns += ns / 4 + more_ns;
	between();
	*sum += ns - ns / 4 * 3;
	between();
}

/* The VMM is left what KVM_RUN returned for; it may be the first event, or another one without an entry in between. */
static void user_exit(void)
{
	uint64_t now_ns = clock_now_ns();

	if (!t.v.user_ns && !t.v.exit_place)
		t.v.event_ns = now_ns;
	between();
	guest_settle();
	if (t.v.user_ns)
		charge(&t.v.vmm_ns, now_ns - t.v.user_ns);
	else if (t.v.exit_place)
		charge(&t.v.kvm_ns, now_ns - t.v.event_ns);
	t.v.user_ns = now_ns;
	between();
}

static void entry(void)
{
	uint64_t now_ns = clock_now_ns();

	guest_settle();
	if (t.v.exit_place)
		t.v.exit_place |= KVMTOP_PLACE_ENDING;
	between();
	if (t.v.user_ns)
		charge(&t.v.vmm_ns, now_ns - t.v.user_ns);
	else if (t.v.exit_place)
		charge(&t.v.kvm_ns, now_ns - t.v.event_ns);
	t.v.user_ns = 0;
	between();
	t.v.event_ns = now_ns;
	between();
	t.v.exit_place = KVMTOP_PLACE_NONE;
	between();
}

/* In any order: each event may be missed, as when kvmtop has just attached. */
static void adds_up_at_any_moment(void **state)
{
	static void (*const events[])(void) = { vm_exit, user_exit, entry };

	(void)state;
	begin();
	t.waits = true;
	t.watched = true;
	look();
	for (int i = 0; i < 200; i++) {
		events[rand_r(&t.seed) % 3]();
		sleep_up_to_us(3000);
		look();
	}
	assert_true(t.v.guest_ns && t.v.kvm_ns && t.v.vmm_ns && t.v.delay_ns && t.v.poll_ns);
}

static uint64_t grown(const struct vcpu_times *before, enum vcpu_state part)
{
	return t.last.ns[part] - before->ns[part];
}

/* Sleeps and looks: all of the time must be in @part. */
static void all_in(enum vcpu_state part)
{
	struct vcpu_times before;

	look();
	before = t.last;
	sleep_up_to_us(2000);
	look();
	assert_true(t.last.wall_ns > before.wall_ns);
	assert_int_equal(grown(&before, part), t.last.wall_ns - before.wall_ns);
}

/* What it does is charged while it lasts. */
static void open_stretches(void **state)
{
	(void)state;
	begin();
	all_in(STATE_GUEST);
	vm_exit();
	all_in(STATE_KVM);
	user_exit();
	all_in(STATE_VMM);
	entry();
	all_in(STATE_GUEST);
	user_exit();
	all_in(STATE_VMM);
}

/* Its thread stands still at kvm_entry: the exit is in the sums, and it is not in the guest yet. */
static void exit_being_added(void **state)
{
	uint64_t exit_ns, kvm_ns;

	(void)state;
	begin();
	sleep_up_to_us(2000);
	vm_exit();
	guest_settle();
	sleep_up_to_us(2000);
	exit_ns = t.v.event_ns;
	kvm_ns = clock_now_ns() - exit_ns;
	t.v.exit_place |= KVMTOP_PLACE_ENDING;
	t.v.kvm_ns = kvm_ns;
	look();
	assert_int_equal(t.last.ns[STATE_GUEST], exit_ns - t.v.registered_ns);
	assert_int_equal(t.last.ns[STATE_KVM], t.last.wall_ns - t.last.ns[STATE_GUEST]);
	t.v.event_ns += kvm_ns;
	t.v.exit_place = KVMTOP_PLACE_NONE;
	look();
	/* And its process is killed there. */
	look_at(true);
}

/* What it was in the guest is in no sum until an event off the short path. */
static void short_path(void **state)
{
	uint64_t entry_ns;

	(void)state;
	begin();
	sleep_up_to_us(2000);
	t.v.event_ns = clock_now_ns();
	t.v.exit_place = KVMTOP_PLACE(1);
	look();
	assert_int_equal(t.last.ns[STATE_GUEST], t.v.event_ns - t.v.registered_ns);
	entry_ns = clock_now_ns();
	t.v.kvm_ns = entry_ns - t.v.event_ns;
	t.v.event_ns = entry_ns;
	t.v.exit_place = KVMTOP_PLACE_NONE;
	all_in(STATE_GUEST);
	assert_int_equal(t.v.guest_ns, 0);
	vm_exit();
	guest_settle();
	assert_int_equal(t.v.guest_ns, t.v.event_ns - t.v.registered_ns - t.v.kvm_ns);
}

static void sleep_ms(int ms)
{
	struct timespec ts = { .tv_nsec = ms * 1000000 };

	nanosleep(&ts, NULL);
}

/* What bpf/threads.bpf.c would see of its thread now. The scheduler's clock is 5 s ahead. */
static void see_thread(uint32_t state, uint64_t delay_ns, uint64_t queued_ns)
{
	t.exits.looked_ns = clock_now_ns();
	t.exits.sched_ahead_ns = 5 * (int64_t)SEC_NS;
	t.exits.compared_ns = 1;
	t.thread.tid = t.v.tid;
	t.thread.state = state;
	t.thread.delay_ns = delay_ns;
	t.thread.queued_ns = queued_ns ? queued_ns + 5 * SEC_NS : 0;
	t.thread.seen_ns = t.exits.looked_ns;
	t.thread.flags = 0;
	look();
}

#define RUNNABLE 0
#define ASLEEP 1
#define STOPPED 4

/* As times.c asks where a thread sleeps only when it does for some time. */
static void make_thread(char root[static 40], const char *wchan)
{
	char command[300];

	strcpy(root, "/tmp/kvmtop-times-XXXXXX");
	assert_non_null(mkdtemp(root));
	snprintf(command, sizeof(command), "mkdir -p %s/31/task/32", root);
	assert_int_equal(system(command), 0);
	put_file(root, "31/task/32/wchan", wchan);
	begin();
	t.exits.proc_root = root;
	t.v.tgid = 31;
	t.v.tid = 32;
	t.v.seen_delay_ns = 7000000;
	t.v.exit_place = KVMTOP_PLACE(1);
}

static void remove_thread(const char *root)
{
	char command[300];

	snprintf(command, sizeof(command), "rm -r %s", root);
	assert_int_equal(system(command), 0);
}

/* In one exit its thread first waits for a CPU, then it runs, then it is halted: each look charges what came since the last. */
static void one_long_exit(void **state)
{
	char root[40];
	struct vcpu_times before;

	(void)state;
	make_thread(root, "kvm_vcpu_block");
	sleep_ms(3);
	see_thread(RUNNABLE, 8000000, 0);
	assert_int_equal(t.held, HELD_NOT);
	assert_int_equal(t.last.ns[STATE_RUN_DELAY], 1000000);
	assert_int_equal(t.last.ns[STATE_KVM], t.last.wall_ns - 1000000);

	before = t.last;
	sleep_ms(3);
	see_thread(RUNNABLE, 8000000, 0);
	assert_int_equal(grown(&before, STATE_KVM), t.last.wall_ns - before.wall_ns);

	before = t.last;
	sleep_ms(3);
	see_thread(ASLEEP, 8000000, 0);
	assert_int_equal(grown(&before, STATE_HALT_BLOCK), t.last.wall_ns - before.wall_ns);
	remove_thread(root);
}

/*
 * The thread waits for a CPU when it is looked at, several times. All since it began to wait is a wait, at once. When
 * the kernel adds that wait to the run delay, nothing changes.
 */
static void long_wait(void **state)
{
	struct vcpu_times before;
	uint64_t queued_ns;

	(void)state;
	begin();
	t.v.tid = 32;
	t.v.exit_place = KVMTOP_PLACE(1);
	sleep_ms(1);
	queued_ns = clock_now_ns();
	for (int i = 0; i < 3; i++) {
		sleep_ms(3);
		see_thread(RUNNABLE, 0, queued_ns);
		assert_int_equal(t.last.ns[STATE_KVM], queued_ns - t.v.event_ns);
	}
	before = t.last;
	/* It was put on a CPU just after that; and it leaves the exit. */
	t.v.delay_ns = t.last.ns[STATE_RUN_DELAY];
	t.v.seen_delay_ns = t.v.delay_ns;
	t.v.kvm_ns = t.last.ns[STATE_KVM];
	t.v.exit_place = KVMTOP_PLACE_NONE;
	t.v.event_ns = t.v.registered_ns + t.v.delay_ns + t.v.kvm_ns;
	see_thread(RUNNABLE, t.v.delay_ns, 0);
	assert_int_equal(grown(&before, STATE_GUEST), t.last.wall_ns - before.wall_ns);
}

/* So also in the VMM, in a halt after which it was woken up, and in the guest (the kernel preempts between kvm_entry and kvm_exit). */
static void waits_anywhere(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		begin();
		t.v.tid = 32;
		*(i ? &t.v.user_ns : &t.v.seen_delay_ns) = i ? t.v.event_ns : 0;
		sleep_ms(3);
		see_thread(RUNNABLE, 0, t.v.registered_ns + 1000000);
		assert_int_equal(t.last.ns[i ? STATE_VMM : STATE_GUEST], 1000000);
		assert_int_equal(t.last.ns[STATE_RUN_DELAY], t.last.wall_ns - 1000000);
	}
}

/* The scheduler's clock is ahead by the most that was seen, as it is noted late, apart from the drift of 0.5 ms per s. */
static void clocks(void **state)
{
	struct kvmtop_sched_clock clock = { .sched_ns = 0, .mono_ns = 1 };

	(void)state;
	begin();
	threads_compare_clocks(&t.exits, &clock);
	assert_int_equal(t.exits.compared_ns, 0);
	clock = (struct kvmtop_sched_clock){ .sched_ns = 3 * SEC_NS, .mono_ns = 4 * SEC_NS };
	threads_compare_clocks(&t.exits, &clock);
	assert_int_equal(t.exits.sched_ahead_ns, -(int64_t)SEC_NS);
	clock = (struct kvmtop_sched_clock){ .sched_ns = 5 * SEC_NS - 9000000,
					     .mono_ns = 6 * SEC_NS };
	threads_compare_clocks(&t.exits, &clock);
	assert_int_equal(t.exits.sched_ahead_ns, -(int64_t)SEC_NS - 1000000);
	clock = (struct kvmtop_sched_clock){ .sched_ns = 6 * SEC_NS + 5, .mono_ns = 7 * SEC_NS };
	threads_compare_clocks(&t.exits, &clock);
	assert_int_equal(t.exits.sched_ahead_ns, -(int64_t)SEC_NS + 5);
}

/* What was seen before it began what it does now says nothing of it. Nor does what was seen of another thread. */
static void old_look(void **state)
{
	(void)state;
	begin();
	t.v.tid = 32;
	see_thread(RUNNABLE, 0, t.v.registered_ns);
	t.v.delay_ns = clock_now_ns() - t.v.registered_ns;
	t.v.event_ns = t.v.registered_ns + t.v.delay_ns;
	t.v.exit_place = KVMTOP_PLACE(1);
	all_in(STATE_KVM);
	t.thread.seen_ns = clock_now_ns();
	t.thread.tid = 33;
	all_in(STATE_KVM);
	assert_int_equal(t.held, HELD_UNKNOWN);
}

/* SIGSTOP, or the freezer: the vCPU is in its VMM, and it is said why. */
static void held(void **state)
{
	(void)state;
	begin();
	t.v.tid = 32;
	t.v.user_ns = t.v.event_ns;
	sleep_ms(3);
	see_thread(STOPPED, 0, 0);
	assert_int_equal(t.held, HELD_STOPPED);
	assert_int_equal(t.last.ns[STATE_VMM], t.last.wall_ns);
	t.thread.flags = KVMTOP_THREAD_FROZEN;
	look();
	assert_int_equal(t.held, HELD_STOPPED);
	t.thread.state = ASLEEP;
	look();
	assert_int_equal(t.held, HELD_FROZEN);
}

/* What is known of its thread is told, and what is not is not 0. */
static void its_thread(void **state)
{
	static const struct {
		bool run_delay;
		uint32_t cpu, tid;
		bool slices_known, cpu_known;
	} cases[] = {
		{ true, 5, 32, true, true },
		{ true, KVMTOP_CPU_UNKNOWN, 32, true, false },
		{ false, 0, 32, false, true },
		{ true, 5, 33, false, false }, /* another thread was seen */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct vcpu_sample sample = { .held = HELD_UNKNOWN };

		begin();
		t.exits.run_delay = cases[i].run_delay;
		t.v.tid = 32;
		t.thread.slices = 77;
		t.thread.cpu = cases[i].cpu;
		see_thread(RUNNABLE, 0, 0);
		t.thread.tid = cases[i].tid;
		exits_read_times(&t.exits, &t.v, false, &sample);
		assert_int_equal(sample.thread.slices_known, cases[i].slices_known);
		assert_int_equal(sample.thread.slices,
				 cases[i].slices_known || cases[i].cpu_known ? 77 : 0);
		assert_int_equal(sample.thread.cpu_known, cases[i].cpu_known);
		if (cases[i].cpu_known)
			assert_int_equal(sample.thread.cpu, cases[i].cpu);
	}
}

/* Its thread is ended, and later another one runs it. What it had no thread for is no time of the vCPU. */
static void parked(void **state)
{
	struct vcpu_sample sample = { .held = HELD_UNKNOWN };
	struct vcpu_times before;
	uint64_t start_ns;
	char root[40];

	(void)state;
	make_thread(root, "0");
	t.v.exit_place = KVMTOP_PLACE_NONE;
	t.v.user_ns = t.v.event_ns;
	sleep_ms(3);
	see_thread(ASLEEP, 0, 0);
	before = t.last;
	remove_thread(root);
	for (int i = 0; i < 2; i++) {
		sleep_ms(1);
		t.exits.looked_ns = clock_now_ns();
		sample = (struct vcpu_sample){ .held = HELD_UNKNOWN };
		exits_read_times(&t.exits, &t.v, false, &sample);
		assert_int_equal(sample.held, HELD_PARKED);
		assert_false(sample.times.valid);
		assert_int_equal(sample.times.wall_ns, before.wall_ns);
	}
	sleep_ms(5);
	start_ns = clock_now_ns();
	t.v.tid = 33;
	t.thread.started_ns = start_ns;
	t.v.vmm_ns = start_ns - t.v.user_ns;
	t.v.user_ns = 0;
	t.v.event_ns = start_ns;
	sleep_ms(1);
	see_thread(RUNNABLE, 0, 0);
	assert_int_equal(t.held, HELD_NOT);
	assert_true(t.last.ns[STATE_VMM] < start_ns - t.v.registered_ns - 5000000);
	before = t.last;
	all_in(STATE_GUEST);
}

/* Its VM ends while it has no thread: the time since that was first seen was none of its own. */
static void parked_then_ended(void **state)
{
	struct vcpu_sample sample = { .held = HELD_UNKNOWN };
	struct vcpu_times before;
	uint64_t seen_ns = 0;

	(void)state;
	begin();
	t.v.tid = 32;
	t.v.user_ns = t.v.event_ns;
	sleep_ms(1);
	see_thread(ASLEEP, 0, 0);
	before = t.last;
	for (int i = 0; i < 3; i++) {
		t.exits.looked_ns = clock_now_ns();
		exits_read_times(&t.exits, &t.v, false, &sample);
		assert_int_equal(sample.held, HELD_PARKED);
		if (!seen_ns)
			seen_ns = clock_now_ns();
		sleep_ms(5);
	}
	look_at(true);
	assert_true(t.last.wall_ns <= seen_ns - t.v.registered_ns);
	assert_int_equal(grown(&before, STATE_VMM), t.last.wall_ns - before.wall_ns);
}

#if defined(__x86_64__)
static void in_exit(uint32_t cell, uint32_t isa, uint64_t reason, enum vcpu_state part)
{
	static struct kvmtop_cell spare[2];
	struct kvmtop_cell *c =
		cell >= KVMTOP_OWN_CELLS ? &spare[cell - KVMTOP_OWN_CELLS] : &t.v.own[cell];

	begin();
	t.exits.spare = spare;
	t.exits.n_spare = 2;
	t.v.exit_place = KVMTOP_PLACE(cell);
	c->isa = isa;
	c->reason = reason;
	all_in(part);
	t.v.user_ns = clock_now_ns();
	*(part == STATE_KVM ? &t.v.kvm_ns : &t.v.block_ns) = t.v.user_ns - t.v.event_ns;
	all_in(STATE_VMM);
}

/* An exit for HLT is a halt, also when its thread has just been woken up; until it is left to the VMM. */
static void halt_exits(void **state)
{
	(void)state;
	in_exit(1, ISA_SVM, SVM_EXIT_HLT, STATE_HALT_BLOCK);
	in_exit(KVMTOP_OWN_CELLS - 1, ISA_VMX, EXIT_REASON_HLT, STATE_HALT_BLOCK);
	in_exit(KVMTOP_OWN_CELLS + 1, ISA_VMX, EXIT_REASON_HLT | 0x80000000u, STATE_HALT_BLOCK);
	in_exit(2, ISA_SVM, SVM_EXIT_CPUID, STATE_KVM);
	in_exit(2, ISA_SVM, EXIT_REASON_HLT, STATE_KVM);
	in_exit(2, ISA_VMX, SVM_EXIT_HLT, STATE_KVM);
	/* An L2's may be for L1 to handle. */
	in_exit(2, ISA_SVM | ISA_L2, SVM_EXIT_HLT, STATE_KVM);
	begin();
	t.v.exit_place = KVMTOP_PLACE(KVMTOP_OWN_CELLS); /* there are no spare ones */
	all_in(STATE_KVM);
}
#endif

/* BPF's clock may be ahead of ours. */
static void clock_ahead(void **state)
{
	(void)state;
	begin();
	t.v.guest_ns = clock_now_ns() + SEC_NS - t.v.event_ns;
	t.v.event_ns += t.v.guest_ns;
	look();
	t.v.exit_place = KVMTOP_PLACE(1);
	look();
}

static struct vcpu_times first_reported_when_ended(void)
{
	memset(&t.reported, 0, sizeof(t.reported));
	memset(&t.last, 0, sizeof(t.last));
	look_at(true);
	return t.last;
}

/* It is seen some time after its last event, and it is ended some time after that. Returns what was reported. */
static struct vcpu_times seen_then_ended(void)
{
	struct vcpu_times reported;

	sleep_up_to_us(2000);
	look();
	reported = t.last;
	sleep_up_to_us(2000);
	look_at(true);
	assert_memory_equal(&t.last, &reported, sizeof(reported));
	return reported;
}

/* Of one that is ended: what was reported stays, and what comes after its last event, or look, is not known. */
static void ended(void **state)
{
	struct vcpu_times reported;

	(void)state;
	begin();
	vm_exit();
	entry();
	reported = seen_then_ended();
	assert_int_equal(first_reported_when_ended().wall_ns, reported.wall_ns);
	memset(&t.open, 0, sizeof(t.open));
	assert_int_equal(first_reported_when_ended().wall_ns, t.v.event_ns - t.v.registered_ns);

	vm_exit();
	user_exit();
	reported = seen_then_ended();
	assert_int_equal(first_reported_when_ended().wall_ns, reported.wall_ns);
	memset(&t.open, 0, sizeof(t.open));
	assert_int_equal(first_reported_when_ended().wall_ns, t.v.user_ns - t.v.registered_ns);
}

/* The slot has become another vCPU's. */
static void another_vcpu(void **state)
{
	(void)state;
	begin();
	vm_exit();
	sleep_up_to_us(2000);
	look();
	memset(&t.v, 0, sizeof(t.v));
	memset(&t.last, 0, sizeof(t.last));
	t.v.event_ns = clock_now_ns();
	t.v.registered_ns = t.v.event_ns;
	vm_exit();
	all_in(STATE_KVM);
	assert_true(t.last.wall_ns <= clock_now_ns() - t.v.registered_ns);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(adds_up_at_any_moment),
		cmocka_unit_test(open_stretches),
		cmocka_unit_test(exit_being_added),
		cmocka_unit_test(short_path),
		cmocka_unit_test(one_long_exit),
		cmocka_unit_test(long_wait),
		cmocka_unit_test(waits_anywhere),
		cmocka_unit_test(clocks),
		cmocka_unit_test(old_look),
		cmocka_unit_test(held),
		cmocka_unit_test(its_thread),
		cmocka_unit_test(parked),
		cmocka_unit_test(parked_then_ended),
#if defined(__x86_64__)
		cmocka_unit_test(halt_exits),
#endif
		cmocka_unit_test(clock_ahead),
		cmocka_unit_test(ended),
		cmocka_unit_test(another_vcpu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
