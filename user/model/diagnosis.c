// SPDX-License-Identifier: GPL-2.0
#include "diagnosis.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/cleanup.h"
#include "frame.h"
#include "rules.h"
#include "rules_history.h"
#include "rules_table.h"
#include "verdicts.h"

struct diagnosis {
	struct diagnosis_opts opts;
	struct rules_history *history;
	bool has_drops;
	uint64_t drops[DROP_CAUSE_MAX]; /* of the frame before */
	/* How far it is from where the history was not known; see rules_history.h. */
	bool settled;
	unsigned int n, n_after;
	double seconds;
	/* Since all was forgotten: a rule that applied all the time could not have been shown before. */
	unsigned int n_seen;
	double seen_s;
};

struct diagnosis *diagnosis__new(const struct diagnosis_opts *opts)
{
	struct diagnosis *diagnosis = calloc(1, sizeof(*diagnosis));

	if (!diagnosis)
		return NULL;
	diagnosis->opts = *opts;
	diagnosis->settled = true;
	diagnosis->history = rules_history__new(opts->seconds);
	if (diagnosis->history)
		return diagnosis;
	free(diagnosis);
	return NULL;
}

void diagnosis__free(struct diagnosis *diagnosis)
{
	if (!diagnosis)
		return;
	rules_history__free(diagnosis->history);
	free(diagnosis);
}

void diagnosis__reset(struct diagnosis *diagnosis)
{
	rules_history__reset(diagnosis->history);
	diagnosis->has_drops = false;
	diagnosis->settled = true;
	diagnosis->n_seen = 0;
	diagnosis->seen_s = 0;
}

void diagnosis__run_up(struct diagnosis *diagnosis)
{
	diagnosis__reset(diagnosis);
	diagnosis->settled = false;
	diagnosis->n = diagnosis->n_after = 0;
	diagnosis->seconds = 0;
}

bool diagnosis__is_settled(const struct diagnosis *diagnosis)
{
	return diagnosis->settled;
}

/* A frame of so many seconds more. */
static void pass(struct diagnosis *diagnosis, double seconds)
{
	/* The first frame never has a finding. */
	diagnosis->seen_s += diagnosis->n_seen ? seconds : 0;
	diagnosis->n_seen += diagnosis->n_seen <= RULES_HISTORY_FRAMES_NEEDED;
	if (diagnosis->settled)
		return;
	if (++diagnosis->n <= RULES_HISTORY_FIRST)
		return;
	diagnosis->seconds += seconds;
	/* A little longer, as intervals are added up. */
	if (diagnosis->n > RULES_HISTORY_FIRST + 5 &&
	    diagnosis->seconds > RULES_HISTORY_LONGEST + 0.5)
		diagnosis->settled = ++diagnosis->n_after >= RULES_HISTORY_FRAMES;
}

/* Whether most rules that applied in all frames so far would be shown. */
static bool is_judged(const struct diagnosis *diagnosis)
{
	double seconds = diagnosis->opts.seconds;

	if (seconds <= 0 || seconds > RULES_HISTORY_SECONDS)
		seconds = RULES_HISTORY_SECONDS;
	return diagnosis->n_seen > RULES_HISTORY_FRAMES_NEEDED &&
	       diagnosis->seen_s >= seconds * (1 - RULES_HISTORY_SLACK);
}

/* ---- what the rules find */

/* What grows. */
struct found {
	struct finding *v;
	size_t n, room;
};

static int found__add(struct found *found, const struct finding *findings, size_t n)
{
	if (found->n + n > found->room) {
		size_t room = 2 * (found->n + n);
		struct finding *v = reallocarray(found->v, room, sizeof(*v));

		if (!v)
			return -ENOMEM;
		found->v = v;
		found->room = room;
	}
	if (n)
		memcpy(&found->v[found->n], findings, n * sizeof(*findings));
	found->n += n;
	return 0;
}

static int find_all(const struct host_facts *host, struct found *found)
{
	const struct frame *frame = host->frame;
	int err = 0;

	for (size_t i = 0; i < frame->n_vms && !err; i++) {
		struct finding findings[RULES_MAX];
		size_t n = rules__find(host, &frame->vms[i], findings);

		err = found__add(found, findings, n);
	}
	return err;
}

/* What only nearly applies is not shown. */
static void drop_weak(struct found *found)
{
	size_t kept = 0;

	for (size_t i = 0; i < found->n; i++)
		if (found->v[i].strength >= 1)
			found->v[kept++] = found->v[i];
	found->n = kept;
}

/* ---- what the frame gets */

static int cmp_worse(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int order = (y->severity > x->severity) - (y->severity < x->severity);

	if (!order)
		order = (y->cost_pct > x->cost_pct) - (y->cost_pct < x->cost_pct);
	if (!order)
		order = (x->vm->key > y->vm->key) - (x->vm->key < y->vm->key);
	return order ? order : (int)x->rule - (int)y->rule;
}

/* @judged: findings would be shown by now. */
static void set_states(const struct host_facts *host, const struct findings *findings, bool judged,
		       struct vm_state *states)
{
	const struct frame *frame = host->frame;

