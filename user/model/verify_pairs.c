// SPDX-License-Identifier: GPL-2.0
/*
 * verify_pairs: what follows from the readings.
 */
#include "verify.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../arch/pairs.h"
#include "../base/arena.h"
#include "../base/cleanup.h"
#include "ids.h"
#include "verify_priv.h"

static const char *const class_names[VERIFY_CLASS_MAX] = {
	[VERIFY_EXACT] = "exact",
	[VERIFY_AT_LEAST] = "at-least",
	[VERIFY_AT_MOST] = "at-most",
	[VERIFY_NEAR] = "near",
};

static const char *const verdict_names[] = {
	[VERIFY_OK] = "ok",
	[VERIFY_MISMATCH] = "mismatch",
	[VERIFY_SKIPPED] = "skipped",
};

static const char *const result_names[] = {
	[VERIFY_RESULT_OK] = "ok",
	[VERIFY_RESULT_MISMATCH] = "mismatch",
	[VERIFY_RESULT_NONE] = "none",
};

const char *verify_class_name(enum verify_class class)
{
	return class < VERIFY_CLASS_MAX ? class_names[class] : NULL;
}

const char *verify_verdict_name(enum verify_verdict verdict)
{
	return verdict < ARRAY_SIZE(verdict_names) ? verdict_names[verdict] : NULL;
}

const char *verify_result_name(enum verify_result result)
{
	return result < ARRAY_SIZE(result_names) ? result_names[result] : NULL;
}

static uint64_t clamp_u64(__int128 v)
{
	if (v < 0)
		return 0;
	return v > (__int128)UINT64_MAX ? UINT64_MAX : (uint64_t)v;
}

static void add_range(uint64_t range[2], __int128 lo, __int128 hi)
{
	range[0] = clamp_u64((__int128)range[0] + clamp_u64(lo));
	range[1] = clamp_u64((__int128)range[1] + clamp_u64(hi));
}

/* Growth between the readings, summed over the series of @source. False: none has two readings. */
static bool sum_growth(const struct verify_vm *vm, size_t rule, enum source_id source,
		       uint64_t stat[2], uint64_t tracepoint[2])
{
	bool any = false;

	for (size_t i = 0; i < vm->n_series; i++) {
		const struct verify_counter *pair = &vm->series[i]->pairs[rule];
		const struct verify_point *first = &pair->first, *last = &pair->last;
		__int128 ours = (__int128)last->ours - first->ours;

		if (vm->series[i]->source != source || pair->n < 2)
			continue;
		any = true;
		add_range(stat, (__int128)last->before - first->after,
			  (__int128)last->after - first->before);
		add_range(tracepoint, ours - last->lead - first->lag,
			  ours + first->lead + last->lag);
	}
	return any;
}

static bool is_of_exits(const struct pair_term *term)
{
	return term->set == PAIR_ALL_EXITS || term->set == PAIR_EXITS;
}

/* Whether the events of the pair are counted; of those with two kinds, one of them: no kernel has to have both. */
static bool is_counted(const struct verify_coverage *coverage, const struct pair *rule)
{
	if (!coverage->room)
		return false;
	for (size_t i = 0; i < PAIR_TERMS; i++) {
		const struct pair_term *term = &rule->terms[i];

		if ((is_of_exits(term) && coverage->exits) ||
		    (term->set == PAIR_USER_EXITS && coverage->user_exits) ||
		    (term->set == PAIR_EVENTS && coverage->events >> term->code & 1))
			return true;
	}
	return false;
}

static void set_growth(struct verify_pair *pair, const struct verify_vm *vm, size_t rule,
		       bool counted)
{
	uint64_t by_debugfs[2] = { 0, 0 };

	pair->stats_valid = sum_growth(vm, rule, SOURCE_STATS, pair->stats, pair->tracepoint);
	pair->debugfs_valid = sum_growth(vm, rule, SOURCE_DEBUGFS, pair->debugfs, by_debugfs);
	if (!pair->stats_valid)
		memcpy(pair->tracepoint, by_debugfs, sizeof(by_debugfs));
	pair->tracepoint_valid = counted && (pair->stats_valid || pair->debugfs_valid);
}

/* NULL: no memory. */
__attribute__((format(printf, 2, 3))) static char *arena_printf(struct arena *arena,
								const char *format, ...)
{
	__autofree char *text = NULL;
	va_list args;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0)
		text = NULL;
	return text ? arena__strdup(arena, text) : NULL;
}

/* How far the series is from holding; 0: it holds. */
static __int128 series_gap(const struct verify_series *series, size_t rule, enum verify_class class)
{
	const struct verify_bounds *bounds = &series->pairs[rule].bounds;
	__int128 gap = 0;

	if (verify_bounds__hold(bounds, class))
		return 0;
	if (class != VERIFY_AT_LEAST)
		gap = max128(gap, bounds->fewer);
	if (class != VERIFY_AT_MOST)
		gap = max128(gap, bounds->more);
	return gap;
}

/* The series that is farthest from holding; NULL: all hold. */
static const struct verify_series *find_worst(const struct verify_vm *vm, size_t rule,
					      enum verify_class class)
{
	const struct verify_series *worst = NULL;
	__int128 most = 0;

	for (size_t i = 0; i < vm->n_series; i++) {
		__int128 gap = series_gap(vm->series[i], rule, class);

		if (gap > most) {
			most = gap;
			worst = vm->series[i];
		}
	}
	return worst;
}

