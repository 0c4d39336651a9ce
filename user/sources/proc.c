// SPDX-License-Identifier: GPL-2.0
/*
 * proc: what /proc knows of a VMM.
 */
#include "proc.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "vmm_file.h"

/* Longest file that is read; libvirt's command lines have some 20 KiB. */
#define FILE_MAX (1u << 20)

/* What a link in /proc/PID/fd says of KVM's fds: virt/kvm/kvm_main.c */
#define LINK_VM "anon_inode:kvm-vm"
#define LINK_VCPU "anon_inode:kvm-vcpu:"

/* A process that ends while it is read fails with either of the two. */
static int proc_error(int err)
{
	return err == ENOENT || err == ESRCH ? -ESRCH : -err;
}

static int open_pid(const char *proc_root, pid_t pid, int *ret_fd)
{
	__autofree char *path = NULL;
	int fd;

	if (asprintf(&path, "%s/%d", proc_root, (int)pid) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return proc_error(errno);
	*ret_fd = fd;
	return 0;
}

/* The whole of a file of the process, NUL-terminated behind its @ret_len bytes. */
static int read_file(int pid_fd, const char *name, char **ret_text, size_t *ret_len)
{
	int fd __autoclose = openat(pid_fd, name, O_RDONLY | O_CLOEXEC);
	__autofree char *text = NULL;
	size_t len = 0, room = 0;
	ssize_t n = 1;

	if (fd < 0)
		return proc_error(errno);
	while (n > 0 && len < FILE_MAX) {
		if (len + 1 >= room) {
			char *bigger = realloc(text, room + 4096);

			if (!bigger)
				return -ENOMEM;
			text = bigger;
			room += 4096;
		}
		n = read(fd, text + len, room - len - 1);
		if (n < 0)
			return proc_error(errno);
		len += (size_t)n;
	}
	text[len] = '\0';
	*ret_text = take_ptr(text);
	*ret_len = len;
	return 0;
}

int proc_read_ioports(const char *proc_root, char **ret_text, size_t *ret_len)
{
	int fd __autoclose = open(proc_root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : read_file(fd, "ioports", ret_text, ret_len);
}

struct stat_fields {
	char state;
	long num_threads;
	uint64_t start_ticks;
};

/*
 * "PID (COMM) STATE ...": COMM may hold anything, even ')' and spaces, so the fields count from the
 * last ')'. The state is field 3, the number of threads 20, the start 22 (proc(5)).
 */
static int read_stat(int pid_fd, struct stat_fields *ret_fields)
{
	__autofree char *text = NULL;
	struct stat_fields f = { 0 };
	const char *p;
	size_t len;
	int err = read_file(pid_fd, "stat", &text, &len);

	if (err)
		return err;
	p = strrchr(text, ')');
	if (!p || sscanf(p + 1,
			 " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %ld "
			 "%*s %" SCNu64,
			 &f.state, &f.num_threads, &f.start_ticks) != 3)
		return -EINVAL;
	*ret_fields = f;
	return 0;
}

/* A file that may be missing or not ours to read: NULL then. */
static int read_optional(int pid_fd, const char *name, char **ret_text, size_t *ret_len)
{
	int err = read_file(pid_fd, name, ret_text, ret_len);

	return err == -ENOMEM ? err : 0;
}

void vmm_info__release(struct vmm_info *info)
{
	free(info->name);
	free(info->comm);
	for (size_t i = 0; i < VM_ALIAS_MAX; i++)
		free(info->aliases[i]);
	*info = (struct vmm_info){ 0 };
}

/* Of a file that the command line names, or of the command line and the control group. */
static char *read_name(const char *proc_root, pid_t pid, const char *cmdline, size_t len,
		       const char *cgroup)
{
	__autofree char *path = vmm_config_path(cmdline, len);
	__autofree char *config = path ? vmm_file_read(proc_root, pid, path) : NULL;
	char *name = config ? vmm_config_name(config) : NULL;

	return name ? name : vmm_name_parse(cmdline, len, cgroup);
}

int proc_vmm_read(const char *proc_root, pid_t pid, struct vmm_info *ret_info)
{
	int pid_fd __autoclose = -1;
	__autofree char *cmdline = NULL, *cgroup = NULL, *comm = NULL;
	size_t cmdline_len = 0, cgroup_len = 0, comm_len = 0;
	struct stat_fields fields;
	int err;

	/* one directory for all files, so that they are of one process even when the pid is reused */
	err = open_pid(proc_root, pid, &pid_fd);
	if (!err)
		err = read_stat(pid_fd, &fields);
	if (!err)
		err = read_optional(pid_fd, "cmdline", &cmdline, &cmdline_len);
	if (!err)
		err = read_optional(pid_fd, "cgroup", &cgroup, &cgroup_len);
	if (!err)
		err = read_optional(pid_fd, "comm", &comm, &comm_len);
	if (err)
		return err;
	if (comm && comm_len && comm[comm_len - 1] == '\n')
		comm[comm_len - 1] = '\0';
	if (comm)
		fmt_limit(comm);
	ret_info->name = read_name(proc_root, pid, cmdline, cmdline_len, cgroup);
	for (int i = 0; i < VM_ALIAS_MAX; i++)
		ret_info->aliases[i] = vmm_alias_parse(cmdline, cmdline_len, (enum vm_alias)i);
	ret_info->comm = take_ptr(comm);
	ret_info->start_ticks = fields.start_ticks;
	return 0;
}

/* kvm_vcpu_block, or kvm_vcpu_halt around it (virt/kvm/kvm_main.c). */
static bool is_halt(const char *wchan)
{
	return !strncmp(wchan, "kvm_vcpu_block", 14) || !strncmp(wchan, "kvm_vcpu_halt", 13);
}

void proc_thread_sleep(const char *proc_root, pid_t pid, pid_t tid, struct thread_sleep *ret_sleep)
{
	char path[PATH_MAX], wchan[64] = "";
	int fd __autoclose = -1;

	*ret_sleep = (struct thread_sleep){ .in_halt = false };
	snprintf(path, sizeof(path), "%s/%d/task/%d/wchan", proc_root, pid, tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, wchan, sizeof(wchan) - 1) < 0)
		return;
	ret_sleep->in_halt = is_halt(wchan);
	ret_sleep->in_fault = !strncmp(wchan, "handle_userfault", 16);
}

bool proc_has_thread(const char *proc_root, pid_t pid, pid_t tid)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%d/task/%d", proc_root, pid, tid);
	return !access(path, F_OK) || errno != ENOENT;
}

