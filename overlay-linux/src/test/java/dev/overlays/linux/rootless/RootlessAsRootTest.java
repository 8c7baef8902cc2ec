package dev.overlays.linux.rootless;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.KernelBackend;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.user.OrdinaryUser;
import dev.overlays.linux.user.UserTestRun;
import dev.overlays.merge.OverlayMerge;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rootless views that root mounts or uses. */
class RootlessAsRootTest extends RootlessTestBase {
  /** Runs a program, and tells what it has written outside of the directories of programs. */
  private static final String THROWAWAY_ROOT =
      """
      mount -t tmpfs tmpfs "$0"
      cd "$0"
      mkdir upper work root
      mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work overlay root
      place=${0#/}
      for own in proc sys dev tmp "${place%%/*}"; do mount --rbind "/$own" "root/$own"; done
      mkdir root/old
      cd root
      pivot_root . old
      cd /
      "$@"
      echo written:
      cd "/old$0/upper"
      find . -mindepth 1 ! -path ./old
      """;

  /** A skip in the setup would still run the teardown. */
  @BeforeAll
  static void needRoot() {
    Sandbox.assumeRoot();
  }

  @BeforeEach
  @Override
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    KernelAbility.USER_NAMESPACE_MOUNTS.assumePresent();
  }

  /** Mounts by the name of the backend; all owners are visible. */
  @Test
  void mountsByNameWithAllOwners() throws IOException {
    Files.setAttribute(sandbox.createFile("lower/file", "lower"), "unix:uid", 70_000);
    try (OverlayMount mount = mountByName(newLayers())) {
      Files.writeString(mount.root().resolve("file"), "changed");
      assertEquals("0\n", runForOutput(mount.command("id", "-u")));
      assertEquals(70_000, Files.getAttribute(mount.root().resolve("file"), "unix:uid"));
    }
    assertEquals(70_000, Files.getAttribute(sandbox.path("upper/file"), "unix:uid"));
    assertEquals("changed", upperPath("file"));
  }

  /**
   * The limits in the Javadoc of the backend, and what root can do in views of the kernel backend.
   */
  @ParameterizedTest
  @ValueSource(strings = {"kernel", RootlessMount.BACKEND})
  void namespaceTakesRightsFromRoot(String backend) throws IOException {
    boolean own = backend.equals("kernel");
    Path lower = sandbox.createFile("lower/file", "content");
    Files.setAttribute(lower, "unix:mode", 0755);
    try (OverlayMount mount = Overlays.mount(newLayers().build(), backend)) {
      Path file = mount.root().resolve("file");
      Files.setAttribute(file, "unix:mode", 06755);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(1);
        assertEquals(06755, mode(file));
        channel.write(ByteBuffer.wrap(new byte[] {1}));
        assertEquals(own ? 06755 : 0755, mode(file));
        Files.setAttribute(file, "unix:mode", 06745);
        channel.write(ByteBuffer.wrap(new byte[] {1}));
        assertEquals(own ? 06745 : 02745, mode(file));
      }
      String path = file.toString();
      assertEquals(own, succeeds("setfattr", "-n", "trusted.own", "-v", "1", path));
      assertEquals(own, succeeds("setfattr", "-n", "security.own", "-v", "1", path));
      assertEquals(own, succeeds("mknod", path + "-device", "c", "1", "3"));
      assertTrue(succeeds("setfattr", "-n", "user.own", "-v", "1", path));
      assertTrue(succeeds("setcap", "cap_net_raw+ep", path));
      assertTrue(succeeds("mkfifo", path + "-pipe"));
    }
  }

  private static int mode(Path file) throws IOException {
    return (int) Files.getAttribute(file, "unix:mode") & 07777;
  }

  private static boolean succeeds(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.onExit().join().exitValue() == 0;
  }

  /** A disk that is mounted after the namespace was created, and is not visible in it. */
  @Test
  void takesLayersOfADiskThatWasMountedLater() throws IOException {
    try (OverlayMount first = mountByName(newLayers())) {
      Path disk = sandbox.mountDisk("disk");
      Files.writeString(disk.resolve("file"), "on the disk");
      OverlaySpec.Builder spec =
          OverlaySpec.builder()
              .lower(disk)
              .instance(sandbox.path("instance"))
              .options(options -> options.withUserXattr(true));
      try (OverlayMount second = mountByName(spec)) {
        assertEquals("on the disk", Files.readString(second.root().resolve("file")));
        assertEquals(List.of(), listNames(first.root()));
      }
    }
  }

  /** The kernel accepts layers of the mounter's own namespace only. */
  @Test
  void aRootlessViewIsNoLowerOfTheKernelBackend() throws IOException {
    Files.createDirectory(sandbox.createDirectory("lower").resolve("inner"));
    try (OverlayMount first = mountByName(newLayers())) {
      for (Path lower : List.of(first.root(), first.root().resolve("inner"))) {
        OverlaySpec over =
            OverlaySpec.builder().lower(lower).instance(sandbox.path("instance")).build();
        OverlayException e =
            assertThrows(OverlayException.class, () -> Overlays.mount(over, "kernel").close());
        assertEquals(ProblemCode.LAYER_OF_OTHER_NAMESPACE, e.problems().get(0).code(), e::toString);
        assertEquals(e.problems(), new KernelBackend().check(over));
        OverlaySpec rootless = over.toBuilder().options(o -> o.withUserXattr(true)).build();
        mountByName(rootless.toBuilder()).close();
        Sandbox.run("rm", "-r", sandbox.path("instance").toString());
      }
    }
  }

  /** The root of the machine is a view that is thrown away: its upper shows who has written. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void noPathLeadsOutOfAViewToTheMachine(boolean asRoot) throws IOException {
    OrdinaryUser.assumePossible();
    Sandbox.run("chmod", "a+x", sandbox.root().toString());
    Path place = OrdinaryUser.giveToUser(sandbox.createDirectory("place"));
    List<String> java =
        OrdinaryUser.javaCommand(place, Map.of(), UserTestRun.class, RootlessPaths.class.getName());
    if (asRoot) {
      java = java.subList(OrdinaryUser.commandPrefix().size(), java.size());
    }
    List<String> command = new ArrayList<>();
    command.addAll(List.of("unshare", "--mount", "--propagation", "private", "sh", "-ec"));
    command.add(THROWAWAY_ROOT);
    command.add(sandbox.createDirectory("root").toString());
    command.addAll(java);
    String said = Sandbox.run(command.toArray(String[]::new));
    assertTrue(said.contains("PASSED") && !said.contains("FAILED"), said);
    assertTrue(said.endsWith("@@result end\nwritten:\n"), said);
  }

  @Test
  void mergesWhatAUserHasWritten() throws IOException {
    OrdinaryUser.assumePossible();
    Sandbox.run("chmod", "a+x", sandbox.root().toString());
    Path place = OrdinaryUser.giveToUser(sandbox.createDirectory("place"));
    for (DynamicTest test : OrdinaryUser.runTests(place, Map.of(), WrittenByAUser.class)) {
      assertDoesNotThrow(test.getExecutable());
    }
    OverlaySpec spec = WrittenByAUser.spec(place).build();
    OverlayMerge.of(spec).run();
    assertEquals(List.of("directory", "new"), listNames(place.resolve("lower")));
    assertEquals(List.of("inner"), listNames(place.resolve("lower/directory")));
    assertEquals(List.of(), listNames(place.resolve("instance/upper")));
    try (OverlayMount mount = Overlays.mount(spec, "kernel")) {
      assertEquals("changed", Files.readString(mount.root().resolve("directory/inner")));
    }
  }
}
