package dev.overlays.lookup;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.ReadOnlyDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Shows a directory of an upper with all names of its inodes, not only those through which the
 * inodes were changed. Where the upper has no directory, the directory of the lowers is shown in
 * its place.
 */
final class AllNamesDirectory extends ReadOnlyDirectory {
  private final boolean isOwn;
  private final MergedDirectory below;
  private final MissingLinkName hidden;
  private final LayerDirectory index;
  private final MarkNamespace marks;
  private final Closeable opened;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Shows a directory.
   *
   * @param base the upper's, or the top-most of the lowers' if the upper has none
   * @param isOwn whether it is the upper's
   * @param below the directories of the lowers that are merged below it
   * @param hidden the names that are added
   * @param index the entries of the index
   * @param opened what is closed with this
   */
  private AllNamesDirectory(
      LayerDirectory base,
      boolean isOwn,
      MergedDirectory below,
      MissingLinkName hidden,
      LayerDirectory index,
      MarkNamespace marks,
      Closeable opened) {
    super(base);
    this.isOwn = isOwn;
    this.below = below;
    this.hidden = hidden;
    this.index = index;
    this.marks = marks;
    this.opened = opened;
  }

  /** Shows the root of an upper. The given handles are closed with it, in their order. */
  static LayerDirectory showRoot(
      LayerDirectory upper,
      LayerRoots lowers,
      MissingLinkName hidden,
      UpperIndex index,
      List<Closeable> opened) {
    return new AllNamesDirectory(
        upper,
        true,
        lowers.mergedRoot(),
        hidden,
        index.indexDirectory(),
        lowers.markNamespace(),
        () -> HandleGroup.closeAll(opened));
  }

  /** Where an entry really is. */
  private record RealPlace(LayerDirectory directory, Name name, boolean isMarked) {}

  private RealPlace realPlace(Name name) throws IOException {
    if (name.equals(Name.SELF)) {
      return new RealPlace(baseDirectory(), name, isOwn);
    }
    MissingLinkName added = hidden.innerName(name);
    if (added == null || upperHas(name)) {
      if (!isOwn) {
        throw new NoSuchFileException(LayerEntries.pathOf(baseDirectory(), name).toString());
      }
      return new RealPlace(baseDirectory(), name, true);
    }
    if (added.indexEntry() != null) {
      return new RealPlace(index, added.indexEntry(), true);
    }
    MergedDirectory.ShownEntry shown =
        below
            .findShown(name)
            .orElseThrow(
                () ->
                    new NoSuchFileException(LayerEntries.pathOf(baseDirectory(), name).toString()));
    return new RealPlace(shown.directory(), shown.name(), false);
  }

  private boolean upperHas(Name name) throws IOException {
    return isOwn && baseDirectory().stat(name).isPresent();
  }

  @Override
  public EntryCursor entries() throws IOException {
    EntryCursor own = isOwn ? baseDirectory().entries() : () -> null;
    Iterator<Name> added = hidden.innerNames().iterator();
    return () -> {
      LayerEntry entry = own.next();
      while (entry == null && added.hasNext()) {
        Name name = added.next();
        entry = upperHas(name) ? null : addedEntry(name);
      }
      return entry;
    };
  }

  private LayerEntry addedEntry(Name name) throws IOException {
    Optional<EntryStat> stat = stat(name);
    EntryType type = stat.map(EntryStat::type).orElse(EntryType.UNKNOWN);
    return new LayerEntry(name, type, stat.map(EntryStat::inode).orElse(0L));
  }

  @Override
  public Optional<EntryStat> stat(Name name) throws IOException {
    if (!isOwn && !name.equals(Name.SELF) && hidden.innerName(name) == null) {
      return Optional.empty();
    }
    try {
      RealPlace place = realPlace(name);
      return place.directory().stat(place.name());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public LayerDirectory open(Name name) throws IOException {
    MissingLinkName added = hidden.innerName(name);
    boolean inUpper = upperHas(name);
    if (added == null && inUpper) {
      return baseDirectory().open(name);
    }
    if (added == null || (!inUpper && added.indexEntry() != null)) {
      // This fails as it would without an index.
      RealPlace place = realPlace(name);
      return place.directory().open(place.name());
    }
    MergedDirectory inner = inUpper ? below.below(baseDirectory(), name) : below.openMerged(name);
    try {
      return inUpper ? openOwn(name, inner, added) : openLowers(name, inner, added);
    } catch (IOException | RuntimeException | Error e) {
      HandleGroup.closeAfter(inner, e);
      throw e;
    }
  }

  private LayerDirectory openOwn(Name name, MergedDirectory inner, MissingLinkName added)
      throws IOException {
    LayerDirectory directory = baseDirectory().open(name);
    Closeable all = () -> HandleGroup.closeAll(List.of(directory, inner));
    return new AllNamesDirectory(directory, true, inner, added, index, marks, all);
  }

  private LayerDirectory openLowers(Name name, MergedDirectory inner, MissingLinkName added)
      throws IOException {
    if (inner.isInNoLayer()) {
      throw new NoSuchFileException(LayerEntries.pathOf(baseDirectory(), name).toString());
    }
    LayerDirectory directory = inner.mergedDirectories().get(0);
    return new AllNamesDirectory(directory, false, inner, added, index, marks, inner);
  }

  @Override
  public InputStream readFile(Name name) throws IOException {
    RealPlace place = realPlace(name);
    return place.directory().readFile(place.name());
  }

  @Override
  public FileChannel openFile(Name name, boolean writable) throws IOException {
    if (writable) {
      return super.openFile(name, true);
    }
    RealPlace place = realPlace(name);
    return place.directory().openFile(place.name(), false);
  }

  @Override
  public void copyData(Name name, LayerDirectory target, Name newName) throws IOException {
    RealPlace place = realPlace(name);
    place.directory().copyData(place.name(), target, newName);
  }

  @Override
  public byte[] readSymlink(Name name) throws IOException {
    RealPlace place = realPlace(name);
    return place.directory().readSymlink(place.name());
  }

  @Override
  public List<String> xattrs(Name name) throws IOException {
    RealPlace place = realPlace(name);
    List<String> all = place.directory().xattrs(place.name());
    return place.isMarked() ? all : all.stream().filter(xattr -> !marks.isMark(xattr)).toList();
  }

  @Override
  public Optional<byte[]> xattr(Name name, String xattr) throws IOException {
    RealPlace place = realPlace(name);
    return place.isMarked() || !marks.isMark(xattr)
        ? place.directory().xattr(place.name(), xattr)
        : Optional.empty();
  }

  @Override
  public Optional<byte[]> fileHandle(Name name) throws IOException {
    RealPlace place = realPlace(name);
    return place.directory().fileHandle(place.name());
  }

  @Override
  public Optional<Instant> birthTime(Name name) throws IOException {
    RealPlace place = realPlace(name);
    return place.directory().birthTime(place.name());
  }

  @Override
  public void close() throws IOException {
    if (!closed.getAndSet(true)) {
      opened.close();
    }
  }
}
