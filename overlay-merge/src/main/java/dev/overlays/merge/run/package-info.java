/** What all engines share: jobs and settings, workers, places, and problems. */
package dev.overlays.merge.run;
