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
import dev.overlays.layer.TreeWalk;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.lookup.MergedDirectory.ShownEntry;
import dev.overlays.lookup.RedirectTarget;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Walks a layer in the order of an archive and exports each entry. Archives cannot express a
 * renamed directory: it is exported as an opaque directory with everything that the view shows in
 * it.
 */
final class LayerWalk {
  private static final RawPath ROOT = RawPath.of("./");

  private final LayerRoots layers;
  private final MarkNamespace marks;
  private final boolean alone;
  private final PrivatePlaces left;
  private final EntryArchiving archive;
  private final NameMemory memory;
  private final PathBuffer path = new PathBuffer();

  /**
   * Makes a walk.
   *
   * @param layers the layer, followed by the layers below it
   * @param alone whether the layers below are unknown
   * @param left the private paths, which are not exported
   * @param memory the memory that the listings share
   */
  LayerWalk(
      LayerRoots layers,
      boolean alone,
      PrivatePlaces left,
      EntryArchiving archive,
      NameMemory memory) {
    this.memory = memory;
    this.layers = layers;
    marks = layers.marks();
    this.alone = alone;
    this.left = left;
    this.archive = archive;
  }

  void run() throws IOException {
    LayerDirectory root = layers.first();
    archive.archiveDirectory(
        ROOT, new ShownEntry(0, root, Name.SELF, LayerEntries.present(root, Name.SELF)));
    TreeWalk.run(new LayeredDirectory(layers.root(), root, false));
  }

  private boolean isLeft(Name name) {
    return !left.isEmpty() && left.isPrivate(path.pathOfFile(name));
  }

  /** A directory of the layer. Only its own entries are exported. */
  private final class LayeredDirectory implements TreeWalk.Step {
    private final MergedDirectory merged;
    private final boolean hidden;
    private final LayerListing listing;
    private final LayerDirectory directory;
    private final int length = path.lengthInBytes();
    private boolean signed;

    /**
     * Makes a step.
     *
     * @param merged the directory in the view; closed with this step
     * @param hidden whether the directory hides the layers below: it or a parent is opaque
     */
    LayeredDirectory(MergedDirectory merged, LayerDirectory directory, boolean hidden) {
      this.merged = merged;
      this.directory = directory;
      this.hidden = hidden;
      listing = new LayerListing(directory, marks, memory);
    }

    @Override
    public TreeWalk.Step nextStep() throws IOException {
      path.leaveTo(length);
      if (!signed) {
        signWhiteouts();
        signed = true;
      }
      ShownEntry entry = listing.nextEntry();
      if (entry == null) {
        return null;
      }
      if (!isLeft(entry.name())) {
        if (entry.stat().isDirectory()) {
          return enterDirectory(merged, entry, hidden);
        }
        walkLeaf(merged, entry);
      }
      return this;
    }

    private void signWhiteouts() throws IOException {
      // Without a lower directory whiteouts hide nothing, and other tools may list them.
      boolean hides = !hidden && (alone || merged.directories().size() > 1);
      Name name = listing.nextWhiteout();
      while (name != null) {
        if (hides && !isLeft(name)) {
          archive.archiveSign(path.pathOfFile(WhiteoutName.of(nameOf(directory, name))));
        }
        name = listing.nextWhiteout();
      }
    }

    @Override
    public void close() throws IOException {
      listing.close();
      merged.close();
    }
  }

  /** A directory that is exported as the view shows it, because it is opaque in the archive. */
  private final class WholeDirectory implements TreeWalk.Step {
    private final MergedDirectory merged;
    private final ViewListing listing;
    private final int length = path.lengthInBytes();

    /** Makes a step, which closes the directory. */
    WholeDirectory(MergedDirectory merged) {
      this.merged = merged;
      listing = new ViewListing(merged, memory);
    }

    @Override
    public TreeWalk.Step nextStep() throws IOException {
      path.leaveTo(length);
      ShownEntry entry = listing.nextEntry();
      if (entry == null) {
        return null;
      }
      if (!isLeft(entry.name())) {
        if (entry.stat().isDirectory()) {
          walkDirectory(entry);
          return new WholeDirectory(merged.open(entry.name()));
        }
        walkLeaf(merged, entry);
      }
      return this;
    }

    @Override
    public void close() throws IOException {
      listing.close();
      merged.close();
    }
  }

