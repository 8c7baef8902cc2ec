package dev.overlays.linux.machines;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.linux.Sandbox;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A GlusterFS volume, served in a network, mount and PID namespace of its own, and the machines
 * that have it mounted there. Each mount is a client of its own, as on a machine of its own.
 */
final class GlusterVolume implements Closeable {
  private static final String SERVER =
      """
      set -e
      ip link set lo up
      mkdir -p /var/lib/glusterd /var/log/glusterfs
      for place in /var/lib/glusterd /var/log/glusterfs /run "$DISK"; do
        mount -t tmpfs tmpfs "$place"
      done
      glusterd --log-level WARNING
      tries=0
      until gluster --mode=script volume info >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ $tries -lt 300 ]
        sleep 0.1
      done
      gluster --mode=script volume create shared "server:$DISK/brick" force
      gluster --mode=script volume set shared network.ping-timeout 5
      gluster --mode=script volume start shared
      """;

  private final TestMachine server;
  private final Path mountPoint;

  private GlusterVolume(TestMachine server, Path mountPoint) {
    this.server = server;
    this.mountPoint = mountPoint;
  }

  /** Skips a test where GlusterFS is not installed. */
  static void assumeInstalled() {
    assumeTrue(
        Files.exists(Path.of("/usr/sbin/glusterd")),
        "GlusterFS (glusterfs-server, glusterfs-client) is not installed");
  }

  /** Starts one. */
  static GlusterVolume start(Sandbox sandbox) throws IOException {
    Path disk = sandbox.createDirectory("disk");
    Path mountPoint = sandbox.createDirectory("volume");
    String script =
        "DISK="
            + disk
            + "; (echo 127.0.0.1 localhost server >"
            + disk
            + "/hosts"
            + " && mount --bind "
            + disk
            + "/hosts /etc/hosts) && ("
            + SERVER
            + ") >&2";
    TestMachine server = TestMachine.start(List.of("unshare", "--net"), "server", script, "none");
    return new GlusterVolume(server, mountPoint);
  }

  /** Starts a machine that has it mounted. */
  TestMachine startMachine(String name) throws IOException {
    return TestMachine.start(
        List.of("nsenter", "--target", Long.toString(server.processId()), "--net", "--mount", "--"),
        name,
        "mount -t tmpfs tmpfs /run && mount -t glusterfs 127.0.0.1:/shared " + mountPoint,
        "none");
  }

  /** Where the machines have it mounted. */
  Path place() {
    return mountPoint;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
