# A bare Debian root to try things in; sourced by scripts that run as root, with debootstrap.
# shellcheck shell=bash
#
# How this host reaches its package indexes (apt's configuration, pip's environment and the
# certificates they name) is lent to the root; nothing else of it is.
#
#   MIRROR=URL   where the system comes from (default: as apt here)

apt_mirror() {
  cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    sed -nE 's/^(URIs:|deb( \[[^]]*\])?) *(https?:[^ ]*\/debian\/?)( .*)?$/\3/p' | sed -n 1p
}

bare_root() { # SUITE FOLDER PACKAGES
  local mirror=${MIRROR:-$(apt_mirror || true)}
  debootstrap --variant=minbase --include="$3" "$1" "$2" ${mirror:+"$mirror"} >"$2.log"
  mount --bind /dev "$2/dev"
  mount --make-private "$2/dev" # what is mounted in it stays in it
  mount -t tmpfs -o mode=1777 tmpfs "$2/dev/shm"
  mount -t proc proc "$2/proc"
  cp /etc/resolv.conf "$2/etc/resolv.conf"
  cp -n /etc/apt/apt.conf.d/* "$2/etc/apt/apt.conf.d/" || true
}

release() { # FOLDER
  local place
  for place in dev/shm dev proc; do
    umount -l "$1/$place" 2>/dev/null || true
  done
}

# pip's settings of this host, with the certificates that they name at a place of their own:
# the usual one belongs to a system package.
lend_pip() { # FOLDER
  env | grep -E '^PIP_(INDEX_URL|EXTRA_INDEX_URL|PROXY|TRUSTED_HOST|DEFAULT_TIMEOUT)=' \
    >"$1/srv/pip.env" || true
  if [ -n "${PIP_CERT:-}" ]; then
    cp -L "$PIP_CERT" "$1/srv/certificates.pem"
    echo PIP_CERT=/srv/certificates.pem >>"$1/srv/pip.env"
  fi
}

inside() { # FOLDER COMMAND...: with nothing of this host's environment
  local root=$1
  shift
  # shellcheck disable=SC2046 # one word a setting
  chroot "$root" env -i HOME=/srv LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    $(cat "$root/srv/pip.env" 2>/dev/null) "$@" </dev/null
}
