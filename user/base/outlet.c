// SPDX-License-Identifier: GPL-2.0
/* outlet: one queue, its thread, and an eventfd that signals its progress. */
#include "outlet.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "memstream.h"
#include "thread.h"

/* Of one write, at most: a pipe takes so much at once or not at all (PIPE_BUF). */
#define WRITE_BYTES 4096

/* How often the thread is woken up until it has ended. */
#define WAKE_EVERY_NS 5000000

struct piece {
	struct piece *next;
	char *text;
	size_t len;
};

struct outlet {
	struct outlet_opts opts;
	/* The piece that is being made. */
	FILE *stream;
	char *text;
	size_t len;

	pthread_t thread;
	bool has_thread; /* it was started */
	int event_fd;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* By @lock. */
	struct piece *first, **last; /* the first one is being written */
	size_t n, bytes;
	uint64_t written;
	int err;
	bool stop;
	bool awaited; /* the caller waits for a piece to be written */
};

/* Only to end a system call. */
static void on_wake(int number)
{
	(void)number;
}

static void free_piece(struct piece *piece)
{
	free(piece->text);
	free(piece);
}

/* ---- writing */

static bool is_stopped(struct outlet *outlet)
{
	bool stop;

	pthread_mutex_lock(&outlet->lock);
	stop = outlet->stop;
	pthread_mutex_unlock(&outlet->lock);
	return stop;
}

static void count_written(struct outlet *outlet, size_t n)
{
	pthread_mutex_lock(&outlet->lock);
	outlet->written += n;
	pthread_mutex_unlock(&outlet->lock);
}

/* Another process may have set O_NONBLOCK for an open file that it shares with us. */
static void wait_for_room(const struct outlet *outlet)
{
	struct pollfd fd = { .fd = outlet->opts.fd, .events = POLLOUT };

	poll(&fd, 1, -1);
}

/* Whole lines, where one is short enough: so a pipe has no part of a line when its reader is no longer waited for. */
static size_t length_of_write(const char *text, size_t left)
{
	const char *line_end;

	if (left <= WRITE_BYTES)
		return left;
	line_end = memrchr(text, '\n', WRITE_BYTES);
	return line_end ? (size_t)(line_end + 1 - text) : WRITE_BYTES;
}

