package dev.overlays.merge;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.overlays.OverlaySpec;
import dev.overlays.RedirectDir;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.merge.contract.ManifestAssertions;
import dev.overlays.merge.run.TreePlace;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Layers in memory that a test creates by hand: {@code upper}, {@code lower}, {@code base}. */
public final class HandMadeLayers {
  public static final LayerStore STORE = new PortableLayerStore();

  private final FileSystem fileSystem = InMemoryFileSystems.create();
  private final Path root = fileSystem.getPath("/root");

  public HandMadeLayers() throws IOException {
    for (String layer : List.of("upper", "lower", "base", "work")) {
      Files.createDirectories(root.resolve(layer));
    }
  }

  public OverlaySpec.Builder specBuilder() {
    return OverlaySpec.builder()
        .lower(root.resolve("lower"))
        .lower(root.resolve("base"))
        .upper(root.resolve("upper"))
        .work(root.resolve("work"))
        .options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true));
  }

  public OverlaySpec spec() {
    return specBuilder().build();
  }

  public Path pathOf(String path) {
    return root.resolve(path);
  }

  public HandMadeLayers addDirectory(String path) throws IOException {
    Files.createDirectories(pathOf(path));
    return this;
  }

  public HandMadeLayers addFile(String path, String content) throws IOException {
    Files.createDirectories(pathOf(path).getParent());
    Files.writeString(pathOf(path), content);
    return this;
  }

  /** Adds a whiteout in the form of a device. */
  public HandMadeLayers addWhiteout(String path) throws IOException {
    Files.createDirectories(pathOf(path).getParent());
    runAt(path, LayerDirectory::createWhiteout);
    return this;
  }

  /** Adds a metacopy file, which has the size of its data. */
  public HandMadeLayers addMetacopy(String path, int size) throws IOException {
    return addFile(path, "\0".repeat(size)).addMark(path, Mark.METACOPY, "");
  }

  public HandMadeLayers addMark(String path, Mark mark, String value) throws IOException {
    runAt(
        path,
        (directory, name) ->
            directory.setXattr(name, mark.xattr(MarkNamespace.TRUSTED), value.getBytes(UTF_8)));
    return this;
  }

  public HandMadeLayers setMode(String path, int mode) throws IOException {
    runAt(path, (directory, name) -> directory.setMode(name, mode));
    return this;
  }

  /** Sets the same time on all entries of all layers. */
  public HandMadeLayers withEqualTimes() throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      paths.forEach(HandMadeLayers::setFixedTime);
    }
    return this;
  }

  private static void setFixedTime(Path path) {
    try {
      Files.setLastModifiedTime(path, FileTime.fromMillis(1_000_000));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns everything in all layers, with marks. */
  public List<String> allLines() throws IOException {
    return LayerView.ofSingleLayer(STORE, root, MarkNamespace.USER).withDirectoryTimes().manifest();
  }

  /** Returns the sorted paths of everything in one layer. */
  public List<String> namesIn(String layer) throws IOException {
    try (Stream<Path> paths = Files.walk(pathOf(layer))) {
      return paths.skip(1).map(path -> pathOf(layer).relativize(path).toString()).sorted().toList();
    }
  }

  /** Returns the places of everything in one layer, whatever bytes their names have. */
  public List<TreePlace> placesIn(String layer) throws IOException {
    List<TreePlace> places = new ArrayList<>();
    try (LayerDirectory root = openDirectory(layer)) {
      addPlaces(root, TreePlace.ROOT, places);
    }
    return places;
  }

  private static void addPlaces(LayerDirectory directory, TreePlace place, List<TreePlace> places)
      throws IOException {
    EntryCursor entries = directory.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      TreePlace inner = place.resolveChild(entry.name());
      places.add(inner);
      if (entry.type() == EntryType.DIRECTORY) {
        try (LayerDirectory opened = directory.open(entry.name())) {
          addPlaces(opened, inner, places);
        }
      }
    }
  }

  /** An action on an entry. */
  @FunctionalInterface
  public interface EntryAction {
    void run(LayerDirectory directory, Name name) throws IOException;
  }

  public void runAt(String path, EntryAction action) throws IOException {
    Path entry = pathOf(path);
    try (LayerDirectory directory = STORE.open(entry.getParent())) {
      action.run(directory, Name.of(entry.getFileName().toString()));
    }
  }

  /** Opens a directory of the layers, such as {@code upper/sub}. */
  public LayerDirectory openDirectory(String path) throws IOException {
    return STORE.open(pathOf(path));
  }

  /** Opens the roots of {@code lower} and {@code base}. */
  public LayerRoots openLowers() throws IOException {
    return LayerRoots.openRoots(
        STORE, List.of(pathOf("lower"), pathOf("base")), List.of(), MarkNamespace.TRUSTED);
  }

  public EntryStat statOf(String path) throws IOException {
    Path entry = pathOf(path);
    try (LayerDirectory directory = STORE.open(entry.getParent())) {
      return LayerEntries.requireStat(directory, Name.of(entry.getFileName().toString()));
    }
  }

  public boolean exists(String path) {
    return Files.exists(pathOf(path), LinkOption.NOFOLLOW_LINKS);
  }

  public String contentOf(String path) throws IOException {
    return Files.readString(pathOf(path));
  }

  /** Returns the value of a mark as text; empty if the entry does not have it. */
  public Optional<String> markOf(String path, Mark mark) throws IOException {
    Path entry = pathOf(path);
    try (LayerDirectory directory = STORE.open(entry.getParent())) {
      return directory
          .xattr(Name.of(entry.getFileName().toString()), mark.xattr(MarkNamespace.TRUSTED))
          .map(value -> new String(value, UTF_8));
    }
  }

  public HandMadeLayers setModified(String path, Instant time) throws IOException {
    Files.setLastModifiedTime(pathOf(path), FileTime.from(time));
    return this;
  }

  /** Returns what a mount of all layers would show. */
  public LayerView view() {
    return LayerView.of(
            STORE, pathOf("upper"), List.of(pathOf("lower"), pathOf("base")), MarkNamespace.TRUSTED)
        .withoutHardLinks();
  }

  /** Returns a store that compares the view with that of now after every change. */
  public FaultyLayerStore watchingStore() throws IOException {
    List<String> before = view().manifest();
    return new FaultyLayerStore(STORE)
        .setHook(
            new FaultyLayerStore.OperationHook() {
              @Override
              public void afterChange(FileOperation operation, String path) throws IOException {
                ManifestAssertions.assertSameLines(
                    before, view().manifest(), () -> "after " + operation + " of " + path);
              }
            });
  }

  /** Returns the mode of an entry. */
  public int modeOf(String path) throws IOException {
    Path entry = pathOf(path);
    try (LayerDirectory directory = STORE.open(entry.getParent())) {
      return LayerEntries.requireStat(directory, Name.of(entry.getFileName().toString())).mode();
    }
  }
}
