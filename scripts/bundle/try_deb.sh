#!/usr/bin/env bash
# Tries the Debian package of dist/ as a user would, in a bare root: installs it, starts it from
# the menu entry's command on a screen of its own, imports a folder, prints a report, uninstalls.
# Needs root and debootstrap.
#
#   SUITE=bookworm        which Debian release
#   PICTURE=FILE.png      where the picture of the window goes (default: dist/window.png)
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=scripts/bare_root.sh
source scripts/bare_root.sh

package=$(ls dist/tumorboard_*.deb)
work=$(mktemp -d "${TMPDIR:-/var/tmp}/deb.XXXXXX")
root=$work/${SUITE:-bookworm}
trap 'release "$root"; rm -rf "$work"' EXIT
bare_root "${SUITE:-bookworm}" "$root" ca-certificates
cp "$package" "$root/srv/package.deb"
as_user() { inside "$root" su -l reader -c "export LANG=C.UTF-8; $*"; }
digests() {
  (cd "$root/opt/tumorboard" &&
    find . -type f -exec sha256sum {} + -o -type l -printf '%p %l\n' | sort)
}

inside "$root" sh -c 'apt-get -qq update && apt-get -qq install -y /srv/package.deb' >"$work/apt.log" 2>&1 ||
  { tail -n 20 "$work/apt.log"; exit 1; }
echo "installed: $(du -sm "$root/opt/tumorboard" | cut -f1) MB in /opt/tumorboard"
inside "$root" sh -c 'apt-get -qq install -y xvfb xdotool imagemagick' >"$work/apt.log" 2>&1
home=/srv/reader
inside "$root" useradd -m -d "$home" reader
digests >"$work/before"

echo "== the demonstration, without a screen"
as_user tumorboard demo --no-window --out demonstration | tail -n 7
echo "== a folder into a store of its own, and a report of it"
images=$(as_user 'dirname $(find .local/share/tumorboard -name CT0001.dcm | head -n 1)')
as_user tumorboard --store board import "$images" || [ $? -eq 3 ] # the truth beside them is no image
as_user tumorboard --store board verify
as_user tumorboard --store board report TB-0001 --pdf report.pdf --html report.html
as_user 'head -c 5 report.pdf; echo; ls -l report.pdf'

echo "== the menu entry"
entry=$(sed -n 's/^Exec=//p' "$root/usr/share/applications/tumorboard.desktop")
cat >"$root$home/window.sh" <<EOF
Xvfb :7 -screen 0 1366x768x24 >/dev/null 2>&1 &
screen=\$!
export DISPLAY=:7
sleep 2
$entry demo &
program=\$!
for _ in \$(seq 60); do
  xdotool search --onlyvisible --name Tumorboard >/dev/null 2>&1 && break
  sleep 1
done
sleep 8
xdotool search --onlyvisible --name Tumorboard getwindowname
import -window root window.png
kill \$program \$screen
EOF
as_user "sh window.sh"
cp "$root$home/window.png" "${PICTURE:-dist/window.png}"

digests >"$work/after"
cmp "$work/before" "$work/after" && echo "the installation is byte-identical after use"
echo "== uninstalled"
inside "$root" apt-get -qq purge -y tumorboard >"$work/apt.log" 2>&1
[ ! -e "$root/opt/tumorboard" ] && [ ! -e "$root/usr/bin/tumorboard" ] && echo "nothing of it is left in /opt and /usr"
ls "$root$home/board"
[ -s "$root$home/board/tumorboard.sqlite" ] && echo "the store is kept"
