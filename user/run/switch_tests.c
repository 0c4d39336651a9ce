// SPDX-License-Identifier: GPL-2.0
#include "switch_tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/log.h"
#include "../model/detail.h"
#include "../model/scope.h"
#include "live_switch.h"

static int set_detail(struct live_switch *live_switch, char *words, char *why, size_t size)
{
	struct detail_spec spec __cleanup(detail_spec__done) = { 0 };
	char *rest = NULL;

	for (char *word = strtok_r(words, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
		int err = detail_spec__add(&spec, word, strlen(word));

		if (err) {
			snprintf(why, size, "--switch-at: %s", word);
			return err;
		}
	}
	return live_switch__detail(live_switch, &spec, why, size);
}

static int set_slow(struct live_switch *live_switch, const char *value, char *why, size_t size)
{
	return live_switch__slow(live_switch, strtoull(value, NULL, 10) * 1000, why, size);
}

static int set_latency(struct live_switch *live_switch, const char *word, char *why, size_t size)
{
	enum latency latency = !strcmp(word, "off")    ? LATENCY_OFF
			       : !strcmp(word, "mean") ? LATENCY_MEAN
						       : LATENCY_FULL;

	return live_switch__latency(live_switch, latency, why, size);
}

static int set_scope(struct live_switch *live_switch, const char *part, const char *value,
		     char *why, size_t size)
{
	struct scope scope __cleanup(scope__done) = { 0 };
	int err = 0;

	if (!strcmp(part, "pid"))
		err = scope__add_pid(&scope, (pid_t)strtoul(value, NULL, 10));
	else if (!strcmp(part, "vcpu"))
		err = scope__add_vcpu(&scope, (uint32_t)strtoul(value, NULL, 10));
	else if (!strcmp(part, "guest"))
		scope.guest = value;
	return err ? err : live_switch__scope(live_switch, &scope, why, size);
}

static int set_part(struct live_switch *live_switch, char *part, char *why, size_t size)
{
	char *value = part + strcspn(part, ":");

	if (*value)
		*value++ = '\0';
	if (!strcmp(part, "detail"))
		return set_detail(live_switch, value, why, size);
	if (!strcmp(part, "slow"))
		return set_slow(live_switch, value, why, size);
	if (!strcmp(part, "tracepoints"))
		return live_switch__tracepoints(live_switch, *value, value, why, size);
	if (!strcmp(part, "latency"))
		return set_latency(live_switch, value, why, size);
	return set_scope(live_switch, part, value, why, size);
}

void switch_tests__run(const char *script, uint64_t frame, struct live_switch *live_switch)
{
	__autofree char *copy = script ? strdup(script) : NULL;
	char *rest = NULL, why[640] = "";

	for (char *item = copy ? strtok_r(copy, ";", &rest) : NULL; item;
	     item = strtok_r(NULL, ";", &rest)) {
		char *part;

		if (strtoull(item, &part, 10) == frame && *part == '=' &&
		    set_part(live_switch, part + 1, why, sizeof(why)))
			log_warning("%s", why);
	}
}
