package dev.overlays.merge.run;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.Name;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrivateTreeTest {
  private final PrivateTree root =
      PrivateTree.of(List.of(".yfnode/config", ".yfnode/keys/a", "id"));

  @Test
  void goesDownNameByName() {
    PrivateTree node = PrivateTree.subtreeOf(root, Name.of(".yfnode"));
    assertNotNull(node);
    assertFalse(PrivateTree.isPrivate(node));
    assertTrue(PrivateTree.isPrivate(PrivateTree.subtreeOf(node, Name.of("config"))));
    PrivateTree keys = PrivateTree.subtreeOf(node, Name.of("keys"));
    assertFalse(PrivateTree.isPrivate(keys));
    assertTrue(PrivateTree.isPrivate(PrivateTree.subtreeOf(keys, Name.of("a"))));
    assertTrue(PrivateTree.isPrivate(PrivateTree.subtreeOf(root, Name.of("id"))));
  }

  @Test
  void hasNothingElsewhere() {
    PrivateTree none = PrivateTree.subtreeOf(root, Name.of("config"));
    assertNull(none);
    assertFalse(PrivateTree.isPrivate(none));
    assertNull(PrivateTree.subtreeOf(none, Name.of("a")));
    assertFalse(PrivateTree.isPrivate(root));
  }
}
