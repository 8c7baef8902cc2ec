package dev.overlays.merge.shared;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.Name;
import dev.overlays.merge.apply.OtherViews;
import dev.overlays.merge.run.MergeSelection;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the other instances show in one directory. */
final class OtherInstances implements OtherViews {
  private final List<InstanceDirectory> instances;
  private final Closeable opened;

  private OtherInstances(List<InstanceDirectory> instances, Closeable opened) {
    this.instances = instances;
    this.opened = opened;
  }

  /** Opens the roots; of what is private for an instance it shows nothing of the lower. */
  static OtherInstances open(List<OverlaySpec> specs, LayerStore store) throws IOException {
    if (specs.isEmpty()) {
      return new OtherInstances(List.of(), () -> {});
    }
    InstanceRoots roots =
        InstanceRoots.open(
            specs,
            List.of(),
            spec -> MergeSelection.of(spec.privatePaths(), List.of(), List.of()),
            store);
    return new OtherInstances(roots.roots(), roots);
  }

  @Override
  public boolean allDelete(Name name) throws IOException {
    return noInstance(name, version -> version.state() != InstanceEntry.EntryState.NOTHING);
  }

  @Override
  public boolean noneShowsLower(Name name) throws IOException {
    return noInstance(name, InstanceEntry::showsLower);
  }

  /** What is asked of a version. */
  @FunctionalInterface
  private interface EntryQuestion {
    boolean isTrueOf(InstanceEntry version);
  }

  private boolean noInstance(Name name, EntryQuestion asked) throws IOException {
    for (InstanceDirectory instance : instances) {
      Optional<InstanceEntry> version = instance.entryOf(name);
      if (version.isPresent() && asked.isTrueOf(version.get())) {
        return false;
      }
    }
    return true;
  }

  @Override
  public OtherInstances open(Name name) throws IOException {
    List<InstanceDirectory> inner = new ArrayList<>();
    try {
      for (InstanceDirectory instance : instances) {
        Optional<InstanceEntry> version = instance.entryOf(name);
        if (version.isPresent()) {
          inner.add(version.get().open());
        }
      }
      return new OtherInstances(inner, () -> InstanceRoots.closeAll(inner));
    } catch (IOException | RuntimeException e) {
      InstanceRoots.closeAll(inner);
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    opened.close();
  }
}
