/**
 * Mounting without root's rights: in a {@linkplain dev.overlays.linux.namespace.UserNamespace
 * namespace} that a child of this JVM holds. {@link dev.overlays.linux.rootless.RootlessMounter}
 * goes the way of a mount. The views of this JVM share a namespace, {@link
 * dev.overlays.linux.rootless.SharedNamespace}, in which each has a {@linkplain
 * dev.overlays.linux.rootless.ViewPlace place} that no canonical path leads to; programs see them
 * {@linkplain dev.overlays.linux.rootless.ProgramPlaces elsewhere}. Not exported.
 */
package dev.overlays.linux.rootless;
