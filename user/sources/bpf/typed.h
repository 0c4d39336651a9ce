/* SPDX-License-Identifier: GPL-2.0 */
/*
 * typed: programs that know the types of their tracepoint's arguments (SEC "tp_btf/EVENT"), or a variable of a module.
 * libbpf would read the BTF of every module to find either. We know which module has it.
 */
#ifndef KVMTOP_SOURCES_BPF_TYPED_H
#define KVMTOP_SOURCES_BPF_TYPED_H

struct kernel_types;
struct typed;

/*
 * From now on libbpf asks us about such programs. To be closed after the objects that were opened meanwhile. @types, which may be
 * NULL, is needed until they are loaded. 0 or a negative errno.
 */
int typed__open(const struct kernel_types *types, struct typed **ret_typed);
/* @typed may be NULL. */
void typed__close(struct typed *typed);

#endif
