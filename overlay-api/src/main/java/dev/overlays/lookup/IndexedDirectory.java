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
 * A directory of an upper as if all names of its inodes were in it, and not only those that were
 * used to change them. Where the upper has no directory it seems to have one like the lowers'.
 */
final class IndexedDirectory extends ReadOnlyDirectory {
  private final boolean isOwn;
  private final MergedDirectory below;
  private final HiddenName hidden;
  private final LayerDirectory index;
  private final MarkNamespace marks;
  private final Closeable opened;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Shows a directory.
   *
   * @param base the upper's, or the top-most of the lowers' if the upper has none
   * @param isOwn whether it is the upper's
   * @param below what is merged below it
   * @param hidden the names that are added
   * @param index the entries of the index
   * @param opened what is closed with this
   */
  private IndexedDirectory(
      LayerDirectory base,
      boolean isOwn,
      MergedDirectory below,
      HiddenName hidden,
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

  /** Shows the root of an upper; what was opened is closed with it, in this order. */
  static LayerDirectory root(
      LayerDirectory upper,
      LayerRoots lowers,
      HiddenName hidden,
      UpperIndex index,
      List<Closeable> opened) {
    return new IndexedDirectory(
        upper,
        true,
        lowers.root(),
        hidden,
        index.directory(),
        lowers.marks(),
        () -> HandleGroup.closeAll(opened));
  }

  /** An entry where it really is. */
  private record RealPlace(LayerDirectory directory, Name name, boolean isMarked) {}

  private RealPlace place(Name name) throws IOException {
    if (name.equals(Name.SELF)) {
      return new RealPlace(base(), name, isOwn);
    }
    HiddenName added = hidden.in(name);
    if (added == null || has(name)) {
      if (!isOwn) {
        throw new NoSuchFileException(LayerEntries.path(base(), name).toString());
      }
      return new RealPlace(base(), name, true);
    }
    if (added.entry() != null) {
      return new RealPlace(index, added.entry(), true);
    }
    MergedDirectory.ShownEntry shown =
        below
            .find(name)
            .orElseThrow(() -> new NoSuchFileException(LayerEntries.path(base(), name).toString()));
    return new RealPlace(shown.directory(), shown.name(), false);
  }

  private boolean has(Name name) throws IOException {
    return isOwn && base().stat(name).isPresent();
  }

  @Override
  public EntryCursor entries() throws IOException {
    EntryCursor own = isOwn ? base().entries() : () -> null;
    Iterator<Name> added = hidden.names().iterator();
    return () -> {
      LayerEntry entry = own.next();
      while (entry == null && added.hasNext()) {
        Name name = added.next();
        entry = has(name) ? null : entry(name);
      }
      return entry;
    };
  }

  private LayerEntry entry(Name name) throws IOException {
    Optional<EntryStat> stat = stat(name);
    EntryType type = stat.map(EntryStat::type).orElse(EntryType.UNKNOWN);
    return new LayerEntry(name, type, stat.map(EntryStat::inode).orElse(0L));
  }

  @Override
  public Optional<EntryStat> stat(Name name) throws IOException {
    if (!isOwn && !name.equals(Name.SELF) && hidden.in(name) == null) {
      return Optional.empty();
    }
    try {
      RealPlace place = place(name);
      return place.directory().stat(place.name());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public LayerDirectory open(Name name) throws IOException {
    HiddenName added = hidden.in(name);
    boolean inUpper = has(name);
    if (added == null && inUpper) {
      return base().open(name);
    }
    if (added == null || (!inUpper && added.entry() != null)) {
      // Fails as it does without an index.
      RealPlace place = place(name);
      return place.directory().open(place.name());
    }
    MergedDirectory inner = inUpper ? below.below(base(), name) : below.open(name);
    try {
      return inUpper ? own(name, inner, added) : lowers(name, inner, added);
    } catch (IOException | RuntimeException | Error e) {
      HandleGroup.close(inner, e);
      throw e;
    }
  }

  private LayerDirectory own(Name name, MergedDirectory inner, HiddenName added)
      throws IOException {
    LayerDirectory directory = base().open(name);
    Closeable all = () -> HandleGroup.closeAll(List.of(directory, inner));
    return new IndexedDirectory(directory, true, inner, added, index, marks, all);
  }

  private LayerDirectory lowers(Name name, MergedDirectory inner, HiddenName added)
      throws IOException {
    if (inner.isNothing()) {
      throw new NoSuchFileException(LayerEntries.path(base(), name).toString());
    }
    LayerDirectory directory = inner.directories().get(0);
    return new IndexedDirectory(directory, false, inner, added, index, marks, inner);
  }

  @Override
  public InputStream readFile(Name name) throws IOException {
    RealPlace place = place(name);
    return place.directory().readFile(place.name());
  }

  @Override
  public FileChannel openFile(Name name, boolean writable) throws IOException {
    if (writable) {
      return super.openFile(name, true);
    }
    RealPlace place = place(name);
    return place.directory().openFile(place.name(), false);
  }

  @Override
  public void copyData(Name name, LayerDirectory target, Name newName) throws IOException {
    RealPlace place = place(name);
    place.directory().copyData(place.name(), target, newName);
  }

  @Override
  public byte[] readSymlink(Name name) throws IOException {
    RealPlace place = place(name);
    return place.directory().readSymlink(place.name());
  }

  @Override
  public List<String> xattrs(Name name) throws IOException {
    RealPlace place = place(name);
    List<String> all = place.directory().xattrs(place.name());
    return place.isMarked() ? all : all.stream().filter(xattr -> !marks.isMark(xattr)).toList();
  }

  @Override
  public Optional<byte[]> xattr(Name name, String xattr) throws IOException {
    RealPlace place = place(name);
    return place.isMarked() || !marks.isMark(xattr)
        ? place.directory().xattr(place.name(), xattr)
        : Optional.empty();
  }

  @Override
  public Optional<byte[]> fileHandle(Name name) throws IOException {
    RealPlace place = place(name);
    return place.directory().fileHandle(place.name());
  }

  @Override
  public Optional<Instant> birthTime(Name name) throws IOException {
    RealPlace place = place(name);
    return place.directory().birthTime(place.name());
  }

  @Override
  public void close() throws IOException {
    if (!closed.getAndSet(true)) {
      opened.close();
    }
  }
}
