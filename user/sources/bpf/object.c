// SPDX-License-Identifier: GPL-2.0
#include "object.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../../base/cleanup.h"
#include "../../base/log.h"
#include "../tracefs.h"
#include "record_fields.h"

static int libbpf_log(enum libbpf_print_level level, const char *fmt, va_list args)
{
	/* One level down: the user sees our messages, not libbpf's. */
	if (level != LIBBPF_DEBUG)
		log_vmsg(LOG_LEVEL_DEBUG, fmt, args);
	return 0;
}

void object_quiet_libbpf(void)
{
	libbpf_set_print(libbpf_log);
}

int object_open_tracepoint(const char *name)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.disabled = 1,
	};
	uint64_t id;
	int err = tracefs_read_id(name, &id), fd;

	if (err)
		return err;
	attr.config = id;
	fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

struct bpf_link *object_attach(const struct bpf_program *program)
{
	struct bpf_link *link;
	int fd;

	if (bpf_program__type(program) != BPF_PROG_TYPE_TRACEPOINT)
		return bpf_program__attach(program);
	/* "tp/kvm/kvm_exit" */
	fd = object_open_tracepoint(strrchr(bpf_program__section_name(program), '/') + 1);
	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	link = bpf_program__attach_perf_event(program, fd);
	if (link)
		ioctl(fd, PERF_EVENT_IOC_DISABLE, 0); /* libbpf has enabled it */
	else
		close(fd);
	return link;
}

int object_set_record(const char *event, const struct record_field *fields, bool relocated,
		      struct kvmtop_record *record)
{
	__autofree char *text = NULL;
	size_t len;
	int err = tracefs_read_format(event, &text, &len);

	if (!err)
		err = record_fields_parse(text, fields, record);
	if (!err)
		record->relocated |= relocated;
	return err;
}

/* Elements of a mmap'ed array lie 8-aligned one after another (kernel/bpf/arraymap.c). */
static size_t array_bytes(const struct bpf_map *map, size_t element)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (bpf_map__max_entries(map) * element + page - 1) / page * page;
}

int object_map_array(const struct bpf_map *map, size_t element, void **ret_memory,
		     size_t *ret_bytes)
{
	size_t bytes = array_bytes(map, element);
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);

	if (memory == MAP_FAILED)
		return -errno;
	*ret_memory = memory;
	*ret_bytes = bytes;
	return 0;
}

int object_map_arrays(const struct object_part *part, const struct bpf_map *map, size_t element,
		      void **ret_memory, size_t *ret_bytes)
{
	size_t bytes = array_bytes(map, element);
	char *memory =
		mmap(NULL, part->bytes + bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const int how = MAP_SHARED | MAP_FIXED, rights = PROT_READ | PROT_WRITE;
	int err;

	if (memory == MAP_FAILED)
		return -errno;
	if ((part->bytes && mmap(memory, part->bytes, rights, how, bpf_map__fd(part->map),
				 (off_t)part->offset) == MAP_FAILED) ||
	    mmap(memory + part->bytes, bytes, rights, how, bpf_map__fd(map), 0) == MAP_FAILED) {
		err = -errno;
		munmap(memory, part->bytes + bytes);
		return err;
	}
	*ret_memory = memory;
	*ret_bytes = part->bytes + bytes;
	return 0;
}

int object_fill(const struct bpf_program *program, enum kvmtop_queue queue, size_t first,
		size_t end)
{
	for (; first < end; first += KVMTOP_FILL_PORTION) {
		uint64_t args[] = { queue, first, end };
		LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = args, .ctx_size_in = sizeof(args));
		int err = bpf_prog_test_run_opts(bpf_program__fd(program), &opts);

		if (err)
			return err;
		if (opts.retval)
			return -ENOSPC;
	}
	return 0;
}

uint64_t object_missed_by(int fd)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len))
		return 0;
	return info.recursion_misses;
}
