// SPDX-License-Identifier: GPL-2.0
/* The terminal: what is sent to it, and that it is given back. Each test has a pseudo terminal of its own, and a process on it. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "tui/grid.h"
#include "tui/screen.h"
#include "tui/term.h"

#define WIDTH 80
#define HEIGHT 24
#define KEYS_MAX 32

/* What the process on the terminal has found out, for the test. */
struct report {
	int err;
	char why[256];
	enum glyph_set glyphs;
	bool colors, again;
	uint64_t sent[4];
	uint32_t keys[KEYS_MAX];
	size_t n_keys, n_waiting;
};

static struct report *report;

/* ---- a process on a terminal */

struct tape {
	char *text;
	size_t n;
	int status;
	struct termios before, after;
};

static void free_tape(struct tape *tape)
{
	free(tape->text);
}

/* All that comes out of the terminal, until no process has it open. @typed is typed when the first of it has come: then keys are taken one by one. */
static void read_all(int master, const char *typed, struct tape *tape)
{
	size_t size = 1 << 20;
	ssize_t n;

	tape->text = calloc(1, size);
	assert_non_null(tape->text);
	while ((n = read(master, tape->text + tape->n, size - 1 - tape->n)) > 0) {
		if (!tape->n)
			assert_int_equal(write(master, typed, strlen(typed)), strlen(typed));
		tape->n += (size_t)n;
	}
}

/* Runs @body on a terminal on which @typed is typed. */
static struct tape run(void (*body)(void), const char *typed)
{
	const struct winsize size = { .ws_row = HEIGHT, .ws_col = WIDTH };
	struct tape tape = { .n = 0 };
	int master, slave;
	pid_t pid;

	memset(report, 0, sizeof(*report));
	assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
	assert_int_equal(tcgetattr(master, &tape.before), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		dup2(slave, STDIN_FILENO);
		dup2(slave, STDOUT_FILENO);
		close(slave);
		close(master);
		body();
		_exit(0);
	}
	close(slave);
	read_all(master, typed, &tape);
	assert_int_equal(waitpid(pid, &tape.status, 0), pid);
	assert_int_equal(tcgetattr(master, &tape.after), 0);
	close(master);
	return tape;
}

static struct term *open_term(void)
{
	const struct term_opts opts = { .type = getenv("TERM"), .no_color = getenv("NO_COLOR") };
	struct term *term = NULL;

	report->err = term__open(&opts, report->why, sizeof(report->why), &term);
	if (report->err)
		_exit(0);
	report->glyphs = term__glyphs(term);
	report->colors = term__has_colors(term);
	return term;
}

static struct grid make_grid(void)
{
	struct grid grid = { .width = WIDTH, .height = HEIGHT };

	grid.cells = calloc(WIDTH * HEIGHT, sizeof(*grid.cells));
	for (size_t i = 0; i < WIDTH * HEIGHT; i++)
		strcpy(grid.cells[i].text, " ");
	return grid;
}

/* Ten columns of five digits, in 20 lines; of each third the digits are those of @round. */
static void put_numbers(struct grid *grid, unsigned int round)
{
	for (size_t row = 3; row < 23; row++) {
		for (size_t column = 0; column < 8; column++) {
			if (round && (row * 8 + column + round) % 3)
				continue;
			for (size_t i = 0; i < 5; i++) {
				struct grid_cell *cell = grid__cell(grid, row, 10 + 8 * column + i);

				if (i == 4 || !round)
					cell->text[0] =
						(char)('0' + (row + column + round + i) % 10);
			}
		}
	}
}

static void show(struct term *term, const struct grid *grid)
{
	struct pollfd pollfd = { .fd = term__fd(term), .events = POLLOUT };

	report->err = term__show(term, grid);
	while (!report->err && term__is_behind(term) && poll(&pollfd, 1, -1) > 0)
		report->err = term__push(term);
}

/* ---- opening */

static void body_open(void)
{
	term__close(open_term());
}

static void which_terminals_have_a_screen(void **state)
{
	static const struct {
		const char *type;
		int err;
	} types[] = {
		{ "xterm-256color", 0 },   { "linux", 0 },	   { "vt100", 0 },
		{ "no-such-terminal", 0 }, { "xterm-no-such", 0 }, { "dumb", -EOPNOTSUPP },
		{ "", -EOPNOTSUPP },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		struct tape tape;

		setenv("TERM", types[i].type, 1);
		tape = run(body_open, "");
		assert_int_equal(report->err, types[i].err);
		assert_int_equal(tape.n, 0); /* nothing is written before it is ours */
		assert_true(!types[i].err || strstr(report->why, "no screen"));
		free_tape(&tape);
	}
}