bool proc_has_run_delay(const char *proc_root)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/self/schedstat", proc_root);
	return !access(path, F_OK);
}

int proc_process_of(const char *proc_root, pid_t tid, pid_t *ret_pid)
{
	int pid_fd __autoclose = -1;
	__autofree char *text = NULL;
	const char *line;
	size_t len;
	int err = open_pid(proc_root, tid, &pid_fd);

	if (!err)
		err = read_file(pid_fd, "status", &text, &len);
	if (err)
		return err;
	/* The first line is the name, in which line feeds are escaped (proc_task_name in fs/proc/array.c). */
	line = strstr(text, "\nTgid:");
	return line && sscanf(line, "\nTgid: %d", ret_pid) == 1 ? 0 : -EINVAL;
}

/* hidepid= hides processes of others from /proc, but not from a signal. */
static bool hidden(const char *proc_root, pid_t pid)
{
	return !strcmp(proc_root, PROC_ROOT) && (!kill(pid, 0) || errno == EPERM);
}

bool proc_alive(const char *proc_root, pid_t pid, uint64_t start_ticks)
{
	int pid_fd __autoclose = -1;
	struct stat_fields fields;
	int err;

	err = open_pid(proc_root, pid, &pid_fd);
	if (!err)
		err = read_stat(pid_fd, &fields);
	if (err)
		return err != -ESRCH || hidden(proc_root, pid);
	if (fields.start_ticks != start_ticks)
		return false;
	/* a main thread that has ended is a zombie while the others, maybe the vCPUs, run on */
	return (fields.state != 'Z' && fields.state != 'X') || fields.num_threads > 1;
}

/* What is looked for among a process' fds. @take gets each fd with its link, and 0, or stops by an error. */
struct fd_visitor {
	int (*take)(struct fd_visitor *visitor, int fd, const char *link);
	int *values; /* sorted, no value twice */
	size_t n;
};

static int visitor_add(struct fd_visitor *visitor, int value)
{
	int *values;
	size_t i = 0;

	while (i < visitor->n && visitor->values[i] < value)
		i++;
	if (i < visitor->n && visitor->values[i] == value)
		return 0;
	values = reallocarray(visitor->values, visitor->n + 1, sizeof(*values));
	if (!values)
		return -ENOMEM;
	memmove(values + i + 1, values + i, (visitor->n - i) * sizeof(*values));
	values[i] = value;
	visitor->values = values;
	visitor->n++;
	return 0;
}

static int take_vm_fd(struct fd_visitor *visitor, int fd, const char *link)
{
	return strcmp(link, LINK_VM) ? 0 : visitor_add(visitor, fd);
}

