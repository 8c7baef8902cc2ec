package dev.overlays.merge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.OverlaySpec;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.report.MergeReport;
import dev.overlays.merge.report.VacuumReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MergeLogTest {
  private final Logger logger = Logger.getLogger("dev.overlays.merge");
  private final Level level = logger.getLevel();
  private final boolean usesParents = logger.getUseParentHandlers();
  private final List<String> lines = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          lines.add(line.getLevel() + " " + line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
  private final OverlaySpec spec =
      OverlaySpec.builder().lower(Path.of("/l")).upper(Path.of("/u")).work(Path.of("/w")).build();

  @BeforeEach
  void listen() {
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    logger.setLevel(Level.FINE);
  }

  @AfterEach
  void stopListening() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(usesParents);
    logger.setLevel(level);
  }

  @Test
  void runIsOneLineForPeopleWhoDebug() {
    MergeLog.logReport(
        spec, new MergeReport(false, Map.of(MergeAction.ADDED, 1L), 0, 0, Duration.ofMillis(5)));
    MergeLog.logReport(spec, new VacuumReport(true, 1, 0, 2, 0, Duration.ZERO));
    assertEquals(
        List.of(
            "FINE /u into /l: merged: 1 added, in 0.005 s",
            "FINE /u: would remove: 1 files, 0 directories, 2 whiteouts; 0 bytes freed,"
                + " in 0.000 s"),
        lines);
  }

  @Test
  void nothingIsWrittenAtTheDefaultLevel() {
    logger.setLevel(Level.INFO);
    MergeLog.logReport(spec, new VacuumReport(true, 1, 0, 2, 0, Duration.ZERO));
    assertEquals(List.of(), lines);
  }
}
