// SPDX-License-Identifier: GPL-2.0
/*
 * tracepoints: the programs that count the kvm:* tracepoints (-t). The loader makes a copy for each
 * event, with the event's number in the place of KVMTOP_EVENT_NUMBER. One program for all would
 * lose events: the kernel does not run a raw program in an interrupt while the same program is
 * running. Where an attachment has a cookie (classic ones since 5.15, raw ones since 6.10), the
 * copies are short, so the kernel verifies them quickly. One program for all then does the rest,
 * which is rare.
 *
 * Nearly all events fire in the thread of the vCPU that they are about, while it is in KVM_RUN. The
 * arguments of the others hardly ever identify the VM: of some 90 events only kvm_pi_irte_update's
 * do, on 7.2. The thread's system call identifies it, if it is one of KVM's, otherwise the thread's
 * process.
 */
#define KVMTOP_MEMORY_MAP
#include "filter_maps.bpf.h"
#include "vcpu.bpf.h"

#include "tracepoints.h"

char LICENSE[] SEC("license") = "GPL";

/* Those of kvmtop.bpf.c. */
struct memory_map memory_map SEC(".maps");
struct vcpus_map vcpus SEC(".maps");
struct u32_map by_tid SEC(".maps");

/* Row by slot of the vCPU, column by event. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} event_counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct kvmtop_event_key);
	__type(value, __u64);
} other_events SEC(".maps");

/* Fields that vmlinux.h does not have. */
struct task_struct___event {
	void *stack;
	struct mm_struct *mm;
} __attribute__((preserve_access_index));

struct mm_struct___event {
	struct task_struct *owner;
} __attribute__((preserve_access_index));

/* THREAD_SIZE of x86-64, arm64 and riscv64, without KASAN. */
#define THREAD_BYTES (16 * 1024)

/* 1: plain loads work here (6.2). */
const volatile __u32 cfg_plain = 0;
/* Length of a row of event_counts. */
const volatile __u32 cfg_row = 1;
/* Addresses of kvm_vm_ioctl and kvm_vcpu_ioctl, from kallsyms; 0: not known. */
const volatile __u64 cfg_vm_ioctl = 0;
const volatile __u64 cfg_vcpu_ioctl = 0;

/* Events that other_events had no room for. They are counted in row 0. */
__u64 events_without_room = 0;

/* As the main programs' hints. */
struct kvmtop_hint hints[KVMTOP_HINTS] = {};

/* A field of 64 bits. The knob is a constant for the verifier, which drops the other branch. */
#define load_any_u64(base, type, field)                              \
	(cfg_plain ? load_field_u64(LOAD_PLAIN, (base), type, field) \
		   : load_field_u64(LOAD_PROBE, (base), type, field))
#define load_any_u32(base, type, field)                              \
	(cfg_plain ? load_field_u32(LOAD_PLAIN, (base), type, field) \
		   : load_field_u32(LOAD_PROBE, (base), type, field))

static __always_inline __u64 *event_count(__u32 slot, __u64 event)
{
	__u32 i = slot * cfg_row + event;

	return bpf_map_lookup_elem(&event_counts, &i);
}

/* In the vCPU's own thread. */
static __always_inline void count_in_thread(__u32 slot, __u64 event)
{
	__u64 *count = event_count(slot, event);

	if (count)
		*count += 1;
}

/* For no VM: many writers. */
static __always_inline void count_for_host(__u64 event)
{
	__u64 *count = event_count(0, event);

	if (count)
		__sync_fetch_and_add(count, 1);
}

static __always_inline void count_other(const struct kvmtop_event_key *key)
{
	__u64 *count = bpf_map_lookup_elem(&other_events, key);
	__u64 zero = 0;

	if (!count) {
		bpf_map_update_elem(&other_events, key, &zero, BPF_NOEXIST);
		count = bpf_map_lookup_elem(&other_events, key);
	}
	if (count) {
		__sync_fetch_and_add(count, 1);
		return;
	}
	__sync_fetch_and_add(&events_without_room, 1);
	count_for_host(key->event);
}

/*
 * Whether this runs for the current thread, and not in an interrupt. Interrupts have a stack of
 * their own, unless they interrupt user space, where no vCPU is in KVM_RUN. @here is the lower half
 * of an address on the stack in use.
 */
