package dev.overlays.testkit.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/**
 * Views follow redirects, metacopy files and rarer marks like the kernel's fs/overlayfs/namei.c.
 */
class LayerViewFormatsTest {
  private final LayerFixture trees = new LayerFixture();
  private final Path upper = trees.upper;
  private final Path middle = trees.middle;
  private final Path lower = trees.lower;

  LayerViewFormatsTest() throws IOException {}

  private String lineOf(String path, Path... lowers) throws IOException {
    return trees.viewOver(lowers).manifest(path).get(0);
  }

  private void assertData(String path, String content, Path... lowers) throws IOException {
    CRC32C sum = new CRC32C();
    sum.update(content.getBytes(UTF_8));
    String line = lineOf(path, lowers);
    assertTrue(
        line.contains(" crc32c=" + HexFormat.of().toHexDigits((int) sum.getValue()) + " "), line);
  }

  @Test
  void aRedirectWithoutSlashNamesASibling() throws IOException {
    LayerFixture.createFiles(lower, "p/old/x", "old/no", "p/d/no");
    trees.createWhiteout(upper.resolve("p"), "old");
    trees.createRedirected(upper.resolve("p/d"), "old");
    assertEquals(List.of(".", "old", "old/no", "p", "p/d", "p/d/x"), trees.shownNames(lower));
    assertData("p/d/x", "/lowerp/old/x", lower);
  }

  @Test
  void aRedirectWithSlashStartsAtTheRoots() throws IOException {
    LayerFixture.createFiles(middle, "a/b/m");
    LayerFixture.createFiles(lower, "a/b/x", "a/b/m");
    trees.createWhiteout(upper.resolve("a"), "b");
    trees.createRedirected(upper.resolve("d"), "/a/b");
    assertEquals(List.of(".", "a", "d", "d/m", "d/x"), trees.shownNames(middle, lower));
    assertData("d/m", "/middlea/b/m", middle, lower);
  }

  @Test
  void anAbsoluteRedirectLeadsOutOfAnOpaqueParent() throws IOException {
    LayerFixture.createFiles(lower, "a/x", "p/no");
    trees.createRedirected(upper.resolve("p/d"), "/a");
    trees.setMark(upper.resolve("p"), Mark.OPAQUE, "y");
    trees.createWhiteout(upper, "a");
    assertEquals(List.of(".", "p", "p/d", "p/d/x"), trees.shownNames(lower));
  }

  @Test
  void anOpaqueMarkOverridesARedirect() throws IOException {
    LayerFixture.createFiles(lower, "old/no");
    trees.createRedirected(upper.resolve("d"), "old");
    trees.setMark(upper.resolve("d"), Mark.OPAQUE, "y");
    trees.createWhiteout(upper, "old");
    assertEquals(List.of(".", "d"), trees.shownNames(lower));
  }

  @Test
  void redirectsOfSeveralLayersChain() throws IOException {
    LayerFixture.createFiles(lower, "first/x", "second/no");
    LayerFixture.createFiles(middle, "second/m");
    trees.createRedirected(middle.resolve("second"), "first");
    trees.createWhiteout(middle, "first");
    trees.createRedirected(upper.resolve("third"), "/second");
    trees.createWhiteout(upper, "second");
    assertEquals(List.of(".", "third", "third/m", "third/x"), trees.shownNames(middle, lower));
  }

  @Test
  void aRedirectAmongThePathReplacesItsPart() throws IOException {
    LayerFixture.createFiles(lower, "old/sub/x", "moved/sub/no");
    trees.createRedirected(middle.resolve("moved"), "old");
    trees.createWhiteout(middle, "old");
    trees.createRedirected(upper.resolve("d"), "/moved/sub");
    trees.createWhiteout(upper, "moved");
    assertEquals(List.of(".", "d", "d/x"), trees.shownNames(middle, lower));
  }

