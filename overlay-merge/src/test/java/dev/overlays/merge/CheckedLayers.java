package dev.overlays.merge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.OverlaySpec;
import dev.overlays.RedirectDir;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.report.RepairReport;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An upper over two lowers in memory, created entry by entry, then checked and repaired. */
final class CheckedLayers {
  private static final List<String> LAYERS = List.of("upper", "middle", "bottom");

  final Path root = InMemoryFileSystems.create().getPath("/layers");
  final PortableLayerStore store = new PortableLayerStore();

  CheckedLayers() throws IOException {
    for (String layer : LAYERS) {
      Files.createDirectories(root.resolve(layer));
    }
    Files.createDirectory(root.resolve("work"));
    addFile("bottom/kept");
    addFile("middle/kept too");
  }

  OverlaySpec spec() {
    return OverlaySpec.builder()
        .lower(root.resolve("middle"))
        .lower(root.resolve("bottom"))
        .upper(root.resolve("upper"))
        .work(root.resolve("work"))
        .options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true))
        .build();
  }

  CheckedLayers addFile(String path) throws IOException {
    Files.createDirectories(root.resolve(path).getParent());
    Files.writeString(root.resolve(path), path);
    return this;
  }

  CheckedLayers addDirectory(String path) throws IOException {
    Files.createDirectories(root.resolve(path));
    return this;
  }

  CheckedLayers addWhiteout(String path) throws IOException {
    Path parent = Files.createDirectories(root.resolve(path).getParent());
    try (LayerDirectory directory = store.open(parent)) {
      directory.createWhiteout(Name.of(root.resolve(path).getFileName().toString()));
    }
    return this;
  }

  CheckedLayers addMark(String path, String mark, String value) throws IOException {
    try (LayerDirectory directory = store.open(root.resolve(path).getParent())) {
      directory.setXattr(
          Name.of(root.resolve(path).getFileName().toString()),
          "trusted.overlay." + mark,
          value.getBytes(UTF_8));
    }
    return this;
  }

  OverlayCheck newCheck() {
    return OverlayCheck.of(spec()).store(store);
  }

  /** Returns the problems that a check finds, as {@code CODE path}. */
  List<String> problemsFound() throws IOException {
    return newCheck().run().stream()
        .map(p -> p.code() + " " + root.relativize(root.resolve(p.path().orElseThrow().toString())))
        .toList();
  }

  List<String> viewLines() throws IOException {
    return LayerView.of(
            store,
            root.resolve("upper"),
            List.of(root.resolve("middle"), root.resolve("bottom")),
            MarkNamespace.TRUSTED)
        .withDirectoryTimes()
        .manifest();
  }

  /** Returns everything in the layers, with marks. */
  List<String> allLines() throws IOException {
    return LayerView.ofSingleLayer(store, root, MarkNamespace.USER).withDirectoryTimes().manifest();
  }

  /** Repairs, and returns the operations of the repair. */
  List<String> repairOperations() throws IOException {
    List<String> operations = new ArrayList<>();
    FaultyLayerStore seen = new FaultyLayerStore(store);
    seen.setHook(
        new FaultyLayerStore.OperationHook() {
          @Override
          public void afterChange(FileOperation operation, String path) {
            operations.add(operation + " " + path);
          }
        });
    newCheck().store(seen).repair();
    seen.assertAllClosed();
    // The repair tests whether a layer can be changed by removing a mark that no root has.
    operations.removeIf(line -> LAYERS.contains(line.replace("REMOVE_XATTR /layers/", "")));
    return operations;
  }

  /** Repairs the layers, and compares the view after every operation. */
  RepairReport repairInView() throws IOException {
    List<String> before = viewLines();
    List<String> names = withoutDirectoryTimes();
    FaultyLayerStore seen = new FaultyLayerStore(store);
    seen.setHook(
        new FaultyLayerStore.OperationHook() {
          @Override
          public void afterChange(FileOperation operation, String path) throws IOException {
            assertEquals(names, withoutDirectoryTimes(), () -> operation + " " + path);
          }
        });
    RepairReport report = newCheck().store(seen).repair();
    seen.assertAllClosed();
    assertEquals(before, viewLines());
    return report;
  }

  private List<String> withoutDirectoryTimes() throws IOException {
    return viewLines().stream()
        .map(line -> line.contains(" DIRECTORY ") ? line.replaceAll(" mtime=.*", "") : line)
        .toList();
  }
}
