/* SPDX-License-Identifier: GPL-2.0 */
/*
 * thread: threads besides the main one. They take no signals, which are the main thread's.
 */
#ifndef KVMTOP_BASE_THREAD_H
#define KVMTOP_BASE_THREAD_H

#include <pthread.h>

/* Starts @fn with all signals blocked. 0 or a negative errno. */
int thread_start(pthread_t *thread, void *(*fn)(void *), void *arg);

/* For the thread that calls it, and for good: capabilities are a thread's own. */
void thread_drop_capabilities(void);

#endif
