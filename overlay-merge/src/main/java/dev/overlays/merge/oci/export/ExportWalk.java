package dev.overlays.merge.oci.export;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.lookup.MergedDirectory.ShownEntry;
import dev.overlays.lookup.RedirectTarget;
import dev.overlays.merge.oci.tar.RawPath;
import dev.overlays.merge.oci.tar.WhiteoutName;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Walks a layer in the order of an archive and exports each entry. Archives cannot express a
 * renamed directory: it is exported as an opaque directory with everything that the view shows in
 * it.
 */
public final class ExportWalk {
  private static final RawPath ROOT = RawPath.of("./");

  private final LayerRoots layers;
  private final MarkNamespace marks;
  private final boolean lowersUnknown;
  private final ExcludedPaths excludedPaths;
  private final EntryArchiver archive;
  private final ListingMemory memory;
  private final PathBuffer path = new PathBuffer();

  /**
   * Makes a walk.
   *
   * @param layers the layer, followed by the layers below it
   * @param alone whether the layers below are unknown
   * @param left the private paths, which are not exported
   * @param memory the memory that the listings share
   */
  public ExportWalk(
      LayerRoots layers,
      boolean alone,
      ExcludedPaths left,
      EntryArchiver archive,
      ListingMemory memory) {
    this.memory = memory;
    this.layers = layers;
    marks = layers.markNamespace();
    this.lowersUnknown = alone;
    this.excludedPaths = left;
    this.archive = archive;
  }

  public void run() throws IOException {
    LayerDirectory root = layers.firstRoot();
    archive.putDirectory(
        ROOT, new ShownEntry(0, root, Name.SELF, LayerEntries.requireStat(root, Name.SELF)));
    try {
      TreeWalk.run(new LayerStep(layers.mergedRoot(), root, false));
    } catch (IOException | RuntimeException e) {
      archive.finishBefore(e);
      throw e;
    }
    archive.finishBatches();
  }

  private boolean isExcluded(Name name) {
    return !excludedPaths.isEmpty() && excludedPaths.isPrivate(path.pathOf(name));
  }

  /** A directory of the layer. Only its own entries are exported. */
  private final class LayerStep implements TreeWalk.WalkStep {
    private final MergedDirectory merged;
    private final boolean hidesBelow;
    private final LayerListing listing;
    private final LayerDirectory directory;
    private final int pathLength = path.pathLength();
    private boolean whiteoutsPut;

    /**
     * Makes a step.
     *
     * @param merged the directory in the view; closed with this step
     * @param hidden whether the directory hides the layers below: it or a parent is opaque
     */
    LayerStep(MergedDirectory merged, LayerDirectory directory, boolean hidden) {
      this.merged = merged;
      this.directory = directory;
      this.hidesBelow = hidden;
      listing = new LayerListing(directory, marks, memory);
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      path.cutTo(pathLength);
      if (!whiteoutsPut) {
        putWhiteouts();
        whiteoutsPut = true;
      }
      ShownEntry entry = listing.nextEntry();
      if (entry == null) {
        return null;
      }
      if (!isExcluded(entry.name())) {
        if (entry.stat().isDirectory()) {
          return enterDirectory(merged, entry, hidesBelow);
        }
        putLeaf(merged, entry);
      }
      return this;
    }

    private void putWhiteouts() throws IOException {
      // Without a lower directory whiteouts hide nothing, and other tools may list them.
      boolean hides = !hidesBelow && (lowersUnknown || merged.mergedDirectories().size() > 1);
      Name name = listing.nextWhiteout();
      while (name != null) {
        if (hides && !isExcluded(name)) {
          archive.putWhiteout(path.pathOf(WhiteoutName.of(archivableName(directory, name))));
        }
        name = listing.nextWhiteout();
      }
    }

    @Override
    public void close() throws IOException {
      listing.close();
      archive.closeLater(merged);
    }
  }

  /** A directory that is exported as the view shows it, because it is opaque in the archive. */
  private final class ViewStep implements TreeWalk.WalkStep {
    private final MergedDirectory merged;
    private final ViewListing listing;
    private final int pathLength = path.pathLength();

    /** Makes a step, which closes the directory. */
    ViewStep(MergedDirectory merged) {
      this.merged = merged;
      listing = new ViewListing(merged, memory);
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      path.cutTo(pathLength);
      ShownEntry entry = listing.nextEntry();
      if (entry == null) {
        return null;
      }
      if (!isExcluded(entry.name())) {
        if (entry.stat().isDirectory()) {
          putDirectory(entry);
          return new ViewStep(merged.openMerged(entry.name()));
        }
        putLeaf(merged, entry);
      }
      return this;
    }

