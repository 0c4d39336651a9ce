# SPDX-License-Identifier: GPL-2.0
#
# kvmtop. `make help` lists what can be made.

# What the environment or the command line says counts; make's own defaults do not.
define allow-override
  $(if $(or $(findstring environment,$(origin $(1))),$(findstring command line,$(origin $(1)))),,\
    $(eval $(1) = $(2)))
endef

$(call allow-override,CC,$(CROSS_COMPILE)gcc)
$(call allow-override,CLANG,clang)
$(call allow-override,PROTOC,protoc)
# Debian has it in sbin, Ubuntu beside its kernel tools.
$(call allow-override,BPFTOOL,$(firstword $(wildcard /usr/lib/linux-tools/*/bpftool) \
	$(shell command -v bpftool) /usr/sbin/bpftool))
PKG_CONFIG ?= pkg-config

ARCH ?= $(shell uname -m)
BPF_ARCH := $(patsubst riscv64,riscv,$(patsubst aarch64,arm64,$(patsubst x86_64,x86,$(ARCH))))
VMLINUX_ARCH := $(patsubst aarch64,arm64,$(ARCH))

PREFIX ?= /usr/local
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
# systemd reads all of these, but logrotate has one folder only.
UNITDIR ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
SYSCONFDIR ?= /etc
# Dashboard and alerts, that other programs read; and what people read.
DATADIR ?= $(PREFIX)/share/kvmtop
DOCDIR ?= $(PREFIX)/share/doc/kvmtop
# Each shell looks in a folder of its own.
BASHCOMPDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHCOMPDIR ?= $(PREFIX)/share/zsh/site-functions
FISHCOMPDIR ?= $(PREFIX)/share/fish/vendor_completions.d
DESTDIR ?=

# The one place that has it. What is built in a clone adds its commit, as 1.0.0+g1234567; the tarball of `make dist` adds none.
RELEASE := 1.0.0
VERSION := $(RELEASE)$(if $(wildcard .git),$(addprefix +g,$(shell git describe --always --dirty --exclude '*' 2>/dev/null)))

# HTTP=0 leaves --listen out. A static libmicrohttpd would need libraries that distributions have no static ones of.
HTTP ?= $(if $(STATIC),0,1)
# TUI=0 leaves the screen out: on a terminal there are tables then.
TUI ?= 1

# Objects live apart for each way to build, so that a changed flag never meets a stale object.
FLAVOUR := $(if $(DEBUG),-debug)$(if $(SAN),-san)$(if $(STATIC),-static)$(if $(filter 0,$(HTTP)),-nohttp)$(if $(filter 0,$(TUI)),-notui)$(if $(filter-out x86_64,$(ARCH)),-$(ARCH))
OBJ ?= build$(FLAVOUR)
BIN ?= kvmtop
# For the shell.
PROGRAM = '$(if $(filter /%,$(BIN)),$(BIN),$(CURDIR)/$(BIN))'

ifeq ($(V),1)
  Q :=
  msg :=
else
  Q := @
  msg = @printf '  %-8s %s\n' '$(1)' '$(2)';
endif

WARNINGS := -Wall -Wextra -Wshadow -Wmissing-prototypes
ifeq (,$(findstring clang,$(CC)))
  WARNINGS += -Wformat-signedness
endif
ifneq ($(WERROR)$(CI),)
  WARNINGS += -Werror
endif

CFLAGS ?= -O2 -g
CPPFLAGS += -D_GNU_SOURCE -I$(OBJ)/gen
ALL_CFLAGS = -std=gnu11 $(WARNINGS) $(CFLAGS) $(if $(DEBUG),-O0 -ggdb) \
	     $(if $(SAN),-fsanitize=address$(comma)undefined -fno-omit-frame-pointer)
ALL_LDFLAGS = $(LDFLAGS) $(if $(SAN),-fsanitize=address$(comma)undefined) $(if $(STATIC),-static)
comma := ,
LIBS := $(shell $(PKG_CONFIG) $(if $(STATIC),--static) --libs libbpf jansson 2>/dev/null || \
	  echo -lbpf -lelf -lz -ljansson)
# The threads are not those of HTTP alone; before glibc 2.34 they were a library of their own.
HTTP_LIBS := $(if $(filter 0,$(HTTP)),,-lmicrohttpd -lprotobuf-c) -lpthread
# Of recordings and of compressed metrics; also what libbpf itself needs, so it comes last.
LIBS += $(HTTP_LIBS) -lz
ifneq ($(TUI),0)
  TUI_LIBS := $(shell $(PKG_CONFIG) $(if $(STATIC),--static) --libs ncursesw 2>/dev/null || echo -lncursesw -ltinfo)
  CPPFLAGS += $(shell $(PKG_CONFIG) --cflags-only-I ncursesw 2>/dev/null)
endif

BPF_SRC := $(wildcard bpf/*.bpf.c)
USER_SRC := $(wildcard user/*.c user/run/*.c user/options/*.c user/base/*.c user/arch/*.c user/model/*.c user/render/*.c user/tui/*.c user/sources/*.c user/sources/bpf/*.c user/sinks/*.c)
# Each has a stand-in that does nothing.
HTTP_ONLY := http exposition_proto
TUI_SRC := user/tui/term.c user/tui/term_caps.c
USER_SRC := $(filter-out $(HTTP_ONLY:%=user/sinks/%$(if $(filter 0,$(HTTP)),,_none).c) \
	      $(if $(filter 0,$(TUI)),$(TUI_SRC),user/tui/term_none.c) \
	      user/options/options_table_tests.c user/run/switch_tests.c,$(USER_SRC))
PROTO := $(if $(filter 0,$(HTTP)),,$(OBJ)/gen/metrics.pb-c)
USER_OBJ := $(USER_SRC:%.c=$(OBJ)/%.o) $(PROTO:=.o)
# $(OBJ)/tests/kvmtop is the same program with options and BPF programs that only tests need. Of its objects those differ that have
# these, and those that see the skeleton of the BPF programs.
TESTS_SRC := $(shell grep -lF kvmtop.skel.h $(USER_SRC)) user/options/options_table_tests.c user/run/switch_tests.c
TESTS_OBJ := $(TESTS_SRC:%.c=$(OBJ)/tests/%.o)
TESTS_OBJ += $(filter-out $(TESTS_OBJ:$(OBJ)/tests/%=$(OBJ)/%) %_tests_none.o,$(USER_OBJ))
# Pure code, and what else a test can run without a kernel.
TESTABLE := $(filter $(OBJ)/gen/% $(OBJ)/user/base/% $(OBJ)/user/arch/% $(OBJ)/user/model/% $(OBJ)/user/render/% $(OBJ)/user/sinks/% \
	      $(filter-out $(OBJ)/user/tui/term%,$(filter $(OBJ)/user/tui/%,$(USER_OBJ))) \
	      $(patsubst %,$(OBJ)/user/sources/%.o,proc vmm_name vmm_file vmm_load vmm_load_parse vmm_groups vmm_threads kept_file debugfs vms features_summary replay replay_context replay_file bpf/times bpf/threads bpf/record_fields bpf/unkeyed) \
	      $(OBJ)/user/options/%.o $(patsubst %,$(OBJ)/user/run/%.o,feed_live feed_replay judge recorder replay_boundaries replay_counted replay_pairs replay_select replay_report settings_file signals stderr_lines timeline timeline_find),$(USER_OBJ))
GEN := $(OBJ)/gen/kvmtop.skel.h $(OBJ)/gen/statistics.skel.h $(OBJ)/gen/detail.skel.h $(OBJ)/gen/tracepoints.skel.h \
       $(PROTO:=.h)
UNIT := $(patsubst tests/unit/%.c,$(OBJ)/tests/%,$(filter-out $(if $(filter 0,$(HTTP)),%/test_http.c) $(if $(filter 0,$(TUI)),%/test_term.c),$(wildcard tests/unit/test_*.c)))
FUZZ := $(patsubst tests/fuzz/%.c,$(OBJ)/tests/%,$(wildcard tests/fuzz/fuzz_*.c))

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all help run check check-all check-unit check-vm tests man alerts bench soak deps deps-test install uninstall \
	dist deb rpm completion check-packages fmt fmt-check layers have-deps clean FORCE

all: $(BIN)

help:
	@echo 'make              build ./kvmtop'
	@echo 'make run          install what the build needs, build, and run kvmtop (ARGS="..."); on a'
	@echo '                  host without usable KVM, in the test bed, with a busy guest'
	@echo 'make check        install what the tests need, build, and run all tests'
	@echo 'make check-unit   unit, golden and fuzz tests: no root, no VM, a minute or two'
	@echo 'make check-vm     end-to-end tests on real KVM (KERNELS="5.10 6.1 6.12 7.2" CPUS="amd intel")'
	@echo 'make check-packages   the tarball and the packages: build them, lintian, rpmlint, what is in them'
	@echo 'make soak         long runs of --verify and of a log (KERNELS; SOAK="--runs 20 --rows 10000"): an hour per kernel'
	@echo 'make bench        instructions per exit (BENCH_KERNELS="6.1 6.12 7.2")'
	@echo "make man          bring what the man pages and findings.md have of the program's tables up to date"
	@echo 'make alerts       bring the alerts for Prometheus (scripts/alerts) up to date with the rules'
	@echo 'make completion   bring what shells complete (user/completion) up to date with the options'
	@echo 'make install      to DESTDIR and PREFIX (/usr/local); with units for systemd, not enabled'
	@echo 'make dist         a tarball of what is committed, in build/; make deb, make rpm: packages, in build/packages/'
	@echo 'make fmt          format the sources; fmt-check only says what it would change'
	@echo 'make layers       check which module includes which, files of one architecture, and how long sentences are'
	@echo 'make deps         install the packages that the build needs; deps-test: and the tests'
	@echo 'make clean        remove what was built'
	@echo
	@echo 'V=1 shows the commands, DEBUG=1 builds without optimisation, SAN=1 with ASan and UBSan,'
	@echo 'STATIC=1 one file to copy to a host, HTTP=0 without --listen, TUI=0 without the screen, WERROR=1 stops at warnings. CC, CLANG, BPFTOOL, PROTOC,'
	@echo 'CROSS_COMPILE, ARCH, CFLAGS, LDFLAGS, OBJ are honoured.'

# ---- what the build needs

# Before all that is made, so that what is missing is reported in one line. Order only: it makes nothing out of date.
have-deps:
	$(Q)CC='$(CC)' CLANG='$(CLANG)' BPFTOOL='$(BPFTOOL)' PROTOC='$(PROTOC)' HTTP='$(HTTP)' TUI='$(TUI)' \
		CPPFLAGS='$(CPPFLAGS) $(CFLAGS)' scripts/have-deps

# ---- BPF

define compile-bpf
$(call msg,BPF,$@)
$(Q)mkdir -p $(@D)
$(Q)$(CLANG) -g -O2 -mcpu=v3 -target bpf -D__TARGET_ARCH_$(BPF_ARCH) -Wall -Wextra \
	$(filter -Werror,$(WARNINGS)) -Ivmlinux/$(VMLINUX_ARCH) -Ibpf $(1) \
	-MMD -MP -MF $(@:.o=.d) -MT $@ -c $< -o $@
endef

# bpftool's linker strips what the kernel does not need and checks the BTF.
define link-bpf
$(call msg,GEN-OBJ,$@)
$(Q)mkdir -p $(@D)
$(Q)$(BPFTOOL) gen object $@ $<
endef

define make-skeleton
$(call msg,SKEL,$@)
$(Q)$(BPFTOOL) gen skeleton $< name $*_bpf > $@
endef

$(OBJ)/bpf/%.o: bpf/%.bpf.c | have-deps
	$(call compile-bpf)
$(OBJ)/gen/%.bpf.o: $(OBJ)/bpf/%.o
	$(call link-bpf)
$(OBJ)/gen/%.skel.h: $(OBJ)/gen/%.bpf.o
	$(call make-skeleton)

$(OBJ)/tests/bpf/%.o: bpf/%.bpf.c | have-deps
	$(call compile-bpf,-DKVMTOP_TESTS)
$(OBJ)/tests/gen/%.bpf.o: $(OBJ)/tests/bpf/%.o
	$(call link-bpf)
$(OBJ)/tests/gen/%.skel.h: $(OBJ)/tests/gen/%.bpf.o
	$(call make-skeleton)

# What reads and writes the messages of a .proto; as the pattern has two targets, make knows that one call makes both.
$(OBJ)/gen/%.pb-c.c $(OBJ)/gen/%.pb-c.h: user/sinks/%.proto | have-deps
	$(call msg,PROTO,$(OBJ)/gen/$*.pb-c.c)
	$(Q)mkdir -p $(@D)
	$(Q)$(PROTOC) --proto_path=$(<D) --c_out=$(OBJ)/gen $<

# ---- user space

$(OBJ)/gen/%.pb-c.o: $(OBJ)/gen/%.pb-c.c $(OBJ)/flags
	$(call msg,CC,$@)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c $< -o $@

define compile
$(call msg,CC,$@)
$(Q)mkdir -p $(@D)
$(Q)$(CC) $(1) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c $< -o $@
endef

$(OBJ)/%.o: %.c $(OBJ)/flags | $(GEN) have-deps
	$(call compile)
$(OBJ)/tests/user/%.o: user/%.c $(OBJ)/flags | $(GEN) $(OBJ)/tests/gen/kvmtop.skel.h have-deps
	$(call compile,-DKVMTOP_TESTS -I$(OBJ)/tests/gen)

$(OBJ)/user/options/command_line.o: CPPFLAGS += -DKVMTOP_VERSION='"$(VERSION)"'
$(OBJ)/user/options/command_line.o: $(OBJ)/version

define link
$(call msg,LINK,$@)
$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $^ $(TUI_LIBS) $(LIBS) $(HTTP_LIBS) -o $@
endef

$(OBJ)/kvmtop: $(USER_OBJ)
	$(call link)
$(OBJ)/tests/kvmtop: $(TESTS_OBJ)
	$(call link)

# That of the way to build which is asked for, also when another was made later.
ifneq ($(abspath $(BIN)),$(abspath $(OBJ)/kvmtop))
$(BIN): $(OBJ)/kvmtop FORCE
	$(Q)cmp -s $< $@ || cp --remove-destination $< $@
endif

# These change when the way to build or the version does, and only then.
$(OBJ)/flags: FORCE
	$(Q)$(call write-if-changed,$(CC) $(CPPFLAGS) $(ALL_CFLAGS))
$(OBJ)/version: FORCE
	$(Q)$(call write-if-changed,$(VERSION))
write-if-changed = mkdir -p $(@D); echo '$(1)' | cmp -s - $@ || echo '$(1)' > $@
FORCE:

-include $(sort $(USER_OBJ:.o=.d) $(TESTS_OBJ:.o=.d)) $(OBJ)/tests/bpf/kvmtop.d $(OBJ)/bpf/kvmtop.d $(OBJ)/bpf/statistics.d $(OBJ)/bpf/detail.d $(OBJ)/bpf/tracepoints.d $(wildcard $(OBJ)/tests/*.d)

# ---- tests

# Static: it runs in test beds, too.
SIMGUEST_SRC := $(wildcard tests/simguest/*.c)
$(OBJ)/tests/simguest: $(SIMGUEST_SRC) $(wildcard tests/simguest/*.h) $(OBJ)/flags | have-deps
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE $(WARNINGS) -O2 -g -static $(SIMGUEST_SRC) -lpthread -o $@

$(OBJ)/gen/empty.skel.h: tests/bench/empty.bpf.c
	$(call msg,SKEL,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) -g -O2 -mcpu=v3 -target bpf -Ivmlinux/$(VMLINUX_ARCH) -c $< -o $(@:.skel.h=.bpf.o)
	$(Q)$(BPFTOOL) gen skeleton $(@:.skel.h=.bpf.o) name empty_bpf > $@

$(OBJ)/tests/empty: tests/bench/empty.c $(OBJ)/gen/empty.skel.h $(OBJ)/flags
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $< $(LIBS) -o $@

# What reads BTF needs libbpf, and no kernel.
READS_BTF := $(patsubst %,$(OBJ)/user/sources/%.o,bpf/object_types kernel_btf limits type_index)
$(OBJ)/tests/test_object_types $(OBJ)/tests/test_type_index: $(READS_BTF)
$(OBJ)/tests/test_object_types $(OBJ)/tests/test_type_index: TEST_LIBS = $(READS_BTF) $(LIBS)

$(OBJ)/tests/test_typed: $(OBJ)/user/sources/bpf/typed.o $(READS_BTF)
$(OBJ)/tests/test_typed: TEST_LIBS = $(OBJ)/user/sources/bpf/typed.o $(READS_BTF) $(LIBS)

$(OBJ)/tests/test_term: $(TUI_SRC:%.c=$(OBJ)/%.o)
$(OBJ)/tests/test_term: TEST_LIBS = $(TUI_SRC:%.c=$(OBJ)/%.o) $(TUI_LIBS)

# What these work with is the test's own.
$(OBJ)/tests/test_collection $(OBJ)/tests/test_live_switch: $(OBJ)/tests/test_%: $(OBJ)/user/run/%.o
$(OBJ)/tests/test_collection $(OBJ)/tests/test_live_switch: TEST_LIBS = $(OBJ)/user/run/$(@F:test_%=%).o

# The options of a build for tests, in place of the stand-in.
TEST_OPTIONS := $(OBJ)/tests/user/options/options_table_tests.o
$(OBJ)/tests/test_knobs: $(TEST_OPTIONS)
$(OBJ)/tests/test_knobs: TESTABLE := $(filter-out %_table_tests_none.o,$(TESTABLE)) $(TEST_OPTIONS)

$(OBJ)/tests/test_%: tests/unit/test_%.c $(TESTABLE) $(OBJ)/flags
	$(call msg,TEST,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -Iuser $< $(TESTABLE) $(TEST_LIBS) -lcmocka -ljansson $(HTTP_LIBS) -lz -lm -o $@

GOLDEN_SRC := $(wildcard tests/golden/*.c)
$(OBJ)/tests/golden: $(GOLDEN_SRC) $(wildcard tests/golden/*.h) $(TESTABLE) $(OBJ)/flags
	$(call msg,TEST,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -Iuser $(GOLDEN_SRC) $(TESTABLE) -ljansson $(HTTP_LIBS) -lz -o $@

# Pictures of the screen, and a program that shows one.
$(OBJ)/tests/tui-bytes: $(TUI_SRC:%.c=$(OBJ)/%.o)
$(OBJ)/tests/tui-bytes: TEST_LIBS = $(TUI_SRC:%.c=$(OBJ)/%.o) $(TUI_LIBS)

$(OBJ)/tests/tui-%: tests/tui/%.c $(TESTABLE) $(OBJ)/flags
	$(call msg,TEST,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -Iuser $< $(TESTABLE) $(TEST_LIBS) -ljansson $(HTTP_LIBS) -lz -lm -o $@

$(OBJ)/tests/fuzz_%: tests/fuzz/fuzz_%.c $(TESTABLE) $(OBJ)/flags
	$(call msg,TEST,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -DFUZZ_STANDALONE -MMD -MP -Iuser $< $(TESTABLE) -ljansson $(HTTP_LIBS) -lz -o $@

$(OBJ)/tests/big $(OBJ)/tests/hold: $(OBJ)/tests/%: tests/bench/%.c $(TESTABLE) $(OBJ)/flags
	$(call msg,TEST,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -Iuser $< $(TESTABLE) -lcmocka -ljansson $(HTTP_LIBS) -lz -o $@

# The sections of the man pages, of findings.md, the alerts and the completion that are made out of the program's own tables.
$(OBJ)/gen-man $(OBJ)/gen-alerts $(OBJ)/gen-completion: $(OBJ)/gen-%: scripts/gen-%.c $(TESTABLE) $(OBJ)/flags
	$(call msg,CC,$@)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $< $(TESTABLE) -ljansson $(HTTP_LIBS) -lz -o $@

man: $(OBJ)/gen-man
	$(Q)scripts/gen-man-columns $<

alerts: $(OBJ)/gen-alerts
	$(Q)scripts/gen-alerts $<

completion: $(OBJ)/gen-completion
	$(Q)scripts/gen-completion $<

tests: $(BIN) $(OBJ)/tests/kvmtop $(UNIT) $(FUZZ) $(OBJ)/tests/golden $(OBJ)/tests/tui-golden $(OBJ)/tests/tui-bytes $(OBJ)/tests/simguest $(OBJ)/tests/empty $(OBJ)/tests/big $(OBJ)/tests/hold $(OBJ)/gen-man $(OBJ)/gen-alerts $(OBJ)/gen-completion

deps:
	$(Q)scripts/deps build
deps-test:
	$(Q)scripts/deps test

# What is installed first is not there when make reads this file, so make starts again after it.
run: deps
	$(Q)$(MAKE) --no-print-directory $(BIN) $(OBJ)/tests/simguest
	$(Q)KVMTOP=$(PROGRAM) SIMGUEST=$(OBJ)/tests/simguest scripts/run $(ARGS)

check: deps-test
	$(Q)$(MAKE) --no-print-directory -j $(JOBS) tests
	$(Q)$(MAKE) --no-print-directory check-all

SUITE_unit = for t in $(UNIT); do CMOCKA_MESSAGE_OUTPUT=TAP $$t || bad=1; done; exit $${bad-0}
SUITE_golden = $(OBJ)/tests/golden || bad=1; tests/golden/replay "$$KVMTOP" || bad=1; exit $${bad-0}
SUITE_tui = $(OBJ)/tests/tui-golden || bad=1; $(OBJ)/tests/tui-bytes || bad=1; exit $${bad-0}
SUITE_unicode = scripts/gen-unicode --check
SUITE_man = scripts/gen-man-columns --check $(OBJ)/gen-man || bad=1; scripts/check-docs || bad=1; exit $${bad-0}
SUITE_alerts = scripts/gen-alerts --check $(OBJ)/gen-alerts
SUITE_completion = scripts/gen-completion --check $(OBJ)/gen-completion && tests/completion/run
SUITE_fuzz = for t in $(FUZZ); do $$t tests/data/* && echo "ok - $${t\#\#*/}" || bad=1; done; exit $${bad-0}
# Speed, as instructions: no test of `make check` has a limit of time.
SUITE_counts = tests/counts/run $(OBJ)/tests/big
SUITE_vm = echo $(BEDS) | xargs -r -P $(VM_JOBS) -n 2 tests/vm/run --cpu

check-unit: $(BIN) $(UNIT) $(FUZZ) $(OBJ)/tests/golden $(OBJ)/tests/tui-golden $(OBJ)/tests/tui-bytes $(OBJ)/gen-man $(OBJ)/gen-alerts $(OBJ)/gen-completion
	$(Q)KVMTOP=$(PROGRAM) scripts/check -j $(JOBS) unit '$(SUITE_unit)' golden '$(SUITE_golden)' tui '$(SUITE_tui)' fuzz '$(SUITE_fuzz)' \
		man '$(SUITE_man)' alerts '$(SUITE_alerts)' completion '$(SUITE_completion)' unicode '$(SUITE_unicode)'

check-vm: tests
	$(Q)KVMTOP=$(PROGRAM) KVMTOP_TESTS=$(OBJ)/tests/kvmtop SIMGUEST=$(OBJ)/tests/simguest scripts/check vm '$(SUITE_vm)'

# The other suites run beside the test beds, and leave them most of the CPUs. 6.12 is between those of tests/core/run, and KVM
# itself runs there on both kinds of CPU.
check-all: tests
	$(Q)KVMTOP=$(PROGRAM) KVMTOP_TESTS=$(OBJ)/tests/kvmtop SIMGUEST=$(OBJ)/tests/simguest BPF_OBJ=$(OBJ)/gen/kvmtop.bpf.o scripts/check \
		-j $$((($(JOBS) + 1) / 2)) build tests/build/run core-6.1 'tests/core/run 6.1' core-7.2 'tests/core/run 7.2' \
		counts '$(SUITE_counts)' unit '$(SUITE_unit)' golden '$(SUITE_golden)' tui '$(SUITE_tui)' fuzz '$(SUITE_fuzz)' \
		metrics tests/metrics/run screen tests/tui/run man '$(SUITE_man)' alerts '$(SUITE_alerts)' completion '$(SUITE_completion)' unicode '$(SUITE_unicode)' \
		-- vm '$(SUITE_vm)'

# Compiles three times: not of `make check`.
check-packages:
	$(Q)scripts/deps packages
	$(Q)scripts/check packages tests/packages/run

KERNELS ?= 6.12 6.1 7.2 5.10
CPUS ?= amd intel
# Pairs of CPU and kernel, those first that take longest: at the end no bed is left to run alone.
BEDS = $(foreach cpu,$(CPUS),$(foreach kernel,$(KERNELS),$(cpu) $(kernel)))
JOBS ?= $(shell nproc)
# A test bed is one thread of the host's, and waits now and then: one more than there are CPUs keeps them busy.
VM_JOBS ?= $(shell n=$(JOBS); echo $$((n > 3 ? 4 : n + 1)))
BENCH_KERNELS ?= 6.1 6.12 7.2

# More arguments for tests/vm/soak.py.
SOAK ?=

soak: tests
	$(Q)for kernel in $(KERNELS); do echo "$$kernel:" && scripts/vmtest --timeout 10000 --env KVMTOP=$(PROGRAM) \
		--env KVMTOP_TESTS=$(abspath $(OBJ))/tests/kvmtop --env SIMGUEST=$(abspath $(OBJ))/tests/simguest $$kernel -- tests/vm/soak.py $(SOAK) || exit 1; done

bench: $(BIN) $(OBJ)/tests/kvmtop $(OBJ)/tests/simguest $(OBJ)/tests/empty
	$(Q)BENCH_BIN=$(PROGRAM) BENCH_TOOLS=$(abspath $(OBJ))/tests scripts/bench $(BENCH_KERNELS)

# ---- what is installed

UNITS := $(patsubst user/units/%.in,$(OBJ)/units/%,$(wildcard user/units/*.in))

# Both services are hardened in the same way.
$(OBJ)/units/%: user/units/%.in user/units/hardening.conf $(OBJ)/prefix
	$(Q)mkdir -p $(@D)
	$(Q)awk '/^@HARDENING@$$/ { while ((getline < "user/units/hardening.conf") > 0) \
				     if (!/SPDX/) print; next } \
		 { gsub("@SBINDIR@", "$(SBINDIR)"); print }' $< > $@
$(OBJ)/prefix: FORCE
	$(Q)$(call write-if-changed,$(SBINDIR))

# All of it but the program and the units: FILE:FOLDER, or FILE:FOLDER:NAME if it is called otherwise there.
MAN_PAGES := $(sort $(wildcard user/*.[1-9]))
DOCS := $(sort $(wildcard README.md user/docs/*.md user/sample.rec))
# Where it is then: documents lie side by side, and name the recording, the dashboard and the alerts where they are.
AS_INSTALLED := -e 's,](user/docs/,](,g' -e 's,--replay user/sample,--replay $(DOCDIR)/sample,g' -e 's,scripts/\(grafana\|alerts\),$(DATADIR)/\1,g'
INSTALLED = $(foreach page,$(MAN_PAGES),$(page):$(MANDIR)/man$(subst .,,$(suffix $(page)))) \
	$(foreach doc,$(DOCS),$(doc):$(DOCDIR)) \
	user/units/kvmtop.sysusers:$(SYSUSERSDIR):kvmtop.conf \
	user/units/kvmtop.logrotate:$(SYSCONFDIR)/logrotate.d:kvmtop \
	scripts/grafana/kvmtop.json:$(DATADIR)/grafana scripts/alerts/kvmtop.yaml:$(DATADIR)/alerts \
	user/completion/kvmtop.bash:$(BASHCOMPDIR):kvmtop user/completion/kvmtop.zsh:$(ZSHCOMPDIR):_kvmtop \
	user/completion/kvmtop.fish:$(FISHCOMPDIR)
part = $(word $(2),$(subst :, ,$(1)))
# Where it goes: the folder, and the name.
target = $(DESTDIR)$(call part,$(1),2)/$(or $(call part,$(1),3),$(notdir $(call part,$(1),1)))

install: $(BIN) $(UNITS)
	install -D -m 755 $(BIN) $(DESTDIR)$(SBINDIR)/kvmtop
	install -D -m 644 -t $(DESTDIR)$(UNITDIR) $(UNITS)
	$(Q)set -e; $(foreach i,$(INSTALLED),install -D -m 644 $(call part,$(i),1) $(call target,$(i));)
	$(Q)sed -i $(AS_INSTALLED) $(addprefix $(DESTDIR)$(DOCDIR)/,$(notdir $(filter %.md,$(DOCS))))

uninstall:
	rm -f $(DESTDIR)$(SBINDIR)/kvmtop $(patsubst $(OBJ)/units/%,$(DESTDIR)$(UNITDIR)/%,$(UNITS)) \
		$(foreach i,$(INSTALLED),$(call target,$(i)))
	$(Q)rmdir --ignore-fail-on-non-empty $(wildcard $(DESTDIR)$(DOCDIR) $(addprefix $(DESTDIR)$(DATADIR),/grafana /alerts) $(DESTDIR)$(DATADIR)) \
		2> /dev/null || true

# ---- what is given away

# Of what is committed. It has all that the build needs, and builds without git.
DIST := $(OBJ)/kvmtop-$(RELEASE).tar.gz
dist:
	$(Q)[ -e .git ] || { echo 'make dist: only in a clone of the repository' >&2; exit 1; }
	$(Q)mkdir -p $(@D) $(OBJ)
	$(Q)git -c tar.umask=0022 archive --format=tar --prefix=kvmtop-$(RELEASE)/ HEAD | gzip -9n > $(DIST)
	@echo $(DIST)

# In build/packages, each out of that tarball, unpacked elsewhere.
deb rpm: dist
	$(Q)scripts/packaging/make-$@ $(DIST) $(OBJ)/packages

FMT_SRC := $(shell find bpf user tests scripts -name '*.[ch]')
fmt:
	clang-format -i $(FMT_SRC)
fmt-check:
	clang-format --dry-run -Werror $(FMT_SRC)

layers:
	$(Q)scripts/check-layers
	$(Q)scripts/check-arch
	$(Q)scripts/check-comments

clean:
	rm -rf build build-* $(BIN)
