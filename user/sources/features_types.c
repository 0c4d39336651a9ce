// SPDX-License-Identifier: GPL-2.0
/* features_types: which features the types of the kernel and of KVM show. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <bpf/btf.h>

#include "../arch/arch.h"
#include "../base/cleanup.h"
#include "features_priv.h"
#include "kernel_btf.h"
#include "limits.h"
#include "tracefs.h"
#include "type_index.h"

static const char *isa_struct(const struct arch_isa *isa)
{
	return isa->vcpu_struct;
}

/* KVM's own types, or the kernel's where KVM is built in. */
static const struct btf *kvm_btf(const struct kernel_types *types)
{
	return types->kvm ?: types->vmlinux;
}

static bool has_function(const struct kernel_types *types, const char *name)
{
	return type_index__find(types->names, name, BTF_KIND_FUNC) > 0;
}

static bool is_vcpu_pointer(const struct btf *btf, uint32_t id)
{
	const struct btf_type *type = btf__type_by_id(btf, (uint32_t)btf__resolve_type(btf, id));

	if (!type || !btf_is_ptr(type))
		return false;
	type = btf__type_by_id(btf, (uint32_t)btf__resolve_type(btf, type->type));
	return type && !strcmp(btf__name_by_offset(btf, type->name_off), "kvm_vcpu");
}

/* The prototype of tracepoint @event's probes, void *data first, or NULL: btf_trace_EVENT is a pointer to it. */
static const struct btf_type *probe_proto(const struct kernel_types *types, const char *event)
{
	const struct btf *btf = kvm_btf(types);
	const struct btf_type *type;
	char name[128];
	int id;

	snprintf(name, sizeof(name), "btf_trace_%s", event);
	id = kernel_types__find(types, btf, name, BTF_KIND_TYPEDEF);
	type = id > 0 ? btf__type_by_id(btf, (uint32_t)id) : NULL;
	type = type ? btf__type_by_id(btf, type->type) : NULL;
	if (!type || !btf_is_ptr(type))
		return NULL;
	type = btf__type_by_id(btf, type->type);
	return type && btf_is_func_proto(type) ? type : NULL;
}

/* The form of kvm_exit's raw arguments; NULL: none that programs know. */
static const struct arch_exit_args *find_exit_args(const struct kernel_types *types)
{
	const struct btf_type *type = probe_proto(types, "kvm_exit");
	const struct btf *btf = kvm_btf(types);
	const struct arch *arch = arch_here();

	for (size_t i = 0; type && i < arch->n_exit_args; i++) {
		const struct arch_exit_args *args = &arch->exit_args[i];

		if (btf_vlen(type) == args->n + 1 &&
		    (args->vcpu < 0 || is_vcpu_pointer(btf, btf_params(type)[args->vcpu + 1].type)))
			return args;
	}
	return NULL;
}

int features_raw_args(const struct features *features, const char *event)
{
	const struct btf_type *type = features->types ? probe_proto(features->types, event) : NULL;

	return type ? btf_vlen(type) - 1 : -ENOENT;
}

/* Whether the struct is known that a backend has around its vCPUs. */
static bool has_vendor(const struct kernel_types *types)
{
	const struct arch *arch = arch_here();

	for (size_t i = 0; i < arch->n_isas; i++)
		if (kernel_types__find(types, types->vendors[i], arch->isas[i].vcpu_struct,
				       BTF_KIND_STRUCT) > 0)
			return true;
	return false;
}

static void probe_paths(struct features *features, const struct kernel_types *types)
{
	struct feature *paths = &features->v[FEATURE_PATH];
	const struct arch_exit_args *args = find_exit_args(types);
	bool vendor = has_vendor(types);
	char structs[128];
	bool cast = has_function(types, "bpf_rdonly_cast");
	const bool in_struct = args && !args->has_reason, in_args = args && args->has_reason;
	const char *no_proto = args ? "kvm_exit's arguments are of the other kind"
				    : "this kernel's BTF does not have kvm_exit's arguments";

	if (!in_struct)
		feature__set(&paths[EXIT_PATH_PROBE], false, "%s", no_proto);
	else if (!vendor)
		feature__set(&paths[EXIT_PATH_PROBE], false,
			     "the kernel does not describe struct %s (no BTF of KVM's modules)",
			     features_vendors(isa_struct, structs, sizeof(structs)));
	else if (!features->v[FEATURE_LOCKDOWN].ok &&
		 strstr(features->v[FEATURE_LOCKDOWN].why, "confidentiality"))
		feature__set(&paths[EXIT_PATH_PROBE], false, "denied: lockdown=confidentiality");
	else
		feature__set(&paths[EXIT_PATH_PROBE], true,
			     "raw tracepoint, reason by probe reads");

	if (!in_struct || !vendor)
		paths[EXIT_PATH_PLAIN] = paths[EXIT_PATH_PROBE];
	else if (!cast)
		feature__set(&paths[EXIT_PATH_PLAIN], false,
			     "no bpf_rdonly_cast in this kernel (6.2)");
	else
		feature__set(&paths[EXIT_PATH_PLAIN], true,
			     "raw tracepoint, reason by plain loads");

	if (in_args)
		feature__set(&paths[EXIT_PATH_ARGS], true,
			     "raw tracepoint, reason in its arguments");
	else
		feature__set(&paths[EXIT_PATH_ARGS], false, "%s", no_proto);
}

