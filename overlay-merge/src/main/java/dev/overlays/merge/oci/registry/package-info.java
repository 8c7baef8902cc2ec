/**
 * Images in registries. {@link dev.overlays.merge.oci.registry.OciRegistry} pushes images from a
 * layout and pulls them into one. Source of the protocol: the OCI distribution specification.
 *
 * <p>This package needs what {@link dev.overlays.merge.oci.image} needs, and {@code
 * land.oras:oras-java-sdk}, an optional dependency of this module: add it to your project. Its
 * dependencies {@code org.bouncycastle:bcprov-jdk18on} and {@code tools.jackson.dataformat:*} are
 * not used and may be excluded. The library has no module descriptor: on the module path use {@code
 * --add-modules
 * oras.java.sdk,org.slf4j,java.net.http,tools.jackson.databind,com.github.benmanes.caffeine}.
 */
@NullMarked
package dev.overlays.merge.oci.registry;

import org.jspecify.annotations.NullMarked;
