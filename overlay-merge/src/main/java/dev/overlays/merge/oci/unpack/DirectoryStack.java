package dev.overlays.merge.oci.unpack;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.LookupVisitor;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.commons.io.function.IOConsumer;

/**
 * The open directories from the root to where an import unpacks. A directory gets its mode and
 * times when it is left: new entries would change its times, and its mode may forbid writing. A
 * directory that is entered again gets back what it had.
 */
public final class DirectoryStack implements Closeable {
  /** The mode of a directory that the archive has no entry for, but entries in. */
  private static final int IMPLIED_MODE = 0755;

  private static final int OWNER_ONLY = 0700;
  private static final int INHERITED = 02000;
  private static final String ACCESS_ACL = "system.posix_acl_access";
  private static final String DEFAULT_ACL = "system.posix_acl_default";

  private final MarkNamespace marks;
  private final CreationQueue creations;
  private final WhiteoutOnlyDirectories whiteoutOnly = new WhiteoutOnlyDirectories();
  private final List<OpenLevel> levels = new ArrayList<>();

  /** A directory that gets its attributes and is closed when all its entries have been created. */
  interface LeftDirectory extends Closeable {
    /** Sets the attributes and closes the directory. */
    void leave() throws IOException;
  }

  private static final class OpenLevel implements LeftDirectory {
    private final LayerDirectory directory;
    private final Name name;
    private IOConsumer<LayerDirectory> finish;
    private boolean hidesBelow;

    OpenLevel(
        LayerDirectory directory,
        Name name,
        IOConsumer<LayerDirectory> finish,
        boolean hidesBelow) {
      this.directory = directory;
      this.name = name;
      this.finish = finish;
      this.hidesBelow = hidesBelow;
    }

    @Override
    public void leave() throws IOException {
      try (LayerDirectory open = directory) {
        finish.accept(open);
      }
    }

    @Override
    public void close() throws IOException {
      directory.close();
    }
  }

  /**
   * Starts in a new directory, which is closed with this.
   *
   * @param creations creates the entries of these directories; closed with this
   */
  public DirectoryStack(LayerDirectory root, MarkNamespace marks, CreationQueue creations) {
    this.creations = creations;
    this.marks = marks;
    levels.add(new OpenLevel(root, Name.SELF, DirectoryStack::setImpliedAttributes, false));
  }

  /**
   * Removes what the root has inherited from its parent, because everything in it would inherit the
   * same.
   */
  public void clearInherited() throws IOException {
    rootDirectory().removeXattr(Name.SELF, DEFAULT_ACL);
    rootDirectory().removeXattr(Name.SELF, ACCESS_ACL);
    rootDirectory().setMode(Name.SELF, OWNER_ONLY);
  }

  private static void setImpliedAttributes(LayerDirectory directory) throws IOException {
    directory.setTimes(Name.SELF, Instant.EPOCH, Instant.EPOCH);
    directory.setMode(Name.SELF, IMPLIED_MODE);
  }

  private OpenLevel currentLevel() {
    return levels.get(levels.size() - 1);
  }

  private List<Name> currentPath() {
    return levels.stream().skip(1).map(level -> level.name).toList();
  }

  /** Returns the directories in these that were created for whiteouts. */
  WhiteoutOnlyDirectories whiteoutOnlyDirectories() {
    return whiteoutOnly;
  }

  CreationQueue creationQueue() {
    return creations;
  }

  public LayerDirectory rootDirectory() {
    return levels.get(0).directory;
  }

  /**
   * Goes to a directory, and creates missing directories on the way.
   *
   * @return the directory, open until this goes elsewhere; empty if another kind of entry is in the
   *     way
   */
  Optional<LayerDirectory> goTo(List<Name> path) throws IOException {
    int common = commonLevels(path);
    while (levels.size() > common + 1) {
      leaveDirectory();
    }
    for (Name name : path.subList(common, path.size())) {
      if (!enterOrCreate(name)) {
        return Optional.empty();
      }
    }
    return Optional.of(currentLevel().directory);
  }

  /** Goes back to the root. */
  LayerDirectory goToRoot() throws IOException {
    return goTo(List.of()).orElseThrow();
  }

  /** Sets what the current directory gets when it is left. */
  void setFinish(IOConsumer<LayerDirectory> finish) {
    currentLevel().finish = finish;
  }

  private int commonLevels(List<Name> path) {
    int most = Math.min(path.size(), levels.size() - 1);
    int common = 0;
    while (common < most && levels.get(common + 1).name.equals(path.get(common))) {
      common++;
    }
    return common;
  }

  private boolean enterOrCreate(Name name) throws IOException {
    LayerDirectory parent = currentLevel().directory;
    creations.awaitEntry(parent, name);
    Optional<EntryStat> stat = parent.stat(name);
    boolean whiteout = stat.filter(EntryStat::isWhiteoutDevice).isPresent();
    if (stat.isPresent() && stat.get().isDirectory()) {
      // It gets its attributes when it is left.
      creations.awaitAll();
      enterExisting(parent, name, LayerEntries.requireStat(parent, name));
      return true;
    }
    if (stat.isPresent() && !whiteout) {
      return false;
    }
    if (whiteout) {
      parent.remove(name);
    }
    parent.createDirectory(name);
    levels.add(
        new OpenLevel(parent.open(name), name, DirectoryStack::setImpliedAttributes, hidesBelow()));
    if (whiteout) {
      hideBelow();
    }
    return true;
  }

