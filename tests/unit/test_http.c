// SPDX-License-Identifier: GPL-2.0
/*
 * http: what is answered; and clients that are slow, many, or talk nonsense disturb no other.
 *
 * No test has an upper limit of time but HANG_NS, which only ends one that would hang. Which clients are still
 * connected shows whether one was waited for. Where none is cut off, an answer that waited for a slow client would
 * never come.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include "../../user/base/clock.h"
#include "../../user/base/listen_addr.h"
#include "../../user/model/delta.h"
#include "../../user/model/frame.h"
#include "../../user/model/reasons.h"
#include "../../user/sinks/http.h"
#include "big.h"

#define MSEC UINT64_C(1000000)
#define LONG_NS (600 * SEC_NS)
#define HANG_NS (120 * SEC_NS)

/* Cuts no client off, and every frame is fresh, however busy the machine is. */
static const struct http_opts patient = { .fresh_ns = LONG_NS,
					  .client_max_ns = LONG_NS,
					  .crowded_max_ns = LONG_NS };

static const struct host_info host = { .name = "h", .kernel = "6.12", .arch = "x86_64", .cpus = 4 };

static struct http *open_http(struct http_opts opts)
{
	struct listen_addr addr = { .len = 0 };
	struct http *http = NULL;
	const char *why;
	char text[128];

	assert_int_equal(listen_addr__parse("1", &addr, &why), 0);
	((struct sockaddr_in *)&addr.sa)->sin_port = 0; /* any that is free */
	opts.addr = &addr;
	assert_int_equal(http__open(&opts, text, sizeof(text), &http), 0);
	return http;
}

/* A frame of @cur, which ends here. */
static struct frame *make_frame(struct snapshot *cur)
{
	struct snapshot *prev = make_snapshot(1, 0);
	struct reason_names *names = reason_names__new();
	struct frame *frame = NULL;

	assert_int_equal(delta__compute(prev, cur, &host, names, &frame), 0);
	reason_names__free(names);
	snapshot__free(prev);
	snapshot__free(cur);
	return frame;
}

/* A frame of one VM, @sec seconds after boot. */
static void publish(struct http *http, uint64_t sec)
{
	struct frame *frame = make_frame(make_snapshot(sec, 1));

	http__publish(http, frame);
	frame__free(frame);
}

/* ---- a client */

static int dial(const struct http *http)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
				   .sin_port = htons(http__port(http)),
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	return fd;
}

/* False: the other end has hung up. */
static bool say(int fd, const char *text, size_t len)
{
	return send(fd, text, len, MSG_NOSIGNAL) == (ssize_t)len;
}

