package dev.overlays.merge.oci.unpack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.layer.Name;
import dev.overlays.merge.oci.tar.ArchiveRefusals;
import dev.overlays.merge.oci.tar.RawPath;
import dev.overlays.merge.oci.tar.TarEntry;
import dev.overlays.merge.oci.value.OciLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths of archives, one after the other, as the parser keeps what two of them share. */
class EntryPathParserTest {
  private static final int MOST_NAMES = 6;
  private static final int MOST_BYTES = 40;
  private static final ArchiveRefusals REFUSALS = new ArchiveRefusals(Path.of("target"));

  private final long seed = new Random().nextInt();
  private final Random random = new Random(seed);
  private final EntryPathParser parser =
      new EntryPathParser(REFUSALS, OciLimits.DEFAULTS.withPaths(MOST_NAMES, MOST_BYTES));

  private static TarEntry entryAt(String path) {
    return TarEntry.emptyFile(RawPath.of(path.getBytes(ISO_8859_1)));
  }

  /** What becomes of a path, in the order in which a reader would notice it. */
  private static String expectedOf(String path) {
    if (path.isEmpty()) {
      return ProblemCode.ARCHIVE_BROKEN.name();
    }
    if (path.startsWith("/")) {
      return ProblemCode.ARCHIVE_ENTRY_UNSAFE.name();
    }
    if (path.length() > MOST_BYTES) {
      return ProblemCode.ARCHIVE_TOO_LARGE.name();
    }
    List<String> names = new ArrayList<>();
    int whiteout = -1;
    for (String name : path.split("/", -1)) {
      if (name.equals("..") || name.indexOf(0) >= 0) {
        return ProblemCode.ARCHIVE_ENTRY_UNSAFE.name();
      }
      if (!name.isEmpty() && !name.equals(".")) {
        whiteout = whiteout < 0 && name.startsWith(".wh.") ? names.size() : whiteout;
        names.add(name);
      }
    }
    return names.size() > MOST_NAMES
        ? ProblemCode.ARCHIVE_TOO_LARGE.name()
        : whiteout + " " + names;
  }

  private String resultOf(String path) {
    try {
      EntryPath parsed = parser.parsePath(entryAt(path));
      return parsed.whiteoutIndex()
          + " "
          + parsed.names().stream().map(name -> new String(name.toBytes(), ISO_8859_1)).toList();
    } catch (OverlayException e) {
      assertTrue(e.getMessage().contains("target"), e::toString);
      return e.problems().get(0).code().name();
    }
  }

  private String randomName() {
    String[] names = {
      "a", "ab", "b", "", ".", "..", "...", ".wh.a", ".wh.", ".wh..wh..opq", "\u00ff", "a\0", "-"
    };
    // Mostly names that a path may have, so that many paths are valid.
    return random.nextInt(4) == 0 ? names[random.nextInt(names.length)] : names[random.nextInt(3)];
  }

  /** Each path shares its start with the one before, up to somewhere in the middle of a name. */
  private String nextPath(String before) {
    StringBuilder path = new StringBuilder(before);
    path.setLength(random.nextInt(path.length() + 1));
    for (int i = random.nextInt(4); i > 0; i--) {
      path.append(random.nextInt(8) == 0 ? "" : "/").append(randomName());
    }
    if (path.indexOf("/") == 0 && random.nextInt(10) > 0) {
      path.deleteCharAt(0);
    }
    return path.append(random.nextInt(4) == 0 ? "/" : "").toString();
  }

  @Test
  void everyPathIsParsedAsIfItWereTheFirst() {
    String path = "";
    int accepted = 0;
    for (int round = 0; round < 30_000; round++) {
      path = nextPath(path);
      String expected = expectedOf(path);
      accepted += expected.endsWith("]") ? 1 : 0;
      assertEquals(expected, resultOf(path), "\"" + path + "\", seed " + seed);
    }
    assertTrue(accepted > 5_000, accepted + " accepted, seed " + seed);
  }

  /** What was shared with a path that is given back must not change with a later path. */
  @Test
  void earlierPathsStayAsTheyWere() throws OverlayException {
    EntryPath first = parser.parsePath(entryAt("a/b/c"));
    EntryPath second = parser.parsePath(entryAt("a/b/.wh.d"));
    EntryPath third = parser.parsePath(entryAt("a/x"));
    assertEquals(List.of(Name.of("a"), Name.of("b"), Name.of("c")), first.names());
    assertEquals(Name.of(".wh.d"), second.lastName());
    assertEquals(List.of(Name.of("a"), Name.of("b")), second.parentNames());
    assertTrue(second.isWhiteout() && !second.isInsideWhiteout());
    assertEquals(-1, third.whiteoutIndex(), "taken over from the path before");
  }

  @Test
  void namesBehindAWhiteoutAreInsideIt() throws OverlayException {
    EntryPath inside = parser.parsePath(entryAt(".wh.d/in"));
    assertTrue(inside.isInsideWhiteout() && !inside.isWhiteout());
    assertTrue(parser.parsePath(entryAt("./")).isRoot());
  }

  @ParameterizedTest
  @CsvSource({
    "a/b, true",
    ".//a/./b, true",
    "a/../b, false",
    "/a, false",
    "., false",
    ".wh.a, false",
    "a/.wh.b, false",
    ".wh.a/b, false",
    ".wh..wh.plnk/1.2, true",
    ".wh..wh.plnk, false",
    ".wh..wh.plnk/.wh.x, false",
    "x/.wh..wh.plnk/1.2, false",
    ".wh..wh.plnk/a/b, false"
  })
  void hardLinksLeadToFilesOfTheLayerOnly(String target, boolean accepted) throws Exception {
    TarEntry link = entryAt("link").withTarget(RawPath.of(target));
    if (accepted) {
      assertEquals(2, parser.parseTarget(link).size());
    } else {
      OverlayException e = assertThrows(OverlayException.class, () -> parser.parseTarget(link));
      assertTrue(e.has(ProblemCode.ARCHIVE_ENTRY_UNSAFE), e::toString);
      assertTrue(e.getMessage().contains("\"link\""), e::toString);
    }
  }

  @Test
  void targetOfALinkDoesNotChangeHowTheNextPathIsParsed() throws OverlayException {
    parser.parsePath(entryAt("a/b/c"));
    parser.parseTarget(entryAt("a/l").withTarget(RawPath.of("a/b/x/y/z")));
    assertEquals(3, parser.parsePath(entryAt("a/b/d")).names().size());
  }

  @ParameterizedTest
  @ValueSource(ints = {255, 256})
  void namesHaveUpTo255Bytes(int length) throws OverlayException {
    EntryPathParser wide = new EntryPathParser(REFUSALS, OciLimits.DEFAULTS);
    TarEntry entry = entryAt("d/" + "\u00ff".repeat(length));
    if (length == 255) {
      assertEquals(255, wide.parsePath(entry).lastName().length());
    } else {
      OverlayException e = assertThrows(OverlayException.class, () -> wide.parsePath(entry));
      assertTrue(e.has(ProblemCode.ARCHIVE_TOO_LARGE), e::toString);
    }
  }

  /** A refused path is not remembered. */
  @Test
  void pathAfterARefusalIsParsedWhole() throws OverlayException {
    parser.parsePath(entryAt("a/b"));
    assertThrows(OverlayException.class, () -> parser.parsePath(entryAt("a/b/../c")));
    assertEquals(
        List.of(Name.of("a"), Name.of("b"), Name.of("d")),
        parser.parsePath(entryAt("a/b/d")).names());
  }
}
