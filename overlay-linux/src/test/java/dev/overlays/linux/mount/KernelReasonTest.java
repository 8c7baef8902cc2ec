package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The kernel's messages and their problem codes; each message was seen in the log of Linux 6.18 or
 * is in its source.
 */
class KernelReasonTest {
  private static final OverlaySpec SPEC =
      OverlaySpec.builder()
          .lower(Path.of("/lower"))
          .lower(Path.of("/second"))
          .upper(Path.of("/upper"))
          .work(Path.of("/work"))
          .mountPoint(Path.of("/mnts"))
          .build();

  private static SyscallException einval() {
    return new SyscallException(Syscall.FSCONFIG, Errno.EINVAL.number());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          UPPER_IN_USE | /upper | upperdir is in-use as upperdir/workdir of another mount, mount with '-o index=off' to override exclusive upperdir protection.
          WORK_IN_USE | /work | workdir is in-use as upperdir/workdir of another mount, mount with '-o index=off' to override exclusive upperdir protection.
          LAYER_IN_USE | /lower | lowerdir is in-use as upperdir/workdir of another mount, mount with '-o index=off' to override exclusive upperdir protection.
          UPPER_OF_OTHER_LOWER | /upper | failed to verify upper root origin
          LAYER_REPEATED | /lower | conflicting lowerdir path
          LAYER_NESTED | /lower | overlapping lowerdir path
          LAYER_NESTED | /upper | overlapping upperdir path
          STACKING_TOO_DEEP | /lower | maximum fs stacking depth exceeded
          UPPER_WORK_ON_DIFFERENT_MOUNTS | /work | workdir and upperdir must reside under the same mount
          UPPER_WORK_NESTED | /work | workdir and upperdir must be separate subtrees
          UPPER_READ_ONLY | /upper | upper fs is r/o, try multi-lower layers mount
          VOLATILE_LEFTOVER | /work | overlay with incompat feature 'volatile' cannot be mounted
          OPTION_UNSUPPORTED | /mnts | e overlay: Unknown parameter 'override_creds'
          UPPER_FILE_SYSTEM_UNSUPPORTED | /upper | filesystem on /upper not supported as upperdir
          LOWER_FILE_SYSTEM_UNSUPPORTED | /second | e overlay: filesystem on /second not supported
          LOWER_FILE_SYSTEM_UNSUPPORTED | /lower | e overlay: filesystem on somewhere not supported
          """)
  void kernelLinesBecomeProblemCodes(ProblemCode code, Path path, String line) {
    Problem problem = KernelReason.of(SPEC, einval(), List.of("something else", line));
    assertEquals(code, problem.code());
    assertEquals(Optional.of(path), problem.path());
    assertTrue(problem.message().contains(line), problem::message);
    assertFalse(problem.remedy().isBlank());
  }

  @Test
  void contextMessagesBecomeProblemCodes() {
    IOException refused =
        new MountRefusedException(
            einval(), List.of("e overlay: filesystem on /second not supported"));
    Problem problem = KernelReason.of(SPEC, refused, List.of());
    assertEquals(ProblemCode.LOWER_FILE_SYSTEM_UNSUPPORTED, problem.code());
    assertEquals(Optional.of(Path.of("/second")), problem.path());
  }

  @Test
  void withoutALineTheErrorNumberDecides() {
    SyscallException eperm = new SyscallException(Syscall.FSOPEN, Errno.EPERM.number());
    assertEquals(ProblemCode.PRIVILEGE_MISSING, KernelReason.of(SPEC, eperm, List.of()).code());
    Problem problem = KernelReason.of(SPEC, einval(), List.of());
    assertEquals(ProblemCode.KERNEL_REFUSED, problem.code());
    assertTrue(problem.message().contains("fsconfig"), problem::message);
    assertTrue(problem.message().contains("EINVAL"), problem::message);
  }
}
