// SPDX-License-Identifier: GPL-2.0
/*
 * main: parse, build, run, tear down.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "arch/words.h"
#include "base/cleanup.h"
#include "base/fmt.h"
#include "base/log.h"
#include "base/outlet.h"
#include "run/live.h"
#include "run/live_run.h"
#include "model/item_filter.h"
#include "model/frame.h"
#include "model/reasons.h"
#include "model/inventory.h"
#include "model/snapshot.h"
#include "options/command_line.h"
#include "options/options.h"
#include "run/privileges.h"
#include "run/recorder.h"
#include "run/replay_run.h"
#include "run/signals.h"
#include "sources/bpf/drilldown.h"
#include "sources/bpf/exits.h"
#include "sources/bpf/tracepoints.h"
#include "sources/features.h"
#include "sources/kvm_stats.h"
#include "sources/limits.h"
#include "sources/proc.h"
#include "sources/tracefs.h"
#include "run/verify_run.h"
#include "sources/vms.h"

#define RECORD_BYTES_DEFAULT (UINT64_C(1) << 30)

/* Of messages that stderr does not take, and how long they are waited for after a signal. */
#define MESSAGES_BYTES (64u << 10)
#define MESSAGES_STALL_NS 200000000ull

enum { EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_NOTHING };

DEFINE_CLEANUP(options, struct options, options__free)
DEFINE_CLEANUP(names, struct reason_names, reason_names__free)
DEFINE_CLEANUP(stats, struct kvm_stats, kvm_stats__close)
DEFINE_CLEANUP(snapshot, struct snapshot, snapshot__free)
DEFINE_CLEANUP(exits, struct exits, exits__close)
DEFINE_CLEANUP(detail, struct drilldown, drilldown__close)
DEFINE_CLEANUP(recorder, struct recorder, recorder__close)
DEFINE_CLEANUP(tracepoints, struct tracepoints, tracepoints__close)
DEFINE_CLEANUP(filter, struct item_filter, item_filter__free)
DEFINE_CLEANUP(outlet, struct outlet, outlet__close)
DEFINE_CLEANUP(detail_names, struct detail_names, detail_names__free)

/* --features: a line for each thing, yes or no, and why. */
static void print_features(const struct features *features)
{
	for (int id = 0; id < FEATURE_MAX; id++)
		printf("%-20s %-4s %s\n", feature_name((enum feature_id)id),
		       features->v[id].ok ? "yes" : "no", features->v[id].why);
}

static int open_stats(const struct options *options, const struct features *features,
		      struct kvm_stats **ret_stats)
{
	const struct kvm_stats_opts opts = {
		.only = options->knobs.stats_source,
		.scope = &options->scope,
		.types = features->types,
	};
	int err = kvm_stats__open(&opts, ret_stats);

	if (err)
		return err;
	if (kvm_stats__error(*ret_stats))
		log_info("no statistics of KVM: %s", kvm_stats__error(*ret_stats));
	else
		log_info("statistics of KVM: by %s",
			 stats_source_name(kvm_stats__source(*ret_stats)));
	return 0;
}

/* --features, further: how KVM's statistics are read, of which VM. */
static int print_stats_sources(const struct options *options, const struct features *features)
{
	__cleanup(cleanup_stats) struct kvm_stats *stats = NULL;
	__cleanup(cleanup_snapshot) struct snapshot *snapshot = snapshot__new();
	const struct vm_ident *ident;
	enum stats_source source;
	const char *why;
	int err = snapshot ? open_stats(options, features, &stats) : -ENOMEM;

	if (err)
		return err;
	why = kvm_stats__error(stats);
	printf("%-20s %-4s %s\n", "KVM's statistics", why ? "no" : "yes",
	       why ? why : stats_source_name(kvm_stats__source(stats)));
	why = kvm_stats__debugfs_error(stats);
	printf("%-20s %-4s %s\n", "debugfs", why ? "no" : "yes", why ? why : "can be read");
	err = kvm_stats__read(stats, snapshot);
	for (size_t i = 0; !err && kvm_stats__vm(stats, i, &ident, &source); i++) {
		char id[VM_ID_SIZE], name[VM_ID_SIZE + 4];

		vm_id(ident->pid, kvm_stats__id_fd(stats, i), id);
		snprintf(name, sizeof(name), "VM %s", id);
		printf("%-20s %-4s %s\n", name, "yes", stats_source_name(source));
	}
	return err;
}

