// SPDX-License-Identifier: GPL-2.0
#include "rules_history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "frame.h"
#include "rules_find.h"
#include "rules_table.h"
#include "verdicts.h"

/* Of so many frames a rule must apply in so many. */
#define FRAMES 5
#define FRAMES_MASK ((1u << FRAMES) - 1)
/*
 * One that is shown and only nearly applies is still shown in so many frames. So what is shown depends on the frames shortly before only, and
 * the past can be judged as it was then.
 */
#define FRAMES_NEARLY 30

_Static_assert(RULES_HISTORY_FRAMES > FRAMES_NEARLY, "see there");

/* No vCPU has this id: the finding is of the VM. */
#define OF_VM UINT64_MAX

/* What there was of one rule in one VM or vCPU; a bit for each of the last frames, the newest is the lowest. */
struct mark {
	uint64_t vm_key, vcpu;
	enum rule_id rule;
	unsigned int applied, stayed;
	double since; /* when it began to apply, on the history's clock */
	bool shown;
	unsigned int nearly; /* in how many frames it has not been strong enough to be shown anew */
	struct finding last; /* as it was when it applied or stayed last */
};

struct rules_history {
	double seconds;	    /* 0: the defaults */
	double now;	    /* of the frames so far */
	struct mark *marks; /* by VM, vCPU and rule */
	size_t n_marks;
	uint64_t *vms; /* the keys of the last frame's VMs, sorted */
	size_t n_vms;
};

struct rules_history *rules_history__new(double seconds)
{
	struct rules_history *history = calloc(1, sizeof(*history));

	if (history)
		history->seconds = seconds;
	return history;
}

void rules_history__reset(struct rules_history *history)
{
	free(take_ptr(history->marks));
	free(take_ptr(history->vms));
	history->n_marks = 0;
	history->n_vms = 0;
}

void rules_history__free(struct rules_history *history)
{
	if (!history)
		return;
	rules_history__reset(history);
	free(history);
}

/* ---- order */

static int cmp_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int cmp_keys(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return cmp_u64(*x, *y);
}

static uint64_t vcpu_of(const struct finding *finding)
{
	return finding->vcpu ? finding->vcpu->vcpu_id : OF_VM;
}

static int cmp_findings(const void *a, const void *b)
{
	const struct finding *const *x = a, *const *y = b;

	return cmp_u64((*x)->vm->key, (*y)->vm->key) ?:
	       cmp_u64(vcpu_of(*x), vcpu_of(*y)) ?:
						   cmp_u64((*x)->rule, (*y)->rule);
}

static int cmp_mark(const struct mark *mark, const struct finding *finding)
{
	return cmp_u64(mark->vm_key, finding->vm->key) ?:
	       cmp_u64(mark->vcpu, vcpu_of(finding)) ?:
						       cmp_u64(mark->rule, finding->rule);
}

static bool has_key(const uint64_t *keys, size_t n, uint64_t key)
{
	return n && bsearch(&key, keys, n, sizeof(*keys), cmp_keys);
}

/* ---- marks */

static double needed_seconds(const struct rules_history *history, enum rule_id id)
{
	const struct rule *rule = rule_of(id);
	const double seconds = rule && rule->seconds > 0 ? rule->seconds : RULES_HISTORY_SECONDS;

	return history->seconds > 0 && history->seconds < seconds ? history->seconds : seconds;
}

/* Another frame has passed; @finding is what it has, or NULL. @begun: when the frame began. */
static void pass_frame(const struct rules_history *history, struct mark *mark,
		       const struct finding *finding, double begun)
{
	const bool applies = finding && finding->strength >= 1;
	const bool stays = finding && finding->strength >= RULE_STAYS;

	if (applies && !mark->applied)
		mark->since = begun;
	mark->applied = (mark->applied << 1 | applies) & FRAMES_MASK;
	mark->stayed = (mark->stayed << 1 | stays) & FRAMES_MASK;
	if (finding)
		mark->last = *finding;
	mark->last.fading = !finding;
	mark->last.seconds = history->now - mark->since;
	if (applies && __builtin_popcount(mark->applied) >= RULES_HISTORY_FRAMES_NEEDED &&
	    history->now - mark->since >=
		    needed_seconds(history, mark->rule) * (1 - RULES_HISTORY_SLACK)) {
		mark->shown = true;
		mark->nearly = 0;
	} else if (!mark->stayed || ++mark->nearly > FRAMES_NEARLY) {
		mark->shown = false;
	}
}

static struct mark begin_mark(const struct finding *finding)
{
	return (struct mark){
		.vm_key = finding->vm->key,
		.vcpu = vcpu_of(finding),
		.rule = finding->rule,
	};
}

/* ---- a frame */

/* What a frame is taken with. */
struct taking {
	const struct rules_history *history;
	double begun;
	uint64_t *vms; /* the frame's, sorted */
	size_t n_vms;
	struct mark *marks; /* the new ones */
	size_t n_marks;
};

/* What is of a VM that has ended, or has not been there for long, is forgotten. */
static void add_mark(struct taking *taking, struct mark *mark, const struct finding *finding)
{
	if (!has_key(taking->vms, taking->n_vms, mark->vm_key))
		return;
	pass_frame(taking->history, mark, finding, taking->begun);
	if (mark->stayed)
		taking->marks[taking->n_marks++] = *mark;
}

