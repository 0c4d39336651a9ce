// SPDX-License-Identifier: GPL-2.0
#include "signals.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <time.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/outlet.h"

/* After a signal: how long a reader may take nothing, and how long it may take in all. */
#define STALL_NS 2000000000ull
#define TOTAL_NS 5000000000ull

static volatile sig_atomic_t n_ended, hung_up;
static volatile sig_atomic_t resized, continued, stopped;

static void on_signal(int number)
{
	if (number == SIGHUP)
		hung_up = 1;
	else
		n_ended++;
}

static void on_screen_signal(int number)
{
	switch (number) {
	case SIGWINCH:
		resized = 1;
		break;
	case SIGCONT:
		continued = 1;
		break;
	case SIGTSTP:
		stopped = 1;
		break;
	case SIGHUP:
		n_ended++;
		break;
	}
}

static void let_through(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(how, &set, NULL);
}

/* Without SA_RESTART: a signal ends what waits. */
int signals__take(bool hangups)
{
	struct sigaction action = { .sa_handler = on_signal };

	/* n_ended++ is not to be interrupted by the other one. */
	sigaddset(&action.sa_mask, SIGINT);
	sigaddset(&action.sa_mask, SIGTERM);
	let_through(SIG_BLOCK);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (sigaction(SIGINT, &action, NULL) || sigaction(SIGTERM, &action, NULL))
		return -errno;
	/* Else SIGHUP ends us. */
	return hangups && sigaction(SIGHUP, &action, NULL) ? -errno : 0;
}

static const int of_screen[] = { SIGWINCH, SIGCONT, SIGTSTP, SIGHUP };

/* One that was taken already, or that nohup or a shell without jobs has us ignore. */
static bool is_spoken_for(int number, const struct sigaction *before)
{
	return (number == SIGTSTP || number == SIGHUP) && before->sa_handler != SIG_DFL;
}

static void hold_back(int number, int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	sigprocmask(how, &set, NULL);
}

int signals__take_screen(void)
{
	struct sigaction action = { .sa_handler = on_screen_signal }, before;

	sigaddset(&action.sa_mask, SIGINT); /* n_ended++, as above */
	sigaddset(&action.sa_mask, SIGTERM);
	for (size_t i = 0; i < ARRAY_SIZE(of_screen); i++) {
		const int number = of_screen[i];

		hold_back(number, SIG_BLOCK);
		if (sigaction(number, NULL, &before))
			return -errno;
		if (!is_spoken_for(number, &before) && sigaction(number, &action, NULL))
			return -errno;
	}
	return 0;
}

sigset_t signals__mask(void)
{
	sigset_t none;

	sigemptyset(&none);
	return none;
}

void signals__look(void)
{
	let_through(SIG_UNBLOCK);
	let_through(SIG_BLOCK);
}

int signals__check(void)
{
	signals__look();
	return n_ended ? -EINTR : 0;
}

unsigned int signals__count(void)
{
	return (unsigned int)n_ended;
}

static bool take(volatile sig_atomic_t *flag)
{
	const bool was = *flag;

	*flag = 0;
	return was;
}

bool signals__take_hangup(void)
{
	return take(&hung_up);
}

bool signals__take_resize(void)
{
	return take(&resized);
}

bool signals__take_continue(void)
{
	return take(&continued);
}

bool signals__take_stop(void)
{
	return take(&stopped);
}

void signals__stop(void)
{
	struct sigaction action;

	sigaction(SIGTSTP, NULL, &action);
	signal(SIGTSTP, SIG_DFL);
	raise(SIGTSTP);
	hold_back(SIGTSTP, SIG_UNBLOCK); /* we stop here */
	hold_back(SIGTSTP, SIG_BLOCK);
	sigaction(SIGTSTP, &action, NULL);
}

void signals__sleep(uint64_t ns)
{
	const struct timespec timeout = { .tv_sec = (time_t)(ns / 1000000000),
					  .tv_nsec = (long)(ns % 1000000000) };
	const sigset_t mask = signals__mask();

	ppoll(NULL, 0, &timeout, &mask);
}

void ending__begin(struct ending *ending)
{
	*ending = (struct ending){ .signals = signals__count(), .stall_ns = STALL_NS };
}

/* Since the last look. This machine may have stood still meanwhile, or we had to wait for a CPU. */
static uint64_t time_of_readers(struct ending *ending)
{
	const uint64_t now_ns = clock_now_ns(), most_ns = 2 * ENDING_STEP_NS;
	const uint64_t ns = ending->looked_ns ? now_ns - ending->looked_ns : 0;

	ending->looked_ns = now_ns;
	return ns < most_ns ? ns : most_ns;
}

bool ending__may_wait(struct ending *ending, uint64_t taken)
{
	const uint64_t ns = time_of_readers(ending);

	if (signals__count() != ending->signals)
		return false;
	if (!ending->signals)
		return true;
	ending->waited_ns += ns;
	ending->stalled_ns = taken == ending->taken ? ending->stalled_ns + ns : 0;
	ending->taken = taken;
	return ending->stalled_ns < ending->stall_ns && ending->waited_ns < TOTAL_NS;
}

int ending__drain(struct ending *ending, struct outlet *outlet)
{
	const sigset_t mask = signals__mask();

	for (;;) {
		const int err = outlet__error(outlet);

		if (err || outlet__is_idle(outlet))
			return err;
		if (!ending__may_wait(ending, outlet__written(outlet)))
			return -EINTR;
		outlet__wait(outlet, ENDING_STEP_NS, &mask);
	}
}
