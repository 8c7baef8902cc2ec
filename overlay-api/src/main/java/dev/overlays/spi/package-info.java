/**
 * For authors of backends and layer stores.
 *
 * <h2>A backend</h2>
 *
 * <p>Implement {@link dev.overlays.OverlayBackend} with a public no-argument constructor that does
 * nothing, and name the class both in {@code META-INF/services/dev.overlays.OverlayBackend} and, in
 * a named module, in a {@code provides} clause. {@link dev.overlays.Overlays} then asks, best
 * priority first: is the backend {@linkplain dev.overlays.OverlayBackend#unavailable() unavailable}
 * here, does it {@linkplain dev.overlays.OverlayBackend#declines decline} this very spec? The first
 * that says twice no has to mount it; what it throws goes to the caller, no other backend is tried
 * after it.
 *
 * <p>Three promises are asked of it. A mount that fails leaves nothing behind: no mount, no
 * process, no directory or mark that was not there before. Nothing that the spec asks is dropped:
 * what cannot be had is refused with a {@link dev.overlays.Problem}. And {@link
 * dev.overlays.OverlayMount#close()} never deletes anything below the mount point.
 *
 * <p>What {@link dev.overlays.OverlayBackend#mount} has to do beside mounting:
 *
 * <ul>
 *   <li>Resolve relative paths against the working directory, and follow symbolic links on the way
 *       to a layer: whether two layers are the same, or one is inside another, is told by where
 *       they are, not by what they are called.
 *   <li>Refuse what is wrong with the layers and the mount point, by the codes that {@link
 *       dev.overlays.ProblemCode} has for it; an option that this backend does not know by {@link
 *       dev.overlays.ProblemCode#OPTION_UNSUPPORTED}, marks of root that it cannot write by {@link
 *       dev.overlays.ProblemCode#USERXATTR_REQUIRED}.
 *   <li>Create what is missing of an {@linkplain dev.overlays.OverlaySpec#instance() instance}. A
 *       new upper gets the attributes of the top-most lower, or the root of the view would not have
 *       them.
 *   <li>For an {@linkplain dev.overlays.OverlaySpec#ephemeral() ephemeral} spec make an upper, and
 *       throw it away or keep it at the end: {@link dev.overlays.instance.EphemeralUpper} and
 *       {@link dev.overlays.instance.EphemeralView} do that for a backend that can mount all else.
 *   <li>Keep others away from the layers: refuse an upper or work directory that another view uses,
 *       and layers that somebody has claimed; and see that nobody can claim them while the view is
 *       there. For mounts that the kernel's table shows the native store sees to the latter; others
 *       {@linkplain dev.overlays.spi.LayerStore#hold hold} the layers.
 *   <li>With the layers to itself, {@linkplain dev.overlays.fuseform.FuseForm#settle settle} the
 *       upper, which another program may have left in a form of its own.
 *   <li>With the layers to itself, hide the private paths by {@link
 *       dev.overlays.hiding.PrivatePaths#hide}, and show them again by {@link
 *       dev.overlays.hiding.HiddenPaths#show} if the mount fails.
 *   <li>Write into the upper what the field's own format has for it, in the namespace that the
 *       option {@code userxattr} says: another backend, or the merge, reads it next.
 * </ul>
 *
 * <p>Whether all that is so is found out by {@code OverlayBackendContract} of the test kit.
 *
 * <h2>A layer store</h2>
 *
 * <p>{@link dev.overlays.spi.LayerStore} opens the directories of layers, for the merge and for
 * what a backend has to write into an upper. All work goes through {@link
 * dev.overlays.layer.LayerDirectory}: relative to an open directory, one {@link
 * dev.overlays.layer.Name} at a time, never through a symbolic link.
 */
package dev.overlays.spi;
