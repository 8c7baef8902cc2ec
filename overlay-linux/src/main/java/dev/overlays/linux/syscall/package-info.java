/**
 * System calls: the only package that knows of JNA. {@link dev.overlays.linux.syscall.Kernel} makes
 * them, {@link dev.overlays.linux.syscall.ScratchMemory} holds their memory. Not exported.
 */
package dev.overlays.linux.syscall;
