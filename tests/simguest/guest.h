/* SPDX-License-Identifier: GPL-2.0 */
/* guest - the guest of the architecture that is built for. No other common file names one. */
#if defined(__x86_64__)
#include "guest_x86.h"
#else
#error "simguest has no guest for this architecture yet"
#endif
