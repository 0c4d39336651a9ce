// SPDX-License-Identifier: GPL-2.0
/* activation: the socket that systemd hands over, and what is none. */
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../user/base/activation.h"
#include "unit.h"

/* What systemd does: @fd becomes number 3. */
static void hand_over(int fd, pid_t pid, const char *n)
{
	char text[32];

	assert_true(fd >= 0);
	assert_int_equal(dup2(fd, 3), 3);
	if (fd != 3)
		close(fd);
	snprintf(text, sizeof(text), "%d", pid);
	setenv("LISTEN_PID", text, 1);
	setenv("LISTEN_FDS", n, 1);
}

static int listening(int type)
{
	int fd = socket(AF_UNIX, type, 0);
	const struct sockaddr addr = { .sa_family = AF_UNIX };

	/* Linux gives it a name of its own. */
	assert_int_equal(bind(fd, &addr, sizeof(addr.sa_family)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 1), 0);
	return fd;
}

static void test_none(void **state)
{
	int fd = -7;

	(void)state;
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	assert_int_equal(activation_socket(&fd), 0);
	/* The variables of a parent's */
	hand_over(listening(SOCK_STREAM), getppid(), "1");
	assert_int_equal(activation_socket(&fd), 0);
	assert_int_equal(fd, -7);
}

static void test_socket(void **state)
{
	int fd = -7;

	(void)state;
	hand_over(listening(SOCK_STREAM), getpid(), "1");
	assert_int_equal(activation_socket(&fd), 1);
	assert_int_equal(fd, 3);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
}

static void test_wrong(void **state)
{
	int fd = -7;

	(void)state;
	hand_over(listening(SOCK_STREAM), getpid(), "2");
	assert_int_equal(activation_socket(&fd), -EINVAL);
	hand_over(socket(AF_UNIX, SOCK_STREAM, 0), getpid(), "1");
	assert_int_equal(activation_socket(&fd), -EINVAL);
	hand_over(listening(SOCK_DGRAM), getpid(), "1");
	assert_int_equal(activation_socket(&fd), -EINVAL);
	hand_over(open("/dev/null", O_RDONLY), getpid(), "1");
	assert_int_equal(activation_socket(&fd), -EINVAL);
	assert_int_equal(fd, -7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_socket),
		cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests_name("activation", tests, NULL, NULL);
}
