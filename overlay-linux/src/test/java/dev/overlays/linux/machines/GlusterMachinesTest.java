package dev.overlays.linux.machines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Machines that share a lower on a GlusterFS volume. */
@Tag("long")
class GlusterMachinesTest {
  private static final List<String> DONE = List.of("done");
  private static final int TRIES = 200;

  private static final String CREATE =
      "for d in a b c d; do mkdir -p $d/sub; for i in 1 2 3 4 5; do echo $d$i >$d/$i;"
          + " head -c 300000 /dev/zero | tr '\\0' $i >$d/sub/$i; done; done";

  /** New, changed, deleted and renamed files, and a directory in the place of another. */
  private static final String CHANGE =
      "for d in a b c; do mkdir $d/new$round; for i in 1 2 3; do echo $round$i >$d/new$round/$i;"
          + " echo $round >>$d/$i; done; rm -f $d/5; echo $round >$d/sub/$round; done;"
          + " mv a/1 b/from-a$round; rm -r c/sub; mkdir c/sub; echo $round >c/sub/other;"
          + " ln -sf $round d/link; echo back >a/1";

  @AutoClose private static Sandbox sandbox;
  private static GlusterVolume volume;
  private static int tests;

  /** What a test has started. */
  @AutoClose private Sandbox started;

  private Path instances;
  private Path lower;

  /** One volume for all tests, each of which has directories and machines of its own. */
  @BeforeAll
  static void startVolume() throws IOException {
    GlusterVolume.assumeInstalled();
    sandbox = Sandbox.asRoot();
    // A disk that outlives the machines.
    sandbox.mountTmpfs("instances");
    volume = GlusterVolume.start(sandbox);
    sandbox.closeLater(volume);
  }

  @BeforeEach
  void choosePlaces() throws IOException {
    started = Sandbox.asRoot();
    String test = "test" + tests++;
    instances = sandbox.createDirectory("instances/" + test);
    lower = volume.place().resolve(test).resolve("lower");
  }

  private TestMachine startMachine(String name) throws IOException {
    TestMachine machine = volume.startMachine(name);
    started.closeLater(machine);
    return machine;
  }

  private ChildJvm startJvm(TestMachine machine) throws IOException {
    ChildJvm jvm = machine.startJvm();
    started.closeLater(jvm);
    return jvm;
  }

  /** Asks for something with the instance of a machine. */
  private List<String> ask(ChildJvm jvm, String command, String machine, String... more)
      throws IOException {
    String words = command + " " + lower + " " + instances.resolve(machine);
    return jvm.ask((words + " " + String.join(" ", more)).strip());
  }

  /** Asks until the server has noticed that a machine is gone. */
  private List<String> askWhenFree(ChildJvm jvm, String command, String machine)
      throws IOException {
    List<String> answer = ask(jvm, command, machine);
    for (int i = 0; i < TRIES && answer.toString().startsWith("[layer-"); i++) {
      answer = ask(jvm, command, machine);
    }
    return answer;
  }

  private Path viewOf(String machine) {
    return instances.resolve(machine).resolve("mnts");
  }

  @Test
  void nobodyMergesUnderTheViewOfAnotherMachine() throws IOException {
    TestMachine first = startMachine("first");
    TestMachine second = startMachine("second");
    first.shell("mkdir -p " + lower + " && for i in 1 2 3; do echo $i >" + lower + "/f$i; done");
    ChildJvm onFirst = startJvm(first);
    ChildJvm onSecond = startJvm(second);
    assertEquals(DONE, ask(onFirst, "mount", "first"));
    assertEquals(DONE, ask(onSecond, "mount", "second"));
    second.shell("cd " + viewOf("second") + " && rm f2 && echo n >new");
    assertEquals(DONE, ask(onSecond, "unmount", "second"));
    assertMergeNames(onSecond, "first (machine-id", viewOf("first").toString());
    assertEquals("2", first.shell("cat " + viewOf("first").resolve("f2")));

    // The view outlives its JVM, and so does its lock.
    onFirst.sendLine("die");
    onFirst.close();
    assertMergeNames(onSecond, "first (machine-id", viewOf("first").toString());
    ChildJvm again = startJvm(first);
    assertEquals(DONE, ask(again, "find", "first"));

    // A view that no table shows holds its lower, too, as long as its JVM lives.
    assertEquals(DONE, ask(again, "mount-here", "first"));
    assertMergeNames(onSecond, "first (machine-id", "a view without a mount point");
    again.sendLine("die");
    again.close();
    ChildJvm daemons = startJvm(first);
    assertEquals(DONE, ask(daemons, "mount-fuse", "first"));
    daemons.sendLine("die");
    daemons.close();
    assertMergeNames(onSecond, "first (machine-id", viewOf("first").toString());
    assertEquals(DONE, ask(startJvm(first), "find", "first"));
    String merged = ask(onSecond, "merge", "second").toString();
    assertEquals("f1 f3 new", first.shell("cd " + lower + "; echo *"), merged);
  }

