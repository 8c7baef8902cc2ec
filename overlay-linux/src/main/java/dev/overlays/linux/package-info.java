/**
 * Overlays on Linux. {@link dev.overlays.linux.KernelBackend} is found by {@link
 * java.util.ServiceLoader}; it is named here for those who give their own list of backends.
 */
package dev.overlays.linux;
