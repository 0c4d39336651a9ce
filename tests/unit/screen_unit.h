/* SPDX-License-Identifier: GPL-2.0 */
/*
 * screen_unit: a screen of a made-up host for unit tests, and what is read off it.
 */
#ifndef KVMTOP_TESTS_SCREEN_UNIT_H
#define KVMTOP_TESTS_SCREEN_UNIT_H

#include "../tui/scene.h"
#include "unit.h"

static inline struct screen *open_screen(size_t width, size_t height)
{
	const struct screen_opts opts = { .version = "1.0", .interval_s = 1 };
	struct screen *screen;

	assert_int_equal(screen__new(&opts, &screen), 0);
	assert_int_equal(screen__resize(screen, width, height), 0);
	return screen;
}

static inline struct wish press(struct screen *screen, uint32_t key, unsigned int sec)
{
	struct wish wish;

	assert_int_equal(screen__press(screen, key, SCENE_NS(sec), &wish), 0);
	return wish;
}

static inline void type(struct screen *screen, const char *text, unsigned int sec)
{
	for (; *text; text++)
		press(screen, (unsigned char)*text, sec);
}

static inline void show(struct screen *screen, const struct scene *scene, unsigned int sec)
{
	assert_int_equal(scene_show(screen, scene, sec), 0);
}

/* The text of a line of the picture, without spaces at its end; valid until the next call but three. */
static inline const char *line(struct screen *screen, size_t row, unsigned int sec)
{
	static char texts[4][2000];
	static size_t next;
	char *text = texts[next++ % 4];
	const struct grid *grid = screen__draw(screen, SCENE_NS(sec));
	size_t len;

	assert_non_null(grid);
	text[0] = '\0';
	for (size_t i = 0; i < grid->width; i++)
		strcat(text, grid__cell(grid, row, i)->text);
	for (len = strlen(text); len && text[len - 1] == ' '; len--)
		text[len - 1] = '\0';
	return text;
}

/* The line that has @text; fails if there is none. */
static inline size_t line_with(struct screen *screen, const char *text, unsigned int sec)
{
	const size_t height = screen__draw(screen, SCENE_NS(sec))->height;

	for (size_t i = 0; i < height; i++)
		if (strstr(line(screen, i, sec), text))
			return i;
	fail_msg("no line has '%s'", text);
	return 0;
}

static inline bool has(struct screen *screen, const char *text, unsigned int sec)
{
	const size_t height = screen__draw(screen, SCENE_NS(sec))->height;

	for (size_t i = 0; i < height; i++)
		if (strstr(line(screen, i, sec), text))
			return true;
	return false;
}

/* Which VM is selected; "" if none is. */
static inline const char *selected(struct screen *screen, unsigned int sec)
{
	const struct grid *grid = screen__draw(screen, SCENE_NS(sec));
	static char name[80];

	name[0] = '\0';
	for (size_t i = 0; i < grid->height; i++)
		if (!strcmp(grid__cell(grid, i, 0)->text, ">"))
			sscanf(line(screen, i, sec), ">%*1[!? -] %79s", name);
	return name;
}

static const struct scene_vm three_vms[] = {
	{ "a", "q", 1, 1, 1000, { 90, 3, 0, 0, 7, 0 }, 0, 0 },
	{ "b", "q", 2, 1, 2000, { 90, 2, 0, 0, 8, 0 }, 0, 0 },
	{ "c", "q", 3, 1, 3000, { 90, 1, 0, 0, 9, 0 }, 1, 10 },
};

static const struct scene three = { three_vms, 3, 4, .noise = 0 };

#endif
