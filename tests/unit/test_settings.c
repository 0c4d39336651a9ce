// SPDX-License-Identifier: GPL-2.0
/* The text of settings, and its file. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "options/options.h"
#include "run/settings_file.h"
#include "tui/settings.h"

struct bad_lines {
	size_t n;
	size_t numbers[8];
};

static void note_bad(void *arg, size_t number, const char *key, const char *why)
{
	struct bad_lines *bad = arg;

	(void)key;
	assert_non_null(why);
	assert_true(bad->n < 8);
	bad->numbers[bad->n++] = number;
}

static struct settings *parse(const char *text, struct bad_lines *bad)
{
	struct settings *settings = NULL;

	*bad = (struct bad_lines){ .n = 0 };
	assert_int_equal(settings__parse(text, strlen(text), note_bad, bad, &settings), 0);
	return settings;
}

static void assert_prints(const struct settings *settings, const char *want)
{
	size_t n = 0;
	char *text = settings__print(settings, &n);

	assert_non_null(text);
	assert_string_equal(text, want);
	assert_int_equal(n, strlen(want));
	free(text);
}

/* ---- text */

static void lines_and_values(void **state)
{
	static const char text[] = "# mine\n"
				   "\n"
				   "  interval=  2.5 \t\n"
				   "mouse = yes\n"
				   "future.thing = {a b = c}\n"
				   "mouse = no";
	struct bad_lines bad;
	struct settings *settings = parse(text, &bad);

	(void)state;
	assert_int_equal(bad.n, 0);
	assert_string_equal(settings__get(settings, "interval"), "2.5");
	assert_string_equal(settings__get(settings, "mouse"), "no"); /* the last one */
	assert_string_equal(settings__get(settings, "future.thing"), "{a b = c}");
	assert_null(settings__get(settings, "history"));
	assert_prints(settings,
		      "# mine\n\n  interval=  2.5 \t\nmouse = yes\nfuture.thing = {a b = c}\n"
		      "mouse = no\n");
	settings__free(settings);
}

static void bad_lines_are_told_and_left_alone(void **state)
{
	static const char text[] = "interval = 0.01\n"
				   "no value\n"
				   "= 5\n"
				   "Key = 5\n"
				   "mouse = maybe\n"
				   "history = 1e3\n"
				   "history = -1\n"
				   "glyphs = asc\n"
				   "colour = never\n";
	struct bad_lines bad;
	struct settings *settings = parse(text, &bad);

	(void)state;
	assert_int_equal(bad.n, 8);
	for (size_t i = 0; i < bad.n; i++)
		assert_int_equal(bad.numbers[i], i + 1);
	assert_null(settings__get(settings, "interval"));
	assert_null(settings__get(settings, "history"));
	assert_string_equal(settings__get(settings, "colour"), "never");
	assert_prints(settings, text);
	settings__free(settings);
}

static void values_are_set_in_place(void **state)
{
	struct bad_lines bad;
	struct settings *settings = parse("# a\nmouse = no\nother = 1\n", &bad);

	(void)state;
	assert_int_equal(settings__set(settings, "mouse", "yes"), 0);
	assert_int_equal(settings__set(settings, "interval", "3"), 0);
	assert_int_equal(settings__set(settings, "other", "1"), 0);
	assert_int_equal(settings__set(settings, "mouse", "perhaps"), -EINVAL);
	assert_int_equal(settings__set(settings, "other", "a\nmouse = no"), -EINVAL);
	assert_int_equal(settings__set(settings, "not a key", "1"), -EINVAL);
	assert_string_equal(settings__get(settings, "mouse"), "yes");
	assert_prints(settings, "# a\nmouse = yes\nother = 1\ninterval = 3\n");
	settings__free(settings);
}

