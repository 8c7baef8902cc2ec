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
record EntryView(String name, AttributeTarget target) implements PosixFileAttributeView {

  @FunctionalInterface
  private interface ViewChange {
    void make(ViewChanges changes) throws IOException;
  }

  private void change(ViewChange change) throws IOException {
    try {
      change.make(target.calls().changes());
    } catch (IOException e) {
      throw target.failed(e);
    }
  }

  @Override
  public PosixFileAttributes readAttributes() throws IOException {
    return target.attributes();
  }

  /** Sets times; the creation time is silently ignored, as the JDK does on Linux. */
  @Override
  public void setTimes(FileTime modified, FileTime accessed, FileTime created) throws IOException {
    if (modified != null || accessed != null) {
      change(
          changes ->
              changes.setTimes(
                  target.spot(), target.follow(), instant(accessed), instant(modified)));
    }
  }

  private static Instant instant(FileTime time) {
    return time == null ? null : time.toInstant();
  }

  @Override
  public void setPermissions(Set<PosixFilePermission> permissions) throws IOException {
    setMode(FileModes.bits(permissions));
  }

  void setMode(int mode) throws IOException {
    change(changes -> changes.setMode(target.spot(), target.follow(), mode));
  }

  @Override
  public UserPrincipal getOwner() throws IOException {
    return readAttributes().owner();
  }

  @Override
  public void setOwner(UserPrincipal owner) throws IOException {
    setOwners(NumericPrincipals.number(owner), -1);
  }

  @Override
  public void setGroup(GroupPrincipal group) throws IOException {
    setOwners(-1, NumericPrincipals.number(group));
  }

  void setOwners(int owner, int group) throws IOException {
    change(changes -> changes.setOwner(target.spot(), target.follow(), owner, group));
  }

  /** Sets an attribute by its name. */
  @SuppressWarnings("unchecked") // The caller must pass a value of the attribute's type.
  void set(String view, String attribute, Object value) throws IOException {
    boolean posix = view.equals("posix") || view.equals("unix");
    switch (attribute) {
      case "lastModifiedTime" -> setTimes(time(view, attribute, value), null, null);
      case "lastAccessTime" -> setTimes(null, time(view, attribute, value), null);
      case "creationTime" -> time(view, attribute, value);
      case "permissions" -> {
        require(posix, view, attribute);
        setPermissions((Set<PosixFilePermission>) value);
      }
      case "owner" -> {
        require(posix || view.equals("owner"), view, attribute);
        setOwner((UserPrincipal) value);
      }
      case "group" -> {
        require(posix, view, attribute);
        setGroup((GroupPrincipal) value);
      }
      case "mode" -> {
        require(view.equals("unix"), view, attribute);
        setMode((Integer) value & 07777);
      }
      case "uid" -> {
        require(view.equals("unix"), view, attribute);
        setOwners((Integer) value, -1);
      }
      case "gid" -> {
        require(view.equals("unix"), view, attribute);
        setOwners(-1, (Integer) value);
      }
      default -> throw AttributeNames.unknown(view + ":" + attribute);
    }
  }

  private static FileTime time(String view, String attribute, Object value) {
    require(!view.equals("owner"), view, attribute);
    return (FileTime) value;
  }

  private static void require(boolean known, String view, String attribute) {
    if (!known) {
      throw AttributeNames.unknown(view + ":" + attribute);
    }
  }
}