  private void assertMergeNames(ChildJvm onSecond, String... words) throws IOException {
    String refusal = ask(onSecond, "merge", "second").toString();
    assertTrue(refusal.startsWith("[layer-in-use"), refusal);
    for (String word : words) {
      assertTrue(refusal.contains(word), refusal);
    }
  }

  @Test
  void whenTheClientOfAMachineDiesItsLockEndsAndItsViewCanBeUnmounted() throws IOException {
    TestMachine first = startMachine("first");
    TestMachine second = startMachine("second");
    first.shell("mkdir -p " + lower + " && echo old >" + lower + "/file");
    ChildJvm onFirst = startJvm(first);
    ChildJvm onSecond = startJvm(second);
    assertEquals(DONE, ask(onSecond, "mount", "second"));
    second.shell("echo new >" + viewOf("second").resolve("file"));
    assertEquals(DONE, ask(onSecond, "unmount", "second"));
    assertEquals(DONE, ask(onFirst, "mount", "first"));
    assertMergeNames(onSecond, "first (machine-id");
    first.shell("pkill -KILL -x glusterfs");
    String merged = askWhenFree(onSecond, "merge", "second").toString();
    assertEquals("new", second.shell("cat " + lower.resolve("file")), merged);
    assertEquals(DONE, ask(onFirst, "unmount", "first"));
    first.shell("! pgrep -f [o]verlays-lock-keeper");
  }

  /** What a directory shows: each name, with a file's content. */
  private static String listTree(TestMachine machine, Path directory) throws IOException {
    return machine.shell(
        "cd " + directory + " && find . | sort && find . -type f | sort | xargs cat");
  }

  @Test
  void aMergeThatIsCutOffLosesNothingAndRunsAgain() throws IOException {
    int kills = Integer.getInteger("overlays.machines.kills", 3);
    long seed = Long.getLong("overlays.firstSeed", System.nanoTime() & 0xffff);
    Random random = new Random(seed);
    TestMachine first = startMachine("first");
    ChildJvm onFirst = startJvm(first);
    TestMachine third = startMachine("third");
    ChildJvm onThird = startJvm(third);
    TestMachine second = startMachine("second");
    ChildJvm onSecond = startJvm(second);
    first.shell("mkdir -p " + lower + " && cd " + lower + " && " + CREATE);
    for (int round = 0; round < kills; round++) {
      String where = "seed " + seed + ", round " + round;
      assertEquals(DONE, ask(onSecond, "mount", "second"), where);
      second.shell("round=" + round + "; cd " + viewOf("second") + " && " + CHANGE);
      String expected = listTree(second, viewOf("second"));
      assertEquals(DONE, ask(onSecond, "unmount", "second"), where);
      boolean unplugged = round % 2 == 1;
      String entry = Integer.toString(1 + random.nextInt(20));
      if (unplugged) {
        ask(onSecond, "merge-until", "second", entry, "stopped");
        // It holds the lower as long as it lives, even if it does nothing.
        String refusal = ask(onThird, "mount", "third").toString();
        assertTrue(
            refusal.contains("a merge of process") && refusal.contains("second (machine-id"),
            refusal);
        second.close();
        second = startMachine("second");
      } else {
        onSecond.sendLine(
            "merge-until " + lower + " " + instances.resolve("second") + " " + entry + " killed");
        onSecond.close();
      }
      onSecond = startJvm(second);

      // Others work with what is there; a view has every file whole.
      assertEquals(DONE, askWhenFree(onThird, "mount", "third"), where);
      third.shell("cd " + viewOf("third") + " && tar cf - . >/dev/null && echo own >own");
      assertMergeNames(onSecond, "third (machine-id");
      assertEquals(DONE, ask(onThird, "unmount", "third"), where);

      assertEquals(DONE, ask(onSecond, "mount", "second"), where);
      assertEquals(expected, listTree(second, viewOf("second")), where);
      assertEquals(DONE, ask(onSecond, "unmount", "second"), where);
      String merged = ask(onSecond, "merge", "second").toString();
      assertEquals(expected, listTree(second, lower), where + merged);
      assertEquals(DONE, ask(onFirst, "mount", "first"), where);
      assertEquals(expected, listTree(first, viewOf("first")), where);
      assertEquals(DONE, ask(onFirst, "unmount", "first"), where);
    }
  }

