// SPDX-License-Identifier: GPL-2.0
#include "features.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "../arch/arch.h"
#include "../base/caps.h"
#include "../base/cleanup.h"
#include "bpf/object.h"
#include "kernel_btf.h"
#include "limits.h"
#include "proc.h"
#include "tracefs.h"

static const char *const path_names[EXIT_PATH_MAX] = {
	[EXIT_PATH_AUTO] = "auto", [EXIT_PATH_PLAIN] = "plain",	    [EXIT_PATH_PROBE] = "probe",
	[EXIT_PATH_ARGS] = "args", [EXIT_PATH_CLASSIC] = "classic",
};

static const char *const names[FEATURE_MAX] = {
	[FEATURE_CAPS] = "capabilities",
	[FEATURE_OTHERS] = "other users' VMs",
	[FEATURE_NAMESPACE] = "host's namespaces",
	[FEATURE_LOCKDOWN] = "not locked down",
	[FEATURE_KVM] = "KVM",
	[FEATURE_BTF] = "BTF",
	[FEATURE_USER_RECORD] = "userspace: classic",
	[FEATURE_USER_RESCUE] = "userspace: rescue",
	[FEATURE_SHORT] = "exit path: short",
	[FEATURE_SHORT_CPU] = "exit path: short, by CPU",
	[FEATURE_MIGRATED] = "run delay: corrected",
	[FEATURE_MEMLOCK] = "locked memory",
	[FEATURE_TRACEFS] = "tracefs",
	[FEATURE_PATH + EXIT_PATH_AUTO] = "exit path",
	[FEATURE_PATH + EXIT_PATH_PLAIN] = "exit path: plain",
	[FEATURE_PATH + EXIT_PATH_PROBE] = "exit path: probe",
	[FEATURE_PATH + EXIT_PATH_ARGS] = "exit path: args",
	[FEATURE_PATH + EXIT_PATH_CLASSIC] = "exit path: classic",
};

const char *feature_name(enum feature_id id)
{
	return (unsigned int)id < FEATURE_MAX ? names[id] : NULL;
}

const char *exit_path_name(enum exit_path path)
{
	return (unsigned int)path < EXIT_PATH_MAX ? path_names[path] : NULL;
}

__attribute__((format(printf, 3, 4))) static void set(struct feature *feature, bool ok,
						      const char *fmt, ...)
{
	va_list args;

	feature->ok = ok;
	va_start(args, fmt);
	vsnprintf(feature->why, sizeof(feature->why), fmt, args);
	va_end(args);
}

/* The first line of the file at @path with @key in front, without the key; false: there is none. */
static bool read_line(const char *path, const char *key, char *buf, size_t size)
{
	__autofclose FILE *file = fopen(path, "re");
	__autofree char *line = NULL;
	size_t capacity = 0;

	while (file && getline(&line, &capacity, file) > 0) {
		if (strncmp(line, key, strlen(key)))
			continue;
		snprintf(buf, size, "%s", line + strlen(key));
		buf[strcspn(buf, "\n")] = '\0';
		return true;
	}
	return false;
}

/* access() checks the real user, which may have fewer rights than we. */
static bool exists(const char *path)
{
	return !faccessat(AT_FDCWD, path, F_OK, AT_EACCESS);
}

static void probe_caps(struct features *features)
{
	/*
	 * The last one, for two users. libbpf looks for bpf_rdonly_cast in the types of modules if
	 * vmlinux lacks it (before 6.2), by BPF_BTF_GET_FD_BY_ID. Debian's perf_event_open() wants
	 * it for classic tracepoints.
	 */
	const uint64_t counting = CAP_BIT(CAP_BPF) | CAP_BIT(CAP_PERFMON) |
				  (exists("/sys/kernel/btf/kvm") ? CAP_BIT(CAP_SYS_ADMIN) : 0);
	const uint64_t looking = CAP_BIT(CAP_SYS_PTRACE) | CAP_BIT(CAP_DAC_READ_SEARCH);
	uint64_t missing = caps_missing(counting);
	char list[FEATURE_WHY_LEN / 2];

	if (missing)
		set(&features->v[FEATURE_CAPS], false, "missing %s: %s",
		    caps_list(missing, list, sizeof(list)),
		    geteuid() ? "run it as root"
			      : "this root lacks them (a container: --privileged)");
	else
		set(&features->v[FEATURE_CAPS], true, "all that counting needs");
	missing = caps_missing(looking);
	if (missing)
		set(&features->v[FEATURE_OTHERS], false,
		    "missing %s: -g and -p may not find other users' VMs, and VMs that end may "
		    "stay: run it as root",
		    caps_list(missing, list, sizeof(list)));
	else
		set(&features->v[FEATURE_OTHERS], true, "can be inspected");
}

