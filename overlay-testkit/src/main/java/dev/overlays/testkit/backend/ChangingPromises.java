package dev.overlays.testkit.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayMount;
import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Promises about changes in a view. Each test checks the view at once, and again after it was
 * unmounted and mounted again. The sandbox checks that no lower changes.
 */
abstract class ChangingPromises extends ContractPromises {

  ChangingPromises(Supplier<ContractSandbox> sandboxes) {
    super(sandboxes);
  }

  /** A change or a check of a view. */
  @FunctionalInterface
  private interface ViewAction {
    void applyTo(Path root) throws IOException;
  }

  /**
   * Changes the view of the prepared layers, and checks it at once and after it was mounted again.
   */
  private void changeAndCheckTwice(ViewAction change, ViewAction look) throws IOException {
    SortedMap<String, String> shown;
    try (OverlayMount mount = sandbox().mount()) {
      change.applyTo(mount.root());
      look.applyTo(mount.root());
      shown = sandbox().viewLines(mount);
    }
    try (OverlayMount mount = sandbox().mount()) {
      look.applyTo(mount.root());
      assertEquals(shown, sandbox().viewLines(mount), "the view when mounted anew");
    }
  }

  @Test
  @DisplayName("3.1 new files and directories can be made")
  void createsFilesAndDirectories() throws IOException {
    sandbox().makeDirectory("lower/there");
    changeAndCheckTwice(
        root -> {
          Files.writeString(root.resolve("file"), "new");
          Files.createDirectories(root.resolve("there/deep/er"));
          Files.writeString(root.resolve("there/deep/er/file"), "deep");
        },
        root -> {
          assertEquals("new", Files.readString(root.resolve("file")));
          assertEquals("deep", Files.readString(root.resolve("there/deep/er/file")));
          assertEquals(List.of("file", "there"), VisibleTree.namesIn(root));
        });
  }

  @Test
  @DisplayName("3.2 a file of a lower can be written: whole, at its end, in its middle, cut off")
  void writesFilesOfALower() throws IOException {
    for (String name : List.of("whole", "end", "middle", "cut", "read")) {
      sandbox().makeFile("lower/directory/" + name, "0123456789");
    }
    changeAndCheckTwice(
        root -> {
          Path directory = root.resolve("directory");
          Files.writeString(directory.resolve("whole"), "changed");
          Files.writeString(directory.resolve("end"), "more", StandardOpenOption.APPEND);
          writeAt(directory.resolve("middle"), 3, "xyz");
          try (SeekableByteChannel channel =
              Files.newByteChannel(directory.resolve("cut"), StandardOpenOption.WRITE)) {
            channel.truncate(4);
          }
        },
        root -> {
          Path directory = root.resolve("directory");
          assertEquals("changed", Files.readString(directory.resolve("whole")));
          assertEquals("0123456789more", Files.readString(directory.resolve("end")));
          assertEquals("012xyz6789", Files.readString(directory.resolve("middle")));
          assertEquals("0123", Files.readString(directory.resolve("cut")));
          assertEquals("0123456789", Files.readString(directory.resolve("read")));
        });
    assertFalse(
        Files.exists(sandbox().pathOf("upper/directory/read")),
        "what was only read is not copied up");
  }

