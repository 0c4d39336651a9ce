// SPDX-License-Identifier: GPL-2.0
#include "caps.h"

#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"

/* glibc has no function for these, and libcap's would be all we used of it. */
int caps__get(struct caps *ret_caps)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (syscall(SYS_capget, &header, data))
		return -errno;
	*ret_caps = (struct caps){
		.effective = data[0].effective | (uint64_t)data[1].effective << 32,
		.permitted = data[0].permitted | (uint64_t)data[1].permitted << 32,
		.inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32,
	};
	return 0;
}

int caps__set(const struct caps *caps)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	for (unsigned int i = 0; i < ARRAY_SIZE(data); i++)
		data[i] = (struct __user_cap_data_struct){
			.effective = (uint32_t)(caps->effective >> (32 * i)),
			.permitted = (uint32_t)(caps->permitted >> (32 * i)),
			.inheritable = (uint32_t)(caps->inheritable >> (32 * i)),
		};
	return syscall(SYS_capset, &header, data) ? -errno : 0;
}

uint64_t caps_missing(uint64_t needed)
{
	struct caps caps = { 0 };
	uint64_t have;

	caps__get(&caps);
	have = caps.effective;
	if (have & CAP_BIT(CAP_SYS_ADMIN))
		have |= CAP_BIT(CAP_BPF) | CAP_BIT(CAP_PERFMON);
	if (have & CAP_BIT(CAP_DAC_OVERRIDE))
		have |= CAP_BIT(CAP_DAC_READ_SEARCH);
	return needed & ~have;
}

const char *caps_list(uint64_t caps, char *buf, size_t size)
{
	static const struct {
		unsigned int cap;
		const char *name;
	} names[] = {
		{ CAP_SYS_PTRACE, "CAP_SYS_PTRACE" },
		{ CAP_DAC_OVERRIDE, "CAP_DAC_OVERRIDE" },
		{ CAP_SYS_NICE, "CAP_SYS_NICE" },
		{ CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH" },
		{ CAP_BPF, "CAP_BPF" },
		{ CAP_PERFMON, "CAP_PERFMON" },
		{ CAP_SYS_ADMIN, "CAP_SYS_ADMIN" },
	};
	size_t used = 0;

	snprintf(buf, size, "none");
	for (size_t i = 0; i < ARRAY_SIZE(names) && used < size; i++)
		if (caps & CAP_BIT(names[i].cap))
			used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? ", " : "",
						 names[i].name);
	return buf;
}
