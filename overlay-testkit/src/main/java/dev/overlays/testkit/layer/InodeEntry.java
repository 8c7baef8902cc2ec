package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.testkit.inode.Inode;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** An entry whose inode was found; only what is asked for is read. */
record InodeEntry(EmulatedAttributes attributes, Inode found) implements StoredEntry, StoredXattrs {

  @Override
  public EntryType type() throws IOException {
    EntryType stored = EmulatedAttributes.entryType(found);
    return stored == EntryType.FILE && found.size() == 0 ? EmulatedNodes.shownType(this) : stored;
  }

  @Override
  public EntryStat stat() throws IOException {
    EntryStat stored = attributes.toStat(found, values(), found.links(), found.number());
    return EmulatedNodes.shownStat(stored, this);
  }

  EmulatedValues values() {
    return EmulatedAttributes.withPermissions(
        EmulatedAttributes.storedValues(
            found, found.userAttribute(EmulatedAttributes.VALUES_XATTR)),
        found,
        found.permissions());
  }

  @Override
  public long inode() {
    return found.number();
  }

  @Override
  public StoredXattrs xattrs() {
    return this;
  }

  @Override
  public Set<String> listNames() {
    return UserXattrs.fromViewKeys(found.userAttributeNames());
  }

  @Override
  public Optional<byte[]> readValue(String name) {
    return found.userAttribute(UserXattrs.viewKey(name)).map(byte[]::clone);
  }
}
