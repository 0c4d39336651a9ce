/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kvm_wait: a screen that is opened before KVM is loaded waits for it.
 */
#ifndef KVMTOP_RUN_KVM_WAIT_H
#define KVMTOP_RUN_KVM_WAIT_H

struct features;
struct options;

/*
 * If nothing but KVM is missing, and a screen is to be opened: says so on stderr, and returns when KVM and a backend of it are loaded.
 * @features are those of then. A signal ends the process.
 */
void kvm_wait(const struct options *options, struct features *features);

#endif
