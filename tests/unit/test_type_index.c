// SPDX-License-Identifier: GPL-2.0
/* Types found by name are those that libbpf finds by going through all of them. */
#include "unit.h"

#include <errno.h>
#include <linux/types.h>

#include <bpf/btf.h>

#include "sources/type_index.h"

static void finds(void **state)
{
	struct btf *btf = btf__new_empty();
	struct type_index *index;
	int i32, a, b, longer;

	(void)state;
	i32 = btf__add_int(btf, "int", 4, 0);
	a = btf__add_struct(btf, "kvm_vcpu", 4);
	btf__add_struct(btf, "", 4); /* without a name */
	b = btf__add_struct(btf, "kvm_vcpu", 8);
	longer = btf__add_struct(btf, "kvm_vcpu_arch", 8);
	btf__add_typedef(btf, "kvm_vcpu", i32);
	assert_int_equal(type_index__new(btf, &index), 0);
	assert_int_equal(type_index__find(index, "int", BTF_KIND_INT), i32);
	assert_int_equal(type_index__find(index, "kvm_vcpu", BTF_KIND_STRUCT), a);
	assert_int_equal(type_index__find(index, "kvm_vcpu", BTF_KIND_TYPEDEF), longer + 1);
	assert_int_equal(type_index__find(index, "kvm_vcpu_arch", BTF_KIND_STRUCT), longer);
	assert_int_equal(type_index__find(index, "kvm_vcpu", BTF_KIND_UNION), -ENOENT);
	assert_int_equal(type_index__find(index, "kvm_vcp", BTF_KIND_STRUCT), -ENOENT);
	assert_int_equal(type_index__find(index, "", BTF_KIND_STRUCT), -ENOENT);
	for (size_t at = 0, i = 0; i < 4; i++) {
		const uint32_t want[] = { (uint32_t)a, (uint32_t)b, (uint32_t)longer + 1, 0 };

		assert_int_equal(type_index__next(index, "kvm_vcpu_arch", strlen("kvm_vcpu"), &at),
				 want[i]);
	}
	type_index__free(index);
	btf__free(btf);
}

static void none(void **state)
{
	struct btf *btf = btf__new_empty();
	struct type_index *index;

	(void)state;
	assert_int_equal(type_index__new(btf, &index), 0);
	assert_int_equal(type_index__find(index, "int", BTF_KIND_INT), -ENOENT);
	type_index__free(index);
	btf__free(btf);
}

/* Names of all lengths, many of them alike, each three times. */
static void as_libbpf(void **state)
{
	struct btf *btf = btf__new_empty();
	struct type_index *index;
	char name[64];

	(void)state;
	for (int i = 0; i < 3000; i++) {
		snprintf(name, sizeof(name), "%.*s%d", i % 37,
			 "trace_event_raw_of_something_very_long", i % 1000);
		assert_true(i % 2 ? btf__add_struct(btf, name, (uint32_t)i) > 0
				  : btf__add_union(btf, name, (uint32_t)i) > 0);
	}
	assert_int_equal(type_index__new(btf, &index), 0);
	for (uint32_t id = 1; id < btf__type_cnt(btf); id++) {
		const char *its = btf__name_by_offset(btf, btf__type_by_id(btf, id)->name_off);

		for (uint32_t kind = BTF_KIND_STRUCT; kind <= BTF_KIND_ENUM; kind++) {
			int want = btf__find_by_name_kind(btf, its, kind);

			assert_int_equal(type_index__find(index, its, kind),
					 want < 0 ? -ENOENT : want);
		}
	}
	type_index__free(index);
	btf__free(btf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds),
		cmocka_unit_test(none),
		cmocka_unit_test(as_libbpf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
