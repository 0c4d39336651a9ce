// SPDX-License-Identifier: GPL-2.0
#include "rules_find.h"

#include <stdarg.h>
#include <stdio.h>

void finding__begin(struct finding *finding, const struct rule *rule, double cost_pct)
{
	finding->cost_pct = cost_pct > 100 ? 100 : cost_pct > 0 ? cost_pct : 0;
	finding->strength = 1e9;
	finding->severity = SEVERITY_NONE;
	finding->seconds = 0;
	finding->vcpu = NULL;
	finding->incomplete = false;
	finding->fading = false;
	finding->next = rule->next;
	finding->n_evidence = 0;
	finding->text[0] = '\0';
	finding->long_text[0] = '\0';
	if (rule->limits.look > 0)
		finding__at_least(finding, finding->cost_pct, rule->limits.look);
}

static void weaken(struct finding *finding, double strength)
{
	/* What is not a number is no reason to say anything. */
	if (!(strength >= finding->strength))
		finding->strength = strength >= 0 ? strength : 0;
}

void finding__at_least(struct finding *finding, double value, double limit)
{
	weaken(finding, limit > 0 ? value / limit : 1);
}

void finding__at_most(struct finding *finding, double value, double limit)
{
	weaken(finding, value > 0 ? limit / value : value <= 0 ? 1e9 : 0);
}

#define PRINT(buf, format)                                     \
	do {                                                   \
		va_list args;                                  \
		va_start(args, format);                        \
		vsnprintf((buf), sizeof(buf), (format), args); \
		va_end(args);                                  \
	} while (0)

void finding__text(struct finding *finding, const char *format, ...)
{
	PRINT(finding->text, format);
}

void finding__long(struct finding *finding, const char *format, ...)
{
	PRINT(finding->long_text, format);
}

static struct evidence *next_evidence(struct finding *finding, const char *name)
{
	struct evidence *evidence = NULL;

	if (finding->n_evidence < EVIDENCE_MAX)
		evidence = &finding->evidence[finding->n_evidence++];
	if (evidence)
		evidence->name = name;
	return evidence;
}

void finding__number(struct finding *finding, const char *name, double value)
{
	struct evidence *evidence = next_evidence(finding, name);

	if (!evidence)
		return;
	evidence->is_text = false;
	evidence->value = value;
}

void finding__word(struct finding *finding, const char *name, const char *text)
{
	struct evidence *evidence = next_evidence(finding, name);

	if (!evidence)
		return;
	evidence->is_text = true;
	snprintf(evidence->text, sizeof(evidence->text), "%s", text);
}

/* Two digits at least, and no more than make sense. */
static char *scaled(double value, const char *unit, char buf[static 16])
{
	if (!(value >= 0) || value > 1e15)
		value = 0;
	if (value < 9.95)
		snprintf(buf, 16, "%d.%d%s", whole(10 * value) / 10, whole(10 * value) % 10, unit);
	else
		snprintf(buf, 16, "%d%s", whole(value), unit);
	return buf;
}

char *short_count(double count, char buf[static 16])
{
	if (count >= 1e6)
		return scaled(count / 1e6, "M", buf);
	if (count >= 1000)
		return scaled(count / 1e3, "k", buf);
	snprintf(buf, 16, "%d", whole(count));
	return buf;
}

char *short_ns(double ns, char buf[static 16])
{
	if (ns >= 1e9)
		return scaled(ns / 1e9, "s", buf);
	if (ns >= 1e6)
		return scaled(ns / 1e6, "ms", buf);
	if (ns >= 1e3)
		return scaled(ns / 1e3, "us", buf);
	return scaled(ns, "ns", buf);
}
