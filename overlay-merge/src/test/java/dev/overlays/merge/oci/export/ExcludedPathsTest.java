package dev.overlays.merge.oci.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.merge.oci.tar.RawPath;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Private paths, which a walk leaves out as whole entries. */
class ExcludedPathsTest {

  /** What is in a private directory is never reached, and its neighbours are not private. */
  @Test
  void onlyThePathItselfIsPrivate() {
    ExcludedPaths paths = new ExcludedPaths(List.of("a/b", "\u00e4"));
    assertFalse(paths.isEmpty());
    for (String path : List.of("a/b", "\u00e4")) {
      assertTrue(paths.isPrivate(RawPath.of(path)), path);
    }
    for (String path : List.of("a", "b", "a/b/c", "a/bc", "a/b/", "A/b", "/a/b", "a\u0308", "")) {
      assertFalse(paths.isPrivate(RawPath.of(path)), path);
    }
    assertTrue(new ExcludedPaths(List.of()).isEmpty());
    assertEquals(false, new ExcludedPaths(List.of()).isPrivate(RawPath.of("")));
  }
}
