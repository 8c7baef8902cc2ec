/**
 * Exports layers as the layer archives of OCI images and imports them again. Registries store such
 * archives; container tools create and unpack them. {@link dev.overlays.merge.oci.OciLayer} writes
 * one, {@link dev.overlays.merge.oci.OciImport} unpacks one. Source of the format: the OCI image
 * specification, "Image Layer Filesystem Changeset".
 *
 * <p>This package needs {@code org.apache.commons:commons-compress}, and for zstd also {@code
 * com.github.luben:zstd-jni}. Both are optional dependencies of this module: add them to your
 * project. On the module path they have to be resolved, by {@code requires
 * org.apache.commons.compress} and {@code requires com.github.luben.zstd_jni} or by {@code
 * --add-modules}.
 */
@NullMarked
package dev.overlays.merge.oci;

import org.jspecify.annotations.NullMarked;
