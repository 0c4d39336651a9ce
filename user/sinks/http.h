/* SPDX-License-Identifier: GPL-2.0 */
/*
 * http: the last frame as metrics, by HTTP. In a thread of its own, without any privilege: scrapes
 * and slow clients affect this thread only. What a client may cost is bounded: see the limits in
 * http.c.
 */
#ifndef KVMTOP_SINKS_HTTP_H
#define KVMTOP_SINKS_HTTP_H

#include <stddef.h>
#include <stdint.h>

#include "sink.h"

struct frame;
struct http;
struct listen_addr;

struct http_opts {
	const struct listen_addr *addr;
	uint64_t fresh_ns;	 /* an older frame is not served any more */
	uint64_t client_max_ns;	 /* how long a client may take; 0: 10 s */
	uint64_t crowded_max_ns; /* so while others have to wait for it; 0: 1 s */
	struct view view;	 /* what is rendered of a frame */
};

/*
 * Listens and starts the thread. 0, or a negative errno and in @why one line without the address; -ENOTSUP: it is not
 * built in.
 */
int http__open(const struct http_opts *opts, char *why, size_t why_size, struct http **ret_http);

/* From now on fresh_ns is another. */
void http__set_fresh(struct http *http, uint64_t fresh_ns);

/*
 * Serves this frame from now on. Keeps a share of the frame; what it points to outside of itself
 * must outlive the http.
 */
void http__publish(struct http *http, const struct frame *frame);

/* The port, also when any was asked for (0). */
uint16_t http__port(const struct http *http);

/* Ends the thread and all connections. Takes NULL. */
void http__close(struct http *http);

#endif
