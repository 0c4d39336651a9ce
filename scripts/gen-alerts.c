// SPDX-License-Identifier: GPL-2.0
/*
 * gen-alerts: alert rules for Prometheus out of the rules of the diagnosis, one for each that there may be something to
 * act on. scripts/gen-alerts puts them into scripts/alerts/kvmtop.yaml, or checks that they are there.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>

#include "../user/model/finding.h"
#include "../user/model/rules_table.h"

/* "KvmtopHostIsFull", of "host is full". */
static void print_name(const char *title)
{
	bool begins = true;

	printf("KvmtopVm");
	for (; *title; title++) {
		if (!isalnum((unsigned char)*title))
			begins = true;
		else
			putchar(begins ? toupper((unsigned char)*title) : *title);
		begins = !isalnum((unsigned char)*title);
	}
}

/* A text in single quotes, in which one of its own is written twice. */
static void print_quoted(const char *text)
{
	putchar('\'');
	for (; *text; text++)
		printf(*text == '\'' ? "''" : "%c", *text);
	putchar('\'');
}

static void print_alert(enum rule_id id, const struct rule *rule)
{
	char name[8];

	rule_name(id, name);
	printf("      - alert: ");
	print_name(rule->title);
	printf("\n        expr: |\n          kvmtop_finding{rule=\"%s\", severity=\"act\"}\n"
	       "            * on (job, instance, vm, pid) group_left (name) kvmtop_vm_info\n"
	       "        for: 1m\n        labels:\n          severity: warning\n        "
	       "annotations:\n"
	       "          summary: '{{ $labels.instance }}: VM {{ $labels.name }} "
	       "({{ $labels.vm }}): %s, {{ $value | printf \"%%.0f\" }} %% of its time'\n",
	       name, rule->title);
	printf("          description: ");
	print_quoted(rule->what);
	printf("\n          next: ");
	print_quoted(rule->next);
	printf("\n          runbook: 'user/docs/findings.md#%c%s'\n", tolower((unsigned char)*name),
	       name + 1);
}

int main(void)
{
	printf("# SPDX-License-Identifier: GPL-2.0\n#\n"
	       "# Alerts for Prometheus: what kvmtop --listen finds that is to be acted on.\n"
	       "# Made by scripts/gen-alerts; do not edit. The limits are kvmtop's own.\n"
	       "groups:\n  - name: kvmtop\n    rules:\n");
	for (int id = 0; id < RULE_ID_MAX; id++) {
		const struct rule *rule = rule_of((enum rule_id)id);

		if (rule && rule->find && !rule->never_act)
			print_alert((enum rule_id)id, rule);
	}
	return ferror(stdout) || fclose(stdout);
}
