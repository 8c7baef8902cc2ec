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

/** Random layers, and the merges and views of them. */
public record MergeCase(
    LayerStore store,
    OverlaySpec spec,
    List<String> privatePaths,
    MarkNamespace marks,
    boolean isPlain) {

  /** Creates upper and work in one root, and a number of lowers in a root that may be another. */
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
    List<String> privates = layers.fillLayers(store, built.lowers(), built.upper().orElseThrow());
    return new MergeCase(store, built, privates, marks, plain);
  }

  /**
   * Chooses the options: random layers have redirects and metacopies, which no mount with user
   * marks follows.
   */
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
   * Returns the view during a merge. Names of a copied inode are put into place one after the
   * other, so that they are not one inode all the time.
   */
  public LayerView viewDuringMerge() {
    return isPlain ? mergedView() : mergedView().withoutHardLinks();
  }

  /** Returns the same view of the lower alone. */
  LayerView lowerDuringMerge() {
    return isPlain ? lowerView() : lowerView().withoutHardLinks();
  }

  /**
   * Leaves hard links out of the comparison if there are several lowers: what a merge copies from
   * the layers below its lower is no longer one inode with what these show elsewhere.
   */
  private LayerView withComparableLinks(LayerView shown) {
    return spec.lowers().size() == 1 ? shown : shown.withoutHardLinks();
  }

  /** Returns what the lowers show without the upper. */
  public LayerView lowerView() {
    return withComparableLinks(LayerView.ofLowers(store, spec.lowers(), marks));
  }

  public OverlayMerge newMerge() {
    return OverlayMerge.of(spec).store(store);
  }

  public OverlayMerge mergeWithPrivatePaths() {
    OverlaySpec.Builder builder = spec.toBuilder();
    privatePaths.forEach(builder::privatePath);
    return OverlayMerge.of(builder.build()).store(store);
  }

  /**
   * Returns the lines of entries in the lower with a mark. Reads them in the other namespace, which
   * does not hide the marks.
   */
  public List<String> markedLinesInLower() throws IOException {
    MarkNamespace other = marks == MarkNamespace.USER ? MarkNamespace.TRUSTED : MarkNamespace.USER;
    if (spec.lowers().size() > 1) {
      // The lower may need marks to hide entries of the layers below.
      return List.of();
    }
    String marker = " " + marks.prefix();
    return LayerView.ofSingleLayer(store, spec.lowers().get(0), other).manifest().stream()
        .filter(line -> line.replace(" " + marks.prefix() + "overlay.", "").contains(marker))
        .toList();
  }

  /** Returns the names in the upper's root. */
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
