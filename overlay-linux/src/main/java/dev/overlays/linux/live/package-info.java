/**
 * Which directories are the layers of the overlays that are mounted, whoever mounted them and
 * whatever paths the kernel prints. Not exported.
 */
package dev.overlays.linux.live;
