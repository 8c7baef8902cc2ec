package dev.overlays.testkit.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Extended attributes. */
abstract class XattrPromises extends StorePromises {

  XattrPromises(LayerStoreContract contract) {
    super(contract);
  }

  @Test
  void xattrsComeAndGo() throws IOException {
    byte[] big = new byte[2_000];
    new Random(2).nextBytes(big);
    file(root(), A, "");
    root().createDirectory(B);
    for (Name name : List.of(A, B)) {
      assertEquals(Set.of(), userXattrs(name));
      root().setXattr(name, "user.empty", new byte[0]);
      root().setXattr(name, "user.big", big);
      root().setXattr(name, "user.new", bytes("long value"));
      root().setXattr(name, "user.new", bytes("short"));
      assertEquals(Set.of("user.empty", "user.big", "user.new"), userXattrs(name));
      assertArrayEquals(new byte[0], root().xattr(name, "user.empty").orElseThrow());
      assertArrayEquals(big, root().xattr(name, "user.big").orElseThrow());
      assertArrayEquals(bytes("short"), root().xattr(name, "user.new").orElseThrow());
      root().removeXattr(name, "user.big");
      root().removeXattr(name, "user.missing");
      assertEquals(Set.of("user.empty", "user.new"), userXattrs(name));
      assertEquals(Optional.empty(), root().xattr(name, "user.big"));
    }
  }

  @Test
  void marksAreXattrs() throws IOException {
    root().createDirectory(A);
    root().setXattr(A, "user.overlay.opaque", bytes("y"));
    assertEquals(Set.of("user.overlay.opaque"), userXattrs(A));
    assertArrayEquals(bytes("y"), root().xattr(A, "user.overlay.opaque").orElseThrow());
  }

  @Test
  void xattrNamesAreBytes() throws IOException {
    assumeTrue(contract().anyXattrNames());
    file(root(), A, "");
    String latin = "user.\u00c3\u00a9";
    root().setXattr(A, latin, bytes("1"));
    assertEquals(Set.of(latin), userXattrs(A));
    assertArrayEquals(bytes("1"), root().xattr(A, latin).orElseThrow());
  }

  @Test
  void xattrsAreNotThoseBehindALink() throws IOException {
    file(root(), A, "x");
    root().setXattr(A, "user.x", bytes("1"));
    root().createSymlink(B, bytes("a"));
    assertEquals(Set.of(), userXattrs(B));
    assertEquals(Optional.empty(), root().xattr(B, "user.x"));
    assertThrows(FileSystemException.class, () -> root().setXattr(B, "user.y", bytes("2")));
    assertEquals(Set.of("user.x"), userXattrs(A));
  }

  @Test
  void xattrsOfWhatIsMissingAreRefused() {
    assertThrows(NoSuchFileException.class, () -> root().xattrs(MISSING));
    assertThrows(NoSuchFileException.class, () -> root().xattr(MISSING, "user.x"));
    assertThrows(NoSuchFileException.class, () -> root().setXattr(MISSING, "user.x", bytes("")));
    assertThrows(NoSuchFileException.class, () -> root().removeXattr(MISSING, "user.x"));
  }

  private Set<String> userXattrs(Name name) throws IOException {
    Set<String> names = new HashSet<>(root().xattrs(name));
    // A file system may add its own, such as security.selinux.
    names.removeIf(xattr -> !xattr.startsWith("user."));
    return names;
  }
}
