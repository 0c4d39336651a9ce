// SPDX-License-Identifier: GPL-2.0
#include "listen_addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_HOST "127.0.0.1"

/* 1 to 65535, in decimal; 0: it is none. */
static in_port_t parse_port(const char *text)
{
	unsigned int port = 0;
	size_t digits = strspn(text, "0123456789");

	if (!digits || digits > 5 || text[digits])
		return 0;
	for (; *text; text++)
		port = port * 10 + (unsigned int)(*text - '0');
	return port <= 0xffff ? (in_port_t)port : 0;
}

static int set_ipv4(struct listen_addr *addr, const char *host, in_port_t port)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)&addr->sa;

	if (inet_pton(AF_INET, host, &sin->sin_addr) != 1)
		return -EINVAL;
	sin->sin_family = AF_INET;
	sin->sin_port = htons(port);
	addr->len = sizeof(*sin);
	return 0;
}

static int set_ipv6(struct listen_addr *addr, const char *host, in_port_t port)
{
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&addr->sa;

	if (inet_pton(AF_INET6, host, &sin6->sin6_addr) != 1)
		return -EINVAL;
	sin6->sin6_family = AF_INET6;
	sin6->sin6_port = htons(port);
	addr->len = sizeof(*sin6);
	return 0;
}

int listen_addr__parse(const char *text, struct listen_addr *ret_addr, const char **ret_why)
{
	struct listen_addr addr = { .len = 0 };
	const char *colon = strrchr(text, ':');
	in_port_t port = parse_port(colon ? colon + 1 : text);
	size_t len = colon ? (size_t)(colon - text) : 0;
	char host[INET6_ADDRSTRLEN + 2] = DEFAULT_HOST;
	int err;

	*ret_why = "the port must be 1 to 65535";
	if (!port)
		return -EINVAL;
	*ret_why = "the address must be an IPv4 address or an IPv6 address in brackets, as "
		   "0.0.0.0:9100 or [::1]:9100";
	if (len >= sizeof(host))
		return -EINVAL;
	if (colon) {
		memcpy(host, text, len);
		host[len] = '\0';
	}
	if (host[0] == '[' && host[len - 1] == ']') {
		host[len - 1] = '\0';
		err = set_ipv6(&addr, host + 1, port);
	} else {
		err = set_ipv4(&addr, host, port);
	}
	if (!err)
		*ret_addr = addr;
	return err;
}

char *listen_addr__format(const struct listen_addr *addr, char *buf, size_t size)
{
	const struct sockaddr_in *sin = (const struct sockaddr_in *)&addr->sa;
	const struct sockaddr_in6 *sin6 = (const struct sockaddr_in6 *)&addr->sa;
	bool ipv6 = addr->sa.ss_family == AF_INET6;
	char host[INET6_ADDRSTRLEN] = "?";

	if (ipv6)
		inet_ntop(AF_INET6, &sin6->sin6_addr, host, sizeof(host));
	else
		inet_ntop(AF_INET, &sin->sin_addr, host, sizeof(host));
	snprintf(buf, size, ipv6 ? "[%s]:%u" : "%s:%u", host,
		 (unsigned int)ntohs(ipv6 ? sin6->sin6_port : sin->sin_port));
	return buf;
}
