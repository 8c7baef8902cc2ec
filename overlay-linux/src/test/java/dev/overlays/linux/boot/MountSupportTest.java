package dev.overlays.linux.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.linux.StarvedJvm;
import dev.overlays.linux.context.LayerPassing;
import dev.overlays.linux.context.MountContext;
import dev.overlays.linux.syscall.NativeAccess;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.syscall.ThreadPrivilege;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class MountSupportTest {
  /** Asks what mount(8) takes. */
  static final class OfThisMachine implements StarvedJvm.RememberedQuestion {
    OfThisMachine() throws SyscallException {
      ProgramResult version = ProgramResult.run("mount", "--version");
      MountSupport.versionTakesLongValues(version.output());
      NativeAccess.accessProblem();
      LayerPassing.refusedCall();
      if (ThreadPrivilege.mayMount()) {
        MountContext.open().close();
      }
    }

    @Override
    public String ask() {
      return MountSupport.ofThisMachine().toString();
    }
  }

  @Test
  void versionIsAskedAgainAfterAFailedAttempt() throws IOException {
    assertEquals(
        MountSupport.ofThisMachine().toString(), StarvedJvm.answerAfterwards(OfThisMachine.class));
  }
}
