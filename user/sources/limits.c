// SPDX-License-Identifier: GPL-2.0
#include "limits.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <bpf/btf.h>

#include "../base/cleanup.h"
#include "kernel_btf.h"

static rlim_t soft_limit(int resource)
{
	struct rlimit limit;

	return getrlimit((__rlimit_resource_t)resource, &limit) ? RLIM_INFINITY : limit.rlim_cur;
}

static void raise_to_hard(int resource)
{
	struct rlimit limit;

	if (getrlimit((__rlimit_resource_t)resource, &limit) || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit((__rlimit_resource_t)resource, &limit);
}

void limits_raise(void)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	/* A limit of file sizes is then an error of the write, not our end. */
	signal(SIGXFSZ, SIG_IGN);
	raise_to_hard(RLIMIT_NOFILE);
	if (setrlimit(RLIMIT_MEMLOCK, &unlimited)) /* without CAP_SYS_RESOURCE */
		raise_to_hard(RLIMIT_MEMLOCK);
}

/*
 * struct bpf_map_memory names the user that a map's pages are charged to. It was removed with that
 * accounting (80ee81e0403c, "bpf: Eliminate rlimit-based memory accounting infra for bpf maps").
 * Drop when the baseline is 5.11.
 */
bool limits_has_memlock(const struct btf *vmlinux)
{
	return soft_limit(RLIMIT_MEMLOCK) != RLIM_INFINITY &&
	       btf__find_by_name_kind(vmlinux, "bpf_map_memory", BTF_KIND_STRUCT) > 0;
}

static bool memlock_hit(void)
{
	__autobtf struct btf *vmlinux = NULL;

	if (soft_limit(RLIMIT_MEMLOCK) == RLIM_INFINITY)
		return false;
	vmlinux = kernel_btf();
	return vmlinux && limits_has_memlock(vmlinux);
}

/* Fewer than the maps, programs and links that kvmtop has open at the least. */
#define FILES_MIN 32

/* A function that vmlinux has not is looked for in the types of all modules, each of which takes a file: libbpf then says -EINVAL. */
int limits_cause(int err)
{
	return err == -EINVAL && soft_limit(RLIMIT_NOFILE) < FILES_MIN ? -EMFILE : err;
}

bool limits_hit(int err)
{
	return err == -ENOMEM || err == -EMFILE || err == -ENFILE ||
	       (err == -EPERM && memlock_hit());
}

/* Which of the limits of memory is set; a control group's is the only one left. */
static const char *tell_memory(char *buf, size_t size)
{
	static const struct {
		int resource;
		const char *option;
	} limits[] = { { RLIMIT_AS, "-v" }, { RLIMIT_DATA, "-d" } };
	size_t used = (size_t)snprintf(buf, size, "memory is short: ");
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(limits) && used < size; i++) {
		rlim_t limit = soft_limit(limits[i].resource);

		if (limit == RLIM_INFINITY)
			continue;
		used += (size_t)snprintf(buf + used, size - used, "%s ulimit %s (now %llu KiB)",
					 any ? " and" : "raise", limits[i].option,
					 (unsigned long long)limit / 1024);
		any = true;
	}
	if (!any)
		snprintf(buf + used, size - used,
			 "free some, or raise memory.max of its control group");
	return buf;
}

const char *limits_strerror(int err, char *buf, size_t size)
{
	if (err == -ENOMEM)
		return tell_memory(buf, size);
	if (err == -EMFILE)
		snprintf(buf, size, "too few open files are allowed: raise ulimit -n (now %llu)",
			 (unsigned long long)soft_limit(RLIMIT_NOFILE));
	else if (err == -ENFILE)
		snprintf(buf, size, "the host has too many open files: raise fs.file-max");
	else if (err == -EPERM && memlock_hit())
		snprintf(buf, size,
			 "this kernel counts BPF's memory as locked: raise ulimit -l (now %llu "
			 "KiB), or give CAP_SYS_RESOURCE",
			 (unsigned long long)soft_limit(RLIMIT_MEMLOCK) / 1024);
	else
		snprintf(buf, size, "%s", strerror(-err));
	return buf;
}

const char *limits_load_error(int err, char *buf, size_t size)
{
	limits_strerror(err, buf, size);
	if (!limits_hit(err))
		strncat(buf, " (-vv says more)", size - strlen(buf) - 1);
	return buf;
}
