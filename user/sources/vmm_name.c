// SPDX-License-Identifier: GPL-2.0
/*
 * vmm_name: the name of a VM from its VMM's command line or control group. Pure.
 */
#include "proc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"

/* A command line: strings one after the other, the last one terminated too. */
struct args {
	const char *begin, *end;
};

static const char *args_next(const struct args *args, const char *arg)
{
	const char *next = arg + strlen(arg) + 1;

	return next < args->end ? next : NULL;
}

static char *strdup_nonempty(const char *s)
{
	return s && *s ? strdup(s) : NULL;
}

/*
 * The value of "--option VALUE" or "--option=VALUE", NULL when there is none. Options end at "--"; the last
 * one counts.
 */
static const char *option_value(const struct args *args, const char *option)
{
	size_t len = strlen(option);
	const char *value = NULL;

	for (const char *arg = args_next(args, args->begin); arg && strcmp(arg, "--");
	     arg = args_next(args, arg)) {
		const char *next = args_next(args, arg);

		if (!strncmp(arg, option, len) && arg[len] == '=')
			value = arg + len + 1;
		else if (!strcmp(arg, option) && next)
			value = next;
	}
	return value;
}

/*
 * The value of @key in "key=value,key=value", where a doubled comma is a comma; with @implied the first
 * element may be the value alone, as in "-name web01,debug-threads=on". The last one counts. Malloc'ed.
 */
static char *keyval_find(const char *list, const char *key, bool implied)
{
	size_t key_len = strlen(key), used;
	__autofree char *element = malloc(strlen(list) + 1);
	char *found = NULL;

	if (!element)
		return NULL;
	for (bool first = true; first || *list == ','; first = false) {
		const char *value = NULL;

		list += !first;
		for (used = 0; *list && (*list != ',' || list[1] == ','); list++) {
			list += *list == ',';
			element[used++] = *list;
		}
		element[used] = '\0';
		if (!strncmp(element, key, key_len) && element[key_len] == '=')
			value = element + key_len + 1;
		else if (first && implied && !strchr(element, '='))
			value = element;
		if (value && *value) {
			free(found);
			found = strdup(value);
		}
	}
	return found;
}

/* QEMU: -name or --name, and the next argument. It has no "-name=x". */
static char *name_qemu(const struct args *args)
{
	char *name = NULL;

	for (const char *arg = args->begin; arg; arg = args_next(args, arg)) {
		const char *value = args_next(args, arg);
		char *found;

		if (!value || (strcmp(arg, "-name") && strcmp(arg, "--name")))
			continue;
		found = keyval_find(value, "guest", true);
		if (found) {
			free(name);
			name = found;
		}
	}
	return name;
}

/* Firecracker: --id; its jailer adds it, too. */
static char *name_firecracker(const struct args *args)
{
	return strdup_nonempty(option_value(args, "--id"));
}

/* crosvm run --name x, lkvm run --name x */
static char *name_plain(const struct args *args)
{
	return strdup_nonempty(option_value(args, "--name"));
}

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(word, *words))
			return true;
	return false;
}

/* The base name of @path, which is changed, without what sockets are called; NULL: it says nothing. */
static const char *socket_stem(char *path)
{
	static const char *const suffixes[] = { ".sock", ".socket", "-socket", NULL };
	static const char *const generic[] = {
		"", "api", "ch", "clh", "clh-api", "ch-api", "cloud-hypervisor", "socket", NULL,
	};
	char *slash = strrchr(path, '/');
	char *stem = slash ? slash + 1 : path;
	size_t len = strlen(stem);

	for (size_t i = 0; suffixes[i]; i++) {
		size_t n = strlen(suffixes[i]);

		if (len >= n && !strcmp(stem + len - n, suffixes[i])) {
			stem[len - n] = '\0';
			break;
		}
	}
	return is_one_of(stem, generic) ? NULL : stem;
}

/*
 * cloud-hypervisor has no option for a name. What tells its VMs apart is the API socket, called after the
 * VM or in a directory that is (Kata: .../vm/ID/clh-api.sock); else the UUID.
 */
