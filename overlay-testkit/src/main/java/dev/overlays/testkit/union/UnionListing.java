package dev.overlays.testkit.union;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Lists a directory of the view: the upper's entries, and those of the layers below it. */
final class UnionListing {
  private final ViewDirectory directory;
  private final String whiteoutXattr;
  private final List<LayerEntry> shown = new ArrayList<>();
  private final Set<Name> inUpper = new HashSet<>();

  private UnionListing(ViewDirectory directory, String whiteoutXattr) {
    this.directory = directory;
    this.whiteoutXattr = whiteoutXattr;
  }

  /** Prepares a listing; {@code whiteoutXattr} is the mark of a file that is a whiteout. */
  static UnionListing of(ViewDirectory directory, String whiteoutXattr) {
    return new UnionListing(directory, whiteoutXattr);
  }

  List<LayerEntry> shownEntries() throws IOException {
    if (directory.inUpper()) {
      listUpper(directory.upperDirectory());
    }
    directory
        .mergedBelow()
        .forEachShown(
            found -> {
              if (!inUpper.contains(found.name())) {
                shown.add(new LayerEntry(found.name(), found.stat().type(), found.stat().inode()));
              }
            });
    return shown;
  }

  private void listUpper(LayerDirectory upper) throws IOException {
    EntryCursor entries = upper.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      inUpper.add(entry.name());
      if (!mayBeWhiteout(upper, entry) || directory.findEntry(entry.name()).entry().isPresent()) {
        shown.add(entry);
      }
    }
  }

  /** A device may be a whiteout, and so may a file that has the mark. */
  private boolean mayBeWhiteout(LayerDirectory upper, LayerEntry entry) throws IOException {
    return switch (entry.type()) {
      case DIRECTORY, SYMLINK, BLOCK_DEVICE, FIFO, SOCKET -> false;
      case FILE -> hasWhiteoutMark(upper, entry.name());
      case CHARACTER_DEVICE, UNKNOWN -> true;
    };
  }

  private boolean hasWhiteoutMark(LayerDirectory upper, Name name) throws IOException {
    try {
      return upper.xattr(name, whiteoutXattr).isPresent();
    } catch (NoSuchFileException e) {
      // It has been removed meanwhile, as the next question shows.
      return true;
    }
  }
}
