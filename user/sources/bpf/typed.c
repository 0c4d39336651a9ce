// SPDX-License-Identifier: GPL-2.0
#include "typed.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/types.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "../../../bpf/kvmtop.h"
#include "../../base/cleanup.h"
#include "../kernel_btf.h"
#include "../type_index.h"

struct typed {
	const struct kernel_types *types;
	int handler; /* libbpf's number of it */
	int kvm_fd;  /* of the BTF of module kvm; 0: the kernel's own, as libbpf has it */
	int vendor_fds[ARCH_ISAS_MAX]; /* likewise */
};

/* The type that libbpf's own handler would find for "tp_btf/EVENT", and the BTF that has it. */
static int find_event(const struct typed *typed, const char *event, int *ret_fd)
{
	const struct kernel_types *types = typed->types;
	char name[128];
	int id;

	snprintf(name, sizeof(name), "btf_trace_%s", event);
	id = kernel_btf_own(types->kvm, name, BTF_KIND_TYPEDEF);
	*ret_fd = id > 0 ? typed->kvm_fd : 0;
	return id > 0 ? id : type_index__find(types->names, name, BTF_KIND_TYPEDEF);
}

/* The variable that says what a CPU ran last, and the BTF that has it. */
static int find_cpu_data(const struct typed *typed, int *ret_fd)
{
	const struct arch *arch = arch_here();

	for (size_t i = 0; i < arch->n_isas; i++) {
		const char *name = arch->isas[i].cpu_data;
		int id = name ? kernel_btf_own(typed->types->vendors[i], name, BTF_KIND_VAR) : 0;

		*ret_fd = typed->vendor_fds[i];
		if (id > 0)
			return id;
	}
	return -ENOENT;
}

static bool is_cpu_data(const struct bpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW) && !insn->src_reg &&
	       (__u32)insn->imm == (__u32)KVMTOP_CPU_DATA &&
	       (__u32)insn[1].imm == (__u32)(KVMTOP_CPU_DATA >> 32);
}

/* Puts the variable's address where the program has KVMTOP_CPU_DATA. */
static int set_cpu_data(const struct typed *typed, struct bpf_program *program)
{
	const size_t n = bpf_program__insn_cnt(program);
	const struct bpf_insn *from = bpf_program__insns(program);
	__autofree struct bpf_insn *insns = NULL;

	for (size_t i = 0; i + 1 < n; i++) {
		int fd, id;

		if (!is_cpu_data(&from[i]))
			continue;
		id = find_cpu_data(typed, &fd);
		if (id < 0)
			return id;
		if (!insns) {
			insns = malloc(n * sizeof(*insns));
			if (!insns)
				return -ENOMEM;
			memcpy(insns, from, n * sizeof(*insns));
		}
		insns[i].src_reg = BPF_PSEUDO_BTF_ID;
		insns[i].imm = id;
		insns[i + 1].imm = fd;
	}
	return insns ? bpf_program__set_insns(program, insns, n) : 0;
}

/* libbpf is about to load @program. */
static int prepare(struct bpf_program *program, struct bpf_prog_load_opts *opts, long cookie)
{
	const struct typed *typed = (const struct typed *)cookie;
	const char *event = strchr(bpf_program__section_name(program), '/');
	int fd, id;

	if (!typed->types || !event)
		return -ENOENT;
	id = find_event(typed, event + 1, &fd);
	if (id < 0)
		return id;
	opts->attach_btf_id = (__u32)id;
	opts->attach_btf_obj_fd = (__u32)fd;
	return set_cpu_data(typed, program);
}

static int attach(const struct bpf_program *program, long cookie, struct bpf_link **ret_link)
{
	(void)cookie;
	*ret_link = bpf_program__attach_trace(program);
	return *ret_link ? 0 : -errno;
}

static int open_fds(struct typed *typed)
{
	const struct kernel_types *types = typed->types;
	const struct arch *arch = arch_here();
	int err = 0;

	if (types && types->kvm)
		err = kernel_btf_fd("kvm", &typed->kvm_fd);
	for (size_t i = 0; i < arch->n_isas && types && !err; i++)
		if (types->vendors[i] && arch->isas[i].cpu_data)
			err = kernel_btf_fd(arch->isas[i].module, &typed->vendor_fds[i]);
	return err;
}

/*
 * Before 1.3 libbpf goes on with freed memory once its last handler is taken back. So the first one of
 * this process, which has number 1, brings another one that stays.
 */
static int keep_one_handler(int first)
{
	int handler = first == 1 ? libbpf_register_prog_handler("kvmtop_none/",
								BPF_PROG_TYPE_UNSPEC, 0, NULL)
				 : 0;

	return handler < 0 ? handler : 0;
}

int typed__open(const struct kernel_types *types, struct typed **ret_typed)
{
	struct typed *typed = calloc(1, sizeof(*typed));
	LIBBPF_OPTS(libbpf_prog_handler_opts, opts, .cookie = (long)typed,
		    .prog_prepare_load_fn = prepare, .prog_attach_fn = attach);
	int err;

	if (!typed)
		return -ENOMEM;
	typed->types = types;
	typed->handler = libbpf_register_prog_handler("tp_btf/", BPF_PROG_TYPE_TRACING,
						      BPF_TRACE_RAW_TP, &opts);
	err = typed->handler < 0 ? typed->handler : keep_one_handler(typed->handler);
	if (!err)
		err = open_fds(typed);
	if (err) {
		typed__close(typed);
		return err;
	}
	*ret_typed = typed;
	return 0;
}

static void close_fd(int fd)
{
	if (fd > 0)
		close(fd);
}

void typed__close(struct typed *typed)
{
	if (!typed)
		return;
	if (typed->handler >= 0)
		libbpf_unregister_prog_handler(typed->handler);
	close_fd(typed->kvm_fd);
	for (size_t i = 0; i < ARRAY_SIZE(typed->vendor_fds); i++)
		close_fd(typed->vendor_fds[i]);
	free(typed);
}
