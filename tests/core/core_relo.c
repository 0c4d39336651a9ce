// SPDX-License-Identifier: GPL-2.0
/*
 * core_relo - loads the BPF programs of one exit path as if this machine had another CPU vendor, and
 * runs them on a made-up vCPU. tests/core/run calls it in the test bed and judges what it prints:
 *
 *	log: ...		what libbpf says of each CO-RE relocation
 *	load: ok | ERROR	whether the verifier accepts the programs
 *	run: ok | ERROR		whether they ran; then what is in the vCPU's slot:
 *	slot: NAME VALUE
 *
 * The made-up vCPU is memory of a BPF map, where the caller pokes values at the offsets that the vendor's struct has in
 * BTF. The programs get its address as a tracepoint would give it (BPF_PROG_TEST_RUN).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "../../bpf/kvmtop.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The vCPU; beyond half of it the caller keeps what the vCPU points to. */
#define MEMORY_BYTES 65536u

/* Room for each kind of thing. */
#define SLOTS 2u

/* What was not poked: must not be taken for a value. */
#define GARBAGE 0xa5

/* Values of kvm_userspace_exit's record. */
#define USER_REASON 2 /* KVM_EXIT_IO */

static int libbpf_log(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	fputs("log: ", stdout);
	return vprintf(fmt, args);
}

/* Memory whose address in the kernel is known. */
struct memory {
	int map;
	uint64_t address;
};

/* A program that stores the address of its map's memory there; what it is, the verifier lets root know. */
static int memory__find(struct memory *memory)
{
	const struct bpf_insn code[] = {
		{ .code = BPF_LD | BPF_DW | BPF_IMM,
		  .dst_reg = BPF_REG_1,
		  .src_reg = BPF_PSEUDO_MAP_VALUE,
		  .imm = memory->map },
		{ 0 },
		{ .code = BPF_STX | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_1 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int err, fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "address", "GPL", code,
				    ARRAY_SIZE(code), NULL);
	static char value[MEMORY_BYTES];
	uint32_t key = 0;

	if (fd < 0)
		return -errno;
	err = bpf_prog_test_run_opts(fd, &opts) ? -errno : 0;
	close(fd);
	if (err)
		return err;
	if (bpf_map_lookup_elem(memory->map, &key, value))
		return -errno;
	memcpy(&memory->address, value, sizeof(memory->address));
	return 0;
}

/* @pokes are "OFFSET:SIZE:VALUE"; a VALUE "+N" is the address of offset N. */
static int memory__fill(struct memory *memory, char *const *pokes)
{
	static char value[MEMORY_BYTES];
	uint32_t key = 0;

	memset(value, GARBAGE, sizeof(value));
	for (; *pokes; pokes++) {
		unsigned int offset, size;
		uint64_t number;
		char text[32];

		if (sscanf(*pokes, "%u:%u:%31s", &offset, &size, text) != 3 ||
		    offset > MEMORY_BYTES - 8 || size > 8)
			return -EINVAL;
		number = strtoull(text, NULL, 0);
		if (text[0] == '+')
			number += memory->address;
		memcpy(value + offset, &number, size);
	}
	return bpf_map_update_elem(memory->map, &key, value, BPF_ANY) ? -errno : 0;
}

static int memory__new(struct memory *memory, char *const *pokes)
{
	int err;

	memory->map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "memory", 4, MEMORY_BYTES, 1, NULL);
	if (memory->map < 0)
		return -errno;
	err = memory__find(memory);
	return err ? err : memory__fill(memory, pokes);
}

static struct bpf_program *program(struct bpf_object *object, const char *event, const char *path)
{
	char name[64];

	snprintf(name, sizeof(name), "%s_%s", event, path);
	return bpf_object__find_program_by_name(object, name);
}

/* The memory that all kernels allow (bpf/kvmtop.h), as the programs' knobs have it. */
#define HOMES KVMTOP_HOMES_SMALL
#define MEMORY_OF_HOMES KVMTOP_HIST_AT(HOMES, KVMTOP_NEAR_SMALL)

static int size_memory(struct bpf_map *map)
{
	int err, fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "memory", 4, MEMORY_OF_HOMES, 1, NULL);

	if (fd < 0)
		return -errno;
	err = bpf_map__reuse_fd(map, fd);
	close(fd);
	return err;
}

static bool is_memory(const struct bpf_map *map)
{
	return strstr(bpf_map__name(map), ".bss");
}

/* The programs that kvmtop would load for @path, and maps as small as can be. */
static int prepare(struct bpf_object *object, const char *path)
{
	static const char *const events[] = { "exit", "entry", "userspace_exit" };
	struct bpf_map *map;

	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		struct bpf_program *p = program(object, events[i], path);

		if (!p)
			return -ENOENT;
		bpf_program__set_autoload(p, true);
	}
	bpf_object__for_each_map(map, object)
	{
		int err = 0;

		if (bpf_map__is_internal(map))
			err = is_memory(map) ? size_memory(map) : 0;
		else
			err = bpf_map__set_max_entries(map, SLOTS);

		if (err)
			return err;
	}
	return 0;
}

