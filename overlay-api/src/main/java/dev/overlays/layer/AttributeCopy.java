package dev.overlays.layer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Gives an entry the attributes of another: owner, mode, extended attributes (ACLs and capabilities
 * are among them) but marks, and times. What is equal already is not touched.
 */
public final class AttributeCopy {
  private AttributeCopy() {}

  /**
   * Makes the attributes of one entry those of another of the same kind.
   *
   * @param from the directory of the entry that has them
   * @param name its name
   * @param to the directory of the entry that gets them
   * @param newName its name
   * @param marks where marks are kept, which are neither copied nor removed
   * @throws IOException if an attribute cannot be read or set; some may be set then
   */
  public static void copy(
      LayerDirectory from, Name name, LayerDirectory to, Name newName, MarkNamespace marks)
      throws IOException {
    copy(from, name, LayerEntries.present(from, name), to, newName, marks);
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
  public static void copy(
      LayerDirectory from,
      Name name,
      EntryStat stat,
      LayerDirectory to,
      Name newName,
      MarkNamespace marks)
      throws IOException {
    EntryStat old = LayerEntries.present(to, newName);
    boolean chown = old.owner() != stat.owner() || old.group() != stat.group();
    if (chown) {
      to.setOwner(newName, stat.owner(), stat.group());
    }
    boolean xattrs = copyXattrs(from, name, to, newName, marks);
    // Changing the owner or an ACL may change the mode.
    if (chown || xattrs || old.mode() != stat.mode()) {
      if (stat.type() != EntryType.SYMLINK) {
        to.setMode(newName, stat.mode());
      }
    }
    to.setTimes(newName, stat.accessed(), stat.modified());
  }

  private static boolean copyXattrs(
      LayerDirectory from, Name name, LayerDirectory to, Name newName, MarkNamespace marks)
      throws IOException {
    List<String> wanted = own(from.xattrs(name), marks);
    List<String> present = own(to.xattrs(newName), marks);
    boolean changed = false;
    for (String xattr : present) {
      if (!wanted.contains(xattr)) {
        to.removeXattr(newName, xattr);
        changed = true;
      }
    }
    for (String xattr : wanted) {
      Optional<byte[]> value = from.xattr(name, xattr);
      Optional<byte[]> old = present.contains(xattr) ? to.xattr(newName, xattr) : Optional.empty();
      if (value.isPresent() && !(old.isPresent() && Arrays.equals(value.get(), old.get()))) {
        to.setXattr(newName, xattr, value.get());
        changed = true;
      }
    }
    return changed;
  }

  private static List<String> own(List<String> xattrs, MarkNamespace marks) {
    if (xattrs.isEmpty()) {
      return xattrs;
    }
    List<String> own = new ArrayList<>(xattrs);
    own.removeIf(marks::isMark);
    return own;
  }
}
