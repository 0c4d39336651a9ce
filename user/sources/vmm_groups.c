// SPDX-License-Identifier: GPL-2.0
#include "vmm_groups.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../model/load.h"
#include "kept_file.h"
#include "vmm_load_parse.h"

/* cpu.stat has some 300 bytes, memory.pressure 150. */
#define TEXT_SIZE 2048

void vmm_groups__init(struct vmm_groups *groups)
{
	*groups = (struct vmm_groups){ .pressure_fd = -1 };
}

static void drop_group(struct vmm_group *group, struct kept_files *files)
{
	kept_file__close(files, &group->fd);
	free(group->path);
}

void vmm_groups__done(struct vmm_groups *groups, struct kept_files *files)
{
	for (size_t i = 0; i < groups->n; i++)
		drop_group(&groups->v[i], files);
	kept_file__close(files, &groups->pressure_fd);
	free(groups->top);
	free(groups->v);
}

/* false: it is too long. */
static bool make_path(char path[PATH_MAX], const char *root, const char *group, const char *name)
{
	const int len = snprintf(path, PATH_MAX, "%s%s/%s", root, group, name);

	return len > 0 && len < PATH_MAX;
}

/* ---- a look */

void vmm_groups__begin_look(struct vmm_groups *groups)
{
	for (size_t i = 0; i < groups->n; i++)
		groups->v[i].seen = false;
	groups->known = true;
}

/* The group of @path, which may be new; NULL: there is no room. */
static struct vmm_group *note_group(struct vmm_groups *groups, const char *path)
{
	struct vmm_group *v;

	for (size_t i = 0; i < groups->n; i++)
		if (!strcmp(groups->v[i].path, path))
			return &groups->v[i];
	if (groups->n >= VMM_GROUPS_MAX)
		return NULL;
	v = reallocarray(groups->v, groups->n + 1, sizeof(*v));
	if (!v)
		return NULL;
	groups->v = v;
	v[groups->n] = (struct vmm_group){ .path = strdup(path), .fd = -1 };
	return v[groups->n].path ? &v[groups->n++] : NULL;
}

/* Its limit. false: that is not known. */
static bool read_max(struct kept_files *files, const char *root, struct vmm_group *group)
{
	char path[PATH_MAX], text[TEXT_SIZE];
	ssize_t n;

	group->quota_pct = 0;
	if (!make_path(path, root, group->path, "cpu.max"))
		return false;
	n = kept_file__read_once(files, path, text, sizeof(text));
	group->has_cpu = n != -ENOENT;
	return n == -ENOENT || (n >= 0 && vmm_load_parse_cpu_max(text, &group->quota_pct));
}

/* How long the path is of the unit that @path is in; as long as @path if there is none. */
static size_t unit_len(const char *path)
{
	char at[PATH_MAX];

	snprintf(at, sizeof(at), "%s", path);
	do {
		if (cgroup_path__is_unit(at))
			return strlen(at);
	} while (cgroup_path__up(at));
	return strlen(path);
}

/* Its memory is pressed as that of the whole unit is. */
static void set_top(struct vmm_groups *groups, struct kept_files *files, const char *path,
		    size_t len)
{
	if (groups->top && strlen(groups->top) == len && !strncmp(groups->top, path, len))
		return;
	kept_file__close(files, &groups->pressure_fd);
	free(groups->top);
	groups->top = strndup(path, len);
}

void vmm_groups__look(struct vmm_groups *groups, struct kept_files *files, const char *root,
		      const char *path)
{
	const size_t len = path && strlen(path) < PATH_MAX ? unit_len(path) : 0;
	char at[PATH_MAX];
	bool is_first = true, has_cpu = false;

	for (size_t i = 0; i < groups->n; i++)
		is_first &= !groups->v[i].seen;
	groups->known &= len > 0;
	if (!len)
		return;
	if (is_first)
		set_top(groups, files, path, len);
	snprintf(at, sizeof(at), "%s", path);
	do {
		struct vmm_group *group = note_group(groups, at);

		if (!group) {
			groups->known = false;
			return;
		}
		if (!group->seen)
			groups->known &= read_max(files, root, group);
		group->seen = true;
		has_cpu |= group->has_cpu;
	} while ((!has_cpu || strlen(at) > len) && cgroup_path__up(at));
}

/* What grew since it was last read. */
static bool read_stat(struct vmm_groups *groups, struct kept_files *files, const char *root,
		      struct vmm_group *group)
{
	char path[PATH_MAX], text[TEXT_SIZE];
	uint64_t throttles, us;

	if (!make_path(path, root, group->path, "cpu.stat") ||
	    kept_file__read(files, &group->fd, path, text, sizeof(text)) < 0)
		return false;
	if (!vmm_load_parse_cpu_stat(text, &throttles, &us))
		return !group->has_cpu; /* nothing limits it, then */
	if (group->begun && throttles >= group->throttles && us >= group->throttled_us) {
		groups->throttles += throttles - group->throttles;
		groups->throttled_ns += 1000 * (us - group->throttled_us);
	}
	group->throttles = throttles;
	group->throttled_us = us;
	group->begun = true;
	return true;
}

void vmm_groups__end_look(struct vmm_groups *groups, struct kept_files *files, const char *root)
{
	size_t n = 0;

	for (size_t i = 0; i < groups->n; i++) {
		struct vmm_group *group = &groups->v[i];

		if (!group->seen) {
			drop_group(group, files);
			continue;
		}
		groups->known &= read_stat(groups, files, root, group);
		if (!group->quota_pct)
			kept_file__close(files, &group->fd);
		groups->v[n++] = *group;
	}
	groups->n = n;
}

/* ---- in between */

static void read_pressure(struct vmm_groups *groups, struct kept_files *files, const char *root,
			  struct vmm_load *load)
{
	char path[PATH_MAX], text[TEXT_SIZE];
	uint64_t some_us, full_us;

	if (!groups->top || !make_path(path, root, groups->top, "memory.pressure") ||
	    kept_file__read(files, &groups->pressure_fd, path, text, sizeof(text)) < 0 ||
	    !vmm_load_parse_pressure(text, &some_us, &full_us))
		return;
	load->pressure_known = true;
	load->memory_some_ns = 1000 * some_us;
	load->memory_full_ns = 1000 * full_us;
}

void vmm_groups__read(struct vmm_groups *groups, struct kept_files *files, const char *root,
		      struct vmm_load *load)
{
	read_pressure(groups, files, root, load);
	load->quota_pct = 0;
	for (size_t i = 0; i < groups->n; i++) {
		struct vmm_group *group = &groups->v[i];

		if (!group->quota_pct)
			continue;
		groups->known &= read_stat(groups, files, root, group);
		if (!load->quota_pct || group->quota_pct < load->quota_pct)
			load->quota_pct = group->quota_pct;
	}
	load->quota_known = groups->known && groups->n;
	load->throttles = groups->throttles;
	load->throttled_ns = groups->throttled_ns;
}
