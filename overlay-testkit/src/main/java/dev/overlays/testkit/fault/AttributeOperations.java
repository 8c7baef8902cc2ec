package dev.overlays.testkit.fault;

import dev.overlays.testkit.layer.Operation;
import java.util.Locale;

/** Maps attribute names and methods of attribute views to operations. */
final class AttributeOperations {
  private AttributeOperations() {}

  /** The operation that sets the attribute of a name such as {@code posix:permissions}. */
  static Operation setting(String attribute) {
    if (attribute.startsWith("user:")) {
      return Operation.SET_XATTR;
    }
    String name = attribute.substring(attribute.indexOf(':') + 1).toLowerCase(Locale.ROOT);
    if (name.endsWith("time")) {
      return Operation.SET_TIMES;
    }
    return switch (name) {
      case "owner", "group", "uid", "gid" -> Operation.SET_OWNER;
      default -> Operation.SET_MODE;
    };
  }

  /** The operation that a method of an attribute view makes. */
  static Operation of(String method) {
    return switch (method) {
      case "list", "size", "read" -> Operation.READ_XATTR;
      case "write" -> Operation.SET_XATTR;
      case "delete" -> Operation.REMOVE_XATTR;
      case "setTimes" -> Operation.SET_TIMES;
      case "setOwner", "setGroup" -> Operation.SET_OWNER;
      default -> method.startsWith("set") ? Operation.SET_MODE : Operation.STAT;
    };
  }
}
