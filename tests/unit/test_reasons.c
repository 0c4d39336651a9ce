// SPDX-License-Identifier: GPL-2.0
#include "arch/x86.h"
#include "base/cleanup.h"
#include "unit.h"

#include <errno.h>

#include "../../user/model/ids.h"
#include "../../user/model/reasons.h"

#define ISA_OTHER 3

DEFINE_CLEANUP(names, struct reason_names, reason_names__free)

#define __autonames __cleanup(cleanup_names)

/* Parses from a block that is just as long as the text, so that ASan sees reads behind it. */
static int parse_bytes(struct reason_names *names, bool user, const char *text, size_t len)
{
	__autofree char *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	return user ? reason_names__parse_userspace_exit_format(names, copy, len)
		    : reason_names__parse_exit_format(names, copy, len);
}

static int parse_exit(struct reason_names *names, const char *text)
{
	return parse_bytes(names, false, text, strlen(text));
}

static int parse_user(struct reason_names *names, const char *text)
{
	return parse_bytes(names, true, text, strlen(text));
}

static int parse_file(struct reason_names *names, bool user, const char *name)
{
	size_t len;
	__autofree char *text = read_test_data(name, &len);

	return user ? reason_names__parse_userspace_exit_format(names, text, len)
		    : reason_names__parse_exit_format(names, text, len);
}

static void assert_name(const struct reason_names *names, uint32_t isa, uint64_t code,
			const char *expected)
{
	const char *name = reason_names__lookup(names, isa, code);

	if (!expected) {
		assert_null(name);
		return;
	}
	assert_non_null(name);
	assert_string_equal(name, expected);
}

static void assert_shown(const struct reason_names *names, uint32_t isa, uint64_t code,
			 const char *expected)
{
	char buf[100];

	assert_ptr_equal(reason_names__format(names, isa, code, buf, sizeof(buf)), buf);
	assert_string_equal(buf, expected);
}

static void uapi_tables(void **state)
{
	__autonames struct reason_names *names = reason_names__new();

	(void)state;
	assert_non_null(names);
	assert_name(names, ISA_VMX, 10, "CPUID");
	assert_name(names, ISA_VMX, 48, "EPT_VIOLATION");
	assert_name(names, ISA_SVM, 0x72, "cpuid");
	assert_name(names, ISA_SVM, 0x46, "UD excp");
	assert_name(names, ISA_SVM, 0x80000013, "vmgexit_ap_creation");
	assert_name(names, ISA_SVM, 0xffffffff, "invalid_guest_state");
	/* Newer than the headers of the oldest hosts that kvmtop is built on; on any architecture. */
	assert_name(names, ISA_VMX, 77, "TDCALL");
	assert_name(names, ISA_VMX, 84, "MSR_READ_IMM");
	assert_name(names, ISA_SVM, 0xa6, "idle-halt");
	assert_name(names, ISA_USER, 38, "KVM_EXIT_LOONGARCH_IOCSR");
	assert_name(names, ISA_USER, 39, "KVM_EXIT_MEMORY_FAULT");
	assert_name(names, ISA_USER, 40, "KVM_EXIT_TDX");
	assert_name(names, ISA_USER, 2, "KVM_EXIT_IO"); /* and not KVM_EXIT_HYPERV_HCALL */
	assert_name(names, ISA_USER, 1, "KVM_EXIT_EXCEPTION");
	assert_name(names, ISA_USER, 0, "KVM_EXIT_UNKNOWN");
	assert_name(names, ISA_USER, 34, "KVM_EXIT_XEN");
	assert_name(names, ISA_VMX, 0xfff0, NULL);
	assert_name(names, ISA_OTHER, 10, NULL);
	assert_name(names, 0, 10, NULL);
}

/* Recorded from running kernels; n: how many names there are in it, counted by hand (grep). */
static const struct recorded {
	const char *name;
	int n;
	bool has_idle_halt; /* a reason that the UAPI headers of Debian 12 do not have */
} recorded[] = {
	{ "kvm_exit.5.10-x86.format", 152, false }, { "kvm_exit.6.1-x86.format", 170, false },
	{ "kvm_exit.6.12-x86.format", 170, false }, { "kvm_exit.6.18-x86.format", 175, true },
	{ "kvm_exit.7.2-x86.format", 175, true },
};

