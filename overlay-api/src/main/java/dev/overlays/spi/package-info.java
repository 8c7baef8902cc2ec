/**
 * For authors of backends and layer stores.
 *
 * <h2>A backend</h2>
 *
 * <p>Implement {@link dev.overlays.spi.OverlayBackend} with a public no-argument constructor that
 * does nothing, and name the class both in {@code
 * META-INF/services/dev.overlays.spi.OverlayBackend} and, in a named module, in a {@code provides}
 * clause. {@link dev.overlays.Overlays} then asks, best priority first: is the backend {@linkplain
 * dev.overlays.spi.OverlayBackend#unavailable() unavailable} here, does it {@linkplain
 * dev.overlays.spi.OverlayBackend#declines decline} this very spec? The first that says twice no
 * has to mount it; what it throws goes to the caller, no other backend is tried after it.
 *
 * <p>Three promises are asked of it. A mount that fails leaves nothing behind: no mount, no
 * process, no directory that was not there before. Nothing that the spec asks is dropped: what
 * cannot be had is refused with a {@link dev.overlays.Problem}. And {@link
 * dev.overlays.OverlayMount#close()} never deletes anything below the mount point.
 *
 * <h2>A layer store</h2>
 *
 * <p>{@link dev.overlays.spi.LayerStore} opens the directories of layers, for the merge and for
 * what a backend has to write into an upper. All work goes through {@link
 * dev.overlays.layer.LayerDirectory}: relative to an open directory, one {@link
 * dev.overlays.layer.Name} at a time, never through a symbolic link.
 */
package dev.overlays.spi;
