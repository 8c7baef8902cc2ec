/** Processes that this library starts: how their end is waited for. */
package dev.overlays.linux.process;