	for (size_t i = 0; i < frame->n_vms; i++) {
		states[i].rule = rules__state(host, &frame->vms[i], states[i].text);
		if (!judged && !strcmp(states[i].text, "fine"))
			snprintf(states[i].text, sizeof(states[i].text), "not judged yet");
	}
	/* The worst comes last, so that it stays. */
	for (size_t i = findings->n; i > 0; i--)
		states[findings->v[i - 1].vm - frame->vms].worst = &findings->v[i - 1];
}

static int attach(const struct host_facts *host, struct frame *frame, const struct finding *shown,
		  size_t n, bool judged)
{
	struct findings *findings = arena__alloc(frame->arena, sizeof(*findings));
	struct finding *v = arena__calloc(frame->arena, n + 1, sizeof(*v));
	struct vm_state *states = arena__calloc(frame->arena, frame->n_vms + 1, sizeof(*states));

	if (!findings || !v || !states)
		return -ENOMEM;
	if (n)
		memcpy(v, shown, n * sizeof(*v));
	qsort(v, n, sizeof(*v), cmp_worse);
	*findings = (struct findings){
		.v = v,
		.n = n,
		.states = states,
		.want_cpus = host->want_cpus,
		.want_known = host->want_known,
	};
	set_states(host, findings, judged, states);
	frame->findings = findings;
	return 0;
}

/* What is no use there is not advised. */
static void advise_of_recording(struct found *found)
{
	for (size_t i = 0; i < found->n; i++) {
		const struct rule *rule = rule_of(found->v[i].rule);

		if (rule && rule->next_recorded && found->v[i].next == rule->next)
			found->v[i].next = rule->next_recorded;
	}
}

static int look(const struct diagnosis *diagnosis, const struct frame *frame,
		struct host_facts *ret_host, struct found *ret_found)
{
	int err;

	host_facts__make(frame, diagnosis->has_drops ? diagnosis->drops : NULL,
			 diagnosis->opts.all_vms, ret_host);
	ret_host->rules = diagnosis->opts.rules;
	rules__look_at_host(ret_host);
	err = find_all(ret_host, ret_found);
	if (diagnosis->opts.recorded)
		advise_of_recording(ret_found);
	return err;
}

int diagnosis__make(struct diagnosis *diagnosis, struct frame *frame)
{
	__autofree struct finding *shown = NULL;
	struct found found = { .v = NULL };
	struct host_facts host;
	size_t n = 0;
	int err = look(diagnosis, frame, &host, &found);

	pass(diagnosis, frame->interval_s);
	if (!err)
		err = rules_history__take(diagnosis->history, frame, found.v, found.n, &shown, &n);
	if (!err)
		err = attach(&host, frame, shown, n, is_judged(diagnosis));
	free(found.v);
	memcpy(diagnosis->drops, frame->drops, sizeof(diagnosis->drops));
	diagnosis->has_drops = true;
	return err;
}

int diagnosis__make_single(const struct diagnosis *diagnosis, struct frame *frame)
{
	struct diagnosis alone = { .opts = diagnosis->opts };
	struct found found = { .v = NULL };
	struct host_facts host;
	int err = look(&alone, frame, &host, &found);

	if (!err) {
		drop_weak(&found);
		err = attach(&host, frame, found.v, found.n, true);
	}
	free(found.v);
	return err;
}

/* ---- the past */

static bool is_about(const struct finding *finding, const struct verdict *verdict)
{
	const uint32_t vcpu = finding->vcpu ? finding->vcpu->vcpu_id : VERDICT_OF_VM;

	return finding->vm->key == verdict->vm_key && finding->rule == verdict->rule &&
	       vcpu == verdict->vcpu;
}

/* The finding of @verdict: as it is in the frame, or as it was last. */
static bool recall(const struct diagnosis *diagnosis, const struct frame *frame,
		   const struct found *found, const struct verdict *verdict, struct finding *ret)
{
	bool known = false;

	for (size_t i = 0; i < found->n && !known; i++) {
		known = is_about(&found->v[i], verdict);
		if (known)
			*ret = found->v[i];
	}
	if (!known && !rules_history__last(diagnosis->history, verdict, frame, ret))
		return false;
	ret->seconds = verdict->hundredths / 100.0;
	return true;
}

/* Whether drops could matter that are not known to be of before the frame. */
static bool lacks_drops(const struct diagnosis *diagnosis, const struct frame *frame)
{
	for (size_t i = 0; i < DROP_CAUSE_MAX; i++)
		if (frame->drops[i] && !diagnosis->has_drops)
			return true;
	return false;
}

int diagnosis__recall(const struct diagnosis *diagnosis, struct frame *frame,
		      const struct verdict *verdicts, size_t n, bool *ret_lacking)
{
	__autofree struct finding *shown = reallocarray(NULL, n + 1, sizeof(*shown));
	struct found found = { .v = NULL };
	struct host_facts host;
	size_t n_shown = 0;
	int err = shown ? look(diagnosis, frame, &host, &found) : -ENOMEM;

	for (size_t i = 0; i < n && !err; i++)
		n_shown += recall(diagnosis, frame, &found, &verdicts[i], &shown[n_shown]);
	if (!err)
		err = attach(&host, frame, shown, n_shown, true);
	free(found.v);
	*ret_lacking = n_shown < n || (n && lacks_drops(diagnosis, frame));
	return err;
}
