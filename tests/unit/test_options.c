// SPDX-License-Identifier: GPL-2.0
/* options: what is taken, and that what is not gets exactly one clear line. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../user/arch/x86.h"
#include "../../user/base/cleanup.h"
#include "../../user/options/options.h"
#include "command_line.h"

static void test_defaults(void **state)
{
	char line[] = "";
	struct options *o = accept_line(line);

	(void)state;
	assert_int_equal(o->interval_ns, 1000000000);
	assert_int_equal(o->count, 0);
	assert_int_equal(o->scope.n_pids, 0);
	assert_int_equal(o->scope.n_vcpu_ids, 0);
	assert_null(o->scope.guest);
	assert_int_equal(o->query.by, BY_VM);
	assert_int_equal(o->query.order.key, SORT_DEFAULT);
	assert_int_equal(o->query.top, 0);
	assert_false(o->by_given || o->stats || o->hist || o->features);
	assert_int_equal(o->output, OUTPUT_TEXT);
	assert_int_equal(o->latency, LATENCY_FULL);
	options__free(o);
}

static void test_all_given(void **state)
{
	char line[] = "-p 30,1,20 -p1 --vcpu=1,0 -g web01 -s .25 -n 7 --by vcpu --sort rate --top "
		      "5 -o json "
		      "--latency=mean -vv";
	static const pid_t pids[] = { 1, 20, 30 };
	struct options *o = accept_line(line);

	(void)state;
	assert_int_equal(o->scope.n_pids, 3);
	assert_memory_equal(o->scope.pids, pids, sizeof(pids));
	assert_int_equal(o->scope.n_vcpu_ids, 2);
	assert_int_equal(o->scope.vcpu_ids[0], 0);
	assert_int_equal(o->scope.vcpu_ids[1], 1);
	assert_string_equal(o->scope.guest, "web01");
	assert_int_equal(o->interval_ns, 250000000);
	assert_int_equal(o->count, 7);
	assert_int_equal(o->query.by, BY_VCPU);
	assert_int_equal(o->query.order.key, SORT_RATE);
	assert_int_equal(o->query.top, 5);
	assert_true(o->by_given);
	assert_int_equal(o->output, OUTPUT_JSON);
	assert_int_equal(o->latency, LATENCY_MEAN);
	assert_int_equal(o->verbose, 2);
	options__free(o);
}

static void test_hist(void **state)
{
	static const char *const forms[] = { "-Hnpf", "-H=npf", "--hist=npf" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		char line[32];
		struct options *o;

		snprintf(line, sizeof(line), "%s", forms[i]);
		o = accept_line(line);
		assert_true(o->hist);
		assert_string_equal(o->hist_reason, "npf");
		options__free(o);
	}
}

static void test_stats(void **state)
{
	static const char *const forms[] = { "-d",	    "--debugfs",
					     "-d --by vm",  "-d --by vcpu",
					     "-di -o json", "-d --sort p99.9 --top 3" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		char line[32];
		struct options *o;

		snprintf(line, sizeof(line), "%s", forms[i]);
		o = accept_line(line);
		assert_true(o->stats);
		assert_false(o->hist);
		options__free(o);
	}
}

/* What kvm_stat takes, as its unit has it, and alone. */
static void test_events(void **state)
{
	char unit[] = "-dtcz -s 10 -L /var/log/kvm_stat.csv";
	struct options *o = accept_line(unit);

	(void)state;
	assert_true(o->stats && o->tracepoints && o->csv && o->skip_zero);
	assert_false(o->log || o->no_children || o->once || o->list_items);
	assert_string_equal(o->log_file, "/var/log/kvm_stat.csv");
	assert_int_equal(o->interval_ns, 10000000000);
	assert_int_equal(o->latency, LATENCY_OFF);
	options__free(o);
}

/* Whether @line shows statistics, tracepoints, and what it times. */
static void assert_view(const char *line, bool stats, bool tracepoints, enum latency latency)
{
	char copy[64];
	struct options *o;

	snprintf(copy, sizeof(copy), "%s", line);
	o = accept_line(copy);
	assert_int_equal(o->stats, stats);
	assert_int_equal(o->tracepoints, tracepoints);
	assert_int_equal(options__event_view(o), stats || tracepoints);
	assert_int_equal(o->latency, latency);
	options__free(o);
}

