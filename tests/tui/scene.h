/* SPDX-License-Identifier: GPL-2.0 */
/*
 * scene: a made-up host for tests of the screen: frames of it, and its screen, as text.
 */
#ifndef KVMTOP_TESTS_SCENE_H
#define KVMTOP_TESTS_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../../user/tui/screen.h"

struct frame;
struct grid;
struct snapshot;

/* A VM in percent of its vCPU time: guest, KVM, VMM, polling, halted, waiting. */
struct scene_vm {
	const char *name, *comm;
	int pid;
	size_t vcpus;
	double exits; /* per second */
	double pct[6];
	unsigned int from, to; /* seconds in which it is there; 0: always */
};

struct scene {
	const struct scene_vm *vms;
	size_t n;
	unsigned int cpus;
	double noise; /* exits of VMs differ from second to second, by this part at most */
	uint64_t drops;
};

/* The host of the mock-ups: 22 VMs. */
extern const struct scene scene_full;

/* The frame of second @sec of @scene, NULL: no memory. Two calls give the same. */
struct frame *scene_frame(const struct scene *scene, unsigned int sec);

/* Shows it, as the newest one of a live run. 0 or -ENOMEM. */
int scene_show(struct screen *screen, const struct scene *scene, unsigned int sec);

/* CLOCK_MONOTONIC of that second. */
#define SCENE_NS(sec) ((uint64_t)(sec)*UINT64_C(1000000000) + 1)

/* The grid as text, a line for each of its lines. With @styles also as a picture of the same size of what the cells mean: a letter each. */
void scene_dump(FILE *out, const struct grid *grid, bool styles);

#endif
