package dev.overlays.testkit.union;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.testkit.layer.PortableLayerStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Compares paths of the union with paths of the default file system. */
class UnionPathTest {
  private static final List<String> TEXTS =
      List.of(
          "",
          "/",
          "a",
          "/a",
          "a/b",
          "/a/b",
          "a/b/c",
          "/a/b/c",
          ".",
          "..",
          "/..",
          "a/..",
          "../a",
          "/a/./b/../c",
          "../../x",
          "a//b/",
          "/b",
          "./a/b",
          "a/../../b",
          ".hidden/x",
          "é/ü");

  private UnionFixture bed;
  private UnionFileSystem union;

  @BeforeEach
  void openUnion() throws IOException {
    bed = new UnionFixture(1);
    union = bed.open();
  }

  @AfterEach
  void closeUnion() throws IOException {
    bed.close();
  }

  private static String textOf(Object result) {
    return String.valueOf(result);
  }

  /** Returns the result of a call, or its exception. */
  private static String outcomeOf(Callable<?> call) {
    try {
      return textOf(call.call());
    } catch (Exception e) {
      return e.getClass().getName();
    }
  }

  @Test
  void onePathIsWhatTheMachineMakesOfIt() {
    for (String text : TEXTS) {
      Path mine = union.getPath(text);
      Path theirs = Path.of(text);
      assertEquals(textOf(theirs), textOf(mine));
      assertEquals(textOf(theirs.getRoot()), textOf(mine.getRoot()), text);
      assertEquals(textOf(theirs.getFileName()), textOf(mine.getFileName()), text);
      assertEquals(textOf(theirs.getParent()), textOf(mine.getParent()), text);
      assertEquals(theirs.getNameCount(), mine.getNameCount(), text);
      assertEquals(textOf(theirs.normalize()), textOf(mine.normalize()), text);
      assertEquals(theirs.isAbsolute(), mine.isAbsolute(), text);
      for (int i = -1; i <= 3; i++) {
        int index = i;
        assertEquals(
            outcomeOf(() -> theirs.getName(index)), outcomeOf(() -> mine.getName(index)), text);
        for (int j = 0; j <= 3; j++) {
          int end = j;
          assertEquals(
              outcomeOf(() -> theirs.subpath(index, end)),
              outcomeOf(() -> mine.subpath(index, end)));
        }
      }
    }
  }

  @Test
  void twoPathsAreRelatedAsOnTheMachine() {
    for (String one : TEXTS) {
      for (String other : TEXTS) {
        Path a = union.getPath(one);
        Path b = union.getPath(other);
        Path c = Path.of(one);
        Path d = Path.of(other);
        String what = one + " and " + other;
        assertEquals(textOf(c.resolve(d)), textOf(a.resolve(b)), what);
        assertEquals(textOf(c.resolveSibling(d)), textOf(a.resolveSibling(b)), what);
        assertEquals(outcomeOf(() -> c.relativize(d)), outcomeOf(() -> a.relativize(b)), what);
        assertEquals(c.startsWith(d), a.startsWith(b), what);
        assertEquals(c.endsWith(d), a.endsWith(b), what);
        assertEquals(c.equals(d), a.equals(b), what);
        assertEquals(Integer.signum(c.compareTo(d)), Integer.signum(a.compareTo(b)), what);
      }
    }
  }

  @Test
  void pathsOfOthersAreStrangers() throws IOException {
    Path mine = union.getPath("/a");
    assertThrows(ProviderMismatchException.class, () -> mine.resolve(Path.of("/a")));
    assertThrows(ProviderMismatchException.class, () -> union.provider().delete(Path.of("/a")));
    assertFalse(mine.startsWith(Path.of("/a")));
    try (UnionFixture second = new UnionFixture(1);
        FileSystem other = second.open()) {
      assertNotEquals(other.getPath("/a"), mine);
      assertThrows(
          ProviderMismatchException.class, () -> union.provider().delete(other.getPath("/a")));
      assertFalse(Files.isSameFile(union.getPath("/"), other.getPath("/")));
    }
  }

