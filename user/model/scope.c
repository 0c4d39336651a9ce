// SPDX-License-Identifier: GPL-2.0
#include "scope.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Appends nothing when it is there; keeps the array sorted. */
#define SORTED_INSERT(array, n, value)                                                             \
	({                                                                                         \
		size_t __i = 0, __n = (n);                                                         \
		int __err = 0;                                                                     \
		typeof(array) __new = NULL;                                                        \
		while (__i < __n && (array)[__i] < (value))                                        \
			__i++;                                                                     \
		if (__i == __n || (array)[__i] != (value)) {                                       \
			__new = reallocarray((array), __n + 1, sizeof(*(array)));                  \
			__err = __new ? 0 : -ENOMEM;                                               \
		}                                                                                  \
		if (__new) {                                                                       \
			(array) = __new;                                                           \
			memmove((array) + __i + 1, (array) + __i, (__n - __i) * sizeof(*(array))); \
			(array)[__i] = (value);                                                    \
			(n)++;                                                                     \
		}                                                                                  \
		__err;                                                                             \
	})

int scope__add_pid(struct scope *scope, pid_t pid)
{
	return SORTED_INSERT(scope->pids, scope->n_pids, pid);
}

int scope__add_vcpu(struct scope *scope, uint32_t id)
{
	return SORTED_INSERT(scope->vcpu_ids, scope->n_vcpu_ids, id);
}

bool scope__is_all(const struct scope *scope)
{
	return !scope->n_pids && !scope->n_vcpu_ids && !scope->guest;
}

bool scope__has_pid(const struct scope *scope, pid_t pid)
{
	for (size_t i = 0; i < scope->n_pids; i++)
		if (scope->pids[i] == pid)
			return true;
	return !scope->n_pids;
}

bool scope__has_vcpu(const struct scope *scope, uint32_t id)
{
	for (size_t i = 0; i < scope->n_vcpu_ids; i++)
		if (scope->vcpu_ids[i] == id)
			return true;
	return !scope->n_vcpu_ids;
}

void scope__done(struct scope *scope)
{
	free(scope->pids);
	free(scope->vcpu_ids);
	*scope = (struct scope){ .guest = NULL };
}
