// SPDX-License-Identifier: GPL-2.0
#include "csv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../base/memstream.h"
#include "../model/item_sort.h"
#include "../model/query.h"
#include "../model/frame.h"
#include "../model/idle.h"
#include "../model/registry.h"
#include "../model/stats_rows.h"
#include "sink.h"
#include "stream.h"

/* Lines that are being made, and the kinds of row that may be among them: they decide on the columns. */
struct writer {
	FILE *mem;
	const struct view *view;
	const struct frame *frame; /* NULL: none is written */
	uint32_t kinds;
};

/* ---- which rows */

/* Statistics alone have rows of their own, with what belongs to them, unless -f or -x chose events. */
static bool has_items(const struct view *view)
{
	return view->tracepoints || view->fields;
}

static uint32_t exit_kinds(const struct view *view)
{
	static const uint32_t by[ROW_BY_MAX] = {
		[BY_VM] = ROW_BIT(ROW_VM),
		[BY_VCPU] = ROW_BIT(ROW_VCPU),
		[BY_REASON] = ROW_BIT(ROW_REASON) | ROW_BIT(ROW_USER_EXIT),
	};

	if (view->hist)
		return by[BY_REASON] | ROW_BIT(ROW_SLOT) | ROW_BIT(ROW_USER_SLOT);
	if (view->by_given)
		return by[view->query.by];
	return by[BY_VM] | ROW_BIT(ROW_VM_REASON) | ROW_BIT(ROW_VM_USER_EXIT);
}

static uint32_t stat_kinds(const struct view *view)
{
	static const uint32_t by[ROW_BY_MAX] = {
		[BY_VM] = ROW_BIT(ROW_VM_STAT),
		[BY_VCPU] = ROW_BIT(ROW_VCPU_STAT),
	};

	return view->by_given ? by[view->query.by] : by[BY_VM] | by[BY_VCPU];
}

static uint32_t item_kinds(const struct view *view)
{
	static const uint32_t by[ROW_BY_MAX] = {
		[BY_VM] = ROW_BIT(ROW_VM_EVENT),
		[BY_VCPU] = ROW_BIT(ROW_VCPU_EVENT),
	};

	return view->by_given ? by[view->query.by] : ROW_BIT(ROW_EVENT);
}

static bool is_by_vcpu(const struct view *view)
{
	return view->by_given && view->query.by == BY_VCPU;
}

static uint32_t all_kinds(const struct view *view)
{
	uint32_t kinds = has_items(view) ? item_kinds(view)
			 : view->stats	 ? stat_kinds(view)
					 : exit_kinds(view);

	if (view->detail)
		kinds |= ROW_BIT(is_by_vcpu(view) ? ROW_VCPU_DETAIL : ROW_VM_DETAIL);
	if (view->slow)
		kinds |= ROW_BIT(ROW_SLOW);
	return kinds | ROW_BIT(ROW_DROP) | ROW_BIT(ROW_SOURCE);
}

static bool has_kind(const struct writer *w, enum row_kind kind)
{
	return w->kinds & ROW_BIT(kind);
}

/* ---- fields */

/* Length of the character at @s if spreadsheets take a cell that begins with it for a formula; else 0. */
static size_t formula_begins(const char *s)
{
	static const char *const wide[] = { "＝", "＋", "－", "＠" };

	if (*s && strchr("=+-@", *s))
		return 1;
	for (size_t i = 0; i < ARRAY_SIZE(wide); i++)
		if (!strncmp(s, wide[i], strlen(wide[i])))
			return strlen(wide[i]);
	return 0;
}

/*
 * Text from outside: what a terminal would act on is escaped, and so is what would make a formula of the text. That can also
 * begin behind a comma, a semicolon or a quote, for a spreadsheet that splits lines in its own way.
 */
