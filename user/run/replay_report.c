// SPDX-License-Identifier: GPL-2.0
#include "replay_report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../arch/words.h"
#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../base/log.h"
#include "../model/codec.h"
#include "../model/when.h"
#include "../model/detail.h"
#include "../model/snapshot.h"
#include "../options/options.h"
#include "../sources/replay.h"

void replay_report_damage(const struct options *options, const struct replay *replay)
{
	const struct replay_info *info = replay__info(replay);

	if (info->damaged_bytes)
		log_warning("%s: %llu %s damaged, from byte %llu on: left out", options->replay,
			    (unsigned long long)info->damaged_bytes,
			    fmt_plural(info->damaged_bytes, "byte is", "bytes are"),
			    (unsigned long long)info->damaged_at);
	if (info->torn_bytes)
		log_warning(
			"%s: the last snapshot is cut off (kvmtop was killed, or writes it now): "
			"left out",
			options->replay);
}

void replay_report_info(const struct options *options, const struct replay *replay)
{
	const struct replay_info *info = replay__info(replay);
	char first[32], last[32], bytes[FMT_SIZE];

	log_info("%s%s: %llu %s from %s to %s, %s bytes", options->replay,
		 info->pieces[0] ? " and its .1" : "", (unsigned long long)info->n,
		 fmt_plural(info->n, "snapshot", "snapshots"),
		 when_format(info->first_ns, first, sizeof(first)),
		 when_format(info->last_ns, last, sizeof(last)),
		 fmt_count(info->bytes, bytes, sizeof(bytes)));
}

static const char *or_unknown(const char *text)
{
	return text ? text : FMT_UNKNOWN;
}

void replay_report_run(const struct codec_run *run)
{
	__autofree char *version = fmt_escape_dup(FMT_ESCAPE_ASCII, or_unknown(run->version));
	__autofree char *name = fmt_escape_dup(FMT_ESCAPE_ASCII, or_unknown(run->host.name));
	__autofree char *kernel = fmt_escape_dup(FMT_ESCAPE_ASCII, or_unknown(run->host.kernel));
	__autofree char *arch = fmt_escape_dup(FMT_ESCAPE_ASCII, or_unknown(run->host.arch));
	char interval[FMT_SIZE];

	if (version && name && kernel && arch)
		log_info("recorded by kvmtop %s on %s, Linux %s, %s, %u %s, every %s", version,
			 name, kernel, arch, run->host.cpus,
			 fmt_plural(run->host.cpus, "CPU", "CPUs"),
			 fmt_duration_ns(run->interval_ns, interval, sizeof(interval)));
}

int replay_report_error(const struct options *options, int err)
{
	if (err == -EPROTO)
		log_error("%s was recorded by a newer kvmtop: replay it with that version",
			  options->replay);
	else if (err && err != -ENODATA && err != -ENOMEM)
		log_error("%s: %s", options->replay, strerror(-err));
	return err;
}

int replay_report_end(const struct options *options, const struct replay *replay, uint64_t frames,
		      const char *lacks)
{
	const uint64_t lost = replay__lost(replay);

	if (lost)
		log_warning("%s: %llu %s could not be read (damaged): left out", options->replay,
			    (unsigned long long)lost, fmt_plural(lost, "snapshot", "snapshots"));
	if (frames && lacks)
		log_warning("%s: some runs are left out: %s", options->replay, lacks);
	if (frames)
		return 0;
	if (lacks)
		log_error("%s: %s", options->replay, lacks);
	else
		log_error("--replay %s: nothing to show: there are no two snapshots of one run",
			  options->replay);
	return -ENODATA;
}

/* The names of the kinds in @kinds, with commas. */
static const char *list_kinds(uint32_t kinds, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (int kind = 0; kind < DETAIL_KIND_MAX && used < size; kind++) {
		int n;

		if (!(kinds & DETAIL_BIT(kind)))
			continue;
		n = snprintf(buf + used, size - used, "%s%s", used ? ", " : "",
			     detail_kind_name((enum detail_kind)kind));
		used += n > 0 ? (size_t)n : 0;
	}
	return buf;
}

bool replay_lacks(const struct options *options, const struct replay_item *item, char *why,
		  size_t size)
{
	const uint32_t missing = options->detail.kinds & ~item->run->detail_kinds;
	char list[128];

	if (options->hist && item->snapshot->latency != LATENCY_FULL)
		snprintf(why, size,
			 "-H: recorded with --latency %s, without histograms: leave out -H",
			 item->snapshot->latency == LATENCY_OFF ? "off" : "mean");
	else if (missing)
		snprintf(why, size, "--detail: not recorded: %s: give it when recording",
			 list_kinds(missing, list, sizeof(list)));
	else if (options->stats && !item->snapshot->sources[SOURCE_STATS].used)
		snprintf(why, size, "-d: no statistics of KVM were recorded: leave out -d");
	else
		return false;
	return true;
}

void replay_report_missing(const struct options *options, const struct replay_item *item)
{
	if (options->tracepoints && !item->snapshot->event_names)
		log_warning("-t: %s has only exits, of all tracepoints: give -t when recording",
			    options->replay);
}

int replay_report_choice(const struct options *options)
{
	if (!options->detail.n_pc_reasons)
		return 0;
	log_error("--detail " ARCH_PC
		  ":REASON is chosen when recording: with --replay give --detail " ARCH_PC);
	return -EINVAL;
}
