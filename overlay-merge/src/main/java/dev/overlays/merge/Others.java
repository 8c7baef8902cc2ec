package dev.overlays.merge;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the other instances show at one place: asked where something may be deleted from the lower
 * only if every instance has deleted it.
 */
final class Others implements Closeable {
  private final List<Instance> instances;
  private final Closeable opened;

  private Others(List<Instance> instances, Closeable opened) {
    this.instances = instances;
    this.opened = opened;
  }

  /** Opens the roots; of what is private for an instance it shows nothing of the lower. */
  static Others open(List<OverlaySpec> specs, LayerStore store) throws IOException {
    if (specs.isEmpty()) {
      return new Others(List.of(), () -> {});
    }
    Instances roots =
        Instances.open(
            specs,
            List.of(),
            spec -> Selection.of(spec.privatePaths(), List.of(), List.of()),
            store);
    return new Others(roots.roots(), roots);
  }

  /**
   * Whether no other instance shows anything under a name: what it has of its own may come into the
   * lower later, where the whiteout of the one that has deleted it has to hide it.
   */
  boolean allDelete(Name name) throws IOException {
    return none(name, version -> version.state() != Version.State.NOTHING);
  }

  /** Whether no other instance shows what the lowers have under a name. */
  boolean noneShowsLower(Name name) throws IOException {
    return none(name, Version::showsLower);
  }

  /** What is asked of a version. */
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

  Others open(Name name) throws IOException {
    List<Instance> inner = new ArrayList<>();
    try {
      for (Instance instance : instances) {
        Optional<Version> version = instance.version(name);
        if (version.isPresent()) {
          inner.add(version.get().open());
        }
      }
      return new Others(inner, () -> Instances.closeAll(inner));
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