/* What must be there for anything to work; one line that says what to do about the first that is not. */
static int check_features(const struct features *features)
{
	static const enum feature_id needed[] = { FEATURE_CAPS, FEATURE_NAMESPACE, FEATURE_BTF,
						  FEATURE_KVM };

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		const struct feature *feature = &features->v[needed[i]];

		if (feature->ok)
			continue;
		log_error("%s: %s", feature_name(needed[i]), feature->why);
		return -EPERM;
	}
	return 0;
}

static void read_names(const struct features *features, struct reason_names *names)
{
	static const struct {
		const char *event;
		int (*parse)(struct reason_names *names, const char *text, size_t len);
	} formats[] = {
		{ "kvm_exit", reason_names__parse_exit_format },
		{ "kvm_userspace_exit", reason_names__parse_userspace_exit_format },
	};

	if (!features->v[FEATURE_TRACEFS].ok) {
		log_info("tracefs: %s", features->v[FEATURE_TRACEFS].why);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		__autofree char *text = NULL;
		size_t len;
		int n = tracefs_read_format(formats[i].event, &text, &len);

		if (!n)
			n = formats[i].parse(names, text, len);
		if (n < 0)
			log_info("no names from the format of %s (%s): using the UAPI headers'",
				 formats[i].event, strerror(-n));
	}
}

/* How many vCPUs the host has now, as far as we may look. */
static size_t count_vcpus(void)
{
	__autofree pid_t *pids = NULL;
	size_t n_pids = 0, denied, total = 0, n;

	if (proc_find_vmms(PROC_ROOT, &pids, &n_pids, &denied))
		return 0;
	for (size_t i = 0; i < n_pids; i++)
		if (!proc_vcpu_count(PROC_ROOT, pids[i], &n))
			total += n;
	return total;
}

static int open_exits(const struct options *options, const struct features *features,
		      struct vms *vms, struct exits **ret_exits)
{
	const struct exits_opts opts = {
		/* Without times nobody knows whether an exit is being handled. */
		.latency = options->verify && options->latency == LATENCY_OFF ? LATENCY_MEAN
									      : options->latency,
		.events = options->verify,
		.entries = options->tracepoints,
		.note_exit = options->detail.kinds,
		.knobs = options->knobs,
		.scope = &options->scope,
		.vms = vms,
		.n_vcpus = count_vcpus(),
		.proc_root = PROC_ROOT,
	};
	char why[512] = "";
	int err = exits__open(&opts, features, why, sizeof(why), ret_exits);

	if (err && err != -ENOMEM) /* which main says */
		log_error("cannot count VM exits: %s%s", why[0] ? why : strerror(-err),
			  limits_hit(err) ? "" : " (-vv says more)");
	if (!err)
		log_info("exit path: %s", exit_path_name(exits__path(*ret_exits)));
	return err;
}

/* The codes of the reasons of --detail PC:REASON. 0, or -EINVAL after a line. */
static int find_pc_reasons(const struct detail_spec *spec, const struct reason_names *names,
			   struct drilldown_opts *opts, uint64_t *codes)
{
	for (size_t i = 0; i < spec->n_pc_reasons && !spec->pc_all; i++) {
		if (reason_names__find(names, drilldown_isa(), spec->pc_reasons[i], &codes[i])) {
			log_error("--detail " ARCH_PC ":%s: no exit reason has this name",
				  spec->pc_reasons[i]);
			return -EINVAL;
		}
		opts->n_pc_reasons++;
	}
	opts->pc_all = spec->pc_all;
	opts->pc_reasons = codes;
	return 0;
}

/* The names of ports, which are the host's. */
static struct detail_names *read_detail_names(void)
{
	__autofree char *text = NULL;
	struct detail_names *names = detail_names__new();
	size_t len;

	if (names && !proc_read_ioports(PROC_ROOT, &text, &len) &&
	    detail_names__parse_ioports(names, text)) {
		detail_names__free(names);
		return NULL;
	}
	return names;
}

/* --detail, --slower-than. */
static int open_detail(const struct options *options, const struct features *features,
		       const struct reason_names *names, struct exits *exits,
		       struct drilldown **ret_detail)
{
	uint64_t codes[DETAIL_PC_MAX];
	struct drilldown_opts opts = {
		.kinds = options->detail.kinds,
		.latency = options->latency,
		.slow_ns = options->slower_than_ns,
		.knobs = options->knobs,
	};
	char why[512];
	int err = find_pc_reasons(&options->detail, names, &opts, codes);