static int print_text(const struct writer *w, const char *text)
{
	bool ascii = w->view->width && !w->view->utf8; /* a terminal that does not take UTF-8 */
	__autofree char *escaped =
		fmt_escape_dup(ascii ? FMT_ESCAPE_ASCII : FMT_ESCAPE_TERMINAL, text);
	bool begins = true, quote;

	if (!escaped)
		return -ENOMEM;
	quote = strpbrk(escaped, ",;\" ");
	if (quote)
		fputc('"', w->mem);
	for (const char *s = escaped; *s; s++) {
		size_t len = begins ? formula_begins(s) : 0;

		for (size_t i = 0; i < len; i++)
			fprintf(w->mem, "\\x%02x", (unsigned char)s[i]);
		if (!len)
			fputs(*s == '"' ? "\"\"" : (const char[]){ *s, '\0' }, w->mem);
		else
			s += len - 1;
		begins = strchr(",;\"", *s) || (begins && *s == ' ');
	}
	if (quote)
		fputc('"', w->mem);
	return 0;
}

/* What is not known is an empty field. */
static int print_field(const struct writer *w, enum column_id id, struct row *row)
{
	struct column_value value;
	char buf[FMT_LONG_SIZE];

	registry_get(id, row, &value);
	switch (value.type) {
	case VALUE_U64:
		fprintf(w->mem, "%" PRIu64, value.u64);
		return 0;
	case VALUE_I64:
		fprintf(w->mem, "%" PRId64, value.i64);
		return 0;
	case VALUE_REAL:
		fputs(fmt_decimal(value.real, column_unit_decimals(registry_column(id)->unit), buf,
				  sizeof(buf)),
		      w->mem);
		return 0;
	case VALUE_TEXT:
		return print_text(w, value.text);
	default:
		return 0;
	}
}

/* A line of what @print prints for each column. */
static int print_line(const struct writer *w, struct row *row,
		      int (*print)(const struct writer *, enum column_id, struct row *))
{
	bool first = true;
	int err = 0;

	for (int id = 0; id < COLUMN_MAX && !err; id++) {
		const struct column *column = registry_column((enum column_id)id);

		if (!column->name || !(column->rows & w->kinds))
			continue;
		if (!first)
			fputc(',', w->mem);
		first = false;
		err = print(w, (enum column_id)id, row);
	}
	fputc('\n', w->mem);
	return err;
}

static int print_title(const struct writer *w, enum column_id id, struct row *row)
{
	(void)row;
	fputs(registry_column(id)->name, w->mem);
	return 0;
}

static int print_row(const struct writer *w, struct row row)
{
	row.frame = w->frame;
	return print_line(w, &row, print_field);
}

/* ---- what is missing */

static int print_drop(const struct writer *w, const char *cause, uint64_t n)
{
	if (!n)
		return 0;
	return print_row(w, (struct row){ .kind = ROW_DROP, .name = cause, .dropped = n });
}

static int print_missing(const struct writer *w)
{
	int err = 0;

	for (int id = 0; id < SOURCE_ID_MAX && !err; id++) {
		const struct source_state *source = &w->frame->sources[id];

		if (source->used && source->error)
			err = print_row(w, (struct row){ .kind = ROW_SOURCE,
							 .name = source_id_name((enum source_id)id),
							 .error = source->error });
	}
	for (int cause = 0; cause < DROP_CAUSE_MAX && !err; cause++)
		err = print_drop(w, drop_cause_name((enum drop_cause)cause),
				 w->frame->drops[cause]);
	return err ? err : print_drop(w, "hist_full", w->frame->hist_full);
}

/* ---- exits */

/* Those of the histogram that are in use, if it is known. */
static int print_slots(const struct writer *w, const struct row *reason)
{
	struct row row = *reason;
	const struct hist hist = reason->reason->time.hist;
	int err = 0;

	row.kind = reason->kind == ROW_REASON ? ROW_SLOT : ROW_USER_SLOT;
	if (!has_kind(w, row.kind) || !reason->reason->time.hist_valid)
		return 0;
	for (uint32_t i = 0; i < hist.n && !err; i++) {
		row.slot = hist.first + i;
		row.slot_exits = hist.v[i];
		if (row.slot_exits)
			err = print_row(w, row);
	}
	return err;
}

