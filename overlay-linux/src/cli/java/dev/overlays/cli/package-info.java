/**
 * The program {@code overlays}: every command parses its arguments, makes one call of the library,
 * and prints what comes back.
 */
package dev.overlays.cli;
