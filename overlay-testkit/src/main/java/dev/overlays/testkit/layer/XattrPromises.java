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
    createFile(rootDirectory(), A, "");
    rootDirectory().createDirectory(B);
    for (Name name : List.of(A, B)) {
      assertEquals(Set.of(), userXattrs(name));
      rootDirectory().setXattr(name, "user.empty", new byte[0]);
      rootDirectory().setXattr(name, "user.big", big);
      rootDirectory().setXattr(name, "user.new", utf8Bytes("long value"));
      rootDirectory().setXattr(name, "user.new", utf8Bytes("short"));
      assertEquals(Set.of("user.empty", "user.big", "user.new"), userXattrs(name));
      assertArrayEquals(new byte[0], rootDirectory().xattr(name, "user.empty").orElseThrow());
      assertArrayEquals(big, rootDirectory().xattr(name, "user.big").orElseThrow());
      assertArrayEquals(utf8Bytes("short"), rootDirectory().xattr(name, "user.new").orElseThrow());
      rootDirectory().removeXattr(name, "user.big");
      rootDirectory().removeXattr(name, "user.missing");
      assertEquals(Set.of("user.empty", "user.new"), userXattrs(name));
      assertEquals(Optional.empty(), rootDirectory().xattr(name, "user.big"));
    }
  }

  @Test
  void marksAreXattrs() throws IOException {
    rootDirectory().createDirectory(A);
    rootDirectory().setXattr(A, "user.overlay.opaque", utf8Bytes("y"));
    assertEquals(Set.of("user.overlay.opaque"), userXattrs(A));
    assertArrayEquals(
        utf8Bytes("y"), rootDirectory().xattr(A, "user.overlay.opaque").orElseThrow());
  }

  @Test
  void xattrNamesAreBytes() throws IOException {
    assumeTrue(storeContract().takesAnyXattrName());
    createFile(rootDirectory(), A, "");
    String latin = "user.\u00c3\u00a9";
    rootDirectory().setXattr(A, latin, utf8Bytes("1"));
    assertEquals(Set.of(latin), userXattrs(A));
    assertArrayEquals(utf8Bytes("1"), rootDirectory().xattr(A, latin).orElseThrow());
  }

  @Test
  void xattrsAreNotThoseBehindALink() throws IOException {
    createFile(rootDirectory(), A, "x");
    rootDirectory().setXattr(A, "user.x", utf8Bytes("1"));
    rootDirectory().createSymlink(B, utf8Bytes("a"));
    assertEquals(Set.of(), userXattrs(B));
    assertEquals(Optional.empty(), rootDirectory().xattr(B, "user.x"));
    assertThrows(
        FileSystemException.class, () -> rootDirectory().setXattr(B, "user.y", utf8Bytes("2")));
    assertEquals(Set.of("user.x"), userXattrs(A));
  }

  @Test
  void xattrsOfWhatIsMissingAreRefused() {
    assertThrows(NoSuchFileException.class, () -> rootDirectory().xattrs(MISSING));
    assertThrows(NoSuchFileException.class, () -> rootDirectory().xattr(MISSING, "user.x"));
    assertThrows(
        NoSuchFileException.class,
        () -> rootDirectory().setXattr(MISSING, "user.x", utf8Bytes("")));
    assertThrows(NoSuchFileException.class, () -> rootDirectory().removeXattr(MISSING, "user.x"));
  }

  private Set<String> userXattrs(Name name) throws IOException {
    Set<String> names = new HashSet<>(rootDirectory().xattrs(name));
    // A file system may add its own, such as security.selinux.
    names.removeIf(xattr -> !xattr.startsWith("user."));
    return names;
  }
}
