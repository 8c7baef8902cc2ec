package dev.overlays.testkit.fault;

import dev.overlays.testkit.layer.FileOperation;
import java.util.Locale;

/** Maps attribute names and methods of attribute views to operations. */
final class AttributeOperations {
  private AttributeOperations() {}

  /** The operation that sets the attribute of a name such as {@code posix:permissions}. */
  static FileOperation ofAttribute(String attribute) {
    if (attribute.startsWith("user:")) {
      return FileOperation.SET_XATTR;
    }
    String name = attribute.substring(attribute.indexOf(':') + 1).toLowerCase(Locale.ROOT);
    if (name.endsWith("time")) {
      return FileOperation.SET_TIMES;
    }
    return switch (name) {
      case "owner", "group", "uid", "gid" -> FileOperation.SET_OWNER;
      default -> FileOperation.SET_MODE;
    };
  }

  /** The operation that a method of an attribute view makes. */
  static FileOperation ofViewMethod(String method) {
    return switch (method) {
      case "list", "size", "read" -> FileOperation.READ_XATTR;
      case "write" -> FileOperation.SET_XATTR;
      case "delete" -> FileOperation.REMOVE_XATTR;
      case "setTimes" -> FileOperation.SET_TIMES;
      case "setOwner", "setGroup" -> FileOperation.SET_OWNER;
      default -> method.startsWith("set") ? FileOperation.SET_MODE : FileOperation.STAT;
    };
  }
}