    @Override
    public void close() throws IOException {
      listing.close();
      archive.closeLater(merged);
    }
  }

  private TreeWalk.WalkStep enterDirectory(MergedDirectory merged, ShownEntry entry, boolean hidden)
      throws IOException {
    putDirectory(entry);
    boolean opaque = LayerEntries.isOpaque(entry.directory(), entry.name(), marks);
    boolean renamed = !opaque && isRenamed(entry, hidden);
    if (renamed && lowersUnknown) {
      throw needsLowers(
          entry, "The directory has been renamed, and shows the content of another layer.");
    }
    if (opaque || renamed) {
      archive.putWhiteout(path.pathOf(WhiteoutName.OPAQUE));
    }
    MergedDirectory inner = merged.openMerged(entry.name());
    if (renamed) {
      return new ViewStep(inner);
    }
    return new LayerStep(inner, ownDirectory(inner, entry), hidden || opaque);
  }

  /** Returns the layer's own directory, if it is still the same. */
  private static LayerDirectory ownDirectory(MergedDirectory inner, ShownEntry entry)
      throws IOException {
    try {
      if (!inner.isInNoLayer()) {
        ShownEntry top = inner.topEntry();
        if (top.layer() == 0 && top.stat().sameInode(entry.stat())) {
          return top.directory();
        }
      }
      throw EntryArchiver.layerChanged(
          entry.directory(),
          entry.name(),
          "The directory has been replaced while the layer was read.");
    } catch (IOException | RuntimeException | Error e) {
      inner.close();
      throw e;
    }
  }

  /** Exports a directory and appends its name to the path. */
  private void putDirectory(ShownEntry entry) throws IOException {
    path.enterDirectory(archivableName(entry.directory(), entry.name()));
    archive.putDirectory(path.directoryPath(), entry);
  }

  private void putLeaf(MergedDirectory merged, ShownEntry entry) throws IOException {
    Name name = archivableName(entry.directory(), entry.name());
    archive.putLeaf(path.pathOf(name), entry, reader -> readLowerData(merged, entry, reader));
  }

  private void readLowerData(
      MergedDirectory merged, ShownEntry entry, PendingEntry.DataReader reader) throws IOException {
    if (lowersUnknown) {
      throw needsLowers(entry, "The file has metadata only; another layer has its data.");
    }
    boolean found =
        merged.findData(
            entry.name(),
            (layer, directory, name, stat) -> {
              if (stat.type() == EntryType.FILE) {
                reader.takeData(directory, name, stat);
              } else {
                throw dataMissing(entry);
              }
            });
    if (!found) {
      throw dataMissing(entry);
    }
  }

  private static OverlayException dataMissing(ShownEntry entry) {
    return new OverlayException(
        Problem.of(
            ProblemCode.METACOPY_DATA_MISSING,
            LayerEntries.pathOf(entry.directory(), entry.name()),
            "The file has metadata only, and no layer below has its data.",
            "Delete the file in the view, or restore the layer that had its data."));
  }

  /**
   * Whether the lower directory is at another path than this one, where an image would look for it.
   * An absolute redirect also leads out of an opaque directory, below which an image looks for
   * nothing.
   */
  private boolean isRenamed(ShownEntry entry, boolean hidden) throws IOException {
    Optional<RedirectTarget> redirect =
        RedirectTarget.readMark(entry.directory(), entry.name(), marks);
    if (redirect.isEmpty()) {
      return false;
    }
    List<Name> names = redirect.get().names();
    if (!redirect.get().absolute()) {
      return !names.get(0).equals(entry.name());
    }
    PathBuffer source = new PathBuffer();
    names.forEach(source::enterDirectory);
    return hidden || !source.directoryPath().equals(path.directoryPath());
  }

  /** Returns a name, and refuses one that looks like a whiteout of an archive. */
  private static Name archivableName(LayerDirectory directory, Name name) throws OverlayException {
    if (WhiteoutName.isWhiteoutName(name)) {
      throw EntryArchiver.cannotBeArchived(
          directory,
          name,
          "In an archive, a name that starts with .wh. hides another entry.",
          "Rename it.");
    }
    return name;
  }

  private static OverlayException needsLowers(ShownEntry entry, String message) {
    return EntryArchiver.cannotBeArchived(
        entry.directory(),
        entry.name(),
        message,
        "Export it as part of its view, with OciLayer.of(spec).");
  }
}
