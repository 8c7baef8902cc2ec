package dev.overlays.linux.machines;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.linux.Sandbox;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A GlusterFS volume, served in a network, mount and PID namespace of its own, and the machines
 * that have it mounted. Each machine has a network of its own, and a cable to the server.
 *
 * <p>Both ends give up on each other within seconds, so that tests are short; by default a client
 * waits 42 seconds, and a server about as long.
 */
final class GlusterVolume implements Closeable {
  private static final String SERVER =
      """
      set -e
      ip link set lo up
      ip link add lan type bridge
      ip address add 10.77.0.1/24 dev lan
      ip link set lan up
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
      gluster --mode=script volume set shared network.ping-timeout 3
      for end in server client; do
        gluster --mode=script volume set shared $end.tcp-user-timeout 3
        gluster --mode=script volume set shared $end.keepalive-time 1
        gluster --mode=script volume set shared $end.keepalive-interval 1
        gluster --mode=script volume set shared $end.keepalive-count 2
      done
      gluster --mode=script volume start shared
      """;

  /** The address by which the machines reach the server, and what else listens there. */
  static final String ADDRESS = "10.77.0.1";

  private static final int FIRST_NUMBER = 2;

  private static final String CLIENT =
      """
      set -e
      ip link set lo up
      ip address add 10.77.0.%d/24 dev eth0
      ip link set eth0 up
      mount -t tmpfs tmpfs /run
      echo 10.77.0.1 server >/run/hosts
      mount --bind /run/hosts /etc/hosts
      mount -t glusterfs server:/shared %s
      """;

  private final TestMachine server;
  private final Path mountPoint;
  private final Map<TestMachine, String> ports = new HashMap<>();

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
    TestMachine machine =
        TestMachine.start(
            List.of("nsenter", "--target", serverId(), "--mount", "--", "unshare", "--net", "--"),
            name,
            "true",
            "none");
    try {
      connect(machine);
      return machine;
    } catch (IOException | RuntimeException | Error e) {
      machine.close();
      throw e;
    }
  }

  private String serverId() {
    return Long.toString(server.processId());
  }

  private void connect(TestMachine machine) throws IOException {
    int number = FIRST_NUMBER + ports.size();
    String port = "port" + number;
    ports.put(machine, port);
    onServer(
        "ip link add %s type veth peer name eth0 netns %d && ip link set %s master lan up"
            .formatted(port, machine.processId(), port));
    machine.shell(CLIENT.formatted(number, mountPoint));
  }

  /** Runs a shell in the network of the server, with the programs and processes of the test. */
  private void onServer(String script) throws IOException {
    Sandbox.run("nsenter", "--target", serverId(), "--net", "--", "sh", "-ec", script);
  }

  /** A program that runs another one in the network of the server. */
  List<String> enteringNetwork() {
    return List.of("nsenter", "--target", serverId(), "--net", "--");
  }

  /** Takes a machine off the network; nobody is told. */
  void unplug(TestMachine machine) throws IOException {
    onServer("ip link set " + ports.get(machine) + " down");
  }

  /** Connects it again. */
  void plugIn(TestMachine machine) throws IOException {
    onServer("ip link set " + ports.get(machine) + " up");
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
