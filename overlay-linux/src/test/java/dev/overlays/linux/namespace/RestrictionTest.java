package dev.overlays.linux.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which restriction of user namespaces is told, and what an administrator can do. */
class RestrictionTest {
  private static final String WORDS = "unshare: unshare failed: Operation not permitted";

  @TempDir private Path proc;

  private void setting(String name, String value) throws IOException {
    Path file = proc.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, value + "\n");
  }

  private void assertTold(String words, String what, String remedy) {
    Problem problem = NamespaceRestriction.restrictionProblem(proc, words);
    assertEquals(ProblemCode.USER_NAMESPACES_FORBIDDEN, problem.code());
    assertTrue(problem.message().contains(what), problem::message);
    assertTrue(problem.message().contains(words), problem::message);
    assertTrue(problem.remedy().contains(remedy), problem::remedy);
  }

  @Test
  void debianForbidsThem() throws IOException {
    setting("sys/kernel/unprivileged_userns_clone", "0");
    assertTold(
        WORDS,
        "kernel.unprivileged_userns_clone is 0",
        "sysctl kernel.unprivileged_userns_clone=1");
  }

  @Test
  void thereMayBeNone() throws IOException {
    setting("sys/kernel/unprivileged_userns_clone", "1");
    setting("sys/user/max_user_namespaces", "0");
    assertTold(
        "unshare failed: No space left on device",
        "user.max_user_namespaces is 0",
        "sysctl user.max_user_namespaces=");
  }

  @Test
  void thereMayBeNoMore() throws IOException {
    setting("sys/user/max_user_namespaces", "100");
    assertTold(
        "unshare failed: No space left on device", "as many namespaces", "max_user_namespaces");
  }

  @Test
  void appArmorForbidsThem() throws IOException {
    setting("sys/user/max_user_namespaces", "100");
    setting("sys/kernel/apparmor_restrict_unprivileged_userns", "1");
    assertTold(WORDS, "AppArmor", "apparmor_restrict_unprivileged_userns=0");
  }

  @Test
  void aSeccompFilterForbidsThem() throws IOException {
    setting("sys/kernel/apparmor_restrict_unprivileged_userns", "0");
    setting("self/status", "Name:\tjava\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1");
    assertTold(WORDS, "seccomp filter", "seccomp=");
  }

  @Test
  void otherwiseTheProgramsOwnWordsAreTold() throws IOException {
    setting("self/status", "Seccomp:\t0");
    assertTold(WORDS, "does not let the user", "unshare --user --map-root-user --mount true");
  }
}