	if (err)
		return err;
	err = drilldown__open(&opts, exits, features, why, sizeof(why), ret_detail);
	if (err && err != -ENOMEM)
		log_error("cannot look into exits (--detail, --slower-than): %s", why);
	return err;
}

/* --record. */
static int open_recorder(const struct options *options, const struct live_parts *parts,
			 struct recorder **ret_recorder)
{
	const struct recorder_opts opts = {
		.path = options->record,
		.bytes_max = options->record_bytes ? options->record_bytes : RECORD_BYTES_DEFAULT,
		.run = { .version = options__version(),
			 .host = *parts->host,
			 .isa = parts->isa,
			 .interval_ns = options->interval_ns,
			 .detail_kinds = options->detail.kinds,
			 .reasons = parts->names,
			 .details = parts->detail_names },
	};
	char why[512];
	int err = options->record ? recorder__open(&opts, why, sizeof(why), ret_recorder) : 0;

	if (err && err != -ENOMEM)
		log_error("--record %s", why);
	if (!err && options->record && recorder__cut_bytes(*ret_recorder))
		log_warning("%s: its last snapshot was cut off (%llu %s): removed", options->record,
			    (unsigned long long)recorder__cut_bytes(*ret_recorder),
			    fmt_plural(recorder__cut_bytes(*ret_recorder), "byte", "bytes"));
	return err;
}

/* kvm_exit and kvm_userspace_exit are counted anyway, and -f may ask for their children. */
static bool is_event_wanted(const char *event, void *arg)
{
	return !strcmp(event, "kvm_exit") || !strcmp(event, "kvm_userspace_exit") ||
	       item_filter__matches(arg, event);
}

/* -t; with -f only what it asks for costs anything. */
static int open_tracepoints(const struct options *options, const struct features *features,
			    struct exits *exits, const struct kvm_stats *stats,
			    struct tracepoints **ret_tracepoints)
{
	__cleanup(cleanup_filter) struct item_filter *filter = NULL;
	struct tracepoints_opts opts = {
		.is_wanted = is_event_wanted,
		.only_some_vms = !scope__is_all(&options->scope),
	};
	char why[512] = "";
	int err = item_filter__new(options->list_items ? NULL : options->fields, why, sizeof(why),
				   &filter);

	opts.arg = filter;
	kvm_stats__ioctls(stats, &opts.vm_ioctl, &opts.vcpu_ioctl);
	if (!err)
		err = tracepoints__open(&opts, exits, features, why, sizeof(why), ret_tracepoints);
	if (err && err != -ENOMEM)
		log_error("cannot count tracepoints (-t): %s", why);
	if (!err)
		log_info("tracepoints: %zu %s counted", tracepoints__names(*ret_tracepoints)->n,
			 fmt_plural(tracepoints__names(*ret_tracepoints)->n, "is", "are"));
	return err;
}

static int count(const struct options *options, struct features *features,
		 enum verify_result *ret_result)
{
	__cleanup(cleanup_names) struct reason_names *names = reason_names__new();
	__cleanup(vms__done) struct vms vms = { .proc_root = PROC_ROOT };
	__cleanup(cleanup_exits) struct exits *exits = NULL;
	__cleanup(cleanup_detail_names) struct detail_names *detail_names = NULL;
	__cleanup(cleanup_detail) struct drilldown *detail = NULL;
	__cleanup(cleanup_tracepoints) struct tracepoints *tracepoints = NULL;
	__cleanup(cleanup_stats) struct kvm_stats *stats = NULL;
	__cleanup(cleanup_recorder) struct recorder *recorder = NULL;
	struct utsname uts = { 0 };
	struct live_parts parts;
	struct host_info host;
	int err;

