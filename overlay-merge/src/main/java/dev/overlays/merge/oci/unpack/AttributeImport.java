package dev.overlays.merge.oci.unpack;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.merge.oci.tar.AclText;
import dev.overlays.merge.oci.tar.ArchiveRefusals;
import dev.overlays.merge.oci.tar.LocalAccounts;
import dev.overlays.merge.oci.tar.OverlayXattrs;
import dev.overlays.merge.oci.tar.PaxRecords;
import dev.overlays.merge.oci.tar.RawPath;
import dev.overlays.merge.oci.tar.TarEntry;
import dev.overlays.merge.oci.tar.TarKind;
import dev.overlays.merge.oci.value.OciTreatment;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Decides which attributes of an archive's entries are accepted, and applies them to the unpacked
 * entries.
 */
final class AttributeImport {
  private static final int SET_IDS = 06000;

  private final ImportChoices choices;
  private final ArchiveRefusals refusals;
  private final ImportTally tally;
  private final KeptTimes keptTimes;
  private final AclText aclText = new AclText(new LocalAccounts());

  AttributeImport(
      ImportChoices choices, ArchiveRefusals refusals, ImportTally tally, KeptTimes keptTimes) {
    this.choices = choices;
    this.refusals = refusals;
    this.tally = tally;
    this.keptTimes = keptTimes;
  }

  /**
   * Returns an entry with the accepted attributes only, and counts what is left out or cut. Call it
   * once for each entry.
   */
  TarEntry acceptedEntry(TarEntry entry) throws IOException {
    int mode = acceptedMode(entry);
    if (!keptTimes.isKept(entry.modified())) {
      tally.timesCut++;
    }
    if (entry.xattrs().isEmpty()) {
      return mode == entry.mode() ? entry : entry.withAttributes(mode, entry.xattrs());
    }
    SortedMap<String, byte[]> xattrs = new TreeMap<>(entry.xattrs());
    for (String key : entry.xattrs().keySet()) {
      if (key.startsWith(AclText.KEY_PREFIX)) {
        mode = convertAcl(entry, mode, key, xattrs);
      }
    }
    Iterator<String> names = xattrs.keySet().iterator();
    while (names.hasNext()) {
      if (!acceptsXattr(entry, names.next())) {
        names.remove();
        tally.xattrsLeftOut++;
      }
    }
    return entry.withAttributes(mode, xattrs);
  }

  /** Converts an ACL from text to an extended attribute. Returns the mode that the ACL implies. */
  private int convertAcl(TarEntry entry, int mode, String key, SortedMap<String, byte[]> xattrs)
      throws IOException {
    String text = PaxRecords.latin1Of(xattrs.remove(key));
    String xattr = AclText.xattrName(key);
    try {
      if (xattr == null) {
        throw new IllegalArgumentException("Linux has no such kind of ACL");
      }
      if (!text.isBlank() && !xattrs.containsKey(xattr)) {
        byte[] acl = aclText.toBinary(text);
        xattrs.put(xattr, acl);
        return xattr.equals(AclText.ACCESS_XATTR) ? AclText.modeWithAcl(acl, mode) : mode;
      }
    } catch (IllegalArgumentException e) {
      if (choices.privilegedXattrs() != OciTreatment.LEAVE_OUT) {
        throw refusals.unsupportedEntry(
            entry.path(), "has an ACL that cannot be converted: " + e.getMessage());
      }
      tally.xattrsLeftOut++;
    }
    return mode;
  }

  private int acceptedMode(TarEntry entry) throws IOException {
    // On a directory these bits only decide the group of new entries.
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

  private boolean acceptsXattr(TarEntry entry, String xattr) throws IOException {
    if (xattr.isEmpty() || xattr.indexOf(0) >= 0) {
      throw refusals.unsafeEntry(entry.path(), "has an extended attribute with an invalid name");
    }
    if (OverlayXattrs.isMark(xattr)) {
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

  private static boolean isOrdinary(String xattr) {
    return xattr.startsWith("user.") || xattr.startsWith("system.posix_acl_");
  }

  /** Applies the attributes of an entry. The mode comes last, because owners and ACLs change it. */
  void applyAttributes(LayerDirectory directory, Name name, TarEntry taken) throws IOException {
    if (!choices.squashOwners()) {
      directory.setOwner(name, taken.owner(), taken.group());
    }
    if (taken.kind() == TarKind.DIRECTORY) {
      removeOtherXattrs(directory, name, taken);
    }
    for (Map.Entry<String, byte[]> xattr : taken.xattrs().entrySet()) {
      directory.setXattr(name, xattr.getKey(), xattr.getValue());
    }
    directory.setTimes(name, taken.modified(), taken.modified());
    if (taken.kind() != TarKind.SYMLINK) {
      directory.setMode(name, taken.mode());
    }
  }

  /**
   * Removes extended attributes that a directory has from an earlier entry or inherited from its
   * parent.
   */
  private static void removeOtherXattrs(LayerDirectory directory, Name name, TarEntry taken)
      throws IOException {
    List<String> present = directory.xattrs(name);
    for (String xattr : present) {
      if (isOrdinary(xattr) && !OverlayXattrs.isMark(xattr) && !taken.xattrs().containsKey(xattr)) {
        directory.removeXattr(name, xattr);
      }
    }
  }
}
