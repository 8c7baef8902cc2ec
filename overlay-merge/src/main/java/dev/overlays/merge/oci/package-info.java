/**
 * Layers as archives that travel: the layers of OCI images, which registries keep and which the
 * tools of containers make and unpack. {@link dev.overlays.merge.oci.OciLayer} writes one, {@link
 * dev.overlays.merge.oci.OciImport} unpacks one. Source of the format: the OCI image specification,
 * "Image Layer Filesystem Changeset".
 *
 * <p>This needs {@code org.apache.commons:commons-compress}, and for zstd {@code
 * com.github.luben:zstd-jni}, too, which this module does not bring along: add them where layers
 * travel. On the module path they have to be resolved, by {@code requires
 * org.apache.commons.compress} and {@code requires com.github.luben.zstd_jni} or by {@code
 * --add-modules}.
 */
package dev.overlays.merge.oci;
