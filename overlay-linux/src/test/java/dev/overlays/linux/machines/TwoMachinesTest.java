package dev.overlays.linux.machines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two machines that share a lower. A local disk stands for what they share: byte-range locks work
 * there, too, and nothing else tells them of each other.
 */
@Tag("long")
class TwoMachinesTest {
  private static final List<String> DONE = List.of("done");

  /** Machines have no directory of running programs in common. */
  private static final String OWN_RUN = "mount -t tmpfs tmpfs /run";

  @AutoClose private Sandbox sandbox;
  private Path disk;
  private TestMachine first;
  private TestMachine second;
  private ChildJvm onFirst;
  private ChildJvm onSecond;

  @BeforeEach
  void startMachines() throws IOException {
    sandbox = Sandbox.asRoot();
    disk = sandbox.mountTmpfs("disk");
    sandbox.createFile("disk/lower/file", "old");
    sandbox.createDirectory("disk/one");
    sandbox.createDirectory("disk/two");
    first = TestMachine.start(List.of(), "first", OWN_RUN, "tmpfs");
    sandbox.closeLater(first);
    second = TestMachine.start(List.of(), "second", OWN_RUN, "tmpfs");
    sandbox.closeLater(second);
    onFirst = start(first);
    onSecond = start(second);
    // What is merged.
    Files.createDirectories(disk.resolve("two/work"));
    sandbox.createFile("disk/two/upper/new", "of the second");
  }

  private ChildJvm start(TestMachine machine) throws IOException {
    ChildJvm jvm = machine.startJvm();
    sandbox.closeLater(jvm);
    return jvm;
  }

  private List<String> ask(ChildJvm jvm, String command, String instance) throws IOException {
    return jvm.ask(command + " " + disk.resolve("lower") + " " + disk.resolve(instance));
  }

  private void assertMergeNames(String... words) throws IOException {
    String refusal = ask(onSecond, "merge", "two").toString();
    assertTrue(refusal.startsWith("[layer-in-use"), refusal);
    for (String word : words) {
      assertTrue(refusal.contains(word), refusal);
    }
    assertEquals("old", Files.readString(disk.resolve("lower/file")));
    assertTrue(Files.notExists(disk.resolve("lower/new")), "nothing is changed");
  }

  private void assertMergeRuns() throws IOException {
    String merged = ask(onSecond, "merge", "two").toString();
    assertTrue(Files.exists(disk.resolve("lower/new")), merged);
  }

  @Test
  void aMergeIsRefusedAndNamesTheMachineThatHasAView() throws IOException {
    assertEquals(DONE, ask(onFirst, "mount", "one"));
    assertMergeNames(
        "first (machine-id", "the view at " + disk.resolve("one/mnts"), "process", "since");
    assertEquals(DONE, ask(onFirst, "unmount", "one"));
    assertMergeRuns();
  }

  @Test
  void aViewThatOutlivesItsJvmHoldsTheLower() throws IOException {
    assertEquals(DONE, ask(onFirst, "mount", "one"));
    onFirst.sendLine("die");
    onFirst.close();
    assertEquals("old", first.shell("cat " + disk.resolve("one/mnts/file")));
    assertMergeNames("first (machine-id", "the view at " + disk.resolve("one/mnts"));
    assertEquals(DONE, ask(start(first), "find", "one"));
    assertMergeRuns();
  }

  @Test
  void aViewThatIsUnmountedByAShellHoldsNothing() throws IOException {
    assertEquals(DONE, ask(onFirst, "mount", "one"));
    onFirst.sendLine("die");
    onFirst.close();
    assertMergeNames("first (machine-id");
    first.shell("umount " + disk.resolve("one/mnts"));
    first.shell("while pgrep -f [o]verlays-lock-keeper; do sleep 0.1; done");
    assertMergeRuns();
  }

  /**
   * The first process of a container often asks for the end of no other one. Nobody kills a keeper
   * then because it seemed not to end in time.
   */
  @Test
  void theEndOfAKeeperIsSeenThoughNobodyWaitsForIt() throws IOException {
    sandbox.createDirectory("disk/three");
    assertEquals(DONE, ask(onFirst, "mount", "one"));
    assertEquals(DONE, ask(onFirst, "mount", "three"));
    onFirst.sendLine("die");
    onFirst.close();
    Path calls = sandbox.path("calls");
    List<String> traced =
        List.of("strace", "-f", "-qq", "-e", "trace=kill", "-o", calls.toString());
    ChildJvm other =
        ChildJvm.startBy(
            Stream.concat(first.enteringCommand().stream(), traced.stream()).toList(),
            MachineProgram.class,
            "tmpfs");
    sandbox.closeLater(other);
    other.readAnswer();
    assertEquals(DONE, ask(other, "find", "one"));
    assertEquals(DONE, ask(other, "find", "three"));
    other.close();
    assertEquals("2", first.shell("cat /proc/[0-9]*/stat | grep -c '(sh) Z '"), "zombies");
    String killing = Files.readString(calls);
    assertEquals(2, killing.split("SIGTERM\\)", -1).length - 1, killing);
    assertTrue(!killing.contains("SIGKILL"), killing);
    assertMergeRuns();
  }

