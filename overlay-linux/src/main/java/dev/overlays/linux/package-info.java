/**
 * Overlays on Linux. {@link java.util.ServiceLoader} finds its backends, such as {@link
 * dev.overlays.linux.KernelBackend}; their classes are public for callers who pass their own list
 * of backends.
 */
@NullMarked
package dev.overlays.linux;

import org.jspecify.annotations.NullMarked;
