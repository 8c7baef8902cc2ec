package dev.overlays.testkit.merge;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.LayerView;
import dev.overlays.testkit.layer.RandomLayers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Two random layers, and what is done with them. */
record MergeCase(LayerStore store, OverlaySpec spec, List<String> privates, MarkNamespace marks) {

  static MergeCase make(LayerStore store, Path root, RandomLayers layers, MarkNamespace marks)
      throws IOException {
    try (LayerDirectory directory = store.open(root)) {
      for (String name : List.of("lower", "upper", "work")) {
        directory.createDirectory(Name.of(name));
      }
    }
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(root.resolve("lower"))
            .upper(root.resolve("upper"))
            .work(root.resolve("work"))
            .options(o -> o.withUserXattr(marks == MarkNamespace.USER))
            .build();
    List<String> privates = layers.fill(store, root.resolve("lower"), root.resolve("upper"));
    return new MergeCase(store, spec, privates, marks);
  }

  Path upperPath() {
    return spec.upper().orElseThrow();
  }

  LayerView view() {
    return LayerView.of(store, upperPath(), spec.lowers(), marks);
  }

  LayerView lower() {
    return LayerView.of(store, spec.lowers().get(0), marks);
  }

  OverlayMerge merge() {
    return OverlayMerge.of(spec).store(store);
  }

  OverlayMerge mergeWithPrivatePaths() {
    OverlaySpec.Builder builder = spec.toBuilder();
    privates.forEach(builder::privatePath);
    return OverlayMerge.of(builder.build()).store(store);
  }

  /** The lines of those entries of the lower that have a mark: read as what would not hide it. */
  List<String> markedInLower() throws IOException {
    MarkNamespace other = marks == MarkNamespace.USER ? MarkNamespace.TRUSTED : MarkNamespace.USER;
    return LayerView.of(store, spec.lowers().get(0), other).manifest().stream()
        .filter(line -> line.contains(" " + marks.prefix()))
        .toList();
  }

  /** The names in the upper's root. */
  List<String> upperEntries() throws IOException {
    List<String> names = new ArrayList<>();
    try (LayerDirectory directory = store.open(upperPath())) {
      EntryCursor entries = directory.entries();
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        names.add(entry.name().toString());
      }
    }
    return names;
  }
}
