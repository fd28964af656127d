#!/usr/bin/env bash
# The README's two commands on bare systems: a root of Debian 12 and of Debian 13 with nothing
# but git, make and python3, and a clone of what is committed here. Needs root and debootstrap.
#
#   SUITES="bookworm trixie"   which Debian releases
#   COMMANDS="demo test"       which targets of make
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/bare_root.sh
source scripts/bare_root.sh

work=$(mktemp -d "${TMPDIR:-/var/tmp}/fresh.XXXXXX")
status=0
for suite in ${SUITES:-bookworm trixie}; do
  root=$work/$suite
  trap 'release "$root"; rm -rf "$work"' EXIT
  bare_root "$suite" "$root" git,make,python3
  lend_pip "$root"
  git clone -q --no-local . "$root/srv/tumorboard"
  for command in ${COMMANDS:-demo test}; do
    echo "== $suite: make $command"
    start=$(date +%s)
    inside "$root" make -C /srv/tumorboard "$command" ||
      {
        status=1
        echo "== $suite: make $command FAILED"
        tail -n 20 "$root/srv/tumorboard/setup.log" || true
      }
    echo "== $suite: make $command: $(($(date +%s) - start)) s"
  done
  release "$root"
  rm -rf "$root"
done
exit $status
