/* SPDX-License-Identifier: GPL-2.0 */
/*
 * object_types: the kernel's types that relocate a BPF object, as a BTF of their own. Unlike
 * libbpf, which goes through all hundred thousand types of the kernel for each type of an object,
 * it does so once.
 */
#ifndef KVMTOP_SOURCES_BPF_OBJECT_TYPES_H
#define KVMTOP_SOURCES_BPF_OBJECT_TYPES_H

struct bpf_object;
struct btf;
struct kernel_types;

struct object_types {
	const struct kernel_types *types;
	int fd; /* of a file in memory */
	char path[32];
};

/* For __cleanup(object_types__close) on a struct object_types. */
#define OBJECT_TYPES_NONE \
	{                 \
		.fd = -1  \
	}

/* An empty one. Its path is what the object is to be opened with (btf_custom_path). 0 or a negative errno; @types may be NULL. */
int object_types__open(const struct kernel_types *types, struct object_types *ret_types);

/* Fills it for an object that is open and not yet loaded. 0 or a negative errno. */
int object_types__fill(const struct object_types *ours, const struct bpf_object *object);

/*
 * Adds to @to, which is empty, the candidates for the types of @local: types with the same name but
 * for a flavour ("___old"). They come from vmlinux, or if it has none, from KVM's modules, with all
 * types that they hold by value. Pointers are to void. Also adds the ids of enum kvmtop_type_ids. 0
 * or a negative errno.
 */
int object_types_reduce(const struct kernel_types *types, const struct btf *local, struct btf *to);

void object_types__close(struct object_types *ours);

#endif