  private void enterExisting(LayerDirectory parent, Name name, EntryStat stat) throws IOException {
    boolean closed = (stat.mode() & (OWNER_ONLY | INHERITED)) != OWNER_ONLY;
    if (closed) {
      parent.setMode(name, OWNER_ONLY);
    }
    LayerDirectory directory = parent.open(name);
    boolean hides = hidesBelow();
    levels.add(
        new OpenLevel(
            directory, name, left -> restoreAttributes(left, stat, Optional.empty()), hides));
    currentLevel().hidesBelow = hides || LayerEntries.isOpaque(directory, Name.SELF, marks);
    Optional<byte[]> acl = directory.xattr(Name.SELF, DEFAULT_ACL);
    if (acl.isPresent()) {
      setFinish(left -> restoreAttributes(left, stat, acl));
      directory.removeXattr(Name.SELF, DEFAULT_ACL);
    }
  }

  private static void restoreAttributes(
      LayerDirectory directory, EntryStat stat, Optional<byte[]> acl) throws IOException {
    if (acl.isPresent()) {
      directory.setXattr(Name.SELF, DEFAULT_ACL, acl.get());
    }
    directory.setTimes(Name.SELF, stat.accessed(), stat.modified());
    directory.setMode(Name.SELF, stat.mode());
  }

  /** Makes the current directory opaque. */
  void hideBelow() throws IOException {
    LayerDirectory directory = currentLevel().directory;
    directory.setXattr(Name.SELF, Mark.OPAQUE.xattr(marks), new byte[] {'y'});
    if (!hidesBelow()) {
      currentLevel().hidesBelow = true;
      new UselessWhiteouts(marks, whiteoutOnly).removeIn(directory, currentPath());
    }
  }

  /** Whether the current directory or one around it is opaque. */
  boolean hidesBelow() {
    return currentLevel().hidesBelow;
  }

  /** Creates a whiteout in the current directory, unless that hides the layers below anyway. */
  void hideName(Name name) throws IOException {
    if (hidesBelow()) {
      return;
    }
    LayerDirectory directory = currentLevel().directory;
    directory.createWhiteout(name);
    directory.setTimes(name, Instant.EPOCH, Instant.EPOCH);
    if (levels.size() > 1) {
      // Without this mark the kernel lists whiteouts where no lower has the directory.
      directory.setXattr(Name.SELF, Mark.ORIGIN.xattr(marks), new byte[0]);
    }
  }

  /**
   * Counts the existing directories of a path, without leaving the current directory.
   *
   * @return how many of its first names are directories; negative if a whiteout follows them
   */
  int countDirectories(List<Name> path) throws IOException {
    int there = commonLevels(path);
    LayerDirectory directory = levels.get(there).directory;
    LayerDirectory opened = null;
    try {
      while (there < path.size()) {
        Optional<EntryStat> stat = directory.stat(path.get(there));
        if (stat.filter(EntryStat::isDirectory).isEmpty()) {
          return stat.filter(EntryStat::isWhiteoutDevice).isPresent() ? -1 : there;
        }
        LayerDirectory outer = opened;
        opened = directory.open(path.get(there));
        directory = opened;
        if (outer != null) {
          outer.close();
        }
        there++;
      }
      return there;
    } finally {
      if (opened != null) {
        opened.close();
      }
    }
  }

  private void leaveDirectory() throws IOException {
    creations.addLeft(levels.remove(levels.size() - 1));
  }

  /** Leaves all directories, the root last, which stays open. */
  void leaveAll() throws IOException {
    while (levels.size() > 1) {
      leaveDirectory();
    }
    creations.awaitAll();
    currentLevel().finish.accept(rootDirectory());
  }

  /**
   * Looks for an entry, without leaving the current directory.
   *
   * @param hit called with the entry, if there is one
   */
  void findEntry(List<Name> path, LookupVisitor hit) throws IOException {
    int last = path.size() - 1;
    int open = Math.min(commonLevels(path), last);
    LayerDirectory directory = levels.get(open).directory;
    LayerDirectory opened = null;
    try {
      for (Name name : path.subList(open, last)) {
        if (directory.stat(name).filter(EntryStat::isDirectory).isEmpty()) {
          return;
        }
        LayerDirectory outer = opened;
        opened = directory.open(name);
        directory = opened;
        if (outer != null) {
          outer.close();
        }
      }
      Optional<EntryStat> stat = directory.stat(path.get(last));
      if (stat.isPresent()) {
        hit.visitFound(0, directory, path.get(last), stat.get());
      }
    } finally {
      if (opened != null) {
        opened.close();
      }
    }
  }

  /** Waits for the entries that are being created, and closes all directories. */
  @Override
  public void close() throws IOException {
    IOException failure = null;
    try {
      creations.close();
    } catch (IOException e) {
      failure = e;
    }
    while (!levels.isEmpty()) {
      try {
        levels.remove(levels.size() - 1).directory.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
