package dev.overlays.linux.mount;

import dev.overlays.linux.syscall.SyscallException;
import java.io.IOException;
import java.util.List;

/** Thrown when the kernel does not make a mount: which call failed, and what its context says. */
final class MountRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final SyscallException failure;
  private final transient List<String> messages;

  MountRefusedException(SyscallException failure, List<String> messages) {
    super(failure);
    this.failure = failure;
    this.messages = messages;
  }

  SyscallException callFailure() {
    return failure;
  }

  List<String> kernelMessages() {
    return messages;
  }
}
