package dev.overlays.linux.layer;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.layer.ReadOnlyDirectory;
import dev.overlays.spi.ForwardingLayerStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Trees without what cannot be looked up, and with no data where that cannot be read. */
final class ReadableTree extends ForwardingLayerStore {
  ReadableTree() {
    super(new NativeLayerStore());
  }

  @Override
  public LayerDirectory open(Path root) throws IOException {
    return new ReadableDirectory(super.open(root));
  }

  private static final class ReadableDirectory extends ReadOnlyDirectory {
    ReadableDirectory(LayerDirectory base) {
      super(base);
    }

    @Override
    public LayerDirectory open(Name name) throws IOException {
      return new ReadableDirectory(baseDirectory().open(name));
    }

    /** A listing that fails, now and then, is completed by the names that there may be. */
    @Override
    public EntryCursor entries() throws IOException {
      Map<Name, LayerEntry> all = new LinkedHashMap<>();
      try {
        EntryCursor entries = baseDirectory().entries();
        for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
          all.put(entry.name(), entry);
        }
      } catch (FileSystemException e) {
        for (String text : RandomMarkedLayers.ALL_NAMES) {
          Name name = Name.of(text);
          all.putIfAbsent(name, new LayerEntry(name, EntryType.UNKNOWN, 0));
        }
      }
      Iterator<LayerEntry> left = all.values().iterator();
      return () -> left.hasNext() ? left.next() : null;
    }

    @Override
    public Optional<EntryStat> stat(Name name) throws IOException {
      try {
        return baseDirectory().stat(name);
      } catch (FileSystemException e) {
        return Optional.empty();
      }
    }

    @Override
    public InputStream readFile(Name name) throws IOException {
      try {
        return baseDirectory().readFile(name);
      } catch (FileSystemException e) {
        return InputStream.nullInputStream();
      }
    }

    @Override
    public List<String> xattrs(Name name) throws IOException {
      return baseDirectory().xattrs(name);
    }

    @Override
    public Optional<byte[]> xattr(Name name, String xattr) throws IOException {
      return baseDirectory().xattr(name, xattr);
    }
  }
}
