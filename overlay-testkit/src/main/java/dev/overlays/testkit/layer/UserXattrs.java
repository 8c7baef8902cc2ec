package dev.overlays.testkit.layer;

import com.google.common.base.CharMatcher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads and writes user-defined attributes. Names are those of {@link
 * dev.overlays.layer.LayerDirectory}, with one character for each byte, but without {@code user.}.
 */
final class UserXattrs {
  static final String PREFIX = "user.";

  private UserXattrs() {}

  /** Removes the prefix; empty if the name has another one. */
  static Optional<String> withoutPrefix(String xattr) {
    return xattr.startsWith(PREFIX)
        ? Optional.of(xattr.substring(PREFIX.length()))
        : Optional.empty();
  }

  /** Returns the attributes of an entry; each call looks the entry up again. */
  static StoredXattrs of(Path path) {
    return new StoredXattrs() {
      @Override
      public Set<String> listNames() throws IOException {
        return fromViewKeys(viewOf(path).list());
      }

      @Override
      public Optional<byte[]> readValue(String name) throws IOException {
        return readXattr(path, name);
      }
    };
  }

  static Set<String> fromViewKeys(Collection<String> keys) {
    Set<String> names = new TreeSet<>();
    for (String key : keys) {
      names.add(new String(key.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
    }
    return names;
  }

  static Optional<byte[]> readXattr(Path path, String name) throws IOException {
    UserDefinedFileAttributeView view = viewOf(path);
    String key = viewKey(name);
    if (!view.list().contains(key)) {
      return Optional.empty();
    }
    try {
      ByteBuffer value = ByteBuffer.allocate(view.size(key));
      view.read(key, value);
      return Optional.of(value.array());
    } catch (IllegalArgumentException | FileSystemException e) {
      // jimfs throws the first if somebody has removed the attribute meanwhile.
      if (view.list().contains(key)) {
        throw e;
      }
      return Optional.empty();
    }
  }

  static void writeXattr(Path path, String name, byte[] value) throws IOException {
    viewOf(path).write(viewKey(name), ByteBuffer.wrap(value));
  }

  static void removeXattr(Path path, String name) throws IOException {
    UserDefinedFileAttributeView view = viewOf(path);
    String key = viewKey(name);
    if (view.list().contains(key)) {
      view.delete(key);
    }
  }

  static String viewKey(String name) {
    if (CharMatcher.ascii().matchesAllOf(name)) {
      return name;
    }
    return new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static UserDefinedFileAttributeView viewOf(Path path) throws FileSystemException {
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(
            path, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (view == null) {
      throw new FileSystemException(path.toString(), null, "no user-defined attributes here");
    }
    return view;
  }
}