  @Test
  void aRelativeRedirectAmongThePathKeepsTheNamesBeforeIt() throws IOException {
    LayerFixture.createFiles(lower, "a/old/sub/x", "old/sub/no");
    LayerFixture.createFiles(middle, "a/new/sub/m");
    trees.createRedirected(middle.resolve("a/new"), "old");
    trees.createRedirected(upper.resolve("d"), "/a/new/sub");
    trees.createWhiteout(upper, "a");
    trees.createWhiteout(upper, "old");
    assertEquals(List.of(".", "d", "d/m", "d/x"), trees.shownNames(middle, lower));
  }

  @Test
  void aWhiteoutFileOrOpaqueDirectoryAmongThePathEndsIt() throws IOException {
    LayerFixture.createFiles(lower, "whiteout/sub/no", "file/sub/no", "opaque/sub/no");
    LayerFixture.createFiles(middle, "file", "opaque/other", "opaque/sub/m");
    trees.createWhiteout(middle, "whiteout");
    trees.setMark(middle.resolve("opaque"), Mark.OPAQUE, "y");
    for (String name : List.of("whiteout", "file", "opaque")) {
      trees.createWhiteout(upper, name);
      trees.createRedirected(upper.resolve("to-" + name), "/" + name + "/sub");
    }
    assertEquals(
        List.of(".", "to-file", "to-opaque", "to-opaque/m", "to-whiteout"),
        trees.shownNames(middle, lower));
  }

  @Test
  void anAbsoluteRedirectBelowAnOpaqueDirectoryIsFollowed() throws IOException {
    LayerFixture.createFiles(lower, "elsewhere/x");
    trees.createRedirected(middle.resolve("opaque/sub"), "/elsewhere");
    trees.setMark(middle.resolve("opaque"), Mark.OPAQUE, "y");
    trees.createRedirected(upper.resolve("d"), "/opaque/sub");
    trees.createWhiteout(upper, "opaque");
    trees.createWhiteout(upper, "elsewhere");
    assertEquals(List.of(".", "d", "d/x"), trees.shownNames(middle, lower));
  }

  @Test
  void aRedirectToNothingShowsThePlainDirectory() throws IOException {
    LayerFixture.createFiles(lower, "d/no", "file");
    LayerFixture.createFiles(upper, "d/x");
    trees.createRedirected(upper.resolve("d"), "/never/was");
    trees.createRedirected(upper.resolve("e"), "file");
    assertEquals(List.of(".", "d", "d/x", "e", "file"), trees.shownNames(lower));
  }

  @Test
  void aMalformedRedirectIsRefused() throws IOException {
    for (String redirect : List.of("", "/", "a/b", "/a//b", "/a/")) {
      trees.createRedirected(upper.resolve("d"), redirect);
      assertThrows(FileSystemException.class, () -> trees.viewOver(lower).manifest(), redirect);
      trees.store.assertAllClosed();
    }
  }

  @Test
  void aMetacopyShowsTheDataFromBelow() throws IOException {
    LayerFixture.createFiles(lower, "d/f");
    LayerFixture.createFiles(middle, "d/other");
    trees.createMetacopy(upper.resolve("d/f"), 9);
    assertData("d/f", "/lowerd/f", middle, lower);
    trees.createMetacopy(middle.resolve("d/f"), 9);
    assertData("d/f", "/lowerd/f", middle, lower);
  }

  @Test
  void aMetacopyFollowsItsRedirect() throws IOException {
    LayerFixture.createFiles(lower, "a/f", "a/g");
    trees.createMetacopy(upper.resolve("g"), 9);
    trees.setMark(upper.resolve("g"), Mark.REDIRECT, "/a/f");
    trees.createMetacopy(middle.resolve("a/f"), 9);
    trees.setMark(middle.resolve("a/f"), Mark.REDIRECT, "g");
    assertData("g", "/lowera/g", middle, lower);
    trees.store.assertAllClosed();
  }

  @Test
  void aMetacopyGoesThroughTheRedirectOfItsDirectory() throws IOException {
    LayerFixture.createFiles(lower, "old/f", "d/f");
    trees.createRedirected(upper.resolve("d"), "old");
    trees.createWhiteout(upper, "old");
    trees.createMetacopy(upper.resolve("d/f"), 10);
    assertData("d/f", "/lowerold/f", lower);
    assertTrue(lineOf("d/f", lower).contains(" size=10 "));
  }