  @Test
  void urisLeadBack() {
    for (String text : List.of("/", "/a b/%/ü", "/\udcff\udc80x", "/?#[]")) {
      Path path = union.getPath(text);
      URI uri = path.toUri();
      assertEquals(path, union.provider().getPath(uri));
      assertEquals(union, union.provider().getFileSystem(uri));
    }
    assertThrows(
        IllegalArgumentException.class, () -> union.provider().getPath(URI.create("file:///a")));
    assertThrows(UnsupportedOperationException.class, () -> union.getPath("/").toFile());
  }

  @Test
  void anyBytesAreANameAndTheSameTextAgain() throws IOException {
    Random random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(8)];
      random.nextBytes(bytes);
      for (int j = 0; j < bytes.length; j++) {
        bytes[j] = bytes[j] == 0 || bytes[j] == '/' ? (byte) 0xed : bytes[j];
      }
      assertArrayEquals(bytes, NameText.encode(NameText.decode(bytes)));
    }
    Name odd = Name.of(new byte[] {'a', (byte) 0xff, (byte) 0xc3});
    try (LayerDirectory lower = new PortableLayerStore().open(bed.topLower())) {
      lower.createFile(odd).close();
    }
    assertTrue(Files.exists(union.getPath("/a\udcff\udcc3")));
    assertThrows(InvalidPathException.class, () -> union.getPath("a\0b"));
    assertThrows(InvalidPathException.class, () -> union.getPath("\ud800"));
    // Escaped bytes that form a character are equal to that character.
    assertEquals(union.getPath("é"), union.getPath("\udcc3\udca9"));
  }

  @Test
  void patternsMatchAsOnTheMachine() {
    List<String> patterns =
        List.of(
            "*",
            "**",
            "*.java",
            "?",
            "a*",
            "{a,b}",
            "{a,b}*",
            "[a-c]",
            "[!a]",
            "[^a]",
            "a?b",
            "**/b",
            "*/b",
            "\\*",
            "a\\{",
            "[-a]b",
            "x.y",
            "[[]",
            "a{b,c/d}e",
            "(x)",
            "$",
            "}");
    List<String> texts =
        List.of(
            "",
            "a",
            "b",
            "c",
            "x.java",
            "a/x.java",
            "a/b",
            "/a/b",
            "/a/b/b",
            "ab",
            "axb",
            "-b",
            "*",
            "a{",
            "x.y",
            "xzy",
            "[",
            "^",
            "abe",
            "ac/de",
            "(x)",
            "$",
            "}",
            ".",
            "a\nb");
    for (String pattern : patterns) {
      for (String text : texts) {
        boolean theirs =
            Path.of("").getFileSystem().getPathMatcher("glob:" + pattern).matches(Path.of(text));
        boolean mine = union.getPathMatcher("glob:" + pattern).matches(union.getPath(text));
        assertEquals(theirs, mine, pattern + " on " + text);
      }
    }
    assertTrue(union.getPathMatcher("regex:/a.*").matches(union.getPath("/abc")));
    for (String wrong : List.of("glob:{a", "glob:[a", "glob:{a{b}}", "glob:[a/b]", "glob:a\\")) {
      assertThrows(PatternSyntaxException.class, () -> union.getPathMatcher(wrong), wrong);
    }
    assertThrows(UnsupportedOperationException.class, () -> union.getPathMatcher("foo:a"));
    assertThrows(IllegalArgumentException.class, () -> union.getPathMatcher("a"));
  }

  @Test
  void rootIsTheOnlyOne() {
    assertEquals(List.of(union.getPath("/")), union.getRootDirectories());
    assertNull(union.getPath("a").getRoot());
    assertThrows(UnsupportedOperationException.class, union::newWatchService);
  }
}
