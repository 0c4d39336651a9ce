/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kvm_wait: a screen that is opened before KVM is loaded waits for it.
 */
#ifndef KVMTOP_RUN_KVM_WAIT_H
#define KVMTOP_RUN_KVM_WAIT_H

struct features;
struct options;

/*
 * If a screen is to be opened and nothing but KVM is missing, says so on stderr. Returns when KVM and a backend of it are loaded, with
 * the @features of then. A signal ends the process.
 */
void kvm_wait(const struct options *options, struct features *features);

#endif
