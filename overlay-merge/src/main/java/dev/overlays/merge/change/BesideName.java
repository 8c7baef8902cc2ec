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
public final class BesideName {
  private static final Name STAGING = Name.of("overlays-staging");
  private static final Name TRASH = Name.of("overlays-trash");

  /** The directory of {@code PrivatePaths}, which every mount clears as well. */
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

  static BesideName of(OpenLayers layers, Changes changes) throws IOException {
    if (layers.work() != null || changes.dryRun()) {
      return new BesideName(layers.beside(), STAGING, TRASH, () -> {});
    }
    LayerDirectory layer = layers.upper();
    String mark = Mark.MERGE_STAGING.xattr(layers.lowers().marks());
    Name name = recorded(layer, mark).orElse(null);
    if (name == null) {
      name = LowerStaging.newName();
      layer.setXattr(Name.SELF, mark, name.toBytes());
    }
    return new BesideName(
        layers.beside(), name, trash(name), () -> layer.removeXattr(Name.SELF, mark));
  }

  /** Reads the recorded name. A forged mark cannot name anything else than a staging directory. */
  private static Optional<Name> recorded(LayerDirectory layer, String mark) throws IOException {
    return layer.xattr(Name.SELF, mark).map(BesideName::parse).filter(LowerStaging::isName);
  }

  private static Name parse(byte[] value) {
    try {
      return Name.of(value);
    } catch (IllegalArgumentException e) {
      return Name.SELF;
    }
  }

  private static Name trash(Name name) {
    return Name.of(name + "-trash");
  }

  /** Returns the names of what an interrupted merge or mount may have left. */
  public static List<Name> leftovers(OpenLayers layers, MarkNamespace marks) throws IOException {
    if (layers.work() != null) {
      return List.of(STAGING, TRASH, PRIVATE);
    }
    return recorded(layers.upper(), Mark.MERGE_STAGING.xattr(marks))
        .map(name -> List.of(name, trash(name)))
        .orElse(List.of());
  }

  /** Returns the staging directory. It is closed last, and then the recorded names are removed. */
  Staging staging() {
    return new Staging(beside, staging, forgets);
  }

  Staging trash() {
    return new Staging(beside, trash);
  }
}
