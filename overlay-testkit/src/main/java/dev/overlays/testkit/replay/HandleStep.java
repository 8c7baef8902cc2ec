package dev.overlays.testkit.replay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The steps that use open files, while other steps change the view. */
sealed interface HandleStep extends ReplayStep {

  record OpenFile(int handle, String path, List<OpenOption> options) implements HandleStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      Path file = session.openablePath(path);
      SeekableByteChannel channel = Files.newByteChannel(file, Set.copyOf(options));
      if (Files.isDirectory(file)) {
        // The size of a directory depends on the file system of the layers.
        channel.close();
        return "a directory";
      }
      session.keepChannel(handle, channel);
      return "open";
    }
  }

  record ReadHandle(int handle, long offset, int size) implements HandleStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      SeekableByteChannel channel = session.channelOf(handle);
      channel.position(offset);
      return PatternBytes.readBytes(channel, ByteBuffer.allocate(size))
          + " to "
          + channel.position();
    }
  }

  record WriteHandle(int handle, long offset, int size, int salt) implements HandleStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      SeekableByteChannel channel = session.channelOf(handle);
      channel.position(offset);
      return PatternBytes.writeBytes(channel, size, salt) + " to " + channel.position();
    }
  }

  record TruncateHandle(int handle, long size) implements HandleStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      return "size " + session.channelOf(handle).truncate(size).size();
    }
  }

  record SizeOfHandle(int handle) implements HandleStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      return "size " + session.channelOf(handle).size();
    }
  }

  record CloseHandle(int handle) implements HandleStep {
    @Override
    public String performIn(ViewSession session) throws IOException {
      session.closeIfOpen(handle);
      return "closed";
    }
  }
}
