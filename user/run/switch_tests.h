/* SPDX-License-Identifier: GPL-2.0 */
/*
 * switch_tests: switches what is collected as a key would, at a frame that a test gives (--switch-at). Only the build for tests does
 * that; the program that is shipped has a stand-in.
 */
#ifndef KVMTOP_RUN_SWITCH_TESTS_H
#define KVMTOP_RUN_SWITCH_TESTS_H

#include <stdint.h>

struct live_switch;

/*
 * Does what @script has for frame @frame, which was just measured. It is a list "FRAME=PART:VALUE;...": "detail:KEYS" (none: off),
 * "tracepoints:REGEX" or "tracepoints:" (off), "latency:off", "pid:N", "vcpu:N", "guest:NAME", "all:". A warning says what fails.
 */
void switch_tests__run(const char *script, uint64_t frame, struct live_switch *live_switch);

#endif
