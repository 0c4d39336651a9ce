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
#include <string.h>

#include "../../user/arch/x86.h"
#include "../../user/base/arena.h"
#include "../../user/base/cleanup.h"
#include "../../user/model/delta.h"
#include "../../user/model/diagnosis.h"
#include "../../user/model/frame.h"
#include "../../user/model/reasons.h"
#include "../../user/model/snapshot.h"
#include "../../user/tui/grid.h"
#include "../../user/tui/screen.h"
#include "scene_more.h"

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
	bool moves;  /* in each second a third of the VMs differ, and in all they do */
	bool plain;  /* without findings */
	bool more;   /* with statistics of KVM and what exits were about */
	bool traced; /* with every tracepoint */
};

/* CLOCK_MONOTONIC of that second. */
#define SCENE_NS(sec) ((uint64_t)(sec)*UINT64_C(1000000000) + 1)

#define SCENE_SEC UINT64_C(1000000000)

static const struct scene_vm full_vms[] = {
	{ "ci-runner-07",
	  "qemu-system-x86",
	  20411,
	  8,
	  61240,
	  { 47.6, 38.5, 0.3, 0.4, 8.0, 5.2 },
	  0,
	  0 },
	{ "win2019-ts",
	  "qemu-system-x86",
	  21877,
	  8,
	  138000,
	  { 29.4, 1.9, 12.4, 3.0, 51.2, 2.1 },
	  0,
	  0 },
	{ "k8s-node3",
	  "qemu-system-x86",
	  18022,
	  12,
	  92400,
	  { 58.9, 7.7, 0.2, 0.8, 31.5, 0.9 },
	  0,
	  0 },
	{ "web01", "qemu-system-x86", 3111, 4, 48210, { 63.1, 3.0, 0.3, 2.1, 13.2, 18.3 }, 0, 0 },
	{ "legacy-erp",
	  "qemu-system-x86",
	  2790,
	  2,
	  9480,
	  { 18.4, 4.9, 22.6, 0.0, 53.5, 0.6 },
	  0,
	  0 },
	{ "haproxy-a",
	  "qemu-system-x86",
	  4410,
	  2,
	  77310,
	  { 31.0, 8.8, 0.0, 21.3, 38.2, 0.7 },
	  0,
	  0 },
	{ "db-primary",
	  "qemu-system-x86",
	  2954,
	  16,
	  18660,
	  { 84.2, 0.4, 0.1, 0.4, 14.6, 0.3 },
	  0,
	  0 },
	{ "kafka-1", "qemu-system-x86", 5120, 8, 21950, { 39.1, 0.8, 0.2, 1.1, 58.5, 0.3 }, 0, 0 },
	{ "db-replica",
	  "qemu-system-x86",
	  2981,
	  16,
	  15420,
	  { 45.1, 0.3, 0.1, 0.5, 53.8, 0.2 },
	  0,
	  0 },
	{ "kafka-2", "qemu-system-x86", 5188, 8, 20880, { 37.7, 0.7, 0.2, 1.0, 60.2, 0.2 }, 0, 0 },
	{ "redis-cache",
	  "qemu-system-x86",
	  6071,
	  2,
	  14110,
	  { 29.5, 1.9, 0.1, 2.4, 65.9, 0.2 },
	  0,
	  0 },
	{ "build-x86", "qemu-system-x86", 7702, 4, 8210, { 91.2, 0.8, 0.1, 0.0, 7.8, 0.1 }, 0, 0 },
	{ "gitlab", "qemu-system-x86", 8120, 4, 5120, { 12.7, 0.5, 0.1, 0.4, 86.2, 0.1 }, 0, 0 },
	{ "mail", "qemu-system-x86", 8455, 2, 1480, { 3.9, 0.3, 0.2, 0.2, 95.4, 0.0 }, 0, 0 },
	{ "vpn-gw", "qemu-system-x86", 8611, 1, 2210, { 6.5, 0.8, 0.1, 0.6, 91.9, 0.1 }, 0, 0 },
	{ "a-name-that-is-much-longer-than-its-column-and-differs-at-its-end-42",
	  "qemu-system-x86",
	  9002,
	  2,
	  990,
	  { 2.2, 0.2, 0.1, 0.1, 97.3, 0.1 },
	  0,
	  0 },
	{ NULL, "fc_vcpu 0", 30118, 1, 410, { 0.8, 0.2, 0.1, 0.0, 98.9, 0.0 }, 0, 0 },
	{ NULL, "fc_vcpu 0", 30126, 1, 388, { 0.7, 0.2, 0.1, 0.0, 99.0, 0.0 }, 0, 0 },
	{ "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e-\x1b[31m",
	  "qemu-system-x86",
	  30140,
	  1,
	  371,
	  { 0.7, 0.2, 0.1, 0.0, 99.0, 0.0 },
	  0,
	  0 },
	{ NULL, "fc_vcpu 0", 30151, 1, 364, { 0.6, 0.2, 0.1, 0.0, 99.1, 0.0 }, 0, 0 },
	{ "dns-a", "qemu-system-x86", 9100, 1, 210, { 0.4, 0.1, 0.0, 0.0, 99.5, 0.0 }, 0, 0 },
	{ "tmp-42", "qemu-system-x86", 31002, 2, 12000, { 4.0, 1.0, 0.0, 0.0, 95.0, 0.0 }, 1, 20 },
};

