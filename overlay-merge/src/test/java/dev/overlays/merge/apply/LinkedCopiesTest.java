package dev.overlays.merge.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.merge.AlteredStore;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.report.MergeReport;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Merges into a lower on another file system, by copies. */
class LinkedCopiesTest {
  private final HandMadeLayers here = new HandMadeLayers();
  private final HandMadeLayers there = new HandMadeLayers();

  LinkedCopiesTest() throws IOException {}

  private OverlaySpec spec() {
    return OverlaySpec.builder()
        .lower(there.pathOf("lower"))
        .upper(here.pathOf("upper"))
        .work(here.pathOf("work"))
        .options(o -> here.spec().options())
        .build();
  }

  private MergeReport merge() throws IOException {
    FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);
    MergeReport report = OverlayMerge.of(spec()).store(store).run();
    store.assertAllClosed();
    assertEquals(List.of(), here.namesIn("upper"));
    return report;
  }

  /** Gives a file of the upper a second name, under which an interrupted run has found it. */
  private void addLinkedFile(String mark) throws IOException {
    here.addFile("upper/second", "data").addMark("upper/second", Mark.MERGE_COPY, mark);
    Files.createLink(here.pathOf("upper/third"), here.pathOf("upper/second"));
  }

  private boolean areOneFile(String one, String two) throws IOException {
    return there.statOf(one).sameInode(there.statOf(two));
  }

  @Test
  void namesOfOneInodeBecomeNamesOfOneCopyInAnyDirectories() throws IOException {
    here.addFile("upper/a/b/first", "data").addDirectory("upper/c");
    for (String name : List.of("upper/second", "upper/c/third")) {
      Files.createLink(here.pathOf(name), here.pathOf("upper/a/b/first"));
    }
    there.addFile("lower/second", "replaced");
    MergeReport report = merge();
    assertTrue(areOneFile("lower/a/b/first", "lower/second"));
    assertTrue(areOneFile("lower/second", "lower/c/third"));
    assertEquals(3, there.statOf("lower/second").links());
    assertEquals("data", there.contentOf("lower/second"));
    assertEquals(1, report.count(MergeAction.REPLACED));
    assertEquals(List.of(), there.openDirectory("lower").xattrs(Name.of("second")));
  }

  @Test
  void copyOfAnInterruptedRunGetsTheOtherNames() throws IOException {
    addLinkedFile("/dir/first");
    there.addFile("lower/dir/first", "data");
    alignAttributes("upper/second", "lower/dir/first");
    merge();
    assertTrue(areOneFile("lower/dir/first", "lower/second"));
    assertTrue(areOneFile("lower/dir/first", "lower/third"));
  }

  private void alignAttributes(String upper, String lower) throws IOException {
    there.setMode(lower, here.modeOf(upper));
    FileTime time = Files.getLastModifiedTime(here.pathOf(upper));
    Files.setLastModifiedTime(there.pathOf(lower), time);
  }

  /** The mark may be outdated: somebody has changed what was the copy. */
  @ParameterizedTest
  @ValueSource(strings = {"data", "mode", "time", "type"})
  void fileThatIsNoCopyAnyMoreStaysAlone(String differs) throws IOException {
    addLinkedFile("/first");
    there.addFile("lower/first", differs.equals("data") ? "DATA" : "data");
    alignAttributes("upper/second", "lower/first");
    switch (differs) {
      case "mode" -> there.setMode("lower/first", 0611);
      case "time" -> there.setModified("lower/first", Instant.EPOCH);
      case "type" -> {
        Files.delete(there.pathOf("lower/first"));
        Files.createSymbolicLink(there.pathOf("lower/first"), there.pathOf("none"));
      }
      default -> assertEquals("DATA", there.contentOf("lower/first"));
    }
    merge();
    assertEquals("data", there.contentOf("lower/second"));
    assertTrue(areOneFile("lower/second", "lower/third"));
    try (LayerDirectory lower = there.openDirectory("lower")) {
      assertNotEquals(
          there.statOf("lower/second").inode(),
          LayerEntries.requireStat(lower, Name.of("first")).inode());
    }
  }

  /** Anybody may write marks into an upper; with user marks, an ordinary user. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "//",
        "first",
        "/none",
        "/none/first",
        "/first/inside",
        "/..",
        "/../lower/first",
        "/./first",
        "/first/",
        "/a//b",
        "/\0",
        "..",
        "."
      })
  void markThatLeadsToNoCopyIsIgnored(String forged) throws IOException {
    addLinkedFile(forged);
    there.addFile("lower/first", "other");
    merge();
    assertEquals("data", there.contentOf("lower/second"));
    assertEquals("data", there.contentOf("lower/third"));
    assertEquals("other", there.contentOf("lower/first"));
  }

  /** A power cut must not take both, the original and the copy. */
  @Test
  void copiesAreSyncedBeforeTheirOriginalsGo() throws IOException {
    here.addFile("upper/a/one", "1").addFile("upper/a/b/two", "2").addFile("upper/three", "3");
    there.addFile("lower/a/old", "");
    List<String> unsynced = new ArrayList<>();
    FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);
    store.setHook(
        new FaultyLayerStore.OperationHook() {
          @Override
          public void beforeChange(FileOperation operation, String path) {
            if (operation == FileOperation.RENAME && path.contains("overlays-merge")) {
              unsynced.add(path.replaceAll(".* -> /root/lower", ""));
            } else if (operation == FileOperation.SYNC && path.startsWith("/root/lower")) {
              unsynced.clear();
            } else if (operation == FileOperation.REMOVE && path.startsWith("/root/upper")) {
              String removed = path.replace("/root/upper", "");
              assertTrue(!unsynced.contains(removed), () -> removed + " is not durable");
            }
          }
        });
    OverlayMerge.of(spec()).store(store).run();
    assertEquals(List.of(), here.namesIn("upper"));
  }

  /** In memory nothing has blocks, so the store states them. */
  private MergeReport mergeWithSpace(long free, String... excluded) throws IOException {
    AlteredStore store =
        new AlteredStore(
            HandMadeLayers.STORE,
            (directory, method, arguments, call) -> {
              if (method.equals("stat") && arguments[0].toString().startsWith("large")) {
                return directory.stat((Name) arguments[0]).map(LinkedCopiesTest::withBlocks);
              }
              return method.equals("freeSpace") ? Long.valueOf(free) : call.make();
            });
    return OverlayMerge.of(spec()).store(store).exclude(excluded).run();
  }

  private static EntryStat withBlocks(EntryStat stat) {
    return new EntryStat(
        stat.type(),
        stat.mode(),
        stat.owner(),
        stat.group(),
        stat.size(),
        1024,
        stat.links(),
        stat.device(),
        stat.inode(),
        0,
        0,
        stat.accessed(),
        stat.modified(),
        false,
        false);
  }

  @Test
  void mergeIsRefusedIfTheCopiesNeedMoreThanIsFree() throws IOException {
    here.addFile("upper/large1", "x").addFile("upper/large2", "y").addFile("upper/small", "z");
    List<String> before = here.allLines();
    OverlayException e = assertThrows(OverlayException.class, () -> mergeWithSpace(2047));
    Problem problem = e.problems().get(0);
    assertEquals(ProblemCode.MERGE_NO_SPACE, problem.code());
    assertEquals("/root/lower", problem.path().orElseThrow().toString());
    assertTrue(
        problem.message().contains("2.0 KiB here, and there are 1.9 KiB"), problem.message());
    assertEquals(before, here.allLines());
    assertEquals(List.of(), there.namesIn("lower"));
    mergeWithSpace(1024, "large1");
    assertEquals(List.of("large1"), here.namesIn("upper"), "a part of it fits");
    mergeWithSpace(1024);
    assertEquals(List.of("large1", "large2", "small"), there.namesIn("lower"));
  }
}
