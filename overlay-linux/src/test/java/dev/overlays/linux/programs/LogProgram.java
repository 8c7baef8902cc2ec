package dev.overlays.linux.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.FileAppender;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilder;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilderFactory;
import org.apache.logging.log4j.core.config.builder.impl.BuiltConfiguration;

/** A log of log4j2, in a directory that log4j makes. */
final class LogProgram implements DirectoryProgram {
  @Override
  public void prepare(Path directory) throws IOException {
    log(directory, "fixture");
  }

  @Override
  public void use(Path directory) throws IOException {
    assertEquals(List.of("fixture"), lines(directory, "logs/log"));
    log(directory, "new");
    logTo(directory.resolve("other/logs/log"), "other");
    assertEquals(List.of("fixture", "new"), lines(directory, "logs/log"));
    assertEquals(List.of("other"), lines(directory, "other/logs/log"));
  }

  @Override
  public void verify(Path directory) throws IOException {
    assertEquals(List.of("fixture", "new"), lines(directory, "logs/log"));
    assertEquals(List.of("other"), lines(directory, "other/logs/log"));
  }

  private static List<String> lines(Path directory, String file) throws IOException {
    return Files.readAllLines(directory.resolve(file));
  }

  private static void log(Path directory, String message) {
    logTo(directory.resolve("logs/log"), message);
  }

  private static void logTo(Path file, String message) {
    ConfigurationBuilder<BuiltConfiguration> builder =
        ConfigurationBuilderFactory.newConfigurationBuilder();
    builder
        .add(
            builder
                .newAppender("file", FileAppender.PLUGIN_NAME)
                .addAttribute("fileName", file.toString())
                .add(builder.newLayout("PatternLayout").addAttribute("pattern", "%m%n")))
        .add(builder.newRootLogger(Level.INFO).add(builder.newAppenderRef("file")));
    try (LoggerContext context = new LoggerContext("view")) {
      context.start(builder.build());
      assertNotNull(context.getConfiguration().getAppender("file"), "it could not open its file");
      context.getRootLogger().info(message);
    }
  }
}
