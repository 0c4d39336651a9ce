// SPDX-License-Identifier: GPL-2.0
#include "base/cleanup.h"
#include "unit.h"

#include <errno.h>

#include "../../user/model/stats.h"
#include "stats_blob.h"

#define NAME_SIZE 48
#define __autolayout __cleanup(cleanup_layout)

DEFINE_CLEANUP(layout, struct stat_layout, stat_layout__free)

/* As vCPUs have them: out of order, with a hole at 24. */
static const struct blob_desc good[] = {
	{ "exits", BLOB_FLAGS_OF(0, 0, 0), 0, 1, 8, 0 },
	{ "halt_wait_ns", BLOB_FLAGS_OF(0, 2, 0), -9, 1, 0, 0 },
	{ "blocking", BLOB_FLAGS_OF(1, 4, 0), 0, 1, 16, 0 },
	{ "wait_hist", BLOB_FLAGS_OF(4, 2, 0), -9, 4, 32, 0 },
	{ "len_hist", BLOB_FLAGS_OF(3, 1, 1), 10, 3, 64, 5 },
	{ "max_len", BLOB_FLAGS_OF(2, 3, 0), 0, 1, 88, 0 },
};
#define N_GOOD ARRAY_SIZE(good)
#define GOOD_SIZE (BLOB_HEADER + NAME_SIZE + N_GOOD * (BLOB_DESC + NAME_SIZE))

/* Parses a copy of just these bytes, at an odd address; -EBADMSG has a reason of one line. */
static int parse(const uint8_t *bytes, size_t len, struct stat_layout **ret_layout)
{
	__autofree uint8_t *room = malloc(len + 1);
	char why[200] = "";
	int err;

	assert_non_null(room);
	memcpy(room + 1, bytes, len);
	err = stat_layout__parse(room + 1, len, why, sizeof(why), ret_layout);
	assert_int_equal(!err, !*why);
	assert_null(strchr(why, '\n'));
	if (err)
		assert_int_equal(err, -EBADMSG);
	return err;
}

/* Says that @bytes are refused, and that @why is in the reason. */
static void assert_refused(const uint8_t *bytes, size_t len, const char *expected)
{
	struct stat_layout *layout = NULL;
	char why[200] = "";

	assert_int_equal(stat_layout__parse(bytes, len, why, sizeof(why), &layout), -EBADMSG);
	assert_null(layout);
	if (!strstr(why, expected))
		fail_msg("\"%s\" is not in \"%s\"", expected, why);
	assert_int_equal(parse(bytes, len, &layout), -EBADMSG);
}

static void parses_what_the_kernel_gives(void **state)
{
	__autolayout struct stat_layout *layout = NULL;
	uint8_t bytes[GOOD_SIZE];
	const struct stat_desc *desc;

	(void)state;
	assert_int_equal(blob_make(bytes, NAME_SIZE, good, N_GOOD), sizeof(bytes));
	assert_int_equal(stat_layout_head_bytes(bytes, BLOB_HEADER), sizeof(bytes));
	assert_int_equal(parse(bytes, sizeof(bytes), &layout), 0);
	assert_int_equal(layout->n, N_GOOD);
	assert_int_equal(layout->n_values, 11);
	assert_int_equal(layout->bytes, 96);
	assert_int_equal(layout->data_offset, sizeof(bytes));

	desc = stat_layout__find(layout, "halt_wait_ns");
	assert_ptr_equal(desc, &layout->v[1]);
	assert_int_equal(desc->type, STAT_CUMULATIVE);
	assert_int_equal(desc->unit, STAT_UNIT_SECONDS);
	assert_int_equal(desc->exponent, -9);
	assert_false(desc->pow2);
	assert_int_equal(desc->first, 1);
	desc = stat_layout__find(layout, "len_hist");
	assert_int_equal(desc->type, STAT_LINEAR_HIST);
	assert_int_equal(desc->unit, STAT_UNIT_BYTES);
	assert_int_equal(desc->exponent, 10);
	assert_true(desc->pow2);
	assert_int_equal(desc->bucket_size, 5);
	assert_int_equal(desc->n, 3);
	assert_int_equal(stat_layout__find(layout, "blocking")->unit, STAT_UNIT_BOOLEAN);
	assert_null(stat_layout__find(layout, "exit"));
}

static void decodes_by_offset(void **state)
{
	static const uint64_t expected[] = {
		101, 100, 102, 104, 105, 106, 107, 108, 109, 110, 111
	};
	__autolayout struct stat_layout *layout = NULL;
	uint8_t bytes[GOOD_SIZE], data[97];
	uint64_t values[ARRAY_SIZE(expected)];

	(void)state;
	blob_make(bytes, NAME_SIZE, good, N_GOOD);
	assert_int_equal(parse(bytes, sizeof(bytes), &layout), 0);
	for (uint64_t i = 0; i < 12; i++) {
		uint64_t v = 100 + i;

		memcpy(data + 1 + 8 * i, &v, sizeof(v));
	}
	stat_layout__decode(layout, data + 1, values);
	assert_memory_equal(values, expected, sizeof(expected));
}

