// SPDX-License-Identifier: GPL-2.0
#include "vmm_threads.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../model/load.h"
#include "kept_file.h"
#include "vmm_load_parse.h"

/* Of a group that the VMM shares with many others no more is read than this. */
#define GROUP_TEXT_SIZE 8192
#define STRANGERS_MAX 64

static int cmp_tids(const void *a, const void *b)
{
	const pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return (x > y) - (x < y);
}

bool tid_set__has(const struct tid_set *set, pid_t tid)
{
	return set->n && bsearch(&tid, set->v, set->n, sizeof(tid), cmp_tids);
}

void tid_set__sort(struct tid_set *set)
{
	if (set->n)
		qsort(set->v, set->n, sizeof(*set->v), cmp_tids);
}

/* ---- which there are */

void vmm_threads__done(struct vmm_threads *threads, struct kept_files *files)
{
	for (size_t i = 0; i < threads->n; i++)
		kept_file__close(files, &threads->v[i].fd);
	free(threads->v);
}

static struct vmm_thread *find_thread(const struct vmm_threads *threads, pid_t tid)
{
	for (size_t i = 0; i < threads->n; i++)
		if (threads->v[i].tid == tid)
			return &threads->v[i];
	return NULL;
}

/* false: there is no room. */
static bool note_thread(struct vmm_threads *threads, pid_t tid, bool is_kernel)
{
	struct vmm_thread *thread = find_thread(threads, tid);

	if (!thread) {
		struct vmm_thread *v =
			threads->n < VMM_THREADS_MAX
				? reallocarray(threads->v, threads->n + 1, sizeof(*v))
				: NULL;

		if (!v)
			return false;
		threads->v = v;
		thread = &v[threads->n++];
		*thread = (struct vmm_thread){ .tid = tid, .is_kernel = is_kernel, .fd = -1 };
		/* What one has done that was there before us is not of the interval. */
		thread->begun = threads->listed && !is_kernel;
	}
	thread->seen = true;
	return true;
}

static void drop_unseen(struct vmm_threads *threads, struct kept_files *files)
{
	size_t n = 0;

	for (size_t i = 0; i < threads->n; i++) {
		struct vmm_thread *thread = &threads->v[i];

		if (thread->seen)
			threads->v[n++] = *thread;
		else
			kept_file__close(files, &thread->fd);
	}
	threads->n = n;
}

void vmm_threads__list(struct vmm_threads *threads, struct kept_files *files, const char *proc_root,
		       pid_t pid, uint32_t n_process)
{
	__autoclosedir DIR *dir = NULL;
	struct dirent *entry;
	char path[PATH_MAX];

	for (size_t i = 0; i < threads->n; i++)
		threads->v[i].seen = threads->v[i].is_kernel;
	snprintf(path, sizeof(path), "%s/%d/task", proc_root, pid);
	dir = opendir(path);
	files->calls += 5; /* open, stat, two to read it, close */
	threads->known = dir;
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		const int tid = atoi(entry->d_name);

		if (tid > 0)
			threads->known &= note_thread(threads, tid, false);
	}
	drop_unseen(threads, files);
	threads->n_listed = n_process;
	threads->listed = threads->known; /* else some were there before us without our knowing */
}

static bool works_for(const struct vmm_threads *threads, struct kept_files *files,
		      const char *proc_root, pid_t pid, pid_t stranger)
{
	char path[PATH_MAX], comm[64];
	int tid;

	snprintf(path, sizeof(path), "%s/%d/comm", proc_root, stranger);
	return kept_file__read_once(files, path, comm, sizeof(comm)) >= 0 &&
	       vmm_load_parse_vhost(comm, &tid) && (tid == pid || find_thread(threads, tid));
}

void vmm_threads__find_vhost(struct vmm_threads *threads, struct kept_files *files,
			     const char *proc_root, const char *path, pid_t pid)
{
	char text[GROUP_TEXT_SIZE], *p = text, *end;
	size_t strangers = 0;

	if (kept_file__read_once(files, path, text, sizeof(text)) < 0)
		return;
	for (; (end = strchr(p, '\n')) && strangers < STRANGERS_MAX; p = end + 1) {
		const int tid = atoi(p);
		const struct vmm_thread *known = find_thread(threads, tid);

		if (tid <= 0 || (known && !known->is_kernel))
			continue;
		strangers++;
		if (!known && works_for(threads, files, proc_root, pid, tid))
			note_thread(threads, tid, true);
	}
}

/* ---- what they do */

/* 0 or a negative errno. */
static int read_thread(struct vmm_threads *threads, struct kept_files *files, const char *proc_root,
		       pid_t pid, struct vmm_thread *thread)
{
	char path[PATH_MAX], text[128];
	uint64_t run_ns, delay_ns;
	ssize_t n;

	if (thread->is_kernel)
		snprintf(path, sizeof(path), "%s/%d/schedstat", proc_root, thread->tid);
	else
		snprintf(path, sizeof(path), "%s/%d/task/%d/schedstat", proc_root, pid,
			 thread->tid);
	n = kept_file__read(files, &thread->fd, path, text, sizeof(text));
	if (n < 0)
		return (int)n;
	/* One that is new may not have run yet. */
	if (!vmm_load_parse_schedstat(text, &run_ns, &delay_ns))
		return -ENODATA;
	if (thread->begun && run_ns >= thread->run_ns && delay_ns >= thread->delay_ns) {
		threads->run_ns += run_ns - thread->run_ns;
		threads->delay_ns += delay_ns - thread->delay_ns;
	}
	thread->run_ns = run_ns;
	thread->delay_ns = delay_ns;
	thread->begun = true;
	return 0;
}

bool vmm_threads__read(struct vmm_threads *threads, struct kept_files *files, const char *proc_root,
		       pid_t pid, const struct tid_set *vcpus, struct vmm_load *load)
{
	bool ended = false, refused = false;
	uint32_t n = 0, n_run = 0;

	for (size_t i = 0; i < threads->n; i++) {
		struct vmm_thread *thread = &threads->v[i];
		int err;

		if (tid_set__has(vcpus, thread->tid)) {
			kept_file__close(files, &thread->fd);
			continue;
		}
		err = read_thread(threads, files, proc_root, pid, thread);
		if (err == -ESRCH || err == -ENOENT)
			ended = true;
		else if (err && err != -ENODATA)
			refused = true;
		n++;
		n_run += !err;
	}
	/* Where none of them ever ran, the kernel keeps no such times. */
	load->aux_known = threads->listed && threads->known && !refused && (n_run || !n || ended);
	load->aux_threads = n;
	load->aux_run_ns = threads->run_ns;
	load->aux_delay_ns = threads->delay_ns;
	return ended;
}
