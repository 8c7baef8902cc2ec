/**
 * For authors of backends and layer stores.
 *
 * <h2>A backend</h2>
 *
 * <p>Implement {@link dev.overlays.OverlayBackend} with a public no-argument constructor that does
 * nothing, and name the class in {@code META-INF/services/dev.overlays.OverlayBackend} and, in a
 * named module, in a {@code provides} clause. {@link dev.overlays.Overlays} asks the backends in
 * the order of their priority whether they are {@linkplain
 * dev.overlays.OverlayBackend#whyUnavailable() unavailable} here and whether they {@linkplain
 * dev.overlays.OverlayBackend#whyDeclined decline} the spec. The first backend for which neither is
 * true mounts the spec. Its exceptions go to the caller; no other backend is tried after it.
 *
 * <p>A backend must keep three promises. A mount that fails leaves nothing behind: no mount, no
 * process, no directory and no mark that did not exist before. Nothing that the spec asks for is
 * dropped: what the backend does not support is refused with a {@link dev.overlays.Problem}. And
 * {@link dev.overlays.OverlayMount#close()} never deletes anything below the mount point.
 *
 * <p>Besides mounting, {@link dev.overlays.OverlayBackend#mount} must:
 *
 * <ul>
 *   <li>Resolve relative paths against the working directory, and follow symbolic links in the path
 *       of a layer: whether two layers are the same, or one is inside another, depends on where
 *       they are, not on their names.
 *   <li>Refuse wrong layers and mount points with the codes that {@link dev.overlays.ProblemCode}
 *       has for them, an option that this backend does not support with {@link
 *       dev.overlays.ProblemCode#OPTION_UNSUPPORTED}, and marks of root that it cannot write with
 *       {@link dev.overlays.ProblemCode#USERXATTR_REQUIRED}.
 *   <li>Create the missing directories of an {@linkplain dev.overlays.OverlaySpec#instance()
 *       instance}. A new upper gets the attributes of the top-most lower, since the root of the
 *       view shows those of the upper.
 *   <li>For an {@linkplain dev.overlays.OverlaySpec#ephemeral() ephemeral} spec create an upper,
 *       and discard or keep it at the end: {@link dev.overlays.instance.EphemeralUpper} and {@link
 *       dev.overlays.instance.EphemeralView} do that for a backend that can mount ordinary specs.
 *   <li>Keep others away from the layers: refuse an upper or work directory that another view uses,
 *       and layers that somebody has claimed; and make sure that nobody can claim them while the
 *       view exists. The native store does the latter for mounts that the kernel's table shows; for
 *       other mounts {@linkplain dev.overlays.spi.LayerStore#hold hold} the layers.
 *   <li>While nobody else uses the layers, convert the upper to the kernel's form by {@link
 *       dev.overlays.fuseform.FuseForm}, if fuse-overlayfs left it in a form of its own.
 *   <li>While nobody else uses the layers, hide the private paths by {@link
 *       dev.overlays.hiding.PrivatePaths#hide}, and show them again by {@link
 *       dev.overlays.hiding.HidingRecord#undo} if the mount fails.
 *   <li>Write only the format of OverlayFS into the upper, with marks in the namespace that the
 *       option {@code userxattr} selects: another backend, or the merge, reads it next.
 * </ul>
 *
 * <p>{@code OverlayBackendContract} of the test kit checks all of this.
 *
 * <h2>A layer store</h2>
 *
 * <p>{@link dev.overlays.spi.LayerStore} opens the directories of layers, for the merge and for
 * what a backend must write into an upper. All work goes through {@link
 * dev.overlays.layer.LayerDirectory}: relative to an open directory, one {@link
 * dev.overlays.layer.Name} at a time, never through a symbolic link.
 */
@NullMarked
package dev.overlays.spi;

import org.jspecify.annotations.NullMarked;