/* The reasons of @vm, or of all VMs together (NULL), in the query's order. */
static int print_reasons(const struct writer *w, enum row_kind kind, const struct frame_vm *vm,
			 const struct frame_reasons *reasons)
{
	__autofree const struct frame_reason **sorted = NULL;
	struct query query = w->view->query;
	struct row row = { .kind = kind, .vm = vm };
	size_t shown = 0;
	int err;

	if (!has_kind(w, kind))
		return 0;
	query.by = BY_REASON;
	row.scope_exits = frame_reasons__exits(reasons);
	err = query__reasons(&query, reasons->v, reasons->n, &sorted);
	for (size_t i = 0; i < reasons->n && !err && (!query.top || shown < query.top); i++) {
		if (w->view->hist && !query_wants_reason(w->view->hist_reason, sorted[i]))
			continue;
		if (w->view->skip_idle && frame_reason__is_idle(sorted[i]))
			continue;
		row.reason = sorted[i];
		err = print_row(w, row);
		if (!err && !vm)
			err = print_slots(w, &row);
		shown++;
	}
	return err;
}

static bool is_left_out(const struct writer *w, const struct frame_vm *vm,
			const struct frame_vcpu *vcpu)
{
	return w->view->skip_idle && (vcpu ? frame_vcpu__is_idle(vcpu) : frame_vm__is_idle(vm));
}

static int print_exits(const struct writer *w)
{
	__autofree struct row *rows = NULL;
	struct query query = w->view->query;
	bool by_vcpu = is_by_vcpu(w->view);
	size_t n, left_out;
	int err;

	query.by = by_vcpu ? BY_VCPU : BY_VM;
	err = print_reasons(w, ROW_REASON, NULL, &w->frame->reasons)
		      ?: print_reasons(w, ROW_USER_EXIT, NULL, &w->frame->user_exits);
	if (err || has_kind(w, ROW_REASON))
		return err;
	err = query__rows(&query, w->frame, &rows, &n, &left_out);
	for (size_t i = 0; i < n && !err; i++) {
		const struct frame_vm *vm = rows[i].vm;

		if (is_left_out(w, vm, rows[i].vcpu))
			continue;
		err = print_row(w, rows[i])
			      ?: print_reasons(w, ROW_VM_REASON, vm, &vm->reasons)
			      ?: print_reasons(w, ROW_VM_USER_EXIT, vm, &vm->user_exits);
	}
	return err;
}

/* ---- KVM's statistics */

/* Of a vCPU, or (NULL) of a VM: its own, and the sums over its vCPUs. */
static int print_stats(const struct writer *w, const struct frame_vm *vm,
		       const struct frame_vcpu *vcpu)
{
	struct stats_rows rows __cleanup(stats_rows__release) = { .keep_zero = true };
	struct row row = { .kind = vcpu ? ROW_VCPU_STAT : ROW_VM_STAT, .vm = vm, .vcpu = vcpu };
	const double interval_s = w->frame->interval_s;
	int err;

	if (!has_kind(w, row.kind) || is_left_out(w, vm, vcpu))
		return 0;
	err = stats_rows__add(&rows, vcpu ? &vcpu->stats : &vm->stats, interval_s);
	if (!err && !vcpu)
		err = stats_rows__add(&rows, &vm->vcpu_stats, interval_s);
	if (err)
		return err;
	if (!rows.n)
		return print_row(w, row);
	err = stats_rows__finish(&rows, &w->view->query);
	for (size_t i = 0; i < rows.n && !err; i++) {
		row.stat = &rows.v[i];
		if (!w->view->skip_idle || row.stat->gauge || !counter_is_idle(&row.stat->count))
			err = print_row(w, row);
	}
	return err;
}

