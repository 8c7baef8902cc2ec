package dev.overlays.merge.contract;

import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.RedirectDir;
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
public record MergeCase(
    LayerStore store,
    OverlaySpec spec,
    List<String> privatePaths,
    MarkNamespace marks,
    boolean isPlain) {

  /** Makes upper and work in one root, and a number of lowers in one that may be another. */
  public static MergeCase createLayers(
      LayerStore store,
      Path root,
      Path lowerRoot,
      int lowers,
      RandomLayers layers,
      MarkNamespace marks,
      boolean plain)
      throws IOException {
    OverlaySpec.Builder spec =
        OverlaySpec.builder()
            .upper(createDirectory(store, root, "upper"))
            .work(createDirectory(store, root, "work"))
            .options(o -> followingMarks(o, marks));
    for (int i = 0; i < lowers; i++) {
      spec.lower(createDirectory(store, lowerRoot, i == 0 ? "lower" : "lower" + i));
    }
    OverlaySpec built = spec.build();
    List<String> privates = layers.fill(store, built.lowers(), built.upper().orElseThrow());
    return new MergeCase(store, built, privates, marks, plain);
  }

  /** Random layers have redirects and metacopies, which no mount with user's marks follows. */
  private static OverlayOptions followingMarks(OverlayOptions options, MarkNamespace marks) {
    return marks == MarkNamespace.USER
        ? options.withUserXattr(true)
        : options.withRedirectDir(RedirectDir.ON).withMetacopy(true);
  }

  private static Path createDirectory(LayerStore store, Path root, String name) throws IOException {
    try (LayerDirectory directory = store.open(root)) {
      directory.createDirectory(Name.of(name));
    }
    return root.resolve(name);
  }

  public Path upperPath() {
    return spec.upper().orElseThrow();
  }

  public LayerView mergedView() {
    return withComparableLinks(LayerView.of(store, upperPath(), spec.lowers(), marks));
  }

  /**
   * What is shown while a merge is at work: of what it has to copy, one name is put into place
   * after the other, so that they are not always one inode.
   */
  public LayerView viewDuringMerge() {
    return isPlain ? mergedView() : mergedView().withoutHardLinks();
  }

  /** The same of the lower alone. */
  LayerView lowerDuringMerge() {
    return isPlain ? lowerView() : lowerView().withoutHardLinks();
  }

  /**
   * What a merge copies from the layers below its lower, since these are not its to change, is no
   * longer one inode with what these still show elsewhere.
   */
  private LayerView withComparableLinks(LayerView shown) {
    return spec.lowers().size() == 1 ? shown : shown.withoutHardLinks();
  }

  /** What is shown when the upper is gone. */
  public LayerView lowerView() {
    return withComparableLinks(LayerView.ofLayers(store, spec.lowers(), marks));
  }

  public OverlayMerge newMerge() {
    return OverlayMerge.of(spec).store(store);
  }

  public OverlayMerge mergeWithPrivatePaths() {
    OverlaySpec.Builder builder = spec.toBuilder();
    privatePaths.forEach(builder::privatePath);
    return OverlayMerge.of(builder.build()).store(store);
  }

  /** The lines of those entries of the lower that have a mark: read as what would not hide it. */
  public List<String> markedInLower() throws IOException {
    MarkNamespace other = marks == MarkNamespace.USER ? MarkNamespace.TRUSTED : MarkNamespace.USER;
    if (spec.lowers().size() > 1) {
      // There are layers below that have something to hide.
      return List.of();
    }
    String marker = " " + marks.prefix();
    return LayerView.of(store, spec.lowers().get(0), other).manifest().stream()
        .filter(line -> line.replace(" " + marks.prefix() + "overlay.", "").contains(marker))
        .toList();
  }

  /** The names in the upper's root. */
  public List<String> upperEntries() throws IOException {
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
