// SPDX-License-Identifier: GPL-2.0
/*
 * exposition_proto_none: instead of exposition_proto.c in a kvmtop without --listen (make HTTP=0).
 */
#include "exposition_proto.h"

#include <errno.h>

int proto__new(struct proto **ret_proto)
{
	(void)ret_proto;
	return -ENOTSUP;
}

void proto__free(struct proto *proto)
{
	(void)proto;
}

void proto__begin(struct proto *proto, const struct metric_family *family, const char *suffix)
{
	(void)proto;
	(void)family;
	(void)suffix;
}

void proto__end(struct proto *proto, struct growing *out)
{
	(void)proto;
	(void)out;
}

void proto__value(struct proto *proto, const struct labels *labels, double value)
{
	(void)proto;
	(void)labels;
	(void)value;
}

void proto__bucket(struct proto *proto, double le, uint64_t count)
{
	(void)proto;
	(void)le;
	(void)count;
}

void proto__hist(struct proto *proto, const struct labels *labels, const struct hist_totals *totals)
{
	(void)proto;
	(void)labels;
	(void)totals;
}
