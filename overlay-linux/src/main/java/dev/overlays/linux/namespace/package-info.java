/**
 * A child process that holds a user and a mount namespace, in which an ordinary user may mount.
 * {@link dev.overlays.linux.namespace.UserNamespace} starts the child and sends it commands. The
 * child and all mounts in its namespace end when it is closed or this JVM dies. Not exported.
 */
package dev.overlays.linux.namespace;