static void recorded_exit_formats(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(recorded); i++) {
		__autonames struct reason_names *names = reason_names__new();

		assert_int_equal(parse_file(names, false, recorded[i].name), recorded[i].n);
		assert_name(names, ISA_VMX, 10, "CPUID");
		assert_name(names, ISA_VMX, 75, i ? "NOTIFY" : reason_names__lookup(names, 1, 75));
		assert_name(names, ISA_SVM, 0, "read_cr0");
		assert_name(names, ISA_SVM, 0x40, "DE excp");
		assert_name(names, ISA_SVM, 0x53, "XF excp");
		assert_name(names, ISA_SVM, 0x72, "cpuid");
		assert_name(names, ISA_SVM, 0x78, "hlt");
		assert_name(names, ISA_SVM, 0x400, "npf");
		assert_name(names, ISA_SVM, 0xffffffff, "invalid_guest_state");
		if (recorded[i].has_idle_halt)
			assert_name(names, ISA_SVM, 0xa6, "idle-halt");
		if (i)
			assert_name(names, ISA_SVM, 0x8000fffd, "vmgexit_hypervisor_feature");
		/* not from __print_flags */
		assert_name(names, ISA_VMX, 0x80000000, "EXCEPTION_NMI");
	}
}

static void recorded_user_formats(void **state)
{
	static const char *const kernels[] = { "5.10", "6.1", "6.12", "6.18", "7.2" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		__autonames struct reason_names *names = reason_names__new();
		char file[100];

		snprintf(file, sizeof(file), "kvm_userspace_exit.%s-x86.format", kernels[i]);
		assert_int_equal(parse_file(names, true, file), 31);
		assert_name(names, ISA_USER, 0, "KVM_EXIT_UNKNOWN");
		assert_name(names, ISA_USER, 2, "KVM_EXIT_IO");
		assert_name(names, ISA_USER, 30, "KVM_EXIT_X86_WRMSR");
		assert_name(names, ISA_USER, 34, "KVM_EXIT_XEN"); /* the UAPI's */
		assert_name(names, ISA_USER, 40, "KVM_EXIT_TDX"); /* likewise */
	}
}

static void kernel_before_uapi(void **state)
{
	__autonames struct reason_names *names = reason_names__new();

	(void)state;
	assert_int_equal(parse_exit(names, "print fmt: \"%s\", (REC->isa == 1) ? "
					   "__print_symbolic(REC->r, { 10, \"NEW_CPUID\" }) : "
					   "__print_symbolic(REC->r, { 0x72, \"new cpuid\" })\n"),
			 2);
	assert_name(names, ISA_VMX, 10, "NEW_CPUID");
	assert_name(names, ISA_SVM, 0x72, "new cpuid");
#if defined(__x86_64__)
	assert_name(names, ISA_VMX, 12, "HLT"); /* behind it */
#endif
	/* Parsing again replaces, it does not add. */
	assert_int_equal(parse_exit(names, "print fmt: \"\", (REC->isa == 1) ? "
					   "__print_symbolic(REC->r, { 10, \"AGAIN\" }) : \"\""),
			 1);
	assert_name(names, ISA_VMX, 10, "AGAIN");
	assert_true(!reason_names__lookup(names, ISA_SVM, 0x72) ||
		    strcmp(reason_names__lookup(names, ISA_SVM, 0x72), "new cpuid"));
}

/* A table whose code is @expr; returns the name's code as shown, or "none". */
static void assert_expr(const char *expr, uint64_t code)
{
	__autonames struct reason_names *names = reason_names__new();
	char text[300];

	snprintf(text, sizeof(text),
		 "print fmt: \"\", (REC->isa == 3) ? "
		 "__print_symbolic(REC->r, { %s, \"X\" }) : \"\"",
		 expr);
	assert_int_equal(parse_exit(names, text), 1);
	assert_name(names, ISA_OTHER, code, "X");
}

static void assert_no_expr(const char *expr)
{
	__autonames struct reason_names *names = reason_names__new();
	char text[1000];

	snprintf(text, sizeof(text),
		 "print fmt: \"\", (REC->isa == 3) ? "
		 "__print_symbolic(REC->r, { %s, \"X\" }, { 77, \"Y\" }) : \"\"",
		 expr);
	assert_int_equal(parse_exit(names, text), 1); /* the other one is there all the same */
	assert_name(names, ISA_OTHER, 77, "Y");
}

