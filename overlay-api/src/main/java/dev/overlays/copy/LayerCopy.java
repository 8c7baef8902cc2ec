package dev.overlays.copy;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.Set;
import java.util.UUID;

/**
 * Copies or moves a whole layer: marks, whiteouts, hard links, holes, owners, times and all
 * extended attributes. Marks that are valid only at the old place are left out: the file handles of
 * copied-up entries, and marks that belong to an index. The layer appears at its new place in one
 * step, when it is complete and durable.
 */
public final class LayerCopy {
  private static final Set<Mark> BOUND_TO_PLACE = Set.of(Mark.ORIGIN, Mark.IMPURE, Mark.NLINK);

  private LayerCopy() {}

  /**
   * Copies a layer that nothing changes meanwhile. The copy is made under a temporary name beside
   * its final place; if anything fails, nothing is left of it.
   *
   * @param layer its root
   * @param marks where its marks are kept
   * @param target the directory in which the copy is created
   * @param name the name of the copy there
   * @param oneStore whether both are of the same store; otherwise the data is read and written by
   *     this process, and holes are filled
   * @throws FileAlreadyExistsException if there is something of that name
   * @throws IOException if something cannot be read or written
   */
  public static void copyLayer(
      LayerDirectory layer, MarkNamespace marks, LayerDirectory target, Name name, boolean oneStore)
      throws IOException {
    refuseExisting(target, name);
    String unique = ".overlays-copy-" + UUID.randomUUID();
    Name copy = Name.of(unique);
    Name links = Name.of(unique + "-links");
    Name present = copy;
    try {
      target.createDirectory(copy);
      target.createDirectory(links);
      try (LayerDirectory made = target.open(copy);
          LayerDirectory linked = target.open(links)) {
        new TreeCopy(marks, oneStore, linked).copyTree(layer, made);
      }
      LayerEntries.removeTree(target, links);
      target.syncFileSystem();
      target.rename(copy, target, name);
      present = name;
      target.syncFileSystem();
    } catch (IOException | RuntimeException e) {
      removeAfterFailure(target, present, e);
      removeAfterFailure(target, links, e);
      throw e;
    }
  }

  private static void removeAfterFailure(LayerDirectory directory, Name name, Exception failure) {
    try {
      LayerEntries.removeTree(directory, name);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * Moves a layer that nothing uses any more, within one file system.
   *
   * @param parent the directory that its root is in
   * @param layer the name of its root
   * @param marks where its marks are kept
   * @param target the new parent directory, of the same store
   * @param name its name there
   * @throws FileAlreadyExistsException if there is something of that name
   * @throws IOException if it cannot be moved, for example to another file system; then it is still
   *     at its old place, possibly without the marks that are left out
   */
  public static void moveLayer(
      LayerDirectory parent, Name layer, MarkNamespace marks, LayerDirectory target, Name name)
      throws IOException {
    refuseExisting(target, name);
    stripTree(parent, layer, LayerEntries.requireStat(parent, layer), marks);
    parent.syncFileSystem();
    parent.rename(layer, target, name);
    try {
      target.syncFileSystem();
    } catch (IOException | RuntimeException e) {
      target.rename(name, parent, layer);
      throw e;
    }
  }

  private static void refuseExisting(LayerDirectory target, Name name) throws IOException {
    if (target.stat(name).isPresent()) {
      throw new FileAlreadyExistsException(LayerEntries.pathOf(target, name).toString());
    }
  }

  private static void stripTree(
      LayerDirectory directory, Name name, EntryStat stat, MarkNamespace marks) throws IOException {
    stripEntry(directory, name, marks);
    if (stat.isDirectory()) {
      TreeWalk.run(new StripStep(directory, name, marks));
    }
  }

  private static void stripEntry(LayerDirectory directory, Name name, MarkNamespace marks)
      throws IOException {
    for (String xattr : directory.xattrs(name)) {
      if (isBoundToPlace(xattr, marks)) {
        directory.removeXattr(name, xattr);
      }
    }
  }

  /** Removes the marks from the entries of a directory. */
  private static final class StripStep implements TreeWalk.WalkStep {
    private final LayerDirectory parent;
    private final Name name;
    private final MarkNamespace marks;
    private LayerDirectory directory;
    private EntryCursor entries;

    StripStep(LayerDirectory parent, Name name, MarkNamespace marks) {
      this.parent = parent;
      this.name = name;
      this.marks = marks;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      if (directory == null) {
        directory = parent.open(name);
        entries = directory.entries();
      }
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        stripEntry(directory, entry.name(), marks);
        if (LayerEntries.requireStat(directory, entry.name()).isDirectory()) {
          return new StripStep(directory, entry.name(), marks);
        }
      }
      return null;
    }

    @Override
    public void close() throws IOException {
      if (directory != null) {
        directory.close();
      }
    }
  }

  static boolean isBoundToPlace(String xattr, MarkNamespace marks) {
    return Mark.of(xattr, marks).filter(BOUND_TO_PLACE::contains).isPresent();
  }
}
