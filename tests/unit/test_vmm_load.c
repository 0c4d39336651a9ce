// SPDX-License-Identifier: GPL-2.0
/* vmm_load: the texts of /proc and of control groups, hostile ones, too; and a made-up host with VMs in them. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../user/model/load.h"
#include "../../user/model/scope.h"
#include "../../user/model/snapshot.h"
#include "../../user/sources/vmm_load.h"
#include "../../user/sources/vmm_load_parse.h"

/* ---- texts */

static void quotas(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		uint32_t pct;
	} cases[] = {
		{ "max 100000\n", true, 0 },
		{ "150000 100000\n", true, 150 },
		{ "1000 1000000\n", true, 1 },
		{ "1000 100000", true, 1 },
		{ "50000 100000\n", true, 50 },
		{ "", false, 0 },
		{ "max", false, 0 },
		{ "maximum 1\n", false, 0 },
		{ "100000 0\n", false, 0 },
		{ "100000\n", false, 0 },
		{ "-1 100000\n", false, 0 },
		{ "100000 -1\n", false, 0 },
		{ " 1 1\n", false, 0 },
		{ "18446744073709551615 1\n", false, 0 },
		{ "99999999999 1\n", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t pct = 7;

		assert_int_equal(vmm_load_parse_cpu_max(cases[i].text, &pct), cases[i].ok);
		assert_int_equal(pct, cases[i].ok ? cases[i].pct : 7);
	}
}

static void throttled(void **state)
{
	uint64_t n = 0, us = 0;

	(void)state;
	assert_true(vmm_load_parse_cpu_stat("usage_usec 9\nnr_periods 8\nnr_throttled 5\n"
					    "throttled_usec 12345\nnr_bursts 0\n",
					    &n, &us));
	assert_int_equal(n, 5);
	assert_int_equal(us, 12345);
	assert_false(vmm_load_parse_cpu_stat("usage_usec 9\nuser_usec 8\n", &n, &us));
	assert_false(vmm_load_parse_cpu_stat("nr_throttled 5\n", &n, &us));
	assert_false(vmm_load_parse_cpu_stat("x nr_throttled 5\nthrottled_usec 1\n", &n, &us));
	assert_false(vmm_load_parse_cpu_stat("nr_throttled \nthrottled_usec 1\n", &n, &us));
	assert_false(vmm_load_parse_cpu_stat("nr_throttled 1\nthrottled_usec "
					     "18446744073709551615\n",
					     &n, &us));
	assert_int_equal(us, 12345);
}

static void pressures(void **state)
{
	uint64_t some = 0, full = 0;

	(void)state;
	assert_true(vmm_load_parse_pressure("some avg10=0.00 avg60=1.00 avg300=0.00 total=77\n"
					    "full avg10=0.00 avg60=0.00 avg300=0.00 total=11\n",
					    &some, &full));
	assert_int_equal(some, 77);
	assert_int_equal(full, 11);
	assert_false(vmm_load_parse_pressure("some avg10=0.00\nfull total=11\n", &some, &full));
	assert_false(vmm_load_parse_pressure("some total=1\n", &some, &full));
	assert_false(vmm_load_parse_pressure("some total=x\nfull total=2\n", &some, &full));
	assert_false(vmm_load_parse_pressure("", &some, &full));
	assert_int_equal(some, 77);
}

