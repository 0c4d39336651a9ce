# SPDX-License-Identifier: GPL-2.0
#
# Made by scripts/gen-completion out of the table of options; do not edit.

function __kvmtop_vms
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
end

function __kvmtop_names
	__kvmtop_vms | awk 'NF == 2 { print $2 }'
end

# With their names beside them.
function __kvmtop_pids
	__kvmtop_vms | tr ' ' '\t'
end

function __kvmtop_keys
	kvmtop --detail help 2> /dev/null | awk '{ sub(/:.*/, ":", $1); print $1 }'
end

complete -c kvmtop -f
complete -c kvmtop -s p -l pid -x -a '(__fish_complete_list , __kvmtop_pids)' -d 'only VMs of these processes'
complete -c kvmtop -s g -l guest -x -a '(__kvmtop_names)' -d 'only VMs of this name'
complete -c kvmtop -l vcpu -x -d 'only these vCPU ids'
complete -c kvmtop -s s -l set-delay -x -d 'interval, 0.1 to 3600'
complete -c kvmtop -s n -l count -x -d 'end after N intervals'
complete -c kvmtop -s 1 -l once -l batch -d 'one interval, then end'
complete -c kvmtop -l why -d 'why VMs are slow: a line for each, after -s seconds'
complete -c kvmtop -l by -x -a 'vm vcpu reason' -d 'only this table: a row is a VM, a vCPU or an exit reason'
complete -c kvmtop -l sort -x -a 'default lost pid name vcpu reason count rate time avg p50 p90 p99 p99.9 max guest kvm vmm poll block delay wait user share interval_s kind vm_id vm_name comm ended vcpus tid isa nested code detail key dir size_bytes error_code rip gpa origin unit exits_total exits exits_per_s exits_share_pct user_exits_total user_exits user_exits_per_s total delta per_s value share_pct time_ns time_share_pct avg_ns p50_ns p90_ns p99_ns p999_ns max_ns guest_pct kvm_pct vmm_pct halt_poll_pct halt_block_pct run_delay_pct lost_cpus held quota_pct aux_pct wait_ns cpu slot_lo_ns slot_hi_ns slot_exits error' -d 'order of the rows'
complete -c kvmtop -l top -x -d 'only the first N rows'
complete -c kvmtop -s H -l hist -d 'distribution of the handling time per exit reason'
complete -c kvmtop -s d -l debugfs -d 'event view: KVM\'s own statistics, of all VMs together'
complete -c kvmtop -s t -l tracepoints -d 'event view: kvm:* tracepoints, and what exits are for as their children'
complete -c kvmtop -s f -l fields -x -d 'only these events, by an extended regular expression that matches from the start'
complete -c kvmtop -s x -l no-children -d 'event view without the children, as kvm_exit'
complete -c kvmtop -l detail -x -a '(__fish_complete_list , __kvmtop_keys)' -d 'what exits are about: msr, pio, mmio, rip:REASON, ...'
complete -c kvmtop -l slower-than -x -d 'print each exit that takes at least so long'
complete -c kvmtop -s o -l output -x -a 'text csv json openmetrics prometheus screen' -d 'format'
complete -c kvmtop -l listen -x -d 'metrics for Prometheus by HTTP, at /metrics'
complete -c kvmtop -s l -l log -d 'a row for each interval, of what came in it'
complete -c kvmtop -s L -l log-to-file -r -F -d 'the same, appended to FILE'
complete -c kvmtop -s c -l csv -d 'as CSV, with one header per file'
complete -c kvmtop -s z -l skip-zero-records -d 'no row for an interval in which nothing came'
complete -c kvmtop -l history -x -d 'memory for the past, to which one can go back'
complete -c kvmtop -l ascii -d 'only characters that every terminal has'
complete -c kvmtop -l no-color -d 'no colours, as if NO_COLOR was set'
complete -c kvmtop -l no-settings -d 'leave the settings aside that the key W has saved'
complete -c kvmtop -l latency -x -a 'full mean off' -d 'time histograms, only means, or nothing but counts'
complete -c kvmtop -s i -l debugfs-include-past -d 'statistics, and exits of VMs and vCPUs, in total from the start of the VM on, not of kvmtop'
complete -c kvmtop -l record -r -F -d 'append what is measured to FILE'
complete -c kvmtop -l record-size -x -d 'how large FILE and FILE.1, which has what is older, may become'
complete -c kvmtop -l replay -r -F -d 'show what was recorded'
complete -c kvmtop -l since -x -d 'only what is after TIME: 2026-01-31T09:08:07Z, "2026-01-31 09:08" or 09:08'
complete -c kvmtop -l until -x -d 'only what is not after TIME'
complete -c kvmtop -l verify -d 'compare what is counted with KVM\'s own statistics, over one interval'
complete -c kvmtop -l features -d 'what works here, and how to get what does not'
complete -c kvmtop -s v -l verbose -d 'more messages'
complete -c kvmtop -s V -l version -d 'print the version'
complete -c kvmtop -s h -l help -d 'print this'
