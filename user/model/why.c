// SPDX-License-Identifier: GPL-2.0
#include "why.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "lost.h"

/* What comes again so soon is still the same. */
#define JOIN_NS (60 * INT64_C(1000000000))

/* One finding, with what it points to. */
struct joined {
	struct why_finding finding;
	struct frame_vm vm;
	struct frame_vcpu vcpu;
	double cost_seconds, seconds; /* for the mean */
	struct joined *before;	      /* the last one of the same VM; NULL: it is the first */
};

struct vm_sum {
	double lost_seconds, seconds;
	struct joined *last; /* its findings, the newest first; NULL: none */
	unsigned int run;
};

struct why {
	struct why_report report;
	struct joined **joined;
	const struct why_finding **listed; /* for the report */
	size_t n_joined, room_joined;
	struct why_vm *vms;
	struct vm_sum *sums; /* of each VM */
	size_t n_vms, room_vms;
	char *host_name;
	double want_seconds, seconds_of_want;
	unsigned int run;
};

struct why *why__new(void)
{
	return calloc(1, sizeof(struct why));
}

void why__free(struct why *why)
{
	if (!why)
		return;
	for (size_t i = 0; i < why->n_vms; i++) {
		free(why->vms[i].id);
		free(why->vms[i].name);
		free(why->vms[i].comm);
	}
	for (size_t i = 0; i < why->n_joined; i++)
		free(why->joined[i]);
	free(why->joined);
	free(why->listed);
	free(why->vms);
	free(why->sums);
	free(why->host_name);
	free(why);
}

void why__begin_anew(struct why *why)
{
	why->run++;
}

/* ---- VMs */

static int copy_text(const char *text, char **ret_copy)
{
	*ret_copy = text ? strdup(text) : NULL;
	return text && !*ret_copy ? -ENOMEM : 0;
}

static int add_vm(struct why *why, const struct frame_vm *vm)
{
	struct why_vm *added;

	if (why->n_vms == why->room_vms) {
		const size_t room = 2 * why->room_vms + 16;
		struct why_vm *vms = reallocarray(why->vms, room, sizeof(*vms));
		struct vm_sum *sums;

		if (!vms)
			return -ENOMEM;
		why->vms = vms;
		sums = reallocarray(why->sums, room, sizeof(*sums));
		if (!sums)
			return -ENOMEM;
		why->sums = sums;
		why->room_vms = room;
	}
	added = &why->vms[why->n_vms];
	*added = (struct why_vm){ .key = vm->key, .pid = vm->pid };
	why->sums[why->n_vms++] = (struct vm_sum){ .run = why->run };
	return copy_text(vm->id, &added->id) ?:
	       copy_text(vm->name, &added->name) ?:
						   copy_text(vm->comm, &added->comm);
}

/* The VMs of a frame mostly are in the same order as those of the one before: the search begins at @*at. */
static int find_vm(struct why *why, const struct frame_vm *vm, size_t *at)
{
	for (size_t i = 0; i < why->n_vms; i++) {
		const size_t j = (*at + i) % why->n_vms;

		if (why->vms[j].key != vm->key || why->sums[j].run != why->run)
			continue;
		*at = j;
		return 0;
	}
	*at = why->n_vms;
	return add_vm(why, vm);
}

static int take_vm(struct why *why, const struct frame *frame, size_t i, size_t *at)
{
	const struct frame_vm *vm = &frame->vms[i];
	int err = find_vm(why, vm, at);
	double lost;

	if (err)
		return err;
	why->vms[*at].ended = vm->ended;
	why->vms[*at].state = frame->findings ? frame->findings->states[i].rule : 0;
	if (lost_cpus_of_vm(vm, &lost)) {
		struct vm_sum *sum = &why->sums[*at];

		sum->lost_seconds += lost * frame->interval_s;
		sum->seconds += frame->interval_s;
		why->vms[*at].lost_known = true;
		why->vms[*at].lost_cpus = sum->lost_seconds / sum->seconds;
	}
	why->report.running += !vm->ended;
	why->report.vcpus += vm->ended ? 0 : vm->n_vcpus;
	return 0;
}

/* ---- findings */

static bool is_same(const struct joined *joined, const struct finding *finding)
{
	const struct finding *peak = &joined->finding.peak;

	if (peak->rule != finding->rule || !peak->vcpu != !finding->vcpu)
		return false;
	return !finding->vcpu || joined->vcpu.vcpu_id == finding->vcpu->vcpu_id;
}

/* The last one is the one that may go on. Only those of its VM are looked at: a night has many. */
static struct joined *find_joined(const struct vm_sum *sum, const struct finding *finding,
				  int64_t from_ns)
{
	for (struct joined *joined = sum->last; joined; joined = joined->before)
		if (is_same(joined, finding))
			return from_ns - joined->finding.to_ns <= JOIN_NS ? joined : NULL;
	return NULL;
}

/* Room for one more. */
static int grow_joined(struct why *why)
{
	const size_t room = 2 * why->room_joined + 16;
	struct joined **v;
	const struct why_finding **listed;

	if (why->n_joined < why->room_joined)
		return 0;
	v = reallocarray(why->joined, room, sizeof(struct joined *));
	if (!v)
		return -ENOMEM;
	why->joined = v;
	listed = reallocarray(why->listed, room, sizeof(const struct why_finding *));
	if (!listed)
		return -ENOMEM;
	why->listed = listed;
	why->room_joined = room;
	return 0;
}

