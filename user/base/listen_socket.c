// SPDX-License-Identifier: GPL-2.0
#include "listen_socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "activation.h"
#include "cleanup.h"
#include "listen_addr.h"

static int open_socket(const struct listen_addr *addr, int backlog, int *ret_fd)
{
	__autoclose int fd =
		socket(addr->sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	const int on = 1, off = 0;

	if (fd < 0)
		return -errno;
	/* Connections of the one before us, which are ending, are no reason not to start. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (addr->sa.ss_family == AF_INET6) /* [::] is IPv4, too */
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, (const struct sockaddr *)&addr->sa, addr->len) || listen(fd, backlog))
		return -errno;
	*ret_fd = take_fd(fd);
	return 0;
}

int listen_socket(const struct listen_addr *addr, int backlog, int send_bytes, int *ret_fd,
		  uint16_t *ret_port)
{
	__autoclose int fd = -1;
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	int err = activation_socket(&fd);

	if (!err)
		err = open_socket(addr, backlog, &fd);
	if (err < 0)
		return err;
	/* Accepted ones inherit it. */
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_bytes, sizeof(send_bytes));
	if (getsockname(fd, (struct sockaddr *)&sa, &len))
		return -errno;
	*ret_port = ntohs(sa.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&sa)->sin6_port
						   : ((struct sockaddr_in *)&sa)->sin_port);
	*ret_fd = take_fd(fd);
	return 0;
}
