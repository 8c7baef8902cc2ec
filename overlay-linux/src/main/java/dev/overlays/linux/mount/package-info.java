/**
 * Mounting and unmounting with the kernel's overlay. The way of a mount: {@link
 * dev.overlays.linux.mount.KernelMounter} prepares the instance, makes sure of what the kernel
 * would silently let pass, fills a {@link dev.overlays.linux.context.MountContext} (or, on old
 * kernels, the data of mount(2)), attaches the mount and compares what came about with what was
 * asked. When a step fails, {@link dev.overlays.linux.preflight.Preflight} and the kernel's log say
 * why. Not exported.
 */
package dev.overlays.linux.mount;
