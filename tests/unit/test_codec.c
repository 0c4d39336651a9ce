// SPDX-License-Identifier: GPL-2.0
/* What is written is what is read: snapshots by dice, runs, contexts; and what is broken is refused. */
#include <errno.h>
#include <zlib.h>

#include "../../user/arch/x86.h"
#include "../../user/base/fmt.h"
#include "../../user/base/wire.h"
#include "../../user/model/codec.h"
#include "../../user/model/record.h"
#include "codec_samples.h"
#include "unit.h"

#define SEEDS 60
#define CHAIN 12

static void numbers_and_texts(void **state)
{
	static const uint64_t numbers[] = { 0,	0,  1,		UINT64_MAX, 0,	       0, 0,
					    63, 64, 1ull << 62, 1ull << 63, INT64_MAX, 0 };
	struct wire_out out = { .v = NULL };
	struct wire_in in;
	size_t len;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		wire_put(&out, numbers[i]);
	wire_put_text(&out, NULL);
	wire_put_text(&out, "");
	wire_put_text(&out, "abc");
	wire_put(&out, 0);
	assert_int_equal(wire_finish(&out), 0);
	in = wire_in_of(out.v, out.n);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		assert_true(wire_get(&in) == numbers[i]);
	assert_null(wire_get_text(&in, &len));
	assert_non_null(wire_get_text(&in, &len));
	assert_int_equal(len, 0);
	assert_memory_equal(wire_get_text(&in, &len), "abc", 3);
	assert_int_equal(wire_get(&in), 0);
	assert_false(in.bad);
	assert_ptr_equal(in.p, in.end);
	wire_get(&in);
	assert_true(in.bad);
	wire_release(&out);
}

/* A million zeros are no more bytes than that. */
static void zeros_are_short(void **state)
{
	struct wire_out out = { .v = NULL };

	(void)state;
	for (int i = 0; i < 1000000; i++)
		wire_put(&out, 0);
	assert_int_equal(wire_finish(&out), 0);
	assert_int_equal(out.n, 4);
	wire_release(&out);
}

static void overlong_numbers(void **state)
{
	static const uint8_t bytes[][11] = {
		{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02 },
		{ 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01 },
		{ 0x80 },
	};
	static const size_t sizes[] = { 10, 11, 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bytes); i++) {
		struct wire_in in = wire_in_of(bytes[i], sizes[i]);

		assert_int_equal(wire_get(&in), 0);
		assert_true(in.bad);
	}
}

struct fixture {
	struct sample_world w;
	struct codec_reader *reader;
	struct codec_context context; /* as read */
};

static void read_world(struct fixture *f, uint64_t seed)
{
	struct wire_out out = { .v = NULL };
	struct codec_run run;
	struct codec_context context;

	sample_world__init(&f->w, seed);
	run = sample_run(&f->w);
	context = sample_context(&f->w);
	assert_int_equal(codec_write_run(&run, &out), 0);
	assert_int_equal(codec_read_run(out.v, out.n, &f->reader), 0);
	wire_reset(&out);
	assert_int_equal(codec_write_context(&context, &out), 0);
	assert_int_equal(codec_read_context(out.v, out.n, &f->context), 0);
	wire_release(&out);
}

static void done(struct fixture *f)
{
	codec_reader__free(f->reader);
	codec_context__release(&f->context);
	sample_world__done(&f->w);
}

/* What a reader that has read @read makes of @next, which is written as what follows @base. */
static struct snapshot *pass_on(struct fixture *f, const struct snapshot *next,
				const struct snapshot *base, const struct snapshot *read)
{
	struct wire_out out = { .v = NULL };
	struct snapshot *got = NULL;

	assert_int_equal(codec_write_snapshot(8, next, base, &out), 0);
	assert_int_equal(codec_read_snapshot(f->reader, &f->context, read, out.v, out.n,
					     CODEC_MEMORY_MAX, &got),
			 0);
	wire_release(&out);
	return got;
}