  @Test
  void missingMetacopyDataIsReported() throws IOException {
    LayerFixture.createFiles(lower, "whiteout", "directory/x", "fine");
    trees.createWhiteout(middle, "whiteout");
    for (String name : List.of("nothing", "whiteout", "directory", "fine")) {
      trees.createMetacopy(upper.resolve(name), 5);
      boolean missing = lineOf(name, middle, lower).contains(" size=5 data=missing");
      assertEquals(!name.equals("fine"), missing, name);
    }
  }

  @Test
  void hardLinksOfAMetacopyAreOneFile() throws IOException {
    LayerFixture.createFiles(lower, "f", "other");
    Files.createLink(lower.resolve("g"), lower.resolve("f"));
    trees.createMetacopy(upper.resolve("f"), 6);
    trees.setMark(upper.resolve("f"), Mark.REDIRECT, "/f");
    Files.createLink(upper.resolve("h"), upper.resolve("f"));
    assertTrue(lineOf("f", lower).endsWith(" links=f"));
    assertTrue(lineOf("h", lower).endsWith(" links=f"));
    assertFalse(lineOf("g", lower).contains("links="));
    assertData("h", "/lowerf", lower);
  }

  @Test
  void marksOfNestedOverlaysLoseOnePrefix() throws IOException {
    LayerFixture.createFiles(lower, "f");
    trees.setXattr(lower.resolve("f"), "user.overlay.overlay.opaque", "y");
    trees.setXattr(lower.resolve("f"), "user.overlay.overlay.overlay.a", "z");
    trees.setXattr(lower.resolve("f"), "user.overlay.origin", "o");
    String shown = " user.overlay.opaque=79 user.overlay.overlay.a=7a mtime=";
    assertTrue(lineOf("f", lower).contains(shown), lineOf("f", lower));
    assertEquals(
        LayerView.ofSingleLayer(trees.store, lower, MarkNamespace.USER).manifest("f"),
        trees.viewOver(lower).manifest("f"));
    String mounted = LayerView.ofMounted(trees.store, lower).manifest("f").get(0);
    assertTrue(
        mounted.contains(
            " user.overlay.origin=6f user.overlay.overlay.opaque=79"
                + " user.overlay.overlay.overlay.a=7a mtime="),
        mounted);
  }

  @Test
  void theMarksOfThisLibraryAreHidden() throws IOException {
    LayerFixture.createFiles(upper, "f");
    trees.setMark(upper.resolve("f"), Mark.MERGE_COPY, "/f");
    trees.setMark(upper.resolve("f"), Mark.MERGE_TIME, "1.2");
    assertFalse(lineOf("f", lower).contains("overlay"));
  }

  @Test
  void protectionShowsFromTheMarkOfAnUpper() throws IOException {
    LayerFixture.createFiles(upper, "f");
    LayerFixture.createFiles(lower, "g");
    trees.setMark(upper.resolve("f"), Mark.PROTATTR, "ai");
    trees.setMark(lower.resolve("g"), Mark.PROTATTR, "i");
    assertTrue(lineOf("f", lower).contains(" 0:0 flags=ia size="));
    assertFalse(lineOf("g", lower).contains("flags="));
  }

  @Test
  void lowersWithoutAnUpperAreAView() throws IOException {
    LayerFixture.createFiles(lower, "gone", "old/x");
    trees.createWhiteout(middle, "gone");
    trees.createWhiteout(middle, "old");
    trees.createRedirected(middle.resolve("d"), "old");
    List<String> names =
        LayerView.ofLowers(trees.store, List.of(middle, lower), MarkNamespace.USER)
            .manifest()
            .stream()
            .map(line -> line.substring(0, line.indexOf(' ')))
            .toList();
    assertEquals(List.of(".", "d", "d/x"), names);
  }
}