static struct joined *add_joined(struct why *why, struct vm_sum *sum, const struct finding *finding,
				 int64_t from_ns)
{
	struct joined *joined = grow_joined(why) ? NULL : calloc(1, sizeof(*joined));

	if (!joined)
		return NULL;
	joined->before = sum->last;
	sum->last = joined;
	joined->finding.from_ns = from_ns;
	joined->finding.peak.cost_pct = -1;
	joined->vm.key = finding->vm->key;
	why->joined[why->n_joined++] = joined;
	return joined;
}

static void take_peak(struct joined *joined, const struct finding *finding, int64_t now_ns)
{
	struct finding *peak = &joined->finding.peak;

	if (finding->cost_pct <= peak->cost_pct)
		return;
	*peak = *finding;
	peak->vm = &joined->vm;
	peak->vcpu = finding->vcpu ? &joined->vcpu : NULL;
	if (finding->vcpu)
		joined->vcpu.vcpu_id = finding->vcpu->vcpu_id;
	joined->finding.peak_ns = now_ns;
}

/* @vm: its place among the VMs. */
static int take_finding(struct why *why, const struct frame *frame, const struct finding *finding,
			size_t vm)
{
	const int64_t now_ns = timespec_ns(&frame->wall);
	const double seconds =
		finding->seconds > frame->interval_s ? finding->seconds : frame->interval_s;
	const int64_t from_ns = now_ns - (int64_t)(seconds * 1e9);
	struct joined *joined = find_joined(&why->sums[vm], finding, from_ns);

	if (!joined)
		joined = add_joined(why, &why->sums[vm], finding, from_ns);
	if (!joined)
		return -ENOMEM;
	joined->finding.vm = vm;
	joined->finding.to_ns = now_ns;
	if (finding->severity > joined->finding.severity)
		joined->finding.severity = finding->severity;
	if (finding->severity > why->vms[vm].severity)
		why->vms[vm].severity = finding->severity;
	joined->cost_seconds += finding->cost_pct * frame->interval_s;
	joined->seconds += frame->interval_s;
	joined->finding.mean_pct = joined->cost_seconds / joined->seconds;
	take_peak(joined, finding, now_ns);
	return 0;
}

static int take_findings(struct why *why, const struct frame *frame, const size_t *places)
{
	const struct findings *findings = frame->findings;
	int err = 0;

	for (size_t i = 0; findings && i < findings->n && !err; i++) {
		const struct finding *finding = &findings->v[i];

		if (!finding->fading)
			err = take_finding(why, frame, finding, places[finding->vm - frame->vms]);
	}
	return err;
}

/* ---- frames */

static int take_host(struct why *why, const struct frame *frame)
{
	const struct findings *findings = frame->findings;
	struct why_report *report = &why->report;

	if (!report->to_ns)
		report->from_ns = timespec_ns(&frame->wall) - (int64_t)(frame->interval_s * 1e9);
	report->to_ns = timespec_ns(&frame->wall);
	report->seconds += frame->interval_s;
	report->n_frames++;
	report->host_cpus = frame->host.cpus;
	report->timed |= findings != NULL;
	report->running = 0;
	report->vcpus = 0;
	if (findings && findings->want_known) {
		why->want_seconds += findings->want_cpus * frame->interval_s;
		why->seconds_of_want += frame->interval_s;
		report->want_known = true;
		report->want_cpus = why->want_seconds / why->seconds_of_want;
	}
	if (why->host_name || !frame->host.name)
		return 0;
	return copy_text(frame->host.name, &why->host_name);
}

int why__take(struct why *why, const struct frame *frame)
{
	__autofree size_t *places = calloc(frame->n_vms + 1, sizeof(*places));
	size_t at = 0;
	int err = places ? take_host(why, frame) : -ENOMEM;

	for (size_t i = 0; i < frame->n_vms && !err; i++) {
		err = take_vm(why, frame, i, &at);
		places[i] = at++;
	}
	return err ? err : take_findings(why, frame, places);
}

static int cmp_begins(const void *a, const void *b)
{
	const struct joined *const *x = a, *const *y = b;
	const struct why_finding *f = &(*x)->finding, *g = &(*y)->finding;

	if (f->from_ns != g->from_ns)
		return f->from_ns < g->from_ns ? -1 : 1;
	if (f->severity != g->severity)
		return f->severity > g->severity ? -1 : 1;
	return f->peak.cost_pct < g->peak.cost_pct ? 1 : -1;
}

const struct why_report *why__report(struct why *why)
{
	struct why_report *report = &why->report;

	if (why->n_joined)
		qsort(why->joined, why->n_joined, sizeof(struct joined *), cmp_begins);
	for (size_t i = 0; i < why->n_joined; i++) {
		const struct why_vm *vm = &why->vms[why->joined[i]->finding.vm];

		why->joined[i]->vm.id = vm->id;
		why->joined[i]->vm.name = vm->name;
		why->joined[i]->vm.comm = vm->comm;
		why->joined[i]->vm.pid = vm->pid;
		why->listed[i] = &why->joined[i]->finding;
		report->to_act |= why->joined[i]->finding.severity == SEVERITY_ACT;
	}
	report->findings = why->listed;
	report->n_findings = why->n_joined;
	report->vms = why->vms;
	report->n_vms = why->n_vms;
	report->host_name = why->host_name;
	return report;
}
