// SPDX-License-Identifier: GPL-2.0
/* collection: what is switched while kvmtop runs, with sources that are none. */
#include <errno.h>

#include "arch/x86.h"

#include "../../user/base/clock.h"
#include "../../user/model/reasons.h"
#include "../../user/run/collection.h"
#include "../../user/sources/bpf/drilldown.h"
#include "../../user/sources/bpf/exits.h"
#include "../../user/sources/bpf/tracepoints.h"
#include "../../user/sources/kvm_stats.h"
#include "unit.h"

#include "../../user/model/event_names.h"

/* ---- the sources */

struct drilldown {
	uint32_t kinds;
	uint64_t slow_ns;
	bool reports; /* slow exits */
};

struct tracepoints {
	const struct event_names *names;
};

struct exits {
	enum latency latency;
};

/* How many are open, which is two at most and that for a moment; what the next opening fails by; whether there was memory. */
static struct {
	int details, tracepoints;
	int fails, fails_then; /* from when exits are timed otherwise */
	int taken;	       /* so often the reader had its turn */
} world;

uint32_t drilldown_isa(void)
{
	return ISA_SVM;
}

int drilldown__open(const struct drilldown_opts *opts, struct exits *exits,
		    const struct features *features, char *why, size_t why_size,
		    struct drilldown **ret_detail)
{
	(void)exits;
	(void)features;
	if (world.fails) {
		snprintf(why, why_size, "lockdown");
		return world.fails;
	}
	*ret_detail = calloc(1, sizeof(**ret_detail));
	(*ret_detail)->kinds = opts->kinds;
	(*ret_detail)->slow_ns = opts->slow_ns;
	(*ret_detail)->reports = opts->slow_ns && !opts->slow_held;
	world.details++;
	return 0;
}

void drilldown__close(struct drilldown *detail)
{
	world.details -= detail != NULL;
	free(detail);
}

void drilldown__begin_slow(struct drilldown *detail)
{
	assert_true(detail->slow_ns);
	detail->reports = true;
}

void drilldown__end_slow(struct drilldown *detail)
{
	detail->reports = false;
}

void drilldown__add_drops(const struct drilldown *detail, uint64_t *drops)
{
	if (detail)
		drops[DROP_DETAIL] += 3;
}

int tracepoints__open(const struct tracepoints_opts *opts, struct exits *exits,
		      const struct features *features, char *why, size_t why_size,
		      struct tracepoints **ret_tracepoints)
{
	static const char *const all[] = { "kvm_exit", "kvm_msr", "kvm_pio" };
	const char *wanted[ARRAY_SIZE(all)];
	struct event_names names = { wanted, 0 };
	struct tracepoints *made;

	(void)exits;
	(void)features;
	if (world.fails) {
		snprintf(why, why_size, "lockdown");
		return world.fails;
	}
	made = calloc(1, sizeof(*made));
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (opts->is_wanted(all[i], opts->arg))
			wanted[names.n++] = all[i];
	assert_int_equal(event_names_list__keep(opts->kept, &names, &made->names), 0);
	world.tracepoints++;
	*ret_tracepoints = made;
	return 0;
}

void tracepoints__close(struct tracepoints *tracepoints)
{
	world.tracepoints -= tracepoints != NULL;
	free(tracepoints);
}

const struct event_names *tracepoints__names(const struct tracepoints *tracepoints)
{
	return tracepoints->names;
}

void tracepoints__add_drops(const struct tracepoints *tracepoints, uint64_t *drops)
{
	if (tracepoints)
		drops[DROP_TRACEPOINTS] += 5;
}

void kvm_stats__ioctls(const struct kvm_stats *stats, uint64_t *ret_vm, uint64_t *ret_vcpu)
{
	(void)stats;
	*ret_vm = *ret_vcpu = 0;
}

int exits__open_mode(const struct exits *exits, enum latency latency,
		     const struct features *features, char *why, size_t why_size,
		     struct exits **ret_next)
{
	(void)exits;
	(void)features;
	if (world.fails) {
		snprintf(why, why_size, "lockdown");
		return world.fails;
	}
	*ret_next = calloc(1, sizeof(**ret_next));
	(*ret_next)->latency = latency;
	return 0;
}

