package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The attribute views by name, and the attributes that each of them reads. */
final class AttributeNames {
  static final Set<String> VIEW_NAMES = Set.of("basic", "owner", "posix", "unix", "user");

  private static final Map<String, Function<UnionAttributes, Object>> BASIC_READERS =
      new LinkedHashMap<>();
  private static final Map<String, Function<UnionAttributes, Object>> POSIX_READERS;
  private static final Map<String, Function<UnionAttributes, Object>> UNIX_READERS;

  static {
    BASIC_READERS.put("size", UnionAttributes::size);
    BASIC_READERS.put("creationTime", UnionAttributes::creationTime);
    BASIC_READERS.put("lastAccessTime", UnionAttributes::lastAccessTime);
    BASIC_READERS.put("lastModifiedTime", UnionAttributes::lastModifiedTime);
    BASIC_READERS.put("isDirectory", UnionAttributes::isDirectory);
    BASIC_READERS.put("isRegularFile", UnionAttributes::isRegularFile);
    BASIC_READERS.put("isSymbolicLink", UnionAttributes::isSymbolicLink);
    BASIC_READERS.put("isOther", UnionAttributes::isOther);
    BASIC_READERS.put("fileKey", UnionAttributes::fileKey);
    POSIX_READERS = new LinkedHashMap<>(BASIC_READERS);
    POSIX_READERS.put("permissions", UnionAttributes::permissions);
    POSIX_READERS.put("owner", UnionAttributes::owner);
    POSIX_READERS.put("group", UnionAttributes::group);
    UNIX_READERS = new LinkedHashMap<>(POSIX_READERS);
    UNIX_READERS.put("mode", all -> FileModes.typeBits(all.stat().type()) | all.stat().mode());
    UNIX_READERS.put("ino", all -> all.stat().inode());
    UNIX_READERS.put("dev", all -> all.stat().device());
    UNIX_READERS.put("rdev", all -> deviceNumber(all.stat()));
    UNIX_READERS.put("nlink", all -> (int) all.stat().links());
    UNIX_READERS.put("uid", all -> all.stat().owner());
    UNIX_READERS.put("gid", all -> all.stat().group());
    // Layers have no change time. It is never earlier than the time of the content.
    UNIX_READERS.put("ctime", UnionAttributes::lastModifiedTime);
  }

  private AttributeNames() {}

  /** Reads the named attributes of a view; {@code *} stands for all of them. */
  static Map<String, Object> readNamed(String view, String[] names, UnionAttributes attributes) {
    Map<String, Function<UnionAttributes, Object>> known =
        switch (view) {
          case "basic" -> BASIC_READERS;
          case "posix" -> POSIX_READERS;
          case "unix" -> UNIX_READERS;
          case "owner" -> Map.of("owner", UnionAttributes::owner);
          default -> throw unknownView(view);
        };
    Map<String, Object> values = new LinkedHashMap<>();
    for (String name : names) {
      if (name.equals("*")) {
        known.forEach((each, reader) -> values.put(each, reader.apply(attributes)));
      } else if (known.containsKey(name)) {
        values.put(name, known.get(name).apply(attributes));
      } else {
        throw unknownAttribute(name);
      }
    }
    return values;
  }

  static UnsupportedOperationException unknownView(String view) {
    return new UnsupportedOperationException("View '" + view + "' not available");
  }

  static IllegalArgumentException unknownAttribute(String name) {
    return new IllegalArgumentException("'" + name + "' not recognized");
  }

  /** Encodes a device number as stat(2) does; source: glibc's gnu_dev_makedev. */
  private static long deviceNumber(EntryStat stat) {
    if (stat.type() != EntryType.CHARACTER_DEVICE && stat.type() != EntryType.BLOCK_DEVICE) {
      return 0;
    }
    long major = stat.deviceMajor();
    long minor = stat.deviceMinor();
    return (minor & 0xff) | (major & 0xfff) << 8 | (minor & ~0xffL) << 12 | (major & ~0xfffL) << 32;
  }
}