static void body_no_terminal(void)
{
	dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	open_term();
}

static void input_that_is_no_terminal(void **state)
{
	struct tape tape = run(body_no_terminal, "");

	(void)state;
	assert_int_equal(report->err, -ENOTTY);
	free_tape(&tape);
}

static void glyphs_and_colours(void **state)
{
	static const struct {
		const char *type, *locale, *no_color;
		enum glyph_set glyphs;
		bool colors;
	} cases[] = {
		{ "xterm-256color", "C.UTF-8", NULL, GLYPHS_UTF8, true },
		{ "xterm-256color", "C", NULL, GLYPHS_ASCII, true },
		{ "xterm-256color", "C.UTF-8", "1", GLYPHS_UTF8, false },
		{ "linux", "C.UTF-8", NULL, GLYPHS_CP437, true },
		{ "linux-m", "C.UTF-8", NULL, GLYPHS_UTF8, false },
		{ "vt100", "C.UTF-8", NULL, GLYPHS_UTF8, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct tape tape;

		setenv("TERM", cases[i].type, 1);
		setlocale(LC_CTYPE, cases[i].locale);
		if (cases[i].no_color)
			setenv("NO_COLOR", cases[i].no_color, 1);
		tape = run(body_open, "");
		unsetenv("NO_COLOR");
		assert_int_equal(report->err, 0);
		assert_int_equal(report->glyphs, cases[i].glyphs);
		assert_int_equal(report->colors, cases[i].colors);
		free_tape(&tape);
	}
	setlocale(LC_CTYPE, "C.UTF-8");
}

/* ---- pictures */

static void body_refresh(void)
{
	struct term *term = open_term();
	struct grid grid = make_grid();

	term__enter(term);
	for (unsigned int round = 0; round < 4; round++) {
		const uint64_t before = term__sent(term);

		put_numbers(&grid, round < 3 ? round : 2);
		show(term, &grid);
		report->sent[round] = term__sent(term) - before;
	}
	term__close(term);
	free(grid.cells);
}

static void only_changes_are_sent(void **state)
{
	struct tape tape;

	(void)state;
	setenv("TERM", "xterm-256color", 1);
	tape = run(body_refresh, "");
	assert_int_equal(report->err, 0);
	assert_true(report->sent[0] > 800 && report->sent[0] < 3000);
	assert_true(report->sent[1] > 0 && report->sent[1] < 600);
	assert_true(report->sent[2] > 0 && report->sent[2] < 600);
	assert_int_equal(report->sent[3], 0); /* nothing has changed */
	free_tape(&tape);
}

static void on_signal(int number)
{
	(void)number;
}

/* Signals that wait while a picture is made. */
static void body_signals(void)
{
	static const int numbers[] = { SIGTSTP, SIGINT, SIGTERM, SIGWINCH };
	struct term *term = open_term();
	struct grid grid = make_grid();
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		signal(numbers[i], on_signal);
		sigaddset(&set, numbers[i]);
	}
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		raise(numbers[i]);
	term__enter(term);
	show(term, &grid);
	sigpending(&set);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		report->n_waiting += (size_t)sigismember(&set, numbers[i]);
	term__close(term);
	free(grid.cells);
}

static void a_signal_that_waits_is_not_lost_by_a_picture(void **state)
{
	struct tape tape;

	(void)state;
	setenv("TERM", "xterm-256color", 1);
	tape = run(body_signals, "");
	assert_int_equal(report->err, 0);
	assert_int_equal(report->n_waiting, 4);
	free_tape(&tape);
}

static void body_styles(void)
{
	struct term *term = open_term();
	struct grid grid = make_grid();

	term__enter(term);
	for (size_t i = 0; i < STYLE_MAX; i++) {
		struct grid_cell *cell = grid__cell(&grid, i, 5);

		strcpy(cell->text, "█");
		cell->style = (uint8_t)i;
		cell->reverse = i % 2;
	}
	show(term, &grid);
	term__close(term);
	free(grid.cells);
}

