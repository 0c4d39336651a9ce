// SPDX-License-Identifier: GPL-2.0
#include "bar.h"

#include <stdbool.h>
#include <string.h>

#include "../model/frame.h"

/* What hurts must be seen, even where it is less than a cell. */
#define SEEN_PCT 2

/* The nanoseconds of each state that is known. Returns their sum, a double as they may be of many vCPUs over hours. */
static double parts_of(const struct time_shares *shares, double ret_parts[STATE_MAX])
{
	double sum = 0;

	for (size_t i = 0; i < STATE_MAX; i++) {
		ret_parts[i] = time_shares_known(shares, i) ? (double)shares->ns[i] : 0;
		sum += ret_parts[i];
	}
	return sum;
}

/* The state of the largest remainder among those that have got no cell for it yet. */
static size_t next_of(const double rest[STATE_MAX], const bool taken[STATE_MAX])
{
	size_t next = STATE_MAX;

	for (size_t i = 0; i < STATE_MAX; i++)
		if (!taken[i] && (next == STATE_MAX || rest[i] > rest[next]))
			next = i;
	return next;
}

static void share_out(const double parts[STATE_MAX], double sum, size_t n, size_t cells[STATE_MAX])
{
	double rest[STATE_MAX];
	bool taken[STATE_MAX] = { false };
	size_t left = n;

	for (size_t i = 0; i < STATE_MAX; i++) {
		double exact = parts[i] * (double)n / sum;

		cells[i] = (size_t)exact;
		rest[i] = exact - (double)cells[i];
		left -= cells[i];
	}
	/* Fewer are left than there are states, as each remainder is less than a cell. */
	for (; left; left--) {
		size_t next = next_of(rest, taken);

		cells[next]++;
		taken[next] = true;
	}
}

static void show_what_hurts(const double parts[STATE_MAX], double sum, size_t cells[STATE_MAX])
{
	static const enum vcpu_state hurts[] = { STATE_RUN_DELAY, STATE_VMM, STATE_KVM };

	for (size_t i = 0; i < sizeof(hurts) / sizeof(hurts[0]); i++) {
		size_t most = 0;

		for (size_t j = 1; j < STATE_MAX; j++)
			if (cells[j] > cells[most])
				most = j;
		if (cells[hurts[i]] || cells[most] < 2 || parts[hurts[i]] * 100 < SEEN_PCT * sum)
			continue;
		cells[most]--;
		cells[hurts[i]]++;
	}
}

void bar_cells(const struct time_shares *shares, size_t n, uint8_t *ret_states)
{
	double parts[STATE_MAX], sum = parts_of(shares, parts);
	size_t cells[STATE_MAX], at = 0;

	if (!(sum > 0)) {
		memset(ret_states, BAR_UNKNOWN, n);
		return;
	}
	share_out(parts, sum, n, cells);
	show_what_hurts(parts, sum, cells);
	for (size_t i = 0; i < STATE_MAX; i++)
		for (size_t j = 0; j < cells[i]; j++)
			ret_states[at++] = (uint8_t)i;
}
