/**
 * Mount points for views that were given none: {@link dev.overlays.linux.runtime.ProcessDirectory}
 * is the directory of this JVM, {@link dev.overlays.linux.runtime.MemoryFileSystem} a tmpfs in it.
 * Nothing in it outlives the JVM. Not exported.
 */
package dev.overlays.linux.runtime;
