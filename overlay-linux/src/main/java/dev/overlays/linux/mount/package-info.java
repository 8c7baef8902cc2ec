/**
 * Mounting and unmounting with the kernel's overlay. {@link dev.overlays.linux.mount.KernelMounter}
 * prepares the instance, checks what the kernel would silently accept, fills a {@link
 * dev.overlays.linux.context.MountContext} (or, on old kernels, the data of mount(2)), attaches the
 * mount, and compares its options with the requested ones. If a step fails, {@link
 * dev.overlays.linux.preflight.Preflight} and the kernel's log say why. Not exported.
 */
package dev.overlays.linux.mount;
