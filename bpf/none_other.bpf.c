// SPDX-License-Identifier: GPL-2.0
/* none_other: an architecture without files of its own has no programs but the common ones. */