/* "vCPU 1: kvmtop counted 3 fewer than KVM"; NULL: no memory. */
static char *describe_mismatch(struct arena *arena, const struct verify_series *series, size_t rule,
			       enum verify_class class)
{
	unsigned long long gap = clamp_u64(series_gap(series, rule, class));
	const struct verify_bounds *bounds = &series->pairs[rule].bounds;
	bool fewer =
		class == VERIFY_AT_MOST || (class == VERIFY_EXACT && bounds->fewer >= bounds->more);
	char who[32];

	if (series->vcpu_id == VCPU_ID_UNKNOWN)
		snprintf(who, sizeof(who), "all vCPUs");
	else
		snprintf(who, sizeof(who), "vCPU %u", series->vcpu_id);
	return arena_printf(arena, "%s%s: kvmtop counted %llu %s than KVM", who,
			    series->source == SOURCE_DEBUGFS ? " (debugfs)" : "", gap,
			    fewer ? "fewer" : "more");
}

/* Why the pair cannot be compared; NULL: it can. */
static const char *find_skip(const struct verify *verify, const struct verify_vm *vm, size_t i,
			     bool two_readings)
{
	const struct verify_coverage *coverage = &verify->coverage;
	const struct pair *rule = verify->rules[i];
	bool counted = is_counted(coverage, rule);

	if (!counted && (!coverage->room || is_of_exits(&rule->terms[0])))
		return "events were dropped: the counts are not complete";
	if (!counted && coverage->no_events && rule->terms[0].set == PAIR_EVENTS)
		return "only kvmtop --verify counts these events";
	if (!counted)
		return "this kernel's tracepoint is not there, or some of its events were missed";
	if (vm->reset[i])
		return "the statistic was reset";
	if (rule->by_reason && vm->nested)
		return "a nested guest ran";
	if (rule->by_reason && vm->unread)
		return "the reason of some exits could not be read";
	if (!two_readings)
		return vm->ended ? "the VM ended before the second reading"
				 : "fewer than two readings";
	return NULL;
}

static int set_verdict(const struct verify *verify, const struct verify_vm *vm, size_t rule,
		       struct verify_pair *pair)
{
	struct arena *arena = verify->results;
	const struct verify_series *worst = find_worst(vm, rule, pair->class);
	const char *skip = find_skip(verify, vm, rule, pair->stats_valid || pair->debugfs_valid);

	pair->verdict = skip ? VERIFY_SKIPPED : worst ? VERIFY_MISMATCH : VERIFY_OK;
	if (skip) {
		pair->why = skip;
	} else if (worst) {
		pair->why = describe_mismatch(arena, worst, rule, pair->class);
		if (!pair->why)
			return -ENOMEM;
	}
	if (skip || !vm->ended)
		return 0;
	pair->why = pair->why ? arena_printf(arena, "%s; the VM ended", pair->why) : "the VM ended";
	return pair->why ? 0 : -ENOMEM;
}

static bool vm_has(const struct verify_vm *vm, size_t rule)
{
	if (vm->reset[rule])
		return true;
	for (size_t i = 0; i < vm->n_series; i++)
		if (vm->series[i]->pairs[rule].n)
			return true;
	return false;
}

static int make_pair(const struct verify *verify, const struct verify_vm *vm, size_t rule,
		     struct verify_pair *ret_pair)
{
	struct verify_pair pair = {
		.pid = vm->pid,
		.vm_id = vm->id,
		.stat = verify->rules[rule]->stats[0],
		.event = verify->rules[rule]->event,
		.class = verify->rules[rule]->class,
		.why = verify->rules[rule]->why,
	};
	int err;

	if (verify->rules[rule]->terms[0].set == PAIR_ALL_EXITS && vm->other_isa) {
		pair.class = VERIFY_NEAR;
		pair.why = "not known to be exact for this kind of VM";
	}
	set_growth(&pair, vm, rule, is_counted(&verify->coverage, verify->rules[rule]));
	err = set_verdict(verify, vm, rule, &pair);
	if (!err)
		*ret_pair = pair;
	return err;
}

static enum verify_result find_result(const struct verify_pair *pairs, size_t n)
{
	enum verify_result result = VERIFY_RESULT_NONE;

	for (size_t i = 0; i < n; i++) {
		if (pairs[i].verdict == VERIFY_MISMATCH)
			return VERIFY_RESULT_MISMATCH;
		if (pairs[i].verdict == VERIFY_OK && pairs[i].class != VERIFY_NEAR)
			result = VERIFY_RESULT_OK;
	}
	return result;
}

int verify__pairs(struct verify *verify, const struct verify_pair **ret_pairs, size_t *ret_n,
		  enum verify_result *ret_result)
{
	struct verify_pair *pairs;
	size_t n = 0;
	int err;

	arena__free(verify->results);
	verify->results = arena__new();
	if (!verify->results)
		return -ENOMEM;
	pairs = arena__calloc(verify->results, verify->n_vms * verify->n_rules + 1, sizeof(*pairs));
	if (!pairs)
		return -ENOMEM;
	for (size_t i = 0; i < verify->n_vms; i++) {
		for (size_t rule = 0; rule < verify->n_rules; rule++) {
			if (!vm_has(verify->vms[i], rule))
				continue;
			err = make_pair(verify, verify->vms[i], rule, &pairs[n]);
			if (err)
				return err;
			n++;
		}
	}
	*ret_pairs = pairs;
	*ret_n = n;
	*ret_result = find_result(pairs, n);
	return 0;
}
