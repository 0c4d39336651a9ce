// SPDX-License-Identifier: GPL-2.0
#include "kvm_wait.h"

#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "../arch/arch.h"
#include "../base/log.h"
#include "../options/options.h"
#include "../sources/features.h"

#define LOOK_NS 200000000

static bool is_loaded(const char *module)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%s", module);
	return !access(path, F_OK);
}

/* Where backends are modules of their own, one of them; KVM alone has no VMs there. */
static bool is_backend_loaded(void)
{
	const struct arch *arch = arch_here();
	bool modules = false;

	for (size_t i = 0; i < arch->n_isas; i++) {
		if (!arch->isas[i].module)
			continue;
		if (is_loaded(arch->isas[i].module))
			return true;
		modules = true;
	}
	return !modules;
}

static bool is_wanted(const struct options *options, const struct features *features)
{
	return options->screen != SCREEN_NO && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
	       features->v[FEATURE_CAPS].ok && features->v[FEATURE_NAMESPACE].ok &&
	       features->v[FEATURE_BTF].ok && !features->v[FEATURE_KVM].ok;
}

void kvm_wait(const struct options *options, struct features *features)
{
	const struct timespec look = { .tv_nsec = LOOK_NS };

	if (!is_wanted(options, features))
		return;
	log_warning("KVM is %s", features->v[FEATURE_KVM].why);
	log_warning("kvmtop waits until it is loaded; Ctrl-C ends it");
	while (!is_loaded("kvm") || !is_backend_loaded())
		nanosleep(&look, NULL);
	features__forget_types(features);
	features__probe(features);
}
