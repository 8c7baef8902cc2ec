/**
 * Mount tables and specs of mounted overlays: {@link dev.overlays.linux.table.MountTable} reads the
 * mount table of a process, {@link dev.overlays.linux.table.SpecDecoder} makes specs of its overlay
 * mounts. Not exported.
 */
package dev.overlays.linux.table;
