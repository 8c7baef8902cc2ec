package dev.overlays.testkit.inode;

import com.google.common.jimfs.File;
import java.nio.file.attribute.FileAttribute;

/** A user-defined attribute that is set together with the permissions. */
public final class InodeValue {
  /** The name under which the view sets it. */
  static final String NAME = "value";

  private final String attribute;
  private final byte[] bytes;
  private final int mode;

  /**
   * Makes a value.
   *
   * @param attribute the name of the attribute, without {@code user.}
   * @param bytes the value of the attribute, which nobody changes from then on
   * @param mode the mode whose lower nine bits are the permissions
   */
  public InodeValue(String attribute, byte[] bytes, int mode) {
    this.attribute = attribute;
    this.bytes = bytes;
    this.mode = mode;
  }

  /** Gives it to an inode. */
  void storeIn(File file) {
    file.setAttribute("user", attribute, bytes);
    file.setAttribute("posix", "permissions", PermissionSets.ofMode(mode));
  }

  /**
   * Returns what gives it to a new entry.
   *
   * @return an attribute for the methods that create entries
   */
  public FileAttribute<InodeValue> forCreation() {
    return new FileAttribute<>() {
      @Override
      public String name() {
        return InodeView.NAME + ':' + NAME;
      }

      @Override
      public InodeValue value() {
        return InodeValue.this;
      }
    };
  }
}