static void statuses(void **state)
{
	static const char text[] =
		"Name:\tVmSwap: 9\nThreads:\t7\nVmSwap:\t      12 kB\nCpus_allowed:\tff\n"
		"Cpus_allowed_list:\t0-2,5,8191\nMems_allowed:\t1\n";
	struct cpu_set set = { { 0 } };
	uint64_t bytes = 0;
	uint32_t threads = 0;

	(void)state;
	assert_true(vmm_load_parse_swap(text, &bytes));
	assert_int_equal(bytes, 12 * 1024);
	assert_true(vmm_load_parse_stopped("Name:\tx\nState:\tT (stopped)\n"));
	assert_true(vmm_load_parse_stopped("Name:\tx\nState:\tt (tracing stop)\n"));
	assert_false(vmm_load_parse_stopped("Name:\tT\nState:\tS (sleeping)\nTgid:\t1\n"));
	assert_false(vmm_load_parse_stopped(text));
	assert_true(vmm_load_parse_threads(text, &threads));
	assert_int_equal(threads, 7);
	assert_true(vmm_load_parse_cpus(text, &set));
	assert_int_equal(cpu_set__count(&set), 5);
	assert_true(vmm_load_parse_cpus("Cpus_allowed_list:\t1-3\n", &set));
	assert_int_equal(cpu_set__count(&set), 6);
	assert_false(vmm_load_parse_swap("Name:\tVmSwap: 9\n", &bytes));
	assert_false(vmm_load_parse_swap("VmSwap:\tnone\n", &bytes));
	assert_false(vmm_load_parse_swap("VmSwap:\t18446744073709551615 kB\n", &bytes));
	assert_false(vmm_load_parse_threads("Threads:\t4294967296\n", &threads));
}

static void cpu_lists(void **state)
{
	static const char *const wrong[] = { "",     "8192", "0-8192", "3-1", "1,",  ",1",
					     "1--2", "1-",   "-1",     "1 2", "1;2", "1-2-3" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct cpu_set set = { { 0 } };
		char text[64];

		snprintf(text, sizeof(text), "Cpus_allowed_list:\t%s\n", wrong[i]);
		assert_false(vmm_load_parse_cpus(text, &set));
		assert_int_equal(cpu_set__count(&set), 0);
	}
}

static void schedstats(void **state)
{
	uint64_t run = 0, delay = 0;

	(void)state;
	assert_true(vmm_load_parse_schedstat("5 7 1\n", &run, &delay));
	assert_int_equal(run, 5);
	assert_int_equal(delay, 7);
	assert_false(vmm_load_parse_schedstat("0 0 0\n", &run, &delay));
	assert_false(vmm_load_parse_schedstat("9 9\n", &run, &delay));
	assert_false(vmm_load_parse_schedstat("9 -9 1\n", &run, &delay));
	assert_false(vmm_load_parse_schedstat("", &run, &delay));
	assert_int_equal(run, 5);
}

static void groups_of_threads(void **state)
{
	static const struct {
		const char *text, *path;
	} cases[] = {
		{ "0::/machine.slice/a.scope\n", "/machine.slice/a.scope" },
		{ "4:memory:/x\n0::/\n", "/" },
		{ "0::/a b (deleted)", "/a b (deleted)" },
		{ "4:memory:/x\n", NULL },
		{ "0::\n", NULL },
		{ "0::x\n", NULL },
		{ "0::/../x\n", NULL },
		{ "0::/x/..\n", NULL },
		{ "0::/x/../../../etc\n", NULL },
		{ "0::/..x\n", "/..x" },
		{ "0::/this path is longer than the buffer\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char path[32] = "";

		assert_int_equal(vmm_load_parse_cgroup(cases[i].text, path, sizeof(path)),
				 cases[i].path != NULL);
		if (cases[i].path)
			assert_string_equal(path, cases[i].path);
	}
}

static void paths_of_groups(void **state)
{
	char path[] = "/machine.slice/a.scope/libvirt";
	int tid = 0;

	(void)state;
	assert_false(cgroup_path__is_unit(path));
	assert_true(cgroup_path__up(path));
	assert_true(cgroup_path__is_unit(path));
	assert_true(cgroup_path__up(path));
	assert_false(cgroup_path__is_unit(path));
	assert_false(cgroup_path__up(path));
	assert_false(cgroup_path__is_unit("/a.scope/b"));
	assert_true(cgroup_path__is_unit("/b.service"));
	assert_true(vmm_load_parse_vhost("vhost-123\n", &tid));
	assert_int_equal(tid, 123);
	assert_false(vmm_load_parse_vhost("vhost-123x\n", &tid));
	assert_false(vmm_load_parse_vhost("vhost--1\n", &tid));
	assert_false(vmm_load_parse_vhost("vhost-99999999999\n", &tid));
	assert_false(vmm_load_parse_vhost("kworker/1\n", &tid));
}

/* ---- a host */

struct host {
	char root[64], proc[80], cgroup[80];
	struct scope scope;
	struct vmm_load_source *source;
	struct vcpu_sample vcpus[2];
	struct snapshot snapshot;
};

__attribute__((format(printf, 3, 4))) static void put(const struct host *h, const char *name,
						      const char *format, ...)
{
	char path[512];
	va_list args;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", h->root, name);
	for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		mkdir(path, 0700);
		*p = '/';
	}
	f = fopen(path, "w");
	assert_non_null(f);
	va_start(args, format);
	vfprintf(f, format, args);
	va_end(args);
	fclose(f);
}

