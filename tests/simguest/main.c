// SPDX-License-Identifier: GPL-2.0
/*
 * simguest - VMs whose every VM exit is known beforehand, for tests and benchmarks.
 *
 * Each vCPU runs a little program, assembled by the guest of this architecture (guest_*.c), that leaves guest mode a known number
 * of times for each reason. At the end there is one JSON object per vCPU. It says what an observer must have counted
 * ("expect"), and what KVM_RUN returned ("user"). KVM's own counts of the vCPU and of its VM are "kvm_stats" and
 * "kvm_vm_stats" (from statistics fds).
 *
 * main - the options, and the processes.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "simguest.h"

volatile sig_atomic_t stop;
volatile sig_atomic_t unplug, plug; /* --park */

void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("simguest: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(1);
}

int kvm_ioctl(int fd, const char *name, unsigned long request, unsigned long arg)
{
	int ret = ioctl(fd, request, arg);

	if (ret < 0)
		die("%s: %s", name, strerror(errno));
	return ret;
}

static void on_signal(int sig)
{
	if (sig == SIGUSR1)
		unplug = 1;
	else if (sig == SIGUSR2)
		plug = 1;
	else
		stop = 1;
}

/* Until a signal, or the end of standard input. */
static void hold(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	char buf[256];

	while (!stop)
		if (poll(&in, 1, 100) > 0 && read(STDIN_FILENO, buf, sizeof(buf)) <= 0)
			break;
}

/* Says that the VMs have ended, and waits for a line. It reads byte by byte, as there may be lines for later. */
static void step(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	char byte = 0;

	printf("no VM\n");
	fflush(stdout);
	while (!stop && byte != '\n')
		if (poll(&in, 1, 100) > 0 && read(STDIN_FILENO, &byte, 1) <= 0)
			break;
}

/* Those below are taken, so that all fds from now on are @first or above. */
static void take_fds_below(int first)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	while (fd >= 0 && fd < first - 1)
		fd = dup(fd);
	if (fd < 0)
		die("--first-fd %d: %s", first, strerror(errno));
}

static void run_process(const struct config *cfg, bool last)
{
	int kvm_fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	unsigned int generation, i;

	if (kvm_fd < 0)
		die("cannot open /dev/kvm: %s", strerror(errno));
	if (cfg->first_fd)
		take_fds_below((int)cfg->first_fd);
	for (generation = 0; generation < cfg->generations && !stop; generation++) {
		struct fleet fleet;

		if (generation)
			usleep(cfg->gap_ms * 1000);
		fleet_create(&fleet, cfg, kvm_fd);
		fleet_run(&fleet);
		for (i = 0; i < fleet.n_vcpus; i++)
			vcpu_print(&fleet.vcpus[i], generation);
		fflush(stdout);
		if (cfg->hold && last && generation == cfg->generations - 1)
			hold();
		fleet_destroy(&fleet);
		if (cfg->step)
			step();
	}
	close(kvm_fd);
}

struct process {
	const struct config *cfg;
	bool last;
};

static void *process_main(void *arg)
{
	const struct process *process = arg;

	run_process(process->cfg, process->last);
	return NULL;
}

static void start_process(const struct config *cfg, bool last)
{
	struct process process = { .cfg = cfg, .last = last };
	pthread_t thread;

	if (!cfg->in_thread) {
		run_process(cfg, last);
		return;
	}
	spawn(&thread, process_main, &process);
	pthread_join(thread, NULL);
}

static const struct opt OPTS[] = {
	{ "rounds", "R", FIELD(rounds), "repeat this mix R times in the guest" },
	{ "passes", "P", FIELD(passes), "repeat all rounds P times, in the VMM" },
	{ "vms", "V", FIELD(vms), "VMs in the process" },
	{ "vcpus", "C", FIELD(vcpus), "vCPUs, each with its thread, per VM" },
	{ "generations", "G", FIELD(generations), "do all that G times, each time with new VMs" },
	{ "processes", "P", FIELD(processes), "do all that in P processes, one after the other" },
	{ "gap-ms", "MS", FIELD(gap_ms), "wait so long between two generations" },
	{ "user-sleep-us", "US", FIELD(user_sleep_us), "sleep in the VMM at each of its exits" },
	{ "sleep-one-in", "N", FIELD(sleep_one_in), "only at one in N of them" },
	{ "irqs", "N", FIELD(irqs),
	  "in the end, change an interrupt line of the first VM N times, of the second 2 N, ..." },
	{ "park", "ID", FIELD(park),
	  "SIGUSR1 ends the thread of the first VM's vCPU ID (not 0), SIGUSR2 gives it a new one" },
	{ "others-halt", NULL, FIELD(others_halt),
	  "the vCPUs but the first of each VM only halt (--halt-irqchip)" },
	{ "migrate", NULL, FIELD(migrate), "keep migrating the threads between CPUs" },
	{ "handover", NULL, FIELD(handover), "other threads run the vCPUs' second half of passes" },
	{ "forever", NULL, FIELD(forever), "repeat until SIGINT or SIGTERM" },
	{ "hold", NULL, FIELD(hold), "then keep the VMs until SIGINT, SIGTERM or end of input" },
	{ "step", NULL, FIELD(step),
	  "after each generation, when its VMs have ended, write a line and wait for one" },
	{ "first-fd", "FD", FIELD(first_fd), "the first VM's fd, the others follow" },
	{ "close-vm-fds", "PATH", FIELD(close_file),
	  "close the VMs' own fds when PATH exists, or all vCPUs are done" },
	{ "in-thread", NULL, FIELD(in_thread), "create the VMs in another thread than the first" },
	{ "keep-stats-fds", NULL, FIELD(keep_stats_fds),
	  "hold a statistics fd of each vCPU, as QEMU does from 8.1 on" },
	{ "ready-fd", "FD", FIELD(ready_fd), "write a line to FD when all threads exist" },
	{ "go-file", "PATH", FIELD(go_file),
	  "then wait until PATH exists, before the first KVM_RUN" },
	{ "time", NULL, FIELD(time), "report the time of the fastest pass" },
	{ "name", "NAME", FIELD(name), "nothing: it is for programs that read our command line" },
	{ "uuid", "UUID", FIELD(uuid), "the same" },
};
#define N_OPTS (sizeof(OPTS) / sizeof(*OPTS))

