// SPDX-License-Identifier: GPL-2.0
/*
 * verify: what was read of each pair. What follows from it is in verify_pairs.c.
 */
#include "verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../arch/arch.h"
#include "../arch/pairs.h"
#include "../base/arena.h"
#include "../base/cleanup.h"
#include "ids.h"
#include "snapshot.h"
#include "stats.h"
#include "verify_priv.h"

/* ---- arithmetic: 64 bits are compared in 128, so that nothing overflows */

void verify_bounds__add(struct verify_bounds *bounds, uint64_t before, uint64_t after,
			uint64_t ours, uint64_t lead, uint64_t lag)
{
	/* B = A - C, and @lead more at most, or @lag less */
	__int128 lo = (__int128)before - ours - lag;
	__int128 hi = (__int128)after - ours + lead;

	if (!bounds->any) {
		*bounds = (struct verify_bounds){ .any = true, .lo = lo, .hi = hi };
		return;
	}
	bounds->fewer = max128(bounds->fewer, lo - bounds->hi);
	bounds->more = max128(bounds->more, bounds->lo - hi);
	bounds->lo = max128(bounds->lo, lo);
	bounds->hi = -max128(-bounds->hi, -hi);
}

/* Where A may grow more than B, C may only grow: no earlier lower bound is above a later upper one. */
bool verify_bounds__hold(const struct verify_bounds *bounds, enum verify_class class)
{
	static const struct {
		bool fewer, more; /* may be */
	} allowed[VERIFY_CLASS_MAX] = {
		[VERIFY_EXACT] = { false, false },
		[VERIFY_AT_LEAST] = { .fewer = true },
		[VERIFY_AT_MOST] = { .more = true },
		[VERIFY_NEAR] = { true, true },
	};

	return (allowed[class].fewer || bounds->fewer <= 0) &&
	       (allowed[class].more || bounds->more <= 0);
}

/* ---- readings */

static bool term_has(const struct pair_term *term, const struct tally *tally)
{
	const struct arch_isa *isa;

	switch (term->set) {
	case PAIR_ALL_EXITS:
		return true;
	case PAIR_EXITS:
		isa = arch_isa(isa_base(tally->isa));
		return isa && isa->number == term->isa && tally->code != REASON_UNKNOWN &&
		       (tally->code & isa->handled_mask) == term->code;
	default:
		return tally->code == term->code;
	}
}

static uint64_t count_term(const struct verify_reading *r, const struct pair_term *term)
{
	const struct {
		const struct tally *v;
		size_t n;
	} sets[] = {
		[PAIR_NONE] = { NULL, 0 },
		[PAIR_ALL_EXITS] = { r->exits, r->n_exits },
		[PAIR_EXITS] = { r->exits, r->n_exits },
		[PAIR_USER_EXITS] = { r->user_exits, r->n_user_exits },
		[PAIR_EVENTS] = { r->events, r->n_events },
	};
	uint64_t sum = 0;

	for (size_t i = 0; i < sets[term->set].n; i++)
		if (term_has(term, &sets[term->set].v[i]))
			sum += sets[term->set].v[i].count;
	return sum;
}

static uint64_t count_in_flight(const struct verify_reading *r, unsigned int where)
{
	return (where & PAIR_IN_GUEST ? (uint64_t)r->in_guest : 0) +
	       (where & PAIR_IN_KVM ? (uint64_t)r->in_flight : 0) +
	       (where & PAIR_IN_VMM ? (uint64_t)r->in_vmm : 0);
}

/* Whether it had exits of a backend that traces each before KVM counts it. */
static bool any_traced_first(const struct verify_reading *r)
{
	for (size_t i = 0; i < r->n_exits; i++) {
		const struct arch_isa *isa = arch_isa(isa_base(r->exits[i].isa));

		if (isa && isa->traced_first && r->exits[i].count)
			return true;
	}
	return false;
}

static const struct stat_desc *find_stat(const struct verify_reading *r, const struct pair *rule)
{
	const struct stat_desc *desc = NULL;

	if (rule->binary_only && r->source != SOURCE_STATS)
		return NULL;
	for (size_t i = 0; i < PAIR_NAMES && rule->stats[i] && !desc; i++)
		desc = stat_layout__find(r->layout, rule->stats[i]);
	return desc;
}

static uint64_t sum_values(const uint64_t *values, const struct stat_desc *desc)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < desc->n; i++)
		sum += values[desc->first + i];
	return sum;
}

/* Whatever it is that makes pairs of this VM not comparable stays. */
static void note_exceptions(struct verify_vm *vm, const struct verify_reading *r)
{
	static const struct pair_term vmenter = PAIR_EVENT(KVM_EVENT_NESTED_ENTRY);
	const struct stat_desc *run = stat_layout__find(r->layout, "nested_run");

	vm->nested |= count_term(r, &vmenter) || (run && sum_values(r->after, run));
	for (size_t i = 0; i < r->n_exits; i++) {
		const struct tally *t = &r->exits[i];

		if (!t->count)
			continue;
		vm->other_isa |= !arch_isa(isa_base(t->isa));
		vm->unread |= t->code == REASON_UNKNOWN;
	}
}

