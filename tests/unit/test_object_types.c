// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <bpf/btf.h>

#include "sources/bpf/object_types.h"
#include "sources/kernel_btf.h"
#include "sources/type_index.h"

/* A kernel, with a module on top of it; and what a BPF object knows of it. */
struct world {
	struct kernel_types types;
	struct btf *local, *to;
	int refcount, timespec;
};

static int struct_of(struct btf *btf, const char *name, uint32_t size, const char *member, int type)
{
	int id = btf__add_struct(btf, name, size);

	assert_true(id > 0);
	assert_int_equal(btf__add_field(btf, member, type, 0, 0), 0);
	return id;
}

static void setup_vmlinux(struct world *w, struct btf *btf)
{
	int i32 = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int noise = struct_of(btf, "noise", 4, "x", i32);
	int pointer = btf__add_ptr(btf, noise);
	int inner = struct_of(btf, "inner", 8, "secret", pointer);
	int array = btf__add_array(btf, i32, btf__add_const(btf, inner), 3);
	int color = btf__add_enum(btf, "color", 4), u, how;

	btf__add_enum_value(btf, "RED", -1);
	btf__add_enum_value(btf, "BLUE", 7);
	u = btf__add_union(btf, NULL, 4);
	btf__add_field(btf, "number", i32, 0, 0);
	btf__add_field(btf, "color", color, 0, 0);
	how = btf__add_typedef(btf, "how_t", color);
	w->refcount = struct_of(btf, "refcount_struct", 4, "refs", i32);
	btf__add_struct(btf, "task_struct", 56);
	btf__add_field(btf, "next", pointer, 0, 0);
	btf__add_field(btf, "inners", array, 64, 0);
	btf__add_field(btf, NULL, u, 256, 0);
	btf__add_field(btf, "bits", i32, 290, 3);
	btf__add_field(btf, "how", how, 320, 0);
	w->timespec = struct_of(btf, "timespec64", 4, "tv_sec", i32);
	btf__add_fwd(btf, "only_ahead", BTF_FWD_STRUCT);
}

static int setup(void **state)
{
	static struct world w;
	int i32;

	w = (struct world){ .types.vmlinux = btf__new_empty() };
	setup_vmlinux(&w, w.types.vmlinux);
	w.types.kvm = btf__new_empty_split(w.types.vmlinux);
	i32 = btf__find_by_name_kind(w.types.kvm, "int", BTF_KIND_INT);
	struct_of(w.types.kvm, "kvm_vcpu", 12, "inner",
		  btf__find_by_name_kind(w.types.kvm, "inner", BTF_KIND_STRUCT));
	struct_of(w.types.kvm, "task_struct", 99, "wrong", i32);
	struct_of(w.types.kvm, "only_ahead", 4, "there", i32);

	w.local = btf__new_empty();
	i32 = btf__add_int(w.local, "int", 4, 0);
	struct_of(w.local, "task_struct___old", 4, "how", i32);
	struct_of(w.local, "kvm_vcpu", 4, "inner", i32);
	struct_of(w.local, "only_ahead", 4, "there", i32);
	struct_of(w.local, "nowhere", 4, "x", i32);
	btf__add_enum(w.local, "color", 4); /* a type by itself, too */
	w.to = btf__new_empty();
	assert_int_equal(type_index__new(w.types.vmlinux, &w.types.names), 0);
	assert_int_equal(object_types_reduce(&w.types, w.local, w.to), 0);
	*state = &w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	type_index__free(w->types.names);
	btf__free(w->to);
	btf__free(w->local);
	btf__free(w->types.kvm);
	btf__free(w->types.vmlinux);
	return 0;
}

static const struct btf_type *find(const struct world *w, const char *name, uint32_t kind)
{
	int id = btf__find_by_name_kind(w->to, name, kind);

	return id > 0 ? btf__type_by_id(w->to, (uint32_t)id) : NULL;
}

static const struct btf_type *by_id(const struct world *w, uint32_t id)
{
	return btf__type_by_id(w->to, id);
}

static const char *name_of(const struct world *w, uint32_t offset)
{
	return btf__name_by_offset(w->to, offset);
}