static void expressions(void **state)
{
	(void)state;
	assert_expr("32", 32);
	assert_expr("(32)", 32);
	assert_expr("((32))", 32);
	assert_expr("0x80000000", 0x80000000);
	assert_expr("0X1fUL", 31);
	assert_expr("010", 8);
	assert_expr("0", 0);
	assert_expr("0x040 + 6", 0x46);
	assert_expr("(1 << 3)", 8);
	assert_expr("1ULL << 63", UINT64_C(1) << 63);
	assert_expr("1 | 2 & 3 ^ 4", 1 | ((2 & 3) ^ 4));
	assert_expr("2 + 3 * 4 - 1", 13);
	assert_expr("1 << 2 + 1", 8);
	assert_expr("-2", UINT64_MAX - 1);
	assert_expr("~0xf & 0xff", 0xf0);
	assert_expr("-(-5)", 5);
	assert_expr("0xff >> 4", 15);
	assert_expr("10 - 3 - 2", 5);
	assert_expr("0xffffffffffffffff & 7", 7);
}

static void not_expressions(void **state)
{
	(void)state;
	assert_no_expr("0x10000000000000000"); /* 65 bits */
	assert_no_expr("99999999999999999999999999999999999999");
	assert_no_expr("1 << 64");
	assert_no_expr("1 << -1");
	assert_no_expr("0x");
	assert_no_expr("08");
	assert_no_expr("12abc");
	assert_no_expr("SOME_ENUM");
	assert_no_expr("(u32)5");
	assert_no_expr("1 +");
	assert_no_expr("(1");
	assert_no_expr("1)");
	assert_no_expr("");
	assert_no_expr("1 2");
	assert_no_expr("'a'");
}

static void deep_expressions(void **state)
{
	char expr[200];

	(void)state;
	for (size_t i = 0; i < 80; i++) {
		expr[i] = '(';
		expr[81 + i] = ')';
	}
	expr[80] = '1';
	expr[161] = '\0';
	assert_no_expr(expr);
	assert_expr("((((((((1))))))))", 1);
}

/* 16 MiB of parentheses, signs and braces: time and stack must stay small. */
static void deep_text(void **state)
{
	static const char *const patterns[] = { "(",	    "{",  "-",	     "__print_symbolic(",
						"isa == (", "\"", "{ 1, \"", "{ (",
						"?",	    ":" };
	const size_t len = 1 << 24;
	__autofree char *text = malloc(len + 64);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		__autonames struct reason_names *names = reason_names__new();
		size_t n = strlen(patterns[i]);
		size_t used = (size_t)sprintf(text, "print fmt: \"\", (REC->isa == 1) ? "
						    "__print_symbolic(x, ");

		for (; used + n < len; used += n)
			memcpy(text + used, patterns[i], n);
		assert_int_equal(reason_names__parse_exit_format(names, text, used), -EINVAL);
		assert_int_equal(reason_names__parse_userspace_exit_format(names, text, used),
				 -EINVAL);
	}
}

