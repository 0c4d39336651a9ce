// SPDX-License-Identifier: GPL-2.0
#include "writers.h"

#include <errno.h>
#include <stdlib.h>

#include "../../user/arch/x86.h"
#include "../../user/base/cleanup.h"
#include "../../user/model/frame.h"
#include "../../user/model/ids.h"
#include "../../user/model/slow.h"
#include "../../user/sinks/csv.h"
#include "../../user/sinks/exposition.h"
#include "../../user/sinks/item_log.h"
#include "../../user/sinks/item_table.h"
#include "../../user/sinks/openmetrics.h"
#include "../../user/sinks/slow.h"

enum { SVM_IOIO = 0x7b };

static const struct slow_exit slow_exits[] = {
	{ .wall = { 1769850487, 654321987 },
	  .pid = 3111,
	  .vm_fd = 12,
	  .name = "web01",
	  .comm = "qemu-system-x86",
	  .vcpu_id = 1,
	  .tid = 3116,
	  .ns = 20123456,
	  .isa = ISA_SVM,
	  .code = SVM_IOIO,
	  .reason = "io",
	  .pc_known = true,
	  .pc = 0xffffffff81234567,
	  .about_known = true,
	  .kind = DETAIL_PIO,
	  .key = 0x60,
	  .sub = DETAIL_READ | 1 << DETAIL_SIZE_SHIFT,
	  .about = "key\x1b[2Jboard" },
	{ .wall = { 1769850488, 1000 },
	  .pid = 4000,
	  .vm_fd = VM_FD_NONE,
	  .comm = "evil\x07\x80\"\n",
	  .vcpu_id = VCPU_ID_UNKNOWN,
	  .tid = 4004,
	  .ns = 1500,
	  .isa = 7,
	  .code = 1,
	  .reason = "0x1",
	  .gpa_known = true,
	  .gpa = 0xfee000b0 },
	{ .wall = { 1769850489, 0 },
	  .pid = 4001,
	  .vm_fd = 3,
	  .tid = 4002,
	  .ns = 999,
	  .isa = ISA_SVM,
	  .code = REASON_UNKNOWN,
	  .reason = "unknown",
	  .about_known = true,
	  .kind = DETAIL_PAGE,
	  .key = 0xfee000b0,
	  .sub = 0x10000000d },
};

int write_slow(FILE *out, const struct frame *frame, const struct view *view)
{
	(void)frame;
	for (size_t i = 0; i < ARRAY_SIZE(slow_exits); i++)
		if (slow__write(out, &slow_exits[i], view))
			return -EIO;
	return 0;
}

int write_slow_json(FILE *out, const struct frame *frame, const struct view *view)
{
	(void)frame;
	(void)view;
	for (size_t i = 0; i < ARRAY_SIZE(slow_exits); i++)
		if (json__write_slow(out, &slow_exits[i]))
			return -EIO;
	return 0;
}

int write_protobuf(FILE *out, const struct frame *frame, const struct view *view)
{
	__autofree char *bytes = NULL;
	size_t len;
	int err = openmetrics__render(EXPOSITION_PROTOBUF, frame, view, &bytes, &len);

	if (err)
		return err;
	return fwrite(bytes, 1, len, out) == len ? 0 : -EIO;
}

bool has_protobuf(void)
{
	struct exposition e;
	int err = exposition__init(&e, EXPOSITION_PROTOBUF);

	exposition__done(&e);
	return err != -ENOTSUP;
}

int write_csv(FILE *out, const struct frame *frame, const struct view *view)
{
	return csv__write_header(out, view) ?: csv__write(out, frame, view);
}

int write_slow_csv(FILE *out, const struct frame *frame, const struct view *view)
{
	int err = csv__write_header(out, view);

	for (size_t i = 0; i < ARRAY_SIZE(slow_exits) && !err; i++)
		err = csv__write_slow(out, &slow_exits[i], view);
	return err ? err : csv__write(out, frame, view);
}

int write_once(FILE *out, const struct frame *frame, const struct view *view)
{
	(void)frame;
	return item_once__write(out, view->items);
}

int write_names(FILE *out, const struct frame *frame, const struct view *view)
{
	(void)frame;
	return item_names__write(out, view->items);
}

static int write_log(FILE *out, const struct frame *frame, const struct view *view, bool csv)
{
	const struct item_log_opts opts = { .csv = csv };
	struct item_log *log = item_log__new(&opts);
	__autofree char *header = NULL, *row = NULL;

	if (log && !item_log__take_columns(log, view->items)) {
		header = item_log__header(log);
		row = item_log__row(log, view->items, &frame->wall);
	}
	item_log__free(log);
	return header && row && fprintf(out, "%s%s", header, row) > 0 ? 0 : -ENOMEM;
}

int write_std(FILE *out, const struct frame *frame, const struct view *view)
{
	return write_log(out, frame, view, false);
}

int write_log_csv(FILE *out, const struct frame *frame, const struct view *view)
{
	return write_log(out, frame, view, true);
}
