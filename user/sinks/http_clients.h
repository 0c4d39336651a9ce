/* SPDX-License-Identifier: GPL-2.0 */
/* http_clients: the clients of http, since when they are connected, and which are cut off as others wait. It knows nothing of HTTP. */
#ifndef KVMTOP_SINKS_HTTP_CLIENTS_H
#define KVMTOP_SINKS_HTTP_CLIENTS_H

#include <stddef.h>
#include <stdint.h>

/* At once. */
#define HTTP_CLIENTS_MAX 32

struct http_client;
struct http_clients;

/* Nobody yet; NULL: no memory. */
struct http_clients *http_clients__new(void);
/* Takes NULL. */
void http_clients__free(struct http_clients *clients);

/* How many are connected. */
size_t http_clients__n(const struct http_clients *clients);

/* One more, from now on, by the socket @fd, which stays the caller's; NULL: there is no place. */
struct http_client *http_clients__add(struct http_clients *clients, int fd);
void http_clients__remove(struct http_clients *clients, struct http_client *client);

/* Its request is there and is being answered. */
void http_client__asks(struct http_client *client);

/*
 * Shuts the sockets of those that have been connected for more than @max_ns, or that hung up before they asked. Their next read or write fails, and with it the
 * connection ends.
 */
void http_clients__cut_slow(struct http_clients *clients, uint64_t max_ns);

#endif
