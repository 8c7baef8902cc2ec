/**
 * The API of Overlays: writable, independent views over a shared read-only directory tree.
 *
 * <p>A program describes a view with an {@link dev.overlays.OverlaySpec}, mounts it with {@link
 * dev.overlays.Overlays#mount(dev.overlays.OverlaySpec)} and works below {@link
 * dev.overlays.OverlayMount#root()}. What mounts it is a backend found by {@link
 * java.util.ServiceLoader}: put {@code overlay-linux} on the class path or the module path. Whoever
 * writes a backend or a layer store of their own implements {@link dev.overlays.spi}.
 */
@SuppressWarnings("module") // The modules that it exports to depend on this one.
module dev.overlays.api {
  // Annotations, which nobody needs to have.
  requires static org.jspecify;

  exports dev.overlays;
  exports dev.overlays.layer;
  exports dev.overlays.spi;

  // What backends of others may build on.
  exports dev.overlays.copy;
  exports dev.overlays.fuseform;
  exports dev.overlays.hiding;
  exports dev.overlays.instance;
  exports dev.overlays.fit to
      dev.overlays.linux,
      dev.overlays.merge,
      dev.overlays.testkit;
  exports dev.overlays.lookup to
      dev.overlays.merge,
      dev.overlays.testkit;
  exports dev.overlays.owners to
      dev.overlays.merge;

  uses dev.overlays.OverlayBackend;
  uses dev.overlays.spi.LayerStore;
}
