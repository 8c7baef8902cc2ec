#!/bin/bash
# GlusterFS 10.3: after "gluster volume stop" and "volume start" a client that goes on working has lost its byte-range lock, and nobody tells it.
#
# Two machines have one volume mounted (here two mounts on one machine, each a client of its own). The first takes an exclusive lock by fcntl(2), the second is refused
# it. Then an administrator restarts the volume. The first client reconnects by itself; its descriptor is open, reads and writes go on as before. But the
# brick has forgotten the lock, the client does not ask for it again, and the second machine is given it: both now hold an exclusive lock on one byte. The same follows when the only brick restarts. So a lock on
# Gluster is no proof that nobody else is at work; who depends on it had better look for the other's lock again before the step that cannot be undone.
#
# Needs root, FUSE, unshare and Debian packages; everything happens in namespaces that end with the script. Seen with glusterfs 10.3-5, Linux 6.18, 2026-11-30:
# "before: the second is refused", "the first still writes", "after: the second is given the lock".
# Exits 0 while that holds, 1 when it has changed.
set -euo pipefail

if [ "${1:-}" != inside ]; then
  if ! command -v glusterd >/dev/null || ! command -v mount.glusterfs >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends glusterfs-server glusterfs-client python3 >/dev/null
  fi
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  mkdir -p /var/lib/glusterd /var/log/glusterfs
  unshare --net --mount --uts --pid --fork --kill-child --mount-proc --propagation private "$0" inside "$scratch"
  exit
fi

scratch=$2
hostname server
ip link set lo up
for place in /var/lib/glusterd /var/log/glusterfs /run "$scratch"; do mount -t tmpfs tmpfs "$place"; done
cd "$scratch"
mkdir disk first second
echo 127.0.0.1 localhost server >hosts
mount --bind hosts /etc/hosts
mount -t tmpfs tmpfs disk
glusterd --log-level WARNING
for _ in $(seq 300); do
  if gluster --mode=script volume info >/dev/null 2>&1; then break; fi
  sleep 0.1
done
gluster --mode=script volume create shared "server:$scratch/disk/brick" force >/dev/null
gluster --mode=script volume start shared >/dev/null
mount -t glusterfs 127.0.0.1:/shared first
mount -t glusterfs 127.0.0.1:/shared second

cat >two.py <<'END'
import fcntl, os, struct, subprocess, time

SET = 37  # F_OFD_SETLK


def lock(file):
    """Asks for the first byte alone."""
    try:
        fcntl.fcntl(file, SET, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 1, 0))
        return True
    except BlockingIOError:
        return False


first = os.open("first/file", os.O_RDWR | os.O_CREAT)
os.write(first, b"old")
os.fsync(first)
assert lock(first)
second = os.open("second/file", os.O_RDWR)
before = lock(second)
print("before: the second is", "given the lock" if before else "refused")
for step in ("stop", "start"):
    subprocess.run(["gluster", "--mode=script", "volume", step, "shared", "force"], check=True, stdout=subprocess.DEVNULL)


def until(work):
    """Both clients connect again by themselves, within seconds."""
    end = time.monotonic() + 60
    while True:
        try:
            return work()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


until(lambda: os.pwrite(first, b"new", 0))
until(lambda: os.fsync(first))
print("the first still writes")
after = until(lambda: lock(second))
print("after: the second is", "given the lock" if after else "refused")
raise SystemExit(0 if not before and after else 1)
END
if python3 two.py; then
  echo "Still so."
else
  echo "Changed."
  exit 1
fi
