package dev.overlays.merge.change;

import dev.overlays.copy.AttributeCopy;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.Optional;
import org.apache.commons.io.function.IORunnable;

/** All changes that a merge makes to layers. In a dry run they do nothing. */
public final class LayerChanges {
  private final boolean dryRun;
  private final MarkNamespace marks;

  public LayerChanges(boolean dryRun, MarkNamespace marks) {
    this.dryRun = dryRun;
    this.marks = marks;
  }

  public boolean isDryRun() {
    return dryRun;
  }

  /** Removes an entry that is not a directory, even if it is protected. */
  public void removeEntry(LayerDirectory directory, Name name) throws IOException {
    if (dryRun) {
      return;
    }
    try {
      directory.remove(name);
    } catch (AccessDeniedException e) {
      unprotectOrRethrow(directory, name, e);
      directory.remove(name);
    }
  }

  public void removeDirectory(LayerDirectory directory, Name name) throws IOException {
    if (!dryRun) {
      runUnprotecting(directory, name, () -> directory.removeDirectory(name));
    }
  }

  public void createDirectory(LayerDirectory directory, Name name) throws IOException {
    if (!dryRun) {
      directory.createDirectory(name);
    }
  }

  /** Gives an entry another name. If it is protected, the protection is removed. */
  public void createLink(LayerDirectory from, Name name, LayerDirectory to, Name newName)
      throws IOException {
    runUnprotecting(from, name, () -> from.createLink(name, to, newName));
  }

  public void createWhiteout(LayerDirectory directory, Name name) throws IOException {
    if (!dryRun) {
      directory.createWhiteout(name);
    }
  }

  /** Moves an entry to a name that is free or hidden. The entry there may be protected. */
  public void renameEntry(LayerDirectory from, Name name, LayerDirectory to, Name newName)
      throws IOException {
    if (dryRun) {
      return;
    }
    try {
      from.rename(name, to, newName);
    } catch (AccessDeniedException e) {
      unprotectOrRethrow(to, newName, e);
      from.rename(name, to, newName);
    }
  }

  /**
   * Removes all marks that are among the listed extended attributes. The redirect goes first:
   * without the opaque mark it would take effect again.
   */
  public void removeAllMarks(LayerDirectory directory, Name name, List<String> xattrs)
      throws IOException {
    if (dryRun || xattrs.isEmpty()) {
      return;
    }
    String redirect = Mark.REDIRECT.xattr(marks);
    if (xattrs.contains(redirect)) {
      directory.removeXattr(name, redirect);
    }
    for (String xattr : xattrs) {
      if (marks.isMark(xattr) && !xattr.equals(redirect)) {
        directory.removeXattr(name, xattr);
      }
    }
  }

  /** Lets a directory merge again with those of its name in the layers below. */
  public void makeTransparent(LayerDirectory directory, Name name) throws IOException {
    removeMark(directory, name, Mark.REDIRECT);
    removeMark(directory, name, Mark.OPAQUE);
  }

  public void makeOpaque(LayerDirectory directory, Name name) throws IOException {
    setMark(directory, name, Mark.OPAQUE, new byte[] {'y'});
  }

  public void setMark(LayerDirectory directory, Name name, Mark mark, byte[] value)
      throws IOException {
    if (!dryRun) {
      directory.setXattr(name, mark.xattr(marks), value);
    }
  }

  public void removeMark(LayerDirectory directory, Name name, Mark mark) throws IOException {
    if (!dryRun) {
      directory.removeXattr(name, mark.xattr(marks));
    }
  }

  public void setTimes(LayerDirectory directory, Name name, EntryStat stat) throws IOException {
    if (!dryRun) {
      directory.setTimes(name, stat.accessed(), stat.modified());
    }
  }

  /** Copies the attributes of one entry to another, with the times of an earlier stat. */
  public void copyAttributes(
      LayerDirectory from, Name name, EntryStat stat, LayerDirectory to, Name newName)
      throws IOException {
    if (!dryRun) {
      runUnprotecting(
          to, newName, () -> AttributeCopy.copyAttributes(from, name, stat, to, newName, marks));
    }
  }

  /** Gives a new entry owner, mode and times. */
  public void copyStat(EntryStat stat, LayerDirectory to, Name newName) throws IOException {
    if (!dryRun) {
      AttributeCopy.copyStat(stat, to, newName);
    }
  }

  public void setProtection(LayerDirectory directory, Name name, ProtectionFlags protection)
      throws IOException {
    if (dryRun) {
      return;
    }
    EntryStat old = LayerEntries.requireStat(directory, name);
    if (old.immutable() != protection.immutable() || old.appendOnly() != protection.appendOnly()) {
      directory.setProtection(name, protection.immutable(), protection.appendOnly());
    }
  }

  public void syncFileSystem(LayerDirectory directory) throws IOException {
    if (!dryRun) {
      directory.syncFileSystem();
    }
  }

  /**
   * Makes a change, and makes it again without the attributes of chattr(1) if it is refused. The
   * methods that run for every entry do so without a lambda, which C1 would allocate each time.
   */
  private static void runUnprotecting(LayerDirectory directory, Name name, IORunnable change)
      throws IOException {
    try {
      change.run();
    } catch (AccessDeniedException e) {
      unprotectOrRethrow(directory, name, e);
      change.run();
    }
  }

  /**
   * Removes the attributes of chattr(1) from an entry and its directory. While they are set, the
   * kernel lets nobody change or remove the entry. Nobody sees the difference: the upper hides
   * both, or they are about to get the attributes of the upper's. Throws the refusal again if none
   * were set.
   */
  private static void unprotectOrRethrow(
      LayerDirectory directory, Name name, AccessDeniedException refusal) throws IOException {
    boolean entry = removeProtection(directory, name);
    boolean around = removeProtection(directory, Name.SELF);
    if (!entry && !around) {
      throw refusal;
    }
  }

  private static boolean removeProtection(LayerDirectory directory, Name name) throws IOException {
    Optional<EntryStat> stat = directory.stat(name);
    if (stat.isEmpty() || !(stat.get().immutable() || stat.get().appendOnly())) {
      return false;
    }
    directory.setProtection(name, false, false);
    return true;
  }
}
