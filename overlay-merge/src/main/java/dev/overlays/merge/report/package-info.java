/** The results that the engines report: changes, conflicts, progress and counts. */
package dev.overlays.merge.report;