static const struct scene scene_full = { full_vms, ARRAY_SIZE(full_vms), 56, .noise = 0.1 };

DEFINE_CLEANUP(scene_snapshot, struct snapshot, snapshot__free)
DEFINE_CLEANUP(scene_names, struct reason_names, reason_names__free)
DEFINE_CLEANUP(scene_diagnosis, struct diagnosis, diagnosis__free)

/* ---- snapshots */

/* How many of @per_s there were up to @sec: more or less as many in each second. */
static inline uint64_t total_of(const struct scene *scene, const struct scene_vm *vm,
				unsigned int sec, double per_s)
{
	double total = 0;

	for (unsigned int i = 1; i <= sec; i++) {
		const unsigned int mix = (unsigned int)vm->pid * 7u + i * i * 31u + i * 17u;

		if (scene->moves && ((unsigned int)vm->pid + i) % 3)
			total += per_s;
		else
			total += per_s * (1 + scene->noise * ((double)(mix % 201) / 100 - 1));
	}
	return (uint64_t)total;
}

static inline void fill_tally(const struct snapshot *s, struct tally *tally, uint64_t code,
			      uint64_t count, uint64_t ns)
{
	uint64_t *hist = arena__calloc(s->arena, HIST_SLOTS, sizeof(*hist));

	if (!hist)
		return;
	hist[hist_slot(ns)] = count - count / 100;
	hist[hist_slot(16 * ns)] = count / 100;
	*tally = (struct tally){ .isa = ISA_SVM,
				 .code = code,
				 .count = count,
				 .sum_ns = count * ns,
				 .max_ns = 20 * ns,
				 .max_total_ns = 20 * ns,
				 .hist = hist_of(hist) };
}

/* How long a state of @pct took up to @sec. */
static inline uint64_t time_of(const struct scene *scene, const struct scene_vm *vm,
			       unsigned int sec, double pct)
{
	double total = pct * sec;

	if (!scene->moves)
		return (uint64_t)(pct * 1e7 * sec);
	for (unsigned int i = 1; i <= sec; i++)
		if (((unsigned int)vm->pid + i) % 3 == 0)
			total += pct * scene->noise * ((double)(vm->pid * 7 % 201) / 100 - 1);
	return (uint64_t)(total * 1e7);
}

static inline void fill_vcpu(const struct scene *scene, const struct snapshot *s,
			     struct vcpu_sample *vcpu, const struct scene_vm *vm, unsigned int sec)
{
	static const uint64_t codes[] = { 0x7b, 0x7c, 0x78, 0x400 }; /* io, msr, hlt, npf */
	const double per_s = vm->exits / (double)vm->vcpus;

	vcpu->exits = arena__calloc(s->arena, ARRAY_SIZE(codes), sizeof(*vcpu->exits));
	vcpu->user_exits = arena__calloc(s->arena, 1, sizeof(*vcpu->user_exits));
	if (!vcpu->exits || !vcpu->user_exits)
		return;
	vcpu->n_exits = ARRAY_SIZE(codes);
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		fill_tally(s, &vcpu->exits[i], codes[i],
			   total_of(scene, vm, sec, per_s * (double)(i + 1) / 10), 1000 << i);
	fill_tally(s, vcpu->user_exits, 2, total_of(scene, vm, sec, per_s / 100), 9000);
	vcpu->user_exits->isa = ISA_USER;
	vcpu->n_user_exits = 1;
	vcpu->times = (struct vcpu_times){ .valid = true,
					   .run_delay_valid = true,
					   .wall_ns = sec * SCENE_SEC };
	for (size_t i = 0; i < STATE_MAX; i++)
		vcpu->times.ns[i] = time_of(scene, vm, sec, vm->pct[i]);
}

/* VMs with the same pid are of one process: so many there are before @vm. */
static inline unsigned int scene_before(const struct scene *scene, const struct scene_vm *vm)
{
	unsigned int n = 0;

	for (const struct scene_vm *other = scene->vms; other < vm; other++)
		n += other->pid == vm->pid;
	return n;
}

static inline void fill_vm(const struct scene *scene, const struct snapshot *s,
			   struct vm_sample *vm, const struct scene_vm *from, unsigned int sec)
{
	const unsigned int before = scene_before(scene, from);

	*vm = (struct vm_sample){ .key = (uint64_t)from->pid | (uint64_t)before << 32,
				  .pid = from->pid,
				  .vm_fd = 12 + (int)before,
				  .name = from->name,
				  .comm = from->comm,
				  .ended = from->to && sec == from->to,
				  .n_vcpus = from->vcpus };
	vm->vcpus = arena__calloc(s->arena, from->vcpus, sizeof(*vm->vcpus));
	if (!vm->vcpus)
		vm->n_vcpus = 0;
	for (size_t i = 0; i < vm->n_vcpus; i++) {
		vm->vcpus[i].vcpu_id = (uint32_t)i;
		vm->vcpus[i].tid = from->pid + 4 + (int)i;
		vm->vcpus[i].held = HELD_NOT;
		vm->vcpus[i].thread =
			(struct vcpu_thread){ true, sec * (300 + 20 * i), true, (uint32_t)i + 40 };
		fill_vcpu(scene, s, &vm->vcpus[i], from, sec);
	}
}

