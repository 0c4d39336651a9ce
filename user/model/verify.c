// SPDX-License-Identifier: GPL-2.0
/*
 * verify: the table of pairs, what was read of each, and what follows from it.
 */
#include "verify.h"

#include <errno.h>
#include <linux/kvm.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <asm/svm.h>
#include <asm/vmx.h>
#endif

#include "../arch/arch.h"
#include "../arch/x86.h"
#include "../base/arena.h"
#include "../base/cleanup.h"
#include "snapshot.h"
#include "stats.h"

#define MAX_TERMS 2
#define MAX_NAMES 2

/* Where the vCPU is, by its last tracepoint, while an event of a pair may be in flight. */
enum {
	IN_GUEST = 1,
	IN_KVM = 2,
	IN_VMM = 4,
};

enum tally_set { SET_NONE, SET_EXITS, SET_USER_EXITS, SET_EVENTS };

/* Tallies whose counts are summed. */
struct term {
	enum tally_set set;
	bool all; /* or only this: */
	uint32_t isa;
	uint64_t code;
};

/*
 * A pair. An event is traced a moment before KVM counts it (ours leads), or after (ours lags). The tracepoints that
 * tell where a vCPU is are fewer than the ways through KVM_RUN: what happens between a userspace exit and the
 * next entry happens IN_VMM.
 */
struct rule {
	const char *stats[MAX_NAMES]; /* its names, newest first */
	const char *event;
	struct term terms[MAX_TERMS];
	enum verify_class class;
	unsigned int lead, lag; /* IN_* */
	bool by_reason; /* of an exit: not comparable if a nested guest ran, or reasons were not read */
	bool binary_only; /* debugfs does not have it whole */
	const char *why;  /* the class is not exact */
};

#define USER_EXIT(reason)                                                \
	{                                                                \
		.set = SET_USER_EXITS, .isa = ISA_USER, .code = (reason) \
	}
#define EVENT(event)                                                 \
	{                                                            \
		.set = SET_EVENTS, .isa = ISA_EVENT, .code = (event) \
	}
#define EXIT(isa_, code_)                                        \
	{                                                        \
		.set = SET_EXITS, .isa = (isa_), .code = (code_) \
	}

