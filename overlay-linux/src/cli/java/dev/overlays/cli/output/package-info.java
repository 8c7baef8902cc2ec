/** What commands print: text for people, JSON for programs, and the progress of long work. */
package dev.overlays.cli.output;