static int take_vcpu_id(struct fd_visitor *visitor, int fd, const char *link)
{
	size_t len = strlen(LINK_VCPU);

	(void)fd;
	/* "kvm-vcpu-stats:N" is another kind of fd */
	return strncmp(link, LINK_VCPU, len) ? 0 : visitor_add(visitor, atoi(link + len));
}

/* A VM that runs on without its own fd has vCPUs' ones. */
static int take_any(struct fd_visitor *visitor, int fd, const char *link)
{
	(void)fd;
	return strcmp(link, LINK_VM) && strncmp(link, LINK_VCPU, strlen(LINK_VCPU))
		       ? 0
		       : visitor_add(visitor, 1);
}

static bool parse_number(const char *name, int *ret_number)
{
	char *end;
	long v;

	if (!isdigit((unsigned char)*name))
		return false;
	errno = 0;
	v = strtol(name, &end, 10);
	if (*end || errno || v > INT_MAX)
		return false;
	*ret_number = (int)v;
	return true;
}

static int open_dir(int at, const char *name, DIR **ret_dir)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir;

	if (fd < 0)
		return proc_error(errno);
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return -ENOMEM;
	}
	*ret_dir = dir;
	return 0;
}

static int visit_fds(const char *proc_root, pid_t pid, struct fd_visitor *visitor)
{
	int pid_fd __autoclose = -1;
	DIR *dir __autoclosedir = NULL;
	struct dirent *entry;
	int err = open_pid(proc_root, pid, &pid_fd);

	if (!err)
		err = open_dir(pid_fd, "fd", &dir);
	while (!err && (entry = readdir(dir))) {
		char link[64]; /* KVM's are short; a longer one is cut and matches nothing */
		ssize_t len;
		int fd;

		if (!parse_number(entry->d_name, &fd))
			continue;
		len = readlinkat(dirfd(dir), entry->d_name, link, sizeof(link) - 1);
		if (len < 0 && (errno == EACCES || errno == EPERM))
			return -EACCES; /* the directory may be ours to list and the links not */
		if (len < 0)
			continue; /* closed in the meantime */
		link[len] = '\0';
		err = visitor->take(visitor, fd, link);
	}
	return err;
}

int proc_kvm_vm_fds(const char *proc_root, pid_t pid, int **ret_fds, size_t *ret_n)
{
	struct fd_visitor visitor = { .take = take_vm_fd };
	int err = visit_fds(proc_root, pid, &visitor);

	if (err) {
		free(visitor.values);
		return err;
	}
	*ret_fds = visitor.values;
	*ret_n = visitor.n;
	return 0;
}

int proc_vcpu_count(const char *proc_root, pid_t pid, size_t *ret_n)
{
	struct fd_visitor visitor = { .take = take_vcpu_id };
	int err = visit_fds(proc_root, pid, &visitor);

	free(visitor.values);
	if (err)
		return err;
	*ret_n = visitor.n;
	return 0;
}

int proc_is_vmm(const char *proc_root, pid_t pid, bool *ret_is_vmm)
{
	struct fd_visitor visitor = { .take = take_any };
	int err = visit_fds(proc_root, pid, &visitor);

	free(visitor.values);
	if (!err)
		*ret_is_vmm = visitor.n;
	return err;
}

/* Appends @pid when it holds a VM. What has ended meanwhile is no error. */
static int consider_pid(const char *proc_root, pid_t pid, struct fd_visitor *vmms, size_t *denied)
{
	bool is_vmm;
	int err = proc_is_vmm(proc_root, pid, &is_vmm);

	if (err == -EACCES)
		(*denied)++;
	if (err) /* that of a limit of ours is not about this process */
		return err == -ENOMEM || err == -EMFILE || err == -ENFILE ? err : 0;
	return is_vmm ? visitor_add(vmms, pid) : 0;
}

int proc_find_vmms(const char *proc_root, pid_t **ret_pids, size_t *ret_n, size_t *ret_denied)
{
	struct fd_visitor vmms = { 0 };
	DIR *dir __autoclosedir = opendir(proc_root);
	struct dirent *entry;
	size_t denied = 0;
	int err = 0, pid;

	_Static_assert(sizeof(pid_t) == sizeof(int), "pids are kept as ints");
	if (!dir)
		return -errno;
	while (!err && (entry = readdir(dir)))
		if (parse_number(entry->d_name, &pid))
			err = consider_pid(proc_root, pid, &vmms, &denied);
	if (err) {
		free(vmms.values);
		return err;
	}
	*ret_pids = vmms.values;
	*ret_n = vmms.n;
	*ret_denied = denied;
	return 0;
}
