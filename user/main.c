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

#include "base/cleanup.h"
#include "base/fmt.h"
#include "base/log.h"
#include "base/outlet.h"
#include "run/collection.h"
#include "run/counters.h"
#include "run/features_run.h"
#include "run/kvm_wait.h"
#include "run/live_run.h"
#include "model/frame.h"
#include "model/snapshot.h"
#include "options/command_line.h"
#include "options/options.h"
#include "run/privileges.h"
#include "run/recorder.h"
#include "run/replay_run.h"
#include "run/screen_open.h"
#include "run/signals.h"
#include "sources/bpf/drilldown.h"
#include "sources/features.h"
#include "sources/kvm_stats.h"
#include "sources/limits.h"
#include "run/verify_run.h"
#include "tui/term.h"

#define RECORD_BYTES_DEFAULT (UINT64_C(1) << 30)

/* Of messages that stderr does not take, and how long they are waited for after a signal. */
#define MESSAGES_BYTES (64u << 10)
#define MESSAGES_STALL_NS 200000000ull

enum { EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_NOTHING, EXIT_TO_ACT };

/* What a run without an error has found. */
struct outcome {
	enum verify_result verify;
	bool to_act; /* --why */
};

DEFINE_CLEANUP(options, struct options, options__free)
DEFINE_CLEANUP(recorder, struct recorder, recorder__close)
DEFINE_CLEANUP(term, struct term, term__close)
DEFINE_CLEANUP(outlet, struct outlet, outlet__close)

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
			 .details = collection__detail_names(parts->collection) },
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

static int run_live(const struct options *options, const struct features *features,
		    struct counters *counters, struct term *term, bool *ret_to_act)
{
	__cleanup(cleanup_recorder) struct recorder *recorder = NULL;
	struct utsname uts = { 0 };
	struct host_info host = { .cpus = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN) };
	struct live_parts parts = { .live = { .vms = &counters->vms,
					      .exits = counters->exits,
					      .stats = counters->stats },
				    .collection = counters->collection,
				    .host = &host,
				    .names = counters->names,
				    .types = features->types,
				    .term = term,
				    .isa = drilldown_isa() };
	int err;

	uname(&uts);
	host.name = uts.nodename;
	host.kernel = uts.release;
	host.arch = uts.machine;
	err = open_recorder(options, &parts, &recorder);
	parts.recorder = recorder;
	return err ? err : live_run(options, &parts, ret_to_act);
}

static int count(const struct options *options, struct features *features, struct term *term,
		 struct outcome *ret_outcome)
{
	__cleanup(counters__close) struct counters counters = { .names = NULL };
	int err = check_features(features);

	if (err)
		return err;
	if (!features->v[FEATURE_OTHERS].ok)
		log_warning("%s: %s", feature_name(FEATURE_OTHERS),
			    features->v[FEATURE_OTHERS].why);
	err = counters__open(options, features, &counters);
	if (err)
		return err;
	if (options->verify)
		return verify_run(options, features, counters.exits, counters.stats,
				  &ret_outcome->verify);
	if (!options->knobs.switch_at && !term) /* what is switched on is opened then */
		features__forget_types(features);
	return run_live(options, features, &counters, term, &ret_outcome->to_act);
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

/*
 * logrotate sends SIGHUP. One that comes before the log is open must not end us; it is taken when
 * there is a file to reopen.
 */
static void hold_hangups(const struct options *options)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	if (options->log_file)
		sigprocmask(SIG_BLOCK, &set, NULL);
}

/* No message was printed yet for what failed without memory. */
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
	log_error("cannot write to standard output: %s", strerror(err));
	return EXIT_FAILED;
}

/*
 * count() with messages that do not wait for a reader: a stopped terminal stops stderr, too.
 * Without memory for that they are written as ever.
 */
static int count_and_tell(const struct options *options, struct features *features,
			  struct term *term, struct outcome *ret_outcome)
{
	const struct outlet_opts opts = { .fd = STDERR_FILENO, .keep_bytes = MESSAGES_BYTES };
	__cleanup(cleanup_outlet) struct outlet *messages = NULL;
	struct ending ending;
	int err;

	if (!outlet__open(&opts, &messages))
		log_set_outlet(messages);
	err = count(options, features, term, ret_outcome);
	tell_memory(err);
	log_set_outlet(NULL);
	ending__begin(&ending);
	ending.stall_ns = MESSAGES_STALL_NS;
	if (messages)
		ending__drain(&ending, messages);
	return err;
}

static int status_of(const struct outcome *outcome)
{
	if (outcome->to_act)
		return EXIT_TO_ACT;
	return outcome->verify == VERIFY_RESULT_NONE ? EXIT_NOTHING
	       : outcome->verify == VERIFY_RESULT_OK ? EXIT_OK
						     : EXIT_FAILED;
}

/* What this host offers to a run that is no replay. */
static void probe(const struct options *options, struct features *features)
{
	hold_hangups(options);
	limits_raise();
	features__probe(features);
	if (!options->features)
		kvm_wait(options, features);
}

int main(int argc, char **argv)
{
	__cleanup(cleanup_options) struct options *options = NULL;
	__cleanup(cleanup_term) struct term *term = NULL;
	struct outcome outcome = { .verify = VERIFY_RESULT_OK };
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
	/* The first -v of --features is about what it prints. */
	log_set_level(LOG_LEVEL_WARNING + options->verbose -
		      (options->features && options->verbose));
	privileges_seal();
	if (!options->replay)
		probe(options, &features);
	if (options->features)
		return end_of_print(exit_status(features_run(options, &features)));
	err = screen_open(options, &term);
	if (err)
		return exit_status(err);
	if (options->replay) {
		err = replay_run(options, term, &outcome.to_act);
		return outcome.to_act ? EXIT_TO_ACT : exit_status(err);
	}
	err = count_and_tell(options, &features, term, &outcome);
	return err ? EXIT_FAILED : status_of(&outcome);
}
