package dev.overlays.linux.table;

import dev.overlays.MountAttribute;
import dev.overlays.Propagation;
import dev.overlays.layer.PathBytes;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.SyscallException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads mount tables. Source of the format: proc(5), /proc/[pid]/mountinfo. */
public final class MountTable {
  private static final int ID = 0;
  private static final int PARENT = 1;
  private static final int DEVICE = 2;
  private static final int ROOT = 3;
  private static final int MOUNT_POINT = 4;
  private static final int MOUNT_OPTIONS = 5;
  private static final int FIRST_OPTIONAL = 6;

  private MountTable() {}

  /**
   * Reads the mounts that this process sees.
   *
   * @return the mounts in the order of the table: a mount comes after those that it covers
   * @throws IOException if the table cannot be read
   */
  public static List<MountRecord> ofThisProcess() throws IOException {
    return ofProcess("self");
  }

  /**
   * Reads the mounts that a process sees.
   *
   * @param pid the process ID, or {@code self}
   * @return the mounts in the order of the table
   * @throws IOException if the table cannot be read, for example because the process has ended
   */
  public static List<MountRecord> ofProcess(String pid) throws IOException {
    byte[] table = Files.readAllBytes(Path.of("/proc", pid, "mountinfo"));
    List<MountRecord> records = new ArrayList<>();
    for (String line : new String(table, StandardCharsets.ISO_8859_1).split("\n", -1)) {
      parse(line).ifPresent(records::add);
    }
    return records;
  }

  /**
   * Returns the identity of the root of a mount: with the ID that is never reused if the mount is
   * on top and this process may access it, otherwise with the ID of the table.
   *
   * @param record a mount that this process sees
   * @return its identity
   */
  public static FileId identityOf(MountRecord record) {
    byte[] place = PathBytes.of(record.mountPoint());
    try {
      if (FileId.withTableId(place).mountId() == record.id()) {
        return FileId.of(place);
      }
    } catch (SyscallException e) {
      // It is hidden by a mount above it, belongs to another user's FUSE, or its daemon has died.
    }
    return new FileId(0, 0, 0, record.id(), false, record.id(), true);
  }

  /**
   * Finds one mount that this process sees.
   *
   * @param mount the identity of its root or of any file in it
   * @return the mount; empty if it is no longer mounted
   * @throws IOException if the table cannot be read
   */
  public static Optional<MountRecord> findMount(FileId mount) throws IOException {
    if (mount.tableId() != 0) {
      return findInTable(mount.tableId()).filter(record -> mayBeMount(mount, record));
    }
    Optional<MountRecord> record = StatMount.of(mount.mountId());
    OptionalInt tableId =
        record.isPresent() ? OptionalInt.empty() : StatMount.tableId(mount.mountId());
    return tableId.isPresent() ? findInTable(tableId.getAsInt()) : record;
  }

  private static Optional<MountRecord> findInTable(long id) throws IOException {
    return ofThisProcess().stream().filter(record -> record.id() == id).findFirst();
  }

  /**
   * A later mount may have reused the table's ID; the unique ID reveals that if the mount is on
   * top.
   */
  private static boolean mayBeMount(FileId mount, MountRecord record) {
    if (!mount.uniqueMountId()) {
      return mount.inode() == 0 || record.device().equals(deviceOf(mount));
    }
    FileId there = identityOf(record);
    return !there.uniqueMountId() || there.isOnSameMount(mount);
  }

  private static String deviceOf(FileId mount) {
    return (mount.device() >>> Integer.SIZE) + ":" + (mount.device() & 0xffffffffL);
  }

  /**
   * Reads one line of a mount table.
   *
   * @param line without the line break, one byte per character
   * @return the mount; empty if the line does not describe one
   */
  public static Optional<MountRecord> parse(String line) {
    String[] fields = line.split(" ", -1);
    int separator = FIRST_OPTIONAL;
    while (separator < fields.length && !fields[separator].equals("-")) {
      separator++;
    }
    if (separator + 3 > fields.length) {
      return Optional.empty();
    }
    String options = separator + 3 < fields.length ? fields[separator + 3] : "";
    return Optional.of(
        new MountRecord(
            Integer.parseInt(fields[ID]),
            Integer.parseInt(fields[PARENT]),
            fields[DEVICE],
            PathBytes.toPath(OptionString.decodeOctal(fields[ROOT])),
            PathBytes.toPath(OptionString.decodeOctal(fields[MOUNT_POINT])),
            fields[separator + 1],
            attributesOf(fields[MOUNT_OPTIONS]),
            propagationOf(List.of(fields).subList(FIRST_OPTIONAL, separator)),
            options.equals("ro") || options.startsWith("ro,"),
            options));
  }

  private static Set<MountAttribute> attributesOf(String mountOptions) {
    List<String> names = List.of(mountOptions.split(",", -1));
    EnumSet<MountAttribute> attributes = EnumSet.noneOf(MountAttribute.class);
    for (MountAttribute attribute : MountAttribute.values()) {
      if (names.contains(attribute.kernelName())) {
        attributes.add(attribute);
      }
    }
    return attributes;
  }

  private static Propagation propagationOf(List<String> optional) {
    for (String field : optional) {
      if (field.startsWith("shared:")) {
        return Propagation.SHARED;
      }
    }
    for (String field : optional) {
      if (field.startsWith("master:")) {
        return Propagation.SLAVE;
      }
    }
    return optional.contains("unbindable") ? Propagation.UNBINDABLE : Propagation.PRIVATE;
  }
}