/* False: the statistic went backwards. */
static bool add_point(struct verify_counter *pair, const struct verify_point *point)
{
	if (point->after < point->before || (pair->n && point->before < pair->last.after))
		return false;
	if (!pair->n)
		pair->first = *point;
	pair->last = *point;
	pair->n++;
	verify_bounds__add(&pair->bounds, point->before, point->after, point->ours, point->lead,
			   point->lag);
	return true;
}

static void add_reading(const struct verify *verify, struct verify_vm *vm,
			struct verify_series *series, const struct verify_reading *r)
{
	bool traced_first = any_traced_first(r);

	for (size_t i = 0; i < verify->n_rules; i++) {
		const struct pair *rule = verify->rules[i];
		const struct stat_desc *desc = find_stat(r, rule);
		unsigned int lag = rule->lag;
		struct verify_point point;

		if (!desc || vm->reset[i])
			continue;
		if (traced_first)
			lag &= ~(unsigned int)PAIR_IN_GUEST;
		point = (struct verify_point){
			.before = sum_values(r->before, desc),
			.after = sum_values(r->after, desc),
			.lead = count_in_flight(r, rule->lead),
			.lag = count_in_flight(r, lag),
		};
		for (size_t t = 0; t < PAIR_TERMS; t++)
			point.ours += count_term(r, &rule->terms[t]);
		vm->reset[i] = !add_point(&series->pairs[i], &point);
	}
}

/* ---- VMs and series */

static void vm_free(struct verify_vm *vm)
{
	if (!vm)
		return;
	for (size_t i = 0; i < vm->n_series; i++)
		free(vm->series[i]);
	free(vm->series);
	free(vm->id);
	free(vm);
}

DEFINE_CLEANUP(vm, struct verify_vm, vm_free)

static struct verify_vm *find_vm(const struct verify *verify, uint64_t key)
{
	for (size_t i = 0; i < verify->n_vms; i++)
		if (verify->vms[i]->key == key)
			return verify->vms[i];
	return NULL;
}

/* NULL: no memory. */
static struct verify_vm *get_vm(struct verify *verify, const struct verify_reading *r)
{
	struct verify_vm *found = find_vm(verify, r->vm_key), **vms;
	struct verify_vm *vm __cleanup(cleanup_vm) = NULL;

	if (found)
		return found;
	vm = calloc(1, sizeof(*vm) + verify->n_rules * sizeof(*vm->reset));
	vms = reallocarray(verify->vms, verify->n_vms + 1, sizeof(*vms));
	if (vms)
		verify->vms = vms;
	if (!vm || !vms)
		return NULL;
	vm->key = r->vm_key;
	vm->pid = r->pid;
	vm->id = strdup(r->vm_id);
	if (!vm->id)
		return NULL;
	verify->vms[verify->n_vms] = vm;
	verify->n_vms++;
	return take_ptr(vm);
}

/* NULL: no memory. */
static struct verify_series *get_series(const struct verify *verify, struct verify_vm *vm,
					const struct verify_reading *r)
{
	__autofree struct verify_series *series = NULL;
	struct verify_series **all;

	for (size_t i = 0; i < vm->n_series; i++)
		if (vm->series[i]->source == r->source && vm->series[i]->vcpu_id == r->vcpu_id)
			return vm->series[i];
	series = calloc(1, sizeof(*series) + verify->n_rules * sizeof(*series->pairs));
	all = reallocarray(vm->series, vm->n_series + 1, sizeof(*all));
	if (all)
		vm->series = all;
	if (!series || !all)
		return NULL;
	series->source = r->source;
	series->vcpu_id = r->vcpu_id;
	series->instance = r->instance;
	vm->series[vm->n_series++] = series;
	return take_ptr(series);
}

struct verify *verify__new(void)
{
	struct verify *verify = calloc(1, sizeof(*verify));

	if (verify) {
		verify->rules = arch_here()->pairs;
		verify->n_rules = arch_here()->n_pairs;
	}
	return verify;
}

void verify__free(struct verify *verify)
{
	if (!verify)
		return;
	for (size_t i = 0; i < verify->n_vms; i++)
		vm_free(verify->vms[i]);
	free(verify->vms);
	arena__free(verify->results);
	free(verify);
}

int verify__add(struct verify *verify, const struct verify_reading *reading)
{
	struct verify_vm *vm = get_vm(verify, reading);
	struct verify_series *series;

	if (!vm)
		return -ENOMEM;
	if (vm->ended)
		return 0;
	series = get_series(verify, vm, reading);
	if (!series)
		return -ENOMEM;
	if (series->instance != reading->instance) {
		vm->ended = true;
		return 0;
	}
	note_exceptions(vm, reading);
	add_reading(verify, vm, series, reading);
	return 0;
}

void verify__set_coverage(struct verify *verify, const struct verify_coverage *coverage)
{
	verify->coverage = *coverage;
}

void verify__vm_ended(struct verify *verify, uint64_t vm_key)
{
	struct verify_vm *vm = find_vm(verify, vm_key);

	if (vm)
		vm->ended = true;
}
