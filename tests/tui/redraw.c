// SPDX-License-Identifier: GPL-2.0
/*
 * redraw: what a refresh of a large host costs, after KEYS and in the order of COLUMN (a part of its title). Run it under callgrind, with
 * --toggle-collect=one_refresh.
 *
 *	redraw [VMS [WIDTH HEIGHT [KEYS [COLUMN]]]]
 */
#include <locale.h>
#include <stdlib.h>

#include "../../user/model/frame.h"
#include "../../user/tui/grid.h"
#include "scene.h"

int one_refresh(struct screen *screen, const struct frame *frame, unsigned int sec);

/* Not inlined, so that it can be told from the rest. */
__attribute__((noinline)) int one_refresh(struct screen *screen, const struct frame *frame,
					  unsigned int sec)
{
	const struct screen_time time = { .mode = SCREEN_LIVE, .interval_s = 1 };
	const struct screen_self self = { .cpu_pct = 0.4 };

	return screen__show(screen, frame, true, &time, &self) ||
	       !screen__draw(screen, SCENE_NS(sec));
}

static int type(struct screen *screen, const char *keys)
{
	struct wish wish;
	int bad = 0;

	for (; *keys; keys++)
		bad |= screen__press(screen, (unsigned char)*keys, 1, &wish);
	return bad;
}

/* By the menu. */
static int sort_by(struct screen *screen, const char *column)
{
	return type(screen, "o") || type(screen, column) || type(screen, "\n");
}

static int prepare(struct screen *screen, int argc, char **argv)
{
	const struct scene scene = { full_vms, 1, 1, .noise = 0 };
	int bad = screen__resize(screen, argc > 2 ? (size_t)atoi(argv[2]) : 200,
				 argc > 3 ? (size_t)atoi(argv[3]) : 60);

	if (argc > 4)
		bad |= scene_show(screen, &scene, 1) || type(screen, argv[4]);
	return bad || (argc > 5 && sort_by(screen, argv[5]));
}

int main(int argc, char **argv)
{
	const struct screen_opts opts = { .version = "1.0", .interval_s = 1 };
	const size_t n = argc > 1 ? (size_t)atoi(argv[1]) : 1000;
	struct scene_vm *vms = calloc(n, sizeof(*vms));
	const struct scene scene = { vms, n, 56, .noise = 0.1 };
	struct screen *screen;
	int bad;

	setlocale(LC_ALL, "C.UTF-8");
	if (!vms || screen__new(&opts, &screen))
		return 1;
	for (size_t i = 0; i < n; i++) {
		vms[i] = scene_full.vms[i % scene_full.n];
		vms[i].pid = 1000 + (int)i;
		vms[i].vcpus = 2;
		vms[i].from = vms[i].to = 0;
	}
	bad = prepare(screen, argc, argv);
	for (unsigned int sec = 1; sec < 4; sec++) {
		struct frame *frame = scene_frame(&scene, sec);

		bad |= !frame || one_refresh(screen, frame, sec);
		frame__free(frame);
	}
	screen__free(screen);
	free(vms);
	return bad;
}
