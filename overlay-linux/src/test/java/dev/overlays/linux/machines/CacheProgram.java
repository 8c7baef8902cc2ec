package dev.overlays.linux.machines;

import dev.overlays.UnmountOptions;
import dev.overlays.cache.SharedCache;
import dev.overlays.merge.oci.registry.OciRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A JVM of a {@link TestMachine} that keeps a cache: the first words are its lower, its place. */
final class CacheProgram {
  private CacheProgram() {}

  public static void main(String[] args) throws IOException {
    AnsweredLines.answer(AnsweredLines.open(), CacheProgram::run);
  }

  private static String run(String[] words) throws IOException {
    SharedCache cache = SharedCache.of(Path.of(words[1]), Path.of(words[2]));
    switch (words[0]) {
      case "create" -> {
        Files.createDirectories(cache.lower());
        Files.createDirectories(Path.of(words[2]));
        for (int i = 0; i < Integer.parseInt(words[3]); i++) {
          cache.create(nameOf(i));
        }
      }
      case "mount" -> cache.mountAll();
      case "unmount" -> cache.unmountAll(UnmountOptions.strict());
      case "maintain" -> {
        return "maintained " + cache.maintain();
      }
      case "publish" -> cache.publish(imageOf(words[3]));
      case "follow" -> cache.update(imageOf(words[3])).carryingUppers().run();
      case "write" -> {
        Path file = Path.of(words[2], words[3], "mnts", words[4]);
        Files.createDirectories(file.getParent());
        Files.writeString(file, words[5]);
      }
      case "delete" -> Files.delete(Path.of(words[2], words[3], "mnts", words[4]));
      case "show" -> {
        return showFiles(Path.of(words[2], words[3], "mnts"));
      }
      default -> throw new IOException("unknown: " + words[0]);
    }
    return "done";
  }

  /** Names sort in the order of the numbers. */
  static String nameOf(int instance) {
    return String.format("i%03d", instance);
  }

  private static OciRegistry imageOf(String reference) {
    return OciRegistry.of(reference).plainHttp(true).credentialFiles(List.of());
  }

  /**
   * A line for each file. What a merge that was cut off has made for itself in the lower is not
   * shown by the view of its own instance, but by the others.
   */
  private static String showFiles(Path view) throws IOException {
    StringBuilder shown = new StringBuilder("files");
    try (Stream<Path> files = Files.walk(view)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        Path path = view.relativize(file);
        if (!path.toString().startsWith(".overlays-merge-")) {
          shown.append('\n').append(path).append('=').append(Files.readString(file));
        }
      }
    }
    return shown.toString();
  }
}
