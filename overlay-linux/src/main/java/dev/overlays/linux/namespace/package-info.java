/**
 * A child process that holds a user and a mount namespace, in which an ordinary user may mount.
 * {@link dev.overlays.linux.namespace.UserNamespace} starts it and speaks to it; it ends, and all
 * that was mounted in it, when it is closed and when this JVM dies in any way. Not exported.
 */
package dev.overlays.linux.namespace;