static __always_inline bool is_on_stack_of(__u64 task, __u32 here)
{
	__u64 stack;

	if (cfg_plain)
		stack = load_field_u64(LOAD_PLAIN, task, struct task_struct___event, stack);
	else if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf))
		stack = (__u64)((struct task_struct___event *)bpf_get_current_task_btf())->stack;
	else
		stack = load_field_u64(LOAD_PROBE, task, struct task_struct___event, stack);
	return here - (__u32)stack < THREAD_BYTES;
}

static __always_inline bool has_syscall(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs) && cfg_vm_ioctl;
}

/*
 * A task of @task's process; @task is the current thread. For a kernel thread, a task of the
 * process whose memory it uses (vhost does).
 */
static __always_inline __u64 process_of(__u64 task)
{
	__u64 mm, owner;

	if (!bpf_core_field_exists(struct mm_struct___event, owner))
		return task;
	mm = load_any_u64(task, struct task_struct___event, mm);
	owner = mm ? load_any_u64(mm, struct mm_struct___event, owner) : 0;
	return owner ? owner : task;
}

/* Whether the process @tgid, which @process is a task of, is filtered out; notes it in the hint. */
static __always_inline bool ignores_events_of(__u64 process, __u32 tgid)
{
	struct kvmtop_hint *hint = cpu_hint();
	__u64 *start_ns, leader;

	if (cfg_filter_pids && !bpf_map_lookup_elem(&filter_pids, &tgid)) {
		if (!cfg_filter_names)
			hint->ignored_tgid = tgid;
		return true;
	}
	if (!cfg_filter_names)
		return false;
	start_ns = bpf_map_lookup_elem(&ignored_pids, &tgid);
	if (!start_ns)
		return false;
	leader = load_any_u64(process, struct task_struct, group_leader);
	if (*start_ns != load_any_u64(leader, struct task_struct, start_boottime))
		return false;
	hint->ignored_tgid = tgid;
	hint->ignored_start_ns = *start_ns;
	return true;
}

/*
 * Whether vCPU @vcpu (0: not known) is filtered out. Where the system call cannot be read, no event
 * of a thread without a slot is counted.
 */
static __always_inline bool ignores_events_of_vcpu(__u64 vcpu)
{
	__u32 id;

	if (!cfg_filter_vcpus)
		return false;
	if (!vcpu)
		return !has_syscall();
	if (!has_vcpu_id())
		return true;
	id = load_any_u32(vcpu, struct kvm_vcpu, vcpu_id);
	return !bpf_map_lookup_elem(&filter_vcpus, &id);
}

#define KVM_RUN_REQUEST 0xae80 /* _IO(KVMIO, 0x80) */
#define KVM_IOCTL_TYPE 0xae

/*
 * Fills @key with the VM or vCPU of the current system call, if it is an ioctl of KVM. No other
 * system call has a file's number and one of KVM's requests as its first two arguments. Where the
 * second is a length, in whole pages, the first is an address.
 */
static __always_inline void look_at_syscall(__u64 task, __u32 tid, struct kvmtop_event_key *key)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	__u64 fd = PT_REGS_PARM1_SYSCALL(regs), request = PT_REGS_PARM2_SYSCALL(regs);
	__u64 files, fdt, file, f_op, ioctl, object;

	if ((__u8)(request >> 8) != KVM_IOCTL_TYPE)
		return;
	files = load_any_u64(task, struct task_struct, files);
	fdt = load_any_u64(files, struct files_struct, fdt);
	if (fd >= load_any_u32(fdt, struct fdtable, max_fds))
		return;
	file = load_any_u64(fdt, struct fdtable, fd);
	file = cfg_plain ? load_u64(LOAD_PLAIN, file + fd * 8)
			 : load_u64(LOAD_PROBE, file + fd * 8);
	if (!file)
		return;
	f_op = load_any_u64(file, struct file, f_op);
	ioctl = load_any_u64(f_op, struct file_operations, unlocked_ioctl);
	object = load_any_u64(file, struct file, private_data);
	if (ioctl == cfg_vm_ioctl) {
		key->kvm = object;
	} else if (ioctl == cfg_vcpu_ioctl) {
		key->vcpu = object;
		key->kvm = cfg_plain ? vcpu_kvm(LOAD_PLAIN, object) : vcpu_kvm(LOAD_PROBE, object);
		key->tid = (__u32)request == KVM_RUN_REQUEST ? tid : 0;
	}
}