/* Whose a table is. */
static void isa_chains(void **state)
{
	static const struct {
		const char *args;
		uint32_t isa_a, isa_b,
			isa_c; /* of the codes 0xf001.. "A", "B", "C"; 0: of no ISA */
	} chains[] = {
#define A "__print_symbolic(REC->r, { 0xf001, \"A\" })"
#define B "__print_symbolic(REC->r & 0xffff, { 0xf002, \"B\" })"
#define C "__print_symbolic(REC->r, { 0xf003, \"C\" })"
		{ "(REC->isa == 1) ? " A " : " B, 1, 2, 0 },
		{ "REC->isa == 1 ? " A " : " B, 1, 2, 0 },
		{ "(REC->isa == 2) ? " A " : " B, 2, 1, 0 },
		{ "(REC->isa != 1) ? " A " : " B, 2, 1, 0 },
		{ "((REC->isa) == (1)) ? " A, 0, 0, 0 }, /* not understood: of no ISA */
		{ "(REC->isa == (1)) ? " A " : " B, 1, 2, 0 },
		{ "(REC->isa == 0x1U) ? " A " : " B, 1, 2, 0 },
		{ "(REC->isa == 1) ? " A " : (REC->isa == 2) ? " B " : " C, 1, 2, 0 },
		{ "(REC->isa == 1) ? " A " : (REC->isa == 3) ? " B " : " C, 1, 3, 2 },
		{ "(REC->isa == 3) ? " A " : (REC->isa == 1) ? " B " : " C, 3, 1, 2 },
		{ "(REC->isa == 3) ? " A " : ((REC->isa == 1) ? " B " : " C ")", 3, 1, 2 },
		{ "(REC->isa == 3) ? " A " : " B, 3, 0, 0 },
		{ "(REC->isa == 1) ? " A " : \"\", " B, 1, 0, 0 }, /* another argument */
		{ "(REC->isa == 1) ? " A " : \"\", (REC->isa == 2) ? " B " : " C, 1, 2, 1 },
		{ "(REC->isa == 1) ? (REC->x ? " A " : " B ") : " C, 1, 1, 2 },
		{ "(REC->isa == 1 && REC->x) ? " A " : \"\"", 0, 0, 0 },
		{ "(REC->isa == 0x100000001) ? " A " : \"\"", 0, 0, 0 },
		{ "(REC->isa == 0xffffffff) ? " A " : \"\"", 0, 0, 0 }, /* ISA_USER is ours */
		{ "(REC->isa == KVM_ISA_VMX) ? " A " : " B, 0, 0, 0 },
		{ "(REC->isa == 1) ? " A " : f(REC->isa == (X), " B ")", 1, 2, 0 },
		{ A ", " B, 0, 0, 0 }, /* as on arm64: no isa */
#undef A
#undef B
#undef C
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(chains); i++) {
		__autonames struct reason_names *names = reason_names__new();
		const uint32_t owners[] = { chains[i].isa_a, chains[i].isa_b, chains[i].isa_c };
		static const char *const abc[] = { "A", "B", "C" };
		char text[500];
		int n = 0;
		int err;

		snprintf(text, sizeof(text), "print fmt: \"%%s\", %s, REC->y\n", chains[i].args);
		err = parse_exit(names, text);
		for (size_t j = 0; j < 3; j++) {
			n += owners[j] != 0;
			for (uint32_t isa = 0; isa < 5; isa++)
				assert_name(names, isa, 0xf001 + j,
					    isa && isa == owners[j] ? abc[j] : NULL);
		}
		assert_int_equal(err, n ? n : -EINVAL);
	}
}

static void strings(void **state)
{
	__autonames struct reason_names *names = reason_names__new();
	char text[600];
	char long_name[65];

	(void)state;
	memset(long_name, 'n', 64);
	long_name[64] = '\0';
	snprintf(text, sizeof(text),
		 "print fmt: \"\\\" __print_symbolic(\", __print_symbolic(REC->r, "
		 "{ 201, \"A\" \"B\"\t\"C\" }, { 202, \"q\\\"}\\\\\" }, { 203, \"\" }, "
		 "{ 204, \"a\\nb\" }, { 205, \"\\x41\" }, { 206, \"tab\there\" }, "
		 "{ 207, \"\xc3\xa9\" }, { 208, \"%s\" }, { 209, \"%s\" }, { 210, X }, "
		 "{ 211, \"n\" X }, { 212, \"z\" }{ 213, \"not behind a comma\" })",
		 long_name + 1, long_name);
	assert_int_equal(parse_user(names, text), 4);
	assert_name(names, ISA_USER, 201, "ABC");
	assert_name(names, ISA_USER, 202, "q\"}\\");
	assert_name(names, ISA_USER, 208, long_name + 1); /* 63 characters */
	assert_name(names, ISA_USER, 212, "z");
}

static void nul_bytes(void **state)
{
	static const char text[] = "print fmt: \"\0\", __print_symbolic(REC->r, { 201, \"A\0B\" }, "
				   "{ 202, \0 \"B\" }, { 203, \"C\" }\0)";
	__autonames struct reason_names *names = reason_names__new();

	(void)state;
	assert_int_equal(parse_bytes(names, true, text, sizeof(text) - 1), 1);
	assert_name(names, ISA_USER, 203, "C");
}

