/**
 * Private paths: an instance hides what its lowers hold there, and never shares its own content.
 */
package dev.overlays.hiding;
