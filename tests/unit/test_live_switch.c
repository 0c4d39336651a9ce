// SPDX-License-Identifier: GPL-2.0
/* live_switch: what is shown of a live feed, and what a recording is given, with a collection that is a stub. */
#include <errno.h>
#include <unistd.h>

#include "../../user/base/clock.h"
#include "../../user/model/detail.h"
#include "../../user/model/frame.h"
#include "../../user/model/reasons.h"
#include "../../user/model/scope.h"
#include "../../user/run/collection.h"
#include "../../user/run/feed.h"
#include "../../user/run/feed_live.h"
#include "../../user/run/live_switch.h"
#include "../../user/run/slow_exits.h"
#include "../../user/run/verify_readings.h"
#include "unit.h"

/* ---- the collection */

static int set_fails;

int collection__set_detail(struct collection *collection, const struct detail_spec *spec, char *why,
			   size_t why_size)
{
	(void)collection;
	(void)spec;
	if (set_fails)
		snprintf(why, why_size, "lockdown");
	return set_fails;
}

int collection__set_tracepoints(struct collection *collection, bool on, const char *fields,
				char *why, size_t why_size)
{
	(void)on;
	(void)fields;
	return collection__set_detail(collection, NULL, why, why_size);
}

int collection__set_slow(struct collection *collection, uint64_t slow_ns, char *why,
			 size_t why_size)
{
	(void)slow_ns;
	return collection__set_detail(collection, NULL, why, why_size);
}

/* How often other programs were loaded, and what they time. */
static int n_loaded;
static enum latency loaded;

int collection__set_latency(struct collection *collection, enum latency latency, char *why,
			    size_t why_size)
{
	int err = collection__set_detail(collection, NULL, why, why_size);

	n_loaded += !err;
	loaded = err ? loaded : latency;
	return err;
}

void collection__set_slow_writer(struct collection *collection, void (*write)(void *arg), void *arg)
{
	(void)collection;
	(void)write;
	(void)arg;
}

int slow_exits__write(const struct slow_exits *slow_exits, uint64_t until_ns, enum slow_until until)
{
	(void)slow_exits;
	(void)until_ns;
	(void)until;
	return 0;
}

/* How many are open, and how many were opened. */
static int n_readings, n_opened;

int verify_readings__open(const struct verify_readings_opts *opts,
			  struct verify_readings **ret_readings)
{
	(void)opts;
	if (set_fails)
		return set_fails;
	*ret_readings = malloc(1);
	n_readings++;
	n_opened++;
	return 0;
}

void verify_readings__close(struct verify_readings *readings)
{
	n_readings -= readings != NULL;
	free(readings);
}

bool collection__has_tracepoints(const struct collection *collection)
{
	(void)collection;
	return false;
}

uint32_t collection__kinds(const struct collection *collection)
{
	(void)collection;
	return 0;
}

const struct detail_names *collection__detail_names(const struct collection *collection)
{
	(void)collection;
	return NULL;
}

/* ---- a feed of two VMs, 100 and 101, that have two vCPUs each; each vCPU has an exit more in each snapshot */

static uint64_t n_taken;

static int read_next(void *arg, struct snapshot **ret_snapshot)
{
	struct snapshot *s = make_snapshot(++n_taken, 2);

	(void)arg;
	for (size_t i = 0; i < 2; i++) {
		s->vms[i].name = i ? "two" : "one";
		make_vcpus(s, &s->vms[i], 2);
		for (size_t j = 0; j < 2; j++) {
			struct vcpu_sample *vcpu = &s->vms[i].vcpus[j];

			vcpu->exits = arena__calloc(s->arena, 1, sizeof(*vcpu->exits));
			vcpu->exits[0] =
				(struct tally){ .isa = 2, .count = n_taken, .sum_ns = n_taken };
			vcpu->n_exits = 1;
		}
	}
	s->latency = loaded;
	*ret_snapshot = s;
	return 0;
}

struct fixture {
	struct scope counted;
	struct reason_names *names;
	struct live_switch *live_switch;
	struct feed *feed;
};