static const struct rule rules[] = {
	{
		.stats = { "exits" },
		.event = "kvm_exit",
		.terms = { { .set = SET_EXITS, .all = true } },
		.class = VERIFY_EXACT,
		.lead = IN_KVM,
		.lag = IN_GUEST, /* SVM before 6.5: KVM counts in vcpu_enter_guest, traces in handle_exit */
	},
#if defined(__x86_64__)
	{
		.stats = { "irq_exits" },
		.event = "kvm_exit(EXTERNAL_INTERRUPT|INTR)",
		.terms = { EXIT(ISA_VMX, EXIT_REASON_EXTERNAL_INTERRUPT),
			   EXIT(ISA_SVM, SVM_EXIT_INTR) },
		.class = VERIFY_EXACT,
		.lead = IN_KVM,
		.by_reason = true,
	},
	{
		.stats = { "io_exits" },
		.event = "kvm_exit(IO_INSTRUCTION|IOIO)",
		.terms = { EXIT(ISA_VMX, EXIT_REASON_IO_INSTRUCTION),
			   EXIT(ISA_SVM, SVM_EXIT_IOIO) },
		.class = VERIFY_EXACT,
		.lead = IN_KVM,
		.by_reason = true,
	},
	{
		.stats = { "irq_window_exits", "irq_window" },
		.event = "kvm_exit(INTERRUPT_WINDOW|VINTR)",
		.terms = { EXIT(ISA_VMX, EXIT_REASON_INTERRUPT_WINDOW),
			   EXIT(ISA_SVM, SVM_EXIT_VINTR) },
		.class = VERIFY_EXACT,
		.lead = IN_KVM,
		.by_reason = true,
	},
	{
		.stats = { "nmi_window_exits", "nmi_window" },
		.event = "kvm_exit(NMI_WINDOW|IRET)",
		.terms = { EXIT(ISA_VMX, EXIT_REASON_NMI_WINDOW), EXIT(ISA_SVM, SVM_EXIT_IRET) },
		.class = VERIFY_EXACT,
		.lead = IN_KVM,
		.by_reason = true,
	},
#endif
	{
		.stats = { "request_irq_exits", "request_irq" },
		.event = "kvm_userspace_exit(IRQ_WINDOW_OPEN)",
		.terms = { USER_EXIT(KVM_EXIT_IRQ_WINDOW_OPEN) },
		.class = VERIFY_EXACT,
		.lag = IN_KVM | IN_VMM,
	},
	{
		.stats = { "irq_injections" },
		.event = "kvm_inj_virq",
		.terms = { EVENT(KVM_EVENT_INJ_VIRQ) },
		.class = VERIFY_EXACT,
		.lead = IN_KVM | IN_VMM,
	},
	{
		.stats = { "halt_wait_hist" },
		.event = "kvm_vcpu_wakeup(waited)",
		.terms = { EVENT(KVM_EVENT_WAKEUP_WAITED) },
		.class = VERIFY_EXACT,
		.lag = IN_KVM | IN_VMM,
		.binary_only = true, /* debugfs shows the first bucket */
	},
#if defined(__x86_64__)
	{
		.stats = { "halt_exits" },
		.event = "kvm_exit(HLT)",
		.terms = { EXIT(ISA_VMX, EXIT_REASON_HLT), EXIT(ISA_SVM, SVM_EXIT_HLT) },
		.class = VERIFY_NEAR,
		.why = "KVM also counts halts that are no exit for HLT",
	},
#endif
	{
		.stats = { "hypercalls" },
		.event = "kvm_hypercall+kvm_hv_hypercall",
		.terms = { EVENT(KVM_EVENT_HYPERCALL), EVENT(KVM_EVENT_HV_HYPERCALL) },
		.class = VERIFY_NEAR,
		.why = "KVM counts a hypercall again that the VMM completed",
	},
	{
		.stats = { "mmio_exits" },
		.event = "kvm_userspace_exit(MMIO)",
		.terms = { USER_EXIT(KVM_EXIT_MMIO) },
		.class = VERIFY_AT_MOST,
		.lag = IN_KVM | IN_VMM,
		.why = "KVM counts an access of several fragments once",
	},
	{
		.stats = { "signal_exits" },
		.event = "kvm_userspace_exit(EINTR)",
		.terms = { USER_EXIT((uint64_t) - (int64_t)EINTR) },
		.class = VERIFY_AT_MOST,
		.lag = IN_KVM | IN_VMM,
		.why = "immediate_exit returns EINTR without being counted",
	},
	{
		.stats = { "pf_taken" },
		.event = "kvm_page_fault",
		.terms = { EVENT(KVM_EVENT_PAGE_FAULT) },
		.class = VERIFY_NEAR,
		.why = "prefetches and faults by MMIO are on one side only",
	},
	{
		.stats = { "insn_emulation" },
		.event = "kvm_emulate_insn",
		.terms = { EVENT(KVM_EVENT_EMULATE_INSN) },
		.class = VERIFY_NEAR,
		.why = "not known to be the same emulations",
	},
	{
		.stats = { "nested_run" },
		.event = "kvm_nested_vmenter|kvm_nested_vmrun",
		.terms = { EVENT(KVM_EVENT_NESTED_VMENTER) },
		.class = VERIFY_NEAR,
		.why = "entries that failed are on one side only",
	},
	{
		.stats = { "mmio_exit_user" }, /* arm64, riscv */
		.event = "kvm_userspace_exit(MMIO)",
		.terms = { USER_EXIT(KVM_EXIT_MMIO) },
		.class = VERIFY_NEAR,
		.why = "not known to be exact",
	},
};

#define N_RULES ARRAY_SIZE(rules)

/* A at the moment of B, and what may be in flight then. */
struct point {
	uint64_t before, after, ours;
	uint64_t lead, lag;
};

/* One pair of one series. */
struct counter_pair {
	size_t n; /* readings */
	struct point first, last;
	struct verify_bounds bounds;
};

/* The readings of a vCPU, or of a VM as a whole, from one source. */
struct series {
	enum source_id source;
	uint32_t vcpu_id;
	uint64_t instance;
	struct counter_pair pairs[N_RULES];
};

struct vm {
	uint64_t key;
	pid_t pid;
	char *id;
	bool ended, nested;
	bool other_isa; /* it had exits of a code space that is not known */
	bool unread;	/* of some exits the reason is not known */
	bool reset[N_RULES];
	struct series **series;
	size_t n_series;
};

struct verify {
	struct vm **vms;
	size_t n_vms;
	struct verify_coverage coverage;
	struct arena *results; /* what verify__pairs() gave out last */
};

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

/* ---- arithmetic: 64 bits are compared in 128, so that nothing overflows */

static __int128 max128(__int128 a, __int128 b)
{
	return a > b ? a : b;
}

