// SPDX-License-Identifier: GPL-2.0
#include "fatal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "../base/cleanup.h"

/* How long a terminal that takes nothing is waited for, in all. */
#define WAIT_MS 500

static const int fatal[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGQUIT };

/* A signal handler has nothing else to know it by. Of these only flags change while it may run. */
static struct fatal_restore armed;
static struct sigaction before[ARRAY_SIZE(fatal)];
static volatile sig_atomic_t is_armed, is_taken;
static volatile sig_atomic_t stderr_fd = -1;
static char stack_bytes[64 << 10];

static void write_all(const char *bytes, size_t n)
{
	while (n) {
		struct pollfd pollfd = { .fd = armed.fd, .events = POLLOUT };
		ssize_t done = write(armed.fd, bytes, n);

		if (done < 0 && errno != EAGAIN)
			return;
		if (done < 0 && poll(&pollfd, 1, WAIT_MS) <= 0)
			return;
		bytes += done > 0 ? done : 0;
		n -= done > 0 ? (size_t)done : 0;
	}
}

/* Only what is safe in any place. The signal comes again when the handler returns, and does what it did before. */
static void on_fatal(int number)
{
	if (is_armed) {
		is_armed = 0;
		write_all(armed.bytes, armed.n);
		tcsetattr(armed.fd, TCSANOW, &armed.before);
		if (stderr_fd >= 0)
			dup2(stderr_fd, STDERR_FILENO);
	}
	for (size_t i = 0; i < ARRAY_SIZE(fatal); i++)
		if (fatal[i] == number)
			sigaction(number, &before[i], NULL);
	raise(number);
}

/* A stack that has overflown has no room for the handler. What is there already, of a sanitizer, is kept. */
static void take_stack(void)
{
	const stack_t stack = { .ss_sp = stack_bytes, .ss_size = sizeof(stack_bytes) };
	stack_t old;

	if (!sigaltstack(NULL, &old) && old.ss_flags & SS_DISABLE)
		sigaltstack(&stack, NULL);
}

static void take_signals(void)
{
	struct sigaction action = { .sa_handler = on_fatal, .sa_flags = SA_ONSTACK };

	take_stack();
	for (size_t i = 0; i < ARRAY_SIZE(fatal); i++)
		if (!sigaction(fatal[i], NULL, &before[i]) && before[i].sa_handler != SIG_IGN)
			sigaction(fatal[i], &action, NULL);
	is_taken = 1;
}

void fatal__arm(const struct fatal_restore *restore)
{
	is_armed = 0;
	armed = *restore;
	is_armed = 1;
	if (!is_taken)
		take_signals();
}

void fatal__disarm(void)
{
	is_armed = 0;
}

void fatal__set_stderr(int fd)
{
	stderr_fd = fd;
}