  @Test
  void anotherViewAtThePlaceIsNotTheOneThatIsHeld() throws IOException {
    sandbox.createFile("disk/other/file", "other");
    sandbox.createDirectory("disk/three");
    assertEquals(DONE, ask(onFirst, "mount", "one"));
    onFirst.sendLine("die");
    onFirst.close();
    Path place = disk.resolve("one/mnts");
    first.shell(
        "umount "
            + place
            + "; mount -t overlay o -o lowerdir="
            + disk.resolve("other")
            + ":"
            + disk.resolve("three")
            + " "
            + place);
    first.shell("while pgrep -f [o]verlays-lock-keeper; do sleep 0.1; done");
    assertEquals("other", first.shell("cat " + place.resolve("file")));
    assertMergeRuns();
  }

  @Test
  void aViewWithoutAMountPointHoldsTheLowerUntilItsJvmEnds() throws IOException {
    assertEquals(DONE, ask(onFirst, "mount-own", "one"));
    assertMergeNames("first (machine-id", "/run/overlays/");
    onFirst.sendLine("die");
    onFirst.close();
    first.shell("while pgrep -f [o]verlays-lock-keeper; do sleep 0.1; done");
    assertMergeRuns();
  }

  @Test
  void aMachineThatIsSwitchedOffHoldsNothing() throws IOException {
    assertEquals(DONE, ask(onFirst, "mount", "one"));
    assertMergeNames("first (machine-id");
    first.close();
    assertMergeRuns();
  }

  @Test
  void viewsOfBothMachinesAreMountedAtOnceAndBothAreNamed() throws IOException {
    assertEquals(DONE, ask(onFirst, "mount", "one"));
    ChildJvm again = start(first);
    sandbox.createDirectory("disk/three");
    assertEquals(DONE, ask(again, "mount", "three"));
    assertMergeNames("one/mnts", "three/mnts");
    assertEquals(DONE, ask(onFirst, "unmount", "one"));
    assertMergeNames("three/mnts");
    assertEquals(DONE, ask(again, "unmount", "three"));
    assertMergeRuns();
  }

  @Test
  void aMountIsRefusedWhileAnotherMachineMergesAndRunsAfterThat() throws IOException {
    ChildJvm merging = start(second);
    assertEquals(DONE, ask(merging, "lock", "two"));
    String refusal = ask(onFirst, "mount", "one").toString();
    assertTrue(refusal.startsWith("[layer-locked"), refusal);
    assertTrue(
        refusal.contains("a merge of process") && refusal.contains("second (machine-id"), refusal);
    assertTrue(ask(onFirst, "check", "one").toString().contains("second (machine-id"));
    merging.sendLine("die");
    merging.close();
    assertEquals(DONE, ask(onFirst, "mount", "one"));
    assertEquals(DONE, ask(onFirst, "unmount", "one"));
  }

  @Test
  void theLockFileIsBesideTheLowerAndNotInTheView() throws IOException {
    assertEquals(DONE, ask(onFirst, "mount", "one"));
    assertEquals("file", first.shell("ls -A " + disk.resolve("one/mnts")));
    assertEquals(List.of("disk/.lower.overlays-lock"), lockFiles());
    assertTrue(
        Files.readString(disk.resolve(".lower.overlays-lock")).contains("host=first"),
        "people can read it");
    assertEquals(DONE, ask(onFirst, "unmount", "one"));
    assertMergeRuns();
    assertEquals(List.of("disk/.lower.overlays-lock"), lockFiles());
  }

  private List<String> lockFiles() throws IOException {
    return sandbox.listEntries().keySet().stream()
        .filter(path -> path.endsWith("overlays-lock"))
        .toList();
  }

  @Test
  void aLowerAtTheRootOfABindMountIsLockedByTheSameFile() throws IOException {
    Path bound = sandbox.createDirectory("bound");
    first.shell("mount --bind " + disk.resolve("lower") + " " + bound);
    String words = " " + bound + " " + disk.resolve("one");
    assertEquals(DONE, onFirst.ask("mount" + words));
    assertMergeNames("first (machine-id", "the view at " + disk.resolve("one/mnts"));
    assertEquals(DONE, onFirst.ask("unmount" + words));
    assertEquals(List.of("disk/.lower.overlays-lock"), lockFiles());
    first.shell("mount --bind " + disk.resolve("lower") + " " + disk.resolve("lower"));
    assertEquals(DONE, ask(onFirst, "mount", "one"));
    assertMergeNames("first (machine-id", "the view at " + disk.resolve("one/mnts"));
    assertEquals(DONE, ask(onFirst, "unmount", "one"));
    assertMergeRuns();
  }

