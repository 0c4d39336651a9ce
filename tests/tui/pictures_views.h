/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pictures_views: the pictures of the views behind the VMs. Part of golden.c's table, so there is no guard.
 */
#define VIEW_SIZES(name_, early_, keys_)                                                             \
	{ name_ "-40", 40, 10, .early = early_, .keys = keys_ },                                     \
		{ name_ "-80", 80, 24, .early = early_, .keys = keys_ },                             \
		{ name_ "-120", 120, 40, .early = early_, .keys = keys_ },                           \
		{ name_ "-200", 200, 60, .early = early_, .keys = keys_ }, { name_ "-80-cp437",      \
									     80,                     \
									     24,                     \
									     .glyphs = GLYPHS_CP437, \
									     .early = early_,        \
									     .keys = keys_ },        \
	{                                                                                            \
		name_ "-80-ascii", 80, 24, .glyphs = GLYPHS_ASCII, .early = early_, .keys = keys_    \
	}

/* Opened early, so that what is only kept of what is looked at is there; T is Tab, B Backspace. */
VIEW_SIZES("vm", "E", "D"), VIEW_SIZES("vcpu", "ETTE", NULL), VIEW_SIZES("vcpus", NULL, "2DD"),
	VIEW_SIZES("reasons", NULL, "3"), VIEW_SIZES("reason", "EE", NULL),
	{ "vm-user-exits", 80, 24, .keys = "ETD" }, { "vm-vcpus", 80, 16, .keys = "ETTDDDDD" },
	{ "vm-back", 80, 10, .keys = "EB" }, { "vm-of-vcpus", 80, 24, .keys = "E2" },
	{ "vm-gone", 80, 10, .seconds = 25, .early = "/tmpEEc" }, { "vm-low", 80, 5, .keys = "E" },
	{ "vm-past", 80, 24, .back = 12, .keys = "E" }, { "vm-filter", 80, 16, .keys = "E/nE" },
	{ "reason-of-all", 120, 24, .keys = "3DE" },
	{ "reason-zoom", 80, 24, .early = "EE", .keys = "++" },
	{ "reason-to-vmm", 80, 24, .keys = "ETE" }, { "reason-of-vcpu", 80, 24, .early = "ETTEE" },
	{ "reason-low", 80, 6, .keys = "EE" }, VIEW_SIZES("events", NULL, "4D"),
	{ "events-by-vm", 80, 24, .keys = "4b" }, { "events-by-vcpu", 120, 24, .keys = "4bb" },
	{ "events-no-children", 80, 10, .keys = "4x" }, { "events-by-name", 80, 16, .keys = "4<<" },
	{ "events-regex", 80, 12, .keys = "4fkvm_uE" }, { "events-of-vm", 80, 12, .keys = "DDE4" },
	{ "stats-40", 40, 10, .scene = &more, .keys = "5" },
	{ "stats-80", 80, 24, .scene = &more, .keys = "5D" },
	{ "stats-80-ascii", 80, 24, .scene = &more, .keys = "5D", .glyphs = GLYPHS_ASCII },
	{ "stats-120", 120, 40, .scene = &more, .keys = "5bb" },
	{ "stats-200", 200, 60, .scene = &more, .keys = "5b" },
	{ "stats-none", 80, 10, .keys = "5" },
	{ "stats-of-vm", 80, 16, .scene = &more, .keys = "DE5>R" },
	{ "reason-keys", 80, 24, .scene = &more, .keys = "EED" },
	{ "reason-keys-200", 200, 60, .scene = &more, .keys = "3E" },
	{ "reason-keys-40", 40, 16, .scene = &more, .keys = "ETTEE" },
	{ "slow-40", 40, 10, .slow = true, .keys = "6" },
	{ "slow-80", 80, 10, .slow = true, .keys = "6D" },
	{ "slow-200", 200, 10, .slow = true, .keys = "6>" },
	{ "slow-ascii", 120, 10, .slow = true, .keys = "6", .glyphs = GLYPHS_ASCII },
	{ "slow-none", 80, 10, .keys = "6" }, { "slow-open", 80, 10, .slow = true, .keys = "6DDE" },
	{ "slow-filter", 80, 10, .slow = true, .keys = "6/web" },
	VIEW_SIZES("timeline", NULL, "7D"), { "timeline-past", 80, 24, .back = 12, .keys = "7" },
	{ "timeline-plain", 80, 10, .scene = &plain, .keys = "7" },
	{ "timeline-one", 80, 10, .seconds = 2, .keys = "7" },
	{ "events-open", 80, 12, .keys = "4bDDDE" },
	{ "reason-past", 80, 24, .back = 12, .keys = "EE" }, VIEW_SIZES("event", "4E", "D"),
	{ "event-by-vm", 80, 24, .keys = "4bDDDDE" }, { "event-by-vcpu", 80, 24, .early = "4bbE" },
	{ "event-of-vm", 80, 24, .early = "DDE4E" },
	{ "event-other-list", 80, 24, .keys = "4ETDDD" },
	{ "event-other-list-40", 40, 10, .keys = "4ETDDD" },
	{ "event-zoom", 80, 24, .keys = "4E++" },
	{ "event-past", 80, 24, .back = 12, .keys = "4E" }, { "event-low", 80, 6, .keys = "4E" },
	{ "event-no-trend", 80, 16, .keys = "4Et" },
	{ "event-stat", 80, 24, .scene = &more, .keys = "5E" },
	{ "event-stat-ns", 80, 16, .scene = &more, .keys = "5/failEE" },
	{ "event-gauge", 80, 16, .scene = &more, .keys = "5/pages_4kEE" },
	{ "event-gone", 80, 10, .seconds = 25, .early = "4b/tmpEEc" },
	{ "events-traced", 80, 24, .scene = &traced, .keys = "4" },
	{ "events-zero", 80, 24, .scene = &traced, .keys = "4xz" },
	{ "event-traced", 120, 40, .scene = &traced, .early = "4/pageEE" },
	{ "stats-zero", 80, 16, .scene = &more, .keys = "5z" }, VIEW_SIZES("vms-vcpus", "x", "DDD"),
	{ "vms-vcpus-idle", 80, 24, .keys = "xz/dns" },
	{ "vms-vcpus-open", 80, 10, .keys = "xDDE" },