static void probe_classic(struct features *features)
{
	struct feature *path = &features->v[FEATURE_PATH + EXIT_PATH_CLASSIC];

	if (!features->v[FEATURE_TRACEFS].ok)
		feature__set(path, false, "needs tracefs: %s", features->v[FEATURE_TRACEFS].why);
	else if (!features_exists(TRACEFS_ROOT "/events/kvm/kvm_exit/format"))
		feature__set(path, false, "tracefs has no event kvm:kvm_exit");
	else
		feature__set(path, true, "classic tracepoint, reason in its record");
}

static bool has_member(const struct kernel_types *types, const struct btf *btf, const char *name,
		       const char *member)
{
	int id = kernel_types__find(types, btf, name, BTF_KIND_STRUCT);
	const struct btf_type *type = id > 0 ? btf__type_by_id(btf, (uint32_t)id) : NULL;

	for (int i = 0; type && i < btf_vlen(type); i++)
		if (!strcmp(btf__name_by_offset(btf, btf_members(type)[i].name_off), member))
			return true;
	return false;
}

static bool has_variable(const struct btf *btf, const char *name)
{
	return kernel_btf_own(btf, name, BTF_KIND_VAR) > 0;
}

static void probe_short_path(struct features *features, const struct kernel_types *types)
{
	const struct arch *arch = arch_here();
	struct feature *by_cpu = &features->v[FEATURE_SHORT_CPU];

	if (arch->mode_flags.type &&
	    has_member(types, kvm_btf(types), arch->mode_flags.type, arch->mode_flags.member))
		feature__set(&features->v[FEATURE_SHORT], true, "most exits take it");
	else
		feature__set(&features->v[FEATURE_SHORT], false,
			     "the kernel's types do not have what it compares");
	feature__set(by_cpu, false, "not needed, or not in the backend's types");
	for (size_t i = 0; i < arch->n_isas; i++)
		if (arch->isas[i].cpu_data &&
		    has_variable(types->vendors[i], arch->isas[i].cpu_data))
			feature__set(by_cpu, true, "the backend's types say what a CPU ran last");
}

/*
 * Whether raw tracepoint programs may be preempted, and so skipped, shows in no type. Kernels with
 * bpf_preempt_disable (6.10) may do it, all before do not. bpf/userexit.bpf.c says what is done about it.
 */
static void probe_userspace_exits(struct features *features, const struct kernel_types *types)
{
	struct feature *record = &features->v[FEATURE_USER_RECORD];
	struct feature *rescue = &features->v[FEATURE_USER_RESCUE];

	feature__set(record, false, "not needed: raw programs are never skipped here");
	feature__set(rescue, false, "not needed: raw programs are never skipped here");
	if (!has_function(types, "bpf_preempt_disable"))
		return;
	if (features->v[FEATURE_TRACEFS].ok &&
	    features_exists(TRACEFS_ROOT "/events/kvm/kvm_userspace_exit/format"))
		feature__set(record, true, "the classic program gets exits to user space first");
	else
		feature__set(record, false,
			     "no tracefs: some exits to user space may be missed (drops has them "
			     "as missed)");
	if (features->v[FEATURE_PATH + EXIT_PATH_PLAIN].ok && arch_here()->runs_stat &&
	    has_member(types, kvm_btf(types), "kvm_vcpu_stat", arch_here()->runs_stat))
		feature__set(rescue, true, "raw programs count those that it was not run for");
	else
		feature__set(rescue, false, "no KVM statistic grows with each KVM_RUN here");
}

/* bpf/migrated.bpf.c says why. */
static void probe_migrated(struct feature *migrated, const struct kernel_types *types)
{
	if (has_member(types, types->vmlinux, "sched_entity", "sched_delayed") &&
	    has_member(types, types->vmlinux, "sched_info", "run_delay"))
		feature__set(migrated, true, "sleep that the scheduler takes for a wait is none");
	else
		feature__set(migrated, false,
			     "not needed: the scheduler takes no sleep for a wait here");
}

static void probe_memlock(struct feature *feature, const struct btf *vmlinux)
{
	char why[LIMITS_WHY_LEN];

	if (limits_has_memlock(vmlinux))
		feature__set(feature, false, "%s", limits_strerror(-EPERM, why, sizeof(why)));
	else
		feature__set(feature, true, "not limited");
}

void features_probe_types(struct features *features)
{
	static const enum feature_id by_types[] = {
		FEATURE_USER_RECORD,
		FEATURE_USER_RESCUE,
		FEATURE_MIGRATED,
		FEATURE_SHORT,
		FEATURE_SHORT_CPU,
		FEATURE_MEMLOCK,
		FEATURE_PATH + EXIT_PATH_PLAIN,
		FEATURE_PATH + EXIT_PATH_PROBE,
		FEATURE_PATH + EXIT_PATH_ARGS,
		FEATURE_PATH + EXIT_PATH_CLASSIC,
	};
	struct feature *feature = &features->v[FEATURE_BTF];
	int err = kernel_types__new(&features->types);
	char why[LIMITS_WHY_LEN];

	if (err) {
		if (err == -ENOENT)
			feature__set(feature, false,
				     "no /sys/kernel/btf/vmlinux: needs a kernel with "
				     "CONFIG_DEBUG_INFO_BTF");
		else
			feature__set(feature, false, "%s", limits_strerror(err, why, sizeof(why)));
		for (size_t i = 0; i < ARRAY_SIZE(by_types); i++)
			feature__set(&features->v[by_types[i]], false, "needs BTF");
		return;
	}
	feature__set(feature, true, "in the kernel");
	probe_paths(features, features->types);
	probe_classic(features);
	probe_userspace_exits(features, features->types);
	probe_short_path(features, features->types);
	probe_migrated(&features->v[FEATURE_MIGRATED], features->types);
	probe_memlock(&features->v[FEATURE_MEMLOCK], features->types->vmlinux);
}
