// SPDX-License-Identifier: GPL-2.0
#include "tracefs.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>

#include "../base/cleanup.h"

/* Large enough for any format file (kvm_exit's has 9 KB); what is longer is cut. */
#define FORMAT_MAX (1 << 20)

static int events_readable(void)
{
	__autoclosedir DIR *dir = opendir(TRACEFS_ROOT "/events");

	if (!dir)
		return -errno;
	return 0;
}

/* Whether tracefs is mounted at all; then a missing "events" is lockdown's doing. */
static bool mounted(void)
{
	struct statfs fs;

	return !statfs(TRACEFS_ROOT, &fs) && fs.f_type == TRACEFS_MAGIC;
}

static int mount_privately(void)
{
	if (unshare(CLONE_NEWNS))
		return -errno;
	/* What the host mounts later must still reach us, but not the other way round. */
	if (mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL))
		return -errno;
	if (mount("tracefs", TRACEFS_ROOT, "tracefs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
		return -errno;
	return 0;
}

int tracefs_setup(void)
{
	int err = events_readable();

	if (err != -ENOENT)
		return err;
	if (mounted())
		return -ENODATA;
	err = mount_privately();
	if (err)
		return err == -ENOENT ? -ENODEV : err;
	err = events_readable();
	return err == -ENOENT ? -ENODATA : err;
}

int tracefs_read_format(const char *event, char **ret_text, size_t *ret_len)
{
	__autofclose FILE *file = NULL;
	__autofree char *text = NULL;
	char path[256];
	size_t len;

	snprintf(path, sizeof(path), TRACEFS_ROOT "/events/kvm/%s/format", event);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	text = malloc(FORMAT_MAX);
	if (!text)
		return -ENOMEM;
	len = fread(text, 1, FORMAT_MAX - 1, file);
	if (ferror(file))
		return -EIO;
	text[len] = '\0';
	*ret_text = take_ptr(text);
	*ret_len = len;
	return 0;
}

int tracefs_read_id(const char *event, uint64_t *ret_id)
{
	__autofclose FILE *file = NULL;
	char path[256];

	snprintf(path, sizeof(path), TRACEFS_ROOT "/events/kvm/%s/id", event);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	return fscanf(file, "%" SCNu64, ret_id) == 1 ? 0 : -EIO;
}
