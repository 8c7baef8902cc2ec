package dev.overlays.linux.layer;

import dev.overlays.layer.EntryType;

/** The numbers of entry types. Sources: inode(7), and readdir(3) for the short ones. */
final class EntryTypeBits {
  private static final int SHIFT = 12;

  private static final EntryType[] TYPES = new EntryType[16];

  static {
    TYPES[1] = EntryType.FIFO;
    TYPES[2] = EntryType.CHARACTER_DEVICE;
    TYPES[4] = EntryType.DIRECTORY;
    TYPES[6] = EntryType.BLOCK_DEVICE;
    TYPES[8] = EntryType.FILE;
    TYPES[10] = EntryType.SYMLINK;
    TYPES[12] = EntryType.SOCKET;
  }

  private EntryTypeBits() {}

  /** Returns the type in a mode: S_IFMT. */
  static EntryType typeOf(int mode) {
    return listedType((mode >> SHIFT) & 0xf);
  }

  /** Returns the type in a listing: DT_*, which is S_IFMT without its trailing zeros. */
  static EntryType listedType(int type) {
    EntryType known = type < TYPES.length ? TYPES[type] : null;
    return known == null ? EntryType.UNKNOWN : known;
  }

  /** Returns the mode bits of a type. */
  static int of(EntryType type) {
    for (int i = 0; i < TYPES.length; i++) {
      if (TYPES[i] == type) {
        return i << SHIFT;
      }
    }
    throw new UnsupportedOperationException("an entry of type " + type);
  }
}
