// SPDX-License-Identifier: GPL-2.0
/*
 * gen-completion: what bash, zsh and fish complete after "kvmtop", out of the program's own table of options. Its argument is the
 * shell. scripts/gen-completion puts it into user/completion, or checks that it is there.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../user/base/cleanup.h"
#include "../user/model/order.h"
#include "../user/model/registry.h"
#include "../user/options/option_spec.h"

/* What can be offered as an option's value. */
enum value {
	VALUE_NONE,
	VALUE_ANY,
	VALUE_WORDS,
	VALUE_FILE,
	VALUE_COLUMN,
	VALUE_VM,
	VALUE_PIDS,
	VALUE_KEYS
};

static enum value value_of(const struct option_spec *spec)
{
	static const struct {
		const char *option;
		enum value value;
	} own[] = { { "guest", VALUE_VM },
		    { "pid", VALUE_PIDS },
		    { "detail", VALUE_KEYS },
		    { "sort", VALUE_COLUMN } };

	if (!spec->arg || spec->arg_optional)
		return VALUE_NONE;
	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (!strcmp(spec->name, own[i].option))
			return own[i].value;
	if (spec->words)
		return VALUE_WORDS;
	return strcmp(spec->arg, "FILE") ? VALUE_ANY : VALUE_FILE;
}

static void print_words(const struct option_word *words)
{
	for (const struct option_word *word = words; word->name; word++)
		printf("%s%s", word == words ? "" : " ", word->name);
}

/* Whether --sort has a word of its own that is called so. */
static bool is_sort_key(const char *name)
{
	for (int key = 0; sort_key_name((enum sort_key)key); key++)
		if (!strcmp(sort_key_name((enum sort_key)key), name))
			return true;
	return false;
}

/* All that --sort takes: words of its own, then columns. */
static void print_columns(void)
{
	for (int key = 0; sort_key_name((enum sort_key)key); key++)
		printf("%s%s", key ? " " : "", sort_key_name((enum sort_key)key));
	for (int id = 0; id < COLUMN_MAX; id++) {
		const char *name = registry_column((enum column_id)id)->name;

		if (name && !is_sort_key(name))
			printf(" %s", name);
	}
}

/* What an option does, up to the first detail of it; a single quote is written as @quote. */
static void print_help(const struct option_spec *spec, const char *quote)
{
	size_t n = strcspn(spec->help, ";([");

	while (n && spec->help[n - 1] == ' ')
		n--;
	for (size_t i = 0; i < n; i++) {
		if (spec->help[i] == '\'')
			fputs(quote, stdout);
		else
			putchar(spec->help[i]);
	}
}

/*
 * Lines of a pid and a name, for VMs whose VMM tells its name by its command line, which needs no privileges. A name comes from
 * outside: one of other characters than these is left out. No backslash and no single quote, so that all shells can quote it.
 */
static const char list_vms[] =
	"ps -ww -eo pid=,args= 2> /dev/null | awk '\n"
	"\t\t{ n = split($2, path, \"/\"); name = \"\" }\n"
	"\t\tpath[n] !~ /^(qemu|kvm$|firecracker|cloud-hypervisor|crosvm|lkvm)/ { next }\n"
	"\t\t{\n"
	"\t\t\tfor (i = 3; i <= NF; i++) {\n"
	"\t\t\t\tif ($i ~ /^--?(name|id)$/) value = $(i + 1)\n"
	"\t\t\t\telse if ($i ~ /^--(name|id)=/) value = substr($i, index($i, \"=\") + 1)\n"
	"\t\t\t\telse continue\n"
	"\t\t\t\tif (match(value, /guest=[^,]*/)) value = substr(value, RSTART + 6, RLENGTH - 6)\n"
	"\t\t\t\tsub(/,.*/, \"\", value)\n"
	"\t\t\t\tif (value ~ /^[A-Za-z0-9][A-Za-z0-9._@+-]*$/) name = value\n"
	"\t\t\t}\n"
	"\t\t\tprint $1, name\n"
	"\t\t}'";

/* Of "rip:REASON" the user writes the reason. */
static const char list_keys[] =
	"kvmtop --detail help 2> /dev/null | awk '{ sub(/:.*/, \":\", $1); print $1 }'";

