package dev.overlays.merge.oci;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Gives what was unpacked the attributes that the archive has, as far as they are taken. */
final class EntryAttributes {
  private static final int SET_IDS = 06000;

  private final ImportChoices choices;
  private final ArchiveRefusals refusals;
  private final ImportTally tally;
  private final AclText acls = new AclText(new MachineAccounts());

  EntryAttributes(ImportChoices choices, ArchiveRefusals refusals, ImportTally tally) {
    this.choices = choices;
    this.refusals = refusals;
    this.tally = tally;
  }

  /** Decides what is taken, once for an entry, and counts what is not. */
  TarEntry takenEntry(TarEntry entry) throws IOException {
    SortedMap<String, byte[]> xattrs = new TreeMap<>(entry.xattrs());
    int mode = entryMode(entry);
    for (String key : entry.xattrs().keySet()) {
      if (key.startsWith(AclText.PREFIX)) {
        mode = setAcl(entry, mode, key, xattrs);
      }
    }
    Iterator<String> names = xattrs.keySet().iterator();
    while (names.hasNext()) {
      if (!isTaken(entry, names.next())) {
        names.remove();
        tally.xattrsLeftOut++;
      }
    }
    return entry.withAttributes(mode, xattrs);
  }

  /** Puts an ACL in words among the extended attributes; returns the mode that goes with it. */
  private int setAcl(TarEntry entry, int mode, String key, SortedMap<String, byte[]> xattrs)
      throws IOException {
    String text = PaxRecords.latin1Of(xattrs.remove(key));
    String xattr = AclText.toXattr(key);
    try {
      if (xattr == null) {
        throw new IllegalArgumentException("it is of a kind that Linux does not have");
      }
      if (!text.isBlank() && !xattrs.containsKey(xattr)) {
        byte[] acl = acls.toBinary(text);
        xattrs.put(xattr, acl);
        return xattr.equals(AclText.ACCESS) ? AclText.modeWith(acl, mode) : mode;
      }
    } catch (IllegalArgumentException e) {
      if (choices.privilegedXattrs() != OciTreatment.LEAVE_OUT) {
        throw refusals.unsupportedEntry(
            entry.path(), "has an ACL in words that cannot be taken: " + e.getMessage());
      }
      tally.xattrsLeftOut++;
    }
    return mode;
  }

  private int entryMode(TarEntry entry) throws IOException {
    // On a directory they only say whose group new entries get.
    boolean asked =
        entry.kind() != TarKind.DIRECTORY
            && entry.kind() != TarKind.SYMLINK
            && (entry.mode() & SET_IDS) != 0;
    if (!asked || choices.setIds() == OciTreatment.TAKE) {
      return entry.mode();
    }
    if (choices.setIds() == OciTreatment.REFUSE) {
      throw refusals.privilegedEntry(
          entry.path(), "runs with the rights of its owner or group", "setIds");
    }
    tally.setIdsLeftOut++;
    return entry.mode() & ~SET_IDS;
  }

  private boolean isTaken(TarEntry entry, String xattr) throws IOException {
    if (xattr.isEmpty() || xattr.indexOf(0) >= 0) {
      throw refusals.unsafeEntry(entry.path(), "has an extended attribute that can have no name");
    }
    if (isOverlays(xattr)) {
      return false;
    }
    if (isOrdinary(xattr) || choices.privilegedXattrs() == OciTreatment.TAKE) {
      return true;
    }
    if (choices.privilegedXattrs() == OciTreatment.LEAVE_OUT) {
      return false;
    }
    throw refusals.privilegedEntry(
        entry.path(),
        "has the extended attribute " + RawPath.of(PaxRecords.latin1Of(xattr)),
        "privilegedXattrs");
  }

  /** Marks, for kernels and for fuse-overlayfs: an archive has other signs for them. */
  static boolean isOverlays(String xattr) {
    return MarkNamespace.TRUSTED.isMark(xattr)
        || MarkNamespace.USER.isMark(xattr)
        || xattr.startsWith("user.fuseoverlayfs.");
  }

  private static boolean isOrdinary(String xattr) {
    return xattr.startsWith("user.") || xattr.startsWith("system.posix_acl_");
  }

  /** Sets what an entry has; the mode last, since ACLs and owners change it. */
  void setAttributes(LayerDirectory directory, Name name, TarEntry taken) throws IOException {
    if (!choices.squashOwners()) {
      directory.setOwner(name, taken.owner(), taken.group());
    }
    if (taken.kind() == TarKind.DIRECTORY) {
      clearAttributes(directory, name, taken);
    }
    for (Map.Entry<String, byte[]> xattr : taken.xattrs().entrySet()) {
      directory.setXattr(name, xattr.getKey(), xattr.getValue());
    }
    directory.setTimes(name, taken.modified(), taken.modified());
    if (taken.kind() != TarKind.SYMLINK) {
      directory.setMode(name, taken.mode());
    }
  }

  /** A directory may have attributes of an earlier entry, or an ACL of the one that it is in. */
  private static void clearAttributes(LayerDirectory directory, Name name, TarEntry taken)
      throws IOException {
    List<String> present = directory.xattrs(name);
    for (String xattr : present) {
      if (isOrdinary(xattr) && !isOverlays(xattr) && !taken.xattrs().containsKey(xattr)) {
        directory.removeXattr(name, xattr);
      }
    }
  }
}
