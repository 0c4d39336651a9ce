/* SPDX-License-Identifier: GPL-2.0 */
/* listen_socket: the socket to listen on: the one that systemd has opened for us, or one of our own. */
#ifndef KVMTOP_BASE_LISTEN_SOCKET_H
#define KVMTOP_BASE_LISTEN_SOCKET_H

#include <stdint.h>

struct listen_addr;

/*
 * If systemd has opened none, it is at @addr, where @backlog connections may wait. What is accepted has a send buffer of @send_bytes. Its port is
 * in @ret_port, also when any was asked for. 0 or a negative errno.
 */
int listen_socket(const struct listen_addr *addr, int backlog, int send_bytes, int *ret_fd,
		  uint16_t *ret_port);

#endif