  private TreeWalk.Step enterDirectory(MergedDirectory merged, ShownEntry entry, boolean hidden)
      throws IOException {
    walkDirectory(entry);
    boolean opaque = LayerEntries.isOpaque(entry.directory(), entry.name(), marks);
    boolean renamed = !opaque && isRenamed(entry, hidden);
    if (renamed && alone) {
      throw dependentEntry(
          entry, "The directory has been renamed, and shows the content of another layer.");
    }
    if (opaque || renamed) {
      archive.archiveSign(path.pathOfFile(WhiteoutName.OPAQUE));
    }
    MergedDirectory inner = merged.open(entry.name());
    if (renamed) {
      return new WholeDirectory(inner);
    }
    return new LayeredDirectory(inner, ownDirectory(inner, entry), hidden || opaque);
  }

  /** Returns the layer's own directory, if it is still the same. */
  private static LayerDirectory ownDirectory(MergedDirectory inner, ShownEntry entry)
      throws IOException {
    try {
      if (!inner.isNothing()) {
        ShownEntry top = inner.top();
        if (top.layer() == 0 && top.stat().sameInode(entry.stat())) {
          return top.directory();
        }
      }
      throw EntryArchiving.changedMeanwhile(
          entry.directory(),
          entry.name(),
          "The directory has been replaced while the layer was read.");
    } catch (IOException | RuntimeException | Error e) {
      inner.close();
      throw e;
    }
  }

  /** Exports a directory and appends its name to the path. */
  private void walkDirectory(ShownEntry entry) throws IOException {
    path.enterName(nameOf(entry.directory(), entry.name()));
    archive.archiveDirectory(path.presentPath(), entry);
  }

  private void walkLeaf(MergedDirectory merged, ShownEntry entry) throws IOException {
    Name name = nameOf(entry.directory(), entry.name());
    boolean metacopy =
        entry.stat().type() == EntryType.FILE
            && entry.directory().xattr(name, Mark.METACOPY.xattr(marks)).isPresent();
    if (metacopy && alone) {
      throw dependentEntry(entry, "The file has metadata only; another layer has its data.");
    }
    archive.archiveLeaf(
        path.pathOfFile(name),
        entry,
        metacopy
            ? reader -> readData(merged, entry, reader)
            : reader -> reader.takeData(entry.directory(), name, entry.stat()));
  }

  private static void readData(
      MergedDirectory merged, ShownEntry entry, EntryArchiving.DataReader reader)
      throws IOException {
    boolean found =
        merged.data(
            entry.name(),
            (layer, directory, name, stat) -> {
              if (stat.type() == EntryType.FILE) {
                reader.takeData(directory, name, stat);
              } else {
                throw missingData(entry);
              }
            });
    if (!found) {
      throw missingData(entry);
    }
  }

  private static OverlayException missingData(ShownEntry entry) {
    return new OverlayException(
        Problem.of(
            ProblemCode.METACOPY_DATA_MISSING,
            LayerEntries.path(entry.directory(), entry.name()),
            "The file has metadata only, and no layer below has its data.",
            "Delete the file in the view, or restore the layer that had its data."));
  }

  /**
   * Whether the lower directory is at another path than this one, where an image would look for it.
   * An absolute redirect also leads out of an opaque directory, below which an image looks for
   * nothing.
   */
  private boolean isRenamed(ShownEntry entry, boolean hidden) throws IOException {
    Optional<RedirectTarget> redirect = RedirectTarget.of(entry.directory(), entry.name(), marks);
    if (redirect.isEmpty()) {
      return false;
    }
    List<Name> names = redirect.get().names();
    if (!redirect.get().absolute()) {
      return !names.get(0).equals(entry.name());
    }
    PathBuffer source = new PathBuffer();
    names.forEach(source::enterName);
    return hidden || !source.presentPath().equals(path.presentPath());
  }

  /** Returns a name, and refuses one that looks like a whiteout of an archive. */
  private static Name nameOf(LayerDirectory directory, Name name) throws OverlayException {
    if (WhiteoutName.isWhiteout(name)) {
      throw EntryArchiving.noForm(
          directory,
          name,
          "In an archive, a name that starts with .wh. hides another entry.",
          "Rename it.");
    }
    return name;
  }

  private static OverlayException dependentEntry(ShownEntry entry, String message) {
    return EntryArchiving.noForm(
        entry.directory(),
        entry.name(),
        message,
        "Export it as part of its view, with OciLayer.of(spec).");
  }
}
