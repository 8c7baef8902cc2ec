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

/** Everything that a merge changes; in a dry run, nothing. */
public final class LayerChanges {
  private final boolean dryRun;
  private final MarkNamespace marks;

  public LayerChanges(boolean dryRun, MarkNamespace marks) {
    this.dryRun = dryRun;
    this.marks = marks;
  }

  public boolean dryRun() {
    return dryRun;
  }

  /** Removes anything but a directory, be it protected or not. */
  public void removeEntry(LayerDirectory directory, Name name) throws IOException {
    if (dryRun) {
      return;
    }
    try {
      directory.remove(name);
    } catch (AccessDeniedException e) {
      liftProtection(directory, name, e);
      directory.remove(name);
    }
  }

  public void removeDirectory(LayerDirectory directory, Name name) throws IOException {
    if (!dryRun) {
      changeUnprotected(directory, name, () -> directory.removeDirectory(name));
    }
  }

  public void createDirectory(LayerDirectory directory, Name name) throws IOException {
    if (!dryRun) {
      directory.createDirectory(name);
    }
  }

  /** Gives an entry another name, even if it is protected, which it is not afterwards. */
  public void createLink(LayerDirectory from, Name name, LayerDirectory to, Name newName)
      throws IOException {
    changeUnprotected(from, name, () -> from.createLink(name, to, newName));
  }

  public void createWhiteout(LayerDirectory directory, Name name) throws IOException {
    if (!dryRun) {
      directory.createWhiteout(name);
    }
  }

  /** Moves an entry to a name that is free or hidden; what is there may be protected. */
  public void renameEntry(LayerDirectory from, Name name, LayerDirectory to, Name newName)
      throws IOException {
    if (dryRun) {
      return;
    }
    try {
      from.rename(name, to, newName);
    } catch (AccessDeniedException e) {
      liftProtection(to, newName, e);
      from.rename(name, to, newName);
    }
  }

  /**
   * Frees an entry from its marks, as they were listed. A redirect goes first: it would lead
   * somewhere again when the opaque mark is gone.
   */
  public void stripXattrs(LayerDirectory directory, Name name, List<String> xattrs)
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

  /** Lets a directory show those of the layers below again that have its name. */
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

  /** Gives an entry the attributes of another one, with the times of an earlier look. */
  public void copyAttributes(
      LayerDirectory from, Name name, EntryStat stat, LayerDirectory to, Name newName)
      throws IOException {
    if (!dryRun) {
      changeUnprotected(
          to, newName, () -> AttributeCopy.copy(from, name, stat, to, newName, marks));
    }
  }

  public void protectEntry(LayerDirectory directory, Name name, ChattrProtection protection)
      throws IOException {
    if (dryRun) {
      return;
    }
    EntryStat old = LayerEntries.present(directory, name);
    if (old.immutable() != protection.immutable() || old.appendOnly() != protection.appendOnly()) {
      directory.setProtection(name, protection.immutable(), protection.appendOnly());
    }
  }

  public void syncDirectory(LayerDirectory directory) throws IOException {
    if (!dryRun) {
      directory.syncFileSystem();
    }
  }

  /** A step that changes something. */
  @FunctionalInterface
  private interface ChangeStep {
    void makeChange() throws IOException;
  }

  /**
   * Makes a step, if need be after another try without the attributes of chattr(1). What is done
   * once an entry does so itself: the simple compiler makes an object for each step.
   */
  private static void changeUnprotected(LayerDirectory directory, Name name, ChangeStep step)
      throws IOException {
    try {
      step.makeChange();
    } catch (AccessDeniedException e) {
      liftProtection(directory, name, e);
      step.makeChange();
    }
  }

  /**
   * Takes the attributes of chattr(1) from an entry, which the kernel changes and removes for
   * nobody while it has them, and from the directory around it. Both are hidden by what the upper
   * has there, or are about to get the attributes of the upper's. Without any, the refusal stands.
   */
  private static void liftProtection(
      LayerDirectory directory, Name name, AccessDeniedException refusal) throws IOException {
    boolean entry = liftProtection(directory, name);
    boolean around = liftProtection(directory, Name.SELF);
    if (!entry && !around) {
      throw refusal;
    }
  }

  private static boolean liftProtection(LayerDirectory directory, Name name) throws IOException {
    Optional<EntryStat> stat = directory.stat(name);
    if (stat.isEmpty() || !(stat.get().immutable() || stat.get().appendOnly())) {
      return false;
    }
    directory.setProtection(name, false, false);
    return true;
  }
}
