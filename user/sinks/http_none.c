// SPDX-License-Identifier: GPL-2.0
/* http_none: instead of http.c in a kvmtop that is built without it (make HTTP=0). */
#include "http.h"

#include <errno.h>
#include <stdio.h>

int http__open(const struct http_opts *opts, char *why, size_t why_size, struct http **ret_http)
{
	(void)opts;
	(void)ret_http;
	snprintf(why, why_size, "this kvmtop was built without HTTP (make HTTP=0)");
	return -ENOTSUP;
}

void http__set_fresh(struct http *http, uint64_t fresh_ns)
{
	(void)http;
	(void)fresh_ns;
}

void http__publish(struct http *http, const struct frame *frame)
{
	(void)http;
	(void)frame;
}

uint16_t http__port(const struct http *http)
{
	(void)http;
	return 0;
}

void http__close(struct http *http)
{
	(void)http;
}
