// SPDX-License-Identifier: GPL-2.0
#include "views.h"

#include "../base/cleanup.h"
#include "view.h"
#include "view_event.h"
#include "view_events.h"
#include "view_explain.h"
#include "view_help.h"
#include "view_messages.h"
#include "view_pick.h"
#include "view_reason.h"
#include "view_reasons.h"
#include "view_slow.h"
#include "view_stats.h"
#include "view_timeline.h"
#include "view_vcpu.h"
#include "view_vcpus.h"
#include "view_vm.h"
#include "view_verify.h"
#include "view_vms.h"

static const struct view_ops *const all[] = {
	&view_vms,	&view_events, &view_stats,  &view_slow,	 &view_timeline, &view_vcpus,
	&view_reasons,	&view_reason, &view_vm,	    &view_vcpu,	 &view_explain,	 &view_help,
	&view_messages, &view_pick,   &view_verify, &view_event,
};

const struct view_ops *views_find(enum view_id id)
{
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i]->id == id)
			return all[i];
	return NULL;
}
