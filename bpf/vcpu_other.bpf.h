/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vcpu_other.bpf.h: what must be known of a vCPU on an architecture without files of its own: nothing.
 */
#ifndef KVMTOP_VCPU_OTHER_BPF_H
#define KVMTOP_VCPU_OTHER_BPF_H

#define nests_begin(how, v, vcpu) ((void)(v))
#define nests_note(v, isa, reason) ((void)(v))
#define vcpu_stat_runs(how, vcpu) ((void)(vcpu), 0)

#endif