static void what_is_no_text_is_refused(void **state)
{
	struct settings *settings = NULL;
	char *large = malloc(SETTINGS_BYTES_MAX + 1);

	(void)state;
	memset(large, '\n', SETTINGS_BYTES_MAX + 1);
	assert_int_equal(settings__parse(large, SETTINGS_BYTES_MAX + 1, NULL, NULL, &settings),
			 -E2BIG);
	assert_int_equal(settings__parse("a = \0b\n", 8, NULL, NULL, &settings), -EINVAL);
	assert_int_equal(settings__parse(large, SETTINGS_BYTES_MAX, NULL, NULL, &settings), 0);
	settings__free(settings);
	free(large);
}

/* ---- the file */

static char home[64];

static void put_settings(const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/.config", home);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/.config/kvmtop", home);
	mkdir(path, 0755);
	put_file(home, ".config/kvmtop/settings", text);
}

static void assert_file_is(const char *want)
{
	char path[128], text[512] = "";
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "%s/.config/kvmtop/settings", home);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(read(fd, text, sizeof(text) - 1), strlen(want));
	assert_string_equal(text, want);
	close(fd);
}

static int set_up(void **state)
{
	(void)state;
	strcpy(home, "/tmp/kvmtop-settings-XXXXXX");
	if (!mkdtemp(home))
		return -1;
	unsetenv("XDG_CONFIG_HOME");
	return setenv("HOME", home, 1);
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", home);
	return system(command);
}

static int set_mouse(void *arg, struct settings *settings)
{
	return settings__set(settings, "mouse", arg);
}

static void is_saved_where_there_was_none(void **state)
{
	char said[128];

	(void)state;
	assert_int_equal(settings_file__save(set_mouse, "yes", said, sizeof(said)), 0);
	assert_string_equal(said, "settings saved");
	assert_file_is("mouse = yes\n");
}

static void what_another_version_has_written_is_kept(void **state)
{
	char said[128];

	(void)state;
	put_settings("# two versions\nfuture = x\nmouse = no\nbroken\n");
	assert_int_equal(settings_file__save(set_mouse, "yes", said, sizeof(said)), 0);
	assert_file_is("# two versions\nfuture = x\nmouse = yes\nbroken\n");
}

static void a_link_is_not_followed(void **state)
{
	char said[128], path[128], target[128];

	(void)state;
	put_settings("");
	put_file(home, "target", "precious");
	snprintf(path, sizeof(path), "%s/.config/kvmtop/settings", home);
	snprintf(target, sizeof(target), "%s/target", home);
	unlink(path);
	assert_int_equal(symlink(target, path), 0);
	assert_int_equal(settings_file__save(set_mouse, "yes", said, sizeof(said)), -EPERM);
	assert_non_null(strstr(said, "another user's"));
}

static void another_users_are_not_written(void **state)
{
	char said[128], path[128];

	(void)state;
	if (geteuid())
		skip();
	put_settings("mouse = no\n");
	snprintf(path, sizeof(path), "%s/.config/kvmtop", home);
	assert_int_equal(chown(path, 12345, 12345), 0);
	assert_int_equal(settings_file__save(set_mouse, "yes", said, sizeof(said)), -EPERM);
	assert_non_null(strstr(said, "another user's"));
}

static void options_win(void **state)
{
	struct options options = { .interval_ns = 5, .interval_given = true };

	(void)state;
	put_settings("interval = 3\nhistory = 7\ncolour = never\nglyphs = ascii\nmouse = yes\n");
	assert_int_equal(settings_file__load(&options), 0);
	assert_int_equal(options.interval_ns, 5);
	assert_int_equal(options.history_bytes, 7 << 20);
	assert_true(options.no_color && options.ascii && options.mouse);
	options = (struct options){ .history_bytes = 1, .history_given = true };
	assert_int_equal(settings_file__load(&options), 0);
	assert_int_equal(options.interval_ns, 3 * SEC_NS);
	assert_int_equal(options.history_bytes, 1);
}

