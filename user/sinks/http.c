// SPDX-License-Identifier: GPL-2.0
/*
 * http: libmicrohttpd in a thread of ours. The thread waits, lets it answer, and cuts off slow
 * clients.
 *
 * A frame is rendered when it is first asked for, once for each format and encoding. All clients
 * get the same bytes. They are freed when the frame is not the last one any more and no client is
 * being sent them. Every answer ends its connection, so a client that was served does not keep a
 * place.
 */
#include "http.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <zlib.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/listen_socket.h"
#include "../base/thread.h"
#include "../model/frame.h"
#include "http_clients.h"
#include "negotiate.h"
#include "openmetrics.h"

/* Connections beyond HTTP_CLIENTS_MAX wait in the kernel, so many. */
#define BACKLOG 128

/* Memory of a connection for its headers, and of the kernel for what is sent to it. */
#define CLIENT_BYTES 16384
#define SEND_BUFFER_BYTES (256 << 10)

/* A connection that is not done after so long is cut off; when others have to wait for it, much sooner. */
#define CLIENT_MAX_NS (10 * 1000000000ull)
#define CROWDED_MAX_NS 1000000000ull

/* Renderings that are kept for clients that are still being sent them, or will be. */
#define BODIES_MAX 8

/* How often slow clients are looked for while there is any. */
#define LOOK_MS 100

enum encoding { ENCODING_PLAIN, ENCODING_GZIP, ENCODING_MAX };

/* What was published last. */
struct published {
	const struct frame *frame; /* NULL: nothing yet */
	uint64_t number;	   /* 1, 2, ... */
	uint64_t at_ns;
};

struct http {
	struct http_opts opts;
	pthread_t thread;
	bool has_thread;
	int stop_fd;
	uint16_t port;

	pthread_mutex_t lock;
	struct published last; /* by @lock */

	/* The thread's. */
	struct MHD_Daemon *daemon;
	struct http_clients *clients;
	bool has_closed; /* some connection, at the last run */
	size_t n_bodies;
	uint64_t rendered; /* the number of the frame that @responses are of */
	struct MHD_Response *responses[EXPOSITION_FORMAT_MAX][ENCODING_MAX];
};

/* A rendering; freed by libmicrohttpd when it is used no more. */
struct body {
	struct http *http;
	char *v;
	size_t len;
};

/* ---- answers */

static void free_body(void *cls)
{
	struct body *body = cls;

	body->http->n_bodies--;
	free(body->v);
	free(body);
}

/* Replaces the text by its gzip. 0 or -ENOMEM. */
static int compress_body(struct body *body)
{
	z_stream z = { .next_in = (Bytef *)body->v, .avail_in = (uInt)body->len };
	char *v, *less;
	size_t room;
	int err;

	/* 15 bits of window, and 16: with the header of gzip. */
	if (body->len > UINT32_MAX ||
	    deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return -ENOMEM;
	room = deflateBound(&z, body->len);
	v = malloc(room);
	z.next_out = (Bytef *)v;
	z.avail_out = (uInt)room;
	err = v && deflate(&z, Z_FINISH) == Z_STREAM_END ? 0 : -ENOMEM;
	deflateEnd(&z);
	if (err) {
		free(v);
		return err;
	}
	free(body->v);
	body->len = room - z.avail_out;
	less = realloc(v, body->len);
	if (less)
		v = less;
	body->v = v;
	return 0;
}

/* An answer with headers that all have; takes @response. */
static enum MHD_Result answer(struct MHD_Connection *connection, unsigned int status,
			      struct MHD_Response *response)
{
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result answer_text(struct MHD_Connection *connection, unsigned int status,
				   const char *type, const char *text)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_PERSISTENT);

	if (response)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (response && status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	return answer(connection, status, response);
}

static enum MHD_Result answer_line(struct MHD_Connection *connection, unsigned int status,
				   const char *line)
{
	return answer_text(connection, status, "text/plain; charset=utf-8", line);
}

/* The last frame, shared, if it is not too old. */
static struct published take_last(struct http *http)
{
	struct published last;

	pthread_mutex_lock(&http->lock);
	last = http->last;
	if (last.frame && clock_now_ns() - last.at_ns > http->opts.fresh_ns)
		last.frame = NULL;
	if (last.frame)
		frame__share(last.frame);
	pthread_mutex_unlock(&http->lock);
	return last;
}

static struct body *render_body(struct http *http, const struct frame *frame,
				enum exposition_format format, enum encoding encoding)
{
	struct body *body = calloc(1, sizeof(*body));

	if (!body)
		return NULL;
	body->http = http;
	http->n_bodies++;
	if (openmetrics__render(format, frame, &http->opts.view, &body->v, &body->len) ||
	    (encoding == ENCODING_GZIP && compress_body(body))) {
		free_body(body);
		return NULL;
	}
	return body;
}

static struct MHD_Response *render(struct http *http, const struct frame *frame,
				   enum exposition_format format, enum encoding encoding)
{
	static const char *const types[EXPOSITION_FORMAT_MAX] = {
		[EXPOSITION_OPENMETRICS] = "application/openmetrics-text; version=1.0.0; "
					   "charset=utf-8",
		[EXPOSITION_PROMETHEUS] = "text/plain; version=0.0.4; charset=utf-8",
		[EXPOSITION_PROTOBUF] = "application/vnd.google.protobuf; "
					"proto=io.prometheus.client.MetricFamily; "
					"encoding=delimited",
	};
	struct body *body = render_body(http, frame, format, encoding);
	struct MHD_Response *response;

	if (!body)
		return NULL;
	response = MHD_create_response_from_buffer_with_free_callback_cls(body->len, body->v,
									  free_body, body);
	if (!response) {
		free_body(body);
		return NULL;
	}
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, types[format]);
	MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, "Accept, Accept-Encoding");
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	if (encoding == ENCODING_GZIP)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
	return response;
}

