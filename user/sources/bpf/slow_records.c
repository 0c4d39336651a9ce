// SPDX-License-Identifier: GPL-2.0
#include "slow_records.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bpf/libbpf.h>

#include "../../../bpf/detail.h"
#include "../../base/clock.h"
#include "../../model/inventory.h"
#include "collector.h"

struct slow_records {
	struct ring_buffer *ring;
	struct exits *exits;
	struct slots slots;
	slow_decode_fn decode;

	/* While slow_records__take runs. */
	slow_fn fn;
	void *arg;
	struct timespec wall; /* now, by two clocks */
	uint64_t mono_ns;
};

/* CLOCK_REALTIME at the moment @mono_ns, which is not in the future. */
static struct timespec wall_at(const struct slow_records *records, uint64_t mono_ns)
{
	int64_t ns = records->wall.tv_sec * 1000000000ll + records->wall.tv_nsec -
		     (int64_t)(records->mono_ns - mono_ns);

	return (struct timespec){ .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };
}

/* The VM of the record; NULL: its slot has another vCPU by now, or the VM is not known. */
static const struct inventory_vm *vm_of_record(const struct slow_records *records,
					       const struct kvmtop_slow_record *record)
{
	const struct inventory_vm *vm = exits__vm_of(records->exits, record->slot);

	return vm && vm->tgid == record->tgid ? vm : NULL;
}

/* Whether it is of a VM that -g does not ask for, as the kernel side has just learnt. */
static bool is_retired(const struct slow_records *records, uint32_t slot)
{
	return exits__filtered(records->exits).names && exits__is_retired(records->exits, slot);
}

static int report_slow(const struct slow_records *records, const struct kvmtop_slow_record *record,
		       const struct inventory_vm *vm, const char *comm)
{
	struct slow_exit slow = {
		.wall = wall_at(records, record->entry_ns),
		.pid = (pid_t)record->tgid,
		.vm_fd = vm ? vm->id_fd : VM_FD_NONE,
		.name = vm ? vm->name : NULL,
		.comm = vm ? vm->comm : comm,
		.vcpu_id = record->vcpu_id,
		.tid = (pid_t)record->tid,
		.ns = record->ns,
		.isa = record->isa,
		.code = record->reason,
		.pc_known = record->known & KVMTOP_EXIT_PC,
		.pc = record->pc,
		.about_known = record->kind < DETAIL_KIND_MAX,
		.kind = (enum detail_kind)record->kind,
		.key = record->key,
		.sub = record->sub,
	};

	for (size_t i = 0; vm && i < VM_ALIAS_MAX; i++)
		slow.aliases[i] = vm->aliases[i];
	records->decode(record, &slow);
	return records->fn(&slow, records->arg);
}

static int take_record(void *arg, void *data, size_t size)
{
	const struct slow_records *records = arg;
	struct kvmtop_slow_record record;
	const struct inventory_vm *vm;
	char comm[KVMTOP_COMM_LEN + 1] = "";

	if (size < sizeof(record))
		return 0;
	memcpy(&record, data, sizeof(record));
	if (record.slot >= records->slots.n_slots)
		return 0;
	vm = vm_of_record(records, &record);
	if (!vm && is_retired(records, record.slot))
		return 0;
	memcpy(comm, records->slots.vcpus[record.slot].comm, KVMTOP_COMM_LEN);
	return report_slow(records, &record, vm, comm);
}

int slow_records__open(const struct bpf_map *ring, struct exits *exits, slow_decode_fn decode,
		       struct slow_records **ret_records)
{
	struct slow_records *records = calloc(1, sizeof(*records));

	if (!records)
		return -ENOMEM;
	records->exits = exits;
	records->slots = exits__slots(exits);
	records->decode = decode;
	records->ring = ring_buffer__new(bpf_map__fd(ring), take_record, records, NULL);
	if (!records->ring) {
		int err = -errno;

		free(records);
		return err;
	}
	*ret_records = records;
	return 0;
}

void slow_records__close(struct slow_records *records)
{
	if (!records)
		return;
	ring_buffer__free(records->ring);
	free(records);
}

int slow_records__fd(const struct slow_records *records)
{
	return ring_buffer__epoll_fd(records->ring);
}

int slow_records__take(struct slow_records *records, slow_fn fn, void *arg)
{
	int n;

	records->fn = fn;
	records->arg = arg;
	records->mono_ns = clock_now_ns();
	clock_gettime(CLOCK_REALTIME, &records->wall);
	n = ring_buffer__consume(records->ring);
	return n < 0 ? n : 0;
}
