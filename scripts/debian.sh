# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# To be sourced: Debian packages of any suite, kept unpacked in the cache. Needs no root: apt runs on
# a private state folder, so the system's package sources stay untouched.
#
# The script that sources it sets cache_kind, the folder in the cache, and suites, those that the packages come from. It
# has two functions. fetch() ends with fetch_packages(). arrange() takes what it needs out of tree, where the packages
# are unpacked, into the current folder.

readonly KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
readonly TOOL=${0##*/}

die() { echo "$TOOL: $*" >&2; exit 1; }

# The archive that serves SUITE: where the system itself gets the same kind of suite from.
mirror_of() {
	local suite=$1 main security
	local codename repos
	# shellcheck source=/dev/null
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
	# shellcheck disable=SC2016 # the format is apt's
	repos=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' | sort -u)
	main=$(awk -v r="$codename" '$1 == r && /\/debian\/?$/ {print $2; exit}' <<<"$repos")
	main=${main:-$(awk '/\/debian\/?$/ {print $2; exit}' <<<"$repos")}
	[[ $main ]] || die 'apt names no Debian archive; add one to /etc/apt/sources.list'
	security=$(awk '/\/debian-security\/?$/ {print $2; exit}' <<<"$repos")
	[[ $suite == *-security ]] && main=${security:-${main%/}-security}
	echo "$main"
}

# apt with its state in $apt; arguments as for apt-get or apt-cache.
private_apt() {
	local tool=$1; shift
	"$tool" -q -o Dir::State::Lists="$apt/lists" -o Dir::State::status=/dev/null \
		-o Dir::Cache="$apt/cache" -o Dir::Etc::sourcelist="$apt/sources.list" \
		-o Dir::Etc::sourceparts=/dev/null -o APT::Architectures=amd64 \
		-o APT::Architecture=amd64 -o APT::Sandbox::User= "$@"
}

update_index() {
	local suite mirror
	mkdir -p "$apt"/{lists,cache/archives}/partial
	# shellcheck disable=SC2154 # suites: see above
	for suite in $suites; do
		mirror=$(mirror_of "$suite")
		echo "deb [signed-by=$KEYRING] $mirror $suite main"
	done >"$apt/sources.list"
	private_apt apt-get -o APT::Update::Error-Mode=any update >"$apt/log" 2>&1 ||
		die "cannot reach $suites:" \
			"$(grep -m1 '^[EW]:' "$apt/log" || tail -n1 "$apt/log")"
}

need_tools() {
	local tool
	for tool in apt-get dpkg-deb "$@"; do
		command -v "$tool" >/dev/null ||
			die "no $tool; install the packages that vmtest --packages names"
	done
}

# Fills $dir from packages: NAME=VERSION, one per line. All of it or nothing.
fetch_packages() {
	local packages=$1 deb
	echo "$TOOL: fetching ${packages//$'\n'/ }" >&2
	rm -rf "$apt/debs" "$dir.new"
	mkdir -p "$apt/debs" "$dir.new/tree"
	# shellcheck disable=SC2086 # one word per package
	(cd "$apt/debs" && private_apt apt-get download $packages) >"$apt/log" 2>&1 ||
		die "cannot download ${packages//$'\n'/ }: $(grep -m1 '^E:' "$apt/log")"
	for deb in "$apt"/debs/*.deb; do
		dpkg-deb -x "$deb" "$dir.new/tree"
	done
	(cd "$dir.new" && arrange)
	rm -rf "$dir.new/tree"
	tr '=' ' ' <<<"$packages" >"$dir.new/packages"
	rm -rf "$apt" "$dir"
	mv "$dir.new" "$dir"
}

# The folder of NAME in the cache, filled by fetch() at the first time.
cached() {
	local name=$1
	local cache=${KVMTOP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kvmtop} lock
	# shellcheck disable=SC2154 # cache_kind: see above
	dir=$cache/$cache_kind/$name
	apt=$cache/apt/$cache_kind-$name
	if [[ ! -e $dir/packages ]]; then
		mkdir -p "${dir%/*}" "$apt"
		exec {lock}>"$dir.lock"
		flock "$lock"
		[[ -e $dir/packages ]] || fetch
	fi
	echo "$dir"
}
