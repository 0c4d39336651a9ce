// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz_load: the files that say what a VMM uses: names of control groups and of threads are whatever somebody chose. With libFuzzer, or
 * with -DFUZZ_STANDALONE:
 *
 *   fuzz_load [-r ROUNDS] [FILE...]	 replays files, then mutates its own seeds
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../user/sources/vmm_load_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

/* It stays below the root of the groups, and the way up ends. */
static void check_path(const char *text)
{
	char path[256];
	size_t len;

	if (!vmm_load_parse_cgroup(text, path, sizeof(path)))
		return;
	check(path[0] == '/' && strlen(path) < sizeof(path));
	check(!strstr(path, "/../") && !strchr(path, '\n'));
	do {
		len = strlen(path);
		cgroup_path__is_unit(path);
	} while (cgroup_path__up(path) && (check(strlen(path) < len && *path), true));
}

static void check_numbers(const char *text)
{
	uint64_t a = 0, b = 0;
	uint32_t n = 7;
	int tid = 0;

	if (vmm_load_parse_cpu_stat(text, &a, &b))
		check(b <= UINT64_MAX / 1000);
	if (vmm_load_parse_pressure(text, &a, &b))
		check(a <= UINT64_MAX / 1000 && b <= UINT64_MAX / 1000);
	if (vmm_load_parse_swap(text, &a))
		check(a % 1024 == 0);
	if (!vmm_load_parse_cpu_max(text, &n))
		check(n == 7);
	vmm_load_parse_threads(text, &n);
	vmm_load_parse_schedstat(text, &a, &b);
	if (vmm_load_parse_vhost(text, &tid))
		check(tid >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cpu_set set = { { 0 } };
	char *text = strndup((const char *)data, size);

	if (!text)
		return 0;
	check_path(text);
	check_numbers(text);
	check(vmm_load_parse_cpus(text, &set) == (cpu_set__count(&set) > 0));
	free(text);
	return 0;
}

#ifdef FUZZ_STANDALONE
#define INPUT_MAX 1024

static const char *const seeds[] = {
	"0::/machine.slice/machine-qemu\\x2d3\\x2dweb01.scope/libvirt/vcpu0\n",
	"4:memory:/x\n0::/a.service/../b\n",
	"usage_usec 9\nnr_periods 8\nnr_throttled 5\nthrottled_usec 12345\nnr_bursts 0\n",
	"150000 100000\n",
	"max 100000\n",
	"some avg10=0.00 avg60=0.00 avg300=0.00 total=77\nfull avg10=0.00 avg60=0.00 total=11\n",
	"Name:\tx\nThreads:\t7\nVmSwap:\t      12 kB\nCpus_allowed_list:\t0-3,8,64-127\n",
	"123456789 987654321 4242\n",
	"vhost-123\n",
};

static size_t mutate(char *buf, size_t len, unsigned int *seed)
{
	static const char telling[] = { 0, '/', '.', '-', ',', ' ', '\n', '9', ':', '=' };
	size_t at = len ? (size_t)rand_r(seed) % len : 0;

	switch (rand_r(seed) % 4) {
	case 0:
		buf[at] = (char)(buf[at] ^ 1 << rand_r(seed) % 8);
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

	if (!f) {
		perror(path);
		return 1;
	}
	LLVMFuzzerTestOneInput(buf, fread(buf, 1, sizeof(buf), f));
	fclose(f);
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
		const char *from = seeds[round % (sizeof(seeds) / sizeof(seeds[0]))];
		size_t len = strlen(from);
		char buf[INPUT_MAX];

		memcpy(buf, from, len);
		for (unsigned long n = round % 7; n; n--)
			len = mutate(buf, len, &seed);
		LLVMFuzzerTestOneInput((const uint8_t *)buf, len);
	}
	printf("fuzz_load: %lu rounds\n", rounds);
	return failed;
}
#endif
