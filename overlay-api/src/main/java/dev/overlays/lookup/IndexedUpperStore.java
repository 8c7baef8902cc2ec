package dev.overlays.lookup;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.spi.ForwardingLayerStore;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A store for reading that opens uppers with an index as the view shows them: a change that was
 * made through one name of an inode is found under its other names too. A merge gives an upper
 * these names before it begins.
 */
public final class IndexedUpperStore extends ForwardingLayerStore {
  private final Map<Path, OverlaySpec> specs = new HashMap<>();
  private final Map<Path, MissingLinkName> found = new HashMap<>();

  private IndexedUpperStore(LayerStore store, List<OverlaySpec> views) {
    super(store);
    for (OverlaySpec spec : views) {
      spec.upper().ifPresent(upper -> specs.put(upper, spec));
    }
  }

  /**
   * Returns a store that opens uppers this way.
   *
   * @param store what opens layers as they are
   * @param views whose uppers are opened
   * @return a store whose uppers cannot be changed through it where they have an index
   */
  public static LayerStore forReading(LayerStore store, List<OverlaySpec> views) {
    return new IndexedUpperStore(store, views);
  }

  @Override
  public LayerDirectory open(Path root) throws IOException {
    LayerDirectory directory = innerStore().open(root);
    OverlaySpec spec = specs.get(root);
    if (spec == null) {
      return directory;
    }
    try {
      return openIndexed(directory, spec);
    } catch (IOException | RuntimeException | Error e) {
      HandleGroup.closeAfter(directory, e);
      throw e;
    }
  }

  private LayerDirectory openIndexed(LayerDirectory upper, OverlaySpec spec) throws IOException {
    MarkNamespace marks = MarkNamespace.of(spec.options());
    Deque<Closeable> opened = new ArrayDeque<>();
    try {
      LayerDirectory work = innerStore().open(spec.work().orElseThrow());
      opened.push(work);
      Optional<UpperIndex> index = UpperIndex.openIndex(work, marks);
      if (index.isPresent()) {
        opened.push(index.get());
        LayerRoots lowers =
            LayerRoots.openRoots(innerStore(), spec.lowers(), spec.dataLowers(), marks);
        opened.push(lowers);
        MissingLinkName names = findNames(upper, lowers, index.get(), spec);
        if (!names.isEmpty()) {
          opened.push(upper);
          return AllNamesDirectory.showRoot(upper, lowers, names, index.get(), List.copyOf(opened));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      // It was never mounted. Whoever needs a layer that is missing reports that.
    } catch (IOException | RuntimeException | Error e) {
      opened.forEach(handle -> HandleGroup.closeAfter(handle, e));
      throw e;
    }
    HandleGroup.closeAll(List.copyOf(opened));
    return upper;
  }

  /** Finds the names once per upper, since this takes a walk through the lowers. */
  private synchronized MissingLinkName findNames(
      LayerDirectory upper, LayerRoots lowers, UpperIndex index, OverlaySpec spec)
      throws IOException {
    Path path = spec.upper().orElseThrow();
    MissingLinkName names = found.get(path);
    if (names == null) {
      names = MissingLinkName.findAll(upper, lowers, index);
      found.put(path, names);
    }
    return names;
  }
}
