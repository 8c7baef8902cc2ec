package dev.overlays.linux.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.overlays.linux.FullJvm;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class EnterCommandTest {
  /** Asks what unshare(1) offers. */
  static final class MappingOffered implements FullJvm.Question {
    MappingOffered() throws IOException {
      Process help =
          new ProcessBuilder(
                  NamespacePrograms.findProgram("unshare").orElseThrow().toString(), "--help")
              .redirectErrorStream(true)
              .start();
      help.getInputStream().readAllBytes();
      ProcessEndings.of(help);
      // Loads the class.
      assertNotEquals(0, EnterCommand.class.getDeclaredMethods().length);
    }

    @Override
    public String ask() throws IOException {
      return "offered: " + EnterCommand.isMappingOffered();
    }
  }

  @Test
  void whatCouldNotBeAskedForWantOfDescriptorsIsAskedAgain() throws IOException {
    assertEquals(
        "offered: " + EnterCommand.isMappingOffered(),
        FullJvm.answerAfterwards(MappingOffered.class));
  }
}
