// SPDX-License-Identifier: GPL-2.0
#include "features_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "../arch/arch.h"
#include "../base/caps.h"
#include "../base/cleanup.h"
#include "bpf/object.h"
#include "kernel_btf.h"
#include "proc.h"
#include "tracefs.h"

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

static void probe_caps(struct features *features)
{
	/*
	 * The last one, for two users. libbpf looks for bpf_rdonly_cast in the types of modules if
	 * vmlinux lacks it (before 6.2), by BPF_BTF_GET_FD_BY_ID. Debian's perf_event_open() wants
	 * it for classic tracepoints.
	 */
	const uint64_t counting =
		CAP_BIT(CAP_BPF) | CAP_BIT(CAP_PERFMON) |
		(features_exists("/sys/kernel/btf/kvm") ? CAP_BIT(CAP_SYS_ADMIN) : 0);
	const uint64_t looking = CAP_BIT(CAP_SYS_PTRACE) | CAP_BIT(CAP_DAC_READ_SEARCH);
	uint64_t missing = caps_missing(counting);
	char list[FEATURE_WHY_LEN / 2];

	if (missing)
		feature__set(&features->v[FEATURE_CAPS], false, "missing %s: %s",
			     caps_list(missing, list, sizeof(list)),
			     geteuid() ? "run it as root"
				       : "this root lacks them (a container: --privileged)");
	else
		feature__set(&features->v[FEATURE_CAPS], true, "all that counting needs");
	missing = caps_missing(looking);
	if (missing)
		feature__set(
			&features->v[FEATURE_OTHERS], false,
			"missing %s: -g and -p may not find other users' VMs, and VMs that have "
			"ended may stay in the list: run it as root",
			caps_list(missing, list, sizeof(list)));
	else
		feature__set(&features->v[FEATURE_OTHERS], true, "can be inspected");
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
		feature__set(feature, false,
			     PROC_ROOT " is not mounted: mount it (mount -t proc proc " PROC_ROOT
				       ")");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(spaces); i++) {
		if (stat(spaces[i].path, &st) || st.st_ino == spaces[i].initial)
			continue;
		feature__set(feature, false,
			     "this is another %s namespace: run it on the host (a container: "
			     "--pid=host)",
			     spaces[i].name);
		return;
	}
	feature__set(feature, true, "this is the host's pid and time namespace");
}

static void probe_lockdown(struct feature *feature)
{
	char line[128];
	char *mode;

	if (!read_line("/sys/kernel/security/lockdown", "", line, sizeof(line))) {
		feature__set(feature, true,
			     "this kernel has no lockdown, or securityfs is not mounted");
		return;
	}
	mode = strchr(line, '[');
	mode = mode ? mode + 1 : line;
	mode[strcspn(mode, "]")] = '\0';
	feature__set(feature, !strcmp(mode, "none"), "lockdown=%s", mode);
}

static const char *isa_module(const struct arch_isa *isa)
{
	return isa->module ?: "kvm";
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

	if (features_exists("/sys/module/kvm")) {
		feature__set(feature, true, "loaded");
		return;
	}
	isa = find_isa_of_cpu();
	if (isa)
		feature__set(feature, false, "not loaded: modprobe %s", isa_module(isa));
	else
		feature__set(feature, false,
			     "not loaded, and the CPU shows no virtualisation: switch it on in the "
			     "firmware, then modprobe %s",
			     features_vendors(isa_module, modules, sizeof(modules)));
}

static void probe_tracefs(struct feature *feature)
{
	int err = tracefs_setup();

	switch (err) {
	case 0:
		feature__set(feature, true, "exit reasons have the running kernel's names");
		break;
	case -ENODATA:
		feature__set(feature, false,
			     "empty (lockdown=confidentiality): names are from the kernel headers");
		break;
	case -ENODEV:
		feature__set(feature, false,
			     "this kernel has none: names are from the kernel headers");
		break;
	case -EACCES:
	case -EPERM:
		feature__set(feature, false,
			     "no right to read or mount it (run it as root): names are from the "
			     "kernel headers");
		break;
	default:
		feature__set(feature, false, "%s: names are from the kernel headers",
			     strerror(-err));
	}
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
	features_probe_types(features);
	feature__set(best, false, "none works here");
	for (int path = EXIT_PATH_MAX - 1; path > EXIT_PATH_AUTO; path--)
		if (features->v[FEATURE_PATH + path].ok)
			feature__set(best, true, "%s", exit_path_name((enum exit_path)path));
}

void features__forget_types(struct features *features)
{
	kernel_types__free(take_ptr(features->types));
}
