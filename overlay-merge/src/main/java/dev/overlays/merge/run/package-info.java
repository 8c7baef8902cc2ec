/** What every engine runs on: its job and options, its workers, and how it names places. */
package dev.overlays.merge.run;