/* Each kind of lists has its own; a bad value of one is told. */
static void lists_have_kinds(void **state)
{
	struct options options = { .interval_ns = 5 };
	struct bad_lines bad;
	struct settings *settings =
		parse("vcpus.reverse = maybe\nkeys.columns = A\nnosuch.reverse = maybe\n", &bad);

	(void)state;
	assert_int_equal(bad.n, 2);
	settings__free(settings);
	put_settings("sort = lost\nvcpus.sort = delay\nvcpus.reverse = yes\n"
		     "userspace_exits.columns = max_ns,avg_ns\nkeys.columns.off = sub\n");
	assert_int_equal(settings_file__load(&options), 0);
	assert_string_equal(options.lists[LIST_KIND_VMS].sort, "lost");
	assert_false(options.lists[LIST_KIND_VMS].reversed);
	assert_string_equal(options.lists[LIST_KIND_VCPUS].sort, "delay");
	assert_true(options.lists[LIST_KIND_VCPUS].reversed);
	assert_string_equal(options.lists[LIST_KIND_USER_EXITS].columns, "max_ns,avg_ns");
	assert_string_equal(options.lists[LIST_KIND_KEYS].off, "sub");
	assert_string_equal(options.lists[LIST_KIND_VCPUS_OF_VM].sort, "");
}

/* Limits of rules are taken also where there is no screen; the rest is the screen's, and so is what is wrong with it. */
static void limits_of_rules(void **state)
{
	struct options options = { .interval_ns = 5 };

	(void)state;
	rules_set__init(&options.rules);
	put_settings("interval = 3\nrule.R13.p99 = 20ms\nrule.R13.p99 = 30ms\nrule.R21 = off\n"
		     "rule.R13.nosuch = 1\nrule.R1.look = much\nmouse = maybe\n");
	assert_int_equal(settings_file__load_rules(&options), 0);
	assert_int_equal(options.interval_ns, 5);
	assert_int_equal(options.rules.rules[RULE_R13].limits.p99_ns, 30000000);
	assert_true(options.rules.rules[RULE_R1].limits.look == 5);
	assert_false(rules_set__tries(&options.rules, RULE_R21));
	rules_set__init(&options.rules);
	assert_int_equal(settings_file__load(&options), 0);
	assert_int_equal(options.interval_ns, 3 * SEC_NS);
	assert_int_equal(options.rules.rules[RULE_R13].limits.p99_ns, 30000000);
}

/* They are told with their lines, and stay in the file when others are saved. */
static void bad_rules_are_kept(void **state)
{
	static const char text[] = "rule.R13.p99 = 20\nrule.R13 = off\nrule.R77 = off\n";
	struct bad_lines bad;
	struct settings *settings = parse(text, &bad);

	(void)state;
	assert_int_equal(bad.n, 2);
	assert_int_equal(bad.numbers[0], 1);
	assert_int_equal(bad.numbers[1], 3);
	assert_null(settings__get(settings, "rule.R13.p99"));
	assert_string_equal(settings__get(settings, "rule.R13"), "off");
	assert_int_equal(settings__set(settings, "rule.R13", "maybe"), -EINVAL);
	assert_prints(settings, text);
	settings__free(settings);
}

static void none_are_needed(void **state)
{
	struct options options = { .interval_ns = 5 };

	(void)state;
	assert_int_equal(settings_file__load(&options), 0);
	unsetenv("HOME");
	assert_int_equal(settings_file__load(&options), 0);
	assert_int_equal(options.interval_ns, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_and_values),
		cmocka_unit_test(bad_lines_are_told_and_left_alone),
		cmocka_unit_test(values_are_set_in_place),
		cmocka_unit_test(what_is_no_text_is_refused),
		cmocka_unit_test_setup_teardown(is_saved_where_there_was_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_another_version_has_written_is_kept, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_link_is_not_followed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_users_are_not_written, set_up, tear_down),
		cmocka_unit_test_setup_teardown(options_win, set_up, tear_down),
		cmocka_unit_test(bad_rules_are_kept),
		cmocka_unit_test_setup_teardown(limits_of_rules, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lists_have_kinds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(none_are_needed, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