/* Inode numbers of the initial namespaces (include/linux/proc_ns.h). */
#define PROC_TIME_INIT_INO 0xEFFFFFFAu
#define PROC_PID_INIT_INO 0xEFFFFFFCu

/* BPF sees the pids of the initial namespace; in another one /proc has others. */
static void probe_namespace(struct feature *feature)
{
	static const struct {
		const char *path, *name;
		ino_t initial;
	} spaces[] = {
		{ "/proc/self/ns/pid", "pid", PROC_PID_INIT_INO },
		{ "/proc/self/ns/time", "time", PROC_TIME_INIT_INO },
	};
	struct statfs fs;
	struct stat st;

	if (statfs(PROC_ROOT, &fs) || fs.f_type != PROC_SUPER_MAGIC) {
		set(feature, false,
		    PROC_ROOT " is not mounted: mount it (mount -t proc proc " PROC_ROOT ")");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(spaces); i++) {
		if (stat(spaces[i].path, &st) || st.st_ino == spaces[i].initial)
			continue;
		set(feature, false,
		    "this is another %s namespace: run it on the host (a container: --pid=host)",
		    spaces[i].name);
		return;
	}
	set(feature, true, "this is the host's pid and time namespace");
}

static void probe_lockdown(struct feature *feature)
{
	char line[128];
	char *mode;

	if (!read_line("/sys/kernel/security/lockdown", "", line, sizeof(line))) {
		set(feature, true, "this kernel has no lockdown, or securityfs is not mounted");
		return;
	}
	mode = strchr(line, '[');
	mode = mode ? mode + 1 : line;
	mode[strcspn(mode, "]")] = '\0';
	set(feature, !strcmp(mode, "none"), "lockdown=%s", mode);
}

static const char *isa_module(const struct arch_isa *isa)
{
	return isa->module ?: "kvm";
}

static const char *isa_struct(const struct arch_isa *isa)
{
	return isa->vcpu_struct;
}

/*
 * What @name is of each backend that this architecture has, with "or" between; "kvm" if it has one, in that. Returns
 * @buf.
 */
static const char *names_of_vendors(const char *(*name)(const struct arch_isa *isa), char *buf,
				    size_t size)
{
	const struct arch *arch = arch_here();
	size_t len = (size_t)snprintf(buf, size, "%s", arch->n_isas ? "" : "kvm");

	for (size_t i = 0; i < arch->n_isas && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s", i ? " or " : "",
					name(&arch->isas[i]));
	return buf;
}

/* The backend that this CPU can have; NULL: none, or its flags do not show it. */
static const struct arch_isa *find_isa_of_cpu(void)
{
	const struct arch *arch = arch_here();
	char flags[8192] = "", flag[32];

	if (arch->cpuinfo_flags)
		read_line("/proc/cpuinfo", arch->cpuinfo_flags, flags, sizeof(flags));
	for (size_t i = 0; i < arch->n_isas; i++) {
		if (!arch->isas[i].cpu_flag)
			continue;
		snprintf(flag, sizeof(flag), " %s", arch->isas[i].cpu_flag);
		if (strstr(flags, flag))
			return &arch->isas[i];
	}
	return NULL;
}

static void probe_kvm(struct feature *feature)
{
	const struct arch_isa *isa;
	char modules[128];

	if (exists("/sys/module/kvm")) {
		set(feature, true, "loaded");
		return;
	}
	isa = find_isa_of_cpu();
	if (isa)
		set(feature, false, "not loaded: modprobe %s", isa_module(isa));
	else
		set(feature, false,
		    "not loaded, and the CPU shows no virtualisation: switch it on in the "
		    "firmware, then modprobe %s",
		    names_of_vendors(isa_module, modules, sizeof(modules)));
}

static void probe_tracefs(struct feature *feature)
{
	int err = tracefs_setup();

	switch (err) {
	case 0:
		set(feature, true, "exit reasons have the running kernel's names");
		break;
	case -ENODATA:
		set(feature, false,
		    "empty (lockdown=confidentiality): names are from the kernel headers");
		break;
	case -ENODEV:
		set(feature, false, "not in this kernel: names are from the kernel headers");
		break;
	case -EACCES:
	case -EPERM:
		set(feature, false,
		    "no right to read or mount it: names are from the kernel headers");
		break;
	default:
		set(feature, false, "%s: names are from the kernel headers", strerror(-err));
	}
}

