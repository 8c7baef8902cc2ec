package dev.overlays.merge.shared;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.Name;
import dev.overlays.merge.apply.OtherViews;
import dev.overlays.merge.run.Selection;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the other instances show in one directory. */
final class OtherInstances implements OtherViews {
  private final List<Instance> instances;
  private final Closeable opened;

  private OtherInstances(List<Instance> instances, Closeable opened) {
    this.instances = instances;
    this.opened = opened;
  }

  /** Opens the roots. The private paths of an instance do not count as shown. */
  static OtherInstances open(List<OverlaySpec> specs, LayerStore store) throws IOException {
    if (specs.isEmpty()) {
      return new OtherInstances(List.of(), () -> {});
    }
    Instances roots =
        Instances.open(
            specs,
            List.of(),
            spec -> Selection.of(spec.privatePaths(), List.of(), List.of()),
            store);
    return new OtherInstances(roots.roots(), roots);
  }

  @Override
  public boolean allDelete(Name name) throws IOException {
    return none(name, version -> version.state() != Version.State.NOTHING);
  }

  @Override
  public boolean noneShowsLower(Name name) throws IOException {
    return none(name, Version::showsLower);
  }

  /** A condition on an entry of an instance. */
  @FunctionalInterface
  private interface Asked {
    boolean is(Version version);
  }

  private boolean none(Name name, Asked asked) throws IOException {
    for (Instance instance : instances) {
      Optional<Version> version = instance.version(name);
      if (version.isPresent() && asked.is(version.get())) {
        return false;
      }
    }
    return true;
  }

  @Override
  public OtherInstances open(Name name) throws IOException {
    List<Instance> inner = new ArrayList<>();
    try {
      for (Instance instance : instances) {
        Optional<Version> version = instance.version(name);
        if (version.isPresent()) {
          inner.add(version.get().open());
        }
      }
      return new OtherInstances(inner, () -> Instances.closeAll(inner));
    } catch (IOException | RuntimeException e) {
      Instances.closeAll(inner);
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    opened.close();
  }
}
