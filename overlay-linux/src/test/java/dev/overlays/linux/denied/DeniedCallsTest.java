package dev.overlays.linux.denied;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.linux.AheadRuns;
import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.KernelBackend;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.Syscall;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Calls that older kernels do not know, and that containers forbid: without them everything comes
 * out the same, or what is lacking is told. Each test is a JVM with a seccomp filter in which tests
 * of the library run. {@code -Doverlays.denied=all} runs every test class for each call and error.
 */
@Tag("long")
class DeniedCallsTest {
  private static final String TESTS = "dev.overlays.linux.";

  private static final List<String> OF_FILES =
      List.of("layer.NativeLayerStoreTest", "layer.TmpfsMergeTest", "layer.MountInsideTest");

  private static final List<String> OF_MOUNTS =
      List.of(
          "mount.MountTest",
          "mount.RemountTest",
          "mount.PropagationTest",
          "mount.AttributesTest",
          "mount.IdMappedLowersTest");

  private static final List<String> OF_CONTEXTS = List.of("mount.MountTest", "mount.RemountTest");

  private static final List<String> OF_IDENTITY =
      List.of("mount.BusyTest", "mount.RemountTest", "syscall.FileIdTest");

  private static final List<String> OF_PROCESSES = List.of("syscall.ProcessEndTest");

  private static final List<String> ALL =
      Stream.of(List.of("backend.KernelOnTmpfsTest"), OF_FILES, OF_MOUNTS, OF_IDENTITY)
          .flatMap(List::stream)
          .distinct()
          .toList();

  /** Those that mount(8) prepares nothing for. */
  private static final List<String> WITHOUT_MOUNT_PROGRAM =
      List.of("mount.MountTest", "mount.IdMappedLowersTest", "mount.AttributesTest");

  /** What older kernels have as well, and a container may forbid. */
  private static final Set<Syscall> OLD =
      EnumSet.of(Syscall.COPY_FILE_RANGE, Syscall.NAME_TO_HANDLE_AT, Syscall.SYNCFS);

  private static final Set<Syscall> XATTRS =
      EnumSet.of(
          Syscall.GETXATTRAT, Syscall.SETXATTRAT, Syscall.LISTXATTRAT, Syscall.REMOVEXATTRAT);

  @AutoClose private final AheadRuns runs = new AheadRuns();

  private static Map<Denial, List<String>> denials() {
    boolean all = "all".equals(System.getProperty("overlays.denied"));
    Map<Denial, List<String>> denials = new LinkedHashMap<>();
    for (Errno errno : all ? List.of(Errno.EPERM, Errno.ENOSYS) : List.of(Errno.EPERM)) {
      Stream.concat(Denial.newerThan(5, 1), OLD.stream())
          .filter(call -> all || !XATTRS.contains(call) || call == Syscall.SETXATTRAT)
          .forEach(call -> denials.put(Denial.of(errno, call), tests(call, all)));
      for (Syscall call : List.of(Syscall.MOUNT, Syscall.RENAMEAT2)) {
        denials.put(Denial.of(errno, call), WITHOUT_MOUNT_PROGRAM);
      }
      Denial everyWay = Denial.of(errno, Syscall.FSOPEN, Syscall.MOUNT);
      denials.put(everyWay, List.of("mount.MountTest"));
    }
    denials.put(Denial.of(Errno.EOPNOTSUPP, Syscall.OPENAT2), OF_FILES);
    denials.put(Denial.ofMountIds(), ALL);
    denials.put(Denial.asOn(5, 10), ALL);
    denials.put(Denial.asOn(5, 1), ALL);
    return denials;
  }

  private static List<String> tests(Syscall call, boolean all) {
    if (call == Syscall.PIDFD_OPEN) {
      return OF_PROCESSES;
    }
    if (all) {
      return ALL;
    }
    return switch (call) {
      case STATMOUNT -> OF_IDENTITY;
      case MOUNT_SETATTR, OPEN_TREE -> OF_MOUNTS;
      case FSOPEN, FSCONFIG, FSMOUNT, FSPICK, MOVE_MOUNT -> OF_CONTEXTS;
      case OPENAT2 -> OF_FILES;
      default -> OF_FILES.subList(0, 1);
    };
  }

  @BeforeEach
  void needsRoot() {
    var reason = new KernelBackend().whyUnavailable();
    assumeTrue(reason.isEmpty(), () -> "cannot mount here: " + reason.get());
  }

  @TestFactory
  Stream<DynamicTest> everythingComesOutTheSameOrIsTold() {
    Map<Denial, List<String>> denials = denials();
    return runs.testEach(
        denials.keySet(),
        denial -> () -> run(denial, denials.get(denial)),
        DeniedCallsTest::checkOutput);
  }

  private static void checkOutput(Denial denial, String output) {
    List<String[]> outcomes =
        output.lines().map(line -> line.split("\t", 4)).filter(line -> line.length > 1).toList();
    List<String> wrong = new ArrayList<>();
    int passed = 0;
    for (String[] outcome : outcomes) {
      switch (outcome[0]) {
        case DeniedRun.PASSED -> passed += Integer.parseInt(outcome[1]);
        case DeniedRun.SKIPPED -> wrong.add(String.join(" ", outcome));
        case DeniedRun.FAILED -> {
          if (!isTold(denial, outcome[1], outcome[2] + outcome[3])) {
            wrong.add(String.join(" ", outcome));
          }
        }
        default -> {
          // What the tests print.
        }
      }
    }
    assertEquals(List.of(), wrong, () -> String.join("\n", wrong));
    assertTrue(output.endsWith("end\n"), output);
    assertTrue(passed > 0 || denial.calls().contains(Syscall.MOUNT), output);
  }

  private static boolean isTold(Denial denial, String test, String failure) {
    if (!denial.mountsTold() && test.contains("/7.4 a mount closes itself only")) {
      // A table's ID may be given to the next mount.
      return true;
    }
    Optional<Lack> lack = Lack.ALL.stream().filter(one -> one.isOf(denial, test)).findFirst();
    return lack.isPresent() && lack.get().isToldIn(failure.replace('-', '_'));
  }

  /**
   * In namespaces of its own: nobody who copies this mount namespace keeps what is unmounted, and
   * no other process is seen.
   */
  private static String run(Denial denial, List<String> tests) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.add(denial.errno().name());
    arguments.add(
        denial.calls().isEmpty()
            ? DeniedRun.NO_CALL
            : String.join(",", denial.calls().stream().map(Enum::name).toList()));
    arguments.add(Boolean.toString(denial.mountsTold()));
    tests.forEach(test -> arguments.add(TESTS + test));
    List<String> command =
        new ArrayList<>(
            List.of("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"));
    command.addAll(ChildJvm.javaCommand(DeniedRun.class, arguments.toArray(String[]::new)));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // The tests' own mount(8) is not what is looked at.
    builder.environment().put("LIBMOUNT_FORCE_MOUNT2", "always");
    builder.environment().put("JDK_JAVA_OPTIONS", "-Doverlays.seeds=3");
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      return new String(process.getInputStream().readAllBytes(), UTF_8);
    } finally {
      process.destroyForcibly();
    }
  }
}
