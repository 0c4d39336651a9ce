// SPDX-License-Identifier: GPL-2.0
#include "privileges.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "../base/caps.h"
#include "../base/cleanup.h"
#include "../base/log.h"
#include "../sources/bpf/exits.h"
#include "../sources/bpf/stats_iter.h"
#include "../sources/kvm_stats.h"

/* Reading files of others, which -g, names, statistics fds, run delays and the end of VMs are found by; and debugfs. */
static uint64_t always_kept(uint64_t permitted)
{
	uint64_t kept = CAP_BIT(CAP_SYS_PTRACE) | CAP_BIT(CAP_DAC_READ_SEARCH);

	if (!(permitted & CAP_BIT(CAP_DAC_READ_SEARCH)))
		kept |= CAP_BIT(CAP_DAC_OVERRIDE);
	return kept;
}

/* What fails for other reasons does not work with more rights either. */
static bool is_refused(int err)
{
	return err == -EPERM || err == -EACCES;
}

static bool works(const struct privileges_needs *needs)
{
	return !(needs->exits && is_refused(exits__try(needs->exits))) &&
	       !(needs->stats && is_refused(kvm_stats__try(needs->stats))) &&
	       !(needs->iterator && is_refused(stats_iter__try(needs->iterator)));
}

/*
 * The least of @caps that suffices, by trying. Kernels differ in what the fd of a map or an
 * iterator allows (nothing before 5.19, with kernel.unprivileged_bpf_disabled).
 */
static uint64_t find_needed(const struct privileges_needs *needs, const struct caps *caps)
{
	static const uint64_t more[] = { 0, CAP_BIT(CAP_BPF), CAP_BIT(CAP_PERFMON),
					 CAP_BIT(CAP_SYS_ADMIN) };
	struct caps tried = *caps;
	uint64_t wanted = always_kept(caps->permitted);

	if (needs->opens)
		wanted |= CAP_BIT(CAP_BPF) | CAP_BIT(CAP_PERFMON) | CAP_BIT(CAP_SYS_ADMIN) |
			  CAP_BIT(CAP_SYSLOG);
	if (needs->writes_files)
		wanted |= CAP_BIT(CAP_DAC_OVERRIDE);
	if (needs->exits && exits__takes_precedence(needs->exits))
		wanted |= CAP_BIT(CAP_SYS_NICE);
	for (size_t i = 0; i < ARRAY_SIZE(more); i++) {
		wanted |= more[i];
		tried.effective = wanted & caps->permitted;
		if (!caps__set(&tried) && works(needs))
			break;
	}
	caps__set(caps);
	return wanted & caps->permitted;
}

/* Without CAP_SETPCAP the bounding set stays as it is; then there is no_new_privs. */
void privileges_seal(void)
{
	for (unsigned long cap = 0; cap < 64 && prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		log_warning("cannot set no_new_privs: %s; going on without", strerror(errno));
}

void privileges_drop(const struct privileges_needs *needs)
{
	struct caps caps = { 0 }, kept = { 0 };
	char list[256];
	int err = caps__get(&caps);

	if (!err) {
		kept.permitted = kept.effective = find_needed(needs, &caps);
		err = caps__set(&kept);
	}
	if (err)
		log_warning("cannot give up capabilities: %s; going on with them", strerror(-err));
	else
		log_info("capabilities kept: %s", caps_list(kept.permitted, list, sizeof(list)));
}
