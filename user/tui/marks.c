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

const struct finding *mark_vcpu_finding(const struct frame *frame, const struct frame_vcpu *vcpu)
{
	const struct findings *findings = frame->findings;

	for (size_t i = 0; findings && i < findings->n; i++)
		if (findings->v[i].vcpu == vcpu)
			return &findings->v[i];
	return NULL;
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

/* Cuts @suffix off the end of @name; false: it does not end so. */
static bool cut_suffix(char *name, const char *suffix)
{
	const size_t len = strlen(name), n = strlen(suffix);

	if (len <= n || strcmp(name + len - n, suffix))
		return false;
	name[len - n] = '\0';
	return true;
}

/* Names are as programs want them: the unit is their last part, and is cut off here. */
static void format_number(char *name, double number, char *buf, size_t size)
{
	static const struct {
		const char *suffix, *unit;
	} units[] = { { "_pct", " %" }, { "_ms", " ms" }, { "_cpus", " CPUs" }, { "", "" } };
	size_t i = 0;

	if (cut_suffix(name, "_ns") && number >= 0 && number < 1e18) {
		fmt_duration_ns((uint64_t)number, buf, size);
		return;
	}
	if (cut_suffix(name, "_per_s")) {
		fmt_rate(number, buf, size);
		strncat(buf, "/s", size - strlen(buf) - 1);
		return;
	}
	while (units[i].suffix[0] && !cut_suffix(name, units[i].suffix))
		i++;
	fmt_decimal(number, 1, buf, size);
	strncat(buf, units[i].unit, size - strlen(buf) - 1);
}

void evidence_format(const struct evidence *evidence, enum fmt_escape escape,
		     char buf[static EVIDENCE_LINE])
{
	char name[EVIDENCE_TEXT_SIZE], value[4 * EVIDENCE_TEXT_SIZE + 1];

	snprintf(name, sizeof(name), "%s", evidence->name);
	if (evidence->is_text)
		fmt_escape(escape, evidence->text, strlen(evidence->text), value, sizeof(value));
	else
		format_number(name, evidence->value, value, sizeof(value));
	for (char *p = name; *p; p++)
		if (*p == '_')
			*p = ' ';
	snprintf(buf, EVIDENCE_LINE, "%s %s", name, value);
}