static void put_thread(const struct host *h, int tid, const char *group, int run, int delay)
{
	char name[128];

	snprintf(name, sizeof(name), "proc/100/task/%d/schedstat", tid);
	put(h, name, "%d %d 1\n", run, delay);
	snprintf(name, sizeof(name), "proc/100/task/%d/cgroup", tid);
	put(h, name, "0::%s\n", group);
	snprintf(name, sizeof(name), "proc/100/task/%d/status", tid);
	put(h, name, "Cpus_allowed_list:\t%d\n", tid % 2);
}

static void put_status(const struct host *h, int threads, int swap_kib)
{
	put(h, "proc/100/status", "Threads:\t%d\nVmSwap:\t%d kB\n", threads, swap_kib);
}

static void put_group(const struct host *h, const char *group, const char *max, int n, int us)
{
	char name[256];

	snprintf(name, sizeof(name), "cgroup%s/cpu.max", group);
	put(h, name, "%s 100000\n", max);
	snprintf(name, sizeof(name), "cgroup%s/cpu.stat", group);
	put(h, name, "usage_usec 1\nnr_throttled %d\nthrottled_usec %d\n", n, us);
}

#define SCOPE "/machine.slice/a.scope"

/* A VMM as libvirt starts it: 100 and 105 are its own threads, 102 and 103 vCPUs. */
static void host__init(struct host *h)
{
	memset(h, 0, sizeof(*h));
	snprintf(h->root, sizeof(h->root), "/tmp/test_vmm_load.XXXXXX");
	assert_non_null(mkdtemp(h->root));
	snprintf(h->proc, sizeof(h->proc), "%s/proc", h->root);
	snprintf(h->cgroup, sizeof(h->cgroup), "%s/cgroup", h->root);
	put_status(h, 4, 0);
	put_thread(h, 100, SCOPE "/libvirt/emulator", 1000, 100);
	put_thread(h, 102, SCOPE "/libvirt/vcpu0", 5000, 500);
	put_thread(h, 103, SCOPE "/libvirt/vcpu1", 5000, 500);
	put_thread(h, 105, SCOPE "/libvirt/emulator", 2000, 200);
	put_group(h, SCOPE "/libvirt/emulator", "max", 0, 0);
	put_group(h, SCOPE "/libvirt/vcpu0", "50000", 10, 1000);
	put_group(h, SCOPE "/libvirt/vcpu1", "50000", 10, 1000);
	put_group(h, SCOPE "/libvirt", "max", 0, 0);
	put_group(h, SCOPE, "150000", 3, 300);
	put_group(h, "/machine.slice", "10000", 77, 7777); /* others' too */
	put(h, "cgroup" SCOPE "/memory.pressure",
	    "some avg10=0.00 total=10\nfull avg10=0.00 total=5\n");
	h->vcpus[0] = (struct vcpu_sample){ .vcpu_id = 0, .tid = 102 };
	h->vcpus[1] = (struct vcpu_sample){ .vcpu_id = 1, .tid = 103 };
	h->snapshot.mono_ns = SEC_NS;
}

static void open_source(struct host *h)
{
	const struct vmm_load_opts opts = { h->proc, h->cgroup, &h->scope };

	assert_int_equal(vmm_load_source__new(&opts, &h->source), 0);
}

/* A second later. */
static struct vmm_load read_load(struct host *h)
{
	struct vm_sample vm = { .key = 9, .pid = 100, .vcpus = h->vcpus, .n_vcpus = 2 };

