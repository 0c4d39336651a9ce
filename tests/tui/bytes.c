// SPDX-License-Identifier: GPL-2.0
/*
 * bytes: how much a refresh of a host with 1,000 VMs sends to a terminal, which may be a serial line. Fails where it is more than the
 * limit. Each size has a pseudo terminal of its own, and a process on it.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../user/tui/term.h"
#include "scene.h"

#define VMS 1000
#define SECONDS 8

/* Of a repaint, and of the refreshes after it. */
struct sent {
	uint64_t whole, most, sum;
	bool good, skipped;
};

struct size {
	unsigned short width, height;
	uint64_t limit, whole; /* at most, of a refresh on the average and of a repaint */
};

/* A line of 9600 baud carries 960 bytes a second. */
static const struct size sizes[] = {
	{ 80, 24, 600, 4000 },
	{ 120, 40, 1300, 8000 },
	{ 200, 60, 3000, 23000 },
};

static void make_vms(struct scene_vm *vms)
{
	for (int i = 0; i < VMS; i++) {
		vms[i] = scene_full.vms[(size_t)i % scene_full.n];
		vms[i].pid = 1000 + i;
		vms[i].vcpus = 2;
		vms[i].from = vms[i].to = 0;
	}
}

/* The picture of that second, all of which is sent before this returns. */
static bool show(struct screen *screen, struct term *term, const struct scene *scene,
		 unsigned int sec)
{
	struct pollfd pollfd = { .fd = term__fd(term), .events = POLLOUT };
	const struct grid *grid =
		scene_show(screen, scene, sec) ? NULL : screen__draw(screen, SCENE_NS(sec));

	if (!grid || term__show(term, grid))
		return false;
	while (term__is_behind(term) && poll(&pollfd, 1, 1000) > 0)
		if (term__push(term))
			return false;
	return !term__is_behind(term);
}

static void measure(const struct size *size, const struct scene *scene, struct sent *sent)
{
	const struct screen_opts opts = { .version = "1.0", .interval_s = 1 };
	const struct term_opts term_opts = { .type = "xterm" };
	struct screen *screen;
	struct term *term;
	uint64_t before = 0;
	char why[256];
	int err;

	err = term__open(&term_opts, why, sizeof(why), &term);
	sent->skipped = err == -ENOSYS; /* built without */
	if (err || term__enter(term) || screen__new(&opts, &screen) ||
	    screen__resize(screen, size->width, size->height))
		return;
	for (unsigned int sec = 1; sec <= SECONDS; sec++) {
		uint64_t now;

		if (!show(screen, term, scene, sec))
			return;
		now = term__sent(term) - before;
		before += now;
		if (sec == 1)
			sent->whole = now;
		else
			sent->sum += now;
		if (sec > 1 && now > sent->most)
			sent->most = now;
	}
	sent->good = true;
}

static void run(const struct size *size, const struct scene *scene, struct sent *sent)
{
	const struct winsize winsize = { .ws_row = size->height, .ws_col = size->width };
	char text[4096];
	int master, slave;
	pid_t pid;

	if (openpty(&master, &slave, NULL, NULL, &winsize))
		return;
	pid = fork();
	if (!pid) {
		dup2(slave, STDIN_FILENO);
		dup2(slave, STDOUT_FILENO);
		close(slave);
		close(master);
		measure(size, scene, sent);
		_exit(0);
	}
	close(slave);
	while (pid > 0 && read(master, text, sizeof(text)) > 0)
		;
	close(master);
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

int main(void)
{
	struct sent *sent = mmap(NULL, sizeof(*sent), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct scene_vm *vms = calloc(VMS, sizeof(*vms));
	const struct scene scene = { vms, VMS, 56, .noise = 0.1, .moves = true };
	bool bad = false;

	setlocale(LC_ALL, "C.UTF-8");
	if (!vms || sent == MAP_FAILED)
		return 1;
	make_vms(vms);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		const struct size *size = &sizes[i];
		uint64_t mean;
		bool good;

		*sent = (struct sent){ .whole = 0 };
		run(size, &scene, sent);
		if (sent->skipped) {
			puts("skip - bytes: built without the screen");
			break;
		}
		mean = sent->sum / (SECONDS - 1);
		good = sent->good && mean && mean <= size->limit && sent->whole <= size->whole;
		printf("%s - %ux%u: a refresh sends %llu bytes, at most %llu, a repaint %llu\n",
		       good ? "ok" : "not ok", size->width, size->height, (unsigned long long)mean,
		       (unsigned long long)sent->most, (unsigned long long)sent->whole);
		bad |= !good;
	}
	free(vms);
	return bad;
}
