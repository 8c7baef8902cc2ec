package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** An entry that was found in one layer. Its directory has to stay open. */
record FoundEntry(
    int layer, LayerDirectory directory, Name name, EntryStat stat, List<String> xattrs) {

  static Optional<FoundEntry> findIn(int layer, LayerDirectory directory, Name name)
      throws IOException {
    Optional<EntryStat> stat = directory.stat(name);
    return stat.isPresent()
        ? Optional.of(new FoundEntry(layer, directory, name, stat.get(), directory.xattrs(name)))
        : Optional.empty();
  }

  /** Returns the entry of the directory itself. */
  static FoundEntry ofDirectory(int layer, LayerDirectory directory) throws IOException {
    EntryStat stat = LayerEntries.requireStat(directory, Name.SELF);
    return new FoundEntry(layer, directory, Name.SELF, stat, directory.xattrs(Name.SELF));
  }

  /** Returns the value of one of its extended attributes. */
  Optional<byte[]> xattrValue(String xattr) throws IOException {
    return xattrs.contains(xattr) ? directory.xattr(name, xattr) : Optional.empty();
  }
}
