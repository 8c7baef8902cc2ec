package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The attribute views by name, and the attributes that each of them reads. */
final class AttributeNames {
  static final Set<String> VIEWS = Set.of("basic", "owner", "posix", "unix", "user");

  private static final Map<String, Function<UnionAttributes, Object>> BASIC = new LinkedHashMap<>();
  private static final Map<String, Function<UnionAttributes, Object>> POSIX;
  private static final Map<String, Function<UnionAttributes, Object>> UNIX;

  static {
    BASIC.put("size", UnionAttributes::size);
    BASIC.put("creationTime", UnionAttributes::creationTime);
    BASIC.put("lastAccessTime", UnionAttributes::lastAccessTime);
    BASIC.put("lastModifiedTime", UnionAttributes::lastModifiedTime);
    BASIC.put("isDirectory", UnionAttributes::isDirectory);
    BASIC.put("isRegularFile", UnionAttributes::isRegularFile);
    BASIC.put("isSymbolicLink", UnionAttributes::isSymbolicLink);
    BASIC.put("isOther", UnionAttributes::isOther);
    BASIC.put("fileKey", UnionAttributes::fileKey);
    POSIX = new LinkedHashMap<>(BASIC);
    POSIX.put("permissions", UnionAttributes::permissions);
    POSIX.put("owner", UnionAttributes::owner);
    POSIX.put("group", UnionAttributes::group);
    UNIX = new LinkedHashMap<>(POSIX);
    UNIX.put("mode", all -> FileModes.kind(all.stat().type()) | all.stat().mode());
    UNIX.put("ino", all -> all.stat().inode());
    UNIX.put("dev", all -> all.stat().device());
    UNIX.put("rdev", all -> device(all.stat()));
    UNIX.put("nlink", all -> (int) all.stat().links());
    UNIX.put("uid", all -> all.stat().owner());
    UNIX.put("gid", all -> all.stat().group());
    // Layers have no change time. It is never earlier than the time of the content.
    UNIX.put("ctime", UnionAttributes::lastModifiedTime);
  }

  private AttributeNames() {}

  /** Reads the named attributes of a view; {@code *} stands for all of them. */
  static Map<String, Object> read(String view, String[] names, UnionAttributes attributes) {
    Map<String, Function<UnionAttributes, Object>> known =
        switch (view) {
          case "basic" -> BASIC;
          case "posix" -> POSIX;
          case "unix" -> UNIX;
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
        throw unknown(name);
      }
    }
    return values;
  }

  static UnsupportedOperationException unknownView(String view) {
    return new UnsupportedOperationException("View '" + view + "' not available");
  }

  static IllegalArgumentException unknown(String name) {
    return new IllegalArgumentException("'" + name + "' not recognized");
  }

  /** Encodes a device number as stat(2) does; source: glibc's gnu_dev_makedev. */
  private static long device(EntryStat stat) {
    if (stat.type() != EntryType.CHARACTER_DEVICE && stat.type() != EntryType.BLOCK_DEVICE) {
      return 0;
    }
    long major = stat.deviceMajor();
    long minor = stat.deviceMinor();
    return (minor & 0xff) | (major & 0xfff) << 8 | (minor & ~0xffL) << 12 | (major & ~0xfffL) << 32;
  }
}