/* All that comes until the end, NUL-terminated; NULL: it hangs. */
static char *hear(int fd, size_t *ret_len)
{
	size_t len = 0, room = 65536;
	char *text = malloc(room + 1);
	uint64_t end_ns = clock_now_ns() + HANG_NS;

	for (;;) {
		struct pollfd pollfd = { .fd = fd, .events = POLLIN };
		ssize_t n;

		if (clock_now_ns() > end_ns) {
			free(text);
			return NULL;
		}
		if (poll(&pollfd, 1, 100) <= 0)
			continue;
		if (len == room)
			text = realloc(text, (room *= 2) + 1);
		assert_non_null(text);
		n = recv(fd, text + len, room - len, 0);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	text[len] = '\0';
	*ret_len = len;
	return text;
}

static char *ask(const struct http *http, const char *request, size_t *ret_len)
{
	__autoclose int fd = dial(http);
	char *answer;

	say(fd, request, strlen(request));
	answer = hear(fd, ret_len);
	assert_non_null(answer);
	return answer;
}

#define HEADERS_END "\r\nHost: x\r\n\r\n"
#define PROTOBUF                                                                     \
	"application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; " \
	"encoding=delimited"
#define GET_METRICS "GET /metrics HTTP/1.1" HEADERS_END
#define GET_HEALTH "GET /healthz HTTP/1.1" HEADERS_END

/* The answer begins with @status, and has @word in it. */
static bool has_said(const char *answer, const char *status, const char *word)
{
	return !strncmp(answer, "HTTP/1.", 7) && !strncmp(answer + 9, status, 3) &&
	       strstr(answer, word);
}

static void expect(const struct http *http, const char *request, const char *status,
		   const char *word)
{
	size_t len;
	__autofree char *answer = ask(http, request, &len);

	if (!has_said(answer, status, word))
		fail_msg("%s: no %s with %s: %.300s", request, status, word, answer);
}

static bool is_answered(const struct http *http, const char *request, const char *status)
{
	size_t len;
	__autofree char *answer = ask(http, request, &len);

	return has_said(answer, status, "");
}

/* Asks again and again. */
static void expect_in_the_end(const struct http *http, const char *request, const char *status)
{
	uint64_t end_ns = clock_now_ns() + HANG_NS;

	while (!is_answered(http, request, status))
		assert_true(clock_now_ns() < end_ns);
}

/* The other end has not hung up, and has sent nothing. */
static bool is_waiting(int fd)
{
	char c;

	return recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

/* Something came, be it the end. */
static void await(int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	assert_int_equal(poll(&pollfd, 1, (int)(HANG_NS / MSEC)), 1);
}

/* A scrape, all of it good. */
static void scrape(const struct http *http)
{
	expect(http,
	       "GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: application/openmetrics-text\r\n\r\n",
	       "200", "\n# EOF\n");
}

static const char *body_of(const char *answer)
{
	const char *end = strstr(answer, "\r\n\r\n");

	assert_non_null(end);
	return end + 4;
}

/* ---- tests */

static void answers(void **state)
{
	struct http *http = open_http(patient);

	(void)state;
	expect(http, GET_METRICS, "503", "no fresh frame");
	expect(http, GET_HEALTH, "503", "no fresh frame");
	publish(http, 2);
	expect(http, GET_METRICS, "200", "\nkvmtop_vms 1\n");
	expect(http, GET_METRICS, "200",
	       "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n");
	expect(http, "GET /metrics?x=1 HTTP/1.0\r\n\r\n", "200", "kvmtop_vms 1\n");
	expect(http,
	       "GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: application/openmetrics-text\r\n\r\n",
	       "200",
	       "Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n");
	expect(http, "GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: " PROTOBUF "\r\n\r\n", "200",
	       "Content-Type: " PROTOBUF "\r\n");
	expect(http, GET_HEALTH, "200", "ok");
	expect(http, "GET / HTTP/1.1" HEADERS_END, "200", "href=\"/metrics\"");
	expect(http, "GET /metrics/ HTTP/1.1" HEADERS_END, "404", "/metrics");
	expect(http, "GET /../metrics HTTP/1.1" HEADERS_END, "404", "/metrics");
	expect(http, "POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", "405",
	       "Allow: GET, HEAD\r\n");
	expect(http, "DELETE /healthz HTTP/1.1" HEADERS_END, "405", "Allow");
	expect(http, "BREW /coffee HTTP/1.1" HEADERS_END, "404", "/metrics");
	scrape(http);
	http__close(http);
}

static void head_has_no_body(void **state)
{
	struct http *http = open_http(patient);
	size_t len;
	char *answer;

	(void)state;
	publish(http, 2);
	answer = ask(http, "HEAD /metrics HTTP/1.1" HEADERS_END, &len);
	assert_int_equal(strncmp(answer + 9, "200", 3), 0);
	assert_non_null(strstr(answer, "Content-Length: "));
	assert_string_equal(body_of(answer), "");
	free(answer);
	http__close(http);
}

/* What is packed is what is not packed; @accept is for both. */
static void check_gzip(const struct http *http, const char *accept)
{
	size_t plain_len, len;
	char request[256], unpacked[65536];
	__autofree char *plain = NULL, *packed = NULL;
	z_stream z = { .next_out = (Bytef *)unpacked, .avail_out = sizeof(unpacked) };

	snprintf(request, sizeof(request), "GET /metrics HTTP/1.1\r\nHost: x\r\n%s\r\n", accept);
	plain = ask(http, request, &plain_len);
	snprintf(request, sizeof(request),
		 "GET /metrics HTTP/1.1\r\nHost: x\r\n%sAccept-Encoding: gzip\r\n\r\n", accept);
	packed = ask(http, request, &len);
	assert_null(strstr(plain, "Content-Encoding"));
	assert_non_null(strstr(packed, "Content-Encoding: gzip\r\n"));
	z.next_in = (Bytef *)body_of(packed);
	z.avail_in = (uInt)(len - (size_t)(body_of(packed) - packed));
	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	inflateEnd(&z);
	assert_int_equal(z.total_out, plain_len - (size_t)(body_of(plain) - plain));
	assert_memory_equal(unpacked, body_of(plain), z.total_out);
}

static void gzip(void **state)
{
	struct http *http = open_http(patient);

	(void)state;
	publish(http, 2);
	check_gzip(http, "");
	check_gzip(http, "Accept: " PROTOBUF "\r\n");
	http__close(http);
}

/* The answer has the last frame. */
static void frames_follow(void **state)
{
	struct http *http = open_http(patient);

	(void)state;
	publish(http, 2);
	expect(http, GET_METRICS, "200", "frame_timestamp_seconds 1700000002.0");
	publish(http, 3);
	expect(http, GET_METRICS, "200", "frame_timestamp_seconds 1700000003.0");
	http__close(http);
}

/* One that is too old is none, until the next is there. */
static void frames_get_old(void **state)
{
	struct http_opts opts = patient;
	uint64_t start_ns;
	struct http *http;

	(void)state;
	opts.fresh_ns = 200 * MSEC;
	http = open_http(opts);
	start_ns = clock_now_ns();
	publish(http, 2);
	expect_in_the_end(http, GET_HEALTH, "503");
	assert_true(clock_now_ns() - start_ns > opts.fresh_ns);
	expect(http, GET_METRICS, "503", "no fresh frame");
	do
		publish(http, 3);
	while (!is_answered(http, GET_HEALTH, "200") && clock_now_ns() - start_ns < HANG_NS);
	assert_true(clock_now_ns() - start_ns < HANG_NS);
	http__close(http);
}

static void port_in_use(void **state)
{
	struct http *first = open_http(patient), *second = NULL;
	struct listen_addr addr = { .len = 0 };
	struct http_opts opts = { .addr = &addr, .fresh_ns = LONG_NS };
	const char *unused;
	char why[128] = "";

	(void)state;
	assert_int_equal(listen_addr__parse("1", &addr, &unused), 0);
	((struct sockaddr_in *)&addr.sa)->sin_port = htons(http__port(first));
	assert_int_equal(http__open(&opts, why, sizeof(why), &second), -EADDRINUSE);
	assert_non_null(strstr(why, "already"));
	assert_int_equal(listen_addr__parse("192.0.2.1:9", &addr, &unused), 0);
	assert_int_equal(http__open(&opts, why, sizeof(why), &second), -EADDRNOTAVAIL);
	assert_null(second);
	http__close(first);
}

/* [::] is IPv4, too. */
static void both_families(void **state)
{
	struct listen_addr addr = { .len = 0 };
	const struct http_opts opts = { .addr = &addr, .fresh_ns = LONG_NS };
	struct http *http = NULL;
	const char *unused;
	char why[128];

	(void)state;
	assert_int_equal(listen_addr__parse("[::]:1", &addr, &unused), 0);
	((struct sockaddr_in6 *)&addr.sa)->sin6_port = 0;
	if (http__open(&opts, why, sizeof(why), &http) == -EAFNOSUPPORT)
		skip();
	assert_non_null(http);
	publish(http, 2);
	scrape(http);
	http__close(http);
}

static void many_at_once(void **state)
{
	struct http *http = open_http(patient);
	int fds[100];

	(void)state;
	publish(http, 2);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = dial(http);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		assert_true(say(fds[i], GET_METRICS, strlen(GET_METRICS)));
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		size_t len;
		__autofree char *answer = hear(fds[i], &len);

		assert_non_null(answer);
		assert_non_null(strstr(answer, "\nkvmtop_vms 1\n"));
		close(fds[i]);
	}
	http__close(http);
}

/* Sends half a request, or nothing. */
static int dial_half(const struct http *http, size_t i)
{
	int fd = dial(http);

	if (i % 2)
		say(fd, "GET /met", 8);
	return fd;
}

static void close_all(const int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		close(fds[i]);
}

/* Beside a few half requests no client waits: all of them are still there when the answer has come. */
static void few_half_requests(void **state)
{
	struct http *http = open_http(patient);
	int fds[20];

	(void)state;
	publish(http, 2);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = dial_half(http, i);
	scrape(http);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		assert_true(is_waiting(fds[i]));
	close_all(fds, ARRAY_SIZE(fds));
	http__close(http);
}

/* Of many clients the first are cut off: of the 71 that come, 32 have a place. */
static void many_half_requests(void **state)
{
	struct http_opts opts = patient;
	struct http *http;
	int fds[70];

	(void)state;
	opts.crowded_max_ns = 100 * MSEC;
	http = open_http(opts);
	publish(http, 2);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = dial_half(http, i);
	/* One that asks late is cut off like others. */
	expect_in_the_end(http, GET_METRICS, "200");
	for (size_t i = 0; i < ARRAY_SIZE(fds) + 1 - 32; i++) {
		await(fds[i]);
		assert_false(is_waiting(fds[i]));
	}
	close_all(fds, ARRAY_SIZE(fds));
	http__close(http);
}

/* A client that sends a byte now and then is cut off like one that does nothing. */
static void drip(void **state)
{
	struct http_opts opts = patient;
	uint64_t start_ns = clock_now_ns();
	struct http *http;
	int fd;

	(void)state;
	opts.client_max_ns = 400 * MSEC;
	http = open_http(opts);
	fd = dial(http);
	while (say(fd, "G", 1)) {
		assert_true(clock_now_ns() - start_ns < HANG_NS);
		usleep(20000);
	}
	assert_true(clock_now_ns() - start_ns > opts.client_max_ns);
	close(fd);
	http__close(http);
}

/* Publishes @frame, asks for it, and reads nothing but sees that the answer has begun. */
static int dial_slow(struct http *http, const struct frame *frame)
{
	const int small = 4096;
	int fd;

	http__publish(http, frame); /* another each time, for all it knows */
	fd = dial(http);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	say(fd, GET_METRICS, strlen(GET_METRICS));
	await(fd);
	return fd;
}

/* How long the text of 1,000 VMs is. 0: it was cut off. */
static size_t scrape_much(const struct http *http)
{
	size_t len;
	__autofree char *answer = ask(http, GET_METRICS, &len);

	return has_said(answer, "200", "") && len > 10000000 && answer[len - 1] == '\n' ? len : 0;
}

/*
 * Neither the frames nor other clients wait for a few that do not read. None is cut off here, so otherwise this would
 * never end.
 */
static void few_slow_readers(void **state)
{
	struct frame *frame = make_frame(big_snapshot(2, 10));
	struct http *http = open_http(patient);
	int fds[6];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = dial_slow(http, frame);
	assert_true(scrape_much(http));
	close_all(fds, ARRAY_SIZE(fds));
	frame__free(frame);
	http__close(http);
}

/* What many of them hold is bounded, and they are cut off. */
static void many_slow_readers(void **state)
{
	struct frame *frame = make_frame(big_snapshot(2, 10));
	const size_t before = mallinfo2().hblkhd;
	struct http_opts opts = patient;
	struct http *http;
	uint64_t end_ns;
	size_t held, body;
	int fds[24];

	(void)state;
	opts.crowded_max_ns = 300 * MSEC;
	http = open_http(opts);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = dial_slow(http, frame);
	held = mallinfo2().hblkhd - before;
	end_ns = clock_now_ns() + HANG_NS;
	while (!(body = scrape_much(http)))
		assert_true(clock_now_ns() < end_ns);
	print_message("held for them: %.0f MB, answers of %.0f MB\n", (double)held / 1e6,
		      (double)body / 1e6);
	/* A text that grows is up to twice as large as it is long. */
	assert_true(!COUNTS_BYTES || held < 2 * 8 * body);
	frame__free(frame);
	close_all(fds, ARRAY_SIZE(fds));
	http__close(http);
}

/* Whatever is sent, it answers or hangs up, and goes on. */
static void garbage(void **state)
{
	static const char *const pieces[] = {
		"GET ",
		"/metrics",
		" HTTP/1.1",
		"\r\n",
		"\n",
		"Host: x",
		":",
		"\xff",
		" ",
		"\t",
		"Accept: application/openmetrics-text;q=",
		"Content-Length: 99999999999999999999",
		"Transfer-Encoding: chunked",
		"\r\n\r\n",
		"POST ",
		"%",
		"%00",
		"/",
		"?",
		"..",
		"0\r\n",
		"Expect: 100-continue",
		"Connection: keep-alive",
		"HTTP/9.9",
		"Accept-Encoding: gzip;q=",
	};
	struct http *http = open_http(patient);
	unsigned int seed = 1;

	(void)state;
	publish(http, 2);
	for (int round = 0; round < 2000; round++) {
		int fd = dial(http);
		char text[4096];
		size_t len = 0;

		for (int n = rand_r(&seed) % 30; n; n--)
			len += (size_t)snprintf(text + len, 64, "%s",
						pieces[(size_t)rand_r(&seed) % ARRAY_SIZE(pieces)]);
		if (round % 10 == 0)
			text[len++] = '\0';
		say(fd, text, len);
		if (round % 3 == 0)
			shutdown(fd, SHUT_WR);
		close(fd);
		if (round % 100 == 0)
			scrape(http);
	}
	http__close(http);
}

/* More headers than there is room for. */
static void too_much(void **state)
{
	struct http *http = open_http(patient);
	char line[1001];
	int fd = dial(http);
	bool taken = true;

	(void)state;
	publish(http, 2);
	memset(line, 'a', sizeof(line));
	line[1] = ':';
	memcpy(line + 998, "\r\n", 3);
	say(fd, "GET /metrics HTTP/1.1\r\n", 23);
	for (int i = 0; i < 10000 && taken; i++)
		taken = say(fd, line, 1000);
	assert_false(taken);
	close(fd);
	scrape(http);
	http__close(http);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(head_has_no_body),
		cmocka_unit_test(gzip),
		cmocka_unit_test(frames_follow),
		cmocka_unit_test(frames_get_old),
		cmocka_unit_test(port_in_use),
		cmocka_unit_test(many_at_once),
		cmocka_unit_test(few_half_requests),
		cmocka_unit_test(many_half_requests),
		cmocka_unit_test(drip),
		cmocka_unit_test(few_slow_readers),
		cmocka_unit_test(many_slow_readers),
		cmocka_unit_test(garbage),
		cmocka_unit_test(too_much),
		cmocka_unit_test(both_families),
	};

	return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
