package dev.overlays.merge;

import dev.overlays.OverlaySpec;
import dev.overlays.RedirectDir;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.layer.RandomLayers;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Two to four random uppers over shared lowers, in memory. */
record SharedLayers(List<OverlaySpec> specs, List<List<String>> privatePaths) {
  static final LayerStore STORE = new PortableLayerStore();
  private static final MarkNamespace MARKS = MarkNamespace.TRUSTED;

  /** Creates the layers of a seed. Every other seed has all formats, over one to three lowers. */
  static SharedLayers createLayers(long seed) throws IOException {
    FileSystem fileSystem = InMemoryFileSystems.create();
    Path root = Files.createDirectory(fileSystem.getPath("/root"));
    List<Path> lowers = new ArrayList<>();
    for (int i = seed % 2 == 0 ? 0 : (int) (seed / 2 % 3); i >= 0; i--) {
      lowers.add(Files.createDirectory(root.resolve("lower" + i)));
    }
    List<OverlaySpec> specs = new ArrayList<>();
    List<List<String>> privates = new ArrayList<>();
    int count = 2 + (int) (seed % 3);
    for (int i = 0; i < count; i++) {
      Path upper = Files.createDirectories(root.resolve("instance" + i + "/upper"));
      // In some cases the last instance has made the same changes as the one before it.
      boolean alike = seed % 5 == 0 && i > 1 && i == count - 1;
      RandomLayers layers = randomLayers(alike ? seed + 1000L * (i - 1) : seed + 1000L * i, seed);
      privates.add(
          i == 0
              ? layers.fillLayers(STORE, lowers, upper)
              : layers.fillUpper(STORE, lowers, upper));
      OverlaySpec.Builder spec =
          OverlaySpec.builder()
              .upper(upper)
              .work(Files.createDirectories(root.resolve("instance" + i + "/work")))
              .options(o -> o.withRedirectDir(RedirectDir.ON).withMetacopy(true));
      lowers.forEach(spec::lower);
      specs.add(spec.build());
    }
    return new SharedLayers(specs, privates);
  }

  private static RandomLayers randomLayers(long seed, long shape) {
    RandomLayers layers = RandomLayers.of(seed, MARKS).withNodes().withOwners();
    return shape % 2 == 0 ? layers : layers.withXattrWhiteoutsInUpper();
  }

  SharedLayers withPrivatePaths() {
    List<OverlaySpec> all = new ArrayList<>();
    for (int i = 0; i < specs.size(); i++) {
      OverlaySpec.Builder builder = specs.get(i).toBuilder();
      privatePaths.get(i).forEach(builder::privatePath);
      all.add(builder.build());
    }
    return new SharedLayers(all, privatePaths);
  }

  /** Returns what each upper holds at the private paths of its instance, one after the other. */
  List<List<String>> linesAtPrivatePaths() throws IOException {
    List<List<String>> all = new ArrayList<>();
    for (int i = 0; i < specs.size(); i++) {
      for (String path : privatePaths.get(i)) {
        all.add(upperView(i).manifest(path));
      }
    }
    return all;
  }

  /** Returns a merge of the first instances. The others remain. */
  SharedMerge newMerge(int merged) {
    return OverlayMerge.into(specs.get(0).lowers().get(0))
        .uppers(specs.subList(0, merged))
        .keepUppers(specs.subList(merged, specs.size()))
        .store(STORE);
  }

  List<Path> lowers() {
    return specs.get(0).lowers();
  }

  Path upperPath(int instance) {
    return specs.get(instance).upper().orElseThrow();
  }

  LayerView instanceView(int instance) {
    return LayerView.of(STORE, upperPath(instance), lowers(), MARKS).withoutHardLinks();
  }

  LayerView lowerView() {
    return LayerView.ofLowers(STORE, lowers(), MARKS).withoutHardLinks();
  }

  /** Returns everything in an upper, with whiteouts and marked files. */
  LayerView upperView(int instance) {
    return LayerView.ofSingleLayer(STORE, upperPath(instance), MARKS).withoutHardLinks();
  }

  /** Returns everything in all layers, with marks. */
  List<String> allLines() throws IOException {
    List<String> all = new ArrayList<>();
    for (OverlaySpec spec : specs) {
      all.addAll(
          LayerView.ofSingleLayer(STORE, spec.upper().orElseThrow(), MarkNamespace.USER)
              .withDirectoryTimes()
              .manifest());
    }
    for (Path lower : lowers()) {
      all.addAll(
          LayerView.ofSingleLayer(STORE, lower, MarkNamespace.USER)
              .withDirectoryTimes()
              .manifest());
    }
    return all;
  }
}
