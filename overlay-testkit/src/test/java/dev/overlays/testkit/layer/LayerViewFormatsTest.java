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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Views follow redirects, metacopy files and rarer marks like the kernel's fs/overlayfs/namei.c.
 */
class LayerViewFormatsTest {
  private final LayerTrees trees = new LayerTrees();
  private final Path upper = trees.upper;
  private final Path middle = trees.middle;
  private final Path lower = trees.lower;

  LayerViewFormatsTest() throws IOException {}

  private String line(String path, Path... lowers) throws IOException {
    return trees.view(lowers).manifest(path).get(0);
  }

  private void assertData(String path, String content, Path... lowers) throws IOException {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content.getBytes(UTF_8));
      String line = line(path, lowers);
      assertTrue(line.contains(" sha256=" + HexFormat.of().formatHex(hash) + " "), line);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aRedirectWithoutSlashIsASibling() throws IOException {
    LayerTrees.files(lower, "p/old/x", "old/no", "p/d/no");
    trees.whiteout(upper.resolve("p"), "old");
    trees.redirect(upper.resolve("p/d"), "old");
    assertEquals(List.of(".", "old", "old/no", "p", "p/d", "p/d/x"), trees.names(lower));
    assertData("p/d/x", "/lowerp/old/x", lower);
  }

  @Test
  void aRedirectWithSlashStartsAtTheRoots() throws IOException {
    LayerTrees.files(middle, "a/b/m");
    LayerTrees.files(lower, "a/b/x", "a/b/m");
    trees.whiteout(upper.resolve("a"), "b");
    trees.redirect(upper.resolve("d"), "/a/b");
    assertEquals(List.of(".", "a", "d", "d/m", "d/x"), trees.names(middle, lower));
    assertData("d/m", "/middlea/b/m", middle, lower);
  }

  @Test
  void itLeadsOutOfAnOpaqueParent() throws IOException {
    LayerTrees.files(lower, "a/x", "p/no");
    trees.redirect(upper.resolve("p/d"), "/a");
    trees.mark(upper.resolve("p"), Mark.OPAQUE, "y");
    trees.whiteout(upper, "a");
    assertEquals(List.of(".", "p", "p/d", "p/d/x"), trees.names(lower));
  }

  @Test
  void opaqueBeatsRedirect() throws IOException {
    LayerTrees.files(lower, "old/no");
    trees.redirect(upper.resolve("d"), "old");
    trees.mark(upper.resolve("d"), Mark.OPAQUE, "y");
    trees.whiteout(upper, "old");
    assertEquals(List.of(".", "d"), trees.names(lower));
  }

  @Test
  void redirectsChain() throws IOException {
    LayerTrees.files(lower, "first/x", "second/no");
    LayerTrees.files(middle, "second/m");
    trees.redirect(middle.resolve("second"), "first");
    trees.whiteout(middle, "first");
    trees.redirect(upper.resolve("third"), "/second");
    trees.whiteout(upper, "second");
    assertEquals(List.of(".", "third", "third/m", "third/x"), trees.names(middle, lower));
  }

  @Test
  void oneOnTheWayReplacesItsPart() throws IOException {
    LayerTrees.files(lower, "old/sub/x", "moved/sub/no");
    trees.redirect(middle.resolve("moved"), "old");
    trees.whiteout(middle, "old");
    trees.redirect(upper.resolve("d"), "/moved/sub");
    trees.whiteout(upper, "moved");
    assertEquals(List.of(".", "d", "d/x"), trees.names(middle, lower));
  }

  @Test
  void aRelativeOneInsideAWayKeepsWhatIsBefore() throws IOException {
    LayerTrees.files(lower, "a/old/sub/x", "old/sub/no");
    LayerTrees.files(middle, "a/new/sub/m");
    trees.redirect(middle.resolve("a/new"), "old");
    trees.redirect(upper.resolve("d"), "/a/new/sub");
    trees.whiteout(upper, "a");
    trees.whiteout(upper, "old");
    assertEquals(List.of(".", "d", "d/m", "d/x"), trees.names(middle, lower));
  }

  @Test
  void whatIsInTheWayEndsIt() throws IOException {
    LayerTrees.files(lower, "whiteout/sub/no", "file/sub/no", "opaque/sub/no");
    LayerTrees.files(middle, "file", "opaque/other", "opaque/sub/m");
    trees.whiteout(middle, "whiteout");
    trees.mark(middle.resolve("opaque"), Mark.OPAQUE, "y");
    for (String name : List.of("whiteout", "file", "opaque")) {
      trees.whiteout(upper, name);
      trees.redirect(upper.resolve("to-" + name), "/" + name + "/sub");
    }
    assertEquals(
        List.of(".", "to-file", "to-opaque", "to-opaque/m", "to-whiteout"),
        trees.names(middle, lower));
  }

  @Test
  void aRedirectBelowAnOpaqueOneGoesOn() throws IOException {
    LayerTrees.files(lower, "elsewhere/x");
    trees.redirect(middle.resolve("opaque/sub"), "/elsewhere");
    trees.mark(middle.resolve("opaque"), Mark.OPAQUE, "y");
    trees.redirect(upper.resolve("d"), "/opaque/sub");
    trees.whiteout(upper, "opaque");
    trees.whiteout(upper, "elsewhere");
    assertEquals(List.of(".", "d", "d/x"), trees.names(middle, lower));
  }