static void the_background_is_never_set(void **state)
{
	static const char *const types[] = { "xterm-256color", "xterm", "linux", "screen",
					     "tmux-256color" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		struct tape tape;

		setenv("TERM", types[i], 1);
		tape = run(body_styles, "");
		assert_int_equal(report->err, 0);
		assert_true(report->colors);
		assert_non_null(strstr(tape.text, "\xe2\x96\x88"));
		assert_true(strstr(tape.text, "\x1b[31") || strstr(tape.text, "38;5;166"));
		assert_null(strstr(tape.text, "48;"));
		for (char digit = '0'; digit <= '7'; digit++) {
			const char set[] = { '\x1b', '[', '4', digit, 'm', '\0' };
			const char also[] = { ';', '4', digit, 'm', '\0' };

			assert_null(strstr(tape.text, set));
			assert_null(strstr(tape.text, also));
		}
		free_tape(&tape);
	}
}

static void no_colour_is_sent_if_none_is_wanted(void **state)
{
	struct tape tape;

	(void)state;
	setenv("TERM", "xterm-256color", 1);
	setenv("NO_COLOR", "1", 1);
	tape = run(body_styles, "");
	unsetenv("NO_COLOR");
	assert_null(strstr(tape.text, "38;5"));
	assert_null(strstr(tape.text, "\x1b[31"));
	assert_non_null(strstr(tape.text, "\x1b[7")); /* reverse is there */
	free_tape(&tape);
}

static void body_hostile(void)
{
	static const char *const texts[] = { "\xff", "\x1b",	 "中",	"a\xcc\x81",
					     "",     "\xe2\x96", "\x07" };
	struct term *term = open_term();
	struct grid grid = make_grid();

	term__enter(term);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		strcpy(grid__cell(&grid, i, 0)->text, texts[i]);
	strcpy(grid__cell(&grid, 10, WIDTH - 1)->text, "中");
	grid__cell(&grid, 11, 0)->style = 200;
	show(term, &grid);
	term__close(term);
	free(grid.cells);
}

static void what_cannot_be_shown_is_not_sent(void **state)
{
	struct tape tape;

	(void)state;
	setenv("TERM", "vt100", 1);
	tape = run(body_hostile, "");
	assert_int_equal(report->err, 0);
	assert_null(strstr(tape.text, "\xff"));
	assert_null(strstr(tape.text, "\x07"));
	assert_null(strstr(tape.text, "\x1b\x1b"));
	assert_null(strstr(tape.text, "中")); /* the cell behind it is another's */
	assert_non_null(strstr(tape.text, "a\xcc\x81"));
	free_tape(&tape);
}

/* The other end is not read before the process has ended: it fills up. */
static void body_stopped(void)
{
	struct term *term = open_term();
	struct grid grid = make_grid();

	tcflow(STDOUT_FILENO, TCOOFF);
	term__enter(term);
	for (unsigned int round = 0; round < 1000 && !report->again; round++) {
		put_numbers(&grid, round);
		report->again = term__show(term, &grid) == -EAGAIN;
	}
	tcflow(STDOUT_FILENO, TCOON);
	report->sent[0] = term__sent(term);
	while (term__is_behind(term))
		term__push(term);
	put_numbers(&grid, 1001);
	show(term, &grid);
	term__close(term);
	free(grid.cells);
}

static void a_stopped_terminal_is_not_waited_for(void **state)
{
	struct tape tape;

	(void)state;
	setenv("TERM", "xterm-256color", 1);
	tape = run(body_stopped, "");
	assert_int_equal(report->err, 0);
	assert_true(report->again);
	assert_true(report->sent[0] < 10000); /* pictures do not pile up */
	free_tape(&tape);
}

/* ---- keys */

static void body_keys(void)
{
	struct term *term = open_term();
	struct pollfd pollfd = { .fd = term__fd(term), .events = POLLIN };
	uint32_t key = 0;

	term__enter(term);
	while (key != 'q' && poll(&pollfd, 1, -1) > 0)
		while (key != 'q' && (key = term__key(term)) && report->n_keys < KEYS_MAX)
			report->keys[report->n_keys++] = key;
	term__close(term);
}