/* Of the module of @btf (NULL: none), or else of the kernel below it; or a negative errno. */
static int find_type(const struct btf *btf, const char *name, uint32_t kind)
{
	int id = kernel_btf_own(btf, name, kind);

	return id > 0 || !btf || !btf__base_btf(btf)
		       ? id
		       : btf__find_by_name_kind(btf__base_btf(btf), name, kind);
}

static bool has_struct(const struct btf *btf, const char *name)
{
	return find_type(btf, name, BTF_KIND_STRUCT) > 0;
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
static const struct btf_type *probe_proto(const struct btf *btf, const char *event)
{
	const struct btf_type *type;
	char name[128];
	int id;

	snprintf(name, sizeof(name), "btf_trace_%s", event);
	id = find_type(btf, name, BTF_KIND_TYPEDEF);
	type = id > 0 ? btf__type_by_id(btf, (uint32_t)id) : NULL;
	type = type ? btf__type_by_id(btf, type->type) : NULL;
	if (!type || !btf_is_ptr(type))
		return NULL;
	type = btf__type_by_id(btf, type->type);
	return type && btf_is_func_proto(type) ? type : NULL;
}

/* The form of kvm_exit's raw arguments; NULL: none that programs know. */
static const struct arch_exit_args *find_exit_args(const struct btf *btf)
{
	const struct btf_type *type = probe_proto(btf, "kvm_exit");
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
	const struct kernel_types *types = features->types;
	const struct btf_type *type =
		types ? probe_proto(types->kvm ?: types->vmlinux, event) : NULL;

	return type ? btf_vlen(type) - 1 : -ENOENT;
}

/* Whether the struct is known that a backend has around its vCPUs. */
static bool has_vendor(const struct kernel_types *types)
{
	const struct arch *arch = arch_here();

	for (size_t i = 0; i < arch->n_isas; i++)
		if (has_struct(types->vendors[i] ?: types->vmlinux, arch->isas[i].vcpu_struct))
			return true;
	return false;
}

static void probe_paths(struct features *features, const struct kernel_types *types)
{
	struct feature *paths = &features->v[FEATURE_PATH];
	const struct btf *vmlinux = types->vmlinux;
	const struct arch_exit_args *args = find_exit_args(types->kvm ?: vmlinux);
	bool vendor = has_vendor(types);
	char structs[128];
	bool cast = btf__find_by_name_kind(vmlinux, "bpf_rdonly_cast", BTF_KIND_FUNC) > 0;
	const bool in_struct = args && !args->has_reason, in_args = args && args->has_reason;
	const char *no_proto = args ? "kvm_exit's arguments are of the other kind"
				    : "this kernel's BTF does not have kvm_exit's arguments";

	if (!in_struct)
		set(&paths[EXIT_PATH_PROBE], false, "%s", no_proto);
	else if (!vendor)
		set(&paths[EXIT_PATH_PROBE], false, "no BTF of the backend (struct %s)",
		    names_of_vendors(isa_struct, structs, sizeof(structs)));
	else if (!features->v[FEATURE_LOCKDOWN].ok &&
		 strstr(features->v[FEATURE_LOCKDOWN].why, "confidentiality"))
		set(&paths[EXIT_PATH_PROBE], false, "denied: lockdown=confidentiality");
	else
		set(&paths[EXIT_PATH_PROBE], true, "raw tracepoint, reason by probe reads");

	if (!in_struct || !vendor)
		paths[EXIT_PATH_PLAIN] = paths[EXIT_PATH_PROBE];
	else if (!cast)
		set(&paths[EXIT_PATH_PLAIN], false, "no bpf_rdonly_cast in this kernel (6.2)");
	else
		set(&paths[EXIT_PATH_PLAIN], true, "raw tracepoint, reason by plain loads");

	if (in_args)
		set(&paths[EXIT_PATH_ARGS], true, "raw tracepoint, reason in its arguments");
	else
		set(&paths[EXIT_PATH_ARGS], false, "%s", no_proto);
}

static void probe_classic(struct features *features)
{
	struct feature *path = &features->v[FEATURE_PATH + EXIT_PATH_CLASSIC];

	if (!features->v[FEATURE_TRACEFS].ok)
		set(path, false, "needs tracefs: %s", features->v[FEATURE_TRACEFS].why);
	else if (!exists(TRACEFS_ROOT "/events/kvm/kvm_exit/format"))
		set(path, false, "tracefs has no event kvm:kvm_exit");
	else
		set(path, true, "classic tracepoint, reason in its record");
}

static bool has_member(const struct btf *btf, const char *name, const char *member)
{
	int id = find_type(btf, name, BTF_KIND_STRUCT);
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

	if (arch->mode_flags.type && has_member(types->kvm ?: types->vmlinux, arch->mode_flags.type,
						arch->mode_flags.member))
		set(&features->v[FEATURE_SHORT], true, "most exits take it");
	else
		set(&features->v[FEATURE_SHORT], false,
		    "the kernel's types do not have what it compares");
	set(by_cpu, false, "not needed, or not in the backend's types");
	for (size_t i = 0; i < arch->n_isas; i++)
		if (arch->isas[i].cpu_data &&
		    has_variable(types->vendors[i], arch->isas[i].cpu_data))
			set(by_cpu, true, "the backend's types say what a CPU ran last");
}

/*
 * Whether raw tracepoint programs may be preempted, and so skipped, shows in no type. Kernels with
 * bpf_preempt_disable (6.10) may do it, all before do not. bpf/userexit.bpf.c says what is done about it.
 */
static void probe_userspace_exits(struct features *features, const struct kernel_types *types)
{
	struct feature *record = &features->v[FEATURE_USER_RECORD];
	struct feature *rescue = &features->v[FEATURE_USER_RESCUE];

	set(record, false, "not needed: raw programs are never skipped here");
	set(rescue, false, "not needed: raw programs are never skipped here");
	if (btf__find_by_name_kind(types->vmlinux, "bpf_preempt_disable", BTF_KIND_FUNC) < 0)
		return;
	if (features->v[FEATURE_TRACEFS].ok &&
	    exists(TRACEFS_ROOT "/events/kvm/kvm_userspace_exit/format"))
		set(record, true, "the classic program gets exits to user space first");
	else
		set(record, false,
		    "no tracefs: some exits to user space may be missed (see drops)");
	if (features->v[FEATURE_PATH + EXIT_PATH_PLAIN].ok && arch_here()->runs_stat &&
	    has_member(types->kvm ?: types->vmlinux, "kvm_vcpu_stat", arch_here()->runs_stat))
		set(rescue, true, "raw programs count those that it was not run for");
	else
		set(rescue, false, "no KVM statistic grows with each KVM_RUN here");
}

/* bpf/migrated.bpf.c says why. */
static void probe_migrated(struct feature *migrated, const struct btf *vmlinux)
{
	if (has_member(vmlinux, "sched_entity", "sched_delayed") &&
	    has_member(vmlinux, "sched_info", "run_delay"))
		set(migrated, true, "sleep that the scheduler takes for a wait is none");
	else
		set(migrated, false, "not needed: the scheduler takes no sleep for a wait here");
}

static void probe_memlock(struct feature *feature, const struct btf *vmlinux)
{
	char why[LIMITS_WHY_LEN];

	if (limits_has_memlock(vmlinux))
		set(feature, false, "%s", limits_strerror(-EPERM, why, sizeof(why)));
	else
		set(feature, true, "not limited");
}

static void probe_btf(struct features *features)
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
			set(feature, false,
			    "no /sys/kernel/btf/vmlinux: needs a kernel with "
			    "CONFIG_DEBUG_INFO_BTF");
		else
			set(feature, false, "%s", limits_strerror(err, why, sizeof(why)));
		for (size_t i = 0; i < ARRAY_SIZE(by_types); i++)
			set(&features->v[by_types[i]], false, "needs BTF");
		return;
	}
	set(feature, true, "in the kernel");
	probe_paths(features, features->types);
	probe_classic(features);
	probe_userspace_exits(features, features->types);
	probe_short_path(features, features->types);
	probe_migrated(&features->v[FEATURE_MIGRATED], features->types->vmlinux);
	probe_memlock(&features->v[FEATURE_MEMLOCK], features->types->vmlinux);
}

void features__probe(struct features *features)
{
	struct feature *best = &features->v[FEATURE_PATH + EXIT_PATH_AUTO];

	object_quiet_libbpf();
	*features = (struct features){ 0 };
	probe_caps(features);
	probe_namespace(&features->v[FEATURE_NAMESPACE]);
	probe_lockdown(&features->v[FEATURE_LOCKDOWN]);
	probe_kvm(&features->v[FEATURE_KVM]);
	probe_tracefs(&features->v[FEATURE_TRACEFS]);
	probe_btf(features);
	set(best, false, "none works here");
	for (int path = EXIT_PATH_MAX - 1; path > EXIT_PATH_AUTO; path--)
		if (features->v[FEATURE_PATH + path].ok)
			set(best, true, "%s", exit_path_name((enum exit_path)path));
}

void features__forget_types(struct features *features)
{
	kernel_types__free(take_ptr(features->types));
}
