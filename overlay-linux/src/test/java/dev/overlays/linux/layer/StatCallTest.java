package dev.overlays.linux.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.EntryStat;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.ScratchMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An entry of which the kernel does not tell everything. */
class StatCallTest {
  private static final int ACCESS_TIME = 0x20;

  private static EntryStat without(int field) throws IOException {
    try (Descriptor root = Descriptor.open(Path.of("/"), OpenFlags.PATH);
        ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      assertEquals(0, StatCall.makeCall(scratch, root, scratch.putString(new byte[] {'.'})));
      ByteBuffer statx = scratch.structBuffer();
      statx.putInt(0, statx.getInt(0) & ~field);
      return StatCall.resultOf(scratch, () -> "/layer/entry");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x1, 0x2, 0x4, 0x8, 0x10, 0x40, 0x100, 0x200, 0x400})
  void isRefused(int field) {
    FileSystemException e = assertThrows(FileSystemException.class, () -> without(field));
    assertEquals("/layer/entry", e.getFile());
    assertTrue(e.getReason().contains("0x" + Integer.toHexString(field)), e::getReason);
  }

  /** A file system that keeps no times of access says so. */
  @Test
  void mayLackTheTimeOfAccess() throws IOException {
    assertEquals(without(0), without(ACCESS_TIME));
  }
}
