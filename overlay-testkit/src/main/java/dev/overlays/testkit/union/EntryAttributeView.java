package dev.overlays.testkit.union;

import java.io.IOException;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.Set;

/** The {@code basic}, {@code owner} and {@code posix} attribute views of an entry. */
record EntryAttributeView(String name, AttributeTarget target) implements PosixFileAttributeView {

  @FunctionalInterface
  private interface AttributeChange {
    void applyTo(ViewChanges changes) throws IOException;
  }

  private void applyChange(AttributeChange change) throws IOException {
    try {
      change.applyTo(target.calls().changes());
    } catch (IOException e) {
      throw target.toJdkException(e);
    }
  }

  @Override
  public PosixFileAttributes readAttributes() throws IOException {
    return target.readAttributes();
  }

  /** Sets times; the creation time is silently ignored, as the JDK does on Linux. */
  @Override
  public void setTimes(FileTime modified, FileTime accessed, FileTime created) throws IOException {
    if (modified != null || accessed != null) {
      applyChange(
          changes ->
              changes.setTimes(
                  target.unresolvedPath(),
                  target.follow(),
                  toInstant(accessed),
                  toInstant(modified)));
    }
  }

  private static Instant toInstant(FileTime time) {
    return time == null ? null : time.toInstant();
  }

  @Override
  public void setPermissions(Set<PosixFilePermission> permissions) throws IOException {
    setMode(FileModes.toBits(permissions));
  }

  void setMode(int mode) throws IOException {
    applyChange(changes -> changes.setMode(target.unresolvedPath(), target.follow(), mode));
  }

  @Override
  public UserPrincipal getOwner() throws IOException {
    return readAttributes().owner();
  }

  @Override
  public void setOwner(UserPrincipal owner) throws IOException {
    setOwners(NumericPrincipals.idOf(owner), -1);
  }

  @Override
  public void setGroup(GroupPrincipal group) throws IOException {
    setOwners(-1, NumericPrincipals.idOf(group));
  }

  void setOwners(int owner, int group) throws IOException {
    applyChange(
        changes -> changes.setOwner(target.unresolvedPath(), target.follow(), owner, group));
  }

  /** Sets an attribute by its name. */
  @SuppressWarnings("unchecked") // The caller must pass a value of the attribute's type.
  void setNamed(String view, String attribute, Object value) throws IOException {
    boolean posix = view.equals("posix") || view.equals("unix");
    switch (attribute) {
      case "lastModifiedTime" -> setTimes(timeValue(view, attribute, value), null, null);
      case "lastAccessTime" -> setTimes(null, timeValue(view, attribute, value), null);
      case "creationTime" -> timeValue(view, attribute, value);
      case "permissions" -> {
        requireKnown(posix, view, attribute);
        setPermissions((Set<PosixFilePermission>) value);
      }
      case "owner" -> {
        requireKnown(posix || view.equals("owner"), view, attribute);
        setOwner((UserPrincipal) value);
      }
      case "group" -> {
        requireKnown(posix, view, attribute);
        setGroup((GroupPrincipal) value);
      }
      case "mode" -> {
        requireKnown(view.equals("unix"), view, attribute);
        setMode((Integer) value & 07777);
      }
      case "uid" -> {
        requireKnown(view.equals("unix"), view, attribute);
        setOwners((Integer) value, -1);
      }
      case "gid" -> {
        requireKnown(view.equals("unix"), view, attribute);
        setOwners(-1, (Integer) value);
      }
      default -> throw AttributeNames.unknownAttribute(view + ":" + attribute);
    }
  }

  private static FileTime timeValue(String view, String attribute, Object value) {
    requireKnown(!view.equals("owner"), view, attribute);
    return (FileTime) value;
  }

  private static void requireKnown(boolean known, String view, String attribute) {
    if (!known) {
      throw AttributeNames.unknownAttribute(view + ":" + attribute);
    }
  }
}
