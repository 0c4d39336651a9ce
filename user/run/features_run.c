// SPDX-License-Identifier: GPL-2.0
#include "features_run.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../model/ids.h"
#include "../model/snapshot.h"
#include "../options/options.h"
#include "../sources/features.h"
#include "../sources/features_summary.h"
#include "../sources/kvm_stats.h"
#include "counters.h"

DEFINE_CLEANUP(stats, struct kvm_stats, kvm_stats__close)
DEFINE_CLEANUP(snapshot, struct snapshot, snapshot__free)

static void print_line(const char *name, bool ok, const char *why)
{
	printf("%-24s %-4s %s\n", name, ok ? "yes" : "no", why);
}

/* Where systemd looks for units, and where make install puts them. */
static bool has_units(void)
{
	static const char *const paths[] = {
		"/etc/systemd/system/kvmtop.service",
		"/usr/local/lib/systemd/system/kvmtop.service",
		"/usr/lib/systemd/system/kvmtop.service",
		"/lib/systemd/system/kvmtop.service",
	};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (!access(paths[i], F_OK))
			return true;
	return false;
}

static void print_summary(const struct features *features, const char *no_statistics)
{
	struct feature lines[ABILITY_MAX];

	features_summary(features, no_statistics, has_units(), lines);
	for (int id = 0; id < ABILITY_MAX; id++)
		print_line(ability_name((enum ability_id)id), lines[id].ok, lines[id].why);
}

/* How KVM's statistics are read, of which VM. */
static int print_stats_sources(struct kvm_stats *stats, struct snapshot *snapshot)
{
	const struct vm_ident *ident;
	enum stats_source source;
	const char *why = kvm_stats__error(stats);
	int err;

	print_line("KVM's statistics", !why,
		   why ? why : stats_source_name(kvm_stats__source(stats)));
	why = kvm_stats__debugfs_error(stats);
	print_line("debugfs", !why, why ? why : "can be read");
	err = kvm_stats__read(stats, snapshot);
	for (size_t i = 0; !err && kvm_stats__vm(stats, i, &ident, &source); i++) {
		char id[VM_ID_SIZE], name[VM_ID_SIZE + 4];

		vm_id(ident->pid, kvm_stats__id_fd(stats, i), id);
		snprintf(name, sizeof(name), "VM %s", id);
		print_line(name, true, stats_source_name(source));
	}
	return err;
}

int features_run(const struct options *options, const struct features *features)
{
	__cleanup(cleanup_stats) struct kvm_stats *stats = NULL;
	__cleanup(cleanup_snapshot) struct snapshot *snapshot = snapshot__new();
	int err = snapshot ? counters__open_stats(options, features, &stats) : -ENOMEM;

	if (err)
		return err;
	print_summary(features, kvm_stats__error(stats));
	if (!options->verbose)
		return 0;
	putchar('\n');
	for (int id = 0; id < FEATURE_MAX; id++)
		print_line(feature_name((enum feature_id)id), features->v[id].ok,
			   features->v[id].why);
	return print_stats_sources(stats, snapshot);
}
