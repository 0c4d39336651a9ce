// SPDX-License-Identifier: GPL-2.0
/*
 * empty: attaches an empty program to kvm_exit ("empty exit") or to kvm_exit and kvm_entry ("empty both"), says so on stdout,
 * and waits for a signal.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "empty.skel.h"

int main(int argc, char **argv)
{
	struct empty_bpf *skel = empty_bpf__open();

	if (!skel || argc != 2)
		return 2;
	if (strcmp(argv[1], "both"))
		bpf_program__set_autoload(skel->progs.empty_entry, false);
	if (empty_bpf__load(skel) || empty_bpf__attach(skel)) {
		fprintf(stderr, "empty: cannot load or attach\n");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
