// SPDX-License-Identifier: GPL-2.0
/* marks: frames have no findings yet, so nothing is known. */
#include "marks.h"

#include "../model/frame.h"

const char *mark_text(enum mark mark)
{
	return mark == MARK_ACT ? "!" : mark == MARK_LOOK ? "?" : " ";
}

enum style mark_style(enum mark mark)
{
	return mark == MARK_ACT ? STYLE_ACT : mark == MARK_LOOK ? STYLE_LOOK : STYLE_PLAIN;
}

bool marks_known(const struct frame *frame)
{
	(void)frame;
	return false;
}

enum mark mark_of_vm(const struct frame *frame, const struct frame_vm *vm)
{
	(void)frame;
	(void)vm;
	return MARK_NONE;
}

enum mark mark_of_frame(const struct frame *frame)
{
	enum mark worst = MARK_NONE;

	for (size_t i = 0; i < frame->n_vms; i++) {
		enum mark mark = mark_of_vm(frame, &frame->vms[i]);

		worst = mark > worst ? mark : worst;
	}
	return worst;
}

const char *mark_why(const struct frame *frame, const struct frame_vm *vm, size_t columns)
{
	(void)frame;
	(void)vm;
	(void)columns;
	return "";
}

size_t marks_count(const struct frame *frame)
{
	(void)frame;
	return 0;
}
