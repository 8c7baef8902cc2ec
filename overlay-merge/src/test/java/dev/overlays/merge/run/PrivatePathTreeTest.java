package dev.overlays.merge.run;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.Name;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrivatePathTreeTest {
  private final PrivatePathTree root =
      PrivatePathTree.of(List.of(".yfnode/config", ".yfnode/keys/a", "id"));

  @Test
  void goesDownNameByName() {
    PrivatePathTree node = PrivatePathTree.subtreeOf(root, Name.of(".yfnode"));
    assertNotNull(node);
    assertFalse(PrivatePathTree.isPrivate(node));
    assertTrue(PrivatePathTree.isPrivate(PrivatePathTree.subtreeOf(node, Name.of("config"))));
    PrivatePathTree keys = PrivatePathTree.subtreeOf(node, Name.of("keys"));
    assertFalse(PrivatePathTree.isPrivate(keys));
    assertTrue(PrivatePathTree.isPrivate(PrivatePathTree.subtreeOf(keys, Name.of("a"))));
    assertTrue(PrivatePathTree.isPrivate(PrivatePathTree.subtreeOf(root, Name.of("id"))));
  }

  @Test
  void hasNothingElsewhere() {
    PrivatePathTree none = PrivatePathTree.subtreeOf(root, Name.of("config"));
    assertNull(none);
    assertFalse(PrivatePathTree.isPrivate(none));
    assertNull(PrivatePathTree.subtreeOf(none, Name.of("a")));
    assertFalse(PrivatePathTree.isPrivate(root));
  }
}
