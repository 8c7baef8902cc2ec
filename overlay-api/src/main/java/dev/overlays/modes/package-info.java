/**
 * Layers of an ordinary user whose modes shut that user out: they are opened for a moment, and get
 * their modes back.
 */
package dev.overlays.modes;
