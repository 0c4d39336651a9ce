/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tables: the text tables of a frame: VMs, vCPUs, exit reasons, userspace exits, and what exits were about.
 */
#ifndef KVMTOP_SINKS_TABLES_H
#define KVMTOP_SINKS_TABLES_H

#include <stddef.h>
#include <stdio.h>

#include "../base/fmt.h"

struct frame;
struct frame_vm;
struct frame_vcpu;
struct view;

/* How foreign text must be escaped in this view. */
enum fmt_escape tables_escape(const struct view *view);

/*
 * How a VM is called, escaped and malloc'ed: its name, or its VMM's comm in brackets. Before it, that the VM has ended, or what holds
 * it; or, if the row is of @vcpu, what holds that (NULL: it is not). NULL: no memory.
 */
char *tables_vm_name(const struct view *view, const struct frame_vm *vm,
		     const struct frame_vcpu *vcpu);

/* Each prints its table to @out, with a last line that says how many rows --top cut. 0 or -ENOMEM. */
int tables_print_vms(FILE *out, const struct frame *frame, const struct view *view);
int tables_print_vcpus(FILE *out, const struct frame *frame, const struct view *view);

/* The reasons of all VMs merged, then the userspace exits; @top rows of each, 0: all. */
int tables_print_reasons(FILE *out, const struct frame *frame, const struct view *view, size_t top);

/* The keys of the drill-down, below a title, if they were asked for; 20 of them unless --top says how many. */
int tables_print_keys(FILE *out, const struct frame *frame, const struct view *view);

#endif
