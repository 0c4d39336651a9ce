// SPDX-License-Identifier: GPL-2.0
/*
 * hold VMS BUSY: how long a history of 64 MiB holds for a host with so many VMs, BUSY of which are busy. Each has 4 vCPUs, and a frame takes a second. It also
 * says what is kept beside it per VM and frame. The host is made up: rates and durations are as those of a web server, and differ by chance.
 */
#include "../unit/big.h"

#include "../../user/model/delta.h"
#include "../../user/model/frame.h"
#include "../../user/model/history.h"
#include "../../user/model/reasons.h"
#include "../../user/model/trail.h"

#define MIB ((size_t)1 << 20)
#define REASONS 12
#define SLOTS 48
#define STATS 60
/* So many snapshots are packed at most: what the rest would take follows from these. */
#define FRAMES_MAX 300

static const struct host_info host = {
	.name = "h", .kernel = "6.12", .arch = "x86_64", .cpus = 64
};

/* A vCPU as it has come to be. */
struct state {
	struct tally exits[REASONS];
	uint64_t slots[REASONS][SLOTS], stats[STATS];
	struct vcpu_times times;
};

static uint32_t chance(uint32_t n)
{
	static uint64_t x = 88172645463325252;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (uint32_t)(x >> 32) % (n ? n : 1);
}

/* @count more, of which each octave has half as many as the one before. */
static void add_exits(struct tally *tally, uint64_t *slots, uint32_t count)
{
	tally->count += count;
	tally->max_ns = 0;
	for (uint32_t octave = 0, left = count; left; octave++, left /= 2)
		for (uint32_t i = 0; i < (left + 1) / 2; i++) {
			const size_t slot = octave < SLOTS / 8 ? 8 * octave + chance(8) : SLOTS - 1;
			const uint64_t ns = hist_slot_lo_ns(hist_slot(1 << 9) + slot) + chance(64);

			slots[slot]++;
			tally->sum_ns += ns;
			if (ns > tally->max_ns)
				tally->max_ns = ns;
			if (ns > tally->max_total_ns)
				tally->max_total_ns = ns;
		}
}

/* A second of it: a busy one has some 15,000 exits of all reasons, an idle one some timers. */
static void pass(struct state *state, bool busy)
{
	static const uint32_t shares[STATE_MAX] = { 50, 10, 5, 5, 25, 5 };

	for (uint32_t i = 0; i < REASONS; i++) {
		const uint32_t rate = busy ? (8000 >> i) + 1 : i < 2 ? 8 : 0;

		if (rate)
			add_exits(&state->exits[i], state->slots[i], rate / 2 + chance(rate));
	}
	for (size_t i = 0; i < STATS; i += busy ? 3 : 12)
		state->stats[i] += busy ? chance(5000) : chance(10);
	for (size_t i = 0; i < STATE_MAX; i++)
		state->times.ns[i] += busy ? shares[i] * 9000000 + chance(10000000) : chance(50000);
	state->times.wall_ns += SEC_NS;
}

static void copy_vcpu(struct snapshot *s, struct vcpu_sample *vcpu, const struct state *state)
{
	struct tally v[REASONS];
	uint64_t *stats = arena__calloc(s->arena, STATS, sizeof(*stats));
	size_t n = 0;

	assert_non_null(stats);
	for (size_t i = 0; i < REASONS; i++) {
		const struct hist hist = { state->slots[i], (uint32_t)hist_slot(1 << 9), SLOTS };

		if (!state->exits[i].count)
			continue;
		v[n] = state->exits[i];
		v[n].isa = ISA_SVM;
		v[n].code = 5 * i;
		assert_int_equal(hist_copy(s->arena, hist, &v[n].hist), 0);
		n++;
	}
	set_exits(s, vcpu, v, n);
	memcpy(stats, state->stats, sizeof(state->stats));
	vcpu->stats = stats;
	vcpu->stats_source = STATS_ITERATOR;
	vcpu->times = state->times;
	vcpu->times.valid = vcpu->times.run_delay_valid = true;
}

static struct stat_layout *make_layout(void)
{
	static char texts[STATS][16];
	static const char *names[STATS];

	for (size_t i = 0; i < STATS; i++) {
		snprintf(texts[i], sizeof(texts[i]), "some_stat_%zu", i);
		names[i] = texts[i];
	}
	return stat_layout__from_names(names, STATS);
}

static struct snapshot *take(struct state *states, size_t n_vms, size_t busy, uint64_t sec,
			     const struct stat_layout *layout)
{
	struct snapshot *s = make_snapshot(sec, n_vms);

	s->vcpu_layout = layout;
	for (size_t i = 0; i < n_vms; i++) {
		make_vcpus(s, &s->vms[i], BIG_VCPUS);
		for (size_t j = 0; j < BIG_VCPUS; j++) {
			pass(&states[BIG_VCPUS * i + j], i < busy);
			copy_vcpu(s, &s->vms[i].vcpus[j], &states[BIG_VCPUS * i + j]);
		}
	}
	return s;
}

static int note(struct trail *trail, const struct snapshot *prev, const struct snapshot *cur,
		const struct reason_names *names)
{
	struct frame *frame = NULL;
	struct trail_mark *marks = calloc(cur->n_vms, sizeof(*marks));
	const struct trail_note notes = { .marks = marks };
	int err = marks ? delta__compute(prev, cur, &host, names, &frame) : -1;

	if (!err)
		err = trail__add(trail, frame, &notes, true);
	free(marks);
	frame__free(frame);
	return err;
}

static void report(size_t n_vms, size_t busy, const struct history *history,
		   const struct trail *trail, uint64_t n)
{
	const struct history_range range = history__range(history);
	const double bytes = (double)history__bytes(history) / (double)(range.end - range.first);
	const double held_s = 64.0 * (double)MIB / bytes;

	printf("%zu VMs, %zu busy: %.1f KB a frame, 64 MiB hold %.1f min (%.2f h); trail %.1f "
	       "bytes a VM and frame\n",
	       n_vms, busy, bytes / 1000, held_s / 60, held_s / 3600,
	       (double)trail__bytes(trail) / (double)n / (double)n_vms);
}

int main(int argc, char **argv)
{
	const size_t n_vms = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
	const size_t busy = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	struct state *states = calloc(BIG_VCPUS * n_vms + 1, sizeof(*states));
	struct reason_names *names = reason_names__new();
	struct stat_layout *layout = make_layout();
	struct snapshot *prev = NULL;
	struct history *history;
	struct trail *trail;
	uint64_t sec = 1;
	int err;

	if (!n_vms || busy > n_vms) {
		fprintf(stderr, "usage: hold VMS BUSY\n");
		return 2;
	}
	err = history__new(64 * MIB, &history) ?: trail__new(&trail);
	for (; !err && sec <= FRAMES_MAX && (sec < 3 || history__range(history).first == 0);
	     sec++) {
		struct snapshot *cur = take(states, n_vms, busy, sec, layout);

		err = history__add(history, cur, prev);
		if (!err && prev)
			err = note(trail, prev, cur, names);
		snapshot__free(prev);
		prev = cur;
	}
	if (!err)
		report(n_vms, busy, history, trail, sec - 2);
	return err ? 1 : 0;
}
