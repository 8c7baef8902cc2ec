package dev.overlays.merge.shared;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.Name;
import dev.overlays.merge.apply.OtherInstanceViews;
import dev.overlays.merge.run.EntrySelection;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The open directories of the other instances at one place of the view. */
final class OtherInstances implements OtherInstanceViews {
  private final List<InstancePlace> instances;
  private final Closeable opened;

  private OtherInstances(List<InstancePlace> instances, Closeable opened) {
    this.instances = instances;
    this.opened = opened;
  }

  /** Opens the roots. The private paths of an instance do not count as shown. */
  static OtherInstances open(List<OverlaySpec> specs, LayerStore store) throws IOException {
    if (specs.isEmpty()) {
      return new OtherInstances(List.of(), () -> {});
    }
    InstanceRoots roots =
        InstanceRoots.open(
            specs,
            List.of(),
            spec -> EntrySelection.of(spec.privatePaths(), List.of(), List.of()),
            store);
    return new OtherInstances(roots.roots(), roots);
  }

  @Override
  public boolean allDelete(Name name) throws IOException {
    return noneMatches(name, version -> version.state() != InstanceEntry.EntryState.NOTHING);
  }

  @Override
  public boolean noneShowsLower(Name name) throws IOException {
    return noneMatches(name, InstanceEntry::showsLower);
  }

  /** A condition on an entry of an instance. */
  @FunctionalInterface
  private interface EntryTest {
    boolean isTrueOf(InstanceEntry version);
  }

  private boolean noneMatches(Name name, EntryTest asked) throws IOException {
    for (InstancePlace instance : instances) {
      Optional<InstanceEntry> version = instance.entryOf(name);
      if (version.isPresent() && asked.isTrueOf(version.get())) {
        return false;
      }
    }
    return true;
  }

  @Override
  public OtherInstances openDirectory(Name name) throws IOException {
    List<InstancePlace> inner = new ArrayList<>();
    try {
      for (InstancePlace instance : instances) {
        Optional<InstanceEntry> version = instance.entryOf(name);
        if (version.isPresent()) {
          inner.add(version.get().openDirectory());
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
