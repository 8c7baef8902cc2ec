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
 * The names of the directories that a merge makes beside a layer. In a work directory, which only
 * the kernel and this library use, the names are fixed. Without one they lie beside the layer,
 * where any name may be taken: then each merge chooses new names and records them in a mark on the
 * layer, so that the run after a crash finds them.
 */
public final class StagingNames {
  private static final Name STAGING = Name.of("overlays-staging");
  private static final Name TRASH = Name.of("overlays-trash");

  /** The directory of {@code PrivatePaths}, which every mount clears as well. */
  private static final Name PRIVATE = Name.of("overlays-private");

  private final LayerDirectory beside;
  private final Name staging;
  private final Name trash;
  private final Closeable forgetNames;

  private StagingNames(LayerDirectory beside, Name staging, Name trash, Closeable forgets) {
    this.beside = beside;
    this.staging = staging;
    this.trash = trash;
    this.forgetNames = forgets;
  }

  static StagingNames of(OpenLayers layers, LayerChanges changes) throws IOException {
    if (layers.work() != null || changes.isDryRun()) {
      return new StagingNames(layers.beside(), STAGING, TRASH, () -> {});
    }
    LayerDirectory layer = layers.upper();
    String mark = Mark.MERGE_STAGING.xattr(layers.lowers().markNamespace());
    Name name = recordedName(layer, mark).orElse(null);
    if (name == null) {
      name = LowerStaging.newName();
      layer.setXattr(Name.SELF, mark, name.toBytes());
    }
    Name recorded = name;
    return new StagingNames(
        layers.beside(),
        recorded,
        trashName(recorded),
        () -> forgetNames(layer, mark, layers.beside(), recorded));
  }

  /** Removes the mark, unless something is left that the next run has to find. */
  private static void forgetNames(
      LayerDirectory layer, String mark, LayerDirectory beside, Name name) throws IOException {
    if (beside.stat(name).isEmpty() && beside.stat(trashName(name)).isEmpty()) {
      layer.removeXattr(Name.SELF, mark);
    }
  }

  /** Reads the recorded name. A forged mark cannot name anything else than a staging directory. */
  private static Optional<Name> recordedName(LayerDirectory layer, String mark) throws IOException {
    return layer
        .xattr(Name.SELF, mark)
        .map(StagingNames::parse)
        .filter(LowerStaging::isStagingName);
  }

  private static Name parse(byte[] value) {
    try {
      return Name.of(value);
    } catch (IllegalArgumentException e) {
      return Name.SELF;
    }
  }

  private static Name trashName(Name name) {
    return Name.of(name + "-trash");
  }

  /** Returns the names of what an interrupted merge or mount may have left. */
  public static List<Name> leftoverNames(OpenLayers layers, MarkNamespace marks)
      throws IOException {
    if (layers.work() != null) {
      return List.of(STAGING, TRASH, PRIVATE);
    }
    return recordedName(layers.upper(), Mark.MERGE_STAGING.xattr(marks))
        .map(name -> List.of(name, trashName(name)))
        .orElse(List.of());
  }

  /** Returns the staging directory. It is closed last, and then the recorded names are removed. */
  StagingDirectory createStaging() {
    return new StagingDirectory(beside, staging, forgetNames);
  }

  StagingDirectory createTrash() {
    return new StagingDirectory(beside, trash);
  }
}