/* Both are sorted, and so are the marks that they make. */
static void merge(struct taking *taking, struct finding **findings, size_t n)
{
	const struct rules_history *history = taking->history;
	size_t i = 0, j = 0;

	while (i < history->n_marks || j < n) {
		int order = i >= history->n_marks ? 1
			    : j >= n		  ? -1
						  : cmp_mark(&history->marks[i], findings[j]);
		struct mark mark;

		if (order <= 0)
			mark = history->marks[i++];
		else
			mark = begin_mark(findings[j]);
		add_mark(taking, &mark, order < 0 ? NULL : findings[j]);
		j += order >= 0;
	}
}

/* Those of VMs that were there in the frame before, too; sorted. */
static int sort_findings(const struct rules_history *history, struct finding *findings, size_t n,
			 struct finding ***ret_sorted, size_t *ret_n)
{
	struct finding **sorted = calloc(n + 1, sizeof(*sorted));
	size_t kept = 0;

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (has_key(history->vms, history->n_vms, findings[i].vm->key))
			sorted[kept++] = &findings[i];
	qsort(sorted, kept, sizeof(struct finding *), cmp_findings);
	*ret_sorted = sorted;
	*ret_n = kept;
	return 0;
}

static int sort_vms(const struct frame *frame, uint64_t **ret_vms, size_t *ret_n)
{
	uint64_t *vms = calloc(frame->n_vms + 1, sizeof(*vms));
	size_t n = 0;

	if (!vms)
		return -ENOMEM;
	for (size_t i = 0; i < frame->n_vms; i++)
		if (!frame->vms[i].ended)
			vms[n++] = frame->vms[i].key;
	qsort(vms, n, sizeof(*vms), cmp_keys);
	*ret_vms = vms;
	*ret_n = n;
	return 0;
}

static const struct frame_vm *find_vm(const struct frame *frame, uint64_t key)
{
	for (size_t i = 0; i < frame->n_vms; i++)
		if (frame->vms[i].key == key)
			return &frame->vms[i];
	return NULL;
}

static const struct frame_vcpu *find_vcpu(const struct frame_vm *vm, uint64_t id)
{
	for (size_t i = 0; i < vm->n_vcpus; i++)
		if (vm->vcpus[i].vcpu_id == id)
			return &vm->vcpus[i];
	return NULL;
}

/* One that is not in this frame points into an earlier one. */
static bool point_into(struct mark *mark, const struct frame *frame)
{
	struct finding *last = &mark->last;

	if (!last->fading)
		return true;
	last->vm = find_vm(frame, mark->vm_key);
	last->vcpu = last->vm && mark->vcpu != OF_VM ? find_vcpu(last->vm, mark->vcpu) : NULL;
	return last->vm && (mark->vcpu == OF_VM || last->vcpu);
}

static int take(struct taking *taking, const struct frame *frame, struct finding **sorted, size_t n,
		struct finding **ret_shown, size_t *ret_n)
{
	struct finding *shown;
	size_t n_shown = 0;

	/* Not zeroed, as all that is used is written. */
	taking->marks =
		reallocarray(NULL, taking->history->n_marks + n + 1, sizeof(*taking->marks));
	shown = reallocarray(NULL, taking->history->n_marks + n + 1, sizeof(*shown));
	if (!taking->marks || !shown) {
		free(shown);
		return -ENOMEM;
	}
	merge(taking, sorted, n);
	for (size_t i = 0; i < taking->n_marks; i++)
		if (taking->marks[i].shown && point_into(&taking->marks[i], frame))
			shown[n_shown++] = taking->marks[i].last;
	*ret_shown = shown;
	*ret_n = n_shown;
	return 0;
}

int rules_history__take(struct rules_history *history, const struct frame *frame,
			struct finding *findings, size_t n, struct finding **ret_shown,
			size_t *ret_n)
{
	struct taking taking = { .history = history, .begun = history->now };
	__autofree struct finding **sorted = NULL;
	int err = sort_vms(frame, &taking.vms, &taking.n_vms);

	history->now += frame->interval_s;
	if (!err)
		err = sort_findings(history, findings, n, &sorted, &n);
	if (!err)
		err = take(&taking, frame, sorted, n, ret_shown, ret_n);
	if (err) {
		free(taking.vms);
		free(taking.marks);
		history->now -= frame->interval_s;
		return err;
	}
	rules_history__reset(history);
	history->marks = taking.marks;
	history->n_marks = taking.n_marks;
	history->vms = taking.vms;
	history->n_vms = taking.n_vms;
	return 0;
}

/* ---- the past */

bool rules_history__last(const struct rules_history *history, const struct verdict *verdict,
			 const struct frame *frame, struct finding *ret_finding)
{
	const uint64_t vcpu = verdict->vcpu == VERDICT_OF_VM ? OF_VM : verdict->vcpu;

	for (size_t i = 0; i < history->n_marks; i++) {
		struct mark mark = history->marks[i];

		if (mark.vm_key != verdict->vm_key || mark.vcpu != vcpu ||
		    mark.rule != verdict->rule)
			continue;
		mark.last.fading = true;
		if (!point_into(&mark, frame))
			return false;
		*ret_finding = mark.last;
		return true;
	}
	return false;
}
