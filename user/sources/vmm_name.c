// SPDX-License-Identifier: GPL-2.0
/*
 * vmm_name: what a VM is called, from its VMM's command line or control group. Pure.
 */
#include "proc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"

/* A command line: strings one after the other, the last one terminated too. */
struct args {
	const char *begin, *end;
};

static const char *args_next(const struct args *args, const char *arg)
{
	const char *next = arg + strlen(arg) + 1;

	return next < args->end ? next : NULL;
}

static char *limited(char *name)
{
	if (name)
		fmt_limit(name);
	return name;
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
 * The value of @key in "key=value,key=value", where a doubled comma is a comma. With @implied the
 * first element may be the value alone, as in "-name web01,debug-threads=on". The last one counts.
 * Malloc'ed.
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

/* QEMU: the argument behind -OPTION or --OPTION; there is no "-OPTION=x". The last one counts. NULL: there is none. */
static const char *qemu_value(const struct args *args, const char *option)
{
	const char *found = NULL;

	for (const char *arg = args->begin; arg; arg = args_next(args, arg)) {
		const char *value = args_next(args, arg);
		const char *word = arg + (arg[0] == '-' && arg[1] == '-');

		if (value && *value && *word == '-' && !strcmp(word + 1, option))
			found = value;
	}
	return found;
}

/* QEMU: -name, of which the last one that has a name counts. */
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

/*
 * The value of "key = "value"" or the group of "[group]" or "[group "id"]" in a line of QEMU's configuration
 * (qemu_config_foreach() in util/qemu-config.c), which ends it in the line.
 */
static const char *config_value(char *line, const char *key)
{
	size_t len = strlen(key);
	char *value, *end;

	line += strspn(line, " \t");
	if (strncmp(line, key, len) || !strchr(" \t=", line[len]))
		return NULL;
	value = line + len + strspn(line + len, " \t");
	if (*value++ != '=')
		return NULL;
	value += strspn(value, " \t");
	end = *value == '"' ? strchr(value + 1, '"') : NULL;
	if (!end)
		return NULL;
	*end = '\0';
	return value + 1;
}

char *vmm_config_name(const char *text)
{
	__autofree char *copy = strdup(text);
	const char *name = NULL;
	bool inside = false;
	char *rest, *line;

	if (!copy)
		return NULL;
	for (line = strtok_r(copy, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest)) {
		const char *guest;

		if (*line == '[')
			inside = !strncmp(line, "[name]", 6) || !strncmp(line, "[name ", 6);
		guest = inside ? config_value(line, "guest") : NULL;
		if (guest)
			name = guest;
	}
	return limited(strdup_nonempty(name));
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
 * cloud-hypervisor has no option for a name. Its VMs are identified by the API socket, named after
 * the VM or in a directory that is (Kata: .../vm/ID/clh-api.sock); otherwise by the UUID.
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

typedef char *(*name_fn)(const struct args *args);

/* By the looks of the binary; NULL: it is taken for QEMU, which goes by many names (qemu-kvm, kvm, emulator). */
static name_fn other_vmm(const struct args *args)
{
	static const struct {
		const char *prefix; /* of argv[0]'s base name */
		name_fn name;
	} kinds[] = {
		{ "firecracker", name_firecracker },
		{ "cloud-hypervisor", name_cloud_hypervisor },
		{ "crosvm", name_plain },
		{ "lkvm", name_plain },
		{ "kvmtool", name_plain },
	};
	const char *slash = strrchr(args->begin, '/');
	const char *base = slash ? slash + 1 : args->begin;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strncmp(base, kinds[i].prefix, strlen(kinds[i].prefix)))
			return kinds[i].name;
	return NULL;
}

static char *name_from_args(const struct args *args)
{
	name_fn other = other_vmm(args);
	char *name = other ? other(args) : NULL;

	return name ? name : name_qemu(args);
}

/* Undoes systemd's \xNN in unit names, in place. Its '-' for '/' is in no name of a machine. */
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

/* The drivers of libvirt that name machines: virDomainDriverGenerateMachineName()'s callers. */
static const char *const libvirt_drivers[] = { "qemu", "ch", "lxc", "xen", NULL };

/* What is behind "ID-", if that begins @s; NULL: it does not. IDs begin with 1, and are printed by %d. */
static const char *behind_id(const char *s)
{
	size_t digits = strspn(s, "0123456789");

	return digits && *s != '0' && s[digits] == '-' && s[digits + 1] ? s + digits + 1 : NULL;
}

/* What is behind "-embed-HASH", if that begins @s, whose hash may be digits only; else @s. */
static const char *behind_hash(const char *s)
{
	static const char word[] = "-embed-";
	const char *hash = s + strlen(word);

	if (strncmp(s, word, strlen(word)) || strspn(hash, "0123456789abcdef") != 8)
		return s;
	return hash + 8;
}

/*
 * libvirt's machine name is DRIVER-ID-NAME, DRIVER-USER-ID-NAME for a session,
 * DRIVER-embed-HASH-ID-NAME (src/hypervisor/domain_driver.c). NAME is not exact (it lost what host
 * names do not have), which is why the command line goes first. All other registrants of machines
 * use the VM's name.
 */
static const char *machine_to_name(const char *machine)
{
	const char *dash = strchr(machine, '-');

	for (size_t i = 0; dash && libvirt_drivers[i]; i++) {
		if (strlen(libvirt_drivers[i]) != (size_t)(dash - machine) ||
		    strncmp(machine, libvirt_drivers[i], (size_t)(dash - machine)))
			continue;
		/* Names and users may have digits between dashes, too: the first ones are the ID. */
		for (const char *p = strchr(behind_hash(dash), '-'); p; p = strchr(p + 1, '-')) {
			const char *name = behind_id(p + 1);

			if (name)
				return name;
		}
	}
	return machine;
}

/*
 * "machine-qemu\x2d3\x2dweb01.scope" (systemd-machined), "qemu-3-web01.libvirt-qemu" (libvirt without it),
 * "systemd-vmspawn@web01.service" (whose %i is the machine's name as it is).
 */
static char *name_from_component(const char *component, size_t len)
{
	static const struct {
		const char *prefix, *suffix;
		bool machine; /* that may be libvirt's */
	} forms[] = {
		{ "machine-", ".scope", true }, { "", ".libvirt-qemu", true },
		{ "", ".libvirt-ch", true },	{ "", ".libvirt-lxc", true },
		{ "", ".libvirt-xen", true },	{ "systemd-vmspawn@", ".service", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		size_t prefix = strlen(forms[i].prefix), suffix = strlen(forms[i].suffix);

		if (len > prefix + suffix && !strncmp(component, forms[i].prefix, prefix) &&
		    !strncmp(component + len - suffix, forms[i].suffix, suffix)) {
			__autofree char *part = strndup(component + prefix, len - prefix - suffix);

			if (!part)
				return NULL;
			systemd_unescape(part);
			return strdup_nonempty(forms[i].machine ? machine_to_name(part) : part);
		}
	}
	return NULL;
}

/* The innermost counts: a VMM may be in a machine that is in a machine, as in a container. */
static char *name_from_cgroup(const char *cgroup)
{
	char *name = NULL;

	while (*cgroup) {
		size_t len = strcspn(cgroup, "/\n");
		char *found = name_from_component(cgroup, len);

		if (found) {
			free(name);
			name = found;
		}
		cgroup += len;
		cgroup += *cgroup != '\0';
	}
	return name;
}

/* A command line that may be cut off or rewritten, as a copy that ends. NULL: no memory. */
static char *copy_args(const char *cmdline, size_t len, struct args *ret_args)
{
	char *copy = len < SIZE_MAX ? malloc(len + 1) : NULL;

	if (!copy)
		return NULL;
	if (len)
		memcpy(copy, cmdline, len);
	copy[len] = '\0';
	/* it may not end with a NUL: the one above ends it */
	*ret_args = (struct args){ copy, copy + len + (len && copy[len - 1] != '\0') };
	return copy;
}

/* What identifies a VM of QEMU without a name. */
static char *find_alias(const struct args *args, enum vm_alias which)
{
	static const char *const options[VM_ALIAS_MAX] = {
		[VM_ALIAS_ID] = "id", /* Proxmox */
		[VM_ALIAS_UUID] = "uuid",
	};

	if (args->begin >= args->end || other_vmm(args))
		return NULL;
	return strdup_nonempty(qemu_value(args, options[which]));
}

char *vmm_alias_parse(const char *cmdline, size_t len, enum vm_alias which)
{
	struct args args;
	__autofree char *copy = copy_args(cmdline, len, &args);

	return copy ? limited(find_alias(&args, which)) : NULL;
}

char *vmm_config_path(const char *cmdline, size_t len)
{
	struct args args;
	__autofree char *copy = copy_args(cmdline, len, &args);
	__autofree char *name = NULL;

	if (!copy || args.begin >= args.end || other_vmm(&args))
		return NULL;
	name = name_qemu(&args);
	return name ? NULL : strdup_nonempty(qemu_value(&args, "readconfig"));
}

char *vmm_name_parse(const char *cmdline, size_t len, const char *cgroup)
{
	struct args args;
	__autofree char *copy = copy_args(cmdline, len, &args);
	char *name = NULL;

	if (!copy)
		return NULL;
	if (args.begin < args.end)
		name = name_from_args(&args);
	if (!name && cgroup)
		name = name_from_cgroup(cgroup);
	for (int i = 0; i < VM_ALIAS_MAX && !name; i++)
		name = find_alias(&args, (enum vm_alias)i);
	return limited(name);
}
