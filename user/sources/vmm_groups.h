/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vmm_groups: the control groups (version 2) of a VMM's threads: what their cpu.max holds back, and how its memory is pressed.
 *
 * A thread's groups are its own and those above it, up to the scope or service that the VM is. Without one it is the first that has
 * the cpu controller. What is above belongs to others, too. cpu.stat is read each time only where there is a limit; all groups at
 * each look.
 */
#ifndef KVMTOP_SOURCES_VMM_GROUPS_H
#define KVMTOP_SOURCES_VMM_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kept_files;
struct vmm_load;

/* More groups than that are not looked at: then the quota is not known. */
#define VMM_GROUPS_MAX 600

struct vmm_group {
	char *path;
	bool seen;    /* in this look */
	bool has_cpu; /* it has the cpu controller */
	bool begun;   /* the values below are known */
	uint32_t quota_pct;
	uint64_t throttles, throttled_us; /* when last read */
	int fd;				  /* of cpu.stat */
};

struct vmm_groups {
	struct vmm_group *v;
	size_t n;
	bool known;			  /* all that were looked for could be read */
	uint64_t throttles, throttled_ns; /* since the first look */
	char *top;			  /* the highest of the first thread's, or NULL */
	int pressure_fd;
};

void vmm_groups__init(struct vmm_groups *groups);
void vmm_groups__done(struct vmm_groups *groups, struct kept_files *files);

/* A look: begins, takes the group of each thread, that of the main thread first (NULL: it could not be found), and ends. */
void vmm_groups__begin_look(struct vmm_groups *groups);
void vmm_groups__look(struct vmm_groups *groups, struct kept_files *files, const char *root,
		      const char *path);
void vmm_groups__end_look(struct vmm_groups *groups, struct kept_files *files, const char *root);

/* Reads what changes and sets the quota's and the pressure's part of @load. */
void vmm_groups__read(struct vmm_groups *groups, struct kept_files *files, const char *root,
		      struct vmm_load *load);

#endif
