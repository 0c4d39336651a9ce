// SPDX-License-Identifier: GPL-2.0
#include "base/cleanup.h"
#include "unit.h"

#include "../../user/model/verify.h"
#include "../../user/sinks/verify.h"

static const struct verify_pair shown[] = {
	{ .pid = 3111,
	  .vm_id = "3111-4",
	  .stat = "exits",
	  .event = "kvm_exit",
	  .class = VERIFY_EXACT,
	  .tracepoint_valid = true,
	  .tracepoint = { 100, 101 },
	  .stats_valid = true,
	  .stats = { 101, 101 } },
	{ .pid = 3111,
	  .vm_id = "3111-4",
	  .stat = "io_exits",
	  .event = "kvm_exit(io)",
	  .class = VERIFY_EXACT,
	  .tracepoint_valid = true,
	  .stats_valid = true,
	  .verdict = VERIFY_MISMATCH,
	  .stats = { 1, 2 },
	  .why = "vCPU 1: kvmtop counted 1 fewer than KVM" },
	{ .pid = 3111,
	  .vm_id = "3111-4",
	  .stat = "hypercalls",
	  .event = "kvm_hypercall",
	  .class = VERIFY_NEAR,
	  .verdict = VERIFY_SKIPPED,
	  .why = "fewer than two readings" },
};

static const struct verify_report report = {
	.pairs = shown,
	.n = 3,
	.result = VERIFY_RESULT_MISMATCH,
	.sources = { [SOURCE_TRACEPOINTS] = { .used = true },
		     [SOURCE_STATS] = { .used = true },
		     [SOURCE_DEBUGFS] = { .used = true,
					  .error = "denied (lockdown=integrity)\033" } },
	.interval_s = 1.0003,
};

static void assert_output(int (*print)(FILE *, const struct verify_report *),
			  const struct verify_report *of, const char *expected)
{
	__autofree char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_int_equal(print(out, of), 0);
	fclose(out);
	assert_string_equal(text, expected);
}

static void text_output(void **state)
{
	struct verify_report small = { .pairs = shown, .n = 1, .result = VERIFY_RESULT_OK };

	(void)state;
	assert_output(verify__write_text, &report,
		      "tracepoints: ok\n"
		      "stats: ok\n"
		      "debugfs: denied (lockdown=integrity)\\x1b\n"
		      "VM      STAT        EVENT          CLASS  TRACEPOINT   KVM  DEBUGFS  "
		      "VERDICT   WHY\n"
		      "3111-4  exits       kvm_exit       exact    100..101   101        -  ok\n"
		      "3111-4  io_exits    kvm_exit(io)   exact           0  1..2        -  "
		      "mismatch  vCPU 1: kvmtop counted 1 fewer than KVM\n"
		      "3111-4  hypercalls  kvm_hypercall  near            -     -        -  "
		      "skipped   fewer than two readings\n"
		      "1 pair does not hold\n");
	assert_output(verify__write_text, &small,
		      "VM      STAT   EVENT     CLASS  TRACEPOINT  KVM  DEBUGFS  VERDICT  WHY\n"
		      "3111-4  exits  kvm_exit  exact    100..101  101        -  ok\n"
		      "the one exact pair holds\n");
	small = (struct verify_report){ .result = VERIFY_RESULT_NONE };
	assert_output(verify__write_text, &small, "nothing could be compared\n");
}

static void json_output(void **state)
{
	static const struct verify_report none = { .result = VERIFY_RESULT_NONE, .interval_s = -1 };

	(void)state;
	assert_output(
		verify__write_json, &report,
		"{\"schema\": \"kvmtop.verify/1\", \"result\": \"mismatch\", \"interval_s\": "
		"1.0003, "
		"\"sources\": {\"tracepoints\": \"ok\", \"stats\": \"ok\", "
		"\"debugfs\": \"denied (lockdown=integrity)\\u001B\"}, \"pairs\": ["
		"{\"pid\": 3111, \"vm\": \"3111-4\", \"stat\": \"exits\", \"event\": \"kvm_exit\", "
		"\"class\": \"exact\", \"tracepoint\": [100, 101], \"stats\": [101, 101], "
		"\"debugfs\": null, \"verdict\": \"ok\", \"why\": null}, "
		"{\"pid\": 3111, \"vm\": \"3111-4\", \"stat\": \"io_exits\", "
		"\"event\": \"kvm_exit(io)\", \"class\": \"exact\", \"tracepoint\": [0, 0], "
		"\"stats\": [1, 2], \"debugfs\": null, \"verdict\": \"mismatch\", "
		"\"why\": \"vCPU 1: kvmtop counted 1 fewer than KVM\"}, "
		"{\"pid\": 3111, \"vm\": \"3111-4\", \"stat\": \"hypercalls\", "
		"\"event\": \"kvm_hypercall\", \"class\": \"near\", \"tracepoint\": null, "
		"\"stats\": null, \"debugfs\": null, \"verdict\": \"skipped\", "
		"\"why\": \"fewer than two readings\"}]}\n");
	assert_output(
		verify__write_json, &none,
		"{\"schema\": \"kvmtop.verify/1\", \"result\": \"none\", \"interval_s\": null, "
		"\"sources\": {\"tracepoints\": null, \"stats\": null, \"debugfs\": null}, "
		"\"pairs\": []}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_output),
		cmocka_unit_test(json_output),
	};

	return cmocka_run_group_tests_name("verify_output", tests, NULL, NULL);
}
