#!/bin/bash
# The Debian packages of a build tree ($1): made, looked at by lintian, and in a fresh Debian, made by debootstrap from
# the mirror that this one has, installed, used and purged. Needs root, for that; says so elsewhere.
set -eu -o pipefail

build=$(CDPATH='' cd -- "$1" && pwd)
self=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)/package.sh
folder=${2:-$(mktemp -d)} # given: it is called again, in a mount namespace of its own

if [ $# = 1 ]; then
    trap 'rm -rf --one-file-system "$folder"' EXIT
    (cd "$build" && cpack -G DEB -B "$folder/debs") >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
    rm -rf "$folder/debs/_CPack_Packages"
    lintian --allow-root --fail-on error,warning "$folder"/debs/*.deb
    if [ "$(id -u)" != 0 ]; then
        echo "skipped: that the packages can be installed is tried by root alone"
        exit
    fi
    if ! unshare --mount true 2>/dev/null; then
        echo "skipped: that the packages can be installed: this container may make no mount namespace"
        exit
    fi
    unshare --mount --propagation private "$self" "$build" "$folder"
    exit
fi

# ---- a fresh Debian ----

root=$folder/root
mkdir "$root"
mount -t tmpfs -o size=2G none "$root" # dpkg waits for the disk after each file
suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
# shellcheck disable=SC2016 # for apt-get to expand
mirror=$(apt-get indextargets --format '$(REPO_URI)' "Codename: $suite" 'Created-By: Packages' 2>/dev/null | sort -u |
    grep -m 1 '/debian/\?$') || { echo "skipped: that the packages can be installed: no Debian mirror is configured"; exit; }
debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$folder/log" 2>&1 || { tail -20 "$folder/log"; exit 1; }
for file in /etc/resolv.conf /etc/hosts /etc/apt/apt.conf /etc/apt/apt.conf.d /etc/ssl/certs; do
    [ ! -e "$file" ] || { mkdir -p "$root$(dirname "$file")" && cp -rL "$file" "$root$(dirname "$file")/"; }
done
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
cp -r "$folder/debs" "$root/debs"
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive HOME=/root "$@"; }
quietly() { "$@" >"$folder/log" 2>&1 || { echo "failed: $*" >&2; tail -20 "$folder/log" >&2; exit 1; }; }
fail() { echo "$*" >&2; exit 1; }

# ---- installed ----

quietly inside apt-get update
quietly inside sh -c 'apt-get install -y --no-install-recommends /debs/bench_*.deb'
inside bench --version
[ -z "$(inside find / -xdev -name '*cpython*' -path '*/bench/*')" ] || fail "bench has files of bench-python"
quietly inside bench -w spin,sleep,blur -x serial,omp,uring,process -j 2 -r 2 --launches 1 -o /root/runs.csv
said=$(inside bench -w spin -x cpython.serial 2>&1 || true)
[[ $said = *"package bench-python"* ]] || fail "where to find CPython's runner is not said: $said"
quietly inside bench report /root/runs.csv --format html -o /root/page.html
inside sh -c 'dpkg -L bench | grep -q "share/man/man1/bench.1.gz" && zcat /usr/share/man/man1/bench.1.gz | grep -q "Nm bench"'
quietly inside sh -c 'apt-get install -y --no-install-recommends /debs/bench-python_*.deb'
inside sh -c 'ls /usr/lib/bench/runners/cpython/__pycache__/*.pyc /usr/lib/python3/dist-packages/bench/__pycache__/*.pyc' >/dev/null
quietly inside bench -w spin -x cpython.serial,threading -j 2 -r 2 --launches 1
inside python3 -c 'import bench; print("the module", bench.__name__, "is found")'
quietly inside python3 -m bench --version

# ---- purged ----

quietly inside apt-get purge -y bench bench-python
left=$(inside find /usr /etc /var/lib -xdev -path '*bench*' ! -path '/var/lib/apt/*')
[ -z "$left" ] || fail "the packages leave behind: $left"
echo "bench and bench-python were installed, used and purged in a fresh $suite"