static void print_head(const char *first)
{
	printf("%s# SPDX-License-Identifier: GPL-2.0\n"
	       "#\n"
	       "# Made by scripts/gen-completion out of the table of options; do not edit.\n",
	       first);
}

/* ---- bash */

/* "-p|--pid", with @between. */
static void print_names(const struct option_spec *spec, const char *between)
{
	if (spec->letter)
		printf("-%c%s", spec->letter, between);
	printf("--%s", spec->name);
	if (spec->alias)
		printf("%s--%s", between, spec->alias);
}

/* A branch of the case over the option whose value it is. */
static void print_bash_value(const struct option_spec *spec)
{
	const enum value value = value_of(spec);

	if (value == VALUE_NONE)
		return;
	printf("\t");
	print_names(spec, " | ");
	printf(") ");
	switch (value) {
	case VALUE_WORDS:
		printf("_kvmtop_words '");
		print_words(spec->words);
		printf("' ");
		break;
	case VALUE_COLUMN:
		printf("_kvmtop_words '");
		print_columns();
		printf("' ");
		break;
	case VALUE_FILE:
		printf("compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\") ");
		break;
	case VALUE_VM:
		printf("_kvmtop_lines '' < <(_kvmtop_vms | cut -s -d ' ' -f 2) ");
		break;
	case VALUE_PIDS:
		printf("_kvmtop_lines , < <(_kvmtop_vms | cut -d ' ' -f 1) ");
		break;
	case VALUE_KEYS:
		printf("_kvmtop_lines , < <(%s) ", list_keys);
		break;
	default:
		break;
	}
	printf(";;\n");
}

static void print_bash(void)
{
	print_head("");
	printf("# shellcheck shell=bash\n\n"
	       "_kvmtop_vms()\n{\n\t%s\n}\n\n"
	       "# Those of the words $1, which are ours, that begin as what is typed.\n"
	       "_kvmtop_words()\n{\n"
	       "\tmapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\")\n}\n\n"
	       "# The same of lines from outside, which no shell may expand. Values separated by "
	       "$1 can come before it.\n"
	       "_kvmtop_lines()\n{\n"
	       "\tlocal line before=\n"
	       "\t[[ -n $1 && $cur == *\"$1\"* ]] && before=${cur%%\"$1\"*}$1\n"
	       "\twhile read -r line; do\n"
	       "\t\t[[ -n $line && $before$line == \"$cur\"* ]] && COMPREPLY+=(\"$before$line\")\n"
	       "\tdone\n}\n\n"
	       "_kvmtop()\n{\n"
	       "\tlocal cur=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]}\n"
	       "\tCOMPREPLY=()\n"
	       "\t# \"--by=v\" is three words.\n"
	       "\tif [[ $cur == = ]]; then\n"
	       "\t\tcur=\n"
	       "\telif [[ $option == = ]]; then\n"
	       "\t\toption=${COMP_WORDS[COMP_CWORD - 2]}\n"
	       "\tfi\n"
	       "\tcase $option in\n",
	       list_vms);
	for (size_t i = 0; option_spec(i); i++)
		print_bash_value(option_spec(i));
	printf("\t*) _kvmtop_words '");
	for (size_t i = 0; option_spec(i); i++) {
		printf("%s", i ? " " : "");
		print_names(option_spec(i), " ");
	}
	printf("' ;;\n\tesac\n}\n\ncomplete -F _kvmtop kvmtop\n");
}

/* ---- zsh */

static void print_zsh_value(const struct option_spec *spec)
{
	const enum value value = value_of(spec);

	if (!spec->arg)
		return;
	printf("%s", spec->arg_optional ? "::" : ":");
	for (const char *p = spec->arg; *p; p++)
		printf("%s%c", strchr(":[]", *p) ? "\\" : "", *p);
	printf(":");
	switch (value) {
	case VALUE_WORDS:
		printf("(");
		print_words(spec->words);
		printf(")");
		break;
	case VALUE_COLUMN:
		printf("(");
		print_columns();
		printf(")");
		break;
	case VALUE_FILE:
		printf("_files");
		break;
	case VALUE_VM:
		printf("_kvmtop_names");
		break;
	case VALUE_PIDS:
		printf("_kvmtop_pids");
		break;
	case VALUE_KEYS:
		printf("_kvmtop_keys");
		break;
	default:
		printf(" ");
	}
}

