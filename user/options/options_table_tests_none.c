// SPDX-License-Identifier: GPL-2.0
/* Of the program that is shipped: it has no options for tests. */
#include "option_spec.h"

const struct option_spec test_option_specs[] = { { .name = NULL } };