static void forget_responses(struct http *http)
{
	for (int format = 0; format < EXPOSITION_FORMAT_MAX; format++) {
		for (int encoding = 0; encoding < ENCODING_MAX; encoding++) {
			if (http->responses[format][encoding])
				MHD_destroy_response(http->responses[format][encoding]);
			http->responses[format][encoding] = NULL;
		}
	}
}

static enum MHD_Result answer_metrics(struct http *http, struct MHD_Connection *connection)
{
	const char *accept =
		MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT);
	const char *accept_encoding = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
								  MHD_HTTP_HEADER_ACCEPT_ENCODING);
	enum exposition_format format = negotiate_format(accept);
	enum encoding encoding = negotiate_gzip(accept_encoding) ? ENCODING_GZIP : ENCODING_PLAIN;
	struct MHD_Response **response = &http->responses[format][encoding];
	struct published last = take_last(http);

	if (!last.frame)
		return answer_line(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "no fresh frame\n");
	if (last.number != http->rendered)
		forget_responses(http);
	http->rendered = last.number;
	if (!*response && http->n_bodies < BODIES_MAX)
		*response = render(http, last.frame, format, encoding);
	frame__free(last.frame);
	if (!*response)
		return answer_line(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
				   "no memory for one more answer\n");
	return MHD_queue_response(connection, MHD_HTTP_OK, *response);
}

static enum MHD_Result answer_health(struct http *http, struct MHD_Connection *connection)
{
	struct published last = take_last(http);

	frame__free(last.frame);
	return last.frame
		       ? answer_line(connection, MHD_HTTP_OK, "ok\n")
		       : answer_line(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "no fresh frame\n");
}

static enum MHD_Result answer_page(struct http *http, struct MHD_Connection *connection)
{
	(void)http;
	return answer_text(connection, MHD_HTTP_OK, "text/html; charset=utf-8",
			   "<!DOCTYPE html>\n<html lang=\"en\"><title>kvmtop</title>\n"
			   "<h1>kvmtop</h1>\n<p><a href=\"/metrics\">metrics</a> "
			   "<a href=\"/healthz\">health</a></p></html>\n");
}

static const struct {
	const char *path;
	enum MHD_Result (*answer)(struct http *http, struct MHD_Connection *connection);
} pages[] = {
	{ "/metrics", answer_metrics },
	{ "/healthz", answer_health },
	{ "/", answer_page },
};

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *upload,
				  size_t *upload_size, void **state)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct http_client *client = info ? info->socket_context : NULL;

	(void)version;
	(void)upload;
	(void)state;
	if (client)
		http_client__asks(client);
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		if (strcmp(url, pages[i].path))
			continue;
		if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD)) {
			*upload_size = 0;
			return answer_line(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
					   "only GET and HEAD\n");
		}
		return pages[i].answer(cls, connection);
	}
	*upload_size = 0;
	return answer_line(connection, MHD_HTTP_NOT_FOUND, "there is /metrics\n");
}

/* ---- clients */

static void on_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
			  enum MHD_ConnectionNotificationCode code)
{
	struct http *http = cls;
	struct http_client *client = *socket_context;
	const union MHD_ConnectionInfo *info;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED && client) {
		http_clients__remove(http->clients, client);
		http->has_closed = true;
	}
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (code != MHD_CONNECTION_NOTIFY_STARTED || !info)
		return;
	client = http_clients__add(http->clients, info->connect_fd);
	if (client)
		*socket_context = client;
}