static void keys_have_their_codes(void **state)
{
	static const uint32_t want[] = {
		KEY_CODE_UP,
		KEY_CODE_LEFT,
		KEY_CODE_PAGE_DOWN,
		KEY_CODE_ENTER,
		KEY_CODE_TAB,
		KEY_CODE_HOME,
		KEY_CODE_BACKSPACE,
		'x',
		0xe9,
		12,
		'k',
		KEY_CODE_ESCAPE,
		'q',
	};
	struct tape tape;

	(void)state;
	setenv("TERM", "xterm-256color", 1);
	/* F20 and a report of a colour are no keys of ours, and their letters are none either. */
	tape = run(body_keys,
		   "\x1bOA\x1bOD\x1b[6~\r\t\x1bOH\x7f\x1b[19;2~x\xc3\xa9\x0c\x1b[99;5nk\x1bq");
	assert_int_equal(report->n_keys, ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		assert_int_equal(report->keys[i], want[i]);
	free_tape(&tape);
}

/* ---- given back */

#define LEAVE "\x1b[?1049l"

/* The terminal is as it was; @tape ends with what leaves the screen. */
static void assert_given_back(const struct tape *tape)
{
	const char *enter = strstr(tape->text, "\x1b[?1049h"), *leave = strstr(tape->text, LEAVE);

	assert_non_null(enter);
	assert_non_null(leave);
	assert_true(leave > enter);
	assert_true(tape->n - (size_t)(leave - tape->text) < 40);
	assert_non_null(strstr(tape->text, "\x1b[?1006;1000l"));
	assert_non_null(strstr(leave - 40, "\x1b[?25h")); /* the cursor */
	assert_memory_equal(&tape->before, &tape->after, sizeof(tape->before));
}

static void is_given_back_when_it_is_closed(void **state)
{
	struct tape tape;

	(void)state;
	setenv("TERM", "xterm-256color", 1);
	tape = run(body_refresh, "");
	assert_int_equal(tape.status, 0);
	assert_given_back(&tape);
	free_tape(&tape);
}

static int fatal_signal;

static void body_killed(void)
{
	struct term *term = open_term();
	struct grid grid = make_grid();

	signal(fatal_signal, SIG_DFL); /* that of a sanitizer is not tested */
	term__enter(term);
	put_numbers(&grid, 0);
	show(term, &grid);
	term__set_mouse(term, true);
	raise(fatal_signal);
}

static void is_given_back_by_a_fatal_signal(void **state)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGQUIT };

	(void)state;
	setenv("TERM", "xterm-256color", 1);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		struct tape tape;

		fatal_signal = signals[i];
		tape = run(body_killed, "");
		assert_true(WIFSIGNALED(tape.status));
		assert_int_equal(WTERMSIG(tape.status), signals[i]);
		assert_given_back(&tape);
		free_tape(&tape);
	}
}

/* A stopped process, say: the user's in between. */
static void body_twice(void)
{
	struct term *term = open_term();
	struct grid grid = make_grid();

	put_numbers(&grid, 0);
	for (int i = 0; i < 2; i++) {
		const uint64_t before = term__sent(term);

		term__enter(term);
		show(term, &grid);
		report->sent[i] = term__sent(term) - before;
		term__leave(term);
	}
	term__close(term);
	free(grid.cells);
}

static void comes_back_with_the_whole_picture(void **state)
{
	struct tape tape;
	char *leave;

	(void)state;
	setenv("TERM", "xterm-256color", 1);
	tape = run(body_twice, "");
	assert_true(report->sent[0] > 800);
	assert_true(report->sent[1] > 800);
	leave = strstr(tape.text, LEAVE);
	assert_non_null(leave);
	assert_non_null(strstr(leave + 1, "\x1b[?1049h"));
	assert_non_null(strstr(leave + 1, LEAVE));
	assert_memory_equal(&tape.before, &tape.after, sizeof(tape.before));
	free_tape(&tape);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_terminals_have_a_screen),
		cmocka_unit_test(input_that_is_no_terminal),
		cmocka_unit_test(glyphs_and_colours),
		cmocka_unit_test(only_changes_are_sent),
		cmocka_unit_test(a_signal_that_waits_is_not_lost_by_a_picture),
		cmocka_unit_test(the_background_is_never_set),
		cmocka_unit_test(no_colour_is_sent_if_none_is_wanted),
		cmocka_unit_test(what_cannot_be_shown_is_not_sent),
		cmocka_unit_test(a_stopped_terminal_is_not_waited_for),
		cmocka_unit_test(keys_have_their_codes),
		cmocka_unit_test(is_given_back_when_it_is_closed),
		cmocka_unit_test(is_given_back_by_a_fatal_signal),
		cmocka_unit_test(comes_back_with_the_whole_picture),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	unsetenv("NO_COLOR");
	unsetenv("COLUMNS");
	unsetenv("LINES");
	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (report == MAP_FAILED)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
