/**
 * What tests of overlays need: layers in memory or on any file system, faults on purpose, random
 * layers, and contracts that every layer store has to pass.
 *
 * <p>The kit belongs on the class path, where build tools put what only tests need, also those of a
 * modular project. So this descriptor provides no services: the backend in memory and the portable
 * layer store are found by {@code META-INF/services} alone. With a {@code provides} here, Surefire
 * would take the kit and JUnit for modules of the project, whose tests then could not read JUnit.
 */
module dev.overlays.testkit {
  requires transitive dev.overlays.api;
  requires static org.jspecify;
  requires com.google.common;
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
}
