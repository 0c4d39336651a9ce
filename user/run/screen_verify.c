// SPDX-License-Identifier: GPL-2.0
#include "screen_verify.h"

#include <stdio.h>

#include "../base/clock.h"
#include "../model/verify.h"
#include "../tui/screen.h"
#include "live_switch.h"
#include "verify_readings.h"

void screen_verify__follow(struct screen_verify *verify, struct screen *screen)
{
	const bool wanted = verify->live_switch && screen__wants_verify(screen);

	if (wanted == verify->on)
		return;
	verify->on = wanted;
	verify->begun_ns = clock_now_ns();
	verify->verified = (struct screen_verified){ .n = 0 };
	screen__verified(screen, NULL);
	verify->why[0] = '\0';
	if (!live_switch__verify(verify->live_switch, wanted, verify->why, sizeof(verify->why)))
		return;
	verify->verified.why = verify->why;
	screen__verified(screen, &verify->verified);
}

int screen_verify__look(struct screen_verify *verify, struct screen *screen)
{
	const struct verify_readings *readings =
		verify->on ? live_switch__readings(verify->live_switch) : NULL;
	struct screen_verified *verified = &verify->verified;
	enum verify_result result;
	int err;

	if (!readings)
		return 0;
	err = verify__pairs(verify_readings__verify(readings), &verified->pairs, &verified->n,
			    &result);
	if (err)
		return err;
	verified->seconds = (double)(clock_now_ns() - verify->begun_ns) / 1e9;
	if (!verified->n && verify_readings__iterator_error(readings)) {
		snprintf(verify->why, sizeof(verify->why), "KVM's statistics: %s",
			 verify_readings__iterator_error(readings));
		verified->why = verify->why;
	}
	screen__verified(screen, verified);
	return 0;
}
