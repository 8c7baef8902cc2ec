/**
 * Folds what was written into a view back into the tree that it was a view of. Start at {@link
 * dev.overlays.merge.OverlayMerge}. Layers travel by {@link dev.overlays.merge.oci}.
 */
module dev.overlays.merge {
  requires transitive dev.overlays.api;
  requires static org.jspecify;
  requires org.apache.commons.io;
  requires static java.net.http;
  requires static com.github.luben.zstd_jni;
  requires static oras.java.sdk;
  requires static org.apache.commons.compress;
  requires static tools.jackson.core;

  exports dev.overlays.cache;
  exports dev.overlays.merge;
  exports dev.overlays.merge.oci;
  exports dev.overlays.merge.oci.image;
  exports dev.overlays.merge.oci.registry;
  exports dev.overlays.merge.oci.value;
  exports dev.overlays.merge.report;
}