static inline struct snapshot *scene_snapshot(const struct scene *scene, unsigned int sec)
{
	struct snapshot *s = snapshot__new();

	if (!s)
		return NULL;
	s->mono_ns = SCENE_SEC * (1000 + sec);
	s->wall.tv_sec = 1795782900 + sec;
	s->latency = LATENCY_FULL;
	s->sources[SOURCE_TRACEPOINTS].used = true;
	s->sources[SOURCE_STATS].used = true;
	s->drops[DROP_MISSED] = scene->drops;
	s->vms = arena__calloc(s->arena, scene->n + 1, sizeof(*s->vms));
	for (size_t i = 0; s->vms && i < scene->n; i++) {
		const struct scene_vm *vm = &scene->vms[i];

		if (!vm->to || (sec >= vm->from && sec <= vm->to))
			fill_vm(scene, s, &s->vms[s->n_vms++], vm, sec);
	}
	if (scene->more)
		scene_add_more(s, sec);
	if (scene->traced)
		scene_add_tracepoints(s, sec);
	return s;
}

/* ---- frames */

/* The frame of second @sec of @scene, NULL: no memory. Two calls give the same. */
static inline struct frame *scene_frame(const struct scene *scene, unsigned int sec)
{
	const struct host_info host = { "epyc-07", "6.12.117", "x86_64", scene->cpus };
	struct snapshot *prev __cleanup(cleanup_scene_snapshot) = scene_snapshot(scene, sec);
	struct snapshot *cur __cleanup(cleanup_scene_snapshot) = scene_snapshot(scene, sec + 1);
	struct reason_names *names __cleanup(cleanup_scene_names) = reason_names__new();
	const struct diagnosis_opts opts = { .all_vms = true };
	struct diagnosis *diagnosis __cleanup(cleanup_scene_diagnosis) = diagnosis__new(&opts);
	struct frame *frame = NULL;

	if (prev && cur && names && diagnosis && !delta__compute(prev, cur, &host, names, &frame) &&
	    !scene->plain)
		diagnosis__make_single(diagnosis, frame);
	return frame;
}

/* Shows @frame, which is of second @sec, as the newest one of a live run. 0 or -ENOMEM. */
static inline int scene_show_frame(struct screen *screen, const struct frame *frame,
				   unsigned int sec)
{
	const struct screen_time time = { .mode = SCREEN_LIVE,
					  .has_past = true,
					  .first_ns = INT64_C(1795782901) * (int64_t)SCENE_SEC,
					  .last_ns = INT64_C(1795782901) * (int64_t)SCENE_SEC +
						     (int64_t)(sec * SCENE_SEC),
					  .frames = sec,
					  .interval_s = 1 };
	const struct screen_self self = { .cpu_pct = 0.4 };

	return screen__show(screen, frame, true, &time, &self);
}

/* The same with the frame that is made for that second. */
static inline int scene_show(struct screen *screen, const struct scene *scene, unsigned int sec)
{
	struct frame *frame = scene_frame(scene, sec);
	int err = frame ? scene_show_frame(screen, frame, sec) : -1;

	frame__free(frame);
	return err;
}

/* ---- pictures */

static inline char style_letter(const struct grid_cell *cell)
{
	static const char letters[STYLE_MAX] = {
		[STYLE_PLAIN] = '.', [STYLE_BOLD] = 'b', [STYLE_DIM] = 'd',  [STYLE_GUEST] = 'g',
		[STYLE_KVM] = 'k',   [STYLE_VMM] = 'v',	 [STYLE_POLL] = 'p', [STYLE_HALT] = 'h',
		[STYLE_DELAY] = 'w', [STYLE_ACT] = 'a',	 [STYLE_LOOK] = 'l',
	};
	const char letter = letters[cell->style];

	if (!cell->reverse)
		return letter;
	return letter == '.' ? 'R' : (char)(letter - 'a' + 'A');
}

/*
 * The grid as text, a line for each of its lines. With @styles also as a picture of the same size of what the cells mean: a letter
 * each.
 */
static inline void scene_dump(FILE *out, const struct grid *grid, bool styles)
{
	for (size_t i = 0; i < grid->height; i++) {
		fputc('|', out);
		for (size_t j = 0; j < grid->width; j++)
			fputs(grid__cell(grid, i, j)->text, out);
		fputs("|\n", out);
	}
	for (size_t i = 0; i < grid->height && styles; i++) {
		for (size_t j = 0; j < grid->width; j++)
			fputc(style_letter(grid__cell(grid, i, j)), out);
		fputc('\n', out);
	}
	if (grid->cursor)
		fprintf(out, "cursor %zu %zu\n", grid->cursor_row, grid->cursor_column);
}

#endif
