package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The view of the extended attributes {@code user.*} of a file or directory. */
record UserAttributeView(AttributeTarget target) implements UserDefinedFileAttributeView {
  private static final String USER = "user.";
  private static final String RANGE = "Numerical result out of range";

  @Override
  public String name() {
    return "user";
  }

  @Override
  public List<String> list() throws IOException {
    requireKind();
    try {
      List<String> names = new ArrayList<>();
      for (String xattr :
          target.calls().queries().listXattrs(target.unresolvedPath(), target.follow())) {
        if (xattr.startsWith(USER)) {
          byte[] bytes = xattr.substring(USER.length()).getBytes(StandardCharsets.ISO_8859_1);
          names.add(NameText.decode(bytes));
        }
      }
      return names;
    } catch (IOException e) {
      throw target.toJdkException(e);
    }
  }

  @Override
  public int size(String name) throws IOException {
    return readValue(name, "Unable to get size of extended attribute").length;
  }

  @Override
  public int read(String name, ByteBuffer target) throws IOException {
    byte[] value = readValue(name, "Error reading extended attribute");
    if (value.length > target.remaining()) {
      throw refusalOf("Error reading extended attribute", name, RANGE);
    }
    target.put(value);
    return value.length;
  }

  private byte[] readValue(String name, String what) throws IOException {
    requireKind();
    try {
      return target
          .calls()
          .queries()
          .readXattr(target.unresolvedPath(), target.follow(), xattrName(name))
          .orElseThrow(ErrorNumber.ENODATA::toException);
    } catch (ErrnoException e) {
      throw refusalOf(what, name, e.getMessage());
    } catch (IOException e) {
      throw target.toJdkException(e);
    }
  }

  @Override
  public int write(String name, ByteBuffer source) throws IOException {
    requireKind();
    byte[] value = new byte[source.remaining()];
    source.duplicate().get(value);
    try {
      target
          .calls()
          .changes()
          .setXattr(target.unresolvedPath(), target.follow(), xattrName(name), value);
    } catch (ErrnoException e) {
      throw refusalOf("Error writing extended attribute", name, e.getMessage());
    } catch (IOException e) {
      throw target.toJdkException(e);
    }
    source.position(source.limit());
    return value.length;
  }

  @Override
  public void delete(String name) throws IOException {
    requireKind();
    try {
      target
          .calls()
          .changes()
          .removeXattr(target.unresolvedPath(), target.follow(), xattrName(name));
    } catch (ErrnoException e) {
      throw refusalOf("Unable to delete extended attribute", name, e.getMessage());
    } catch (IOException e) {
      throw target.toJdkException(e);
    }
  }

  /**
   * Fails for entries other than files and directories: they have no such attributes; source:
   * xattr(7).
   */
  private void requireKind() throws IOException {
    EntryStat stat = target.stat();
    if (stat.type() == EntryType.SYMLINK) {
      throw target.toJdkException(ErrorNumber.ELOOP.toException());
    }
    if (stat.type() != EntryType.FILE && !stat.isDirectory()) {
      throw target.toJdkException(ErrorNumber.EPERM.toException());
    }
  }

  /** Returns the name in layers, with one character for each byte. */
  private static String xattrName(String name) {
    return USER + new String(NameText.encode(name), StandardCharsets.ISO_8859_1);
  }

  private FileSystemException refusalOf(String what, String name, String why) {
    return new FileSystemException(
        target.path().toString(), null, what + " '" + name + "': " + why);
  }

  Map<String, Object> readAll(String[] names) throws IOException {
    Map<String, Object> values = new LinkedHashMap<>();
    for (String wanted : names) {
      for (String name : wanted.equals("*") ? list() : List.of(wanted)) {
        values.put(name, readValue(name, "Unable to get size of extended attribute"));
      }
    }
    return values;
  }

  void setValue(String name, Object value) throws IOException {
    write(name, value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : (ByteBuffer) value);
  }
}
