package dev.overlays.linux.merge;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.linux.Sandbox;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The content of a directory: a layer or a mounted view. */
record DirectoryContent(Path root) {
  LayerView layerView() throws IOException {
    return LayerView.ofSingleLayer(LayerStore.of(root), root, MarkNamespace.TRUSTED);
  }

  /** Everything but marks, with the times of directories. */
  List<String> manifest() throws IOException {
    return layerView().withDirectoryTimes().manifest();
  }

  /** The lines of a manifest without those of some paths. */
  static List<String> withoutPaths(List<String> manifest, Collection<String> paths) {
    return manifest.stream()
        .filter(line -> paths.stream().noneMatch(path -> line.startsWith(path + ' ')))
        .toList();
  }

  /** The path and type of each entry below. */
  SortedSet<String> entryNames() throws IOException {
    String names = Sandbox.run("find", root.toString(), "-mindepth", "1", "-printf", "%P %y\\n");
    return new TreeSet<>(Arrays.asList(names.split("\n")));
  }

  /** The content of each file by path, and the paths of all other entries. */
  SortedMap<String, String> fileContents() throws IOException {
    SortedMap<String, String> contents = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.toList()) {
        String content = Files.isRegularFile(path) ? Files.readString(path) : "no file";
        contents.put(root.relativize(path).toString(), content);
      }
    }
    return contents;
  }

  /** Everything that a change would show in, marks included. */
  String describeEverything() throws IOException {
    return manifest() + Sandbox.run("getfattr", "-Rhdm", "-", "--absolute-names", root.toString());
  }

  /** Every mark of an overlay, the root's included. */
  List<String> listMarks() throws IOException {
    List<String> marks = new ArrayList<>();
    try (LayerDirectory directory = LayerStore.of(root).open(root)) {
      addMarks(directory, Name.SELF, marks);
      marksBelow(directory, marks);
    }
    return marks;
  }

  private static void marksBelow(LayerDirectory directory, List<String> marks) throws IOException {
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      addMarks(directory, entry.name(), marks);
      if (entry.type() == EntryType.DIRECTORY) {
        try (LayerDirectory inner = directory.open(entry.name())) {
          marksBelow(inner, marks);
        }
      }
    }
  }

  private static void addMarks(LayerDirectory directory, Name name, List<String> marks)
      throws IOException {
    for (String xattr : directory.xattrs(name)) {
      if (xattr.startsWith("trusted.overlay.") || xattr.startsWith("user.overlay.")) {
        marks.add(directory + "/" + name + " " + xattr);
      }
    }
  }
}