static char *name_cloud_hypervisor(const struct args *args)
{
	static const char *const no_owner[] = { "", "tmp", "run", "var", NULL };
	const char *api = option_value(args, "--api-socket");
	const char *platform = option_value(args, "--platform");
	__autofree char *path = api ? keyval_find(api, "path", true) : NULL;
	const char *stem = path ? socket_stem(path) : NULL;
	char *slash = path ? strrchr(path, '/') : NULL;

	if (stem)
		return strdup(stem);
	if (slash) {
		*slash = '\0';
		slash = strrchr(path, '/');
		if (slash && !is_one_of(slash + 1, no_owner))
			return strdup(slash + 1);
	}
	return platform ? keyval_find(platform, "uuid", false) : NULL;
}

static const struct {
	const char *prefix; /* of argv[0]'s base name */
	char *(*name)(const struct args *args);
} vmm_kinds[] = {
	{ "firecracker", name_firecracker },
	{ "cloud-hypervisor", name_cloud_hypervisor },
	{ "crosvm", name_plain },
	{ "lkvm", name_plain },
	{ "kvmtool", name_plain },
};

/* By the looks of the binary, else as QEMU, which goes by many names (qemu-kvm, kvm, emulator). */
static char *name_from_args(const struct args *args)
{
	const char *slash = strrchr(args->begin, '/');
	const char *base = slash ? slash + 1 : args->begin;

	for (size_t i = 0; i < ARRAY_SIZE(vmm_kinds); i++) {
		if (!strncmp(base, vmm_kinds[i].prefix, strlen(vmm_kinds[i].prefix))) {
			char *name = vmm_kinds[i].name(args);

			if (name)
				return name;
		}
	}
	return name_qemu(args);
}

/* Undoes systemd's \xNN in unit names, in place. */
static void systemd_unescape(char *s)
{
	char *to = s;

	while (*s) {
		if (s[0] == '\\' && s[1] == 'x' && isxdigit((unsigned char)s[2]) &&
		    isxdigit((unsigned char)s[3])) {
			char hex[] = { s[2], s[3], '\0' };
			char c = (char)strtoul(hex, NULL, 16);

			if (c) {
				*to++ = c;
				s += 4;
				continue;
			}
		}
		*to++ = *s++;
	}
	*to = '\0';
}

/*
 * libvirt's machine name is DRIVER-[USER-]ID-NAME; older ones have no ID. NAME is not exact (it lost what
 * host names do not have), which is why the command line goes first.
 */
static const char *machine_to_name(const char *machine)
{
	const char *dash = strchr(machine, '-');

	for (const char *p = dash; p; p = strchr(p + 1, '-')) {
		size_t digits = strspn(p + 1, "0123456789");

		if (digits && p[1 + digits] == '-' && p[2 + digits])
			return p + 2 + digits;
	}
	return dash && dash[1] ? dash + 1 : machine;
}

/* "machine-qemu\x2d3\x2dweb01.scope" (systemd) or "qemu-3-web01.libvirt-qemu": DRIVER-ID-NAME. */
static char *machine_from_component(const char *component, size_t len)
{
	static const struct {
		const char *prefix, *suffix;
	} forms[] = {
		{ "machine-", ".scope" },
		{ "", ".libvirt-qemu" },
		{ "", ".libvirt-ch" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		size_t prefix = strlen(forms[i].prefix), suffix = strlen(forms[i].suffix);

		if (len > prefix + suffix && !strncmp(component, forms[i].prefix, prefix) &&
		    !strncmp(component + len - suffix, forms[i].suffix, suffix))
			return strndup(component + prefix, len - prefix - suffix);
	}
	return NULL;
}

static char *name_from_cgroup(const char *cgroup)
{
	while (*cgroup) {
		size_t len = strcspn(cgroup, "/\n");
		__autofree char *machine = machine_from_component(cgroup, len);

		if (machine) {
			systemd_unescape(machine);
			return strdup_nonempty(machine_to_name(machine));
		}
		cgroup += len;
		cgroup += *cgroup != '\0';
	}
	return NULL;
}

char *vmm_name_parse(const char *cmdline, size_t len, const char *cgroup)
{
	__autofree char *copy = len < SIZE_MAX ? malloc(len + 1) : NULL;
	struct args args = { .begin = copy };
	char *name = NULL;

	if (!copy)
		return NULL;
	if (len)
		memcpy(copy, cmdline, len);
	copy[len] = '\0';
	/* a line that was cut off or rewritten may not end with a NUL: the one above ends it */
	args.end = copy + len + (len && copy[len - 1] != '\0');
	if (args.begin < args.end)
		name = name_from_args(&args);
	return name || !cgroup ? name : name_from_cgroup(cgroup);
}
