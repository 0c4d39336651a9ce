/* SPDX-License-Identifier: GPL-2.0 */
/* listen_addr: where to listen: [ADDR:]PORT. Numbers only: no names are resolved. */
#ifndef KVMTOP_BASE_LISTEN_ADDR_H
#define KVMTOP_BASE_LISTEN_ADDR_H

#include <stddef.h>
#include <sys/socket.h>

struct listen_addr {
	struct sockaddr_storage sa;
	socklen_t len; /* 0: nowhere */
};

/* "127.0.0.1:65535", "[::]:9100" with its NUL. */
#define LISTEN_ADDR_SIZE 64

/*
 * "9100" (of 127.0.0.1), "0.0.0.0:9100", "[::1]:9100". 0, or -EINVAL and in @ret_why what is wrong with it.
 */
int listen_addr__parse(const char *text, struct listen_addr *ret_addr, const char **ret_why);

/* As it is given. Returns @buf. */
char *listen_addr__format(const struct listen_addr *addr, char *buf, size_t size);

#endif
