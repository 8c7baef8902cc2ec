package dev.overlays.merge.oci;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.lookup.LayerRoots;
import dev.overlays.merge.lookup.MergedDirectory;
import dev.overlays.merge.lookup.MergedDirectory.Shown;
import dev.overlays.merge.lookup.Redirect;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Goes through a layer in the order of an archive. A renamed directory has no form there: it
 * becomes an opaque one, with all that the view shows in it.
 */
final class LayerWalk {
  private static final RawPath ROOT = RawPath.of("./");

  private final LayerRoots layers;
  private final MarkNamespace marks;
  private final boolean alone;
  private final PrivatePlaces left;
  private final Archiving archive;

  /**
   * Makes a walk.
   *
   * @param layers the layer, and those below it
   * @param alone whether those below are not known
   * @param left what does not travel
   */
  LayerWalk(LayerRoots layers, boolean alone, PrivatePlaces left, Archiving archive) {
    this.layers = layers;
    marks = layers.marks();
    this.alone = alone;
    this.left = left;
    this.archive = archive;
  }

  void run() throws IOException {
    LayerDirectory root = layers.first();
    archive.directory(ROOT, new Shown(0, root, Name.SELF, LayerEntries.present(root, Name.SELF)));
    layered(layers.root(), root, RawPath.NONE, false);
  }

  /**
   * A directory of the layer, which others below may be merged into.
   *
   * @param hidden whether they are not, because it is opaque or in an opaque one
   */
  private void layered(
      MergedDirectory merged, LayerDirectory directory, RawPath path, boolean hidden)
      throws IOException {
    LayerListing listing = LayerListing.of(directory, marks);
    // Where no layer below has the directory they hide nothing, and other tools may list them.
    boolean hides = !hidden && (alone || merged.directories().size() > 1);
    for (Name name : listing.whiteouts()) {
      if (hides && !left.contains(path.file(name))) {
        archive.sign(path.file(WhiteoutName.of(named(directory, name))));
      }
    }
    for (Shown entry : listing.entries()) {
      if (left.contains(path.file(entry.name()))) {
        continue;
      }
      if (entry.stat().isDirectory()) {
        layeredDirectory(merged, entry, path, hidden);
      } else {
        leaf(merged, entry, path);
      }
    }
  }

  private void layeredDirectory(MergedDirectory merged, Shown entry, RawPath outer, boolean hidden)
      throws IOException {
    RawPath path = directory(entry, outer);
    boolean opaque = LayerEntries.isOpaque(entry.directory(), entry.name(), marks);
    boolean renamed = !opaque && isRenamed(entry, path, hidden);
    if (renamed && alone) {
      throw dependent(entry, "The directory has been renamed, and shows what another layer has.");
    }
    if (opaque || renamed) {
      archive.sign(path.file(WhiteoutName.OPAQUE));
    }
    try (MergedDirectory inner = merged.open(entry.name())) {
      if (renamed) {
        whole(inner, path);
      } else {
        layered(inner, inner.directories().get(0), path, hidden || opaque);
      }
    }
  }

  /** A directory that hides those below, so that all that it shows has to be in the archive. */
  private void whole(MergedDirectory merged, RawPath path) throws IOException {
    for (Shown entry : LayerListing.shown(merged)) {
      if (left.contains(path.file(entry.name()))) {
        continue;
      }
      if (entry.stat().isDirectory()) {
        RawPath innerPath = directory(entry, path);
        try (MergedDirectory inner = merged.open(entry.name())) {
          whole(inner, innerPath);
        }
      } else {
        leaf(merged, entry, path);
      }
    }
  }

  private RawPath directory(Shown entry, RawPath outer) throws IOException {
    Name name = named(entry.directory(), entry.name());
    RawPath path = outer.directory(name);
    archive.directory(path, entry);
    return path;
  }

  private void leaf(MergedDirectory merged, Shown entry, RawPath outer) throws IOException {
    Name name = named(entry.directory(), entry.name());
    RawPath path = outer.file(name);
    boolean metacopy =
        entry.stat().type() == EntryType.FILE
            && entry.directory().xattr(name, Mark.METACOPY.xattr(marks)).isPresent();
    if (metacopy && alone) {
      throw dependent(entry, "The file carries metadata only; another layer has its data.");
    }
    archive.leaf(
        path,
        entry,
        metacopy
            ? reader -> data(merged, entry, reader)
            : reader -> reader.take(entry.directory(), name, entry.stat()));
  }

  private static void data(MergedDirectory merged, Shown entry, Archiving.Reader reader)
      throws IOException {
    boolean found =
        merged.data(
            entry.name(),
            (layer, directory, name, stat) -> {
              if (stat.type() == EntryType.FILE) {
                reader.take(directory, name, stat);
              } else {
                throw missing(entry);
              }
            });
    if (!found) {
      throw missing(entry);
    }
  }

  private static OverlayException missing(Shown entry) {
    return new OverlayException(
        Problem.of(
            ProblemCode.METACOPY_DATA_MISSING,
            LayerEntries.path(entry.directory(), entry.name()),
            "The file carries metadata only, and no layer below has its data.",
            "Delete the file in the view, or bring back the layer that had its data."));
  }

  /**
   * Whether the layers below have a directory elsewhere than where an image would look for it. A
   * path from the root leads there even from an opaque directory, where an image would not look.
   */
  private boolean isRenamed(Shown entry, RawPath path, boolean hidden) throws IOException {
    Optional<Redirect> redirect = Redirect.of(entry.directory(), entry.name(), marks);
    if (redirect.isEmpty()) {
      return false;
    }
    List<Name> names = redirect.get().names();
    if (!redirect.get().absolute()) {
      return !names.get(0).equals(entry.name());
    }
    RawPath source = RawPath.NONE;
    for (Name name : names) {
      source = source.directory(name);
    }
    return hidden || !source.equals(path);
  }

  /** A name that cannot be taken for a sign. */
  private static Name named(LayerDirectory directory, Name name) throws OverlayException {
    if (WhiteoutName.is(name)) {
      throw Archiving.noForm(
          directory,
          name,
          "In an archive a name that starts with .wh. hides another entry.",
          "Rename it.");
    }
    return name;
  }

  private static OverlayException dependent(Shown entry, String message) {
    return Archiving.noForm(
        entry.directory(),
        entry.name(),
        message,
        "Export it as a part of its view, by OciLayer.of(spec).");
  }
}
