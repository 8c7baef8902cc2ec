/**
 * The API of Overlays: writable, independent views over a shared read-only directory tree.
 *
 * <p>A program describes a view with an {@link dev.overlays.OverlaySpec}, mounts it with {@link
 * dev.overlays.Overlays#mount(dev.overlays.OverlaySpec)} and works below {@link
 * dev.overlays.OverlayMount#root()}. What mounts it is a backend found by {@link
 * java.util.ServiceLoader}: put {@code overlay-linux} on the class path or the module path. Whoever
 * writes a backend or a layer store of their own implements {@link dev.overlays.spi}.
 */
module dev.overlays.api {
  exports dev.overlays;
  exports dev.overlays.layer;
  exports dev.overlays.spi;

  uses dev.overlays.OverlayBackend;
  uses dev.overlays.spi.LayerStore;
}