static void test_event_view(void **state)
{
	(void)state;
	assert_view("-t", false, true, LATENCY_OFF);
	assert_view("-d", true, false, LATENCY_OFF);
	assert_view("-dt --by vcpu", true, true, LATENCY_OFF);
	assert_view("-f kvm_exit", false, true, LATENCY_OFF);
	assert_view("-x", false, true, LATENCY_OFF);
	assert_view("-l", false, true, LATENCY_OFF);
	assert_view("-c -L f", false, true, LATENCY_OFF);
	assert_view("-d -f exits -l -z", true, false, LATENCY_OFF);
	assert_view("-1", false, false, LATENCY_FULL);
	assert_view("-i", false, false, LATENCY_FULL);
	/* What is seen is timed. */
	assert_view("-t --latency mean", false, true, LATENCY_MEAN);
	assert_view("-t --latency full", false, true, LATENCY_FULL);
	assert_view("-t --detail msr", false, true, LATENCY_FULL);
	assert_view("-d --slower-than 1ms", true, false, LATENCY_FULL);
	assert_view("-t -o json", false, true, LATENCY_FULL);
	assert_view("-f kvm_exit -o json", false, true, LATENCY_FULL);
	assert_view("-d -x -o json --by vm", true, false, LATENCY_FULL);
}

