#!/usr/bin/env bash
# The README's two commands on bare systems: a root of Debian 12 and of Debian 13 with nothing
# but git, make and python3, and a clone of what is committed here. Needs root and debootstrap.
#
#   SUITES="bookworm trixie"   which Debian releases
#   COMMANDS="demo test"       which targets of make
#   MIRROR=URL                 where the systems come from (default: as apt here)
#
# How this host reaches its package indexes (apt's configuration, pip's environment and the
# certificates they name) is lent to the bare system; nothing else of it is.
set -euo pipefail
cd "$(dirname "$0")/.."

suites=${SUITES:-bookworm trixie}
commands=${COMMANDS:-demo test}
apt_mirror() {
  cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    sed -nE 's/^(URIs:|deb( \[[^]]*\])?) *(https?:[^ ]*\/debian\/?)( .*)?$/\3/p' | sed -n 1p
}
mirror=${MIRROR:-$(apt_mirror || true)}
work=$(mktemp -d "${TMPDIR:-/var/tmp}/fresh.XXXXXX")

release() {
  for place in dev proc; do
    umount -l "$1/$place" 2>/dev/null || true
  done
}

bare_root() { # SUITE FOLDER
  debootstrap --variant=minbase --include=git,make,python3 "$1" "$2" ${mirror:+"$mirror"} \
    >"$work/debootstrap.log"
  mount --bind /dev "$2/dev"
  mount -t proc proc "$2/proc"
  cp /etc/resolv.conf "$2/etc/resolv.conf"
  cp -n /etc/apt/apt.conf.d/* "$2/etc/apt/apt.conf.d/" || true
}

# pip's settings of this host, with the certificates that they name at a place of their own:
# the usual one belongs to a system package.
lend_pip() { # FOLDER
  env | grep -E '^PIP_(INDEX_URL|EXTRA_INDEX_URL|PROXY|TRUSTED_HOST|DEFAULT_TIMEOUT)=' \
    >"$1/root/pip.env" || true
  if [ -n "${PIP_CERT:-}" ]; then
    cp -L "$PIP_CERT" "$1/root/certificates.pem"
    echo PIP_CERT=/root/certificates.pem >>"$1/root/pip.env"
  fi
}

status=0
for suite in $suites; do
  root=$work/$suite
  trap 'release "$root"; rm -rf "$work"' EXIT
  bare_root "$suite" "$root"
  lend_pip "$root"
  git clone -q --no-local . "$root/root/tumorboard"
  for command in $commands; do
    echo "== $suite: make $command"
    start=$(date +%s)
    # shellcheck disable=SC2046 # one word a setting
    chroot "$root" env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      LANG=C.UTF-8 $(cat "$root/root/pip.env") make -C /root/tumorboard "$command" </dev/null ||
      {
        status=1
        echo "== $suite: make $command FAILED"
        tail -n 20 "$root/root/tumorboard/setup.log" || true
      }
    echo "== $suite: make $command: $(($(date +%s) - start)) s"
  done
  release "$root"
  rm -rf "$root"
done
exit $status
