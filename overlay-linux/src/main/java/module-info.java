/**
 * Overlays on Linux: the kernel's own overlay file system as a mount backend, and a store that
 * opens layers by descriptors. Nothing here is called directly: put the module on the class path or
 * module path, and {@link dev.overlays.Overlays} finds it.
 */
module dev.overlays.linux {
  requires transitive dev.overlays.api;
  requires static org.jspecify;
  requires com.sun.jna;

  exports dev.overlays.linux;
  exports dev.overlays.linux.boot;

  opens dev.overlays.linux.syscall to
      com.sun.jna;

  provides dev.overlays.OverlayBackend with
      dev.overlays.linux.KernelBackend,
      dev.overlays.linux.RootlessBackend,
      dev.overlays.linux.FuseOverlayfsBackend;
  provides dev.overlays.spi.LayerStore with
      dev.overlays.linux.layer.NativeLayerStore;
}