static int print_all_stats(const struct writer *w)
{
	int err = 0;

	for (size_t i = 0; i < w->frame->n_vms; i++) {
		const struct frame_vm *vm = &w->frame->vms[i];

		err = print_stats(w, vm, NULL);
		for (size_t j = 0; j < vm->n_vcpus && !err; j++)
			err = print_stats(w, vm, &vm->vcpus[j]);
		if (err)
			return err;
	}
	return 0;
}

/* ---- events */

/* Of all VMs (@vm NULL), of a VM, or of a vCPU of it. */
static int print_items(const struct writer *w, const struct frame_vm *vm,
		       const struct frame_vcpu *vcpu)
{
	struct item_table items __cleanup(item_table__done) = { .n = 0 };
	struct row row = { .kind = vcpu ? ROW_VCPU_EVENT
				   : vm ? ROW_VM_EVENT
					: ROW_EVENT,
			   .vm = vm,
			   .vcpu = vcpu };
	int err;

	if (!has_kind(w, row.kind) || (vm && is_left_out(w, vm, vcpu)))
		return 0;
	err = item_table__of(w->view->items, vm, vcpu, &w->view->query, &items);
	for (size_t i = 0; i < items.n && !err; i++) {
		row.item = &items.v[i];
		if (!w->view->skip_idle || !item_row__is_idle(row.item))
			err = print_row(w, row);
	}
	return err;
}

static int print_all_items(const struct writer *w)
{
	int err = print_items(w, NULL, NULL);

	for (size_t i = 0; i < w->frame->n_vms && !err; i++) {
		const struct frame_vm *vm = &w->frame->vms[i];

		err = print_items(w, vm, NULL);
		for (size_t j = 0; j < vm->n_vcpus && !err; j++)
			err = print_items(w, vm, &vm->vcpus[j]);
	}
	return err;
}

/* ---- the drill-down */

static int print_details(const struct writer *w)
{
	__autofree struct row *rows = NULL;
	struct query query = w->view->query;
	size_t n, left_out;
	int err;

	query.by = is_by_vcpu(w->view) ? BY_VCPU : BY_VM;
	err = query__details(&query, w->frame, &rows, &n, &left_out);
	for (size_t i = 0; i < n && !err; i++)
		if (!w->view->skip_idle || !frame_detail__is_idle(rows[i].detail))
			err = print_row(w, rows[i]);
	return err;
}

/* ---- whole texts */

static int print_header(const struct writer *w)
{
	return print_line(w, NULL, print_title);
}

static int print_frame(const struct writer *w)
{
	int err = print_missing(w);

	if (!err)
		err = has_items(w->view) ? print_all_items(w)
		      : w->view->stats	 ? print_all_stats(w)
					 : print_exits(w);
	return err || !w->view->detail ? err : print_details(w);
}

/* Hands what @print or @slow print to @out, all at once. */
static int write_all(FILE *out, const struct view *view, const struct frame *frame,
		     const struct slow_exit *slow, int (*print)(const struct writer *))
{
	struct writer w = { .view = view, .frame = frame, .kinds = all_kinds(view) };
	__autofree char *text = NULL;
	size_t len;
	int err;

	w.mem = memstream_open(&text, &len);
	if (!w.mem)
		return -ENOMEM;
	err = print ? print(&w) : print_row(&w, (struct row){ .kind = ROW_SLOW, .slow = slow });
	if (memstream_close(w.mem, &text))
		err = -ENOMEM;
	return err ? err : stream_write(out, text, len);
}

int csv__write_header(FILE *out, const struct view *view)
{
	return write_all(out, view, NULL, NULL, print_header);
}

int csv__write(FILE *out, const struct frame *frame, const struct view *view)
{
	return write_all(out, view, frame, NULL, print_frame);
}

int csv__write_slow(FILE *out, const struct slow_exit *slow, const struct view *view)
{
	return write_all(out, view, NULL, slow, NULL);
}