  /** The same without what a merge that was cut off has left for itself, which others see. */
  private static String listOwnTree(TestMachine machine, Path directory) throws IOException {
    return listTree(machine, directory).replaceAll("\\./\\.overlays-merge-\\S+\n", "");
  }

  private static void awaitVolume(TestMachine machine, Path lower) throws IOException {
    machine.shell("until ls " + lower + " 2>/dev/null; do sleep 0.1; done");
  }

  /**
   * The network of a machine fails in the middle of its merge until the server has given up on it.
   * Its client forgets the lock without a word, and when the network is back, its operations
   * succeed.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aMergeThatLostItsNetworkDoesNotGoOnUnderTheViewsOfOthers(boolean backInTime)
      throws IOException {
    long seed = Long.getLong("overlays.firstSeed", System.nanoTime() & 0xffff);
    String where = "seed " + seed;
    TestMachine first = startMachine("first");
    TestMachine second = startMachine("second");
    ChildJvm onFirst = startJvm(first);
    ChildJvm onSecond = startJvm(second);
    first.shell("mkdir -p " + lower + " && cd " + lower + " && " + CREATE);
    assertEquals(DONE, ask(onSecond, "mount", "second"));
    second.shell("round=1; cd " + viewOf("second") + " && " + CHANGE);
    String expected = listTree(second, viewOf("second"));
    assertEquals(DONE, ask(onSecond, "unmount", "second"));
    String entry = Integer.toString(1 + new Random(seed).nextInt(20));
    ask(onSecond, "merge-until", "second", entry, "waiting");

    volume.unplug(second);
    if (!backInTime) {
      onSecond.sendLine("go on");
    }
    assertEquals(DONE, askWhenFree(onFirst, "mount", "first"), where);
    String shown = listOwnTree(first, viewOf("first"));
    if (backInTime) {
      volume.plugIn(second);
      awaitVolume(second, lower);
      onSecond.sendLine("go on");
    }
    String end = onSecond.readAnswer().toString();
    assertTrue(end.startsWith("[layer-lock-lost") || end.startsWith("[merge-stopped"), end);
    assertTrue(!backInTime || end.startsWith("[layer-lock-lost"), end);
    assertEquals(shown, listOwnTree(first, viewOf("first")), where);
    assertEquals(DONE, ask(onFirst, "unmount", "first"), where);

    volume.plugIn(second);
    awaitVolume(second, lower);
    assertEquals(DONE, ask(onSecond, "mount", "second"), where);
    assertEquals(expected, listTree(second, viewOf("second")), where);
    assertEquals(DONE, ask(onSecond, "unmount", "second"), where);
    String merged = ask(onSecond, "merge", "second").toString();
    assertEquals(expected, listTree(first, lower), where + merged);
  }

  /** What the Javadoc of LayerStore.claim says about views. */
  @Test
  void aViewThatLostItsNetworkIsNotHeldAnyMoreAndStatusSaysSo() throws IOException {
    TestMachine first = startMachine("first");
    TestMachine second = startMachine("second");
    first.shell("mkdir -p " + lower + " && echo old >" + lower + "/file");
    ChildJvm onFirst = startJvm(first);
    ChildJvm onSecond = startJvm(second);
    assertEquals(DONE, ask(onSecond, "mount", "second"));
    second.shell("echo new >" + viewOf("second").resolve("file"));
    assertEquals(DONE, ask(onSecond, "unmount", "second"));
    assertEquals(DONE, ask(onFirst, "mount", "first"));
    assertMergeNames(onSecond, "first (machine-id");
    volume.unplug(first);
    String merged = askWhenFree(onSecond, "merge", "second").toString();
    assertEquals("new", second.shell("cat " + lower.resolve("file")), merged);
    volume.plugIn(first);
    awaitVolume(first, lower);
    String status = ask(onFirst, "status", "first").toString();
    assertTrue(status.contains("layer-lock-missing") && status.contains("do not see"), status);
    assertEquals(DONE, ask(onFirst, "unmount", "first"));
    assertEquals(DONE, ask(onFirst, "mount", "first"));
    assertEquals("new", first.shell("cat " + viewOf("first").resolve("file")));
    assertMergeNames(onSecond, "first (machine-id");
    assertEquals(DONE, ask(onFirst, "unmount", "first"));
  }
}
