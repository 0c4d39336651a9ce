// SPDX-License-Identifier: GPL-2.0
/*
 * statistics: KVM's own statistics of every VM and vCPU that some process holds a file descriptor
 * of. An iterator over open files (iter/task_file) finds them by their ioctl function. It copies
 * the statistics out of struct kvm and struct kvm_vcpu. This needs neither the VMM's help nor
 * debugfs, and the guest does not notice. The file keeps the VM alive meanwhile.
 *
 * A separate object, as counting must not depend on it. It shares the maps of kvmtop.bpf.c.
 */
#define KVMTOP_MEMORY_MAP
#include "compat.bpf.h"
#include "filter.bpf.h"
#include "kvmtop.h"
#include "maps.bpf.h"
#include "vcpu_stat.bpf.h"

char LICENSE[] SEC("license") = "GPL";

struct memory_map memory_map SEC(".maps");
struct vcpus_map vcpus SEC(".maps");
struct cells_map spare_cells SEC(".maps");
struct by_vcpu_map by_vcpu SEC(".maps");

/* Buffer for the statistics, which are too large for the stack. There is one reader at a time. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, 4);
	__uint(value_size, KVMTOP_STAT_MAX);
} buffer SEC(".maps");

/*
 * Addresses of kvm_vm_ioctl and kvm_vcpu_ioctl, which identify files of VMs and vCPUs. They come
 * from a VM and a vCPU of our own, with these fds (own_files), or from kallsyms.
 */
__u64 vm_ioctl = 0;
__u64 vcpu_ioctl = 0;
__u32 own_vm_fd = 0;
__u32 own_vcpu_fd = 0;
const volatile __u32 cfg_homes = 0;
/* How much of struct kvm_vm_stat and kvm_vcpu_stat to copy; whole words. */
const volatile __u32 cfg_vm_bytes = 0;
const volatile __u32 cfg_vcpu_bytes = 0;
const volatile __u32 cfg_verify = 0;

/* Where @bytes at @from were copied to; NULL: they cannot be read. */
static __always_inline __u64 *copy(enum load how, __u64 from, __u32 bytes)
{
	__u32 zero = 0;
	__u64 *to = bpf_map_lookup_elem(&buffer, &zero);
	__u32 i;

	if (!to || bytes > KVMTOP_STAT_MAX)
		return NULL;
	if (how == LOAD_PROBE)
		return bpf_probe_read_kernel(to, bytes, (void *)from) ? NULL : to;
	for (i = 0; i < KVMTOP_STAT_MAX / 8; i++) {
		if (i * 8 >= bytes)
			break;
		to[i] = load_u64(how, from + i * 8);
	}
	return to;
}

static __always_inline void write_spare(struct seq_file *seq, const struct kvmtop_vcpu *v, __u32 n)
{
	struct kvmtop_cell *c;
	__u32 i, element;

	for (i = 0; i < KVMTOP_SPARE_MAX; i++) {
		if (i >= n)
			break;
		element = v->spare[i];
		c = bpf_map_lookup_elem(&spare_cells, &element);
		if (c)
			bpf_seq_write(seq, c, sizeof(*c));
	}
}

/*
 * The slot of the vCPU of @record. NULL: it has none yet. An earlier vCPU at its address may have
 * one until the new vCPU's first exit.
 */
static __always_inline struct kvmtop_vcpu *slot_of(enum load how,
						   const struct kvmtop_stat_record *record)
{
	__u64 vcpu = record->vcpu;
	__u32 *slot = bpf_map_lookup_elem(&by_vcpu, &vcpu);
	struct kvmtop_vcpu *v;

	/* Without a thread it has never been run. */
	if (!slot || !record->tid)
		return NULL;
	v = vcpu_slot(*slot);
	if (!v || v->vcpu != vcpu || v->kvm != record->kvm || v->start_ns != record->start_ns)
		return NULL;
	if (v->state & KVMTOP_STATE_CHECK && !vcpu_goes_on(how, v, vcpu))
		return NULL;
	return v;
}

/*
 * Identifies the VM or vCPU of @record. False: it is not of the process @task, which KVM refuses
 * its ioctls, too (kvm->mm).
 */
static __always_inline bool identify(enum load how, struct kvmtop_stat_record *record,
				     struct task_struct *task)
{
	struct task_struct *leader = task->group_leader;
	__u64 pid;

