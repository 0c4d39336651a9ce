// SPDX-License-Identifier: GPL-2.0
/*
 * big WHAT N: does one thing, once, with a host of N VMs that it makes up, so that its instructions can be counted
 * (tests/counts/run). "nothing" only makes the host up; all but "delta" get the frame as well.
 */
#include "../unit/big.h"

#include <errno.h>

#include "../../user/model/delta.h"
#include "../../user/model/diagnosis.h"
#include "../../user/model/finding.h"
#include "../../user/model/item_counts.h"
#include "../../user/model/item_opts.h"
#include "../../user/model/item_delta.h"
#include "../../user/model/frame.h"
#include "../../user/model/reasons.h"
#include "../../user/sinks/openmetrics.h"
#include "../../user/sinks/sink.h"

static const struct host_info host = { .name = "h", .kernel = "6.12", .arch = "x86_64", .cpus = 4 };

static struct snapshot *make_host(size_t n_vms, uint64_t sec, uint64_t count)
{
	struct snapshot *s = big_snapshot_of(n_vms, sec, count);

	big_add_stats(s);
	big_add_hists(s);
	return s;
}

static int render(enum exposition_format format, const struct frame *frame)
{
	const struct view view = { .version = "1" };
	__autofree char *text = NULL;
	size_t len;

	return openmetrics__render(format, frame, &view, &text, &len);
}

static int do_delta(const struct frame *frame)
{
	(void)frame;
	return 0;
}

static int do_openmetrics(const struct frame *frame)
{
	return render(EXPOSITION_OPENMETRICS, frame);
}

static int do_prometheus(const struct frame *frame)
{
	return render(EXPOSITION_PROMETHEUS, frame);
}

static int do_protobuf(const struct frame *frame)
{
	int err = render(EXPOSITION_PROTOBUF, frame);

	return err == -ENOTSUP ? 0 : err; /* HTTP=0 */
}

/* What -dt adds to an interval, twice: when nothing was counted before, and when it goes on. */
static int do_events(const struct frame *frame)
{
	const struct item_opts opts = {
		.stats = true, .tracepoints = true, .names = reason_names__new(), .isa = ISA_SVM
	};
	struct frame first = *frame, second = *frame;
	int err = item_delta__frame(&opts, NULL, &first);

	return err ? err : item_delta__frame(&opts, first.items, &second);
}

/* Each VM has a reason that takes long, and waits for a CPU. */
static void make_slow(struct frame_vm *vm)
{
	static const double pct[STATE_MAX] = { 40, 25, 15, 0, 10, 10 };

	vm->shares.valid = true;
	vm->shares.run_delay_valid = true;
	vm->shares.wall_ns = 4000000000;
	for (size_t i = 0; i < STATE_MAX; i++) {
		vm->shares.pct[i] = pct[i];
		vm->shares.ns[i] = (uint64_t)(pct[i] * 40000000);
	}
	for (size_t i = 0; i < vm->n_vcpus; i++)
		vm->vcpus[i].shares = vm->shares;
	for (size_t i = 0; i < vm->reasons.n; i++)
		vm->reasons.v[i].time.delta_ns = 400000000;
}

/* Of five frames, in the last two of which all findings are shown. */
static int do_findings(const struct frame *frame)
{
	struct diagnosis *diagnosis = diagnosis__new(&(struct diagnosis_opts){ .all_vms = true });
	struct frame again = *frame;
	int err = diagnosis ? 0 : -ENOMEM;

	for (size_t i = 0; i < again.n_vms; i++)
		make_slow(&again.vms[i]);
	for (int i = 0; i < 5 && !err; i++)
		err = diagnosis__make(diagnosis, &again);
	return err ? err : again.findings->n < again.n_vms;
}

static int write_to_null(int (*write)(FILE *out, const struct frame *frame,
				      const struct view *view),
			 const struct frame *frame)
{
	const struct view view = { .utf8 = true };
	__autofclose FILE *out = fopen("/dev/null", "we");

	return out ? write(out, frame, &view) : -errno;
}

static int do_json(const struct frame *frame)
{
	return write_to_null(json__write, frame);
}

static int do_text(const struct frame *frame)
{
	return write_to_null(text__write, frame);
}

static const struct {
	const char *name;
	int (*run)(const struct frame *frame);
} things[] = {
	{ "nothing", NULL },
	{ "delta", do_delta },
	{ "events", do_events },
	{ "findings", do_findings },
	{ "openmetrics", do_openmetrics },
	{ "prometheus", do_prometheus },
	{ "protobuf", do_protobuf },
	{ "json", do_json },
	{ "text", do_text },
};

int main(int argc, char **argv)
{
	size_t n_vms = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	struct reason_names *names = reason_names__new();
	struct snapshot *prev = make_host(n_vms, 1, 10), *cur = make_host(n_vms, 2, 30);
	struct frame *frame = NULL;

	for (size_t i = 0; n_vms && names && i < ARRAY_SIZE(things); i++) {
		if (strcmp(argv[1], things[i].name))
			continue;
		if (!things[i].run)
			return 0;
		return delta__compute(prev, cur, &host, names, &frame) || things[i].run(frame);
	}
	fprintf(stderr, "usage: big WHAT N\n");
	return 2;
}