  @Test
  void aRedirectToNothingIsAPlainDirectory() throws IOException {
    LayerTrees.files(lower, "d/no", "file");
    LayerTrees.files(upper, "d/x");
    trees.redirect(upper.resolve("d"), "/never/was");
    trees.redirect(upper.resolve("e"), "file");
    assertEquals(List.of(".", "d", "d/x", "e", "file"), trees.names(lower));
  }

  @Test
  void aRedirectOfTheWrongFormIsRefused() throws IOException {
    for (String redirect : List.of("", "/", "a/b", "/a//b", "/a/")) {
      trees.redirect(upper.resolve("d"), redirect);
      assertThrows(FileSystemException.class, () -> trees.view(lower).manifest(), redirect);
      trees.store.assertAllClosed();
    }
  }

  @Test
  void aMetacopyHasTheDataFromBelow() throws IOException {
    LayerTrees.files(lower, "d/f");
    LayerTrees.files(middle, "d/other");
    trees.metacopy(upper.resolve("d/f"), 9);
    assertData("d/f", "/lowerd/f", middle, lower);
    trees.metacopy(middle.resolve("d/f"), 9);
    assertData("d/f", "/lowerd/f", middle, lower);
  }

  @Test
  void aMetacopyFollowsItsRedirect() throws IOException {
    LayerTrees.files(lower, "a/f", "a/g");
    trees.metacopy(upper.resolve("g"), 9);
    trees.mark(upper.resolve("g"), Mark.REDIRECT, "/a/f");
    trees.metacopy(middle.resolve("a/f"), 9);
    trees.mark(middle.resolve("a/f"), Mark.REDIRECT, "g");
    assertData("g", "/lowera/g", middle, lower);
    trees.store.assertAllClosed();
  }

  @Test
  void aMetacopyGoesThroughTheRedirectOfItsDirectory() throws IOException {
    LayerTrees.files(lower, "old/f", "d/f");
    trees.redirect(upper.resolve("d"), "old");
    trees.whiteout(upper, "old");
    trees.metacopy(upper.resolve("d/f"), 10);
    assertData("d/f", "/lowerold/f", lower);
    assertTrue(line("d/f", lower).contains(" size=10 "));
  }

  @Test
  void missingDataIsTold() throws IOException {
    LayerTrees.files(lower, "whiteout", "directory/x", "fine");
    trees.whiteout(middle, "whiteout");
    for (String name : List.of("nothing", "whiteout", "directory", "fine")) {
      trees.metacopy(upper.resolve(name), 5);
      boolean missing = line(name, middle, lower).contains(" size=5 data=missing");
      assertEquals(!name.equals("fine"), missing, name);
    }
  }

  @Test
  void namesOfAMetacopyAreOneFile() throws IOException {
    LayerTrees.files(lower, "f", "other");
    Files.createLink(lower.resolve("g"), lower.resolve("f"));
    trees.metacopy(upper.resolve("f"), 6);
    trees.mark(upper.resolve("f"), Mark.REDIRECT, "/f");
    Files.createLink(upper.resolve("h"), upper.resolve("f"));
    assertTrue(line("f", lower).endsWith(" links=f"));
    assertTrue(line("h", lower).endsWith(" links=f"));
    assertFalse(line("g", lower).contains("links="));
    assertData("h", "/lowerf", lower);
  }

  @Test
  void marksOfNestedOverlaysLoseOneStep() throws IOException {
    LayerTrees.files(lower, "f");
    trees.xattr(lower.resolve("f"), "user.overlay.overlay.opaque", "y");
    trees.xattr(lower.resolve("f"), "user.overlay.overlay.overlay.a", "z");
    trees.xattr(lower.resolve("f"), "user.overlay.origin", "o");
    String shown = " user.overlay.opaque=79 user.overlay.overlay.a=7a mtime=";
    assertTrue(line("f", lower).contains(shown), line("f", lower));
    assertEquals(
        LayerView.of(trees.store, lower, MarkNamespace.USER).manifest("f"),
        trees.view(lower).manifest("f"));
    String mounted = LayerView.ofMounted(trees.store, lower).manifest("f").get(0);
    assertTrue(
        mounted.contains(
            " user.overlay.origin=6f user.overlay.overlay.opaque=79"
                + " user.overlay.overlay.overlay.a=7a mtime="),
        mounted);
  }

  @Test
  void theMarksOfThisLibraryAreHidden() throws IOException {
    LayerTrees.files(upper, "f");
    trees.mark(upper.resolve("f"), Mark.MERGE_COPY, "/f");
    trees.mark(upper.resolve("f"), Mark.MERGE_TIME, "1.2");
    assertFalse(line("f", lower).contains("overlay"));
  }

  @Test
  void protectionShowsFromTheMarkOfAnUpper() throws IOException {
    LayerTrees.files(upper, "f");
    LayerTrees.files(lower, "g");
    trees.mark(upper.resolve("f"), Mark.PROTATTR, "ai");
    trees.mark(lower.resolve("g"), Mark.PROTATTR, "i");
    assertTrue(line("f", lower).contains(" 0:0 flags=ia size="));
    assertFalse(line("g", lower).contains("flags="));
  }

  @Test
  void lowersAloneAreAViewToo() throws IOException {
    LayerTrees.files(lower, "gone", "old/x");
    trees.whiteout(middle, "gone");
    trees.whiteout(middle, "old");
    trees.redirect(middle.resolve("d"), "old");
    List<String> names =
        LayerView.ofLayers(trees.store, List.of(middle, lower), MarkNamespace.USER)
            .manifest()
            .stream()
            .map(line -> line.substring(0, line.indexOf(' ')))
            .toList();
    assertEquals(List.of(".", "d", "d/x"), names);
  }
}
