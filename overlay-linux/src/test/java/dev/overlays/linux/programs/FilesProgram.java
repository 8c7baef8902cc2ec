package dev.overlays.linux.programs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.google.common.io.MoreFiles;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;

/** What works on files and directories. */
enum FilesProgram implements DirectoryProgram {
  COMMONS_IO {
    @Override
    public void use(Path directory) throws IOException {
      File root = directory.toFile();
      assertEquals("fixture", FileUtils.readFileToString(new File(root, "old/inner/file"), UTF_8));
      FileUtils.forceMkdir(new File(root, "made/by/force"));
      FileUtils.copyDirectory(new File(root, "old"), new File(root, "made/by/copy"));
      FileUtils.deleteDirectory(new File(root, "old"));
      FileUtils.moveDirectory(new File(root, "made/by"), new File(root, "new"));
      FileUtils.forceDelete(new File(root, "made"));
      FileUtils.writeStringToFile(new File(root, "new/force/file"), "new", UTF_8);
    }
  },

  GUAVA {
    @Override
    @SuppressWarnings("UnstableApiUsage")
    public void use(Path directory) throws IOException {
      File old = new File(directory.toFile(), "old/inner/file");
      assertEquals("fixture", com.google.common.io.Files.asCharSource(old, UTF_8).read());
      File copy = new File(directory.toFile(), "new/copy/inner/file");
      com.google.common.io.Files.createParentDirs(copy);
      com.google.common.io.Files.copy(old, copy);
      File made = new File(directory.toFile(), "new/force/file");
      com.google.common.io.Files.createParentDirs(made);
      com.google.common.io.Files.asCharSink(made, UTF_8).write("new");
      MoreFiles.deleteRecursively(directory.resolve("old"));
    }
  },

  /** Nothing but {@code java.nio.file}, which is told of a file that is made. */
  JAVA_NIO {
    @Override
    public void use(Path directory) throws Exception {
      Path old = directory.resolve("old");
      Path inner = old.resolve("inner");
      try (WatchService watch = directory.getFileSystem().newWatchService()) {
        inner.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
        Files.createFile(inner.resolve("seen"));
        WatchKey key = watch.poll(1, TimeUnit.MINUTES);
        assertNotNull(key, "nothing was seen");
        assertEquals(Path.of("seen"), key.pollEvents().get(0).context());
      }
      Files.createDirectories(directory.resolve("new/copy/inner"));
      Files.move(inner.resolve("file"), directory.resolve("new/copy/inner/file"));
      Files.createDirectory(directory.resolve("new/force"));
      Files.writeString(directory.resolve("new/force/file"), "new");
      try (Stream<Path> paths = Files.walk(old)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  };

  @Override
  public void prepare(Path directory) throws IOException {
    Path file = directory.resolve("old/inner/file");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "fixture");
  }

  @Override
  public void verify(Path directory) throws IOException {
    assertFalse(Files.exists(directory.resolve("old")));
    assertEquals("fixture", Files.readString(directory.resolve("new/copy/inner/file")));
    assertEquals("new", Files.readString(directory.resolve("new/force/file")));
  }
}
