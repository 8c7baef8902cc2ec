package dev.overlays.linux.rootless;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.user.OrdinaryUser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where user namespaces are forbidden, the backend says what forbids them. */
class RestrictedTest {
  /** Lets unshare(2) fail with EPERM for the program that follows; as containers do. */
  private static final String FILTER =
      """
      import ctypes, os, struct, sys
      unshare = {"x86_64": 272, "aarch64": 97}[os.uname().machine]
      load_number, jump_if_equal, answer = 0x20, 0x15, 0x06
      allow, refuse = 0x7fff0000, 0x00050001
      program = b"".join(struct.pack("HBBI", *line) for line in (
          (load_number, 0, 0, 0), (jump_if_equal, 0, 1, unshare), (answer, 0, 0, refuse),
          (answer, 0, 0, allow)))
      code = ctypes.create_string_buffer(program)
      filter = struct.pack("HxxxxxxP", 4, ctypes.addressof(code))
      libc = ctypes.CDLL(None, use_errno=True)
      no_new_privs, set_seccomp, mode_filter = 38, 22, 2
      assert libc.prctl(no_new_privs, 1, 0, 0, 0) == 0
      assert libc.prctl(set_seccomp, mode_filter, filter, 0, 0) == 0, ctypes.get_errno()
      os.execvp(sys.argv[1], sys.argv[1:])
      """;

  @AutoClose private Sandbox sandbox;
  private Path place;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = OrdinaryUser.createSandbox();
    place = OrdinaryUser.giveToUser(sandbox.createDirectory("place"));
  }

  /** Returns what a JVM prints that is started by the given command. */
  private String told(String... starter) throws IOException {
    List<String> java = OrdinaryUser.javaCommand(place, Map.of(), AvailabilityPrinter.class);
    List<String> command = new ArrayList<>(OrdinaryUser.commandPrefix());
    command.addAll(Arrays.asList(starter));
    command.addAll(java.subList(command.size() - starter.length, java.size()));
    return Sandbox.run(command.toArray(String[]::new)).strip();
  }

  private static void assertContains(String part, String whole) {
    assertTrue(whole.contains(part), whole);
  }

  @Test
  void isAvailableWithoutRestriction() throws IOException {
    KernelAbility.USER_NAMESPACE_MOUNTS.assumePresent();
    assertEquals("available", told("env"));
  }

  @Test
  void reportsALimitOfNoNamespaces() throws IOException {
    String none = "echo 0 >/proc/sys/user/max_user_namespaces && exec \"$@\"";
    String told = told("unshare", "--user", "--map-root-user", "sh", "-c", none, "sh");
    assertContains("user-namespaces-forbidden: The setting user.max_user_namespaces is 0", told);
    assertContains("No space left on device", told);
  }

  @Test
  void reportsASeccompFilter() throws IOException {
    String told = told("python3", "-c", FILTER);
    assertContains("user-namespaces-forbidden: A seccomp filter", told);
    assertContains("Operation not permitted", told);
  }

  @Test
  void noNewPrivilegesAreNoObstacle() throws IOException {
    KernelAbility.USER_NAMESPACE_MOUNTS.assumePresent();
    assertEquals("available", told("setpriv", "--no-new-privs"));
  }
}