static uint64_t clamp_u64(__int128 v)
{
	if (v < 0)
		return 0;
	return v > (__int128)UINT64_MAX ? UINT64_MAX : (uint64_t)v;
}

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

static bool term_has(const struct term *term, const struct tally *tally)
{
	const struct arch_isa *isa = arch_isa(isa_base(tally->isa));
	uint64_t mask = isa ? isa->handled_mask : UINT64_MAX;

	if (term->all)
		return true;
	return isa_base(tally->isa) == term->isa && tally->code != REASON_UNKNOWN &&
	       (tally->code & mask) == term->code;
}

static uint64_t count_term(const struct verify_reading *r, const struct term *term)
{
	const struct {
		const struct tally *v;
		size_t n;
	} sets[] = {
		[SET_NONE] = { NULL, 0 },
		[SET_EXITS] = { r->exits, r->n_exits },
		[SET_USER_EXITS] = { r->user_exits, r->n_user_exits },
		[SET_EVENTS] = { r->events, r->n_events },
	};
	uint64_t sum = 0;

	for (size_t i = 0; i < sets[term->set].n; i++)
		if (term_has(term, &sets[term->set].v[i]))
			sum += sets[term->set].v[i].count;
	return sum;
}

static uint64_t count_in_flight(const struct verify_reading *r, unsigned int where)
{
	return (where & IN_GUEST ? (uint64_t)r->in_guest : 0) +
	       (where & IN_KVM ? (uint64_t)r->in_flight : 0) +
	       (where & IN_VMM ? (uint64_t)r->in_vmm : 0);
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

static const struct stat_desc *find_stat(const struct verify_reading *r, const struct rule *rule)
{
	const struct stat_desc *desc = NULL;

	if (rule->binary_only && r->source != SOURCE_STATS)
		return NULL;
	for (size_t i = 0; i < MAX_NAMES && rule->stats[i] && !desc; i++)
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
static void note_exceptions(struct vm *vm, const struct verify_reading *r)
{
	static const struct term vmenter = EVENT(KVM_EVENT_NESTED_VMENTER);
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
static bool add_point(struct counter_pair *pair, const struct point *point)
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

static void add_reading(struct vm *vm, struct series *series, const struct verify_reading *r)
{
	bool traced_first = any_traced_first(r);

	for (size_t i = 0; i < N_RULES; i++) {
		const struct stat_desc *desc = find_stat(r, &rules[i]);
		unsigned int lag = rules[i].lag;
		struct point point;

		if (!desc || vm->reset[i])
			continue;
		if (traced_first)
			lag &= ~(unsigned int)IN_GUEST;
		point = (struct point){
			.before = sum_values(r->before, desc),
			.after = sum_values(r->after, desc),
			.lead = count_in_flight(r, rules[i].lead),
			.lag = count_in_flight(r, lag),
		};
		for (size_t t = 0; t < MAX_TERMS; t++)
			point.ours += count_term(r, &rules[i].terms[t]);
		vm->reset[i] = !add_point(&series->pairs[i], &point);
	}
}

/* ---- VMs and series */

static void vm_free(struct vm *vm)
{
	if (!vm)
		return;
	for (size_t i = 0; i < vm->n_series; i++)
		free(vm->series[i]);
	free(vm->series);
	free(vm->id);
	free(vm);
}

DEFINE_CLEANUP(vm, struct vm, vm_free)

static struct vm *find_vm(const struct verify *verify, uint64_t key)
{
	for (size_t i = 0; i < verify->n_vms; i++)
		if (verify->vms[i]->key == key)
			return verify->vms[i];
	return NULL;
}

/* NULL: no memory. */
static struct vm *get_vm(struct verify *verify, const struct verify_reading *r)
{
	struct vm *found = find_vm(verify, r->vm_key), **vms;
	struct vm *vm __cleanup(cleanup_vm) = NULL;

	if (found)
		return found;
	vm = calloc(1, sizeof(*vm));
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
static struct series *get_series(struct vm *vm, const struct verify_reading *r)
{
	__autofree struct series *series = NULL;
	struct series **all;

	for (size_t i = 0; i < vm->n_series; i++)
		if (vm->series[i]->source == r->source && vm->series[i]->vcpu_id == r->vcpu_id)
			return vm->series[i];
	series = calloc(1, sizeof(*series));
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
	return calloc(1, sizeof(struct verify));
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
	struct vm *vm = get_vm(verify, reading);
	struct series *series;

	if (!vm)
		return -ENOMEM;
	if (vm->ended)
		return 0;
	series = get_series(vm, reading);
	if (!series)
		return -ENOMEM;
	if (series->instance != reading->instance) {
		vm->ended = true;
		return 0;
	}
	note_exceptions(vm, reading);
	add_reading(vm, series, reading);
	return 0;
}

void verify__set_coverage(struct verify *verify, const struct verify_coverage *coverage)
{
	verify->coverage = *coverage;
}

void verify__vm_ended(struct verify *verify, uint64_t vm_key)
{
	struct vm *vm = find_vm(verify, vm_key);

	if (vm)
		vm->ended = true;
}

/* ---- what follows */

static void add_range(uint64_t range[2], __int128 lo, __int128 hi)
{
	range[0] = clamp_u64((__int128)range[0] + clamp_u64(lo));
	range[1] = clamp_u64((__int128)range[1] + clamp_u64(hi));
}

/* Growth between the readings, summed over the series of @source. False: none has two readings. */
static bool sum_growth(const struct vm *vm, size_t rule, enum source_id source, uint64_t stat[2],
		       uint64_t tracepoint[2])
{
	bool any = false;

	for (size_t i = 0; i < vm->n_series; i++) {
		const struct counter_pair *pair = &vm->series[i]->pairs[rule];
		const struct point *first = &pair->first, *last = &pair->last;
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

/* Whether the events of the pair are counted; of those with two kinds, one of them: no kernel has to have both. */
static bool is_counted(const struct verify_coverage *coverage, const struct rule *rule)
{
	if (!coverage->room)
		return false;
	for (size_t i = 0; i < MAX_TERMS; i++) {
		const struct term *term = &rule->terms[i];

		if ((term->set == SET_EXITS && coverage->exits) ||
		    (term->set == SET_USER_EXITS && coverage->user_exits) ||
		    (term->set == SET_EVENTS && coverage->events >> term->code & 1))
			return true;
	}
	return false;
}

static void set_growth(struct verify_pair *pair, const struct vm *vm, size_t rule, bool counted)
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
static __int128 series_gap(const struct series *series, size_t rule, enum verify_class class)
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
static const struct series *find_worst(const struct vm *vm, size_t rule, enum verify_class class)
{
	const struct series *worst = NULL;
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
static char *describe_mismatch(struct arena *arena, const struct series *series, size_t rule,
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
static const char *find_skip(const struct verify_coverage *coverage, const struct vm *vm,
			     size_t rule, bool two_readings)
{
	bool counted = is_counted(coverage, &rules[rule]);

	if (!counted && (!coverage->room || rules[rule].terms[0].set == SET_EXITS))
		return "events were dropped: the counts are not complete";
	if (!counted)
		return "this kernel's tracepoint is not there, or some of its events were missed";
	if (vm->reset[rule])
		return "the statistic was reset";
	if (rules[rule].by_reason && vm->nested)
		return "a nested guest ran";
	if (rules[rule].by_reason && vm->unread)
		return "the reason of some exits could not be read";
	if (!two_readings)
		return vm->ended ? "the VM ended before the second reading"
				 : "fewer than two readings";
	return NULL;
}

static int set_verdict(const struct verify *verify, const struct vm *vm, size_t rule,
		       struct verify_pair *pair)
{
	struct arena *arena = verify->results;
	const struct series *worst = find_worst(vm, rule, pair->class);
	const char *skip =
		find_skip(&verify->coverage, vm, rule, pair->stats_valid || pair->debugfs_valid);

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

static bool vm_has(const struct vm *vm, size_t rule)
{
	if (vm->reset[rule])
		return true;
	for (size_t i = 0; i < vm->n_series; i++)
		if (vm->series[i]->pairs[rule].n)
			return true;
	return false;
}

static int make_pair(const struct verify *verify, const struct vm *vm, size_t rule,
		     struct verify_pair *ret_pair)
{
	struct verify_pair pair = {
		.pid = vm->pid,
		.vm_id = vm->id,
		.stat = rules[rule].stats[0],
		.event = rules[rule].event,
		.class = rules[rule].class,
		.why = rules[rule].why,
	};
	int err;

	if (rules[rule].terms[0].all && vm->other_isa) {
		pair.class = VERIFY_NEAR;
		pair.why = "not known to be exact for this kind of VM";
	}
	set_growth(&pair, vm, rule, is_counted(&verify->coverage, &rules[rule]));
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
	pairs = arena__calloc(verify->results, verify->n_vms * N_RULES + 1, sizeof(*pairs));
	if (!pairs)
		return -ENOMEM;
	for (size_t i = 0; i < verify->n_vms; i++) {
		for (size_t rule = 0; rule < N_RULES; rule++) {
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