/* Whether other clients have to wait for those that are connected. */
static bool is_crowded(const struct http *http)
{
	return http_clients__n(http->clients) == HTTP_CLIENTS_MAX || http->n_bodies == BODIES_MAX;
}

static void cut_slow_clients(struct http *http)
{
	http_clients__cut_slow(http->clients, is_crowded(http) ? http->opts.crowded_max_ns
							       : http->opts.client_max_ns);
}

/* How long there is nothing to do unless something comes. */
static int timeout_ms(const struct http *http)
{
	MHD_UNSIGNED_LONG_LONG ms;

	/* After it was full it accepts again at the next run, and says nothing of that. */
	if (http->has_closed)
		return 0;
	if (MHD_get_timeout(http->daemon, &ms) == MHD_YES && ms < LOOK_MS)
		return (int)ms;
	return http_clients__n(http->clients) ? LOOK_MS : -1;
}

static void *serve(void *arg)
{
	struct http *http = arg;
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	struct pollfd fds[] = {
		{ .fd = info ? info->epoll_fd : -1, .events = POLLIN },
		{ .fd = http->stop_fd, .events = POLLIN },
	};

	/* This thread reads untrusted bytes, and needs no privilege. */
	thread_drop_capabilities();
	while (!fds[1].revents) {
		if (poll(fds, ARRAY_SIZE(fds), timeout_ms(http)) < 0 && errno != EINTR)
			break;
		http->has_closed = false;
		MHD_run(http->daemon);
		cut_slow_clients(http);
	}
	return NULL;
}

/* ---- its life */

static int start_thread(struct http *http)
{
	int err = thread_start(&http->thread, serve, http);

	http->has_thread = !err;
	return err;
}

static int start(struct http *http, int listen_fd)
{
	http->daemon =
		MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, on_request, http,
				 MHD_OPTION_LISTEN_SOCKET, listen_fd, MHD_OPTION_CONNECTION_LIMIT,
				 (unsigned int)HTTP_CLIENTS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
				 (size_t)CLIENT_BYTES, MHD_OPTION_NOTIFY_CONNECTION, on_connection,
				 http, MHD_OPTION_END);
	if (!http->daemon) {
		close(listen_fd);
		return -ENOMEM;
	}
	http->stop_fd = eventfd(0, EFD_CLOEXEC);
	return http->stop_fd < 0 ? -errno : start_thread(http);
}

int http__open(const struct http_opts *opts, char *why, size_t why_size, struct http **ret_http)
{
	struct http *http = calloc(1, sizeof(*http));
	int err, fd = -1;

	if (!http)
		return -ENOMEM;
	http->opts = *opts;
	if (!opts->client_max_ns)
		http->opts.client_max_ns = CLIENT_MAX_NS;
	if (!opts->crowded_max_ns)
		http->opts.crowded_max_ns = CROWDED_MAX_NS;
	http->stop_fd = -1;
	pthread_mutex_init(&http->lock, NULL);
	http->clients = http_clients__new();
	err = http->clients
		      ? listen_socket(opts->addr, BACKLOG, SEND_BUFFER_BYTES, &fd, &http->port)
		      : -ENOMEM;
	if (!err)
		err = start(http, fd);
	if (err) {
		snprintf(why, why_size, "%s",
			 err == -EADDRINUSE
				 ? "another program listens there already: give another port"
			 : err == -EADDRNOTAVAIL
				 ? "this host has no such address: ip address shows those it has"
				 : strerror(-err));
		http__close(http);
		return err;
	}
	*ret_http = http;
	return 0;
}

void http__set_fresh(struct http *http, uint64_t fresh_ns)
{
	pthread_mutex_lock(&http->lock);
	http->opts.fresh_ns = fresh_ns;
	pthread_mutex_unlock(&http->lock);
}

void http__publish(struct http *http, const struct frame *frame)
{
	const struct frame *before;

	frame__share(frame);
	pthread_mutex_lock(&http->lock);
	before = http->last.frame;
	http->last = (struct published){ .frame = frame,
					 .number = http->last.number + 1,
					 .at_ns = clock_now_ns() };
	pthread_mutex_unlock(&http->lock);
	frame__free(before);
}

uint16_t http__port(const struct http *http)
{
	return http->port;
}

void http__close(struct http *http)
{
	const uint64_t one = 1;

	if (!http)
		return;
	if (http->has_thread) {
		while (write(http->stop_fd, &one, sizeof(one)) < 0 && errno == EINTR)
			;
		pthread_join(http->thread, NULL);
	}
	forget_responses(http);
	if (http->daemon)
		MHD_stop_daemon(http->daemon);
	if (http->stop_fd >= 0)
		close(http->stop_fd);
	http_clients__free(http->clients);
	frame__free(http->last.frame);
	pthread_mutex_destroy(&http->lock);
	free(http);
}
