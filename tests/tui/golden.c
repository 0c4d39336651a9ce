// SPDX-License-Identifier: GPL-2.0
/*
 * golden: pictures of the screen of a made-up host, compared with the files beside this one.
 *
 *   golden [--update] [DIR]	 DIR: tests/tui/pictures; --update writes the files instead (then read the diff)
 */
#include <locale.h>
#include <stdlib.h>
#include <time.h>

#include "../../user/model/slow.h"
#include "scene.h"

#define SECONDS 30

/* What is done, and where it is looked at. */
struct picture {
	const char *name;
	size_t width, height;
	enum glyph_set glyphs;
	const char *keys;	   /* pressed at the end; see press_all() */
	const char *early;	   /* pressed after some seconds */
	const struct scene *scene; /* NULL: scene_full */
	unsigned int back; /* so many seconds before the last one is what is shown, paused */
	double took_s;
	bool recorded;
	bool slow;	      /* with slow exits */
	bool live;	      /* how it is measured is known */
	unsigned int seconds; /* 0: SECONDS */
	const char *told;
};

static const struct scene no_vms = { .cpus = 56 };
static const struct scene plain = { full_vms, ARRAY_SIZE(full_vms), 56, .noise = 0.1,
				    .plain = true };
static const struct scene more = { full_vms, ARRAY_SIZE(full_vms), 56, .noise = 0.1, .more = true };
static const struct scene traced = { full_vms, ARRAY_SIZE(full_vms), 56, .noise = 0.1,
				     .traced = true };
static const struct scene drops = { full_vms, 4, 56, .noise = 0.1, .drops = 3 };

/* Without names; two VMs are of one process. */
static const struct scene_vm nameless_vms[] = {
	{ NULL, "qemu-system-x86", 30118, 2, 9000, { 60, 20, 2, 1, 5, 12 }, 0, 0 },
	{ NULL, "qemu-system-x86", 30118, 2, 8000, { 60, 15, 2, 1, 12, 10 }, 0, 0 },
	{ NULL, "qemu-system-x86", 30151, 2, 7000, { 60, 10, 2, 1, 19, 8 }, 0, 0 },
	{ NULL, NULL, 9, 2, 6000, { 60, 5, 2, 1, 26, 6 }, 0, 0 },
};

static const struct scene nameless = { nameless_vms, ARRAY_SIZE(nameless_vms), 56, .noise = 0.1 };

#define SIZE(name_, width_, height_, glyphs_)                                        \
	{                                                                            \
		.name = name_, .width = width_, .height = height_, .glyphs = glyphs_ \
	}
#define SIZES(set, glyphs_)                                                         \
	SIZE("vms-40-" set, 40, 10, glyphs_), SIZE("vms-80-" set, 80, 24, glyphs_), \
		SIZE("vms-120-" set, 120, 40, glyphs_), SIZE("vms-200-" set, 200, 60, glyphs_)

