// SPDX-License-Identifier: GPL-2.0
/*
 * bpf_threads_look: runs the iterator over threads (bpf/threads.bpf.c). bpf_threads says what it saw.
 */
#include "bpf_priv.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "kvmtop.skel.h"

int bpf_threads_look(struct bpf_exit *bpf)
{
	/* We sleep for a moment, so that the scheduler reads its clock when it puts us on a CPU again. */
	const struct timespec moment = { .tv_nsec = 1 };
	__autoclose int fd = bpf_iter_create(bpf_link__fd(bpf->skel->links.threads));
	struct kvmtop_sched_clock clock;
	char byte;
	ssize_t n;

	if (fd < 0)
		return -errno;
	nanosleep(&moment, NULL);
	bpf->looked_ns = clock_now_ns();
	/* It writes nothing to the file. After very many tasks it lets others run. */
	while ((n = read(fd, &byte, 1)) < 0 && (errno == EINTR || errno == EAGAIN))
		;
	clock = bpf->skel->bss->sched_clock;
	bpf_threads_compare_clocks(bpf, &clock);
	return n < 0 ? -errno : 0;
}
