package dev.overlays.owners;

import dev.overlays.IdMapping;
import dev.overlays.layer.EntryStat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntUnaryOperator;

/**
 * Translates all IDs of an entry between the disk and a view over an ID-mapped lower: the owner and
 * group, the entries of ACLs, and the root ID of file capabilities. Sources: the kernel's
 * fs/posix_acl.c, {@code vfs_posix_acl_to_xattr}; security/commoncap.c, {@code
 * cap_inode_getsecurity}.
 */
final class OwnerTranslation {
  static final String CAPABILITY = "security.capability";

  /** The kernel's value for an unmapped ID in an ACL. */
  static final int NO_ID = -1;

  private static final String ACL = "system.posix_acl_";
  private static final int ACL_HEADER = 4;
  private static final int ACL_ENTRY = 8;
  private static final int ACL_USER = 0x02;
  private static final int ACL_GROUP = 0x08;
  private static final int REVISION_2 = 0x02000000;
  private static final int REVISION_3 = 0x03000000;
  private static final int REVISION_MASK = 0xff000000;
  private static final int ROOT_ID = 20;

  private final IdMapping mapping;
  private final IdTranslation users;
  private final IdTranslation groups;

  OwnerTranslation(IdMapping mapping) {
    this.mapping = mapping;
    users = new IdTranslation(mapping.users());
    groups = new IdTranslation(mapping.groups());
  }

  IdTranslation userIds() {
    return users;
  }

  IdTranslation groupIds() {
    return groups;
  }

  /** Returns the attributes of an entry with the owner that the view shows. */
  EntryStat toView(EntryStat stat) {
    return stat.withOwner(
        users.toView(stat.owner()).orElse(IdTranslation.NOBODY),
        groups.toView(stat.group()).orElse(IdTranslation.NOBODY));
  }

  /** Tells whether the mapping has the owner and the group of an entry on the disk. */
  boolean knowsOwner(EntryStat stat) {
    return users.toView(stat.owner()).isPresent() && groups.toView(stat.group()).isPresent();
  }

  static boolean holdsIds(String xattr) {
    return xattr.startsWith(ACL) || xattr.equals(CAPABILITY);
  }

  /**
   * Returns the value of an attribute as the view shows it, with {@link #NO_ID} for unmapped IDs.
   */
  byte[] toView(String xattr, byte[] value) {
    return translateXattr(xattr, value, users::toView, groups::toView).orElse(value);
  }

  /**
   * Returns the value of an attribute to store on the disk; empty if the mapping lacks an ID of it.
   */
  Optional<byte[]> toDisk(String xattr, byte[] value) {
    MissingIds missing = new MissingIds();
    IdTranslator user = id -> missing.noteIfMissing(users.toDisk(id));
    IdTranslator group = id -> missing.noteIfMissing(groups.toDisk(id));
    byte[] result = translateXattr(xattr, value, user, group).orElse(value);
    return missing.hasAny ? Optional.empty() : Optional.of(result);
  }

  /** Notes whether the mapping lacks an ID. */
  private static final class MissingIds {
    private boolean hasAny;

    OptionalInt noteIfMissing(OptionalInt id) {
      hasAny |= id.isEmpty();
      return id;
    }
  }

  /** Translates one ID. */
  @FunctionalInterface
  private interface IdTranslator {
    OptionalInt translateId(int id);
  }

  private static Optional<byte[]> translateXattr(
      String xattr, byte[] value, IdTranslator user, IdTranslator group) {
    if (xattr.equals(CAPABILITY)) {
      return translateCapability(value, id -> user.translateId(id).orElse(NO_ID));
    }
    return xattr.startsWith(ACL)
        ? translateAcl(
            value,
            id -> user.translateId(id).orElse(NO_ID),
            id -> group.translateId(id).orElse(NO_ID))
        : Optional.empty();
  }

  private static Optional<byte[]> translateAcl(
      byte[] value, IntUnaryOperator user, IntUnaryOperator group) {
    if (value.length < ACL_HEADER || (value.length - ACL_HEADER) % ACL_ENTRY != 0) {
      return Optional.empty();
    }
    ByteBuffer acl = ByteBuffer.wrap(value.clone()).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = ACL_HEADER; at < value.length; at += ACL_ENTRY) {
      int tag = Short.toUnsignedInt(acl.getShort(at));
      int id = at + Integer.BYTES;
      if (tag == ACL_USER) {
        acl.putInt(id, user.applyAsInt(acl.getInt(id)));
      } else if (tag == ACL_GROUP) {
        acl.putInt(id, group.applyAsInt(acl.getInt(id)));
      }
    }
    return Optional.of(acl.array());
  }

  /**
   * Translates the root ID of capabilities. For root itself the shorter form is used, which has no
   * ID.
   */
  private static Optional<byte[]> translateCapability(byte[] value, IntUnaryOperator user) {
    ByteBuffer old = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    if (value.length != ROOT_ID && value.length != ROOT_ID + Integer.BYTES) {
      return Optional.empty();
    }
    int magic = old.getInt(0);
    int root = user.applyAsInt(value.length == ROOT_ID ? 0 : old.getInt(ROOT_ID));
    int size = root == 0 ? ROOT_ID : ROOT_ID + Integer.BYTES;
    ByteBuffer made = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    made.put(value, 0, ROOT_ID);
    made.putInt(0, (magic & ~REVISION_MASK) | (root == 0 ? REVISION_2 : REVISION_3));
    if (root != 0) {
      made.putInt(ROOT_ID, root);
    }
    return Optional.of(made.array());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OwnerTranslation that && mapping.equals(that.mapping);
  }

  @Override
  public int hashCode() {
    return mapping.hashCode();
  }
}