/* Nothing works with the maps that go. */
void exits__take_mode(struct exits *exits, struct exits *next)
{
	assert_int_equal(world.details, 0);
	assert_int_equal(world.tracepoints, 0);
	*exits = *next;
	free(next);
	world.fails = world.fails_then;
}

/* ---- tests */

static const struct detail_spec none, pio = { .kinds = DETAIL_BIT(DETAIL_PIO) },
				      msr = { .kinds = DETAIL_BIT(DETAIL_MSR) };

static struct collection *make(uint64_t slow_ns)
{
	static struct exits exits;
	const struct collection_opts opts = { .slow_ns = slow_ns,
					      .latency = LATENCY_MEAN,
					      .exits = &exits };
	struct collection *collection;

	exits.latency = LATENCY_MEAN;
	world.fails = world.fails_then = world.taken = 0;
	assert_int_equal(collection__new(&opts, &collection), 0);
	return collection;
}

/* What is noted in a snapshot now. */
static struct snapshot noted(const struct collection *collection)
{
	struct snapshot snapshot = { .arena = NULL };

	collection__note(collection, &snapshot);
	return snapshot;
}

static int set_detail(struct collection *collection, const struct detail_spec *spec, char *why)
{
	return collection__set_detail(collection, spec, why, 256);
}

/* Two at a time only while one takes the place of the other; what was lost is kept. */
static void detail(void **state)
{
	struct collection *c = make(0);
	uint64_t before_ns;
	char why[256] = "";

	(void)state;
	assert_int_equal(collection__open_detail(c, &pio), 0);
	assert_int_equal(noted(c).since_ns[PART_DETAIL], 0);
	before_ns = clock_now_ns();
	assert_int_equal(set_detail(c, &msr, why), 0);
	assert_int_equal(world.details, 1);
	assert_int_equal(collection__kinds(c), msr.kinds);
	assert_in_range(noted(c).since_ns[PART_DETAIL], before_ns, clock_now_ns());
	assert_int_equal(noted(c).drops[DROP_DETAIL], 3);
	assert_int_equal(set_detail(c, &none, why), 0);
	assert_int_equal(world.details, 0);
	assert_int_equal(noted(c).since_ns[PART_DETAIL], 0);
	assert_int_equal(noted(c).drops[DROP_DETAIL], 6);
	assert_int_equal(set_detail(c, &none, why), 0);
	assert_int_equal(noted(c).drops[DROP_DETAIL], 6);
	assert_string_equal(why, "");
	assert_null(collection__slow(c));
	collection__free(c);
}

/* Then all is as it was. */
static void refused(void **state)
{
	struct collection *c = make(0);
	char why[256] = "";
	struct detail_spec wrong = { .kinds = DETAIL_BIT(DETAIL_PC),
				     .pc_reasons = { (char *)"nothing" },
				     .n_pc_reasons = 1 };
	struct reason_names *names = reason_names__new();
	const struct collection_opts opts = { .names = names, .latency = LATENCY_MEAN };
	struct snapshot before;

	(void)state;
	collection__free(c);
	assert_int_equal(collection__new(&opts, &c), 0);
	assert_int_equal(collection__open_detail(c, &pio), 0);
	assert_int_equal(collection__open_tracepoints(c, NULL), 0);
	before = noted(c);
	world.fails = -EPERM;
	assert_int_equal(set_detail(c, &msr, why), -EPERM);
	assert_string_equal(why, "cannot look into exits (--detail, --slower-than): lockdown");
	assert_int_equal(collection__set_tracepoints(c, true, "kvm_msr", why, sizeof(why)), -EPERM);
	assert_string_equal(why, "cannot count tracepoints (-t): lockdown");
	world.fails = -ENOMEM;
	why[0] = '\0';
	assert_int_equal(set_detail(c, &msr, why), -ENOMEM);
	assert_string_not_equal(why, "");
	world.fails = 0;
	assert_int_equal(set_detail(c, &wrong, why), -EINVAL);
	assert_non_null(strstr(why, "nothing"));
	assert_int_equal(collection__set_tracepoints(c, true, "(", why, sizeof(why)), -EINVAL);
	assert_int_equal(world.details, 1);
	assert_int_equal(world.tracepoints, 1);
	assert_int_equal(collection__kinds(c), pio.kinds);
	{
		const struct snapshot after = noted(c);

		assert_memory_equal(&after, &before, sizeof(after));
	}
	collection__free(c);
	reason_names__free(names);
}

