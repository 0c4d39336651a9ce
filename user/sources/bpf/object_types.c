// SPDX-License-Identifier: GPL-2.0
#include "object_types.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "../../base/cleanup.h"
#include "../../base/log.h"
#include "../kernel_btf.h"
#include "../type_index.h"

#define NAME "kvmtop-btf"

/* Since 6.3, where vm.memfd_noexec may forbid other files in memory. */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

/* Types are nested by value less deep; those that only seem to be would never end. */
#define DEPTH_MAX 64

/* ---- the names that are looked for */

#define NAME_SLOTS 2048u /* a power of two, several times as many as an object has types */

/* A name and a kind of type that can stand for each other, as libbpf has it (bpf_core_add_cands). */
struct wanted {
	const char *name; /* NULL: a free slot */
	size_t len;	  /* without the flavour: "task_struct" of task_struct___old */
	uint32_t kind;
	bool found; /* in vmlinux: then libbpf looks into no module */
};

struct wanted_set {
	struct wanted slots[NAME_SLOTS];
	size_t n;
};

/* BTF_KIND_UNKN: types of this kind are not looked for by their names. */
static uint32_t name_kind(const struct btf_type *type)
{
	switch (btf_kind(type)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_TYPEDEF:
		return btf_kind(type);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return BTF_KIND_ENUM;
	default:
		return BTF_KIND_UNKN;
	}
}

static size_t len_without_flavour(const char *name)
{
	const char *flavour = strstr(name, "___");

	return flavour && flavour != name ? (size_t)(flavour - name) : strlen(name);
}

/* The slot of the name, or the free one where it would be. */
static struct wanted *wanted_slot(struct wanted_set *set, const char *name, size_t len,
				  uint32_t kind)
{
	uint32_t hash = kind;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)name[i]) * 16777619u;
	for (;; hash++) {
		struct wanted *slot = &set->slots[hash % NAME_SLOTS];

		if (!slot->name ||
		    (slot->len == len && slot->kind == kind && !memcmp(slot->name, name, len)))
			return slot;
	}
}

/* The names of all types of @local. 0 or -E2BIG. */
static int want_types(struct wanted_set *set, const struct btf *local)
{
	for (uint32_t id = 1; id < btf__type_cnt(local); id++) {
		const struct btf_type *type = btf__type_by_id(local, id);
		const char *name = btf__name_by_offset(local, type->name_off);
		uint32_t kind = name_kind(type);
		struct wanted *slot;
		size_t len;

		if (kind == BTF_KIND_UNKN || !name || !name[0])
			continue;
		len = len_without_flavour(name);
		slot = wanted_slot(set, name, len, kind);
		if (slot->name)
			continue;
		if (++set->n > NAME_SLOTS / 2)
			return -E2BIG;
		*slot = (struct wanted){ .name = name, .len = len, .kind = kind };
	}
	return 0;
}

/* ---- copying types */

struct copier {
	struct wanted_set set;
	const struct btf *from;
	struct btf *to;
	uint32_t *ids; /* in @to, by id in @from; 0: not yet */
	int pointer;   /* to void: the type pointed to does not matter */
	int depth;
};

static int copy(struct copier *c, uint32_t id);

static int copy_enum(struct copier *c, const struct btf_type *type, const char *name)
{
	const struct btf_enum *e = btf_enum(type);
	int id = btf__add_enum(c->to, name, type->size), err = id < 0 ? id : 0;

	for (uint32_t i = 0; i < btf_vlen(type) && !err; i++)
		err = btf__add_enum_value(c->to, btf__name_by_offset(c->from, e[i].name_off),
					  btf_kflag(type) ? (int64_t)e[i].val : (uint32_t)e[i].val);
	return err ? err : id;
}

static int copy_enum64(struct copier *c, const struct btf_type *type, const char *name)
{
	const struct btf_enum64 *e = btf_enum64(type);
	int id = btf__add_enum64(c->to, name, type->size, btf_kflag(type)), err = id < 0 ? id : 0;

	for (uint32_t i = 0; i < btf_vlen(type) && !err; i++)
		err = btf__add_enum64_value(c->to, btf__name_by_offset(c->from, e[i].name_off),
					    btf_enum64_value(&e[i]));
	return err ? err : id;
}

