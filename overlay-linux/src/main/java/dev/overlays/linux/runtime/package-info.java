/**
 * Where this library mounts what was given no mount point: {@link
 * dev.overlays.linux.runtime.ProcessDirectory} is the directory of this JVM, {@link
 * dev.overlays.linux.runtime.MemoryFileSystem} a tmpfs in it. Nothing of it outlives the JVM. Not
 * exported.
 */
package dev.overlays.linux.runtime;
