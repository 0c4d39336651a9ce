// SPDX-License-Identifier: GPL-2.0
#include "privileges.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "sources/bpf_exit.h"
#include "sources/bpf_stats.h"
#include "sources/kvm_stats.h"

#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#define CAP_BPF 39
#endif

#define BIT(cap) (1ull << (cap))

struct caps {
	uint64_t effective, permitted, inheritable;
};

/* glibc has no function for these, and libcap's would be all we used of it. */
static int get_caps(struct caps *ret_caps)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (syscall(SYS_capget, &header, data))
		return -errno;
	*ret_caps = (struct caps){
		.effective = data[0].effective | (uint64_t)data[1].effective << 32,
		.permitted = data[0].permitted | (uint64_t)data[1].permitted << 32,
		.inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32,
	};
	return 0;
}

static int set_caps(const struct caps *caps)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	for (unsigned int i = 0; i < ARRAY_SIZE(data); i++)
		data[i] = (struct __user_cap_data_struct){
			.effective = (uint32_t)(caps->effective >> (32 * i)),
			.permitted = (uint32_t)(caps->permitted >> (32 * i)),
			.inheritable = (uint32_t)(caps->inheritable >> (32 * i)),
		};
	return syscall(SYS_capset, &header, data) ? -errno : 0;
}

/* Reading files of others, which -g, names, statistics fds, run delays and the end of VMs are found by; and debugfs. */
static uint64_t always_kept(uint64_t permitted)
{
	uint64_t kept = BIT(CAP_SYS_PTRACE) | BIT(CAP_DAC_READ_SEARCH);

	if (!(permitted & BIT(CAP_DAC_READ_SEARCH)))
		kept |= BIT(CAP_DAC_OVERRIDE);
	return kept;
}

/* What fails for other reasons does not work with more rights either. */
static bool is_refused(int err)
{
	return err == -EPERM || err == -EACCES;
}

static bool works(const struct privileges_needs *needs)
{
	return !(needs->bpf && is_refused(bpf_exit__try(needs->bpf))) &&
	       !(needs->stats && is_refused(kvm_stats__try(needs->stats))) &&
	       !(needs->iterator && is_refused(bpf_stats__try(needs->iterator)));
}

/*
 * The least of @caps that suffices, by trying: kernels differ in what they let those do to maps and iterators who have the
 * fd of it (before 5.19, with kernel.unprivileged_bpf_disabled, nothing).
 */
static uint64_t find_needed(const struct privileges_needs *needs, const struct caps *caps)
{
	static const uint64_t more[] = { 0, BIT(CAP_BPF), BIT(CAP_PERFMON), BIT(CAP_SYS_ADMIN) };
	struct caps tried = *caps;
	uint64_t wanted = always_kept(caps->permitted);

	if (needs->writes_files)
		wanted |= BIT(CAP_DAC_OVERRIDE);
	if (needs->bpf && bpf_exit__takes_precedence(needs->bpf))
		wanted |= BIT(CAP_SYS_NICE);
	for (size_t i = 0; i < ARRAY_SIZE(more); i++) {
		wanted |= more[i];
		tried.effective = wanted & caps->permitted;
		if (!set_caps(&tried) && works(needs))
			break;
	}
	set_caps(caps);
	return wanted & caps->permitted;
}

/* Without CAP_SETPCAP the bounding set stays as it is; then there is no_new_privs. */
void privileges_seal(void)
{
	for (unsigned long cap = 0; cap < 64 && prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		log_warning("no_new_privs: %s; going on without", strerror(errno));
}

static const char *list_caps(uint64_t caps, char *buf, size_t size)
{
	static const struct {
		unsigned int cap;
		const char *name;
	} names[] = {
		{ CAP_SYS_PTRACE, "CAP_SYS_PTRACE" },
		{ CAP_DAC_OVERRIDE, "CAP_DAC_OVERRIDE" },
		{ CAP_SYS_NICE, "CAP_SYS_NICE" },
		{ CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH" },
		{ CAP_BPF, "CAP_BPF" },
		{ CAP_PERFMON, "CAP_PERFMON" },
		{ CAP_SYS_ADMIN, "CAP_SYS_ADMIN" },
	};
	size_t used = 0;

	snprintf(buf, size, "none");
	for (size_t i = 0; i < ARRAY_SIZE(names) && used < size; i++)
		if (caps & BIT(names[i].cap))
			used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? ", " : "",
						 names[i].name);
	return buf;
}

void privileges_drop(const struct privileges_needs *needs)
{
	struct caps caps = { 0 }, kept = { 0 };
	char list[256];
	int err = get_caps(&caps);

	if (!err) {
		kept.permitted = kept.effective = find_needed(needs, &caps);
		err = set_caps(&kept);
	}
	if (err)
		log_warning("cannot give up capabilities: %s; going on with them", strerror(-err));
	else
		log_info("capabilities kept: %s", list_caps(kept.permitted, list, sizeof(list)));
}
