/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reasons: names of exit reasons and userspace exits, from the text of the running kernel's tracepoint
 * formats, with the UAPI headers' tables behind them. Pure: the caller brings the text.
 */
#ifndef KVMTOP_MODEL_REASONS_H
#define KVMTOP_MODEL_REASONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reason_names;

/* Holds the UAPI tables (those of arch/, and of linux/kvm.h; reasons_uapi.h says of which kernel); NULL: no memory. */
struct reason_names *reason_names__new(void);
void reason_names__free(struct reason_names *names);

/*
 * Takes the names from the "format" file of kvm:kvm_exit (@len bytes at @text, hostile until parsed): its
 * print format has a symbol table per isa. They go before the UAPI's. Returns how many names were
 * found, or -EINVAL when there is no table in it (nothing changes then), -ENOMEM.
 */
int reason_names__parse_exit_format(struct reason_names *names, const char *text, size_t len);

/* The same for kvm:kvm_userspace_exit. */
int reason_names__parse_userspace_exit_format(struct reason_names *names, const char *text,
					      size_t len);

/* A code and its name. */
struct reason_entry {
	uint32_t isa;
	uint64_t code;
	const char *name;
};

/*
 * The @i-th of all names that there are, which belongs to @names; false beyond the last. A code may have two: then the first one
 * counts.
 */
bool reason_names__entry(const struct reason_names *names, size_t i,
			 struct reason_entry *ret_entry);

/*
 * Takes copies of @n names (of another host's kernel) in the place of those that were parsed; bytes that are not printable ASCII
 * become '?'. 0, or -ENOMEM (nothing changes then).
 */
int reason_names__replace(struct reason_names *names, const struct reason_entry *v, size_t n);

/* The name of (@isa, @code), or NULL when it has none. Flags in @code are not looked at. */
const char *reason_names__lookup(const struct reason_names *names, uint32_t isa, uint64_t code);

/*
 * The code of @isa whose name is @word, in any case, or which is the number @word. 0, or -ENOENT.
 */
int reason_names__find(const struct reason_names *names, uint32_t isa, const char *word,
		       uint64_t *ret_code);

/*
 * Writes what to show for (@isa, @code) into @buf. The name; for codes with flags
 * "NAME|0x80000000". For userspace exits with a negative code the errno, "EINTR". For a code
 * without a name the number ("0x4b" for hardware reasons, decimal for userspace ones). "unknown"
 * for REASON_UNKNOWN. A nested guest's has "L2:" in front. Returns @buf.
 */
char *reason_names__format(const struct reason_names *names, uint32_t isa, uint64_t code, char *buf,
			   size_t size);

/*
 * As kvm_stat calls it in "kvm_exit(HLT)", of any level. The UAPI's constant without its prefix, or
 * the kernel's name in upper case without spaces; "EINTR". For a code without a name the decimal
 * number; "UNKNOWN_REASON" for REASON_UNKNOWN. No more than letters, digits, '_' and '-'. Returns
 * @buf.
 */
char *reason_names__short(const struct reason_names *names, uint32_t isa, uint64_t code, char *buf,
			  size_t size);

/* Calls @fn for every code of @isa that has a name, in no order, some more than once; stops when it returns not 0. Returns that. */
typedef int (*reason_code_fn)(void *arg, uint64_t code);
int reason_names__each(const struct reason_names *names, uint32_t isa, reason_code_fn fn,
		       void *arg);

#endif