/* At each switch the reader has its turn, when nothing more is reported to it and before it goes. */
static void take_left(void *arg)
{
	const struct collection *c = arg;

	assert_int_equal(world.details, world.taken == 3 ? 1 : 2);
	assert_false(collection__slow(c)->reports);
	world.taken++;
}

static void with_slow_exits(void **state)
{
	struct collection *c = make(1);
	char why[256] = "";

	(void)state;
	assert_int_equal(collection__open_detail(c, &none), 0);
	assert_true(collection__slow(c)->reports);
	collection__set_slow_writer(c, take_left, c);
	assert_int_equal(set_detail(c, &pio, why), 0);
	assert_int_equal(world.taken, 1);
	assert_int_equal(world.details, 1);
	assert_true(collection__slow(c)->reports);
	assert_int_equal(collection__slow(c)->kinds, pio.kinds);
	assert_int_equal(collection__slow(c)->slow_ns, 1);
	assert_int_equal(set_detail(c, &none, why), 0);
	assert_int_equal(collection__slow(c)->kinds, 0);
	assert_true(collection__slow(c)->reports);
	assert_int_equal(world.taken, 2);
	collection__free(c);
}

/* On, another limit, and off; the details stay, but begin at zero. */
static void slow_exits(void **state)
{
	struct collection *c = make(0);
	char why[256] = "";

	(void)state;
	collection__set_slow_writer(c, take_left, c);
	assert_int_equal(collection__set_slow(c, 2, why, sizeof(why)), 0);
	assert_true(collection__slow(c)->reports);
	assert_int_equal(world.taken, 0);
	assert_int_equal(noted(c).since_ns[PART_DETAIL], 0);
	assert_int_equal(set_detail(c, &msr, why), 0);
	assert_int_equal(collection__set_slow(c, 3, why, sizeof(why)), 0);
	assert_int_equal(world.taken, 2);
	assert_int_equal(collection__slow(c)->slow_ns, 3);
	assert_int_equal(collection__slow(c)->kinds, msr.kinds);
	world.fails = -EPERM;
	assert_int_equal(collection__set_slow(c, 4, why, sizeof(why)), -EPERM);
	assert_int_equal(collection__slow(c)->slow_ns, 3);
	assert_true(collection__slow(c)->reports);
	world.fails = 0;
	assert_int_equal(set_detail(c, &none, why), 0);
	assert_int_equal(collection__set_slow(c, 0, why, sizeof(why)), 0);
	assert_null(collection__slow(c));
	assert_int_equal(world.details, 0);
	assert_int_equal(world.taken, 4);
	collection__free(c);
}

static void slow_exits_need_times(void **state)
{
	const struct collection_opts opts = { .latency = LATENCY_OFF };
	struct collection *c;
	char why[256] = "";

	(void)state;
	assert_int_equal(collection__new(&opts, &c), 0);
	assert_int_equal(collection__set_slow(c, 1, why, sizeof(why)), -EOPNOTSUPP);
	assert_non_null(strstr(why, "latency"));
	assert_null(collection__slow(c));
	collection__free(c);
}

static void keys_need_times_or_notes(void **state)
{
	struct collection_opts opts = { .latency = LATENCY_OFF };
	struct collection *c;
	char why[256] = "";

	(void)state;
	assert_int_equal(collection__new(&opts, &c), 0);
	assert_int_equal(collection__set_detail(c, &none, why, sizeof(why)), 0);
	assert_int_equal(collection__set_detail(c, &pio, why, sizeof(why)), -EOPNOTSUPP);
	assert_non_null(strstr(why, "latency"));
	collection__free(c);
	opts.notes_exits = true;
	assert_int_equal(collection__new(&opts, &c), 0);
	assert_int_equal(collection__set_detail(c, &pio, why, sizeof(why)), 0);
	collection__free(c);
}

