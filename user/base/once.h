/* SPDX-License-Identifier: GPL-2.0 */
/* once: memory with concurrent writers. Each word is read or written exactly once. */
#ifndef KVMTOP_BASE_ONCE_H
#define KVMTOP_BASE_ONCE_H

#define READ_ONCE(x) (*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile typeof(x) *)&(x) = (v))

#endif
