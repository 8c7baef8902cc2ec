#!/bin/bash
# Linux 6.18, overlay: an empty directory in an ordinary lower makes a metacopy file unreadable whose data is in a data-only lower.
#
# A metacopy file "a" with the redirect "/d/a" gets its data from "d/a" of a data-only layer (lowerdir=...::data, Linux 6.5). That works as long as no ordinary
# layer below the file has a "d". An empty directory "d" in one of them is enough for "a" to fail: it is listed, and stat, open and read give EIO ("Input/output
# error"), though the data-only layer has the data as before. So an unrelated directory in a base image breaks files of a layer above that never mention it.
# Whoever makes such layers should put the data under a directory name that no image has.
#
# Needs root, Linux 6.5, util-linux; setfattr of Debian's attr, taken from its package if missing. Seen on Linux 6.18.44, 2026-11-30:
# "without d: data", "with an empty d: Input/output error".
# Exits 0 while that holds, 1 when it has changed.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

if ! command -v setfattr >/dev/null; then
  apt-get download -qq attr=1:2.5.1-4 && dpkg -x attr_*.deb tools
  export PATH="$scratch/tools/usr/bin:$PATH"
fi

unshare -m --propagation private bash -euo pipefail -s >said <<'END'
export LC_ALL=C
mount -t tmpfs -o size=1m tmpfs .
cd "$PWD"
mkdir -p top plain empty/d data/d m
printf data >data/d/a
truncate -s 4 top/a
setfattr -n trusted.overlay.metacopy top/a
setfattr -n trusted.overlay.redirect -v /d/a top/a
# Shows what a view with a second ordinary lower has as "a".
shown() {
  mount -t overlay overlay -o "ro,redirect_dir=follow,metacopy=on,lowerdir=top:$1::data" m
  # The last words of an error are its reason.
  cat m/a 2>&1 | sed 's/.*: //'
  echo
  umount m
}
echo "without d: $(shown plain || true)"
echo "with an empty d: $(shown empty || true)"
END
cat said
[ "$(cat said)" = "without d: data
with an empty d: Input/output error" ]
