package dev.overlays.linux.demo;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SharedCacheDemoTest {
  @Test
  void demoRunsInMemoryWhereNothingCanBeMounted() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertTrue(SharedCacheDemo.runInMemory(new PrintStream(bytes, true, StandardCharsets.UTF_8)));
    String text = bytes.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("3 mounted again"), text);
    assertTrue(text.contains("No byte of the lower has changed"), text);
    assertFalse(text.contains("THIS IS A BUG"), text);
  }
}
