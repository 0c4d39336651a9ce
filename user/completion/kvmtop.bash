# SPDX-License-Identifier: GPL-2.0
#
# Made by scripts/gen-completion out of the table of options; do not edit.
# shellcheck shell=bash

_kvmtop_vms()
{
	ps -ww -eo pid=,args= 2> /dev/null | awk '
		{ n = split($2, path, "/"); name = "" }
		path[n] !~ /^(qemu|kvm$|firecracker|cloud-hypervisor|crosvm|lkvm)/ { next }
		{
			for (i = 3; i <= NF; i++) {
				if ($i ~ /^--?(name|id)$/) value = $(i + 1)
				else if ($i ~ /^--(name|id)=/) value = substr($i, index($i, "=") + 1)
				else continue
				if (match(value, /guest=[^,]*/)) value = substr(value, RSTART + 6, RLENGTH - 6)
				sub(/,.*/, "", value)
				if (value ~ /^[A-Za-z0-9][A-Za-z0-9._@+-]*$/) name = value
			}
			print $1, name
		}'
}

# Those of the words $1, which are ours, that begin as what is typed.
_kvmtop_words()
{
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

# The same of lines from outside, which no shell may expand. Values separated by $1 can come before it.
_kvmtop_lines()
{
	local line before=
	[[ -n $1 && $cur == *"$1"* ]] && before=${cur%"$1"*}$1
	while read -r line; do
		[[ -n $line && $before$line == "$cur"* ]] && COMPREPLY+=("$before$line")
	done
}

_kvmtop()
{
	local cur=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]}
	COMPREPLY=()
	# "--by=v" is three words.
	if [[ $cur == = ]]; then
		cur=
	elif [[ $option == = ]]; then
		option=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $option in
	-p | --pid) _kvmtop_lines , < <(_kvmtop_vms | cut -d ' ' -f 1) ;;
	-g | --guest) _kvmtop_lines '' < <(_kvmtop_vms | cut -s -d ' ' -f 2) ;;
	--vcpu) ;;
	-s | --set-delay) ;;
	-n | --count) ;;
	--by) _kvmtop_words 'vm vcpu reason' ;;
	--sort) _kvmtop_words 'default lost pid name vcpu reason count rate time avg p50 p90 p99 p99.9 max guest kvm vmm poll block delay wait user share interval_s kind vm_id vm_name comm ended vcpus tid isa nested code detail key dir size_bytes error_code rip gpa origin unit exits_total exits exits_per_s exits_share_pct user_exits_total user_exits user_exits_per_s total delta per_s value share_pct time_ns time_share_pct avg_ns p50_ns p90_ns p99_ns p999_ns max_ns guest_pct kvm_pct vmm_pct halt_poll_pct halt_block_pct run_delay_pct lost_cpus held quota_pct aux_pct wait_ns cpu slot_lo_ns slot_hi_ns slot_exits error' ;;
	--top) ;;
	-f | --fields) ;;
	--detail) _kvmtop_lines , < <(kvmtop --detail help 2> /dev/null | awk '{ sub(/:.*/, ":", $1); print $1 }') ;;
	--slower-than) ;;
	-o | --output) _kvmtop_words 'text csv json openmetrics prometheus screen' ;;
	--listen) ;;
	-L | --log-to-file) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	--history) ;;
	--latency) _kvmtop_words 'full mean off' ;;
	--record) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	--record-size) ;;
	--replay) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	--since) ;;
	--until) ;;
	*) _kvmtop_words '-p --pid -g --guest --vcpu -s --set-delay -n --count -1 --once --batch --why --by --sort --top -H --hist -d --debugfs -t --tracepoints -f --fields -x --no-children --detail --slower-than -o --output --listen -l --log -L --log-to-file -c --csv -z --skip-zero-records --history --ascii --no-color --no-settings --latency -i --debugfs-include-past --record --record-size --replay --since --until --verify --features -v --verbose -V --version -h --help' ;;
	esac
}

complete -F _kvmtop kvmtop