	if (load_field_u64(how, record->kvm, struct kvm, mm) != (__u64)task->mm)
		return false;
	record->tgid = task->tgid;
	record->start_ns = leader->start_boottime;
	__builtin_memcpy(record->comm, leader->comm, sizeof(record->comm));
	if (!record->vcpu)
		return true;
	record->vcpu_id = load_field_u32(how, record->vcpu, struct kvm_vcpu, vcpu_id);
	pid = load_field_u64(how, record->vcpu, struct kvm_vcpu, pid);
	if (pid)
		record->tid = load_field_u32(how, pid, struct pid, numbers[0].nr);
	return true;
}

static __always_inline void write_vcpu(enum load how, struct seq_file *seq,
				       struct kvmtop_stat_record *record)
{
	__u64 stat = record->vcpu + bpf_core_field_offset(struct kvm_vcpu, stat);
	struct kvmtop_vcpu *v = cfg_verify ? slot_of(how, record) : NULL;
	__u64 *copied = copy(how, stat, cfg_vcpu_bytes);

	if (!copied)
		return;
	record->stat_bytes = cfg_vcpu_bytes;
	record->bytes = sizeof(*record) + cfg_vcpu_bytes;
	if (v) {
		record->slot_bytes = sizeof(*v);
		record->n_spare = v->n_spare;
		if (record->n_spare > KVMTOP_SPARE_MAX)
			record->n_spare = KVMTOP_SPARE_MAX;
		record->bytes += sizeof(*v) + 64 + cfg_vcpu_bytes;
		record->bytes += record->n_spare * sizeof(struct kvmtop_cell);
	}
	bpf_seq_write(seq, record, sizeof(*record));
	bpf_seq_write(seq, copied, cfg_vcpu_bytes);
	if (!v)
		return;
	bpf_seq_write(seq, v, sizeof(*v));
	write_spare(seq, v, record->n_spare);
	bpf_seq_write(seq, v, 64);
	/*
	 * The first read worked. If this one fails, the buffer has zeroes, which look like a reset.
	 */
	copy(how, stat, cfg_vcpu_bytes);
	bpf_seq_write(seq, copied, cfg_vcpu_bytes);
}

static __always_inline void write_vm(enum load how, struct seq_file *seq,
				     struct kvmtop_stat_record *record)
{
	__u64 *copied =
		copy(how, record->kvm + bpf_core_field_offset(struct kvm, stat), cfg_vm_bytes);

	if (!copied)
		return;
	record->stat_bytes = cfg_vm_bytes;
	record->bytes = sizeof(*record) + cfg_vm_bytes;
	bpf_seq_write(seq, record, sizeof(*record));
	bpf_seq_write(seq, copied, cfg_vm_bytes);
}

/*
 * The kernel takes back a record that does not fit any more, and asks for it again at the next
 * read.
 */
static __always_inline int visit(enum load how, struct bpf_iter__task_file *ctx)
{
	struct kvmtop_stat_record record = {};
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	__u64 ioctl;

	if (!task || !file)
		return 0;
	ioctl = (__u64)file->f_op->unlocked_ioctl;
	if (!ioctl || (ioctl != vm_ioctl && ioctl != vcpu_ioctl))
		return 0;
	record.fd = ctx->fd;
	if (ioctl == vm_ioctl) {
		record.kvm = (__u64)file->private_data;
	} else {
		record.vcpu = (__u64)file->private_data;
		record.kvm = load_field_u64(how, record.vcpu, struct kvm_vcpu, kvm);
	}
	if (!identify(how, &record, task))
		return 0;
	if (record.vcpu)
		write_vcpu(how, ctx->meta->seq, &record);
	else
		write_vm(how, ctx->meta->seq, &record);
	return 0;
}

SEC("?iter/task_file")
int stats_plain(struct bpf_iter__task_file *ctx)
{
	return visit(LOAD_PLAIN, ctx);
}

SEC("?iter/task_file")
int stats_probe(struct bpf_iter__task_file *ctx)
{
	return visit(LOAD_PROBE, ctx);
}

/*
 * Addresses of functions are visible with CAP_SYSLOG only. This reads them from files of our own.
 */
SEC("?iter/task_file")
int own_files(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;

	if (!task || !file || task->tgid != (__s32)(bpf_get_current_pid_tgid() >> 32))
		return 0;
	if (ctx->fd == own_vm_fd)
		vm_ioctl = (__u64)file->f_op->unlocked_ioctl;
	else if (ctx->fd == own_vcpu_fd)
		vcpu_ioctl = (__u64)file->f_op->unlocked_ioctl;
	return 0;
}
