#compdef kvmtop
# SPDX-License-Identifier: GPL-2.0
#
# Made by scripts/gen-completion out of the table of options; do not edit.

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

_kvmtop_names()
{
	local -a names
	names=(${(f)"$(_kvmtop_vms | cut -s -d ' ' -f 2)"})
	compadd -a names
}

# With their names beside them.
_kvmtop_pids()
{
	local -a pids
	pids=(${(f)"$(_kvmtop_vms | tr ' ' ':')"})
	compset -P '*,'
	_describe VM pids
}

_kvmtop_keys()
{
	local -a keys
	keys=(${(f)"$(kvmtop --detail help 2> /dev/null | awk '{ sub(/:.*/, ":", $1); print $1 }')"})
	compset -P '*,'
	compadd -a keys
}

_arguments -s -S \
	'*-p+[only VMs of these processes]:PID\[,PID...\]:_kvmtop_pids' \
	'*--pid=[only VMs of these processes]:PID\[,PID...\]:_kvmtop_pids' \
	'*-g+[only VMs of this name]:NAME:_kvmtop_names' \
	'*--guest=[only VMs of this name]:NAME:_kvmtop_names' \
	'*--vcpu=[only these vCPU ids]:ID\[,ID...\]: ' \
	'*-s+[interval, 0.1 to 3600]:SECONDS: ' \
	'*--set-delay=[interval, 0.1 to 3600]:SECONDS: ' \
	'*-n+[end after N intervals]:N: ' \
	'*--count=[end after N intervals]:N: ' \
	'*-1[one interval, then end]' \
	'*--once[one interval, then end]' \
	'*--batch[one interval, then end]' \
	'*--why[why VMs are slow: a line for each, after -s seconds]' \
	'*--by=[only this table: a row is a VM, a vCPU or an exit reason]:vm|vcpu|reason:(vm vcpu reason)' \
	'*--sort=[order of the rows]:COLUMN:(default lost pid name vcpu reason count rate time avg p50 p90 p99 p99.9 max guest kvm vmm poll block delay wait user share interval_s kind vm_id vm_name comm ended vcpus tid isa nested code detail key dir size_bytes error_code rip gpa origin unit exits_total exits exits_per_s exits_share_pct user_exits_total user_exits user_exits_per_s total delta per_s value share_pct time_ns time_share_pct avg_ns p50_ns p90_ns p99_ns p999_ns max_ns guest_pct kvm_pct vmm_pct halt_poll_pct halt_block_pct run_delay_pct lost_cpus held quota_pct aux_pct wait_ns cpu slot_lo_ns slot_hi_ns slot_exits error)' \
	'*--top=[only the first N rows]:N: ' \
	'*-H-[distribution of the handling time per exit reason]::REASON: ' \
	'*--hist=-[distribution of the handling time per exit reason]::REASON: ' \
	'*-d[event view: KVM'\''s own statistics, of all VMs together]' \
	'*--debugfs[event view: KVM'\''s own statistics, of all VMs together]' \
	'*-t[event view: kvm:* tracepoints, and what exits are for as their children]' \
	'*--tracepoints[event view: kvm:* tracepoints, and what exits are for as their children]' \
	'*-f+[only these events, by an extended regular expression that matches from the start]:REGEX: ' \
	'*--fields=[only these events, by an extended regular expression that matches from the start]:REGEX: ' \
	'*-x[event view without the children, as kvm_exit]' \
	'*--no-children[event view without the children, as kvm_exit]' \
	'*--detail=[what exits are about: msr, pio, mmio, rip:REASON, ...]:KEY\[,KEY...\]:_kvmtop_keys' \
	'*--slower-than=[print each exit that takes at least so long]:DURATION: ' \
	'*-o+[format]:text|csv|json|openmetrics|prometheus|screen:(text csv json openmetrics prometheus screen)' \
	'*--output=[format]:text|csv|json|openmetrics|prometheus|screen:(text csv json openmetrics prometheus screen)' \
	'*--listen=[metrics for Prometheus by HTTP, at /metrics]:\[ADDR\:\]PORT: ' \
	'*-l[a row for each interval, of what came in it]' \
	'*--log[a row for each interval, of what came in it]' \
	'*-L+[the same, appended to FILE]:FILE:_files' \
	'*--log-to-file=[the same, appended to FILE]:FILE:_files' \
	'*-c[as CSV, with one header per file]' \
	'*--csv[as CSV, with one header per file]' \
	'*-z[no row for an interval in which nothing came]' \
	'*--skip-zero-records[no row for an interval in which nothing came]' \
	'*--history=[memory for the past, to which one can go back]:MIB: ' \
	'*--ascii[only characters that every terminal has]' \
	'*--no-color[no colours, as if NO_COLOR was set]' \
	'*--no-settings[leave the settings aside that the key W has saved]' \
	'*--latency=[time histograms, only means, or nothing but counts]:full|mean|off:(full mean off)' \
	'*-i[statistics, and exits of VMs and vCPUs, in total from the start of the VM on, not of kvmtop]' \
	'*--debugfs-include-past[statistics, and exits of VMs and vCPUs, in total from the start of the VM on, not of kvmtop]' \
	'*--record=[append what is measured to FILE]:FILE:_files' \
	'*--record-size=[how large FILE and FILE.1, which has what is older, may become]:MIB: ' \
	'*--replay=[show what was recorded]:FILE:_files' \
	'*--since=[only what is after TIME: 2026-01-31T09:08:07Z, "2026-01-31 09:08" or 09:08]:TIME: ' \
	'*--until=[only what is not after TIME]:TIME: ' \
	'*--verify[compare what is counted with KVM'\''s own statistics, over one interval]' \
	'*--features[what works here, and how to get what does not]' \
	'*-v[more messages]' \
	'*--verbose[more messages]' \
	'*-V[print the version]' \
	'*--version[print the version]' \
	'*-h[print this]' \
	'*--help[print this]' \
	&& return 0
