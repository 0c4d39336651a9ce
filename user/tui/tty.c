// SPDX-License-Identifier: GPL-2.0
#include "tty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "fatal.h"

/* More is no terminal that anyone looks at. */
#define WIDTH_MAX 1024
#define HEIGHT_MAX 512

/* How long a terminal that takes nothing is waited for when it is given back. */
#define LEAVE_MS 500

struct tty {
	int fd;
	bool entered;
	struct termios before;
	char *bytes; /* that wait, from @done on */
	size_t n, done, size;
	struct fatal_restore restore;
};

/* -1: not possible, as after su(1), which leaves the terminal another user's. */
static int open_anew(void)
{
	const int flags = O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = open("/proc/self/fd/1", flags);

	/* That of another user can be opened by this name, if it is ours to control. */
	if (fd < 0 && tcgetpgrp(STDOUT_FILENO) >= 0)
		fd = open("/dev/tty", flags);
	return fd;
}

int tty__open(struct tty **ret_tty)
{
	struct tty *tty;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return -ENOTTY;
	tty = calloc(1, sizeof(*tty));
	if (!tty)
		return -ENOMEM;
	tty->fd = open_anew();
	if (tty->fd < 0)
		tty->fd =
			fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0); /* its writes may have to wait */
	if (tty->fd < 0 || tcgetattr(tty->fd, &tty->before)) {
		const int err = -errno;

		tty__close(tty);
		return err;
	}
	*ret_tty = tty;
	return 0;
}

void tty__close(struct tty *tty)
{
	if (!tty)
		return;
	tty__leave(tty);
	if (tty->fd >= 0)
		close(tty->fd);
	free(tty->bytes);
	free(tty);
}

int tty__fd(const struct tty *tty)
{
	return tty->fd;
}

/* The environment's if the terminal does not know it, as a serial line; else the usual one. */
static size_t choose_size(unsigned int known, const char *variable, size_t usual, size_t max)
{
	const char *text = getenv(variable);
	size_t size = known;

	for (; !known && text && *text >= '0' && *text <= '9' && size <= max; text++)
		size = 10 * size + (size_t)(*text - '0');
	if (!size)
		size = usual;
	return size < max ? size : max;
}

void tty__size(const struct tty *tty, size_t *ret_width, size_t *ret_height)
{
	struct winsize size = { .ws_row = 0 };

	if (ioctl(tty->fd, TIOCGWINSZ, &size))
		size = (struct winsize){ .ws_row = 0 };
	*ret_width = choose_size(size.ws_col, "COLUMNS", 80, WIDTH_MAX);
	*ret_height = choose_size(size.ws_row, "LINES", 24, HEIGHT_MAX);
}

/* ---- taken over and given back */

static void arm(struct tty *tty)
{
	tty->restore.fd = tty->fd;
	tty->restore.before = tty->before;
	fatal__arm(&tty->restore);
}

int tty__set_restore(struct tty *tty, const char *text)
{
	const size_t n = strlen(text);

	if (n > sizeof(tty->restore.bytes))
		return -E2BIG;
	memcpy(tty->restore.bytes, text, n);
	tty->restore.n = n;
	if (tty->entered)
		arm(tty);
	return 0;
}

int tty__enter(struct tty *tty)
{
	struct termios raw;

	/* Anew each time: what the shell has set while we were stopped is given back, too. */
	if (!tty->entered && tcgetattr(tty->fd, &tty->before))
		return -errno;
	raw = tty->before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHONL | IEXTEN);
	raw.c_lflag |= ISIG;
	raw.c_oflag &= ~(tcflag_t)OPOST;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	arm(tty);
	tty->entered = true;
	return tcsetattr(tty->fd, TCSANOW, &raw) ? -errno : 0;
}

void tty__leave(struct tty *tty)
{
	struct pollfd pollfd = { .fd = tty->fd, .events = POLLOUT };

	if (!tty->entered)
		return;
	tty->n = tty->done = 0;
	tty->entered = false;
	fatal__disarm();
	/* In the background it is the shell's, and asking for it would stop us. */
	if (tcgetpgrp(tty->fd) > 0 && tcgetpgrp(tty->fd) != getpgrp())
		return;
	tty__write(tty, tty->restore.bytes, tty->restore.n);
	while (tty__is_behind(tty) && poll(&pollfd, 1, LEAVE_MS) > 0)
		if (tty__push(tty))
			break;
	tcsetattr(tty->fd, TCSANOW, &tty->before);
	tty->n = tty->done = 0;
}

/* ---- output */

/* What was written is forgotten when all was, so that it is not moved again and again. */
int tty__push(struct tty *tty)
{
	while (tty->done < tty->n) {
		ssize_t done = write(tty->fd, tty->bytes + tty->done, tty->n - tty->done);

		if (done < 0 && errno == EAGAIN)
			return 0;
		if (done < 0 && errno != EINTR)
			return -errno;
		tty->done += done > 0 ? (size_t)done : 0;
	}
	tty->n = tty->done = 0;
	return 0;
}

int tty__write(struct tty *tty, const char *bytes, size_t n)
{
	if (tty->n + n > tty->size) {
		char *more = realloc(tty->bytes, tty->n + n);

		if (!more)
			return -ENOMEM;
		tty->bytes = more;
		tty->size = tty->n + n;
	}
	if (n)
		memcpy(tty->bytes + tty->n, bytes, n);
	tty->n += n;
	return tty__push(tty);
}

bool tty__is_behind(const struct tty *tty)
{
	return tty->done < tty->n;
}
