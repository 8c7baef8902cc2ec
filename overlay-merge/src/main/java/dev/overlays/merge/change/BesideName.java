package dev.overlays.merge.change;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Under which names a merge has directories beside a layer. The work directory is the kernel's and
 * ours alone, so there they are always the same. Without one they lie beside the layer, where
 * somebody else may have something of any name: then they are new in each merge, and a mark on the
 * layer remembers them for the one after a crash.
 */
public final class BesideName {
  private static final Name STAGING = Name.of("overlays-staging");
  private static final Name TRASH = Name.of("overlays-trash");

  /** That of {@code PrivatePaths}, which every mount clears as well. */
  private static final Name PRIVATE = Name.of("overlays-private");

  private final LayerDirectory beside;
  private final Name staging;
  private final Name trash;
  private final Closeable forgets;

  private BesideName(LayerDirectory beside, Name staging, Name trash, Closeable forgets) {
    this.beside = beside;
    this.staging = staging;
    this.trash = trash;
    this.forgets = forgets;
  }

  static BesideName of(OpenLayers layers, LayerChanges changes) throws IOException {
    if (layers.work() != null || changes.dryRun()) {
      return new BesideName(layers.beside(), STAGING, TRASH, () -> {});
    }
    LayerDirectory layer = layers.upper();
    String mark = Mark.MERGE_STAGING.xattr(layers.lowers().marks());
    Name name = recordedName(layer, mark).orElse(null);
    if (name == null) {
      name = LowerStaging.newName();
      layer.setXattr(Name.SELF, mark, name.toBytes());
    }
    return new BesideName(
        layers.beside(), name, trashDirectory(name), () -> layer.removeXattr(Name.SELF, mark));
  }

  /** A mark that was made by somebody else gives nothing of any other name away. */
  private static Optional<Name> recordedName(LayerDirectory layer, String mark) throws IOException {
    return layer.xattr(Name.SELF, mark).map(BesideName::parse).filter(LowerStaging::isName);
  }

  private static Name parse(byte[] value) {
    try {
      return Name.of(value);
    } catch (IllegalArgumentException e) {
      return Name.SELF;
    }
  }

  private static Name trashDirectory(Name name) {
    return Name.of(name + "-trash");
  }

  /** What a merge or a mount may have left that was cut off. */
  public static List<Name> leftoverNames(OpenLayers layers, MarkNamespace marks)
      throws IOException {
    if (layers.work() != null) {
      return List.of(STAGING, TRASH, PRIVATE);
    }
    return recordedName(layers.upper(), Mark.MERGE_STAGING.xattr(marks))
        .map(name -> List.of(name, trashDirectory(name)))
        .orElse(List.of());
  }

  /** The one that goes last, and with it what remembers the names. */
  StagingDirectory stagingDirectory() {
    return new StagingDirectory(beside, staging, forgets);
  }

  StagingDirectory trashDirectory() {
    return new StagingDirectory(beside, trash);
  }
}
