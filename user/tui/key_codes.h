/* SPDX-License-Identifier: GPL-2.0 */
/*
 * key_codes: the numbers that stand for keys.
 */
#ifndef KVMTOP_TUI_KEY_CODES_H
#define KVMTOP_TUI_KEY_CODES_H

/* Keys that are no characters. A character is its code point; Ctrl-A to Ctrl-Z are 1 to 26. */
enum screen_key {
	KEY_CODE_FIRST = 0x110000, /* above all code points */
	KEY_CODE_UP,
	KEY_CODE_DOWN,
	KEY_CODE_LEFT,
	KEY_CODE_RIGHT,
	KEY_CODE_PAGE_UP,
	KEY_CODE_PAGE_DOWN,
	KEY_CODE_HOME,
	KEY_CODE_END,
	KEY_CODE_ENTER,
	KEY_CODE_BACKSPACE,
	KEY_CODE_DELETE,
	KEY_CODE_ESCAPE,
	KEY_CODE_TAB,
	KEY_CODE_BACK_TAB,
	KEY_CODE_F1,
	KEY_CODE_F2,
	KEY_CODE_F10,
	KEY_CODE_CLICK,	 /* screen__point() was called already */
	KEY_CODE_RESIZE, /* screen__resize() was called already */
};

#endif
