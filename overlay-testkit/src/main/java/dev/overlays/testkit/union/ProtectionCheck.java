package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.Mark;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Enforces the attributes {@code i} and {@code a} of chattr(1): those that an entry has, and those
 * that a mark of the upper records. Sources: the kernel's fs/namei.c, {@code may_delete}, {@code
 * may_open} and {@code vfs_link}, and fs/overlayfs/util.c, {@code ovl_check_protattr}.
 */
record ProtectionCheck(UnionLayers layers) {

  private static final String IMMUTABLE = "i";
  private static final String APPEND_ONLY = "a";

  /** Returns the letters of the attributes that an entry has. */
  private String lettersOf(ViewEntry entry) throws IOException {
    EntryStat stat = entry.stat();
    String letters = (stat.immutable() ? IMMUTABLE : "") + (stat.appendOnly() ? APPEND_ONLY : "");
    if (!entry.inUpper()) {
      return letters;
    }
    Optional<byte[]> mark = entry.directory().xattr(entry.name(), layers.xattrName(Mark.PROTATTR));
    return mark.isEmpty() ? letters : letters + new String(mark.get(), StandardCharsets.US_ASCII);
  }

  private static void refuseIf(boolean protectedIs) throws ErrnoException {
    if (protectedIs) {
      throw ErrorNumber.EPERM.toException();
    }
  }

  /** Fails if the attributes may not change, or no further name may be added. */
  void requireChangeable(ViewEntry entry) throws IOException {
    String letters = lettersOf(entry);
    refuseIf(letters.contains(IMMUTABLE) || letters.contains(APPEND_ONLY));
  }

  /** Fails if the file may not be written. */
  void requireWritable(ViewEntry file, OpenChoices flags) throws IOException {
    String letters = lettersOf(file);
    boolean appends = flags.append() && !flags.truncate();
    refuseIf(letters.contains(IMMUTABLE) || (!appends && letters.contains(APPEND_ONLY)));
  }

  /** Fails if the directory of a place takes no new entries. */
  void requireAddable(ResolvedPath place) throws IOException {
    refuseIf(!isAddable(place.directoryEntry()));
  }

  /** Whether a directory takes new entries. */
  boolean isAddable(ViewEntry directory) throws IOException {
    return !lettersOf(directory).contains(IMMUTABLE);
  }

  /** Fails if the entry at a place may not be removed. */
  void requireRemovable(ResolvedPath place) throws IOException {
    requireChangeable(place.directoryEntry());
    requireChangeable(place.requireEntry());
  }
}
