#!/bin/bash
# fuse-overlayfs 1.10: started without a standard error, it mounts a view whose lower is gone.
#
# A program that is started with descriptor 2 closed (2>&-, some supervisors) opens its first file as 2. fuse-overlayfs opens the lower first, says nothing and
# returns 0; when it then becomes a daemon it puts /dev/null on 0, 1 and 2, and so in the place of the lower. What is only in the lower answers "Not a
# directory" from then on, while writing to the view works: the upper looks sound. With 2>/dev/null the same command shows the lower.
#
# Needs root, /dev/fuse, and Debian 12's archive, whose package 1.10-1 is unpacked in a temporary folder. Seen on Linux 6.18, 2026-11-30:
# "2>/dev/null: start 0, lower readable: yes, upper writable: yes" and "2>&-: start 0, lower readable: no, upper writable: yes".
# Exits 0 while that holds, 1 when it has changed.
set -euo pipefail

if [ "${1-}" != inside ]; then
  exec unshare --mount --propagation private bash "$0" inside
fi
scratch=$(mktemp -d)
# The daemons of both views end when they are unmounted.
trap 'umount "$scratch"/disk/*/view 2>/dev/null || true; umount "$scratch/disk" 2>/dev/null || true; rm -rf "$scratch"' EXIT
cd "$scratch"
apt-get download -qq fuse-overlayfs=1.10-1 >/dev/null 2>&1
dpkg-deb -x fuse-overlayfs_1.10-1_*.deb package
program=$scratch/package/usr/bin/fuse-overlayfs
mkdir disk
mount -t tmpfs finding disk

# Prints what a view is like that is started with a standard error, or without one.
view() {
  local place=$scratch/disk/$1 code=0 readable=no writable=no
  mkdir -p "$place"/{lower,upper,work,view}
  echo lower >"$place/lower/file"
  local options=lowerdir=$place/lower,upperdir=$place/upper,workdir=$place/work
  if [ "$1" = open ]; then
    "$program" -o "$options" "$place/view" 2>/dev/null || code=$?
  else
    "$program" -o "$options" "$place/view" 2>&- || code=$?
  fi
  if [ "$(cat "$place/view/file" 2>/dev/null)" = lower ]; then readable=yes; fi
  if mkdir "$place/view/new" 2>/dev/null && [ -d "$place/upper/new" ]; then writable=yes; fi
  echo "start $code, lower readable: $readable, upper writable: $writable"
}

open=$(view open)
closed=$(view closed)
echo "2>/dev/null: $open"
echo "2>&-: $closed"
[ "$open" = "start 0, lower readable: yes, upper writable: yes" ] &&
  [ "$closed" = "start 0, lower readable: no, upper writable: yes" ]
