/* SPDX-License-Identifier: GPL-2.0 */
/*
 * marks: what the findings of a frame say of a VM, as the screen shows it. Pure.
 */
#ifndef KVMTOP_TUI_MARKS_H
#define KVMTOP_TUI_MARKS_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/fmt.h"
#include "../model/finding.h"
#include "grid.h"

struct frame;
struct frame_vcpu;
struct frame_vm;

/* "!", "?" or " ". */
const char *mark_text(enum severity severity);
enum style mark_style(enum severity severity);

/* Whether the frame was diagnosed. */
bool marks_known(const struct frame *frame);

/* The worst finding of the VM, or of all. */
enum severity mark_of_vm(const struct frame *frame, const struct frame_vm *vm);
enum severity mark_of_frame(const struct frame *frame);

/* Its worst finding; NULL: it has none. */
const struct finding *mark_finding(const struct frame *frame, const struct frame_vm *vm);

/* That of the vCPU itself; NULL: it has none. */
const struct finding *mark_vcpu_finding(const struct frame *frame, const struct frame_vcpu *vcpu);

/* A word or a line on @vm, escaped, the longer one if there are @columns for it; "" if nothing is known. */
#define WHY_SIZE (4 * FINDING_LONG_SIZE + 1)
void mark_why(const struct frame *frame, const struct frame_vm *vm, size_t columns,
	      enum fmt_escape escape, char buf[static WHY_SIZE]);

/* "delay 18.3 %", "worst vcpu 2", escaped. */
#define EVIDENCE_LINE (8 * EVIDENCE_TEXT_SIZE)
void evidence_format(const struct evidence *evidence, enum fmt_escape escape,
		     char buf[static EVIDENCE_LINE]);

#endif
