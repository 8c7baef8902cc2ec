package dev.overlays.merge.run;

import dev.overlays.OverlaySpec;
import dev.overlays.merge.report.MergeReport;
import dev.overlays.merge.report.VacuumReport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Writes one line a run to the log that the program has chosen. */
public final class MergeLog {
  private static final Logger LOG = System.getLogger("dev.overlays.merge");

  private MergeLog() {}

  public static void logDone(OverlaySpec spec, MergeReport report) {
    LOG.log(Level.DEBUG, () -> upperOf(spec) + " into " + spec.lowers().get(0) + ": " + report);
  }

  public static void logDone(OverlaySpec spec, VacuumReport report) {
    LOG.log(Level.DEBUG, () -> upperOf(spec) + ": " + report);
  }

  private static String upperOf(OverlaySpec spec) {
    return spec.upper().map(Object::toString).orElse("layers");
  }
}