/* Members come after their struct, and all types that they are of before it. */
static int copy_composite(struct copier *c, const struct btf_type *type, const char *name)
{
	const struct btf_member *m = btf_members(type);
	uint32_t n = btf_vlen(type);
	__autofree int *types = calloc(n + 1, sizeof(*types));
	int id, err = types ? 0 : -ENOMEM;

	for (uint32_t i = 0; i < n && !err; i++) {
		types[i] = copy(c, m[i].type);
		err = types[i] < 0 ? types[i] : 0;
	}
	if (err)
		return err;
	id = btf_is_struct(type) ? btf__add_struct(c->to, name, type->size)
				 : btf__add_union(c->to, name, type->size);
	err = id < 0 ? id : 0;
	for (uint32_t i = 0; i < n && !err; i++)
		err = btf__add_field(c->to, btf__name_by_offset(c->from, m[i].name_off), types[i],
				     btf_member_bit_offset(type, i),
				     btf_member_bitfield_size(type, i));
	return err ? err : id;
}

static int copy_array(struct copier *c, const struct btf_type *type)
{
	const struct btf_array *array = btf_array(type);
	int index = copy(c, array->index_type), element = copy(c, array->type);

	return index < 0     ? index
	       : element < 0 ? element
			     : btf__add_array(c->to, index, element, array->nelems);
}

static int copy_modifier(struct copier *c, const struct btf_type *type, const char *name)
{
	int of = copy(c, type->type);

	if (of < 0)
		return of;
	switch (btf_kind(type)) {
	case BTF_KIND_TYPEDEF:
		return btf__add_typedef(c->to, name, of);
	case BTF_KIND_VOLATILE:
		return btf__add_volatile(c->to, of);
	case BTF_KIND_CONST:
		return btf__add_const(c->to, of);
	case BTF_KIND_RESTRICT:
		return btf__add_restrict(c->to, of);
	default:
		return of; /* a tag */
	}
}

static int copy_anew(struct copier *c, uint32_t id)
{
	const struct btf_type *type = btf__type_by_id(c->from, id);
	const char *name = type ? btf__name_by_offset(c->from, type->name_off) : NULL;

	if (!name)
		return -EINVAL;
	switch (btf_kind(type)) {
	case BTF_KIND_INT:
		return btf__add_int(c->to, name, type->size, btf_int_encoding(type));
	case BTF_KIND_FLOAT:
		return btf__add_float(c->to, name, type->size);
	case BTF_KIND_PTR:
		if (!c->pointer)
			c->pointer = btf__add_ptr(c->to, 0);
		return c->pointer;
	case BTF_KIND_ENUM:
		return copy_enum(c, type, name);
	case BTF_KIND_ENUM64:
		return copy_enum64(c, type, name);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return copy_composite(c, type, name);
	case BTF_KIND_ARRAY:
		return copy_array(c, type);
	case BTF_KIND_FWD:
		return btf__add_fwd(c->to, name, btf_kflag(type) ? BTF_FWD_UNION : BTF_FWD_STRUCT);
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		return copy_modifier(c, type, name);
	case BTF_KIND_FUNC_PROTO: /* typedefs of functions: never read */
		return 0;
	default:
		return -EINVAL;
	}
}

/* The id of the copy of a type, with all that it holds by value; or a negative errno. */
static int copy(struct copier *c, uint32_t id)
{
	int copied;

	if (!id || c->ids[id])
		return (int)c->ids[id];
	if (c->depth++ == DEPTH_MAX)
		return -ELOOP;
	copied = copy_anew(c, id);
	c->depth--;
	if (copied > 0)
		c->ids[id] = (uint32_t)copied;
	return copied;
}

/* A type with a wanted name. 0 or a negative errno. */
static int copy_named(struct copier *c, uint32_t id, const char *name)
{
	int err = copy(c, id);

	if (err < 0)
		log_info("the kernel's type %s cannot be copied: %s", name, strerror(-err));
	return err < 0 ? err : 0;
}

/* Those of vmlinux: it has too many types to go through them. */
static int copy_kernel(struct copier *c, const struct kernel_types *types)
{
	int err = 0;

	c->from = types->vmlinux;
	for (size_t i = 0; i < NAME_SLOTS; i++) {
		const struct wanted *wanted = &c->set.slots[i];
		size_t at = 0;
		uint32_t id;

		while (wanted->name && !err &&
		       (id = type_index__next(types->names, wanted->name, wanted->len, &at)))
			if (name_kind(btf__type_by_id(c->from, id)) == wanted->kind)
				err = copy_named(c, id, wanted->name);
	}
	return err;
}

