/** The results that the engines report: changes, conflicts, progress and counts. */
@NullMarked
package dev.overlays.merge.report;

import org.jspecify.annotations.NullMarked;
