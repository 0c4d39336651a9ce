/* SPDX-License-Identifier: GPL-2.0 */
/*
 * column_families: the percentiles of a time and the states of a vCPU, each of which has columns, fields and words of its own (columns.h).
 */
#ifndef KVMTOP_MODEL_COLUMN_FAMILIES_H
#define KVMTOP_MODEL_COLUMN_FAMILIES_H

/*
 * The percentiles, in ascending order, and their columns: X(id, name, label, one in so many is above it, help). All have columns
 * in CSV, fields in JSON, words of --sort, and a place below a histogram.
 */
#define PERCENTILES(X)                                  \
	X(P50, "p50_ns", "50", 2, "Median.")            \
	X(P90, "p90_ns", "90", 10, "90th percentile.")  \
	X(P99, "p99_ns", "99", 100, "99th percentile.") \
	X(P999, "p999_ns", "99.9", 1000, "99.9th percentile.")

/*
 * Where the time of a vCPU goes: X(state, name, title, help, when it is not known). Each has a column of its share; of its
 * nanoseconds, JSON has a field.
 */
#define STATES(X)                                                                          \
	X(GUEST, "guest", "GUEST%",                                                        \
	  "In the guest. This and the next five add up to the whole time.", NOTHING_TIMED) \
	X(KVM, "kvm", "KVM%", "In KVM.", NOTHING_TIMED)                                    \
	X(VMM, "vmm", "VMM%", "In the VMM.", NOTHING_TIMED)                                \
	X(HALT_POLL, "halt_poll", "POLL%", "Halted, KVM polling.", NOTHING_TIMED)          \
	X(HALT_BLOCK, "halt_block", "BLOCK%", "Halted, the thread asleep.", NOTHING_TIMED) \
	X(RUN_DELAY, "run_delay", "DELAY%", "Runnable, the thread waiting for a CPU.", NO_DELAY)
#define NO_DELAY "nothing was timed, or the run delay is within the others"
#define NOTHING_TIMED "nothing was timed (--latency off), or it went backwards"

#endif