static int set_up(void **state)
{
	static const struct host_info host;
	struct fixture *f = calloc(1, sizeof(*f));

	n_taken = 0;
	set_fails = 0;
	n_loaded = 0;
	loaded = LATENCY_MEAN;
	f->names = reason_names__new();
	assert_int_equal(live_switch__new(&(struct live_switch_opts){ .counted = &f->counted,
								      .latency = LATENCY_MEAN },
					  &f->live_switch),
			 0);
	assert_int_equal(feed_live__new(&(struct feed_live_opts){ .interval_ns = SEC_NS,
								  .host = &host,
								  .names = f->names,
								  .read = read_next },
					&f->feed),
			 0);
	live_switch__set_feed(f->live_switch, f->feed);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	feed__free(f->feed);
	live_switch__free(f->live_switch);
	reason_names__free(f->names);
	scope__done(&f->counted);
	free(f);
	assert_int_equal(n_readings, 0);
	return 0;
}

/* The next frame has @n_vms VMs of @n_vcpus vCPUs, of which each has all of its exits; with times or not. */
static void expect(const struct fixture *f, size_t n_vms, size_t n_vcpus, bool timed)
{
	struct frame *frame;

	assert_int_equal(feed__next(f->feed, &frame), 0);
	assert_int_equal(frame->n_vms, n_vms);
	for (size_t i = 0; i < n_vms; i++) {
		assert_int_equal(frame->vms[i].n_vcpus, n_vcpus);
		assert_int_equal(frame->vms[i].exits.total, n_vcpus * n_taken);
		assert_int_equal(frame->vms[i].exits.delta, n_vcpus);
		assert_int_equal(frame->vms[i].reasons.v[0].time.valid, timed);
	}
	frame__free(frame);
}

static int choose(const struct fixture *f, const char *guest, pid_t pid, char *why)
{
	struct scope scope __cleanup(scope__done) = { .guest = guest };

	if (pid)
		assert_int_equal(scope__add_pid(&scope, pid), 0);
	return live_switch__scope(f->live_switch, &scope, why, 256);
}

/* Its programs are there as long as it is on, and no longer than the switch. */
static void verify(void **state)
{
	const struct fixture *f = *state;
	char why[256] = "";

	assert_null(live_switch__readings(f->live_switch));
	assert_int_equal(live_switch__verify(f->live_switch, true, why, sizeof(why)), 0);
	assert_non_null(live_switch__readings(f->live_switch));
	assert_int_equal(n_readings, 1);
	assert_int_equal(live_switch__verify(f->live_switch, false, why, sizeof(why)), 0);
	assert_null(live_switch__readings(f->live_switch));
	assert_int_equal(n_readings, 0);
	set_fails = -ENOMEM;
	assert_int_equal(live_switch__verify(f->live_switch, true, why, sizeof(why)), -ENOMEM);
	assert_string_not_equal(why, "");
	assert_null(live_switch__readings(f->live_switch));
	set_fails = 0;
	assert_int_equal(live_switch__verify(f->live_switch, true, why, sizeof(why)), 0);
}

static void verify_needs_times(void **state)
{
	const struct live_switch_opts opts = { .latency = LATENCY_OFF };
	struct live_switch *live_switch;
	char why[256] = "";

	(void)state;
	assert_int_equal(live_switch__new(&opts, &live_switch), 0);
	assert_int_equal(live_switch__verify(live_switch, true, why, sizeof(why)), -EOPNOTSUPP);
	assert_non_null(strstr(why, "latency"));
	live_switch__free(live_switch);
}

static void vms(void **state)
{
	const struct fixture *f = *state;
	char why[256] = "";

	expect(f, 2, 2, true);
	assert_false(live_switch__is_selected(f->live_switch));
	assert_int_equal(choose(f, NULL, 101, why), 0);
	assert_true(live_switch__is_selected(f->live_switch));
	expect(f, 1, 2, true);
	assert_int_equal(choose(f, "t.o", 0, why), 0);
	expect(f, 1, 2, true);
	assert_string_equal(why, "");
	/* What is refused changes nothing. */
	assert_int_equal(choose(f, "three", 0, why), -ENOENT);
	assert_string_equal(why, "there is no such VM");
	assert_int_equal(choose(f, "(", 0, why), -ENOENT);
	assert_non_null(strstr(why, "regular expression"));
	assert_int_equal(choose(f, "", 0, why), -EINVAL);
	assert_int_equal(choose(f, NULL, 1, why), -ENOENT);
	expect(f, 1, 2, true);
	assert_int_equal(choose(f, NULL, 0, why), 0);
	expect(f, 2, 2, true);
}

