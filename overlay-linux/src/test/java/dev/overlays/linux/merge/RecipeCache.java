package dev.overlays.linux.merge;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.APPEND;

import dev.overlays.OverlaySpec;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;

/** A shared cache as the shell recipe has it, and what each of its instances does to it. */
final class RecipeCache {
  static final String CONFIG = ".yfnode/config";
  static final int INSTANCES = 3;

  private static final String CACHE = ".yfnode/cache/";
  private static final List<String> KINDS =
      List.of("", ".chr", ".mem", ".task", ".tn", ".torrent", ".vdata_0.!mv");
  private static final int HASHES_EACH = 7;

  private RecipeCache() {}

  /** The view of one instance over a shared lower. */
  static OverlaySpec spec(Path lower, Path instances, int instance) {
    return OverlaySpec.builder()
        .lower(lower)
        .instance(instances.resolve("instance" + instance))
        .privatePath(CONFIG)
        .build();
  }

  /** Fills a lower: 21 hashes, a directory for each instance, and the configuration of whoever. */
  static Path makeLower(Path lower) throws IOException {
    Files.createDirectories(lower.resolve(CACHE));
    for (int i = 0; i < INSTANCES * HASHES_EACH; i++) {
      downloadFiles(lower, hash(i));
    }
    for (int i = 0; i < INSTANCES; i++) {
      Path parts = Files.createDirectory(lower.resolve(partsText(i)));
      Files.writeString(parts.resolve("a"), "old a");
      Files.writeString(parts.resolve("b"), "old b");
    }
    Files.writeString(lower.resolve(CONFIG), "the shared one");
    return lower;
  }

  static void configureInstance(Path view, int instance) throws IOException {
    Files.writeString(view.resolve(CONFIG), identityText(instance));
  }

  static String identityText(int instance) {
    return "identity of " + instance;
  }

  /** What an instance does, on hashes and in a directory of its own; in a view or anywhere else. */
  static void changeInstance(Path view, int instance) throws IOException {
    Path cache = view.resolve(CACHE);
    int first = instance * HASHES_EACH;
    for (String kind : KINDS) {
      Files.delete(cache.resolve(hash(first) + kind));
    }
    Files.writeString(cache.resolve(hash(first + 1) + ".task"), "more", APPEND);
    Path fresh = Files.writeString(cache.resolve(hash(first + 2) + ".new"), "replaced");
    Files.move(fresh, cache.resolve(hash(first + 2) + ".mem"), ATOMIC_MOVE);
    String renamed = hash(first + 3) + ".torrent";
    Files.move(cache.resolve(renamed), cache.resolve(renamed + ".done"), ATOMIC_MOVE);
    downloadFiles(view, hash(100 + instance));
    Path parts = view.resolve(partsText(instance));
    Sandbox.run("rm", "-r", parts.toString());
    Files.createDirectory(parts);
    Files.writeString(parts.resolve("b"), "new b");
    Files.writeString(parts.resolve("c"), "new c");
  }

  /** What the upper of an instance holds after its changes; {@code c} is a whiteout. */
  static SortedSet<String> changedPaths(int instance) {
    SortedSet<String> names = new TreeSet<>(privateOnly());
    int first = instance * HASHES_EACH;
    for (String kind : KINDS) {
      names.add(CACHE + hash(first) + kind + " c");
      names.add(CACHE + hash(100 + instance) + kind + " f");
    }
    names.add(".yfnode/cache d");
    names.add(CACHE + hash(first + 1) + ".task f");
    names.add(CACHE + hash(first + 2) + ".mem f");
    names.add(CACHE + hash(first + 3) + ".torrent c");
    names.add(CACHE + hash(first + 3) + ".torrent.done f");
    names.add(partsText(instance) + " d");
    names.add(partsText(instance) + "/b f");
    names.add(partsText(instance) + "/c f");
    return names;
  }

  /** What an upper holds after a merge. */
  static SortedSet<String> privateOnly() {
    return new TreeSet<>(List.of(".yfnode d", CONFIG + " f"));
  }

  private static void downloadFiles(Path view, String hash) throws IOException {
    for (String kind : KINDS) {
      Files.writeString(view.resolve(CACHE + hash + kind), (hash + kind + "\n").repeat(100));
    }
  }

  private static String partsText(int instance) {
    return ".yfnode/parts" + instance;
  }

  private static String hash(int number) {
    return String.format(Locale.ROOT, "%040x", 0x5bb1d6f0a3c1L * (number + 1));
  }
}