static void first_name_counts(void **state)
{
	__autonames struct reason_names *names = reason_names__new();

	(void)state;
	assert_int_equal(parse_user(names,
				    "print fmt: \"\", __print_symbolic(REC->r, "
				    "{ 201, \"first\" }, { 201, \"second\" }, { 200, \"other\" })"),
			 2);
	assert_name(names, ISA_USER, 201, "first");
}

static void no_table(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"print fmt:",
		"print fmt: ",
		"print fmt: \"%s\"",
		"name: kvm_exit\nformat:\n",
		"__print_symbolic(x, { 1, \"before print fmt\" })",
		"print fmt: \"\", __print_symbolic",
		"print fmt: \"\", __print_symbolic(",
		"print fmt: \"\", __print_symbolic(REC->r)",
		"print fmt: \"\", __print_symbolic(REC->r,",
		"print fmt: \"\", __print_symbolic(REC->r, {",
		"print fmt: \"\", __print_symbolic(x, { 1,",
		"print fmt: \"\", __print_symbolic(x, { 1, \"A",
		"print fmt: \"\", __print_symbolic(x, { 1, \"A\\",
		"print fmt: \"\", __print_symbolic(x, { 1, \"A\"",
		"print fmt: \"never ends, { 1, }",
		"print fmt: \"\", __print_symbolic((x, { 1, \"A\" })",
		"print fmt: \"\", __print_flags(x, \" \", { 1, \"A\" })",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		__autonames struct reason_names *names = reason_names__new();

		assert_int_equal(parse_exit(names, texts[i]), -EINVAL);
		assert_int_equal(parse_user(names, texts[i]), -EINVAL);
		assert_name(names, ISA_USER, 2, "KVM_EXIT_IO");
	}
}

/* An error leaves what was there. */
static void error_changes_nothing(void **state)
{
	__autonames struct reason_names *names = reason_names__new();

	(void)state;
	assert_int_equal(parse_user(names, "print fmt: \"\", __print_symbolic(r, { 201, \"A\" })"),
			 1);
	assert_int_equal(parse_user(names, "print fmt: \"\""), -EINVAL);
	assert_name(names, ISA_USER, 201, "A");
}

/* Every cut of a real one: no crash, and never a name that was cut. */
static void truncated(void **state)
{
	__autonames struct reason_names *whole = reason_names__new();
	size_t len;
	__autofree char *text = read_test_data("kvm_exit.6.18-x86.format", &len);

	(void)state;
	assert_true(reason_names__parse_exit_format(whole, text, len) > 0);
	for (size_t cut = 0; cut < len; cut += 7) {
		__autonames struct reason_names *names = reason_names__new();
		int n = parse_bytes(names, false, text, cut);

		assert_true(n == -EINVAL || n > 0);
		for (uint64_t code = 0; n > 0 && code < 0x410; code++)
			for (uint32_t isa = ISA_VMX; isa <= ISA_SVM; isa++) {
				const char *name = reason_names__lookup(names, isa, code);

				if (name)
					assert_name(whole, isa, code, name);
			}
	}
}

static void too_many_names(void **state)
{
	__autonames struct reason_names *names = reason_names__new();
	const size_t size = 200000;
	__autofree char *text = malloc(size);
	size_t used = (size_t)sprintf(text, "print fmt: \"\", __print_symbolic(x");

	(void)state;
	for (int i = 0; used < size - 30; i++)
		used += (size_t)sprintf(text + used, ", { %d, \"N%d\" }", i, i);
	assert_int_equal(reason_names__parse_userspace_exit_format(names, text, used), 4096);
	assert_name(names, ISA_USER, 4095, "N4095");
	assert_name(names, ISA_USER, 4096, NULL);
}

static void how_codes_are_shown(void **state)
{
	__autonames struct reason_names *names = reason_names__new();

	(void)state;
	assert_true(parse_file(names, false, "kvm_exit.6.18-x86.format") > 0);
	assert_shown(names, ISA_SVM, 0x72, "cpuid");
	assert_shown(names, ISA_SVM, 0x4b0, "0x4b0");
	assert_shown(names, ISA_VMX, 0x80000021, "INVALID_STATE|0x80000000");
	assert_shown(names, ISA_VMX, 0x8000fff0, "0x8000fff0");
	assert_shown(names, ISA_VMX, 33, "INVALID_STATE");
	assert_shown(names, ISA_SVM, 0xffffffff, "invalid_guest_state");
	assert_shown(names, ISA_SVM, REASON_UNKNOWN, "unknown");
	assert_shown(names, ISA_VMX, REASON_UNKNOWN, "unknown");
	assert_shown(names, 7, REASON_UNKNOWN, "unknown");
	assert_shown(names, 7, 0x4b, "0x4b");
	assert_shown(names, 0, 0, "0x0");
	assert_shown(NULL, ISA_SVM, 0x72, "0x72");
}

