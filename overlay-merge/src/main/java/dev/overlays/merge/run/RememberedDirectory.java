package dev.overlays.merge.run;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * A directory that remembers what was read of it. A change through it is made, and what is known of
 * the directory forgotten.
 */
final class RememberedDirectory extends ForwardingDirectory {
  private final DirectoryMemory memory;
  private final DirectoryMemory.DirectoryPlace place;
  private final DirectoryRecord record;
  private volatile boolean closed;

  private RememberedDirectory(
      LayerDirectory base, DirectoryMemory memory, DirectoryMemory.DirectoryPlace place) {
    super(base);
    this.memory = memory;
    this.place = place;
    record = memory.recordOf(place);
  }

  static LayerDirectory rememberRoot(LayerDirectory base, Path path, DirectoryMemory memory) {
    return new RememberedDirectory(
        base, memory, new DirectoryMemory.DirectoryPlace(path, TreePlace.ROOT));
  }

  @Override
  public LayerDirectory open(Name name) throws IOException {
    LayerDirectory opened = baseDirectory().open(name);
    return new RememberedDirectory(opened, memory, place.resolveChild(name));
  }

  @Override
  public EntryCursor entries() throws IOException {
    List<LayerEntry> listed = closed ? null : record.listing();
    if (listed == null) {
      return new RecordingCursor(baseDirectory().entries());
    }
    Iterator<LayerEntry> entries = listed.iterator();
    return () -> entries.hasNext() ? entries.next() : null;
  }

  /** Hands on a listing, and keeps it when it has come to its end. */
  private final class RecordingCursor implements EntryCursor {
    private final EntryCursor cursor;
    private List<LayerEntry> entries = new ArrayList<>();

    RecordingCursor(EntryCursor cursor) {
      this.cursor = cursor;
    }

    @Override
    public LayerEntry next() throws IOException {
      LayerEntry entry = cursor.next();
      if (entries != null) {
        if (entry == null) {
          memory.keepListing(place, record, entries);
          entries = null;
        } else if (record.noteListed(entry.name())) {
          entries.add(entry);
        } else {
          // The directory is too large.
          entries = null;
        }
      }
      return entry;
    }
  }

  /** Returns what was read of an entry; null if the directory has to be asked. */
  private DirectoryRecord.EntryRecord entryOf(Name name) {
    return closed ? null : record.entryOf(name);
  }

  @Override
  public Optional<EntryStat> stat(Name name) throws IOException {
    DirectoryRecord.EntryRecord entry = entryOf(name);
    if (entry == null) {
      return baseDirectory().stat(name);
    }
    EntryStat known = entry.stat();
    if (known != null) {
      return Optional.of(known);
    }
    Optional<EntryStat> read = baseDirectory().stat(name);
    read.ifPresent(entry::keepStat);
    return read;
  }

  @Override
  public List<String> xattrs(Name name) throws IOException {
    DirectoryRecord.EntryRecord entry = entryOf(name);
    if (entry == null) {
      return baseDirectory().xattrs(name);
    }
    List<String> known = entry.xattrs();
    if (known == null) {
      known = List.copyOf(baseDirectory().xattrs(name));
      entry.keepXattrs(known);
    }
    return known;
  }

  @Override
  void afterChange() {
    memory.forgetDirectory(place, record);
  }

  @Override
  public void close() throws IOException {
    closed = true;
    super.close();
  }
}
