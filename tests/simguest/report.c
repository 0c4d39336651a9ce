// SPDX-License-Identifier: GPL-2.0
/*
 * report - what an observer must have counted, and what KVM itself says, as JSON.
 */
#include <inttypes.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "simguest.h"

static void pread_all(int fd, void *buf, size_t len, off_t offset)
{
	if (pread(fd, buf, len, offset) != (ssize_t)len)
		die("cannot read KVM's statistics");
}

/* A number, or of a histogram all its buckets. */
static void print_kvm_stat(int fd, const struct kvm_stats_desc *desc, off_t offset)
{
	bool hist = (desc->flags & KVM_STATS_TYPE_MASK) == KVM_STATS_TYPE_LINEAR_HIST ||
		    (desc->flags & KVM_STATS_TYPE_MASK) == KVM_STATS_TYPE_LOG_HIST;
	unsigned int i;

	printf("\"%s\":%s", desc->name, hist ? "[" : "");
	for (i = 0; i < desc->size; i++) {
		uint64_t value;

		pread_all(fd, &value, sizeof(value), offset + i * sizeof(value));
		printf("%s%" PRIu64, i ? "," : "", value);
	}
	printf("%s", hist ? "]" : "");
}

/* Of a VM or vCPU. */
static void print_kvm_stats(int kvm_fd)
{
	int fd = ioctl(kvm_fd, KVM_GET_STATS_FD, 0);
	struct kvm_stats_header head;
	size_t desc_size;
	unsigned int i;

	if (fd < 0) {
		printf("null"); /* before 5.14 */
		return;
	}
	pread_all(fd, &head, sizeof(head), 0);
	desc_size = sizeof(struct kvm_stats_desc) + head.name_size;
	putchar('{');
	for (i = 0; i < head.num_desc; i++) {
		char buf[sizeof(struct kvm_stats_desc) + 256] __attribute__((aligned(8)));
		struct kvm_stats_desc *desc = (void *)buf;

		if (desc_size > sizeof(buf))
			die("the names of KVM's statistics are too long");
		pread_all(fd, buf, desc_size, head.desc_offset + i * desc_size);
		printf("%s", i ? "," : "");
		print_kvm_stat(fd, desc, head.data_offset + desc->offset);
	}
	putchar('}');
	close(fd);
}

/* Of the fastest pass: one that is shorter than a timer tick of the host can be free of noise. */
static void print_time(const struct vcpu *vcpu)
{
	const struct config *c = vcpu->cfg;
	uint64_t exits = 1 + c->rounds * guest_exits_per_round(c);

	printf(",\"time\":{\"ns\":%" PRIu64 ",\"exits\":%" PRIu64 ",\"ns_per_exit\":%.2f}",
	       vcpu->best_ns, exits, (double)vcpu->best_ns / exits);
}

void vcpu_print(const struct vcpu *vcpu, unsigned int generation)
{
	printf("{\"pid\":%d,\"tid\":%d,\"generation\":%u,\"vm\":%td,\"vm_fd\":%d,", getpid(),
	       vcpu->tid, generation, vcpu->vm - vcpu->fleet->vms, vcpu->vm->fd);
	printf("\"vcpu\":%u,", vcpu->id);
	guest_print_expect(vcpu);
	guest_print_user(vcpu);
	if (vcpu->cfg->time)
		print_time(vcpu);
	printf(",\"kvm_stats\":");
	print_kvm_stats(vcpu->fd);
	printf(",\"kvm_vm_stats\":");
	if (vcpu->vm->fd_closed)
		printf("null");
	else
		print_kvm_stats(vcpu->vm->fd);
	printf("}\n");
}
