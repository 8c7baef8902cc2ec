package dev.overlays.merge;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the uppers of the other instances have at one place: asked where something may be deleted
 * from the lower only if every instance has deleted it.
 */
final class Others implements Closeable {
  private final MarkNamespace marks;

  /** The directories of those instances that still see the lower's here; closed with this. */
  private final List<LayerDirectory> merged = new ArrayList<>();

  /** Whether an instance sees the lower's here, and has nothing of its own. */
  private boolean plain;

  private Others(MarkNamespace marks) {
    this.marks = marks;
  }

  /** The roots, which belong to this from now on. */
  static Others of(List<LayerDirectory> roots, MarkNamespace marks) {
    Others others = new Others(marks);
    others.merged.addAll(roots);
    return others;
  }

  /** Whether no other instance shows what the lower has under a name. */
  boolean allDelete(Name name) throws IOException {
    if (plain) {
      return false;
    }
    for (LayerDirectory directory : merged) {
      if (shows(directory, name)) {
        return false;
      }
    }
    return true;
  }

  private boolean shows(LayerDirectory directory, Name name) throws IOException {
    Optional<EntryStat> own = directory.stat(name);
    return own.isEmpty() || mergesWith(directory, name, own.get());
  }

  private boolean mergesWith(LayerDirectory directory, Name name, EntryStat own)
      throws IOException {
    return own.isDirectory() && !LayerEntries.isOpaque(directory, name, marks);
  }

  Others open(Name name) throws IOException {
    Others inner = new Others(marks);
    inner.plain = plain;
    try {
      for (LayerDirectory directory : merged) {
        Optional<EntryStat> own = directory.stat(name);
        if (own.isEmpty()) {
          inner.plain = true;
        } else if (mergesWith(directory, name, own.get())) {
          inner.merged.add(directory.open(name));
        }
      }
      return inner;
    } catch (IOException | RuntimeException e) {
      inner.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    for (LayerDirectory directory : merged) {
      directory.close();
    }
  }
}