/* What libbpf knows it by after its size was set. */
static struct bpf_map *homes_map(const struct bpf_object *object)
{
	return bpf_object__find_map_by_name(object, "memory");
}

/*
 * The home that the vCPU at address @vcpu must get, as no other is taken. It must not be slot 0. The address
 * of the memory is 0 for the programs, as nothing has noted it.
 */
static uint32_t home_of(uint64_t vcpu)
{
	uint32_t home = (KVMTOP_HOME(vcpu) & KVMTOP_HOME_MASK(HOMES)) >> KVMTOP_SLOT_SHIFT;

	return home == KVMTOP_SLOT_IGNORED ? home + 1 : home;
}

/* As give_back() of user/sources/bpf/slots.c leaves a free slot. */
static int free_slot(const struct bpf_object *object, uint64_t vcpu)
{
	struct bpf_map *map = homes_map(object);
	struct kvmtop_vcpu *homes = map ? calloc(1, MEMORY_OF_HOMES) : NULL;
	uint32_t key = 0, slot = home_of(vcpu);
	int err;

	if (!homes)
		return map ? -ENOMEM : -ENOENT;
	homes[slot].slot = slot;
	homes[slot].own[0].isa = KVMTOP_ISA_NONE;
	homes[slot].own[0].code = KVMTOP_CODE_NONE;
	err = bpf_map_update_elem(bpf_map__fd(map), &key, homes, BPF_ANY) ? -errno : 0;
	free(homes);
	return err;
}

static int fire(const struct bpf_program *p, uint64_t arg0, uint64_t arg1)
{
	uint64_t args[2] = { arg0, arg1 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = sizeof(args));

	return bpf_prog_test_run_opts(bpf_program__fd(p), &opts) ? -errno : 0;
}

/* kvm_exit(vcpu, isa), kvm_entry(vcpu, ...), kvm_exit again and kvm_userspace_exit(reason, errno). */
static int run(struct bpf_object *object, const char *path, uint64_t vcpu, uint64_t isa)
{
	int err = free_slot(object, vcpu);

	if (!err)
		err = fire(program(object, "exit", path), vcpu, isa);
	if (!err)
		err = fire(program(object, "entry", path), vcpu, 0);
	if (!err)
		err = fire(program(object, "exit", path), vcpu, isa);
	if (!err)
		err = fire(program(object, "userspace_exit", path), USER_REASON, 0);
	return err;
}

static int print_slot(const struct bpf_object *object, uint64_t vcpu)
{
	struct bpf_map *map = homes_map(object);
	struct kvmtop_vcpu *homes = calloc(1, MEMORY_OF_HOMES);
	struct kvmtop_vcpu v;
	uint32_t key = 0;
	int err;

	if (!homes)
		return -ENOMEM;
	err = bpf_map_lookup_elem(bpf_map__fd(map), &key, homes) ? -errno : 0;
	v = homes[home_of(vcpu)];
	free(homes);
	if (err)
		return err;
	printf("slot: is_vcpu %d\n", v.vcpu == vcpu);
	printf("slot: is_tgid %d\n", v.tgid == (uint32_t)getpid());
	printf("slot: kvm %#" PRIx64 "\n", (uint64_t)v.kvm);
	printf("slot: kvm_at %" PRId64 "\n", (int64_t)(v.kvm - vcpu));
	printf("slot: vcpu_id %u\n", v.vcpu_id);
	printf("slot: stat.exits %" PRIu64 "\n", (uint64_t)v.user_exits);
	printf("slot: cells %u\n", v.n_own);
	printf("slot: isa %u\n", v.own[1].isa);
	printf("slot: reason %#" PRIx64 "\n", (uint64_t)v.own[1].reason);
	printf("slot: count %" PRIu64 "\n", (uint64_t)v.own[1].count);
	return 0;
}

static int say(const char *what, int err)
{
	printf("%s: %s\n", what, err ? strerror(-err) : "ok");
	return err;
}

int main(int argc, char **argv)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts);
	struct memory memory = { 0 };
	struct bpf_object *object;
	const char *path;
	int err;

	if (argc < 5) {
		fputs("Usage: core_relo OBJECT BTF PATH ISA [OFFSET:SIZE:VALUE...]\n", stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	libbpf_set_print(libbpf_log);
	path = argv[3];
	opts.btf_custom_path = argv[2];
	object = bpf_object__open_file(argv[1], &opts);
	err = object ? prepare(object, path) : -errno;
	if (!err)
		err = bpf_object__load(object);
	if (!say("load", err)) {
		err = memory__new(&memory, argv + 5);
		if (!err)
			err = run(object, path, memory.address, strtoul(argv[4], NULL, 0));
		if (!say("run", err))
			err = print_slot(object, memory.address);
	}
	bpf_object__close(object);
	return err != 0;
}