/* Names of 7 bytes: descriptors lie at odd addresses. The parts may be in any order. */
static void other_sizes_and_orders(void **state)
{
	static const struct blob_desc descs[] = { { "a", 0, 0, 1, 0, 0 },
						  { "sixsix", 0, 0, 1, 8, 0 } };
	__autolayout struct stat_layout *layout = NULL;
	__autolayout struct stat_layout *reordered = NULL;
	uint8_t bytes[200] = { 0 };
	size_t size = blob_make(bytes, 7, descs, 2);

	(void)state;
	assert_int_equal(parse(bytes, size, &layout), 0);
	assert_string_equal(layout->v[1].name, "sixsix");

	/* the header, then the data, then the descriptors, then the id */
	memmove(bytes + 60, bytes + blob_desc_at(7, 0), 2 * (BLOB_DESC + 7));
	blob_put32(bytes, BLOB_DATA_OFFSET, 24);
	blob_put32(bytes, BLOB_DESC_OFFSET, 60);
	blob_put32(bytes, BLOB_ID_OFFSET, 106);
	assert_int_equal(stat_layout_head_bytes(bytes, sizeof(bytes)), 113);
	assert_int_equal(parse(bytes, 113, &reordered), 0);
	assert_int_equal(reordered->data_offset, 24);
}

static void refuses_what_is_cut(void **state)
{
	uint8_t bytes[GOOD_SIZE];

	(void)state;
	blob_make(bytes, NAME_SIZE, good, N_GOOD);
	for (size_t len = 0; len < sizeof(bytes); len++)
		assert_refused(bytes, len, "truncated");
	for (size_t len = 0; len < BLOB_HEADER; len++)
		assert_int_equal(stat_layout_head_bytes(bytes, len), 0);
}

static void refuses_headers_that_lie(void **state)
{
	static const struct {
		size_t at;
		uint32_t v;
		const char *why;
	} lies[] = {
		{ BLOB_NAME_SIZE, 0, "names of 0 bytes" },
		{ BLOB_NAME_SIZE, 1025, "names of 1025" },
		{ BLOB_NAME_SIZE, UINT32_MAX, "names of" },
		{ BLOB_NUM_DESC, 0, "no descriptors" },
		{ BLOB_NUM_DESC, 1 << 20, "too many" },
		{ BLOB_NUM_DESC, UINT32_MAX, "too many" },
		{ BLOB_ID_OFFSET, 0, "header and id overlap" },
		{ BLOB_ID_OFFSET, 23, "header and id overlap" },
		{ BLOB_ID_OFFSET, 25, "id and descriptors overlap" },
		{ BLOB_ID_OFFSET, UINT32_MAX, "too far" },
		{ BLOB_DESC_OFFSET, 0, "header and descriptors overlap" },
		{ BLOB_DESC_OFFSET, 71, "id and descriptors overlap" },
		{ BLOB_DESC_OFFSET, UINT32_MAX, "too far" },
	};
	uint8_t bytes[GOOD_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lies); i++) {
		blob_make(bytes, NAME_SIZE, good, N_GOOD);
		blob_put32(bytes, lies[i].at, lies[i].v);
		assert_refused(bytes, sizeof(bytes), lies[i].why);
		assert_int_equal(stat_layout_head_bytes(bytes, sizeof(bytes)), 0);
	}

	blob_make(bytes, NAME_SIZE, good, N_GOOD);
	blob_put32(bytes, BLOB_DATA_OFFSET, sizeof(bytes) - 1);
	assert_refused(bytes, sizeof(bytes), "descriptors and data overlap");
	blob_put32(bytes, BLOB_DATA_OFFSET, 0);
	assert_refused(bytes, sizeof(bytes), "header and data overlap");
}

/* Field @at of descriptor 3, wait_hist, is @v. */
static void refuse_desc32(size_t at, uint32_t v, const char *why)
{
	uint8_t bytes[GOOD_SIZE];

	blob_make(bytes, NAME_SIZE, good, N_GOOD);
	blob_put32(bytes, blob_desc_at(NAME_SIZE, 3) + at, v);
	assert_refused(bytes, sizeof(bytes), why);
}

