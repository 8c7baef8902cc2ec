package dev.overlays.merge.oci.tar;

import dev.overlays.layer.EntryType;

/** The kinds of entries of an archive, by type flag. Source: POSIX pax, "ustar Interchange". */
public enum TarKind {
  FILE('0', EntryType.FILE),
  HARD_LINK('1', EntryType.UNKNOWN),
  SYMLINK('2', EntryType.SYMLINK),
  CHARACTER_DEVICE('3', EntryType.CHARACTER_DEVICE),
  BLOCK_DEVICE('4', EntryType.BLOCK_DEVICE),
  DIRECTORY('5', EntryType.DIRECTORY),
  FIFO('6', EntryType.FIFO);

  private final char letter;
  private final EntryType type;

  TarKind(char letter, EntryType type) {
    this.letter = letter;
    this.type = type;
  }

  byte typeFlag() {
    return (byte) letter;
  }

  /**
   * Returns the type of the layer's entry; unknown for a hard link, which has the type of its
   * target.
   */
  public EntryType layerType() {
    return type;
  }

  public boolean isDevice() {
    return this == CHARACTER_DEVICE || this == BLOCK_DEVICE;
  }

  /** Returns the kind of a type flag; null if it is none of these. */
  static TarKind of(byte letter) {
    for (TarKind kind : values()) {
      if (kind.letter == letter) {
        return kind;
      }
    }
    // Before POSIX a file had no type flag; 7 is a contiguous file, S a sparse one.
    return letter == 0 || letter == '7' || letter == 'S' ? FILE : null;
  }

  /** Returns the kind for an entry of a layer; null if an archive cannot hold such an entry. */
  public static TarKind of(EntryType type) {
    for (TarKind kind : values()) {
      if (kind.type == type && kind != HARD_LINK) {
        return kind;
      }
    }
    return null;
  }
}