/* All of it. 0, -ECANCELED when it was stopped, or another negative errno. */
static int write_piece(struct outlet *outlet, const struct piece *piece)
{
	size_t done = 0;

	while (done < piece->len) {
		const char *text = piece->text + done;
		ssize_t n;

		if (is_stopped(outlet))
			return -ECANCELED;
		n = write(outlet->opts.fd, text, length_of_write(text, piece->len - done));
		if (n > 0) {
			done += (size_t)n;
			count_written(outlet, (size_t)n);
		} else if (!n) {
			return -EIO;
		} else if (errno == EAGAIN) {
			wait_for_room(outlet);
		} else if (errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}

static void tell(const struct outlet *outlet)
{
	const uint64_t one = 1;

	while (write(outlet->event_fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

/* The next piece, which stays in the queue; NULL: that was all. */
static struct piece *wait_for_piece(struct outlet *outlet)
{
	struct piece *piece;

	pthread_mutex_lock(&outlet->lock);
	while (!outlet->first && !outlet->stop)
		pthread_cond_wait(&outlet->changed, &outlet->lock);
	piece = outlet->stop ? NULL : outlet->first;
	pthread_mutex_unlock(&outlet->lock);
	return piece;
}

static void take_out_first(struct outlet *outlet)
{
	struct piece *piece = outlet->first;

	outlet->first = piece->next;
	if (!outlet->first)
		outlet->last = &outlet->first;
	outlet->n--;
	outlet->bytes -= piece->len;
	free_piece(piece);
}

/* Whether to go on. */
static bool end_piece(struct outlet *outlet, int err)
{
	pthread_mutex_lock(&outlet->lock);
	if (err)
		outlet->err = err;
	else
		take_out_first(outlet);
	if (outlet->awaited || outlet->err)
		tell(outlet);
	pthread_mutex_unlock(&outlet->lock);
	return !err;
}

static void *write_all(void *arg)
{
	struct outlet *outlet = arg;
	struct piece *piece;
	sigset_t wake;

	thread_drop_capabilities();
	sigemptyset(&wake);
	sigaddset(&wake, SIGURG);
	pthread_sigmask(SIG_UNBLOCK, &wake, NULL);
	while ((piece = wait_for_piece(outlet)))
		if (!end_piece(outlet, write_piece(outlet, piece)))
			break;
	return NULL;
}

/* ---- pieces */

bool outlet__has_room(struct outlet *outlet)
{
	bool room;

	pthread_mutex_lock(&outlet->lock);
	room = outlet->n < 2 || outlet->bytes < outlet->opts.keep_bytes;
	pthread_mutex_unlock(&outlet->lock);
	return room;
}

FILE *outlet__begin(struct outlet *outlet)
{
	outlet->text = NULL;
	outlet->stream = memstream_open(&outlet->text, &outlet->len);
	return outlet->stream;
}

static int put(struct outlet *outlet, char *text, size_t len)
{
	struct piece *piece = malloc(sizeof(*piece));
	int err;

	if (!piece) {
		free(text);
		return -ENOMEM;
	}
	*piece = (struct piece){ .text = text, .len = len };
	pthread_mutex_lock(&outlet->lock);
	*outlet->last = piece;
	outlet->last = &piece->next;
	outlet->n++;
	outlet->bytes += len;
	err = outlet->err;
	pthread_cond_signal(&outlet->changed);
	pthread_mutex_unlock(&outlet->lock);
	return err;
}

int outlet__end(struct outlet *outlet, int err)
{
	int closed = memstream_close(outlet->stream, &outlet->text);

	err = err ? err : closed;
	outlet->stream = NULL;
	if (!err && outlet->len)
		return put(outlet, outlet->text, outlet->len);
	free(outlet->text);
	return err ? err : outlet__error(outlet);
}

/* ---- what became of them */

int outlet__error(struct outlet *outlet)
{
	int err;

	pthread_mutex_lock(&outlet->lock);
	err = outlet->err;
	pthread_mutex_unlock(&outlet->lock);
	return err;
}

int outlet__fd(const struct outlet *outlet)
{
	return outlet->event_fd;
}

bool outlet__is_idle(struct outlet *outlet)
{
	bool idle;

	pthread_mutex_lock(&outlet->lock);
	idle = !outlet->first;
	pthread_mutex_unlock(&outlet->lock);
	return idle;
}

uint64_t outlet__written(struct outlet *outlet)
{
	uint64_t written;

	pthread_mutex_lock(&outlet->lock);
	written = outlet->written;
	pthread_mutex_unlock(&outlet->lock);
	return written;
}

/* Whether there is something to wait for. */
static bool await(struct outlet *outlet)
{
	bool busy;

	pthread_mutex_lock(&outlet->lock);
	busy = outlet->first && !outlet->err;
	outlet->awaited = busy;
	pthread_mutex_unlock(&outlet->lock);
	return busy;
}

static void end_await(struct outlet *outlet)
{
	uint64_t signals;

	pthread_mutex_lock(&outlet->lock);
	outlet->awaited = false;
	/* An error stays to be seen. */
	if (!outlet->err && read(outlet->event_fd, &signals, sizeof(signals)) < 0 &&
	    errno != EAGAIN)
		outlet->err = -errno;
	pthread_mutex_unlock(&outlet->lock);
}

void outlet__wait(struct outlet *outlet, uint64_t ns, const sigset_t *mask)
{
	struct pollfd fd = { .fd = outlet->event_fd, .events = POLLIN };
	const struct timespec timeout = { .tv_sec = (time_t)(ns / 1000000000),
					  .tv_nsec = (long)(ns % 1000000000) };

	if (!await(outlet))
		return;
	ppoll(&fd, 1, &timeout, mask);
	end_await(outlet);
}

/* ---- its life */

static int start(struct outlet *outlet)
{
	const struct sigaction action = { .sa_handler = on_wake };
	int err;

	outlet->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (outlet->event_fd < 0 || sigaction(SIGURG, &action, NULL))
		return -errno;
	err = thread_start(&outlet->thread, write_all, outlet);
	outlet->has_thread = !err;
	return err;
}

int outlet__open(const struct outlet_opts *opts, struct outlet **ret_outlet)
{
	struct outlet *outlet = calloc(1, sizeof(*outlet));
	int err;

	if (!outlet)
		return -ENOMEM;
	outlet->opts = *opts;
	outlet->last = &outlet->first;
	pthread_mutex_init(&outlet->lock, NULL);
	pthread_cond_init(&outlet->changed, NULL);
	err = start(outlet);
	if (err) {
		outlet__close(outlet);
		return err;
	}
	*ret_outlet = outlet;
	return 0;
}

/* A signal may come just before the thread begins to write, and then it is too early to end that: so it comes again. */
static void end_thread(struct outlet *outlet)
{
	struct timespec until;
	int err;

	pthread_mutex_lock(&outlet->lock);
	outlet->stop = true;
	pthread_cond_signal(&outlet->changed);
	pthread_mutex_unlock(&outlet->lock);
	do {
		pthread_kill(outlet->thread, SIGURG);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += WAKE_EVERY_NS;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		err = pthread_timedjoin_np(outlet->thread, NULL, &until);
	} while (err == ETIMEDOUT);
}

void outlet__close(struct outlet *outlet)
{
	if (!outlet)
		return;
	if (outlet->has_thread)
		end_thread(outlet);
	while (outlet->first)
		take_out_first(outlet);
	if (outlet->event_fd >= 0)
		close(outlet->event_fd);
	pthread_cond_destroy(&outlet->changed);
	pthread_mutex_destroy(&outlet->lock);
	free(outlet);
}
