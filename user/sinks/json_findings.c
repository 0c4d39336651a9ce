// SPDX-License-Identifier: GPL-2.0
#include "json_findings.h"

#include "../model/finding.h"
#include "../model/frame.h"
#include "json_members.h"

/* As times of other keys; rates and shares need no more. */
#define EVIDENCE_DECIMALS 3

static void key_evidence(struct json_writer *w, const struct finding *finding)
{
	key_object(w, "evidence");
	for (size_t i = 0; i < finding->n_evidence; i++) {
		const struct evidence *evidence = &finding->evidence[i];

		json_writer__key(w, evidence->name);
		if (evidence->is_text)
			json_writer__text(w, evidence->text);
		else
			json_writer__real(w, evidence->value, EVIDENCE_DECIMALS);
	}
	json_writer__end_object(w);
}

static void key_bool(struct json_writer *w, const char *key, bool value)
{
	json_writer__key(w, key);
	json_writer__bool(w, value);
}

void json_findings__members(struct json_writer *w, const struct finding *finding)
{
	const struct frame_vcpu *vcpu = finding->vcpu;
	char rule[8];

	key_text(w, "rule", rule_name(finding->rule, rule));
	key_text(w, "severity", severity_name(finding->severity));
	key_text(w, "vm", finding->vm->id);
	key_u64(w, "vcpu", vcpu && vcpu->vcpu_id != VCPU_ID_UNKNOWN, vcpu ? vcpu->vcpu_id : 0);
	key_real(w, "cost_pct", true, finding->cost_pct, UNIT_PCT);
	key_text(w, "text", finding->long_text);
	key_text(w, "short", finding->text);
	key_bool(w, "incomplete", finding->incomplete);
	key_bool(w, "fading", finding->fading);
	key_evidence(w, finding);
	key_text(w, "next", finding->next);
}

void json_findings__write(struct json_writer *w, const struct findings *findings)
{
	if (!findings) {
		key_null(w, "findings");
		return;
	}
	key_array(w, "findings");
	for (size_t i = 0; i < findings->n; i++) {
		json_writer__object(w);
		json_findings__members(w, &findings->v[i]);
		json_writer__end_object(w);
	}
	json_writer__end_array(w);
}