static char *long_text(size_t len)
{
	char *text = malloc(len + 1);

	assert_non_null(text);
	memset(text, 'x', len);
	text[len] = '\0';
	return text;
}

static void check_limited(const char *text)
{
	assert_non_null(text);
	assert_int_equal(strlen(text), FMT_NAME_MAX);
	assert_string_equal(text + FMT_NAME_MAX - 4, "x...");
}

/* Earlier kvmtops wrote names of any length, and others may: nothing that is shown is longer than a name may be. */
static void long_names(void **state)
{
	struct fixture f;
	char *name = long_text(65536);
	struct snapshot *first, *read, *second;
	struct codec_run run;
	struct codec_reader *reader;
	struct wire_out out = { .v = NULL };

	(void)state;
	read_world(&f, 1);
	run = sample_run(&f.w);
	run.host = (struct host_info){ .name = name, .kernel = name, .arch = name };
	run.version = name;
	assert_int_equal(codec_write_run(&run, &out), 0);
	assert_int_equal(codec_read_run(out.v, out.n, &reader), 0);
	check_limited(reader->run.version);
	check_limited(reader->run.host.name);
	check_limited(reader->run.host.kernel);
	check_limited(reader->run.host.arch);
	codec_reader__free(reader);

	first = make_snapshot(1, 1);
	first->vms[0].name = name;
	first->vms[0].comm = name;
	first->sources[SOURCE_STATS] = (struct source_state){ .used = true, .error = name };
	read = pass_on(&f, first, NULL, NULL);
	check_limited(read->vms[0].name);
	check_limited(read->vms[0].comm);
	check_limited(read->sources[SOURCE_STATS].error);
	/* and one that says "as before" */
	second = pass_on(&f, first, first, read);
	check_limited(second->vms[0].name);
	snapshot__free(first);
	snapshot__free(read);
	snapshot__free(second);
	wire_release(&out);
	free(name);
	done(&f);
}

/* Since when each is collected; a recording from before that was recorded has none. */
static void since(void **state)
{
	struct fixture f;
	struct snapshot *v[4], *read[4];

	(void)state;
	read_world(&f, 1);
	for (size_t i = 0; i < ARRAY_SIZE(v); i++) {
		v[i] = make_snapshot(i + 1, 1);
		v[i]->since_ns[PART_DETAIL] = i == 1 || i == 2 ? SEC_NS + 5 : 0;
		v[i]->since_ns[PART_TRACEPOINTS] = i == 2 ? 2 * SEC_NS + 7 : 0;
		read[i] = i ? pass_on(&f, v[i], v[i - 1], read[i - 1])
			    : pass_on(&f, v[i], NULL, NULL);
		assert_memory_equal(read[i]->since_ns, v[i]->since_ns, sizeof(v[i]->since_ns));
	}
	for (size_t i = 0; i < ARRAY_SIZE(v); i++) {
		snapshot__free(v[i]);
		snapshot__free(read[i]);
	}
	done(&f);
}

static void a_run(void **state)
{
	struct fixture f;
	char buf[64];

	(void)state;
	read_world(&f, 1);
	assert_string_equal(f.reader->run.version, "v1-test");
	assert_string_equal(f.reader->run.host.name, "host1");
	assert_int_equal(f.reader->run.host.cpus, 64);
	assert_int_equal(f.reader->run.detail_kinds,
			 DETAIL_BIT(DETAIL_MSR) | DETAIL_BIT(DETAIL_PIO));
	assert_string_equal(reason_names__format(f.reader->run.reasons, ISA_SVM, 0x72, buf,
						 sizeof(buf)),
			    "cpuid");
	assert_string_equal(detail_names__lookup(f.reader->run.details, DETAIL_PIO, 0x71), "rtc0");
	done(&f);
}

