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
 * A store for reading, that opens uppers as the view shows them where they have an index: a change
 * that was made through one name of an inode is found under the others, too. A merge gives an upper
 * these names before it begins.
 */
public final class IndexedUppers extends ForwardingLayerStore {
  private final Map<Path, OverlaySpec> specs = new HashMap<>();
  private final Map<Path, HiddenName> found = new HashMap<>();

  private IndexedUppers(LayerStore store, List<OverlaySpec> views) {
    super(store);
    for (OverlaySpec spec : views) {
      spec.upper().ifPresent(upper -> specs.put(upper, spec));
    }
  }

  /**
   * Returns such a store.
   *
   * @param store what opens layers as they are
   * @param views whose uppers are opened
   * @return a store whose uppers cannot be changed through it where they have an index
   */
  public static LayerStore reading(LayerStore store, List<OverlaySpec> views) {
    return new IndexedUppers(store, views);
  }

  @Override
  public LayerDirectory open(Path root) throws IOException {
    LayerDirectory directory = store().open(root);
    OverlaySpec spec = specs.get(root);
    if (spec == null) {
      return directory;
    }
    try {
      return indexed(directory, spec);
    } catch (IOException | RuntimeException | Error e) {
      HandleGroup.close(directory, e);
      throw e;
    }
  }

  private LayerDirectory indexed(LayerDirectory upper, OverlaySpec spec) throws IOException {
    MarkNamespace marks = MarkNamespace.of(spec.options());
    Deque<Closeable> opened = new ArrayDeque<>();
    try {
      LayerDirectory work = store().open(spec.work().orElseThrow());
      opened.push(work);
      Optional<UpperIndex> index = UpperIndex.open(work, marks);
      if (index.isPresent()) {
        opened.push(index.get());
        LayerRoots lowers = LayerRoots.open(store(), spec.lowers(), spec.dataLowers(), marks);
        opened.push(lowers);
        HiddenName names = names(upper, lowers, index.get(), spec);
        if (!names.isEmpty()) {
          opened.push(upper);
          return IndexedDirectory.root(upper, lowers, names, index.get(), List.copyOf(opened));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      // Never mounted; what else is missing is told by whoever needs it.
    } catch (IOException | RuntimeException | Error e) {
      opened.forEach(handle -> HandleGroup.close(handle, e));
      throw e;
    }
    HandleGroup.closeAll(List.copyOf(opened));
    return upper;
  }

  /** They are looked for once, since that takes a walk through the lowers. */
  private synchronized HiddenName names(
      LayerDirectory upper, LayerRoots lowers, UpperIndex index, OverlaySpec spec)
      throws IOException {
    Path path = spec.upper().orElseThrow();
    HiddenName names = found.get(path);
    if (names == null) {
      names = HiddenName.find(upper, lowers, index);
      found.put(path, names);
    }
    return names;
  }
}
