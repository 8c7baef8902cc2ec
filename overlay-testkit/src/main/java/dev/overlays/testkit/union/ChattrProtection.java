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
record ChattrProtection(OpenLayers layers) {

  private enum ProtectionLetter {
    IMMUTABLE('i'),
    APPEND_ONLY('a');

    private final char letter;

    ProtectionLetter(char letter) {
      this.letter = letter;
    }
  }

  private boolean has(UnionEntry entry, ProtectionLetter letter) throws IOException {
    EntryStat stat = entry.stat();
    if (letter == ProtectionLetter.IMMUTABLE ? stat.immutable() : stat.appendOnly()) {
      return true;
    }
    if (!entry.inUpper()) {
      return false;
    }
    Optional<byte[]> mark = entry.directory().xattr(entry.name(), layers.xattr(Mark.PROTATTR));
    return mark.isPresent()
        && new String(mark.get(), StandardCharsets.US_ASCII).indexOf(letter.letter) >= 0;
  }

  private static void refuse(boolean protectedIs) throws ErrnoException {
    if (protectedIs) {
      throw ErrorNumber.EPERM.exception();
    }
  }

  /** Fails if the attributes may not change, or no further name may be added. */
  void requireChangeable(UnionEntry entry) throws IOException {
    refuse(has(entry, ProtectionLetter.IMMUTABLE) || has(entry, ProtectionLetter.APPEND_ONLY));
  }

  /** Fails if the file may not be written. */
  void requireWritable(UnionEntry file, OpenFlags flags) throws IOException {
    refuse(
        has(file, ProtectionLetter.IMMUTABLE)
            || ((!flags.append() || flags.truncate()) && has(file, ProtectionLetter.APPEND_ONLY)));
  }

  /** Fails if the directory takes no new entries. */
  void requireAddable(UnionDirectory directory) throws IOException {
    refuse(has(directory.self(), ProtectionLetter.IMMUTABLE));
  }

  /** Fails if the entry at a place may not be removed. */
  void requireRemovable(ResolvedPlace place) throws IOException {
    requireChangeable(place.directory().self());
    requireChangeable(place.present());
  }
}