/* It stands at the end; recordings from before it was recorded end there. */
static void isa_of_a_run(void **state)
{
	struct wire_out out = { .v = NULL };
	struct codec_reader *reader;
	struct codec_run run;
	struct fixture f;

	(void)state;
	read_world(&f, 1);
	assert_int_equal(f.reader->run.isa, 0);
	run = sample_run(&f.w);
	run.isa = ISA_SVM;
	assert_int_equal(codec_write_run(&run, &out), 0);
	assert_int_equal(codec_read_run(out.v, out.n, &reader), 0);
	assert_int_equal(reader->run.isa, ISA_SVM);
	codec_reader__free(reader);
	assert_int_equal(codec_read_run(out.v, out.n - 1, &reader), 0);
	assert_int_equal(reader->run.isa, 0);
	codec_reader__free(reader);
	wire_release(&out);
	done(&f);
}

/* What the writer's kernel calls it, not what this build does; and nothing that a terminal acts on. */
static void names_of_another_kernel(void **state)
{
	static const struct reason_entry entries[] = { { ISA_SVM, 0x72,
							 "their\x1b"
							 "cpuid" },
						       { ISA_USER, 2, "THEIR_IO" } };
	struct reason_names *names = reason_names__new();
	char buf[64];

	(void)state;
	assert_int_equal(reason_names__replace(names, entries, ARRAY_SIZE(entries)), 0);
	assert_string_equal(reason_names__format(names, ISA_SVM, 0x72, buf, sizeof(buf)),
			    "their?cpuid");
	assert_string_equal(reason_names__format(names, ISA_USER, 2, buf, sizeof(buf)), "THEIR_IO");
	assert_string_equal(reason_names__format(names, ISA_SVM, 0x78, buf, sizeof(buf)), "hlt");
	reason_names__free(names);
}

static void layouts(void **state)
{
	struct fixture f;

	(void)state;
	read_world(&f, 1);
	assert_true(stat_layout__equal(f.context.vm_layout, f.w.vm_layout));
	assert_true(stat_layout__equal(f.context.vcpu_layout, f.w.vcpu_layout));
	assert_false(stat_layout__equal(f.context.vm_layout, f.w.vcpu_layout));
	assert_int_equal(f.context.events->n, 3);
	assert_string_equal(f.context.events->v[2], "kvm_msr");
	done(&f);
}

/* A chain of snapshots, each as the difference from the one before; the second and so on from what was read. */
static void chain_by(uint64_t seed)
{
	struct snapshot *written = NULL, *read = NULL;
	struct wire_out out = { .v = NULL };
	struct fixture f;

	read_world(&f, seed);
	for (int i = 0; i < CHAIN; i++) {
		struct snapshot *next = sample_next(&f.w, written), *got;

		got = pass_on(&f, next, written, read);
		if (!same_snapshots(&f.w, next, got))
			fail_msg("seed %llu, snapshot %d: not what was written",
				 (unsigned long long)seed, i);
		snapshot__free(written);
		snapshot__free(read);
		written = next;
		read = got;
	}
	snapshot__free(written);
	snapshot__free(read);
	wire_release(&out);
	done(&f);
}

static void snapshots_by_dice(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		chain_by(seed);
}

/* Numbers of the VMMs' load that an earlier kvmtop does not have are not known; those of a later one are passed over. */
static void other_loads(void **state)
{
	struct fixture f;

	(void)state;
	read_world(&f, 1);
	for (size_t n = 2; n <= codec_load.n + 3; n += codec_load.n + 1) {
		struct wire_out out = { .v = NULL };
		struct snapshot *written = make_snapshot(1, 2), *read;

		assert_int_equal(codec_write_snapshot(8, written, NULL, &out), 0);
		wire_put(&out, PART_MAX);
		for (size_t i = 0; i < PART_MAX; i++)
			wire_put(&out, 0);
		wire_put(&out, n);
		for (size_t i = 0; i < 2 * n; i++) /* of two VMs: known, and so long */
			wire_put(&out, i % n == 0 ? 1 : i % n == 1 ? 5 + i : 0);
		assert_int_equal(wire_finish(&out), 0);
		assert_int_equal(codec_read_snapshot(f.reader, &f.context, NULL, out.v, out.n,
						     CODEC_MEMORY_MAX, &read),
				 0);
		for (size_t i = 0; i < 2; i++) {
			const struct vmm_load want = { .quota_known = true,
						       .throttled_ns = 6 + i * n };

			assert_true(codec_fields__equal(&codec_load, &read->vms[i].load, &want));
		}
		snapshot__free(written);
		snapshot__free(read);
		wire_release(&out);
	}
	done(&f);
}

