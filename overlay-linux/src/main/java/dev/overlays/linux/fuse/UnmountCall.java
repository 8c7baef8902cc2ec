package dev.overlays.linux.fuse;

import dev.overlays.layer.PathBytes;
import dev.overlays.linux.process.ProcessEndings;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.MountCalls;
import dev.overlays.linux.syscall.ThreadPrivilege;
import dev.overlays.linux.syscall.TrustedProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Unmounts once: root by the kernel's call, others by the program that may. */
final class UnmountCall {
  private static final String SCRIPT =
      "point=$(printf '%b.' \"$1\")\nexec \"$0\" -u $2 -- \"${point%.}\"\n";

  /**
   * What came of it.
   *
   * @param unmounted whether the view is unmounted
   * @param busy if not, whether that is because somebody uses it
   * @param words why not
   */
  record UnmountResult(boolean unmounted, boolean busy, String words) {}

  private UnmountCall() {}

  static UnmountResult of(Path place, boolean lazy) {
    return ThreadPrivilege.mayMount() ? byKernel(place, lazy) : byProgram(place, lazy);
  }

  private static UnmountResult byKernel(Path place, boolean lazy) {
    int flags =
        lazy ? MountCalls.MNT_DETACH | MountCalls.UMOUNT_NOFOLLOW : MountCalls.UMOUNT_NOFOLLOW;
    Optional<Errno> refused = MountCalls.unmount(PathBytes.of(place), flags);
    return new UnmountResult(
        refused.isEmpty(),
        refused.equals(Optional.of(Errno.EBUSY)),
        refused.map(Errno::text).orElse(""));
  }

  /** The program prints the texts of strerror(3), in English because of LC_ALL. */
  private static UnmountResult byProgram(Path place, boolean lazy) {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT));
    command.add(FusePrograms.findFusermount().map(Path::toString).orElse("fusermount3"));
    command.add(ShellPathText.of(place));
    if (lazy) {
      command.add("-z");
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("PATH", TrustedProgram.searchPath());
    try {
      Process process = ProcessSpawning.startProcess(builder);
      process.getOutputStream().close();
      String words =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      boolean busy = words.toLowerCase(Locale.ROOT).contains("resource busy");
      return new UnmountResult(ProcessEndings.of(process) == 0, busy, words);
    } catch (IOException e) {
      return new UnmountResult(false, false, e.getMessage());
    }
  }
}
