// SPDX-License-Identifier: GPL-2.0
#include "http_clients.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "../base/clock.h"

struct http_client {
	bool used;
	bool has_asked; /* its request is there and is being answered */
	int fd;
	uint64_t since_ns;
};

struct http_clients {
	struct http_client v[HTTP_CLIENTS_MAX];
	size_t n;
};

struct http_clients *http_clients__new(void)
{
	return calloc(1, sizeof(struct http_clients));
}

void http_clients__free(struct http_clients *clients)
{
	free(clients);
}

size_t http_clients__n(const struct http_clients *clients)
{
	return clients->n;
}

struct http_client *http_clients__add(struct http_clients *clients, int fd)
{
	for (size_t i = 0; i < HTTP_CLIENTS_MAX; i++) {
		if (clients->v[i].used)
			continue;
		clients->v[i] =
			(struct http_client){ .used = true, .fd = fd, .since_ns = clock_now_ns() };
		clients->n++;
		return &clients->v[i];
	}
	return NULL;
}

void http_clients__remove(struct http_clients *clients, struct http_client *client)
{
	client->used = false;
	clients->n--;
}

void http_client__asks(struct http_client *client)
{
	client->has_asked = true;
}

/*
 * Whether it hung up before it asked. If that comes together with what it sent, libmicrohttpd does not see it: it waits for the
 * next edge of its epoll.
 */
static bool has_hung_up(const struct http_client *client)
{
	char c;

	return !client->has_asked && recv(client->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

void http_clients__cut_slow(struct http_clients *clients, uint64_t max_ns)
{
	uint64_t now_ns = clock_now_ns();

	for (size_t i = 0; i < HTTP_CLIENTS_MAX && clients->n; i++) {
		const struct http_client *client = &clients->v[i];

		if (client->used && (now_ns - client->since_ns > max_ns || has_hung_up(client)))
			shutdown(client->fd, SHUT_RDWR);
	}
}