/*
 * However short it is cut, it is refused, except where the row of an older kvmtop ends. Any other context refuses it,
 * too.
 */
static void cut_off(void **state)
{
	struct wire_out out = { .v = NULL };
	struct snapshot *first, *second, *got;
	size_t n_whole = 0;
	struct fixture f;
	int err;

	(void)state;
	read_world(&f, 3);
	first = sample_next(&f.w, NULL);
	second = sample_next(&f.w, first);
	assert_int_equal(codec_write_snapshot(8, second, NULL, &out), 0);
	for (size_t n = 0; n < out.n; n++) {
		uint8_t *copy = malloc(n + 1); /* so that ASan sees a read behind the end */

		memcpy(copy, out.v, n);
		err = codec_read_snapshot(f.reader, &f.context, NULL, copy, n, CODEC_MEMORY_MAX,
					  &got);
		free(copy);
		if (err) {
			assert_int_equal(err, -EBADMSG);
			continue;
		}
		assert_int_equal(got->n_vms, second->n_vms);
		if (!n_whole)
			assert_int_equal(got->vms[0].vcpus[0].held, HELD_UNKNOWN);
		assert_memory_equal(&got->vms[0].vcpus[0].thread, &(struct vcpu_thread){ 0 },
				    sizeof(struct vcpu_thread));
		n_whole++;
		snapshot__free(got);
	}
	/* Without what holds vCPUs, when parts began, the VMMs' load, the vCPUs' threads. */
	assert_int_equal(n_whole, 4);
	f.context.id = 9;
	assert_int_equal(codec_read_snapshot(f.reader, &f.context, NULL, out.v, out.n,
					     CODEC_MEMORY_MAX, &got),
			 -EBADMSG);
	snapshot__free(first);
	snapshot__free(second);
	wire_release(&out);
	done(&f);
}

/* A few bytes can ask for a lot: 2^40 VMs, all zero. */
static void too_much_memory(void **state)
{
	struct wire_out out = { .v = NULL };
	struct snapshot *got;
	struct fixture f;

	(void)state;
	read_world(&f, 3);
	wire_put(&out, 8);
	for (size_t i = 0; i < 6 + DROP_CAUSE_MAX + 2 * SOURCE_ID_MAX + 1; i++)
		wire_put(&out, 0);
	wire_put(&out, 1ull << 40);
	wire_put(&out, 0);
	assert_int_equal(wire_finish(&out), 0);
	assert_int_equal(codec_read_snapshot(f.reader, &f.context, NULL, out.v, out.n,
					     CODEC_MEMORY_MAX, &got),
			 -E2BIG);
	wire_release(&out);
	done(&f);
}

/* What wrote it may know more: a source that we have not is passed over, a state of vCPUs is not. */
static void words_of_a_newer_kvmtop(void **state)
{
	static const char *const words[] = { "tracepoints", "stats", "oracle" };
	struct codec_reader *reader;
	struct wire_out out = { .v = NULL };

	(void)state;
	for (int unknown_state = 0; unknown_state < 2; unknown_state++) {
		wire_reset(&out);
		wire_put_text(&out, "v2");
		for (size_t i = 0; i < 6; i++)
			wire_put(&out, 0);
		wire_put(&out, ARRAY_SIZE(words));
		for (size_t i = 0; i < ARRAY_SIZE(words); i++)
			wire_put_text(&out, words[i]);
		wire_put(&out, 0);
		wire_put(&out, 1);
		wire_put_text(&out, unknown_state ? "dreaming" : "guest");
		for (size_t i = 0; i < 4; i++)
			wire_put(&out, 0);
		assert_int_equal(wire_finish(&out), 0);
		assert_int_equal(codec_read_run(out.v, out.n, &reader),
				 unknown_state ? -EPROTO : 0);
		if (unknown_state)
			continue;
		assert_int_equal(reader->sources.own[1], SOURCE_STATS);
		assert_int_equal(reader->sources.own[2], -1);
		codec_reader__free(reader);
	}
	wire_release(&out);
}

