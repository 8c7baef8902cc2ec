/** Private paths: what an instance hides of the lower and never shares. */
package dev.overlays.hiding;
