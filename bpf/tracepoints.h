/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tracepoints.h: the contract between bpf/tracepoints.bpf.c and user space.
 *
 * An event in the thread of a vCPU that is in KVM_RUN is counted in that vCPU's row of the array
 * "event_counts". Only that thread writes it: no atomics. Row 0, which is no vCPU's, has the events
 * of no VM. All others are in the hash "other_events", by what is known of them; user space finds
 * the VM.
 */
#ifndef KVMTOP_BPF_TRACEPOINTS_H
#define KVMTOP_BPF_TRACEPOINTS_H

/* Stands in the program for the number of its event. The loader replaces it in each copy. */
#define KVMTOP_EVENT_NUMBER 0x5e7e47e1

/* The VM or vCPU that an event is about. A field that is not known is 0. */
struct kvmtop_event_key {
	__u64 vcpu; /* address of the struct kvm_vcpu whose ioctl the thread is in */
	__u64 kvm;  /* address of the struct kvm of that vCPU, or whose ioctl it is in */
	__u32 tgid; /* process that the thread belongs to, or works for */
	__u32 tid;  /* of the thread, if it is in KVM_RUN of that vCPU */
	__u32 event;
	__u32 pad;
};

_Static_assert(sizeof(struct kvmtop_event_key) == 32, "kvmtop_event_key has a hole");

#endif
