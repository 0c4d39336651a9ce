/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cleanup: locals that free themselves. Destructors take NULL and return nothing.
 */
#ifndef KVMTOP_BASE_CLEANUP_H
#define KVMTOP_BASE_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define __cleanup(fn) __attribute__((cleanup(fn)))

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_fclose(FILE **f)
{
	if (*f)
		fclose(*f);
}

static inline void cleanup_closedir(DIR **d)
{
	if (*d)
		closedir(*d);
}

/* Defines cleanup_NAME() for locals of TYPE *, which calls @free_fn. */
#define DEFINE_CLEANUP(name, type, free_fn)         \
	static inline void cleanup_##name(type **p) \
	{                                           \
		free_fn(*p);                        \
	}

#define __autofree __cleanup(cleanup_free)
#define __autoclose __cleanup(cleanup_close)
#define __autofclose __cleanup(cleanup_fclose)
#define __autoclosedir __cleanup(cleanup_closedir)

/* Hands over what @p holds; @p no longer owns it. */
#define take_ptr(p)                      \
	({                               \
		typeof(p) __taken = (p); \
		(p) = NULL;              \
		__taken;                 \
	})

#define take_fd(fd)                 \
	({                          \
		int __taken = (fd); \
		(fd) = -1;          \
		__taken;            \
	})

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