/* One way to write the option; any may come twice. */
static void print_zsh_option(const struct option_spec *spec, const char *dashes, const char *name)
{
	printf("\t'*%s%s", dashes, name);
	if (spec->arg)
		printf("%s%s", dashes[1] ? "=" : "",
		       spec->arg_optional ? "-"
		       : dashes[1]	  ? ""
					  : "+");
	printf("[");
	print_help(spec, "'\\''");
	printf("]");
	print_zsh_value(spec);
	printf("' \\\n");
}

static void print_zsh(void)
{
	print_head("#compdef kvmtop\n");
	printf("\n_kvmtop_vms()\n{\n\t%s\n}\n\n"
	       "_kvmtop_names()\n{\n"
	       "\tlocal -a names\n"
	       "\tnames=(${(f)\"$(_kvmtop_vms | cut -s -d ' ' -f 2)\"})\n"
	       "\tcompadd -a names\n}\n\n"
	       "# With their names beside them.\n"
	       "_kvmtop_pids()\n{\n"
	       "\tlocal -a pids\n"
	       "\tpids=(${(f)\"$(_kvmtop_vms | tr ' ' ':')\"})\n"
	       "\tcompset -P '*,'\n"
	       "\t_describe VM pids\n}\n\n"
	       "_kvmtop_keys()\n{\n"
	       "\tlocal -a keys\n"
	       "\tkeys=(${(f)\"$(%s)\"})\n"
	       "\tcompset -P '*,'\n"
	       "\tcompadd -a keys\n}\n\n"
	       "_arguments -s -S \\\n",
	       list_vms, list_keys);
	for (size_t i = 0; option_spec(i); i++) {
		const struct option_spec *spec = option_spec(i);
		const char letter[] = { spec->letter, '\0' };

		if (spec->letter)
			print_zsh_option(spec, "-", letter);
		print_zsh_option(spec, "--", spec->name);
		if (spec->alias)
			print_zsh_option(spec, "--", spec->alias);
	}
	printf("\t&& return 0\n");
}

/* ---- fish */

static void print_fish_value(const struct option_spec *spec)
{
	switch (value_of(spec)) {
	case VALUE_NONE:
		break;
	case VALUE_ANY:
		printf(" -x");
		break;
	case VALUE_WORDS:
		printf(" -x -a '");
		print_words(spec->words);
		printf("'");
		break;
	case VALUE_COLUMN:
		printf(" -x -a '");
		print_columns();
		printf("'");
		break;
	case VALUE_FILE:
		printf(" -r -F");
		break;
	case VALUE_VM:
		printf(" -x -a '(__kvmtop_names)'");
		break;
	case VALUE_PIDS:
		printf(" -x -a '(__fish_complete_list , __kvmtop_pids)'");
		break;
	case VALUE_KEYS:
		printf(" -x -a '(__fish_complete_list , __kvmtop_keys)'");
		break;
	}
}

static void print_fish(void)
{
	print_head("");
	printf("\nfunction __kvmtop_vms\n\t%s\nend\n\n"
	       "function __kvmtop_names\n\t__kvmtop_vms | awk 'NF == 2 { print $2 }'\nend\n\n"
	       "# With their names beside them.\n"
	       "function __kvmtop_pids\n\t__kvmtop_vms | tr ' ' '\\t'\nend\n\n"
	       "function __kvmtop_keys\n\t%s\nend\n\n"
	       "complete -c kvmtop -f\n",
	       list_vms, list_keys);
	for (size_t i = 0; option_spec(i); i++) {
		const struct option_spec *spec = option_spec(i);

		printf("complete -c kvmtop");
		if (spec->letter)
			printf(" -s %c", spec->letter);
		printf(" -l %s", spec->name);
		if (spec->alias)
			printf(" -l %s", spec->alias);
		print_fish_value(spec);
		printf(" -d '");
		print_help(spec, "\\'");
		printf("'\n");
	}
}

int main(int argc, char **argv)
{
	const char *shell = argc == 2 ? argv[1] : "";

	if (!strcmp(shell, "bash"))
		print_bash();
	else if (!strcmp(shell, "zsh"))
		print_zsh();
	else if (!strcmp(shell, "fish"))
		print_fish();
	else
		return 2;
	return 0;
}