  /** As docker -v gives it to a container. */
  @Test
  void aLowerThatIsAllThatIsSeenOfItsFileSystemIsMountedAndNotMerged() throws IOException {
    Path bound = sandbox.createDirectory("bound");
    Path outside = sandbox.createDirectory("outside");
    first.shell("mount --bind " + disk.resolve("lower") + " " + bound);
    first.shell("mount -t tmpfs tmpfs " + disk);
    String words = " " + bound + " " + outside;
    String mounted = onFirst.ask("mount" + words).toString();
    assertTrue(mounted.contains("other machines do not see that a view uses"), mounted);
    assertTrue(mounted.endsWith("done]"), mounted);
    String told = onFirst.ask("sharing" + words).toString();
    assertTrue(told.contains("cannot be locked"), told);
    assertEquals(DONE, onFirst.ask("unmount" + words));
    String refusal = onFirst.ask("merge" + words).toString();
    assertTrue(refusal.contains("layer-lock-missing"), refusal);
    assertTrue(refusal.contains("it is the root of a mount"), refusal);
    assertTrue(refusal.contains("give a container the directory above it"), refusal);
    assertMergeRuns();
  }

  @Test
  void aReadOnlyLowerIsMountedAndItsViewIsSeenIfThereIsALockFile() throws IOException {
    first.shell(
        "mkdir -p "
            + sandbox.path("ro")
            + " && mount --bind "
            + disk
            + " "
            + sandbox.path("ro")
            + " && mount -o remount,bind,ro "
            + sandbox.path("ro"));
    String words = " " + sandbox.path("ro/lower") + " " + sandbox.createDirectory("outside");
    String mounted = onFirst.ask("mount" + words).toString();
    assertTrue(mounted.contains("other machines do not see that a view uses"), mounted);
    assertTrue(mounted.endsWith("done]"), mounted);
    assertEquals(List.of(), lockFiles());
    assertEquals(DONE, onFirst.ask("unmount" + words));
    assertMergeRuns();
    assertEquals(DONE, onFirst.ask("mount" + words));
    String refusal = ask(onSecond, "merge", "two").toString();
    assertTrue(refusal.contains("may not leave its name"), refusal);
    assertEquals(DONE, onFirst.ask("unmount" + words));
    assertMergeRuns();
  }

  @Test
  void noKeeperKeepsANamespaceInWhichNobodyElseIs() throws IOException {
    ChildJvm alone =
        ChildJvm.startBy(
            Stream.concat(
                    first.enteringCommand().stream(),
                    Stream.of("unshare", "--mount", "--propagation", "private"))
                .toList(),
            MachineProgram.class,
            "tmpfs");
    sandbox.closeLater(alone);
    alone.readAnswer();
    assertEquals(DONE, ask(alone, "mount", "one"));
    assertMergeNames("first (machine-id");
    alone.sendLine("die");
    alone.close();
    first.shell("while pgrep -f [o]verlays-lock-keeper; do sleep 0.1; done");
    assertMergeRuns();
  }

  @Test
  void statusAndCheckNameTheMachinesAndTheViewsThatOthersDoNotSee() throws IOException {
    String free = "shared by machines (tmpfs): nobody uses it";
    assertTrue(ask(onSecond, "status", "two").toString().contains(free));
    assertEquals(DONE, ask(onFirst, "mount", "one"));
    for (String command : List.of("status", "sharing")) {
      String told = ask(onSecond, command, "two").toString();
      assertTrue(told.contains("tmpfs): the view at " + disk.resolve("one/mnts")), told);
      assertTrue(told.contains("first (machine-id"), told);
      assertTrue(!told.contains("do not see"), told);
    }
    assertTrue(!ask(onFirst, "status", "one").toString().contains("do not see"), "it is seen");
    String atBoot = ask(onFirst, "status-with-boot", "one").toString();
    assertTrue(atBoot.contains("When this machine boots, its boot entry mounts"), atBoot);
    assertEquals(DONE, ask(onFirst, "unmount", "one"));
    first.shell(
        "cd "
            + disk
            + " && mount -t overlay o -o lowerdir=$PWD/lower,upperdir=$PWD/one/upper"
            + ",workdir=$PWD/one/work $PWD/one/mnts");
    String told = ask(onFirst, "status", "one").toString();
    assertTrue(told.contains("layer-lock-missing") && told.contains("do not see"), told);
  }
}