/* Those of the types of @btf, a module's, from id @first on that are wanted. */
static int copy_wanted(struct copier *c, const struct btf *btf, uint32_t first)
{
	int err = 0;

	c->from = btf;
	for (uint32_t id = first; id < btf__type_cnt(btf) && !err; id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		uint32_t kind = name_kind(type);
		struct wanted *slot;
		const char *name;

		if (kind == BTF_KIND_UNKN)
			continue;
		name = btf__name_by_offset(btf, type->name_off);
		if (!name || !*name)
			continue;
		slot = wanted_slot(&c->set, name, len_without_flavour(name), kind);
		if (!slot->name || slot->found)
			continue;
		err = copy_named(c, id, name);
	}
	return err;
}

/* After vmlinux: what it has of a name is all that counts. */
static void note_found(struct wanted_set *set, const struct btf *to)
{
	for (uint32_t id = 1; id < btf__type_cnt(to); id++) {
		const struct btf_type *type = btf__type_by_id(to, id);
		const char *name = btf__name_by_offset(to, type->name_off);
		struct wanted *slot;

		if (name_kind(type) == BTF_KIND_UNKN || !name[0])
			continue;
		slot = wanted_slot(set, name, len_without_flavour(name), name_kind(type));
		slot->found = slot->name;
	}
}

/* A module's types lie on vmlinux's, and have ids of their own from the same number on. */
static int copy_module(struct copier *c, const struct kernel_types *types, const struct btf *module)
{
	uint32_t first = btf__type_cnt(types->vmlinux);
	__autofree uint32_t *ids = NULL;
	uint32_t *vmlinux_ids = c->ids;
	int err;

	if (!module)
		return 0;
	ids = calloc(btf__type_cnt(module), sizeof(*ids));
	if (!ids)
		return -ENOMEM;
	memcpy(ids, vmlinux_ids, first * sizeof(*ids));
	c->ids = ids;
	err = copy_wanted(c, module, first);
	c->ids = vmlinux_ids;
	return err;
}

/* The enum kvmtop_type_ids of bpf/compat.bpf.h. */
static int add_ids(struct btf *to, const struct type_index *names)
{
	static const struct {
		const char *value, *type;
	} ids[] = {
		{ "KVMTOP_ID_TIMESPEC64", "timespec64" },
		{ "KVMTOP_ID_REFCOUNT", "refcount_struct" },
	};
	int err = btf__add_enum(to, "kvmtop_type_ids", 4);

	for (size_t i = 0; i < ARRAY_SIZE(ids) && err >= 0; i++) {
		int id = type_index__find(names, ids[i].type, BTF_KIND_STRUCT);

		if (id >= 0)
			err = btf__add_enum_value(to, ids[i].value, id);
	}
	return err < 0 ? err : 0;
}

static int copy_all(struct copier *c, const struct kernel_types *types, const struct btf *local)
{
	int err = want_types(&c->set, local) ?: copy_kernel(c, types);

	if (err)
		return err;
	note_found(&c->set, c->to);
	err = copy_module(c, types, types->kvm);
	for (size_t i = 0; i < ARRAY_SIZE(types->vendors) && !err; i++)
		err = copy_module(c, types, types->vendors[i]);
	return err ?: add_ids(c->to, types->names);
}

static int write_btf(int fd, const struct btf *btf)
{
	uint32_t size, done = 0;
	const char *data = btf__raw_data(btf, &size);

	if (!data)
		return -ENOMEM;
	while (done < size) {
		ssize_t n = write(fd, data + done, size - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (uint32_t)n : 0;
	}
	return 0;
}

int object_types__open(const struct kernel_types *types, struct object_types *ret_types)
{
	int fd;

	if (!types)
		return kernel_btf_error(-ESRCH);
	fd = memfd_create(NAME, MFD_CLOEXEC | MFD_NOEXEC_SEAL);
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(NAME, MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	*ret_types = (struct object_types){ .types = types, .fd = fd };
	snprintf(ret_types->path, sizeof(ret_types->path), "/proc/self/fd/%d", fd);
	return 0;
}

int object_types_reduce(const struct kernel_types *types, const struct btf *local, struct btf *to)
{
	__autofree struct copier *c = calloc(1, sizeof(*c));
	__autofree uint32_t *ids = calloc(btf__type_cnt(types->vmlinux), sizeof(*ids));

	if (!c || !ids)
		return -ENOMEM;
	c->ids = ids;
	c->to = to;
	return copy_all(c, types, local);
}

int object_types__fill(const struct object_types *ours, const struct bpf_object *object)
{
	__autobtf struct btf *to = btf__new_empty();

	if (!to)
		return -ENOMEM;
	return object_types_reduce(ours->types, bpf_object__btf(object), to)
		       ?: write_btf(ours->fd, to);
}

void object_types__close(struct object_types *ours)
{
	if (ours->fd >= 0)
		close(ours->fd);
}
