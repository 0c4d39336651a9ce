// SPDX-License-Identifier: GPL-2.0
/*
 * threads_look: runs the iterator over threads (bpf/threads.bpf.c). threads.c evaluates what it
 * saw.
 */
#include "exits_priv.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../../base/cleanup.h"
#include "../../base/clock.h"
#include "kvmtop.skel.h"

int threads_look(struct exits *exits)
{
	/* A short sleep makes the scheduler read its clock when it switches us in again. */
	const struct timespec moment = { .tv_nsec = 1 };
	__autoclose int fd = bpf_iter_create(bpf_link__fd(exits->skel->links.threads));
	struct kvmtop_sched_clock clock;
	char byte;
	ssize_t n;

	if (fd < 0)
		return -errno;
	nanosleep(&moment, NULL);
	exits->looked_ns = clock_now_ns();
	/* It writes nothing to the file. After very many tasks it lets others run. */
	while ((n = read(fd, &byte, 1)) < 0 && (errno == EINTR || errno == EAGAIN))
		;
	clock = exits->skel->data->sched_clock;
	threads_compare_clocks(exits, &clock);
	return n < 0 ? -errno : 0;
}
