/**
 * Images of container tools, made of layers. {@link dev.overlays.merge.oci.image.OciImage} is what
 * an image is made of, {@link dev.overlays.merge.oci.image.OciLayout} a directory that holds
 * images, {@link dev.overlays.merge.oci.image.StoredImage} one of them. Source of the formats: the
 * OCI image specification.
 *
 * <p>This package needs what {@link dev.overlays.merge.oci} needs, and {@code
 * tools.jackson.core:jackson-core}, an optional dependency of this module: add it to your project.
 * On the module path it has to be resolved, by {@code requires tools.jackson.core} or by {@code
 * --add-modules}.
 */
@NullMarked
package dev.overlays.merge.oci.image;

import org.jspecify.annotations.NullMarked;
