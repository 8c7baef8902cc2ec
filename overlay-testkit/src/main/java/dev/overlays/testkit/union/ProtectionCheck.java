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

  private enum ProtectionLetter {
    IMMUTABLE('i'),
    APPEND_ONLY('a');

    private final char letter;

    ProtectionLetter(char letter) {
      this.letter = letter;
    }
  }

  private boolean hasFlag(ViewEntry entry, ProtectionLetter letter) throws IOException {
    EntryStat stat = entry.stat();
    if (letter == ProtectionLetter.IMMUTABLE ? stat.immutable() : stat.appendOnly()) {
      return true;
    }
    if (!entry.inUpper()) {
      return false;
    }
    Optional<byte[]> mark = entry.directory().xattr(entry.name(), layers.xattrName(Mark.PROTATTR));
    return mark.isPresent()
        && new String(mark.get(), StandardCharsets.US_ASCII).indexOf(letter.letter) >= 0;
  }

  private static void refuseIf(boolean protectedIs) throws ErrnoException {
    if (protectedIs) {
      throw ErrorNumber.EPERM.toException();
    }
  }

  /** Fails if the attributes may not change, or no further name may be added. */
  void requireChangeable(ViewEntry entry) throws IOException {
    refuseIf(
        hasFlag(entry, ProtectionLetter.IMMUTABLE) || hasFlag(entry, ProtectionLetter.APPEND_ONLY));
  }

  /** Fails if the file may not be written. */
  void requireWritable(ViewEntry file, OpenFlags flags) throws IOException {
    refuseIf(
        hasFlag(file, ProtectionLetter.IMMUTABLE)
            || ((!flags.append() || flags.truncate())
                && hasFlag(file, ProtectionLetter.APPEND_ONLY)));
  }

  /** Fails if the directory takes no new entries. */
  void requireAddable(ViewDirectory directory) throws IOException {
    refuseIf(hasFlag(directory.ownEntry(), ProtectionLetter.IMMUTABLE));
  }

  /** Fails if the entry at a place may not be removed. */
  void requireRemovable(ResolvedPath place) throws IOException {
    requireChangeable(place.directory().ownEntry());
    requireChangeable(place.requireEntry());
  }
}
