// SPDX-License-Identifier: GPL-2.0
#include "slow.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "../arch/words.h"
#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../base/memstream.h"
#include "../model/ids.h"
#include "../model/slow.h"
#include "sink.h"
#include "stream.h"
#include "tables.h"

/* "09:08:07.654321" */
static void format_time(const struct timespec *wall, char *buf, size_t size)
{
	char clock[16];
	struct tm tm;

	if (!localtime_r(&wall->tv_sec, &tm) || !strftime(clock, sizeof(clock), "%H:%M:%S", &tm))
		snprintf(buf, size, "%s", FMT_UNKNOWN);
	else
		snprintf(buf, size, "%s.%06ld", clock, wall->tv_nsec / 1000);
}

/* What the exit was about: "  gpa 0xd0000000", "  mmio 0xfee00300 write 4". */
static void print_about(FILE *line, const struct slow_exit *slow)
{
	const char *dir = slow->about_known ? detail_dir_name(slow->kind, slow->sub) : NULL;
	unsigned int size = slow->about_known ? detail_size(slow->kind, slow->sub) : 0;
	char key[32];

	if (slow->gpa_known)
		fprintf(line, "  gpa 0x%" PRIx64, slow->gpa);
	if (!slow->about_known)
		return;
	fprintf(line, "  %s %s", detail_kind_name(slow->kind),
		detail_key_format(slow->kind, slow->key, key, sizeof(key)));
	if (dir)
		fprintf(line, " %s", dir);
	if (size)
		fprintf(line, " %u", size);
	if (slow->about)
		fprintf(line, " %s", slow->about);
}

static void print_slow(FILE *line, const struct slow_exit *slow)
{
	const char *name = slow->name ? slow->name : slow->comm;
	char wall[48], duration[FMT_SIZE];

	format_time(&slow->wall, wall, sizeof(wall));
	fmt_duration_ns(slow->ns, duration, sizeof(duration));
	fprintf(line, "%s  %s  pid %d %s%s%s", wall, duration, slow->pid, slow->name ? "" : "[",
		name ? name : FMT_UNKNOWN, slow->name ? "" : "]");
	if (slow->vcpu_id != VCPU_ID_UNKNOWN)
		fprintf(line, "  vcpu %u", slow->vcpu_id);
	fprintf(line, "  %s", slow->reason);
	if (slow->pc_known)
		fprintf(line, "  " ARCH_PC " 0x%" PRIx64, slow->pc);
	print_about(line, slow);
}

int slow__write(FILE *out, const struct slow_exit *slow, const struct view *view)
{
	__autofree char *text = NULL, *escaped = NULL, *whole = NULL;
	size_t len;
	FILE *line = memstream_open(&text, &len);
	int n;

	if (!line)
		return -ENOMEM;
	print_slow(line, slow);
	if (memstream_close(line, &text))
		return -ENOMEM;
	escaped = fmt_escape_dup(tables_escape(view), text);
	if (!escaped)
		return -ENOMEM;
	if (view->width)
		fmt_cut(escaped, view->width);
	n = asprintf(&whole, "%s\n", escaped);
	if (n < 0) {
		whole = NULL;
		return -ENOMEM;
	}
	return stream_write(out, whole, (size_t)n);
}
