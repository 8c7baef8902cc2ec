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
    PrivateTree node = PrivateTree.treeBelow(root, Name.of(".yfnode"));
    assertNotNull(node);
    assertFalse(PrivateTree.isPrivate(node));
    assertTrue(PrivateTree.isPrivate(PrivateTree.treeBelow(node, Name.of("config"))));
    PrivateTree keys = PrivateTree.treeBelow(node, Name.of("keys"));
    assertFalse(PrivateTree.isPrivate(keys));
    assertTrue(PrivateTree.isPrivate(PrivateTree.treeBelow(keys, Name.of("a"))));
    assertTrue(PrivateTree.isPrivate(PrivateTree.treeBelow(root, Name.of("id"))));
  }

  @Test
  void hasNothingElsewhere() {
    PrivateTree none = PrivateTree.treeBelow(root, Name.of("config"));
    assertNull(none);
    assertFalse(PrivateTree.isPrivate(none));
    assertNull(PrivateTree.treeBelow(none, Name.of("a")));
    assertFalse(PrivateTree.isPrivate(root));
  }
}