static void how_user_codes_are_shown(void **state)
{
	__autonames struct reason_names *names = reason_names__new();

	(void)state;
	/* A negative code is an errno, whatever a format says. */
	assert_int_equal(parse_user(names,
				    "print fmt: \"\", __print_symbolic(r, { -4, \"restart\" })"),
			 -EINVAL);
	assert_shown(names, ISA_USER, 2, "KVM_EXIT_IO");
	assert_shown(names, ISA_USER, (uint64_t)-4, "EINTR");
	assert_shown(names, ISA_USER, (uint64_t)-14, "EFAULT");
	assert_shown(names, ISA_USER, (uint64_t)-1, "EPERM");
	assert_shown(names, ISA_USER, (uint64_t)-512, "-512"); /* ERESTARTSYS is the kernel's own */
	assert_shown(names, ISA_USER, 1000, "1000");
	assert_shown(names, ISA_USER, (uint64_t)INT64_MIN, "-9223372036854775808");
	assert_shown(NULL, ISA_USER, 2, "2");
}

static void short_buffers(void **state)
{
	__autonames struct reason_names *names = reason_names__new();
	char buf[5] = "....";

	(void)state;
	assert_string_equal(reason_names__format(names, ISA_USER, 2, buf, sizeof(buf)), "KVM_");
	assert_string_equal(reason_names__format(names, ISA_USER, 2, buf, 1), "");
}

static void test_nested(void **state)
{
	struct reason_names *names = reason_names__new();
	char buf[64];

	(void)state;
	assert_non_null(names);
	assert_string_equal(reason_names__format(names, ISA_SVM | ISA_L2, 0x400, buf, sizeof(buf)),
			    "L2:npf");
	assert_string_equal(reason_names__format(names, ISA_VMX | ISA_L2, 0x8000000aull, buf,
						 sizeof(buf)),
			    "L2:CPUID|0x80000000");
	assert_string_equal(reason_names__format(names, ISA_SVM | ISA_L2, 0x4ff, buf, sizeof(buf)),
			    "L2:0x4ff");
	assert_string_equal(reason_names__format(names, ISA_SVM | ISA_L2, REASON_UNKNOWN, buf,
						 sizeof(buf)),
			    "L2:unknown");
	assert_string_equal(isa_name(ISA_VMX | ISA_L2), "vmx");
	/* Not a level of another backend's, nor of ours. */
	assert_null(isa_name(7 | ISA_L2));
	assert_false(isa_is_nested(ISA_USER));
	assert_int_equal(isa_base(ISA_USER), ISA_USER);
	assert_int_equal(isa_base(ISA_SVM | ISA_L2), ISA_SVM);
	reason_names__free(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nested),
		cmocka_unit_test(uapi_tables),
		cmocka_unit_test(recorded_exit_formats),
		cmocka_unit_test(recorded_user_formats),
		cmocka_unit_test(kernel_before_uapi),
		cmocka_unit_test(expressions),
		cmocka_unit_test(not_expressions),
		cmocka_unit_test(deep_expressions),
		cmocka_unit_test(deep_text),
		cmocka_unit_test(isa_chains),
		cmocka_unit_test(strings),
		cmocka_unit_test(nul_bytes),
		cmocka_unit_test(first_name_counts),
		cmocka_unit_test(no_table),
		cmocka_unit_test(error_changes_nothing),
		cmocka_unit_test(truncated),
		cmocka_unit_test(too_many_names),
		cmocka_unit_test(how_codes_are_shown),
		cmocka_unit_test(how_user_codes_are_shown),
		cmocka_unit_test(short_buffers),
	};

	return cmocka_run_group_tests_name("reasons", tests, NULL, NULL);
}
