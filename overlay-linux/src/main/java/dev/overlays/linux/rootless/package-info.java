/**
 * Mounting without root's rights: in a {@linkplain dev.overlays.linux.namespace.Namespace
 * namespace} that a child of this JVM holds. {@link dev.overlays.linux.rootless.RootlessMounter}
 * goes the way of a mount. A view with a mount point is in a namespace that all those of this JVM
 * share, {@link dev.overlays.linux.rootless.SharedNamespace}; a private one outlives its namespace
 * by a descriptor. Not exported.
 */
package dev.overlays.linux.rootless;
