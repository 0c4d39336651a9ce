// SPDX-License-Identifier: GPL-2.0
#include "diagnosis.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/cleanup.h"
#include "frame.h"
#include "rules.h"
#include "rules_history.h"

struct diagnosis {
	struct diagnosis_opts opts;
	struct rules_history *history;
	bool has_drops;
	uint64_t drops[DROP_CAUSE_MAX]; /* of the frame before */
};

struct diagnosis *diagnosis__new(const struct diagnosis_opts *opts)
{
	struct diagnosis *diagnosis = calloc(1, sizeof(*diagnosis));

	if (!diagnosis)
		return NULL;
	diagnosis->opts = *opts;
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

static void set_states(const struct host_facts *host, const struct findings *findings,
		       struct vm_state *states)
{
	const struct frame *frame = host->frame;

	for (size_t i = 0; i < frame->n_vms; i++)
		states[i].rule = rules__state(host, &frame->vms[i], states[i].text);
	/* The worst comes last, so that it stays. */
	for (size_t i = findings->n; i > 0; i--)
		states[findings->v[i - 1].vm - frame->vms].worst = &findings->v[i - 1];
}

static int attach(const struct host_facts *host, struct frame *frame, const struct finding *shown,
		  size_t n)
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
	set_states(host, findings, states);
	frame->findings = findings;
	return 0;
}

static int look(const struct diagnosis *diagnosis, const struct frame *frame,
		struct host_facts *ret_host, struct found *ret_found)
{
	host_facts__make(frame, diagnosis->has_drops ? diagnosis->drops : NULL,
			 diagnosis->opts.all_vms, ret_host);
	rules__look_at_host(ret_host);
	return find_all(ret_host, ret_found);
}

int diagnosis__make(struct diagnosis *diagnosis, struct frame *frame)
{
	__autofree struct finding *shown = NULL;
	struct found found = { .v = NULL };
	struct host_facts host;
	size_t n = 0;
	int err = look(diagnosis, frame, &host, &found);

	if (!err)
		err = rules_history__take(diagnosis->history, frame, found.v, found.n, &shown, &n);
	if (!err)
		err = attach(&host, frame, shown, n);
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
		err = attach(&host, frame, found.v, found.n);
	}
	free(found.v);
	return err;
}
