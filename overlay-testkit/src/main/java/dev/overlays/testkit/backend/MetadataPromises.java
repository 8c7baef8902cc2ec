package dev.overlays.testkit.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayMount;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Promises about what a view keeps besides names and contents. */
abstract class MetadataPromises extends ContractPromises {
  private static final FileTime EARLY =
      FileTime.from(Instant.ofEpochSecond(1_000_000_000L, 123_456_000));
  private static final FileTime LATE =
      FileTime.from(Instant.ofEpochSecond(1_700_000_000L, 987_654_000));

  MetadataPromises(Supplier<ContractSandbox> sandboxes) {
    super(sandboxes);
  }

  private static FileTime modifiedTimeOf(Path file) throws IOException {
    return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS);
  }

  @Test
  @DisplayName("4.1 the time of the last change is the layer's, and stays with a copy")
  void timesStayWithACopy() throws IOException {
    Files.setLastModifiedTime(sandbox().makeFile("lower/file", "content"), EARLY);
    Files.setLastModifiedTime(sandbox().makeFile("lower/set", "content"), EARLY);
    Files.setLastModifiedTime(sandbox().makeDirectory("lower/directory"), EARLY);
    try (OverlayMount mount = sandbox().mount()) {
      assertEquals(EARLY, modifiedTimeOf(mount.root().resolve("file")));
      assertEquals(EARLY, modifiedTimeOf(mount.root().resolve("directory")));
      Files.setLastModifiedTime(mount.root().resolve("set"), LATE);
      Files.move(mount.root().resolve("file"), mount.root().resolve("moved"));
    }
    try (OverlayMount mount = sandbox().mount()) {
      assertEquals(LATE, modifiedTimeOf(mount.root().resolve("set")));
      assertEquals(EARLY, modifiedTimeOf(mount.root().resolve("moved")));
      assertEquals("content", Files.readString(mount.root().resolve("set")));
    }
  }

  @Test
  @DisplayName("4.2 permissions are the layer's, can be set, and stay with a copy")
  void permissionsStayWithACopy() throws IOException {
    sandbox().assumeDeclared(Capability.PERMISSIONS);
    setPermissions(sandbox().makeFile("lower/file", "content"), "rw-r-x--x");
    setPermissions(sandbox().makeFile("lower/set", "content"), "rw-r--r--");
    setPermissions(sandbox().makeDirectory("lower/directory"), "rwxr-x--x");
    try (OverlayMount mount = sandbox().mount()) {
      assertEquals("rw-r-x--x", permissionsOf(mount.root().resolve("file")));
      assertEquals("rwxr-x--x", permissionsOf(mount.root().resolve("directory")));
      setPermissions(mount.root().resolve("set"), "rw-------");
      Files.writeString(mount.root().resolve("file"), "changed");
      Files.writeString(mount.root().resolve("directory/new"), "new");
    }
    try (OverlayMount mount = sandbox().mount()) {
      assertEquals("rw-r-x--x", permissionsOf(mount.root().resolve("file")));
      assertEquals("rw-------", permissionsOf(mount.root().resolve("set")));
      assertEquals("rwxr-x--x", permissionsOf(mount.root().resolve("directory")));
      assertEquals("content", Files.readString(mount.root().resolve("set")));
    }
  }

  private static void setPermissions(Path entry, String permissions) throws IOException {
    Files.setPosixFilePermissions(entry, PosixFilePermissions.fromString(permissions));
  }

  private static String permissionsOf(Path entry) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(entry));
  }

  @Test
  @DisplayName("4.3 extended attributes are the layer's, can be set and removed, and stay")
  void xattrsStayWithACopy() throws IOException {
    sandbox().assumeDeclared(Capability.XATTRS);
    setXattr(sandbox().makeFile("lower/file", "content"), "kept", "from the lower");
    setXattr(sandbox().makeFile("lower/file", "content"), "removed", "from the lower");
    setXattr(sandbox().makeDirectory("lower/directory"), "kept", "from the lower");
    try (OverlayMount mount = sandbox().mount()) {
      assertEquals("from the lower", xattrValue(mount.root().resolve("directory"), "kept"));
      assertEquals("from the lower", xattrValue(mount.root().resolve("file"), "kept"));
      setXattr(mount.root().resolve("file"), "added", "from the view");
      xattrView(mount.root().resolve("file")).delete("removed");
    }
    try (OverlayMount mount = sandbox().mount()) {
      Path file = mount.root().resolve("file");
      assertEquals("from the lower", xattrValue(file, "kept"));
      assertEquals("from the view", xattrValue(file, "added"));
      assertFalse(xattrView(file).list().contains("removed"));
      assertEquals("content", Files.readString(file));
    }
  }

  @Test
  @DisplayName("4.4 the marks of the overlay itself are not shown")
  void marksAreHidden() throws IOException {
    sandbox().assumeDeclared(Capability.XATTRS);
    sandbox().makeFile("lower/directory/old", "lower");
    sandbox().makeFile("lower/file", "lower");
    try (OverlayMount mount = sandbox().mount()) {
      Path directory = mount.root().resolve("directory");
      Files.delete(directory.resolve("old"));
      Files.delete(directory);
      Files.createDirectory(directory);
      Files.writeString(mount.root().resolve("file"), "changed");
    }
    try (OverlayMount mount = sandbox().mount()) {
      for (String name : List.of("", "directory", "file")) {
        List<String> shown = xattrView(mount.root().resolve(name)).list();
        assertFalse(
            shown.stream().anyMatch(xattr -> xattr.startsWith("overlay.")), () -> shown + "");
      }
    }
  }

  private static UserDefinedFileAttributeView xattrView(Path entry) {
    return Files.getFileAttributeView(entry, UserDefinedFileAttributeView.class);
  }

  private static void setXattr(Path entry, String name, String value) throws IOException {
    xattrView(entry).write(name, ByteBuffer.wrap(value.getBytes(UTF_8)));
  }

  private static String xattrValue(Path entry, String name) throws IOException {
    ByteBuffer value = ByteBuffer.allocate(xattrView(entry).size(name));
    xattrView(entry).read(name, value);
    return new String(value.array(), UTF_8);
  }

  @Test
  @DisplayName("4.5 several names that were given to a file in the view are one file, and stay so")
  void hardLinksStayOneFile() throws IOException {
    sandbox().assumeDeclared(Capability.HARD_LINKS);
    sandbox().makeFile("lower/old", "lower");
    try (OverlayMount mount = sandbox().mount()) {
      Path root = mount.root();
      Files.writeString(root.resolve("new"), "new");
      Files.createLink(root.resolve("new too"), root.resolve("new"));
      Files.createLink(root.resolve("old too"), root.resolve("old"));
      assertOneFile(root, "new", "new too", "written by the first name");
      if (sandbox().isDeclared(Capability.LINK_IDENTITY)) {
        assertOneFile(root, "old", "old too", "written by the second");
      } else {
        assertOneContent(root, "old", "old too", "written by the second");
      }
    }
    try (OverlayMount mount = sandbox().mount()) {
      Path root = mount.root();
      assertEquals("written by the first name", Files.readString(root.resolve("new too")));
      assertOneFile(root, "new", "new too", "written when mounted anew");
      assertOneFile(root, "old", "old too", "and the other");
      Files.delete(root.resolve("new"));
      assertEquals("written when mounted anew", Files.readString(root.resolve("new too")));
    }
  }

  private static void assertOneFile(Path root, String one, String other, String content)
      throws IOException {
    assertTrue(Files.isSameFile(root.resolve(one), root.resolve(other)), one);
    assertOneContent(root, one, other, content);
  }

  private static void assertOneContent(Path root, String one, String other, String content)
      throws IOException {
    Files.writeString(root.resolve(one), content);
    assertEquals(content, Files.readString(root.resolve(other)));
  }

  @Test
  @DisplayName("4.6 symbolic links can be made, read and deleted, those of a lower too")
  void symlinksAreMadeReadAndDeleted() throws IOException {
    Path link = sandbox().pathOf("lower/link");
    sandbox().makeFile("lower/file", "content");
    Files.createSymbolicLink(link, link.getFileSystem().getPath("nowhere"));
    try (OverlayMount mount = sandbox().mount()) {
      Path root = mount.root();
      assertEquals("nowhere", Files.readSymbolicLink(root.resolve("link")).toString());
      Files.delete(root.resolve("link"));
      Files.createSymbolicLink(root.resolve("link"), root.getFileSystem().getPath("file"));
      Files.createSymbolicLink(root.resolve("to nothing"), root.getFileSystem().getPath("x/y"));
    }
    try (OverlayMount mount = sandbox().mount()) {
      Path root = mount.root();
      assertEquals("content", Files.readString(root.resolve("link")));
      assertEquals("x/y", Files.readSymbolicLink(root.resolve("to nothing")).toString());
    }
  }

  @Test
  @DisplayName("4.7 what is neither file, directory nor link shows as that")
  void nodesShowAsNodes() throws IOException {
    sandbox().assumeDeclared(Capability.NODES);
    try (LayerDirectory lower = sandbox().layerStore().open(sandbox().makeDirectory("lower"))) {
      lower.createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
    }
    try (OverlayMount mount = sandbox().mount()) {
      Path pipe = mount.root().resolve("pipe");
      assertTrue(Files.readAttributes(pipe, BasicFileAttributes.class).isOther());
      Files.move(pipe, mount.root().resolve("moved"));
    }
    try (OverlayMount mount = sandbox().mount()) {
      assertEquals(List.of("moved"), VisibleTree.namesIn(mount.root()));
      Path moved = mount.root().resolve("moved");
      assertTrue(Files.readAttributes(moved, BasicFileAttributes.class).isOther());
    }
  }

  @Test
  @DisplayName("4.8 every byte of a file survives its copy")
  void everyByteSurvivesACopy() throws IOException {
    byte[] bytes = new byte[256];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    Files.write(sandbox().makeDirectory("lower").resolve("file"), bytes);
    try (OverlayMount mount = sandbox().mount()) {
      Files.move(mount.root().resolve("file"), mount.root().resolve("moved"));
      assertArrayEquals(bytes, Files.readAllBytes(mount.root().resolve("moved")));
    }
    try (OverlayMount mount = sandbox().mount()) {
      assertArrayEquals(bytes, Files.readAllBytes(mount.root().resolve("moved")));
    }
  }
}
