package dev.overlays.merge.run;

import dev.overlays.OverlaySpec;
import dev.overlays.merge.report.MergeReport;
import dev.overlays.merge.report.VacuumReport;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Logs one line for each run, through {@link System.Logger}. */
public final class MergeLog {
  private static final Logger LOG = System.getLogger("dev.overlays.merge");

  private MergeLog() {}

  public static void logReport(OverlaySpec spec, MergeReport report) {
    LOG.log(Level.DEBUG, () -> upperText(spec) + " into " + spec.lowers().get(0) + ": " + report);
  }

  public static void logReport(OverlaySpec spec, VacuumReport report) {
    LOG.log(Level.DEBUG, () -> upperText(spec) + ": " + report);
  }

  private static String upperText(OverlaySpec spec) {
    return spec.upper().map(Object::toString).orElse("layers");
  }
}
