// SPDX-License-Identifier: GPL-2.0
#include "finding.h"

#include <stdio.h>

const char *rule_name(enum rule_id rule, char buf[static 8])
{
	snprintf(buf, 8, "R%u", (unsigned int)rule % 1000);
	return buf;
}

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {
		[SEVERITY_LOOK] = "look",
		[SEVERITY_ACT] = "act",
	};

	return names[severity];
}
