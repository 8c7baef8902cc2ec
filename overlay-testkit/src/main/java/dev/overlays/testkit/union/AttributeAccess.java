package dev.overlays.testkit.union;

import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Map;
import java.util.Objects;

/** Reads and sets attributes, by the class of a view and by attribute strings. */
final class AttributeAccess {
  private final ViewCalls calls;

  AttributeAccess(ViewCalls calls) {
    this.calls = calls;
  }

  AttributeTarget targetOf(UnionPath path, LinkOption... options) {
    UnresolvedPath unresolved = new UnresolvedPath(null, path.nameBytes());
    return new AttributeTarget(calls, unresolved, AttributeTarget.followsLinks(options), path);
  }

  /** Returns the view of a class; null if there is none, as the provider's method requires. */
  <V extends FileAttributeView> V viewOf(
      UnresolvedPath unresolved, boolean follow, UnionPath path, Class<V> type) {
    AttributeTarget target = new AttributeTarget(calls, unresolved, follow, path);
    if (Objects.requireNonNull(type, "type") == UserDefinedFileAttributeView.class) {
      return type.cast(new UserAttributeView(target));
    }
    String name = viewName(type);
    return name == null ? null : type.cast(new EntryAttributeView(name, target));
  }

  private static String viewName(Class<? extends FileAttributeView> type) {
    if (type == BasicFileAttributeView.class) {
      return "basic";
    }
    if (type == PosixFileAttributeView.class) {
      return "posix";
    }
    return type == FileOwnerAttributeView.class ? "owner" : null;
  }

  <A extends BasicFileAttributes> A readAttributes(
      UnionPath path, Class<A> type, LinkOption... options) throws IOException {
    if (type != BasicFileAttributes.class && type != PosixFileAttributes.class) {
      Objects.requireNonNull(type, "type");
      throw new UnsupportedOperationException(type + " not supported");
    }
    return type.cast(targetOf(path, options).readAttributes());
  }

  Map<String, Object> readAttributes(UnionPath path, String attributes, LinkOption... options)
      throws IOException {
    NamedAttributes named = NamedAttributes.of(attributes);
    String[] names = named.attributes().split(",", -1);
    AttributeTarget target = targetOf(path, options);
    if (named.view().equals("user")) {
      return new UserAttributeView(target).readAll(names);
    }
    if (!AttributeNames.VIEW_NAMES.contains(named.view())) {
      throw AttributeNames.unknownView(named.view());
    }
    return AttributeNames.readNamed(named.view(), names, target.readAttributes());
  }

  void setAttribute(UnionPath path, String attribute, Object value, LinkOption... options)
      throws IOException {
    NamedAttributes named = NamedAttributes.of(attribute);
    AttributeTarget target = targetOf(path, options);
    if (named.view().equals("user")) {
      new UserAttributeView(target).setValue(named.attributes(), value);
    } else if (AttributeNames.VIEW_NAMES.contains(named.view())) {
      new EntryAttributeView(named.view(), target)
          .setNamed(named.view(), named.attributes(), value);
    } else {
      throw AttributeNames.unknownView(named.view());
    }
  }

  /** The two parts of an attribute string: the name of a view and its attributes. */
  private record NamedAttributes(String view, String attributes) {
    static NamedAttributes of(String text) {
      int colon = text.indexOf(':');
      NamedAttributes named =
          colon < 0
              ? new NamedAttributes("basic", text)
              : new NamedAttributes(text.substring(0, colon), text.substring(colon + 1));
      if (named.attributes.isEmpty()) {
        throw new IllegalArgumentException("No attributes specified");
      }
      return named;
    }
  }
}
