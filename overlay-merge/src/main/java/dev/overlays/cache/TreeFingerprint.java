package dev.overlays.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.merge.oci.stream.BlobDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;

/**
 * Tells whether anything in a tree was changed, without reading the data of its files: by names,
 * inodes, sizes, times, owners, modes and extended attributes. Entries are summed, so that their
 * order does not matter and none has to be remembered.
 */
final class TreeFingerprint {
  private static final int WORDS = 4;

  private final long[] sum = new long[WORDS];

  private TreeFingerprint() {}

  /**
   * Computes the fingerprint of everything in a directory. The directory's own attributes do not
   * count: each merge gives it those of an upper's root, whether anything was written or not.
   */
  static String of(LayerDirectory root) throws IOException {
    TreeFingerprint fingerprint = new TreeFingerprint();
    TreeWalk.run(fingerprint.new DirectorySum(root, new byte[0], false));
    ByteBuffer bytes = ByteBuffer.allocate(WORDS * Long.BYTES);
    for (long word : fingerprint.sum) {
      bytes.putLong(word);
    }
    return HexFormat.of().formatHex(bytes.array());
  }

  /** Adds an entry; returns what tells its path. */
  private byte[] addEntry(byte[] parent, LayerDirectory directory, Name name) throws IOException {
    EntryStat stat = LayerEntries.requireStat(directory, name);
    MessageDigest path = BlobDigest.newSha256();
    path.update(parent);
    path.update(name.toBytes());
    byte[] pathSum = path.digest();
    MessageDigest entry = BlobDigest.newSha256();
    entry.update(pathSum);
    entry.update(fieldsOf(stat));
    addXattrs(entry, directory, name);
    ByteBuffer words = ByteBuffer.wrap(entry.digest());
    for (int i = 0; i < WORDS; i++) {
      sum[i] += words.getLong();
    }
    return pathSum;
  }

  private static byte[] fieldsOf(EntryStat stat) {
    // The size of a directory depends on its history.
    long size = stat.isDirectory() ? 0 : stat.size();
    long links = stat.isDirectory() ? 0 : stat.links();
    List<Object> fields =
        List.of(
            stat.type(),
            stat.inode(),
            stat.mode(),
            stat.owner(),
            stat.group(),
            size,
            links,
            stat.deviceMajor(),
            stat.deviceMinor(),
            stat.modified());
    return fields.toString().getBytes(UTF_8);
  }

  /** Adds the attributes that belong to the entry and not to the layer. */
  private static void addXattrs(MessageDigest entry, LayerDirectory directory, Name name)
      throws IOException {
    List<String> names = directory.xattrs(name);
    for (String xattr : new TreeSet<>(names)) {
      if (!MarkNamespace.TRUSTED.isMark(xattr) && !MarkNamespace.USER.isMark(xattr)) {
        entry.update(xattr.getBytes(UTF_8));
        entry.update((byte) 0);
        entry.update(directory.xattr(name, xattr).orElse(new byte[0]));
      }
    }
  }

  /** Sums what is in one directory. */
  private final class DirectorySum implements TreeWalk.WalkStep {
    private final LayerDirectory directory;
    private final byte[] path;
    private final boolean owned;
    private final EntryCursor entries;

    DirectorySum(LayerDirectory directory, byte[] path, boolean owned) throws IOException {
      this.directory = directory;
      this.path = path;
      this.owned = owned;
      this.entries = directory.entries();
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        byte[] inner = addEntry(path, directory, entry.name());
        if (isDirectory(entry)) {
          return openInner(entry.name(), inner);
        }
      }
      return null;
    }

    private boolean isDirectory(LayerEntry entry) throws IOException {
      return entry.type() == EntryType.UNKNOWN
          ? LayerEntries.requireStat(directory, entry.name()).isDirectory()
          : entry.type() == EntryType.DIRECTORY;
    }

    private TreeWalk.WalkStep openInner(Name name, byte[] inner) throws IOException {
      LayerDirectory opened = directory.open(name);
      try {
        return new DirectorySum(opened, inner, true);
      } catch (IOException | RuntimeException | Error e) {
        opened.close();
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      if (owned) {
        directory.close();
      }
    }
  }
}
