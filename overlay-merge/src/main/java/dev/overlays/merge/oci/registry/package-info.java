/**
 * Images in registries. {@link dev.overlays.merge.oci.registry.OciRegistry} pushes images from a
 * layout and pulls them into one. Source of the protocol: the OCI distribution specification.
 *
 * <p>This package needs what {@link dev.overlays.merge.oci.image} needs, and {@code
 * land.oras:oras-java-sdk}, an optional dependency of this module: add it to your project. On the
 * module path it has to be resolved, by {@code --add-modules oras.java.sdk}.
 */
package dev.overlays.merge.oci.registry;