static void envelopes(void **state)
{
	static const uint8_t payload[1000] = "all the same";
	struct record_head head;
	uint8_t *record, *got;
	size_t n;

	(void)state;
	for (int deflate = 0; deflate < 2; deflate++) {
		assert_int_equal(record_make(RECORD_KEY, -5, payload, sizeof(payload), deflate,
					     &record, &n),
				 0);
		assert_int_equal(record_parse_head(record, &head), 0);
		assert_int_equal(head.wall_ns, -5);
		assert_true(deflate ? n < 100 : n == RECORD_HEAD_BYTES + sizeof(payload));
		assert_int_equal(n, RECORD_HEAD_BYTES + head.bytes);
		assert_int_equal(record_unpack(&head, record + RECORD_HEAD_BYTES, &got), 0);
		assert_memory_equal(got, payload, sizeof(payload));
		free(got);
		record[n - 1] ^= 1;
		assert_int_equal(record_unpack(&head, record + RECORD_HEAD_BYTES, &got), -EBADMSG);
		for (size_t i = 0; i < RECORD_HEAD_BYTES; i++) {
			record[i] ^= 0x10;
			assert_int_equal(record_parse_head(record, &head),
					 i == RECORD_MAGIC_BYTES - 1 ? -EPROTO : -EBADMSG);
			record[i] ^= 0x10;
		}
		free(record);
	}
}

/* What the uncompress() below returns at once, unless it is Z_OK. */
static int uncompress_fails;

/* In place of zlib's. */
int uncompress(Bytef *to, uLongf *to_bytes, const Bytef *from, uLong from_bytes)
{
	return uncompress_fails ? uncompress_fails : uncompress2(to, to_bytes, from, &from_bytes);
}

static void no_memory_is_no_damage(void **state)
{
	static const uint8_t payload[1000] = "all the same";
	const int errors[][2] = { { Z_MEM_ERROR, -ENOMEM }, { Z_DATA_ERROR, -EBADMSG } };
	struct record_head head;
	uint8_t *record, *got = NULL;
	size_t n;

	(void)state;
	assert_int_equal(record_make(RECORD_RUN, 0, payload, sizeof(payload), true, &record, &n),
			 0);
	assert_int_equal(record_parse_head(record, &head), 0);
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		uncompress_fails = errors[i][0];
		assert_int_equal(record_unpack(&head, record + RECORD_HEAD_BYTES, &got),
				 errors[i][1]);
		assert_null(got);
	}
	uncompress_fails = Z_OK;
	free(record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_and_texts),
		cmocka_unit_test(zeros_are_short),
		cmocka_unit_test(overlong_numbers),
		cmocka_unit_test(since),
		cmocka_unit_test(other_loads),
		cmocka_unit_test(a_run),
		cmocka_unit_test(isa_of_a_run),
		cmocka_unit_test(long_names),
		cmocka_unit_test(names_of_another_kernel),
		cmocka_unit_test(layouts),
		cmocka_unit_test(snapshots_by_dice),
		cmocka_unit_test(cut_off),
		cmocka_unit_test(too_much_memory),
		cmocka_unit_test(words_of_a_newer_kvmtop),
		cmocka_unit_test(envelopes),
		cmocka_unit_test(no_memory_is_no_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
