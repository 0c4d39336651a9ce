/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kvm_events: which kvm:* tracepoints the running kernel has.
 */
#ifndef KVMTOP_SOURCES_KVM_EVENTS_H
#define KVMTOP_SOURCES_KVM_EVENTS_H

#include <stddef.h>

/*
 * Their names, sorted: from tracefs or, where that is empty (lockdown=confidentiality) or not
 * there, from the BTF of KVM's modules. @ret_names and each name in it are malloc'ed;
 * kvm_events_free() frees them. 0 or a negative errno; -ENOENT: neither has them.
 */
int kvm_events_list(char ***ret_names, size_t *ret_n);
void kvm_events_free(char **names, size_t n);

#endif
