/* SPDX-License-Identifier: GPL-2.0 */
/*
 * activation: the socket that systemd listens on for a service, and hands over to it (sd_listen_fds(3)): so that the service
 * itself needs no network.
 */
#ifndef KVMTOP_BASE_ACTIVATION_H
#define KVMTOP_BASE_ACTIVATION_H

/*
 * 1 and the socket, which listens, is non-blocking and closed on exec. 0: none was handed over.
 * -EINVAL: more than one, or not a listening stream socket. To be asked once.
 */
int activation_socket(int *ret_fd);

#endif
