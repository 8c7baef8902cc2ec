package dev.overlays.linux.syscall;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorLockTest {
  private static final int DUPLICATE_CLOSED_ON_EXECUTION = 1030;

  @TempDir private Path directory;

  private Descriptor open() throws SyscallException {
    return Descriptor.open(directory, OpenFlags.DIRECTORY);
  }

  @Test
  void aLockGoesWithItsDescriptorWhateverAStartingProgramHasInherited() throws SyscallException {
    Descriptor locked = open();
    assertTrue(DescriptorLock.tryExclusive(locked));
    try (Descriptor inherited =
            new Descriptor(locked.callOn(Syscall.FCNTL, DUPLICATE_CLOSED_ON_EXECUTION, 0));
        Descriptor other = open()) {
      assertFalse(DescriptorLock.tryShared(other));
      locked.close();
      assertTrue(DescriptorLock.tryExclusive(other), inherited::toString);
    }
  }
}