static void members(void **state)
{
	const struct world *w = *state;
	const struct btf_type *task = find(w, "task_struct", BTF_KIND_STRUCT), *t;
	const struct btf_member *m = btf_members(task);

	assert_int_equal(task->size, 56);
	assert_int_equal(btf_vlen(task), 5);
	t = by_id(w, m[0].type);
	assert_true(btf_is_ptr(t));
	assert_int_equal(t->type, 0);

	assert_string_equal(name_of(w, m[1].name_off), "inners");
	assert_int_equal(btf_member_bit_offset(task, 1), 64);
	t = by_id(w, m[1].type);
	assert_int_equal(btf_array(t)->nelems, 3);
	t = by_id(w, btf_array(t)->type);
	assert_true(btf_is_const(t));
	t = by_id(w, t->type);
	assert_string_equal(name_of(w, t->name_off), "inner");
	assert_int_equal(t->size, 8);

	t = by_id(w, m[2].type);
	assert_true(btf_is_union(t));
	assert_int_equal(btf_vlen(t), 2);
	assert_int_equal(btf_member_bit_offset(task, 3), 290);
	assert_int_equal(btf_member_bitfield_size(task, 3), 3);
	t = by_id(w, m[4].type);
	assert_string_equal(name_of(w, t->name_off), "how_t");
}

static void enums(void **state)
{
	const struct world *w = *state;
	const struct btf_type *color = find(w, "color", BTF_KIND_ENUM);

	assert_int_equal(btf_vlen(color), 2);
	assert_string_equal(name_of(w, btf_enum(color)[0].name_off), "RED");
	assert_int_equal(btf_enum(color)[0].val, -1);
	assert_int_equal(btf_enum(color)[1].val, 7);
}

/* A module has only what vmlinux has not, and a type that is only announced there is not there. */
static void modules(void **state)
{
	const struct world *w = *state;
	const struct btf_type *vcpu = find(w, "kvm_vcpu", BTF_KIND_STRUCT), *t;
	int tasks = 0, inners = 0;

	assert_int_equal(vcpu->size, 12);
	t = by_id(w, btf_members(vcpu)[0].type);
	assert_string_equal(name_of(w, t->name_off), "inner");
	assert_non_null(find(w, "only_ahead", BTF_KIND_STRUCT));
	for (uint32_t id = 1; id < btf__type_cnt(w->to); id++) {
		const char *name = name_of(w, by_id(w, id)->name_off);

		tasks += !strcmp(name, "task_struct");
		inners += !strcmp(name, "inner");
	}
	assert_int_equal(tasks, 1);
	assert_int_equal(inners, 1);
}

static void nothing_else(void **state)
{
	const struct world *w = *state;

	assert_null(find(w, "noise", BTF_KIND_STRUCT)); /* only pointed to */
	assert_null(find(w, "nowhere", BTF_KIND_STRUCT));
	assert_null(find(w, "timespec64", BTF_KIND_STRUCT)); /* not asked for */
}

static void ids(void **state)
{
	const struct world *w = *state;
	const struct btf_type *type = find(w, "kvmtop_type_ids", BTF_KIND_ENUM);
	const struct btf_enum *e = btf_enum(type);

	assert_int_equal(btf_vlen(type), 2);
	assert_string_equal(name_of(w, e[0].name_off), "KVMTOP_ID_TIMESPEC64");
	assert_int_equal(e[0].val, w->timespec);
	assert_string_equal(name_of(w, e[1].name_off), "KVMTOP_ID_REFCOUNT");
	assert_int_equal(e[1].val, w->refcount);
}

/* A struct that holds itself by value would have no end. */
static void endless(void **state)
{
	struct world *w = *state;
	struct kernel_types types = { .vmlinux = btf__new_empty() };
	struct btf *to = btf__new_empty();

	btf__add_struct(types.vmlinux, "task_struct", 8);
	assert_int_equal(btf__add_field(types.vmlinux, "self", 1, 0, 0), 0);
	assert_int_equal(type_index__new(types.vmlinux, &types.names), 0);
	assert_int_equal(object_types_reduce(&types, w->local, to), -ELOOP);
	type_index__free(types.names);
	btf__free(to);
	btf__free(types.vmlinux);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members),	cmocka_unit_test(enums), cmocka_unit_test(modules),
		cmocka_unit_test(nothing_else), cmocka_unit_test(ids),	 cmocka_unit_test(endless),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
