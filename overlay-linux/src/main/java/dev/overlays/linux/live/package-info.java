/**
 * Finds the layers of mounted overlays, whoever mounted them and whatever paths the kernel prints.
 * Not exported.
 */
package dev.overlays.linux.live;