/* The @i-th option, those of the guest first; NULL: there are fewer. */
static const struct opt *opt_at(size_t i)
{
	if (i < n_guest_opts)
		return &guest_opts[i];
	return i - n_guest_opts < N_OPTS ? &OPTS[i - n_guest_opts] : NULL;
}

static void usage(void)
{
	const struct opt *opt;

	printf("Usage: simguest [OPTION...]\n\n"
	       "Run VMs that leave guest mode a known number of times; print what to expect.\n\n");
	for (size_t i = 0; (opt = opt_at(i)); i++) {
		int len = printf("  --%s %s", opt->name, opt->arg ? opt->arg : "");

		printf("%*s%s\n", 24 - len, "", opt->help);
	}
}

static uint64_t parse_number(const char *name, const char *text)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 0);

	if (!*text || *end || n > UINT32_MAX)
		die("--%s: not a number below 2^32: %s", name, text);
	return n;
}

#define OPTS_MAX 128 /* more than there are */

static void parse_options(int argc, char **argv, struct config *cfg)
{
	struct option longopts[OPTS_MAX] = { { 0 } };
	const struct opt *opt;
	int c, i;

	for (i = 0; (opt = opt_at(i)); i++)
		longopts[i] = (struct option){ opt->name, !!opt->arg, NULL, 256 + i };
	longopts[i] = (struct option){ "help", no_argument, NULL, 'h' };
	while ((c = getopt_long(argc, argv, "h", longopts, NULL)) != -1) {
		void *field;

		if (c == 'h') {
			usage();
			exit(0);
		}
		if (c == '?')
			exit(1);
		opt = opt_at(c - 256);
		field = (char *)cfg + opt->field;
		if (opt->field >= FIELD(go_file))
			*(const char **)field = optarg;
		else
			*(uint64_t *)field = optarg ? parse_number(opt->name, optarg) : 1;
	}
	if (optind < argc)
		die("unknown argument %s (try --help)", argv[optind]);
	if (!cfg->rounds || !cfg->passes || !cfg->vms || !cfg->generations || !cfg->processes)
		die("--rounds, --passes, --vms, --generations, --processes: at least 1");
	if (!cfg->vcpus || cfg->vcpus > guest_max_vcpus)
		die("--vcpus must be from 1 to %u", guest_max_vcpus);
	if (cfg->park && (cfg->park >= cfg->vcpus || !cfg->forever))
		die("--park needs --forever, and a vCPU of that id");
	if (cfg->others_halt && cfg->handover)
		die("--others-halt excludes --handover");
	if (cfg->handover && (cfg->passes < 2 || cfg->forever))
		die("--handover needs --passes, at least 2");
	guest_check(cfg);
}

int main(int argc, char **argv)
{
	struct config cfg = {
		.rounds = 1, .passes = 1, .vms = 1, .vcpus = 1, .generations = 1, .processes = 1
	};
	struct sigaction sa = { .sa_handler = on_signal };
	struct rlimit files;
	uint64_t i;

	guest_defaults(&cfg);
	parse_options(argc, argv, &cfg);
	if (cfg.park) {
		sigaction(SIGUSR1, &sa, NULL);
		sigaction(SIGUSR2, &sa, NULL);
	}
	if (cfg.forever || cfg.hold || cfg.step) {
		sigaction(SIGINT, &sa, NULL);
		sigaction(SIGTERM, &sa, NULL);
	}
	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	if (cfg.processes == 1) {
		start_process(&cfg, true);
		return 0;
	}
	for (i = 0; i < cfg.processes && !stop; i++) {
		int status;
		pid_t pid = fork();

		if (pid < 0)
			die("fork: %s", strerror(errno));
		if (!pid) {
			start_process(&cfg, i == cfg.processes - 1);
			exit(0);
		}
		while (waitpid(pid, &status, 0) < 0)
			if (errno != EINTR)
				die("waitpid: %s", strerror(errno));
			else if (stop)
				kill(pid, SIGTERM);
		if (status)
			die("process %d failed", pid);
	}
	return 0;
}
