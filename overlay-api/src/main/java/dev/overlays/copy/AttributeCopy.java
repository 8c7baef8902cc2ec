package dev.overlays.copy;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Copies the attributes of one entry to another: owner, mode, times, and the extended attributes
 * (ACLs and capabilities included) except marks. Attributes that are equal already are not set.
 */
public final class AttributeCopy {
  private final LayerDirectory from;
  private final Name name;
  private final EntryStat stat;
  private final LayerDirectory to;
  private final Name newName;
  private final MarkNamespace marks;
  private final boolean onlyAllowed;
  private final boolean withXattrs;

  private AttributeCopy(
      LayerDirectory from,
      Name name,
      EntryStat stat,
      LayerDirectory to,
      Name newName,
      MarkNamespace marks,
      boolean onlyAllowed,
      boolean withXattrs) {
    this.from = from;
    this.name = name;
    this.stat = stat;
    this.to = to;
    this.newName = newName;
    this.marks = marks;
    this.onlyAllowed = onlyAllowed;
    this.withXattrs = withXattrs;
  }

  /**
   * Makes the attributes of one entry those of another of the same kind.
   *
   * @param from the directory of the entry that has them
   * @param name its name
   * @param to the directory of the entry that gets them
   * @param newName its name
   * @param marks where marks are kept, which are neither copied nor removed
   * @throws IOException if an attribute cannot be read or set, or the other file system keeps
   *     another time than that of the last change; some may be set then
   */
  public static void copyAttributes(
      LayerDirectory from, Name name, LayerDirectory to, Name newName, MarkNamespace marks)
      throws IOException {
    copyAttributes(from, name, LayerEntries.requireStat(from, name), to, newName, marks);
  }

  /**
   * Copies the attributes that this process may set. A process that may not give files away keeps
   * the owner, and keeps the group if the user is not a member of it; extended attributes that only
   * root may set are left as they are. Use this for entries that an ordinary user creates in an
   * upper over somebody else's lower.
   *
   * @param from the directory of the entry that has them
   * @param name its name
   * @param to the directory of the entry that gets them
   * @param newName its name
   * @param marks where marks are kept, which are neither copied nor removed
   * @throws IOException if an attribute cannot be read, or not be set for another reason
   */
  public static void copyAllowedAttributes(
      LayerDirectory from, Name name, LayerDirectory to, Name newName, MarkNamespace marks)
      throws IOException {
    EntryStat stat = LayerEntries.requireStat(from, name);
    new AttributeCopy(from, name, stat, to, newName, marks, true, true).copyAttributes();
  }

  /**
   * Makes the attributes of one entry those of another of the same kind, with owner, mode and times
   * as they were earlier.
   *
   * @param from the directory of the entry that has them
   * @param name its name
   * @param stat what owner, mode and times are to be
   * @param to the directory of the entry that gets them
   * @param newName its name
   * @param marks where marks are kept, which are neither copied nor removed
   * @throws IOException if an attribute cannot be read or set; some may be set then
   */
  public static void copyAttributes(
      LayerDirectory from,
      Name name,
      EntryStat stat,
      LayerDirectory to,
      Name newName,
      MarkNamespace marks)
      throws IOException {
    new AttributeCopy(from, name, stat, to, newName, marks, false, true).copyAttributes();
  }

  /**
   * Gives an entry an owner, a mode and times, and leaves its extended attributes as they are.
   *
   * @param stat what owner, mode and times are to be, of an entry of the same type
   * @param to the directory of the entry that gets them
   * @param newName its name
   * @throws IOException if an attribute cannot be set, or the other file system keeps another time
   *     than that of the last change; some may be set then
   */
  public static void copyStat(EntryStat stat, LayerDirectory to, Name newName) throws IOException {
    new AttributeCopy(null, null, stat, to, newName, null, false, false).copyAttributes();
  }

  private void copyAttributes() throws IOException {
    // No later step changes this time, so one stat tells what is kept of it, too.
    to.setTimes(newName, stat.accessed(), stat.modified());
    EntryStat old = LayerEntries.requireStat(to, newName);
    if (!onlyAllowed && old.device() != stat.device()) {
      refuseCoarserTime(old.modified());
    }
    boolean chown = old.owner() != stat.owner() || old.group() != stat.group();
    if (chown && !setIfAllowed(() -> to.setOwner(newName, stat.owner(), stat.group()))) {
      setIfAllowed(() -> to.setOwner(newName, old.owner(), stat.group()));
    }
    boolean xattrs = withXattrs && copyXattrs();
    // Changing the owner or an ACL may change the mode.
    if (chown || xattrs || old.mode() != stat.mode()) {
      if (stat.type() != EntryType.SYMLINK) {
        to.setMode(newName, stat.mode());
      }
    }
  }

  /** Another file system may silently store coarser times, or no times after 2038. */
  private void refuseCoarserTime(Instant kept) throws IOException {
    if (!kept.equals(stat.modified())) {
      throw new FileSystemException(
          LayerEntries.pathOf(to, newName).toString(),
          null,
          "the file system keeps " + kept + " for the time " + stat.modified());
    }
  }

  /** Sets one attribute. */
  @FunctionalInterface
  private interface AttributeSetting {
    void setAttribute() throws IOException;
  }

  private boolean setIfAllowed(AttributeSetting setting) throws IOException {
    try {
      setting.setAttribute();
      return true;
    } catch (AccessDeniedException e) {
      if (!onlyAllowed) {
        throw e;
      }
      return false;
    }
  }

  private boolean copyXattrs() throws IOException {
    List<String> wanted = withoutMarks(from.xattrs(name), marks);
    List<String> present = withoutMarks(to.xattrs(newName), marks);
    boolean changed = false;
    for (String xattr : present) {
      if (!wanted.contains(xattr)) {
        changed |= setIfAllowed(() -> to.removeXattr(newName, xattr));
      }
    }
    for (String xattr : wanted) {
      Optional<byte[]> value = from.xattr(name, xattr);
      Optional<byte[]> old = present.contains(xattr) ? to.xattr(newName, xattr) : Optional.empty();
      if (value.isPresent() && !(old.isPresent() && Arrays.equals(value.get(), old.get()))) {
        changed |= setIfAllowed(() -> to.setXattr(newName, xattr, value.get()));
      }
    }
    return changed;
  }

  private static List<String> withoutMarks(List<String> xattrs, MarkNamespace marks) {
    if (xattrs.isEmpty()) {
      return xattrs;
    }
    List<String> own = new ArrayList<>(xattrs);
    own.removeIf(marks::isMark);
    return own;
  }
}
