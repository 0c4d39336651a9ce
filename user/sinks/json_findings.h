/* SPDX-License-Identifier: GPL-2.0 */
/*
 * json_findings: the diagnosis of a frame in JSON (FINDING in json_keys.c).
 */
#ifndef KVMTOP_SINKS_JSON_FINDINGS_H
#define KVMTOP_SINKS_JSON_FINDINGS_H

struct finding;
struct findings;
struct json_writer;

/* The key "findings"; null where @findings are NULL. */
void json_findings__write(struct json_writer *w, const struct findings *findings);

/* What all objects that tell of a finding have: rule, severity, VM, vCPU, words and evidence. */
void json_findings__members(struct json_writer *w, const struct finding *finding);

#endif