static const struct picture pictures[] = {
	SIZES("utf8", GLYPHS_UTF8),
	SIZES("cp437", GLYPHS_CP437),
	SIZES("ascii", GLYPHS_ASCII),
	SIZE("tiny", 19, 3, GLYPHS_UTF8),
	SIZE("low", 80, 4, GLYPHS_UTF8),
	SIZE("low-5", 80, 5, GLYPHS_UTF8),
	{ "no-vm", 80, 24, .scene = &no_vms },
	{ "no-vm-live", 80, 24, .scene = &no_vms, .live = true },
	{ "no-vm-recorded", 80, 24, .scene = &no_vms, .recorded = true },
	{ "measuring", 80, 24, .seconds = 1 },
	{ "plain", 120, 30, .scene = &plain },
	{ "nameless-40", 40, 10, .scene = &nameless },
	{ "nameless", 80, 24, .scene = &nameless },
	{ "drops", 80, 10, .scene = &drops, .took_s = 1.3 },
	{ "ended", 120, 30, .seconds = 23 },
	{ "paused", 80, 24, .back = 12 },
	{ "selected", 80, 24, .keys = "DDDD" },
	{ "filter", 80, 24, .keys = "/k8s -node4E" },
	{ "filter-typing", 80, 24, .keys = "/db -rep" },
	{ "filter-none", 80, 10, .keys = "/nothing like thatE" },
	{ "findings-only", 80, 24, .keys = "!" },
	{ "idle-hidden", 80, 24, .keys = "z" },
	{ "sorted", 80, 24, .keys = ">R" },
	{ "units", 80, 10, .keys = "uu" },
	{ "help", 80, 24, .keys = "h" },
	{ "help-end", 80, 40, .keys = "hG" },
	{ "messages", 80, 10, .keys = "M", .told = "one \x1b[2J line" },
	{ "told", 80, 10, .told = "details: denied" },
	{ "explain", 80, 24, .keys = "e" },
	{ "menu", 80, 24, .keys = "oDD" },
	{ "columns", 120, 30, .keys = "@" },
	{ "guest", 80, 24, .keys = "gkaf" },
	{ "unknown-key", 80, 10, .keys = "\x01" },
	{ "interval", 80, 10, .keys = "s" },
	{ "help-40", 40, 10, .keys = "h" },
	{ "slow-limit-40", 40, 10, .keys = "S" },
	{ "filter-40", 40, 10, .keys = "/k8s -node4E" },
	{ "guest-40", 40, 10, .keys = "gkaf" },
	{ "refused", 80, 10, .keys = "S", .recorded = true },
#include "pictures_views.h"
};

/* Capital letters stand for keys that are no characters; @ for F2. */
static uint32_t key_of(char letter)
{
	switch (letter) {
	case 'D':
		return KEY_CODE_DOWN;
	case 'E':
		return KEY_CODE_ENTER;
	case 'T':
		return KEY_CODE_TAB;
	case 'B':
		return KEY_CODE_BACKSPACE;
	case '@':
		return KEY_CODE_F2;
	default:
		return (unsigned char)letter;
	}
}

static int press_all(struct screen *screen, const char *keys, unsigned int sec)
{
	struct wish wish;
	int err = 0;

	/* As a user has it: how long a page is shows when it is drawn. */
	for (; keys && *keys && !err; keys++)
		err = screen__press(screen, key_of(*keys), SCENE_NS(sec), &wish) ||
		      !screen__draw(screen, SCENE_NS(sec));
	return err;
}

static int show(struct screen *screen, const struct picture *picture, const struct scene *scene,
		unsigned int sec, unsigned int last, bool newest)
{
	const int64_t begin = INT64_C(1795782901) * (int64_t)SCENE_SEC;
	const struct screen_time time = { .mode = newest ? SCREEN_LIVE : SCREEN_PAUSED,
					  .has_past = true,
					  .first_ns = begin + (int64_t)SCENE_SEC,
					  .last_ns = begin + (int64_t)(last * SCENE_SEC),
					  .frames = last,
					  .interval_s = 1,
					  .took_s = picture->took_s };
	const struct screen_self self = { .cpu_pct = 0.4,
					  .history_bytes = 12 << 20,
					  .history_max_bytes = 64 << 20,
					  .recording = "/var/log/kvmtop.rec",
					  .recorded_bytes = 412 << 20 };
	struct frame *frame = scene_frame(scene, sec);
	int err = frame ? screen__show(screen, frame, newest, &time, &self) : -1;

	frame__free(frame);
	return err || !screen__draw(screen, SCENE_NS(newest ? sec : last));
}

