// SPDX-License-Identifier: GPL-2.0
/* bpf_times: a slot that is read between any two of the stores that the BPF programs make. */
#include "unit.h"

#include <time.h>

#include "../../user/base/clock.h"
#include "../../user/sources/bpf_priv.h"

static struct {
	struct bpf_exit bpf;
	struct kvmtop_vcpu v;
	struct open_exit open;
	struct told_times told;
	struct vcpu_times last;
	unsigned seed;
} t;

static void begin(void)
{
	memset(&t, 0, sizeof(t));
	t.seed = 1;
	t.bpf.open_exits = &t.open;
	t.bpf.told_times = &t.told;
	/* Its thread is asked nothing. */
	t.bpf.proc_root = (char *)"/nonexistent";
	t.v.entry_ns = clock_now_ns();
	t.v.registered_ns = t.v.entry_ns;
}

/* Reads, as kvmtop would now. The parts are all of the time, and none gets less. */
static void look_at(bool gone)
{
	struct vcpu_times times = { .valid = false };
	uint64_t sum = 0;

	bpf_exit_read_times(&t.bpf, &t.v, gone, &times);
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
	struct timespec ts = { .tv_nsec = rand_r(&t.seed) % us * 1000 };

	nanosleep(&ts, NULL);
}

/* What follows stores in the order of bpf/tally.bpf.h. */

static void vm_exit(void)
{
	uint64_t now_ns = clock_now_ns();

	t.v.guest_ns += now_ns - t.v.entry_ns;
	look();
	t.v.exit_ns = now_ns;
	look();
	t.v.entry_ns = now_ns;
	look();
}

/* Of @ns one third it waited for a CPU, another it was halted. */
static void charge(__u64 *sum, uint64_t ns)
{
	t.v.block_ns += ns / 3;
	look();
	t.v.delay_ns += ns / 3;
	look();
	*sum += ns - ns / 3 * 2;
	look();
}

static void user_exit(void)
{
	uint64_t now_ns = clock_now_ns();

	charge(&t.v.kvm_ns, now_ns - t.v.exit_ns);
	t.v.entry_ns = now_ns;
	look();
	t.v.user_ns = now_ns;
	look();
}

static void entry(void)
{
	uint64_t now_ns = clock_now_ns(), exit_ns = t.v.exit_ns;

	t.v.entry_ns = now_ns;
	look();
	t.v.exit_ns = 0;
	look();
	if (t.v.user_ns) {
		charge(&t.v.vmm_ns, now_ns - t.v.user_ns);
		t.v.user_ns = 0;
	} else {
		charge(&t.v.kvm_ns, now_ns - exit_ns);
	}
	look();
}

static void adds_up_at_any_moment(void **state)
{
	(void)state;
	begin();
	look();
	for (int i = 0; i < 100; i++) {
		sleep_up_to_us(1000);
		look();
		vm_exit();
		sleep_up_to_us(3000);
		look();
		if (i % 2) {
			user_exit();
			sleep_up_to_us(3000);
			look();
		}
		entry();
	}
	assert_true(t.v.guest_ns && t.v.kvm_ns && t.v.vmm_ns && t.v.delay_ns);
}

/* What it does is charged in each interval, not when it is over. */
static void open_stretches(void **state)
{
	uint64_t guest_ns, kvm_ns, vmm_ns;

	(void)state;
	begin();
	sleep_up_to_us(2000);
	look();
	guest_ns = t.last.ns[STATE_GUEST];
	assert_int_equal(guest_ns, t.last.wall_ns);
	vm_exit();
	sleep_up_to_us(2000);
	look();
	kvm_ns = t.last.ns[STATE_KVM];
	assert_true(kvm_ns);
	user_exit();
	vmm_ns = t.last.ns[STATE_VMM];
	sleep_up_to_us(2000);
	look();
	assert_true(t.last.ns[STATE_VMM] > vmm_ns);
	assert_true(t.last.ns[STATE_KVM] >= kvm_ns);
}

/* Of one that is gone: what was told stays, and what comes after its last event is not known. */
static void gone(void **state)
{
	struct vcpu_times told;

	(void)state;
	begin();
	vm_exit();
	entry();
	sleep_up_to_us(2000);
	look();
	told = t.last;
	sleep_up_to_us(2000);
	look_at(true);
	assert_memory_equal(&t.last, &told, sizeof(told));

	vm_exit();
	user_exit();
	told = t.last;
	sleep_up_to_us(2000);
	look_at(true);
	assert_memory_equal(&t.last, &told, sizeof(told));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(adds_up_at_any_moment),
		cmocka_unit_test(open_stretches),
		cmocka_unit_test(gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