static void refuses_descriptors_that_lie(void **state)
{
	uint8_t bytes[GOOD_SIZE];

	(void)state;
	refuse_desc32(BLOB_FLAGS, BLOB_FLAGS_OF(5, 0, 0), "wait_hist: type 5");
	refuse_desc32(BLOB_FLAGS, UINT32_MAX, "wait_hist: type 15");
	refuse_desc32(BLOB_FLAGS, BLOB_FLAGS_OF(3, 0, 0), "wait_hist: buckets of size 0");
	refuse_desc32(BLOB_OFFSET, 36, "wait_hist: offset 36 is not aligned");
	refuse_desc32(BLOB_OFFSET, 1 << 20, "wait_hist: 4 values at 1048576: too far");
	refuse_desc32(BLOB_OFFSET, (1 << 20) - 24, "too far");
	refuse_desc32(BLOB_OFFSET, UINT32_MAX - 7, "too far");
	refuse_desc32(BLOB_OFFSET, 16, "values of ");
	refuse_desc32(BLOB_OFFSET, 40, "values of wait_hist and len_hist overlap");

	blob_make(bytes, NAME_SIZE, good, N_GOOD);
	blob_put16(bytes, blob_desc_at(NAME_SIZE, 3) + BLOB_SIZE, 0);
	assert_refused(bytes, sizeof(bytes), "wait_hist: no values");
	blob_put16(bytes, blob_desc_at(NAME_SIZE, 3) + BLOB_SIZE, UINT16_MAX);
	assert_refused(bytes, sizeof(bytes), "overlap");
}

static void refuses_names_that_are_none(void **state)
{
	static const char *const names[] = { "wait hist", "wait\thist", "wait\nhist", "w\x1b[2J",
					     "w\x7f",	  "w\xc3\xa9",	"w\xff" };
	size_t at = blob_desc_at(NAME_SIZE, 3) + BLOB_NAME;
	uint8_t bytes[GOOD_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		blob_make(bytes, NAME_SIZE, good, N_GOOD);
		memcpy(bytes + at, names[i], strlen(names[i]) + 1);
		assert_refused(bytes, sizeof(bytes), "name of descriptor 3 has a byte 0x");
	}
	bytes[at] = '\0';
	assert_refused(bytes, sizeof(bytes), "descriptor 3 has no name");
	memset(bytes + at, 'x', NAME_SIZE);
	assert_refused(bytes, sizeof(bytes), "name of descriptor 3 does not end");
	memcpy(bytes + at, "exits", 6);
	assert_refused(bytes, sizeof(bytes), "exits: two have this name");
}

static void unknown_units_are_none(void **state)
{
	static const struct blob_desc descs[] = {
		{ "unit", BLOB_FLAGS_OF(0, 5, 0), -3, 1, 0, 0 },
		{ "base", BLOB_FLAGS_OF(0, 1, 2), 4, 1, 8, 0 },
		{ "base_of_none", BLOB_FLAGS_OF(0, 1, 2) | 0xfffff000, 0, 1, 16, 0 },
	};
	__autolayout struct stat_layout *layout = NULL;
	uint8_t bytes[300];
	size_t size = blob_make(bytes, NAME_SIZE, descs, ARRAY_SIZE(descs));

	(void)state;
	assert_int_equal(parse(bytes, size, &layout), 0);
	assert_int_equal(layout->v[0].unit, STAT_UNIT_NONE);
	assert_int_equal(layout->v[0].exponent, -3);
	assert_int_equal(layout->v[1].unit, STAT_UNIT_NONE);
	assert_int_equal(layout->v[1].exponent, 0);
	assert_int_equal(layout->v[2].unit, STAT_UNIT_BYTES);
}

static void layout_from_names(void **state)
{
	static const char *const names[] = { "exits", "bad name\n", "", "io_exits" };
	static const uint64_t data[] = { 5, 6, 7, 8 };
	__autolayout struct stat_layout *layout = stat_layout__from_names(names, 4);
	__autolayout struct stat_layout *none = stat_layout__from_names(NULL, 0);
	uint64_t values[4];

	(void)state;
	assert_non_null(layout);
	assert_int_equal(layout->n, 4);
	assert_int_equal(layout->n_values, 4);
	assert_int_equal(layout->bytes, sizeof(data));
	assert_int_equal(layout->data_offset, 0);
	assert_string_equal(layout->v[1].name, "bad?name?");
	assert_string_equal(layout->v[2].name, "?");
	assert_int_equal(stat_layout__find(layout, "io_exits")->first, 3);
	assert_int_equal(layout->v[3].type, STAT_CUMULATIVE);
	assert_int_equal(layout->v[3].n, 1);
	stat_layout__decode(layout, data, values);
	assert_memory_equal(values, data, sizeof(data));

	assert_non_null(none);
	assert_int_equal(none->n, 0);
	assert_null(stat_layout__find(none, "exits"));
	stat_layout__free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_what_the_kernel_gives),
		cmocka_unit_test(decodes_by_offset),
		cmocka_unit_test(other_sizes_and_orders),
		cmocka_unit_test(refuses_what_is_cut),
		cmocka_unit_test(refuses_headers_that_lie),
		cmocka_unit_test(refuses_descriptors_that_lie),
		cmocka_unit_test(refuses_names_that_are_none),
		cmocka_unit_test(unknown_units_are_none),
		cmocka_unit_test(layout_from_names),
	};

	return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}
