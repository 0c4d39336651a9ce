// SPDX-License-Identifier: GPL-2.0
#include "marks.h"

#include <stdio.h>
#include <string.h>

#include "../model/frame.h"

/* From so many columns on, the long text stands instead of the short one, if there is room for it. */
#define LONG_MIN 50

const char *mark_text(enum severity severity)
{
	return severity == SEVERITY_ACT ? "!" : severity == SEVERITY_LOOK ? "?" : " ";
}

enum style mark_style(enum severity severity)
{
	return severity == SEVERITY_ACT	   ? STYLE_ACT
	       : severity == SEVERITY_LOOK ? STYLE_LOOK
					   : STYLE_PLAIN;
}

bool marks_known(const struct frame *frame)
{
	return frame->findings;
}

/* NULL: nothing is known. */
static const struct vm_state *state_of(const struct frame *frame, const struct frame_vm *vm)
{
	if (!frame->findings || !frame->findings->states || vm < frame->vms ||
	    vm >= frame->vms + frame->n_vms)
		return NULL;
	return &frame->findings->states[vm - frame->vms];
}

const struct finding *mark_finding(const struct frame *frame, const struct frame_vm *vm)
{
	const struct vm_state *state = state_of(frame, vm);

	return state ? state->worst : NULL;
}

enum severity mark_of_vm(const struct frame *frame, const struct frame_vm *vm)
{
	const struct finding *finding = mark_finding(frame, vm);

	return finding ? finding->severity : SEVERITY_NONE;
}

enum severity mark_of_frame(const struct frame *frame)
{
	enum severity worst = SEVERITY_NONE;

	for (size_t i = 0; frame->findings && i < frame->findings->n; i++)
		if (frame->findings->v[i].severity > worst)
			worst = frame->findings->v[i].severity;
	return worst;
}

void mark_why(const struct frame *frame, const struct frame_vm *vm, size_t columns,
	      enum fmt_escape escape, char buf[static WHY_SIZE])
{
	const struct vm_state *state = state_of(frame, vm);
	const struct finding *finding = state ? state->worst : NULL;
	const char *text = finding ? finding->text : state ? state->text : "";

	if (finding && columns >= LONG_MIN) {
		fmt_escape(escape, finding->long_text, strlen(finding->long_text), buf, WHY_SIZE);
		if (fmt_width(buf) <= columns)
			return;
	}
	fmt_escape(escape, text, strlen(text), buf, WHY_SIZE);
}

/* Names are as programs want them: the unit is the last part. */
static const char *unit_of(const char *name, size_t *ret_len)
{
	static const struct {
		const char *suffix, *unit;
	} units[] = { { "_pct", " %" },	     { "_per_s", "/s" }, { "_us", " us" },
		      { "_ms", " ms" },	     { "_ns", " ns" },	 { "_cpus", " CPUs" },
		      { "_bytes", " bytes" } };
	const size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		const size_t n = strlen(units[i].suffix);

		if (len <= n || strcmp(name + len - n, units[i].suffix))
			continue;
		*ret_len = len - n;
		return units[i].unit;
	}
	*ret_len = len;
	return "";
}

void evidence_format(const struct evidence *evidence, enum fmt_escape escape,
		     char buf[static EVIDENCE_LINE])
{
	char value[4 * EVIDENCE_TEXT_SIZE + 1];
	size_t len;
	const char *unit = unit_of(evidence->name, &len);

	if (evidence->is_text)
		fmt_escape(escape, evidence->text, strlen(evidence->text), value, sizeof(value));
	else
		fmt_decimal(evidence->value, 1, value, sizeof(value));
	snprintf(buf, EVIDENCE_LINE, "%.*s %s%s", (int)len, evidence->name, value, unit);
	for (size_t i = 0; i < len && buf[i]; i++)
		if (buf[i] == '_')
			buf[i] = ' ';
}