	if (!names)
		return -ENOMEM;
	err = check_features(features);
	if (err)
		return err;
	if (!features->v[FEATURE_OTHERS].ok)
		log_warning("%s: %s", feature_name(FEATURE_OTHERS),
			    features->v[FEATURE_OTHERS].why);
	read_names(features, names);
	err = open_exits(options, features, &vms, &exits);
	if (!err)
		err = open_stats(options, features, &stats);
	if (!err)
		live__join(&(struct live){ .vms = &vms, .exits = exits, .stats = stats });
	/* After those, which make a VM of their own: its events are nobody's. */
	if (!err && (options->detail.kinds || options->slower_than_ns)) {
		detail_names = read_detail_names();
		err = detail_names ? open_detail(options, features, names, exits, &detail)
				   : -ENOMEM;
	}
	if (!err && options->tracepoints)
		err = open_tracepoints(options, features, exits, stats, &tracepoints);
	if (err)
		return err;
	if (options->verify)
		return verify_run(options, features, exits, stats, ret_result);
	features__forget_types(features);
	uname(&uts);
	host = (struct host_info){
		.name = uts.nodename,
		.kernel = uts.release,
		.arch = uts.machine,
		.cpus = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN),
	};
	parts = (struct live_parts){ .live = { .vms = &vms, .exits = exits, .stats = stats },
				     .detail = detail,
				     .detail_names = detail_names,
				     .host = &host,
				     .names = names,
				     .isa = drilldown_isa() };
	err = open_recorder(options, &parts, &recorder);
	parts.recorder = recorder;
	return err ? err : live_run(options, &parts);
}

/* A closed stdout or stderr would become some file of ours, and be written to. */
static int check_streams(void)
{
	bool closed = fcntl(STDOUT_FILENO, F_GETFD) < 0;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			return -errno;
	if (closed) {
		log_error("standard output is closed: send it to a file or to /dev/null");
		return -EBADF;
	}
	return 0;
}

/* Of logrotate: one that comes before the log is open must not end us; it is taken when there is something to open anew. */
static void hold_hangups(const struct options *options)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	if (options->log_file)
		sigprocmask(SIG_BLOCK, &set, NULL);
}

/* What fails for want of memory has told nobody yet. */
static void tell_memory(int err)
{
	char why[LIMITS_WHY_LEN];

	if (err == -ENOMEM)
		log_error("%s", limits_strerror(err, why, sizeof(why)));
}

static int exit_status(int err)
{
	tell_memory(err);
	return err ? EXIT_FAILED : EXIT_OK;
}

/* What --help, --version and --features print. */
static int end_of_print(int status)
{
	bool failed = fflush(stdout) || ferror(stdout);
	/* Of an earlier write the errno may be a later one's, but mostly it is still there. */
	int err = failed ? errno ?: EIO : 0;

	if (!err || err == EPIPE)
		return status;
	log_error("cannot write: %s", strerror(err));
	return EXIT_FAILED;
}

/*
 * count() with messages that wait for nobody: a terminal that is stopped stops stderr, too. Without memory for that they are written as
 * ever.
 */
static int count_and_tell(const struct options *options, struct features *features,
			  enum verify_result *ret_result)
{
	const struct outlet_opts opts = { .fd = STDERR_FILENO, .keep_bytes = MESSAGES_BYTES };
	__cleanup(cleanup_outlet) struct outlet *messages = NULL;
	struct ending ending;
	int err;

	if (!outlet__open(&opts, &messages))
		log_set_outlet(messages);
	err = count(options, features, ret_result);
	tell_memory(err);
	log_set_outlet(NULL);
	ending__begin(&ending);
	ending.stall_ns = MESSAGES_STALL_NS;
	if (messages)
		ending__drain(&ending, messages);
	return err;
}

int main(int argc, char **argv)
{
	__cleanup(cleanup_options) struct options *options = NULL;
	enum verify_result result = VERIFY_RESULT_OK;
	__cleanup(features__forget_types) struct features features = { 0 };
	int err;

	if (check_streams())
		return EXIT_FAILED;
	setlocale(LC_CTYPE, "");
	err = options__parse(argc, argv, &options);
	if (err > 0)
		return end_of_print(EXIT_OK);
	if (err)
		return err == -EINVAL ? EXIT_USAGE : exit_status(err);
	log_set_level(LOG_LEVEL_WARNING + options->verbose);
	privileges_seal();
	if (options->replay)
		return exit_status(replay_run(options));
	hold_hangups(options);
	limits_raise();
	features__probe(&features);
	if (options->features) {
		print_features(&features);
		return end_of_print(exit_status(print_stats_sources(options, &features)));
	}
	err = count_and_tell(options, &features, &result);
	if (err)
		return EXIT_FAILED;
	return result == VERIFY_RESULT_NONE ? EXIT_NOTHING
	       : result == VERIFY_RESULT_OK ? EXIT_OK
					    : EXIT_FAILED;
}
