package dev.overlays.linux.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.overlays.linux.FullJvm;
import dev.overlays.linux.context.LayerChannel;
import dev.overlays.linux.context.MountContext;
import dev.overlays.linux.syscall.NativeAccess;
import dev.overlays.linux.syscall.SyscallException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class MountProgramTest {
  /** Asks what mount(8) takes. */
  static final class OfThisMachine implements FullJvm.Question {
    OfThisMachine() throws SyscallException {
      MachineCommand version = MachineCommand.run("mount", "--version");
      MountProgram.takesLongValues(version.output());
      NativeAccess.accessProblem();
      LayerChannel.refusedCall();
      MountContext.open().close();
    }

    @Override
    public String ask() {
      return MountProgram.ofThisMachine().toString();
    }
  }

  @Test
  void whatCouldNotBeAskedForWantOfDescriptorsIsAskedAgain() throws IOException {
    assertEquals(
        MountProgram.ofThisMachine().toString(), FullJvm.answerAfterwards(OfThisMachine.class));
  }
}