static void vcpus(void **state)
{
	const struct fixture *f = *state;
	struct scope scope __cleanup(scope__done) = { 0 };
	char why[256];

	assert_int_equal(scope__add_vcpu(&scope, 1), 0);
	assert_int_equal(live_switch__scope(f->live_switch, &scope, why, sizeof(why)), 0);
	expect(f, 2, 1, true);
	assert_int_equal(choose(f, NULL, 0, why), 0);
	expect(f, 2, 2, true);
}

/* What the kernel side leaves out cannot be shown. */
static void not_counted(void **state)
{
	struct fixture *f = *state;
	struct scope scope __cleanup(scope__done) = { 0 };
	char why[256];

	assert_int_equal(scope__add_pid(&f->counted, 100), 0);
	assert_int_equal(scope__add_vcpu(&f->counted, 0), 0);
	assert_int_equal(choose(f, NULL, 101, why), -ENOENT);
	assert_non_null(strstr(why, "pid 101 is not counted"));
	assert_int_equal(scope__add_vcpu(&scope, 1), 0);
	assert_int_equal(live_switch__scope(f->live_switch, &scope, why, sizeof(why)), -ENOENT);
	assert_non_null(strstr(why, "vCPU 1 is not counted"));
	assert_int_equal(choose(f, NULL, 100, why), 0);
	expect(f, 1, 2, true);
}

static void latency(void **state)
{
	const struct fixture *f = *state;
	char why[256];

	assert_int_equal(live_switch__latency(f->live_switch, LATENCY_OFF, why, sizeof(why)), 0);
	assert_int_equal(choose(f, NULL, 100, why), 0);
	expect(f, 1, 2, false);
	assert_int_equal(live_switch__latency(f->live_switch, LATENCY_MEAN, why, sizeof(why)), 0);
	expect(f, 1, 2, true);
	assert_int_equal(n_loaded, 0);
}

/* More than is measured: other programs are loaded, once; also what is compared begins anew with them. */
static void latency_upwards(void **state)
{
	const struct fixture *f = *state;
	char why[256];

	assert_int_equal(live_switch__measured(f->live_switch), LATENCY_MEAN);
	assert_int_equal(live_switch__latency(f->live_switch, LATENCY_OFF, why, sizeof(why)), 0);
	set_fails = -EPERM;
	assert_int_equal(live_switch__latency(f->live_switch, LATENCY_FULL, why, sizeof(why)),
			 -EPERM);
	assert_string_equal(why, "lockdown");
	assert_int_equal(live_switch__measured(f->live_switch), LATENCY_MEAN);
	expect(f, 2, 2, false);
	set_fails = 0;
	assert_int_equal(live_switch__verify(f->live_switch, true, why, sizeof(why)), 0);
	n_opened = 0;
	assert_int_equal(live_switch__latency(f->live_switch, LATENCY_FULL, why, sizeof(why)), 0);
	assert_int_equal(live_switch__measured(f->live_switch), LATENCY_FULL);
	assert_int_equal(n_opened, 1);
	assert_int_equal(n_readings, 1);
	assert_int_equal(live_switch__latency(f->live_switch, LATENCY_MEAN, why, sizeof(why)), 0);
	assert_int_equal(live_switch__latency(f->live_switch, LATENCY_FULL, why, sizeof(why)), 0);
	assert_int_equal(n_loaded, 1);
	assert_int_equal(loaded, LATENCY_FULL);
}

static void refused(void **state)
{
	const struct fixture *f = *state;
	char why[256];

	set_fails = -EPERM;
	assert_int_equal(live_switch__detail(f->live_switch, &(struct detail_spec){ .kinds = 1 },
					     why, sizeof(why)),
			 -EPERM);
	assert_string_equal(why, "lockdown");
	assert_int_equal(live_switch__tracepoints(f->live_switch, true, NULL, why, sizeof(why)),
			 -EPERM);
	expect(f, 2, 2, true);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(vms),
		TEST(vcpus),
		TEST(not_counted),
		TEST(latency),
		TEST(latency_upwards),
		TEST(refused),
		TEST(verify),
		cmocka_unit_test(verify_needs_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
