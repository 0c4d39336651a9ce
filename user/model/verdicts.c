// SPDX-License-Identifier: GPL-2.0
#include "verdicts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "finding.h"
#include "frame.h"

#define ROOM_MIN 64
#define HUNDREDTHS_MAX ((1u << 24) - 1)

_Static_assert(sizeof(struct verdict) == 16 && RULE_ID_MAX <= 64, "as the header says");

struct moment {
	int64_t wall_ns, before_ns;
	struct verdict *v; /* NULL: none */
	size_t n;
};

struct verdicts {
	size_t bytes_max, bytes;
	struct moment *moments; /* by wall_ns */
	size_t n, room;
};

struct verdicts *verdicts__new(size_t bytes_max)
{
	struct verdicts *verdicts = calloc(1, sizeof(*verdicts));

	if (verdicts)
		verdicts->bytes_max = bytes_max;
	return verdicts;
}

static void drop_first(struct verdicts *verdicts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		verdicts->bytes -=
			sizeof(struct moment) + verdicts->moments[i].n * sizeof(struct verdict);
		free(verdicts->moments[i].v);
	}
	verdicts->n -= n;
	if (n)
		memmove(&verdicts->moments[0], &verdicts->moments[n],
			verdicts->n * sizeof(struct moment));
}

void verdicts__clear(struct verdicts *verdicts)
{
	drop_first(verdicts, verdicts->n);
}

void verdicts__free(struct verdicts *verdicts)
{
	if (!verdicts)
		return;
	verdicts__clear(verdicts);
	free(verdicts->moments);
	free(verdicts);
}

/* ---- finding a moment */

/* How many end before @wall_ns. */
static size_t count_before(const struct verdicts *verdicts, int64_t wall_ns)
{
	size_t low = 0, high = verdicts->n;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (verdicts->moments[middle].wall_ns < wall_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct moment *find(const struct verdicts *verdicts, int64_t wall_ns)
{
	const size_t i = count_before(verdicts, wall_ns);

	return i < verdicts->n && verdicts->moments[i].wall_ns == wall_ns ? &verdicts->moments[i]
									  : NULL;
}

bool verdicts__find(const struct verdicts *verdicts, int64_t wall_ns, const struct verdict **ret,
		    size_t *ret_n)
{
	const struct moment *moment = find(verdicts, wall_ns);

	if (!moment)
		return false;
	*ret = moment->v;
	*ret_n = moment->n;
	return true;
}

bool verdicts__before(const struct verdicts *verdicts, int64_t wall_ns, int64_t *ret_wall_ns)
{
	const struct moment *moment = find(verdicts, wall_ns);

	if (!moment || moment->before_ns == VERDICTS_NONE || !find(verdicts, moment->before_ns))
		return false;
	*ret_wall_ns = moment->before_ns;
	return true;
}

bool verdicts__after(const struct verdicts *verdicts, int64_t wall_ns, int64_t *ret_wall_ns)
{
	const size_t i = count_before(verdicts, moment_add(wall_ns, 1));

	if (i == verdicts->n || verdicts->moments[i].before_ns != wall_ns)
		return false;
	*ret_wall_ns = verdicts->moments[i].wall_ns;
	return true;
}

bool verdicts__has_mark(const struct verdicts *verdicts, int64_t wall_ns, uint64_t vm_key)
{
	const struct moment *moment = find(verdicts, wall_ns);

	for (size_t i = 0; moment && i < moment->n; i++)
		if (!vm_key || moment->v[i].vm_key == vm_key)
			return true;
	return false;
}

/* ---- noting */

static struct verdict verdict_of(const struct finding *finding)
{
	const double hundredths = finding->seconds * 100;

	return (struct verdict){
		.vm_key = finding->vm->key,
		.vcpu = finding->vcpu ? finding->vcpu->vcpu_id : VERDICT_OF_VM,
		.rule = finding->rule & 63,
		.severity = finding->severity & 3,
		.hundredths =
			hundredths < HUNDREDTHS_MAX ? (uint32_t)(hundredths + 0.5) : HUNDREDTHS_MAX,
	};
}

static int make_room(struct verdicts *verdicts)
{
	const size_t room = verdicts->room ? 2 * verdicts->room : ROOM_MIN;
	struct moment *moments;

	if (verdicts->n < verdicts->room)
		return 0;
	moments = reallocarray(verdicts->moments, room, sizeof(*moments));
	if (!moments)
		return -ENOMEM;
	verdicts->moments = moments;
	verdicts->room = room;
	return 0;
}

static int moment__make(const struct frame *frame, int64_t before, struct moment *ret)
{
	const struct findings *findings = frame->findings;
	const size_t n = findings ? findings->n : 0;

	*ret = (struct moment){ .wall_ns = timespec_ns(&frame->wall), .before_ns = before, .n = n };
	if (!n)
		return 0;
	ret->v = calloc(n, sizeof(*ret->v));
	if (!ret->v)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		ret->v[i] = verdict_of(&findings->v[i]);
	return 0;
}

static void insert(struct verdicts *verdicts, const struct moment *moment)
{
	const size_t i = count_before(verdicts, moment->wall_ns);

	memmove(&verdicts->moments[i + 1], &verdicts->moments[i],
		(verdicts->n - i) * sizeof(*moment));
	verdicts->moments[i] = *moment;
	verdicts->n++;
	verdicts->bytes += sizeof(*moment) + moment->n * sizeof(struct verdict);
}

int verdicts__note(struct verdicts *verdicts, const struct frame *frame, int64_t before)
{
	struct moment *known = find(verdicts, timespec_ns(&frame->wall)), moment;
	int err;

	if (known) {
		if (known->before_ns == VERDICTS_NONE)
			known->before_ns = before;
		return 0;
	}
	err = make_room(verdicts) ?: moment__make(frame, before, &moment);
	if (err)
		return err;
	insert(verdicts, &moment);
	/* An eighth at once, as all that stay are moved. */
	if (verdicts->bytes > verdicts->bytes_max)
		drop_first(verdicts, verdicts->n / 8 + 1);
	return 0;
}

void verdicts__forget_before(struct verdicts *verdicts, int64_t wall_ns)
{
	const size_t n = count_before(verdicts, wall_ns);

	/* Not one by one: all that stay are moved. */
	if (n > verdicts->n / 8)
		drop_first(verdicts, n);
}