static int add_slow(struct screen *screen)
{
	const struct slow_exit slow[] = {
		{ .wall = { 1795782920, 5000000 },
		  .pid = 3111,
		  .vm_fd = 12,
		  .name = "web01",
		  .comm = "qemu-system-x86",
		  .vcpu_id = 2,
		  .tid = 3117,
		  .ns = 12345678,
		  .isa = ISA_SVM,
		  .code = 0x400,
		  .reason = "npf",
		  .pc_known = true,
		  .pc = 0xffffffff81234567,
		  .gpa_known = true,
		  .gpa = 0xfebc0000,
		  .about_known = true,
		  .kind = DETAIL_MMIO,
		  .key = 0xfebc0000,
		  .sub = DETAIL_WRITE | 4u << DETAIL_SIZE_SHIFT,
		  .about = "a\x1b[31mb" },
		{ .wall = { 1795782921, 999999999 },
		  .pid = 99,
		  .vm_fd = VM_FD_NONE,
		  .comm = "fc_vcpu 0",
		  .vcpu_id = VCPU_ID_UNKNOWN,
		  .tid = 0,
		  .ns = 2000000000,
		  .isa = ISA_SVM,
		  .code = 0x7b,
		  .reason = "io" },
	};
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(slow) && !err; i++)
		err = screen__add_slow(screen, &slow[i]);
	return err;
}

static int draw(const struct picture *picture, FILE *out)
{
	const struct screen_opts opts = { .version = "1.0",
					  .glyphs = picture->glyphs,
					  .recorded = picture->recorded,
					  .kvm = picture->live ? "kvm_amd" : NULL,
					  .exit_path = picture->live ? "plain" : NULL,
					  .statistics = picture->live ? "iterator" : NULL,
					  .interval_s = 1 };
	const struct scene *scene = picture->scene ? picture->scene : &scene_full;
	const unsigned int end = picture->seconds ? picture->seconds : SECONDS;
	struct screen *screen;
	const struct grid *grid;
	int err = screen__new(&opts, &screen);

	if (err)
		return err;
	err = screen__resize(screen, picture->width, picture->height);
	for (unsigned int sec = 1; sec < end && !err; sec++)
		err = show(screen, picture, scene, sec, sec, true)
			      ?: (sec == 5 ? press_all(screen, picture->early, sec) : 0);
	if (picture->back && !err)
		err = show(screen, picture, scene, end - picture->back, end, false);
	if (picture->told && !err)
		err = screen__tell(screen, picture->told);
	if (picture->slow && !err)
		err = add_slow(screen);
	err = err ?: press_all(screen, picture->keys, end);
	grid = err ? NULL : screen__draw(screen, SCENE_NS(end));
	if (grid)
		scene_dump(out, grid, picture->glyphs == GLYPHS_UTF8);
	screen__free(screen);
	return grid ? 0 : -1;
}

/* ---- files */

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, 1 << 20);

	if (file && text)
		text[fread(text, 1, (1 << 20) - 1, file)] = '\0';
	if (file)
		fclose(file);
	return text;
}

static int write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (!file)
		return -1;
	fputs(text, file);
	return fclose(file);
}

static int check(const struct picture *picture, const char *dir, bool update)
{
	char path[500], *text = NULL, *want;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int bad = !out || draw(picture, out);

	if (out)
		fclose(out);
	snprintf(path, sizeof(path), "%s/%s.txt", dir, picture->name);
	if (!bad && update) {
		bad = write_file(path, text);
	} else if (!bad) {
		want = read_file(path);
		bad = !want || strcmp(want, text);
		free(want);
	}
	printf("%sok - %s\n", bad ? "not " : "", picture->name);
	if (bad && text)
		printf("%s", text);
	free(text);
	return bad;
}

int main(int argc, char **argv)
{
	const bool update = argc > 1 && !strcmp(argv[1], "--update");
	const char *dir = argc > 1 + update ? argv[1 + update] : "tests/tui/pictures";
	int bad = 0;

	setlocale(LC_ALL, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	tzset();
	for (size_t i = 0; i < ARRAY_SIZE(pictures); i++)
		bad |= check(&pictures[i], dir, update);
	return bad;
}
