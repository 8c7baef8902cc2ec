package dev.overlays.linux.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The layers that are merged to measure: a lower of 1,000 directories of 100 small files, and an
 * upper that the kernel wrote. Half of the directories have got 40 changed, 20 new and 40 deleted
 * files, the other half have been made anew with 30 files; there are 100 new trees of 50 files.
 * That is 50,000 files, 20,000 whiteouts and 500 opaque directories.
 */
public final class BenchWorkload {
  private static final int TOPS = 10;
  private static final int FILES = 100;
  private static final int CHANGED = 40;
  private static final int NEW = 20;
  private static final int REMADE = 30;
  private static final int IN_TREE = 25;

  private final int directories;
  private final int trees;

  private BenchWorkload(double scale) {
    directories = (int) Math.round(1000 * scale);
    trees = (int) Math.round(100 * scale);
  }

  /** The spec of layers that are side by side in a directory. */
  public static OverlaySpec specOf(Path root) {
    return specOver(root.resolve("lower"), root);
  }

  /** The spec of an upper in a directory over a lower elsewhere. */
  public static OverlaySpec specOver(Path lower, Path root) {
    return OverlaySpec.builder()
        .lower(lower)
        .upper(root.resolve("upper"))
        .work(root.resolve("work"))
        .mountPoint(root.resolve("mnts"))
        .build();
  }

  /** Makes the layers in a directory. */
  public static void makeLayers(Path root, double scale) throws IOException {
    BenchWorkload workload = new BenchWorkload(scale);
    for (String name : new String[] {"lower", "upper", "work", "mnts"}) {
      Files.createDirectory(root.resolve(name));
    }
    workload.fillLower(root.resolve("lower"));
    try (OverlayMount mount = Overlays.mount(specOf(root))) {
      workload.changeView(mount.root());
    }
  }

  private void fillLower(Path root) throws IOException {
    for (int i = 0; i < directories; i++) {
      Path directory = Files.createDirectories(directoryOf(root, i));
      for (int j = 0; j < FILES; j++) {
        writeFile(directory, "f", j, "lower", i);
      }
    }
  }

  private void changeView(Path root) throws IOException {
    for (int i = 0; i < directories; i++) {
      Path directory = directoryOf(root, i);
      if (i < directories / 2) {
        changeDirectory(directory, i);
      } else {
        remakeDirectory(directory, i);
      }
    }
    for (int i = 0; i < trees; i++) {
      Path tree = root.resolve("t" + i % TOPS).resolve("new" + i);
      Path inner = Files.createDirectories(tree.resolve("inner"));
      for (int j = 0; j < IN_TREE; j++) {
        writeFile(tree, "a", j, "tree", i);
        writeFile(inner, "b", j, "inner tree", i);
      }
    }
  }

  private static void changeDirectory(Path directory, int i) throws IOException {
    for (int j = 0; j < CHANGED; j++) {
      writeFile(directory, "f", j, "changed", i);
      Files.delete(directory.resolve("f" + (CHANGED + j)));
    }
    for (int j = 0; j < NEW; j++) {
      writeFile(directory, "n", j, "new", i);
    }
  }

  private static void remakeDirectory(Path directory, int i) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
    Files.createDirectory(directory);
    for (int j = 0; j < REMADE; j++) {
      writeFile(directory, "o", j, "remade", i);
    }
  }

  private static Path directoryOf(Path root, int i) {
    return root.resolve("t" + i % TOPS).resolve("d" + i);
  }

  /** A file of some hundred bytes, more or less. */
  private static void writeFile(Path directory, String prefix, int j, String content, int i)
      throws IOException {
    String line = content + " " + i + " " + j + "\n";
    Files.write(
        directory.resolve(prefix + j), line.repeat(8 + (i * 7 + j) % 60).getBytes(US_ASCII));
  }
}