  private static void writeAt(Path file, long at, String text) throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      channel.position(at);
      channel.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }
  }

  @Test
  @DisplayName("3.3 what a lower holds can be deleted, with or without a copy in the upper")
  void deletesWhatALowerHolds() throws IOException {
    sandbox().makeFile("lower/gone", "lower");
    sandbox().makeFile("lower/both", "lower");
    sandbox().makeFile("upper/both", "upper");
    sandbox().makeFile("upper/own", "upper");
    sandbox().makeFile("lower/directory/file", "lower");
    sandbox().makeFile("lower/kept", "lower");
    changeAndCheckTwice(
        root -> {
          for (String name : List.of("gone", "both", "own", "directory/file", "directory")) {
            Files.deleteIfExists(root.resolve(name));
            sandbox()
                .assertFails(
                    NoSuchFileException.class, () -> Files.readAttributes(root.resolve(name), "*"));
          }
        },
        root -> assertEquals(List.of("kept"), VisibleTree.namesIn(root)));
  }

  @Test
  @DisplayName("3.4 what was deleted can be made anew, as anything else")
  void recreatesWhatWasDeleted() throws IOException {
    sandbox().makeFile("lower/file", "lower");
    sandbox().makeFile("lower/directory/old", "lower");
    sandbox().makeFile("lower/turned/old", "lower");
    sandbox().makeFile("lower/risen", "lower");
    changeAndCheckTwice(
        root -> {
          Files.delete(root.resolve("file"));
          Files.writeString(root.resolve("file"), "new");
          Files.delete(root.resolve("directory/old"));
          Files.delete(root.resolve("directory"));
          Files.createDirectory(root.resolve("directory"));
          Files.delete(root.resolve("turned/old"));
          Files.delete(root.resolve("turned"));
          Files.writeString(root.resolve("turned"), "a file now");
          Files.delete(root.resolve("risen"));
          Files.createDirectory(root.resolve("risen"));
          Files.writeString(root.resolve("risen/new"), "in a directory now");
        },
        root -> {
          assertEquals("new", Files.readString(root.resolve("file")));
          assertEquals(List.of(), VisibleTree.namesIn(root.resolve("directory")));
          assertEquals("a file now", Files.readString(root.resolve("turned")));
          assertEquals(List.of("new"), VisibleTree.namesIn(root.resolve("risen")));
        });
  }

  @Test
  @DisplayName("3.5 files can be renamed, over others too, and so can new directories")
  void renamesFilesAndNewDirectories() throws IOException {
    sandbox().makeFile("lower/a", "a");
    sandbox().makeFile("lower/b", "b");
    sandbox().makeFile("lower/directory/c", "c");
    changeAndCheckTwice(
        root -> {
          Files.move(root.resolve("a"), root.resolve("directory/a"));
          Files.move(
              root.resolve("directory/c"), root.resolve("b"), StandardCopyOption.REPLACE_EXISTING);
          Files.createDirectory(root.resolve("new"));
          Files.writeString(root.resolve("new/file"), "new");
          Files.move(root.resolve("new"), root.resolve("directory/moved"));
        },
        root -> {
          assertEquals(List.of("b", "directory"), VisibleTree.namesIn(root));
          assertEquals("c", Files.readString(root.resolve("b")));
          assertEquals(List.of("a", "moved"), VisibleTree.namesIn(root.resolve("directory")));
          assertEquals("a", Files.readString(root.resolve("directory/a")));
          assertEquals("new", Files.readString(root.resolve("directory/moved/file")));
        });
  }

  @Test
  @DisplayName("3.6 a directory of a lower is renamed whole or not at all, without a redirect")
  void renamesADirectoryOrRefuses() throws IOException {
    sandbox().makeFile("lower/directory/file", "lower");
    boolean[] refused = new boolean[1];
    changeAndCheckTwice(
        root -> {
          SortedMap<String, String> before =
              VisibleTree.of(root, sandbox().backendUnderTest().capabilities());
          try {
            Files.move(root.resolve("directory"), root.resolve("renamed"));
          } catch (IOException e) {
            refused[0] = true;
            assertEquals(before, VisibleTree.of(root, sandbox().backendUnderTest().capabilities()));
          }
        },
        root -> {
          String there = refused[0] ? "directory" : "renamed";
          assertEquals(List.of(there), VisibleTree.namesIn(root));
          assertEquals("lower", Files.readString(root.resolve(there + "/file")));
        });
    List<String> upper =
        LayerView.ofMounted(sandbox().layerStore(), sandbox().pathOf("upper")).manifest();
    assertFalse(upper.toString().contains("overlay.redirect"), upper::toString);
  }

  @Test
  @DisplayName("3.7 what cannot be fails as on any file system, and changes nothing")
  void failsAsOnAnyFileSystem() throws IOException {
    sandbox().makeFile("lower/directory/file", "lower");
    sandbox().makeFile("lower/file", "lower");
    changeAndCheckTwice(
        root -> {
          Path directory = root.resolve("directory");
          Path file = root.resolve("file");
          Path missing = root.resolve("missing");
          sandbox().assertFails(DirectoryNotEmptyException.class, () -> Files.delete(directory));
          sandbox()
              .assertFails(FileAlreadyExistsException.class, () -> Files.createDirectory(file));
          sandbox()
              .assertFails(FileAlreadyExistsException.class, () -> Files.createFile(directory));
          sandbox()
              .assertFails(FileAlreadyExistsException.class, () -> Files.move(file, directory));
          sandbox().assertFails(NoSuchFileException.class, () -> Files.move(missing, file));
          sandbox()
              .assertFails(
                  NoSuchFileException.class, () -> Files.writeString(missing.resolve("x"), ""));
        },
        root -> {
          assertEquals(List.of("directory", "file"), VisibleTree.namesIn(root));
          assertEquals(List.of("file"), VisibleTree.namesIn(root.resolve("directory")));
        });
    assertEquals(List.of(), VisibleTree.namesIn(sandbox().pathOf("upper")), "the upper");
  }

  @Test
  @DisplayName("3.8 a file that is open stays what it is when its name is deleted")
  void openFilesLiveOn() throws IOException {
    sandbox().makeFile("lower/file", "0123456789");
    changeAndCheckTwice(
        root -> {
          Path file = root.resolve("file");
          try (SeekableByteChannel channel =
              Files.newByteChannel(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            Files.delete(file);
            ByteBuffer buffer = ByteBuffer.allocate(10);
            assertEquals(10, channel.read(buffer));
            channel.write(ByteBuffer.wrap(new byte[] {'x'}));
            assertEquals(11, channel.size());
          }
        },
        root -> assertTrue(VisibleTree.namesIn(root).isEmpty()));
  }
}
