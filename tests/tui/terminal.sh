# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# To be sourced, in the top folder: a shell in tmux that kvmtop ($KVMTOP) is started in, and what of it can be seen.
# What is waited for is a text that appears, and not a time.

kvmtop=$(realpath "$KVMTOP")
work=$(mktemp -d)
export LC_ALL=C.UTF-8 TZ=UTC HOME=$work/home
unset NO_COLOR COLUMNS LINES TMUX XDG_CONFIG_HOME KVMTOP_CURSOR
mkdir "$HOME"
bad=0
patience=30
session=0 # each has a server of its own

tm()
{
	tmux -S "$work/tmux.$session" -f /dev/null "$@" 2> /dev/null
}
trap 'tm kill-server; rm -rf "$work"' EXIT

report()
{
	if [ "$1" = 0 ]; then
		echo "ok - screen: $2"
	else
		echo "not ok - screen: $2"
		tm capture-pane -p | sed 's/^/#  /'
		# shellcheck disable=SC2034 # the tests that source this end with it
		bad=1
	fi
}

# What is on the terminal.
# shellcheck disable=SC2120 # the tests give it arguments
picture()
{
	tm capture-pane -p "$@"
}

# Until COMMAND... succeeds.
wait_for()
{
	local end=$((SECONDS + patience))
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

shows()
{
	picture | grep -qF -- "$1"
}

shows_not()
{
	! shows "$1"
}

keys()
{
	tm send-keys "$@"
}

type_line()
{
	keys -l -- "$1"
	keys Enter
}

# A shell of COLUMNS x LINES; its prompt has a number, so that each is another.
begin()
{
	tm kill-server
	session=$((session + 1))
	printf 'set +o history\nPS1="prompt> "\ncd %q\n' "$work" > "$work/bashrc"
	tm new-session -d -x "$1" -y "$2" "bash --rcfile $work/bashrc -i"
	wait_for shows 'prompt>'
}

# kvmtop with these words before and after it, and then its exit status.
start()
{
	rm -f "$work/before" "$work/after"
	type_line "stty -g > before; $1 $kvmtop $2; echo \"status \$? end\"; stty -g > after"
}

is_there()
{
	[ "$(tm display-message -p '#{alternate_on}')" = 1 ]
}

# The terminal is as before, after kvmtop ended with STATUS.
is_given_back()
{
	wait_for shows "status $1 end" && wait_for test -s "$work/after" || return 1
	cmp "$work/before" "$work/after" && [ "$(tm display-message -p '#{alternate_on} #{cursor_flag}')" = '0 1' ]
}

# Only the foreground process group of the terminal is kvmtop's.
pid_of_kvmtop()
{
	pgrep -f "^$kvmtop( |\$)" -t "$(tm display-message -p '#{pane_tty}' | sed 's,/dev/,,')"
}

# Words of COMMAND... are the name of the test, too.
check()
{
	"$@"
	report $? "${*//_/ }"
}