static void tracepoints(void **state)
{
	struct collection *c = make(0);
	char why[256] = "";

	(void)state;
	assert_int_equal(collection__set_tracepoints(c, true, "kvm_msr", why, sizeof(why)), 0);
	assert_int_equal(world.tracepoints, 1);
	assert_true(noted(c).since_ns[PART_TRACEPOINTS]);
	assert_int_equal(collection__set_tracepoints(c, true, NULL, why, sizeof(why)), 0);
	assert_int_equal(world.tracepoints, 1);
	assert_int_equal(noted(c).drops[DROP_TRACEPOINTS], 5);
	assert_int_equal(collection__set_tracepoints(c, false, NULL, why, sizeof(why)), 0);
	assert_int_equal(world.tracepoints, 0);
	assert_int_equal(noted(c).drops[DROP_TRACEPOINTS], 10);
	assert_int_equal(noted(c).since_ns[PART_TRACEPOINTS], 0);
	collection__free(c);
}

static void count_turn(void *arg)
{
	(void)arg;
	assert_int_equal(world.details, 1);
	world.taken++;
}

/* Exits, keys and tracepoints begin anew together; when it is refused all is as it was. */
static void latency(void **state)
{
	struct collection *c = make(1);
	char why[256] = "";

	(void)state;
	assert_int_equal(collection__open_detail(c, &pio), 0);
	assert_int_equal(collection__open_tracepoints(c, "kvm_msr"), 0);
	collection__set_slow_writer(c, count_turn, c);
	world.fails = -EPERM;
	assert_int_equal(collection__set_latency(c, LATENCY_FULL, why, sizeof(why)), -EPERM);
	assert_string_equal(why, "exits cannot be timed otherwise (--latency): lockdown");
	assert_int_equal(noted(c).since_ns[PART_EXITS], 0);
	world.fails = 0;
	assert_int_equal(collection__set_latency(c, LATENCY_FULL, why, sizeof(why)), 0);
	assert_int_equal(world.taken, 1);
	assert_int_equal(world.details, 1);
	assert_int_equal(world.tracepoints, 1);
	assert_int_equal(collection__kinds(c), pio.kinds);
	assert_true(collection__slow(c)->reports);
	for (size_t i = 0; i < PART_MAX; i++)
		assert_true(noted(c).since_ns[i]);
	collection__free(c);
}

/* What cannot be had again is off. */
static void latency_and_no_more(void **state)
{
	struct collection *c = make(1);
	char why[256] = "";

	(void)state;
	assert_int_equal(collection__open_detail(c, &pio), 0);
	assert_int_equal(collection__open_tracepoints(c, NULL), 0);
	world.fails_then = -EPERM;
	assert_int_equal(collection__set_latency(c, LATENCY_FULL, why, sizeof(why)), 0);
	assert_int_equal(world.details, 0);
	assert_int_equal(world.tracepoints, 0);
	assert_null(collection__slow(c));
	assert_int_equal(collection__kinds(c), 0);
	assert_false(collection__has_tracepoints(c));
	collection__free(c);
}

/* The names stay as long as the list, and the same ones are the same pointer. */
static void names(void **state)
{
	static const char *const one[] = { "kvm_exit", "kvm_msr" }, *const two[] = { "kvm_exit" };
	struct event_names_list list = { .v = NULL };
	const struct event_names *first, *second, *again;

	(void)state;
	assert_int_equal(event_names_list__keep(&list, &(struct event_names){ one, 2 }, &first), 0);
	assert_int_equal(event_names_list__keep(&list, &(struct event_names){ two, 1 }, &second),
			 0);
	assert_int_equal(event_names_list__keep(&list, &(struct event_names){ one, 2 }, &again), 0);
	assert_ptr_equal(first, again);
	assert_ptr_not_equal(first, second);
	assert_true(first->v != one && first->v[1] != one[1]);
	assert_string_equal(first->v[1], "kvm_msr");
	event_names_list__done(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(detail),
		cmocka_unit_test(refused),
		cmocka_unit_test(with_slow_exits),
		cmocka_unit_test(slow_exits),
		cmocka_unit_test(slow_exits_need_times),
		cmocka_unit_test(keys_need_times_or_notes),
		cmocka_unit_test(tracepoints),
		cmocka_unit_test(latency),
		cmocka_unit_test(latency_and_no_more),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
