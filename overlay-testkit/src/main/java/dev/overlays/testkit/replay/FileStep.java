package dev.overlays.testkit.replay;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;

/** The steps that change the content of a file and close it. */
sealed interface FileStep extends ReplayStep {

  record WriteFile(String path, long offset, int size, int salt, List<OpenOption> options)
      implements FileStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      try (SeekableByteChannel channel =
          Files.newByteChannel(session.openablePath(path), Set.copyOf(options))) {
        channel.position(offset);
        return PatternBytes.writeBytes(channel, size, salt);
      }
    }
  }

  record TruncateFile(String path, long size) implements FileStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      try (SeekableByteChannel channel =
          Files.newByteChannel(session.openablePath(path), StandardOpenOption.WRITE)) {
        channel.truncate(size);
        return "size " + channel.size();
      }
    }
  }
}
