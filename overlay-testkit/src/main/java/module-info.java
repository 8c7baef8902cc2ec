/**
 * What tests of overlays need: layers in memory or on any file system, faults on purpose, random
 * layers, and contracts that every layer store has to pass.
 */
module dev.overlays.testkit {
  requires transitive dev.overlays.api;
  requires com.google.common.jimfs;
  requires transitive org.junit.jupiter.api;
  requires org.junit.jupiter.params;

  exports dev.overlays.testkit.backend;
  exports dev.overlays.testkit.fault;
  exports dev.overlays.testkit.junit;
  exports dev.overlays.testkit.layer;
  exports dev.overlays.testkit.memory;
  exports dev.overlays.testkit.replay;
  exports dev.overlays.testkit.tree;
  exports dev.overlays.testkit.union;

  provides dev.overlays.OverlayBackend with
      dev.overlays.testkit.memory.InMemoryBackend;
  provides dev.overlays.spi.LayerStore with
      dev.overlays.testkit.layer.PortableLayerStore;
}
