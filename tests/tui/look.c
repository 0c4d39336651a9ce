// SPDX-License-Identifier: GPL-2.0
/*
 * look: prints the screen of the made-up host: look WIDTH HEIGHT [SET [KEYS]]
 */
#include <locale.h>
#include <stdlib.h>

#include "../../user/tui/grid.h"
#include "scene.h"

int main(int argc, char **argv)
{
	const struct screen_opts opts = { .version = "1.0",
					  .glyphs = argc > 3 ? (enum glyph_set)atoi(argv[3]) : 0,
					  .interval_s = 1 };
	const char *keys = argc > 4 ? argv[4] : "";
	struct screen *screen;
	struct wish wish;

	setlocale(LC_ALL, "C.UTF-8");
	if (argc < 3 || screen__new(&opts, &screen))
		return 1;
	screen__resize(screen, (size_t)atoi(argv[1]), (size_t)atoi(argv[2]));
	for (unsigned int i = 1; i < 30; i++)
		scene_show(screen, &scene_full, i);
	for (; *keys; keys++)
		screen__press(screen, *keys == '\\' ? KEY_CODE_ENTER : (uint32_t)*keys,
			      SCENE_NS(40), &wish);
	scene_dump(stdout, screen__draw(screen, SCENE_NS(41)), false);
	screen__free(screen);
	return 0;
}