static void test_screen(void **state)
{
	static const struct {
		const char *line;
		enum screen_choice screen;
	} lines[] = {
		{ "", SCREEN_IF_TERMINAL },
		{ "-d --by vm -s 2 --detail msr --record f", SCREEN_IF_TERMINAL },
		{ "--slower-than 1ms -f kvm_exit", SCREEN_IF_TERMINAL },
		{ "--replay f --since -5min", SCREEN_IF_TERMINAL },
		{ "-n 3", SCREEN_NO },
		{ "-1", SCREEN_NO },
		{ "-l", SCREEN_NO },
		{ "-L f", SCREEN_NO },
		{ "-o text", SCREEN_NO },
		{ "-o json", SCREEN_NO },
		{ "-o screen -o csv", SCREEN_NO },
		{ "--listen 9100", SCREEN_NO },
		{ "--verify", SCREEN_NO },
		{ "--features", SCREEN_NO },
		{ "-f help", SCREEN_NO },
		{ "-o screen", SCREEN_ASKED },
		{ "-o json -o screen", SCREEN_ASKED },
		{ "-o screen -n 3 -L f", SCREEN_ASKED },
		{ "-o screen --listen 9100 --slower-than 1ms", SCREEN_ASKED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		char copy[64];
		struct options *o;

		snprintf(copy, sizeof(copy), "%s", lines[i].line);
		o = accept_line(copy);
		assert_int_equal(o->screen, lines[i].screen);
		assert_int_equal(o->output == OUTPUT_SCREEN, false);
		assert_false(o->on_screen);
		options__free(o);
	}
	assert_view("-d -o screen", true, false, LATENCY_FULL); /* times are a key away */
}

static void test_history(void **state)
{
	char usual[] = "-s 1", none[] = "--history 0",
	     given[] = "--history=5 --ascii --no-color --no-settings";
	struct options *o = accept_line(usual);

	(void)state;
	assert_int_equal(o->history_bytes, 64 << 20);
	assert_false(o->history_given || o->ascii || o->no_color || o->no_settings);
	options__free(o);
	o = accept_line(none);
	assert_int_equal(o->history_bytes, 0);
	assert_true(o->history_given);
	options__free(o);
	o = accept_line(given);
	assert_int_equal(o->history_bytes, 5 << 20);
	assert_true(o->ascii && o->no_color && o->no_settings);
	options__free(o);
}

static void test_fields(void **state)
{
	char help[] = "-f help", filter[] = "--fields=kvm_exit\\(HLT";
	struct options *o = accept_line(help);

	(void)state;
	assert_true(o->list_items && o->tracepoints);
	assert_int_equal(o->count, 1);
	options__free(o);
	o = accept_line(filter);
	assert_false(o->list_items);
	assert_string_equal(o->fields, "kvm_exit\\(HLT");
	options__free(o);
}

static void test_once(void **state)
{
	static const char *const forms[] = { "-1", "--once", "--batch", "-1 -n 1", "-n1 -1" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		char line[32];
		struct options *o;

		snprintf(line, sizeof(line), "%s", forms[i]);
		o = accept_line(line);
		assert_int_equal(o->count, 1);
		options__free(o);
	}
}

static void test_interval(void **state)
{
	static const struct {
		const char *line;
		uint64_t ns;
	} cases[] = {
		{ "-s 0.1", 100000000 },
		{ "-s 1", 1000000000 },
		{ "-s 1.", 0 },
		{ "-s 2.5", 2500000000 },
		{ "-s 3600", 3600000000000 },
		{ "-s 0.123456789", 123456789 },
		{ "-s 3600.000", 3600000000000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char line[32];
		struct options *o;

		if (!cases[i].ns) {
			refuse(cases[i].line, "0.1 to 3600");
			continue;
		}
		snprintf(line, sizeof(line), "%s", cases[i].line);
		o = accept_line(line);
		assert_int_equal(o->interval_ns, cases[i].ns);
		options__free(o);
	}
}

static void test_listen(void **state)
{
	static const char *const cases[][2] = {
		{ "9100", "127.0.0.1:9100" },	    { "0.0.0.0:1", "0.0.0.0:1" },
		{ "[::1]:65535", "[::1]:65535" },   { "[::]:9100", "[::]:9100" },
		{ "192.0.2.1:80", "192.0.2.1:80" },
	};
	char buf[LISTEN_ADDR_SIZE], line[80];
	struct options *o;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(line, sizeof(line), "--listen %s", cases[i][0]);
		o = accept_line(line);
		assert_string_equal(listen_addr__format(&o->listen, buf, sizeof(buf)), cases[i][1]);
		assert_false(options__has_stdout(o)); /* a daemon */
		options__free(o);
	}
	snprintf(line, sizeof(line), "--listen 9100 -o openmetrics");
	o = accept_line(line);
	assert_true(options__has_stdout(o));
	assert_int_equal(o->output, OUTPUT_OPENMETRICS);
	options__free(o);
	snprintf(line, sizeof(line), "-o prometheus");
	o = accept_line(line);
	assert_true(options__has_stdout(o));
	assert_int_equal(o->listen.len, 0);
	options__free(o);
}

static void test_refused(void **state)
{
	static const char *const cases[][2] = {
		{ "-s 0", "-s 0: the interval must be 0.1 to 3600 seconds" },
		{ "-s 0.0999", "0.1 to 3600" },
		{ "-s 3600.1", "0.1 to 3600" },
		{ "-s -1", "0.1 to 3600" },
		{ "-s 1e1", "0.1 to 3600" },
		{ "-s nan", "0.1 to 3600" },
		{ "-s 0x1", "0.1 to 3600" },
		{ "-s 1,5", "0.1 to 3600" },
		{ "-s .", "0.1 to 3600" },
		{ "-s 99999999999999999999", "0.1 to 3600" },
		{ "-n 0", "-n 0" },
		{ "-n -1", "-n -1" },
		{ "-n 1.5", "-n 1.5" },
		{ "-n 99999999999999999999", "whole number" },
		{ "-n 2 -1", "-1" },
		{ "-1 -n 2", "-1" },
		{ "-p 0", "not a pid" },
		{ "-p 1,", "not a pid" },
		{ "-p ,1", "not a pid" },
		{ "-p 1x", "not a pid" },
		{ "-p +1", "not a pid" },
		{ "-p 2147483648", "not a pid" },
		{ "--vcpu a", "not a vCPU id" },
		{ "--vcpu -1", "not a vCPU id" },
		{ "--by foo", "vm, vcpu or reason" },
		{ "--sort foo", "rate" },
		{ "--top 0", "--top 0" },
		{ "-d --fields=", "-f '': an empty expression matches every event" },
		{ "--latency fast", "full, mean or off" },
		{ "-o xml", "text, csv, json, openmetrics" },
		{ "-o csv --verify", "--verify prints a report" },
		{ "--listen 0", "--listen 0: the port must be 1 to 65535" },
		{ "--listen 65536", "1 to 65535" },
		{ "--listen 00009100", "1 to 65535" },
		{ "--listen 127.0.0.1", "1 to 65535" },
		{ "--listen +9100", "1 to 65535" },
		{ "--listen 9100x", "1 to 65535" },
		{ "--listen 127.0.0.1:", "1 to 65535" },
		{ "--listen :9100", "must be an IPv4 address" },
		{ "--listen localhost:9100", "must be an IPv4 address" },
		{ "--listen 127.1:9100", "must be an IPv4 address" },
		{ "--listen ::1:9100", "IPv6 address in brackets" },
		{ "--listen [::1:9100", "IPv6 address in brackets" },
		{ "--listen []:9100", "IPv6 address in brackets" },
		{ "--listen [1:2:3:4:5:6:7:8:9:10:11:12:13:14:15:16:17:18:19:20]:9100",
		  "brackets" },
		{ "--verify --listen 9100", "leave out --listen" },
		{ "--verify -o openmetrics", "leave out -o openmetrics" },
		{ "-f kvm_exit -o openmetrics", "text, csv or json" },
		{ "-x -o prometheus", "text, csv or json" },
		{ "--slower-than 1ms --listen 9100", "-o text, csv or json" },
		{ "--slower-than 1ms -o prometheus", "-o text, csv or json" },
		{ "-o screen -l", "needs all of the terminal" },
		{ "-o screen -1", "needs all of the terminal" },
		{ "-o screen --verify", "needs all of the terminal" },
		{ "--features -o screen", "needs all of the terminal" },
		{ "--history much", "must be a whole number" },
		{ "--history -1", "must be a whole number" },
		{ "-H=", "empty" },
		{ "-H npf", "--hist=npf" },
		{ "-H --by vm", "--by" },
		{ "-H -d", "give one of them" },
		{ "-d --hist=npf -o json", "give one of them" },
		{ "-d --by reason", "--by vm or --by vcpu" },
		{ "-x --by reason", "--by vm or --by vcpu" },
		{ "-t -H", "give one of them" },
		{ "-f kvm_exit( -l", "not a regular expression" },
		{ "-c", "-l or -L FILE" },
		{ "-c -dt", "-l or -L FILE" },
		{ "-z", "-l or -L FILE" },
		{ "-z -o openmetrics", "-o csv or -o json" },
		{ "-z -o json --verify", "leave out -z" },
		{ "-l --by vm", "--by" },
		{ "-L f --by vcpu -d", "--by" },
		{ "-l --top 3", "--top" },
		{ "-lc -o json", "-o" },
		{ "-l --detail msr", "--detail" },
		{ "-L f --slower-than 1ms", "--slower-than" },
		{ "-1t --detail msr", "-n 1" },
		{ "-l --verify", "--verify" },
		{ "web01", "web01" },
		{ "-- web01", "web01" },
		{ "-q", "-q: " },
		{ "--frobnicate", "frobnicate" },
		{ "--once=1", "once" },
		{ "-p", "value is missing" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		refuse(cases[i][0], cases[i][1]);
}

static void test_detail(void **state)
{
	static const struct {
		const char *line;
		uint64_t ns;
	} durations[] = {
		{ "--slower-than 1ms", 1000000 },
		{ "--slower-than=20us", 20000 },
		{ "--slower-than 1ns", 1 },
		{ "--slower-than .5s", 500000000 },
		{ "--slower-than 1.5ms", 1500000 },
		{ "--slower-than 3600s", 3600000000000 },
		{ "--slower-than 5000000us", 5000000000 },
	};
	static const char *const wrong[] = { "1",    "",      "ms",    "1 ms",	"1m",
					     "-1ms", "1e3us", "0ms",   "0.1ns", "3601s",
					     "1msx", "1.ms",  "1..5ms" };
	char line[] = "--detail msr,pio --detail rip:npf,rip:72";
	struct options *o = accept_line(line);
	char buf[64];

	(void)state;
	assert_int_equal(o->detail.kinds,
			 DETAIL_BIT(DETAIL_MSR) | DETAIL_BIT(DETAIL_PIO) | DETAIL_BIT(DETAIL_PC));
	assert_int_equal(o->detail.n_pc_reasons, 2);
	assert_string_equal(o->detail.pc_reasons[1], "72");
	assert_int_equal(o->slower_than_ns, 0);
	options__free(o);
	for (size_t i = 0; i < ARRAY_SIZE(durations); i++) {
		snprintf(buf, sizeof(buf), "%s", durations[i].line);
		o = accept_line(buf);
		assert_int_equal(o->slower_than_ns, durations[i].ns);
		assert_int_equal(o->detail.kinds, 0);
		options__free(o);
	}
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		snprintf(buf, sizeof(buf), "--slower-than=%s", wrong[i]);
		if (!strchr(wrong[i], ' '))
			refuse(buf, "with its unit");
	}
	refuse("--detail nonsense", "--detail help");
	refuse("--detail msr,,pio", "--detail help");
	refuse("--detail rip:", "--detail help");
	refuse("--detail rip:1,rip:2,rip:3,rip:4,rip:5,rip:6,rip:7,rip:8,rip:9", "at most 8");
	refuse("--slower-than 1ms --latency off", "--latency off");
	refuse("--verify --detail msr", "--verify");
}

static void test_detail_help(void **state)
{
	char line[] = "--detail help -s 0"; /* what follows does not matter */
	struct options *options = NULL;
	int ret;
	char *text = parse_line(line, STDOUT_FILENO, &options, &ret);

	(void)state;
	assert_int_equal(ret, 1);
	assert_null(options);
	assert_non_null(strstr(text, "msr  "));
	assert_non_null(strstr(text, "rip:REASON"));
	assert_non_null(strstr(text, "vmgexit"));
	free(text);
}

/* Findings take several intervals, so what is asked for is divided. */
static void test_why(void **state)
{
	static const struct {
		const char *line;
		uint64_t whole_ns, interval_ns, count;
	} good[] = {
		{ "--why", 5000000000, 500000000, 10 },
		{ "--why -s 60", 60000000000, 6000000000, 10 },
		{ "--why -s 1 -vv -o json", 1000000000, 200000000, 5 },
		{ "--why --top 3 --detail msr -g web --record f", 5000000000, 500000000, 10 },
		{ "--why --replay f", 0, 1000000000, 0 },
		{ "--why --replay f -s 60", 0, 60000000000, 0 },
	};
	static const char *const refused[][2] = {
		{ "--why -s 0.9", "a longer -s" },
		{ "--why -n 3", "leave out -n" },
		{ "--why -1", "leave out -n and -1" },
		{ "--why -d", "event view" },
		{ "--why -x", "event view" },
		{ "--why -L f", "event view" },
		{ "--why -H", "leave out --by" },
		{ "--why --by vcpu", "leave out --by" },
		{ "--why --sort lost", "leave out --by" },
		{ "--why --slower-than 1ms", "--slower-than" },
		{ "--why --latency off", "--latency off" },
		{ "--why -o csv", "-o json" },
		{ "--why -o prometheus", "-o json" },
		{ "--why --listen 9100", "--listen" },
		{ "--why --verify", "--verify" },
		{ "--why --features", "--features" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		char line[64];
		struct options *o;

		snprintf(line, sizeof(line), "%s", good[i].line);
		o = accept_line(line);
		assert_true(o->why);
		assert_int_equal(o->why_ns, good[i].whole_ns);
		assert_int_equal(o->interval_ns, good[i].interval_ns);
		assert_int_equal(o->count, good[i].count);
		options__free(o);
	}
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		refuse(refused[i][0], refused[i][1]);
}

static void test_recordings(void **state)
{
	static const char *const refused[][2] = {
		{ "--record a --replay b", "give one of them" },
		{ "--replay a --verify", "leave out --replay" },
		{ "--replay a --features", "leave out --replay" },
		{ "--replay a --slower-than 1ms", "leave out --slower-than or --replay" },
		{ "--record a --verify", "leave out --record" },
		{ "--record a --features", "leave out --record" },
		{ "--record-size 5", "give --record, too" },
		{ "--record a --record-size 0", "--record-size 0" },
		{ "--since 09:08", "give --replay, too" },
		{ "--replay a --until yesterday", "--until 'yesterday'" },
		{ "--replay=", "the name is empty" },
	};
	char record[] = "--record f --record-size 7 -s 2";
	char replay[] = "--replay f --since -10min --until 2026-01-31T09:08:07Z";
	struct options *o = accept_line(record);

	(void)state;
	assert_string_equal(o->record, "f");
	assert_int_equal(o->record_bytes, 7 << 20);
	assert_true(o->interval_given);
	options__free(o);
	o = accept_line(replay);
	assert_string_equal(o->replay, "f");
	assert_int_equal(o->since.kind, WHEN_BEFORE_END);
	assert_int_equal(o->until.kind, WHEN_AT);
	assert_false(o->interval_given);
	options__free(o);
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		refuse(refused[i][0], refused[i][1]);
}

static void test_help(void **state)
{
	static const char *const words[] = {
		"Usage: kvmtop",
		"--pid",
		"--guest",
		"--vcpu",
		"--set-delay",
		"--count",
		"--once",
		"--by",
		"--sort",
		"--top",
		"--hist",
		"--output",
		"--latency",
		"--features",
		"--verbose",
		"--version",
		"--verify",
		"--debugfs-include-past",
		"Which VMs:",
		"Exit status",
		"--debugfs ",
		"--detail",
		"--slower-than",
		"--tracepoints",
		"--fields",
		"--no-children",
		"--log-to-file",
		"--csv",
		"--skip-zero-records",
		"--listen",
		"--record=",
		"--replay=",
	};
	char line[] = "-h";
	struct options *options = NULL;
	int ret;
	char *text = parse_line(line, STDOUT_FILENO, &options, &ret);

	(void)state;
	assert_int_equal(ret, 1);
	assert_null(options);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		assert_non_null(strstr(text, words[i]));
	assert_null(strstr(text, "tests"));
	free(text);
}

/* What getopt refuses: one line that says what to do. */
static void test_unknown(void **state)
{
	static const char *const refused[][2] = {
		{ "--nosuch", "--nosuch: there is no such option: see kvmtop --help" },
		{ "--re f", "--re: may be one of --record, --record-size, --replay" },
		{ "-n 2 -q", "-q: there is no such option" },
		{ "-dq1", "-q: there is no such option" },
		{ "-1s", "-s: its value is missing: -s SECONDS" },
		{ "-d --guest", "--guest: its value is missing: --guest=NAME" },
		{ "--why=3", "--why: takes no value: leave out =3" },
		{ "-s 2 more", "more: not an option" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		refuse(refused[i][0], refused[i][1]);
}

/* The most used commands come first. */
static void test_help_begins(void **state)
{
	static const char *const first[] = { "sudo kvmtop ",	     "kvmtop --why",
					     "kvmtop -g NAME",	     "kvmtop --record FILE",
					     "kvmtop --replay FILE", "Which VMs:" };
	char line[] = "--help";
	struct options *options = NULL;
	int ret;
	char *text = parse_line(line, STDOUT_FILENO, &options, &ret), *p = text;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(first); i++) {
		p = strstr(p, first[i]);
		assert_non_null(p);
	}
	assert_null(strstr(text, "corresponding short options"));
	free(text);
}

/* In the program that is shipped. */
static void test_no_test_options(void **state)
{
	static const char *const lines[] = {
		"--exit-path plain", "--stats-source fd",   "--slots 5",       "--hists 5",
		"--lose-one-in 5",   "--relocated-records", "--detail-keys 5",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		refuse(lines[i], "there is no such option");
}

static void test_version(void **state)
{
	char line[] = "--version -s 0"; /* what follows does not matter */
	struct options *options = NULL;
	int ret;
	char *text = parse_line(line, STDOUT_FILENO, &options, &ret);

	(void)state;
	assert_int_equal(ret, 1);
	assert_int_equal(strncmp(text, "kvmtop ", 7), 0);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_all_given),
		cmocka_unit_test(test_hist),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_help_begins),
		cmocka_unit_test(test_interval),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_listen),
		cmocka_unit_test(test_detail),
		cmocka_unit_test(test_detail_help),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_no_test_options),
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_stats),
		cmocka_unit_test(test_why),
		cmocka_unit_test(test_recordings),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_event_view),
		cmocka_unit_test(test_screen),
		cmocka_unit_test(test_history),
		cmocka_unit_test(test_fields),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
