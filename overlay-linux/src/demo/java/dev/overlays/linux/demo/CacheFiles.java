package dev.overlays.linux.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The cache of a download node: seven files for each item, named after its hash. */
record CacheFiles(Path root) {
  static final String CONFIG = ".yfnode/config";

  private static final String CACHE = ".yfnode/cache";
  private static final String OLD = "5bb1d6f0a3";
  private static final String POPULAR = "e7c2918d44";
  private static final String NEW = "0f93ac57be";
  private static final List<String> KINDS =
      List.of("", ".chr", ".mem", ".task", ".tn", ".torrent", ".vdata_0.!mv");

  void createFiles() throws IOException {
    Files.createDirectories(root.resolve(CACHE));
    for (String hash : List.of(OLD, POPULAR)) {
      downloadFiles(root, hash);
    }
    writeConfiguration(root, "whoever filled the cache");
  }

  private static void downloadFiles(Path view, String hash) throws IOException {
    for (String kind : KINDS) {
      Files.writeString(view.resolve(CACHE).resolve(hash + kind), (hash + kind + "\n").repeat(300));
    }
  }

  void writeConfiguration(Path view, String identity) throws IOException {
    Files.writeString(view.resolve(CONFIG), "identity = " + identity + "\n");
  }

  void downloadNew(Path view) throws IOException {
    downloadFiles(view, NEW);
  }

  void replacePopular(Path view) throws IOException {
    Files.writeString(view.resolve(CACHE).resolve(POPULAR + ".task"), "done\n");
  }

  void deleteOld(Path view) throws IOException {
    for (String kind : KINDS) {
      Files.delete(view.resolve(CACHE).resolve(OLD + kind));
    }
  }
}