/*
 * Counts an event that is not in the thread of this CPU's last vCPU, or not between its entry and
 * its return to user space. It makes no slot: until the first entry the hash has the count.
 */
static __noinline int count_elsewhere(__u64 event, __u64 task)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	__u32 tid = pid_tgid, tgid = pid_tgid >> 32;
	__u32 *known = bpf_map_lookup_elem(&by_tid, &tid);
	struct kvmtop_event_key key = { .event = event };
	struct kvmtop_vcpu *v = NULL;
	__u64 process;
	__u32 slot = 0;

	if (known) {
		slot = *known;
		v = vcpu_slot(slot);
		if (v && (v->tid != tid || v->tgid != tgid || v->task != task ||
			  v->state & KVMTOP_STATE_DEAD))
			v = NULL;
	}
	/*
	 * Where the system call cannot be read, the event is counted for the vCPU that the thread
	 * ran last.
	 */
	if (v && (!has_syscall() || !(v->state & KVMTOP_STATE_CHECK))) {
		cpu_hint()->slot = slot;
		count_in_thread(slot, event);
		return 0;
	}
	process = process_of(task);
	key.tgid = process == task ? tgid : load_any_u32(process, struct task_struct, tgid);
	if (ignores_events_of(process, key.tgid))
		return 0;
	if (has_syscall())
		look_at_syscall(task, tid, &key);
	if (ignores_events_of_vcpu(key.vcpu))
		return 0;
	count_other(&key);
	return 0;
}

/* Counts the event if this CPU's hint is enough for it. True: it is counted, or filtered out. */
static __always_inline bool count_by_hint(__u64 event, __u64 task)
{
	__u32 slot = cpu_hint()->slot;
	struct kvmtop_vcpu *v = vcpu_slot(slot);
	__u64 here;

	/* Half of the address makes it a number for the verifier. */
	asm volatile("w0 = w10\n%0 = r0" : "=r"(here) : : "r0");
	if (!is_on_stack_of(task, here)) {
		count_for_host(event);
		return true;
	}
	if (v && v->task == task && !v->state) {
		count_in_thread(slot, event);
		return true;
	}
	return cfg_plain ? hint_ignores_process(LOAD_PLAIN, cpu_hint())
			 : hint_ignores_process(LOAD_PROBE, cpu_hint());
}

static __always_inline __u64 own_number(void)
{
	__u64 event;

	asm volatile("%0 = %1" : "=r"(event) : "i"(KVMTOP_EVENT_NUMBER));
	return event;
}

static __always_inline void count_event(void)
{
	__u64 event = own_number(), task = bpf_get_current_task();

	if (!count_by_hint(event, task))
		count_elsewhere(event, task);
}

SEC("?raw_tp/kvm_entry")
int count_raw(void *ctx)
{
	(void)ctx;
	count_event();
	return 0;
}

SEC("?tp/kvm/kvm_entry")
int count_classic(void *ctx)
{
	(void)ctx;
	count_event();
	return KEEP_EVENT;
}

/* rest_raw or rest_classic: the loader puts it there. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} rest SEC(".maps");

static __always_inline void count_short(void *ctx)
{
	__u64 event = own_number();

	if (count_by_hint(event, bpf_get_current_task()))
		return;
	bpf_tail_call(ctx, &rest, 0);
	__sync_fetch_and_add(&events_without_room, 1);
	count_for_host(event);
}

static __always_inline void count_rest(void *ctx)
{
	count_elsewhere(bpf_get_attach_cookie(ctx), bpf_get_current_task());
}

SEC("?raw_tp/kvm_entry")
int short_raw(void *ctx)
{
	count_short(ctx);
	return 0;
}

SEC("?raw_tp/kvm_entry")
int rest_raw(void *ctx)
{
	count_rest(ctx);
	return 0;
}

SEC("?tp/kvm/kvm_entry")
int short_classic(void *ctx)
{
	count_short(ctx);
	return KEEP_EVENT;
}

SEC("?tp/kvm/kvm_entry")
int rest_classic(void *ctx)
{
	count_rest(ctx);
	return KEEP_EVENT;
}
