// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz_cmdline: a VMM's command line and control group are whatever its user writes; and what comes out of
 * them is escaped for the terminal. With libFuzzer, or with -DFUZZ_STANDALONE:
 *
 *   fuzz_cmdline [-r ROUNDS] [FILE...]	 replays files, then mutates its own seeds
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../user/base/fmt.h"
#include "../../user/sources/proc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is left to escape was not seen the first time. */
static void check_again(const char *escaped)
{
	char *again = fmt_escape_dup(FMT_ESCAPE_TERMINAL, escaped);

	if (again && strcmp(again, escaped))
		abort();
	free(again);
}

static void check_escaped(const char *name)
{
	char *escaped = fmt_escape_dup(FMT_ESCAPE_TERMINAL, name);

	if (!escaped)
		return;
	for (const char *p = escaped; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			abort();
	check_again(escaped);
	if (fmt_cut(escaped, 7) > 7)
		abort();
	free(escaped);
}

/* Takes @name. */
static void check_name(char *name)
{
	if (!name)
		return;
	if (!*name || strlen(name) > FMT_NAME_MAX)
		abort(); /* an empty name is none */
	check_escaped(name);
	free(name);
}

/* The first byte says how much of the rest is the control group. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t cgroup_len;
	char *cgroup, *name;

	if (!size)
		return 0;
	cgroup_len = data[0] < size ? data[0] : size - 1;
	cgroup = strndup((const char *)data + 1, cgroup_len);
	if (!cgroup)
		return 0;
	name = vmm_name_parse((const char *)data + 1 + cgroup_len, size - 1 - cgroup_len,
			      data[0] ? cgroup : NULL);
	check_name(name);
	check_name(vmm_config_name(cgroup)); /* it is a text as good as any */
	free(vmm_config_path((const char *)data + 1 + cgroup_len, size - 1 - cgroup_len));
	for (int i = 0; i < VM_ALIAS_MAX; i++)
		check_name(vmm_alias_parse((const char *)data + 1 + cgroup_len,
					   size - 1 - cgroup_len, (enum vm_alias)i));
	free(cgroup);
	return 0;
}

#ifdef FUZZ_STANDALONE
#define INPUT_MAX 4096

#define SEED(cgroup, args)                                         \
	{                                                          \
		(cgroup), sizeof(cgroup) - 1, (args), sizeof(args) \
	}

static const struct {
	const char *cgroup;
	size_t cgroup_len;
	const char *args;
	size_t args_len;
} seeds[] = {
	SEED("", "/usr/bin/kvm\0-name\0guest=a,,b,debug-threads=on\0-m\0001G"),
	SEED("", "firecracker\0--id\0fc-1\0--\0--id=x"),
	SEED("",
	     "cloud-hypervisor\0--api-socket\0path=/run/vc/vm/x/clh-api.sock\0--platform\0uuid=1"),
	SEED("", "crosvm\0run\0--name=x"),
	SEED("0::/machine.slice/machine-qemu\\x2d3\\x2dweb01.scope/emulator\n", "emulator"),
	SEED("0::/machine/qemu-3-web01.libvirt-qemu/emulator\n", "\xff\xfe"),
	SEED("[machine]\n  type = \"q35\"\n[name]\n  guest = \"web01\"\n",
	     "kvm\0-readconfig\0/etc/vm.cfg"),
	SEED("0::/machine.slice/systemd-vmspawn@db-prod.service/x\n", "kvm\0-uuid\0a0ee"),
	SEED("0::/machine.slice/machine-qemu\\x2dembed\\x2d12345678\\x2d3\\x2dw.scope",
	     "kvm\0-id\000100"),
	SEED("", "kvm\0-name\0a\u0301\u0302\u3164\xf3\xa0\x81\x81"),
};

static size_t make_seed(size_t i, uint8_t *buf)
{
	size_t len = 1;

	buf[0] = (uint8_t)seeds[i].cgroup_len;
	memcpy(buf + len, seeds[i].cgroup, seeds[i].cgroup_len);
	len += seeds[i].cgroup_len;
	memcpy(buf + len, seeds[i].args, seeds[i].args_len);
	return len + seeds[i].args_len;
}

static size_t mutate(uint8_t *buf, size_t len, unsigned int *seed)
{
	static const uint8_t telling[] = { 0, ',', '=', '-', '/', '\\', '\n', 0x1b, 0xe2, 0xff };
	size_t at = len ? (size_t)rand_r(seed) % len : 0;

	switch (rand_r(seed) % 4) {
	case 0:
		buf[at] ^= (uint8_t)(1u << rand_r(seed) % 8);
		break;
	case 1:
		buf[at] = telling[(size_t)rand_r(seed) % sizeof(telling)];
		break;
	case 2:
		return at; /* cut off */
	default:
		if (len < INPUT_MAX / 2) { /* repeat the tail */
			memcpy(buf + len, buf + at, len - at);
			len += len - at;
		}
	}
	return len;
}

static int replay(const char *path)
{
	static uint8_t buf[1 << 20];
	FILE *f = fopen(path, "r");
	size_t len;

	if (!f) {
		perror(path);
		return 1;
	}
	len = fread(buf, 1, sizeof(buf), f);
	fclose(f);
	LLVMFuzzerTestOneInput(buf, len);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long rounds = 200000;
	unsigned int seed = 1;
	int i = 1, failed = 0;

	if (argc > 2 && !strcmp(argv[1], "-r")) {
		rounds = strtoul(argv[2], NULL, 10);
		i = 3;
	}
	for (; i < argc; i++)
		failed |= replay(argv[i]);
	for (unsigned long round = 0; round < rounds; round++) {
		uint8_t buf[INPUT_MAX];
		size_t len = make_seed(round % (sizeof(seeds) / sizeof(seeds[0])), buf);

		for (unsigned long n = round % 7; n; n--)
			len = mutate(buf, len, &seed);
		LLVMFuzzerTestOneInput(buf, len);
	}
	printf("fuzz_cmdline: %lu rounds\n", rounds);
	return failed;
}
#endif