	if (!h->source)
		open_source(h);
	h->snapshot.vms = &vm;
	h->snapshot.n_vms = 1;
	assert_int_equal(vmm_load_source__read(h->source, &h->snapshot), 0);
	h->snapshot.mono_ns += SEC_NS;
	return vm.load;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void host__done(struct host *h)
{
	vmm_load_source__free(h->source);
	nftw(h->root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void quota_of_groups(void **state)
{
	struct vmm_load first, second, third;
	struct host h;

	(void)state;
	host__init(&h);
	first = read_load(&h);
	assert_true(first.quota_known);
	assert_int_equal(first.throttled_ns, 0);
	assert_int_equal(first.quota_pct, 50);
	assert_int_equal(first.vcpus, 2);
	put_group(&h, SCOPE "/libvirt/vcpu0", "50000", 12, 1500);
	put_group(&h, SCOPE, "150000", 4, 400);
	put_group(&h, "/machine.slice", "10000", 99, 9999);
	second = read_load(&h);
	assert_true(second.quota_known);
	assert_int_equal(second.throttles, 3);
	assert_int_equal(second.throttled_ns, 600000);
	/* One that gets a limit later is found at a look, and what it held back until then counts. */
	put_group(&h, SCOPE "/libvirt/emulator", "20000", 1, 50);
	h.snapshot.mono_ns += 20 * SEC_NS;
	third = read_load(&h);
	assert_int_equal(third.throttles, 4);
	assert_int_equal(third.throttled_ns, 650000);
	assert_int_equal(third.quota_pct, 20);
	host__done(&h);
}

/* Neither is a group without the controller, where what is above limits it. */
static void no_controller(void **state)
{
	struct host h;
	char path[256];

	(void)state;
	host__init(&h);
	for (int tid = 100; tid < 106; tid++)
		put_thread(&h, tid, "/user.slice/x", 1, 1);
	put_group(&h, "/user.slice/x", "max", 0, 0);
	snprintf(path, sizeof(path), "%s/user.slice/x/cpu.max", h.cgroup);
	assert_int_equal(unlink(path), 0);
	put(&h, "cgroup/user.slice/x/cpu.stat", "usage_usec 1\n");
	put_group(&h, "/user.slice", "70000", 5, 500);
	assert_int_equal(read_load(&h).quota_pct, 70);
	put_group(&h, "/user.slice", "70000", 6, 700);
	assert_int_equal(read_load(&h).throttled_ns, 200000);
	host__done(&h);
}

static void not_known(void **state)
{
	struct vmm_load load;
	struct host h;

	(void)state;
	host__init(&h);
	/* Control groups of version 1. */
	for (int tid = 100; tid < 106; tid++)
		put_thread(&h, tid, "/nowhere", 0, 0);
	for (int tid = 100; tid < 106; tid++) {
		char name[128];

		snprintf(name, sizeof(name), "proc/100/task/%d/schedstat", tid);
		put(&h, name, "0 0 0\n");
	}
	put(&h, "proc/100/task/102/status", "Name:\tx\n");
	load = read_load(&h);
	assert_false(load.quota_known);
	assert_false(load.pressure_known);
	assert_false(load.aux_known);
	assert_true(load.swap_known);
	assert_int_equal(load.cpus_allowed, 0);
	/* Nor is anything of one that is gone. */
	h.vcpus[0].tid = 102;
	host__done(&h);
	host__init(&h);
	{
		struct vm_sample vm = { .key = 1, .pid = 555, .vcpus = h.vcpus, .n_vcpus = 2 };

		open_source(&h);
		h.snapshot.vms = &vm;
		h.snapshot.n_vms = 1;
		assert_int_equal(vmm_load_source__read(h.source, &h.snapshot), 0);
		assert_memory_equal(&vm.load, &(struct vmm_load){ 0 }, sizeof(vm.load));
	}
	host__done(&h);
}

/* With --vcpu the others' threads would look like helpers. */
static void some_vcpus(void **state)
{
	struct vmm_load load;
	struct host h;

	(void)state;
	host__init(&h);
	assert_int_equal(scope__add_vcpu(&h.scope, 0), 0);
	load = read_load(&h);
	assert_false(load.aux_known);
	assert_int_equal(load.vcpus, 0);
	assert_int_equal(load.cpus_allowed, 0);
	scope__done(&h.scope);
	host__done(&h);
}

static void other_threads(void **state)
{
	struct vmm_load load;
	char path[256];
	struct host h;

	(void)state;
	host__init(&h);
	load = read_load(&h);
	assert_true(load.aux_known);
	assert_int_equal(load.aux_threads, 2);
	assert_int_equal(load.aux_run_ns, 0);
	assert_int_equal(load.cpus_allowed, 2);
	/* What one does that began meanwhile counts from its beginning. */
	put_thread(&h, 100, SCOPE "/libvirt/emulator", 1300, 110);
	put_thread(&h, 102, SCOPE "/libvirt/vcpu0", 9000, 900);
	put_thread(&h, 107, SCOPE "/libvirt/emulator", 40, 4);
	put_status(&h, 5, 8);
	load = read_load(&h);
	assert_true(load.aux_known);
	assert_int_equal(load.aux_threads, 3);
	assert_int_equal(load.aux_run_ns, 340);
	assert_int_equal(load.aux_delay_ns, 14);
	assert_int_equal(load.swap_bytes, 8192);
	/* What one has done that ends stays. */
	snprintf(path, sizeof(path), "%s/100/task/107", h.proc);
	nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	put_status(&h, 4, 0);
	load = read_load(&h);
	assert_true(load.aux_known);
	assert_int_equal(load.aux_threads, 2);
	assert_int_equal(load.aux_run_ns, 340);
	host__done(&h);
}

/* Before 6.4 vhost's threads are the kernel's; it puts them into the group of the VMM. */
static void vhost_threads(void **state)
{
	struct vmm_load load;
	struct host h;

	(void)state;
	host__init(&h);
	put(&h, "cgroup" SCOPE "/libvirt/emulator/cgroup.threads", "100\n105\n300\n301\n302\n30");
	put(&h, "proc/300/comm", "vhost-100\n");
	put(&h, "proc/300/schedstat", "70000 700 1\n");
	put(&h, "proc/301/comm", "vhost-555\n");
	put(&h, "proc/301/schedstat", "70000 700 1\n");
	put(&h, "proc/302/comm", "bash\n");
	load = read_load(&h);
	assert_true(load.aux_known);
	assert_int_equal(load.aux_threads, 3);
	assert_int_equal(load.aux_run_ns, 0);
	put(&h, "proc/300/schedstat", "70500 750 1\n");
	load = read_load(&h);
	assert_int_equal(load.aux_run_ns, 500);
	assert_int_equal(load.aux_delay_ns, 50);
	host__done(&h);
}

#define MANY 1000

/* A thousand VMs: once they are known, a reading is a system call for each file. */
static void cost(void **state)
{
	static struct vm_sample vms[MANY];
	struct rlimit limit, raised;
	uint64_t first, second, more;
	struct host h;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	raised = limit;
	raised.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &raised);
	if (raised.rlim_cur < 20 * MANY)
		skip();
	host__init(&h);
	open_source(&h);
	for (size_t i = 0; i < MANY; i++)
		vms[i] = (struct vm_sample){
			.key = 10 * (i + 1), .pid = 100, .vcpus = h.vcpus, .n_vcpus = 2
		};
	h.snapshot.vms = vms;
	h.snapshot.n_vms = MANY;
	assert_int_equal(vmm_load_source__read(h.source, &h.snapshot), 0);
	first = vmm_load_source__calls(h.source);
	assert_int_equal(vmm_load_source__read(h.source, &h.snapshot), 0);
	second = vmm_load_source__calls(h.source) - first;
	/* status, memory.pressure, two threads, three groups with a limit */
	assert_int_equal(second, 7 * MANY);
	h.snapshot.mono_ns += 2 * SEC_NS;
	assert_int_equal(vmm_load_source__read(h.source, &h.snapshot), 0);
	more = vmm_load_source__calls(h.source) - first - second;
	print_message("%d VMs: %.1f system calls each at first, %.1f then, %.1f with a look\n",
		      MANY, (double)first / MANY, (double)second / MANY, (double)more / MANY);
	assert_true(first <= 70 * MANY && more <= 70 * MANY);
	host__done(&h);
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* Without room for so many files each is opened anew, and the values are the same. */
static void few_files(void **state)
{
	struct rlimit limit, low;
	struct vmm_load load;
	struct host h;

	(void)state;
	host__init(&h);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	low = limit;
	low.rlim_cur = 20;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	for (int i = 0; i < 8; i++)
		assert_true(dup(0) >= 0 || dup(2) >= 0);
	open_source(&h);
	read_load(&h);
	put_thread(&h, 100, SCOPE "/libvirt/emulator", 1300, 110);
	put_group(&h, SCOPE, "150000", 4, 400);
	load = read_load(&h);
	assert_true(load.aux_known && load.quota_known && load.pressure_known);
	assert_int_equal(load.aux_run_ns, 300);
	assert_int_equal(load.throttled_ns, 100000);
	setrlimit(RLIMIT_NOFILE, &limit);
	host__done(&h);
}

/* ---- deltas */

static void deltas(void **state)
{
	const struct vmm_load a = { .quota_known = true,
				    .throttled_ns = 1000,
				    .throttles = 5,
				    .vcpus = 4,
				    .aux_known = true,
				    .aux_run_ns = 7,
				    .pressure_known = true,
				    .swap_known = true,
				    .swap_bytes = 4096,
				    .cpus_allowed = 3 };
	struct vmm_load b = a;
	struct frame_load d;

	(void)state;
	b.throttled_ns += 2 * SEC_NS;
	b.throttles += 20;
	b.quota_pct = 150;
	b.aux_run_ns += 3 * SEC_NS;
	b.aux_delay_ns += SEC_NS / 2;
	b.memory_some_ns = SEC_NS;
	load__delta(&a, &b, 2, &d);
	assert_true(d.quota_valid && d.aux_valid && d.pressure_valid && d.swap_known);
	assert_int_equal(d.throttled_pct, 25);
	assert_int_equal(d.throttles_per_s, 10);
	assert_int_equal(d.quota_pct, 150);
	assert_int_equal(d.aux_pct, 150);
	assert_int_equal(d.aux_delay_pct, 25);
	assert_int_equal(d.memory_some_pct, 50);
	assert_int_equal(d.memory_full_pct, 0);
	assert_int_equal(d.swap_bytes, 4096);
	/* Throttling that is found late cannot be more than all. */
	b.throttled_ns += 100 * SEC_NS;
	load__delta(&a, &b, 2, &d);
	assert_int_equal(d.throttled_pct, 100);
	/* New, unknown, backwards, without vCPUs: no growth is known. */
	load__delta(NULL, &b, 2, &d);
	assert_false(d.quota_valid || d.aux_valid || d.pressure_valid);
	assert_true(d.swap_known);
	assert_int_equal(d.cpus_allowed, 3);
	load__delta(&b, &a, 2, &d);
	assert_false(d.quota_valid || d.aux_valid || d.pressure_valid);
	b.vcpus = 0;
	b.aux_known = false;
	load__delta(&a, &b, 2, &d);
	assert_false(d.quota_valid || d.aux_valid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotas),
		cmocka_unit_test(throttled),
		cmocka_unit_test(pressures),
		cmocka_unit_test(statuses),
		cmocka_unit_test(cpu_lists),
		cmocka_unit_test(schedstats),
		cmocka_unit_test(groups_of_threads),
		cmocka_unit_test(paths_of_groups),
		cmocka_unit_test(quota_of_groups),
		cmocka_unit_test(no_controller),
		cmocka_unit_test(not_known),
		cmocka_unit_test(some_vcpus),
		cmocka_unit_test(other_threads),
		cmocka_unit_test(vhost_threads),
		cmocka_unit_test(deltas),
		cmocka_unit_test(cost),
		cmocka_unit_test(few_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
