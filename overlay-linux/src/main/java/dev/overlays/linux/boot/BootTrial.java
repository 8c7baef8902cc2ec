package dev.overlays.linux.boot;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.mount.OptionsInForce;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import dev.overlays.linux.table.SpecDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Mounts a boot entry by mount(8) in a mount namespace that ends with the process, and compares the
 * mount with the spec. With {@code -n} mount(8) keeps no record of the mount, which would outlive
 * the namespace.
 */
final class BootTrial {
  private static final String MOUNTED = "\noverlays: mounted\n";

  private static final String STARTED = "overlays: started\n";

  /** Takes the mount point and the arguments of mount(8), each encoded for printf(1). */
  private static final String SCRIPT =
      "printf 'overlays: started\\n'; for a do shift; set -- \"$@\" \"$(printf %b \"$a\")\"; done;"
          + " at=$1; shift; mount -n \"$@\" && printf '\\noverlays: mounted\\n'"
          + " && cat /proc/self/mountinfo && umount -n -- \"$at\"";

  private final OverlaySpec spec;

  private BootTrial(OverlaySpec spec) {
    this.spec = spec;
  }

  static List<Problem> of(OverlaySpec spec, FstabEntry entry) throws OverlayException {
    return new BootTrial(spec)
        .mountEntry(entry.toLine() + "\n", List.of("-T", "/proc/self/fd/0", mountPointText(spec)));
  }

  static List<Problem> of(SystemdUnit unit) throws OverlayException {
    List<String> arguments =
        List.of("-t", "overlay", "-o", unit.mountOptions(), "overlay", unit.mountPointText());
    return new BootTrial(unit.spec()).mountEntry("", arguments);
  }

  private static String mountPointText(OverlaySpec spec) {
    return ByteText.of(spec.mountPoint().orElseThrow());
  }

  /** Encodes bytes in ASCII, because the JVM passes nothing else in the locale of most services. */
  private static String encodeForPrintf(String bytes) {
    return bytes
        .chars()
        .mapToObj(c -> c > ' ' && c <= '~' && c != '\\' ? "" + (char) c : octalOf(c))
        .collect(Collectors.joining());
  }

  private static String octalOf(int c) {
    return String.format("\\0%03o", c);
  }

  private List<Problem> mountEntry(String fstab, List<String> arguments) throws OverlayException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("unshare", "--mount", "--propagation", "private", "--"));
    command.addAll(List.of("sh", "-c", SCRIPT, "sh", encodeForPrintf(mountPointText(spec))));
    arguments.forEach(argument -> command.add(encodeForPrintf(argument)));
    ProgramResult result;
    try {
      result = runWithFstab(command, fstab);
    } catch (IOException e) {
      throw new OverlayException(
          List.of(
              BootCheck.untriedProblem(
                  String.valueOf(e.getMessage()) + ".",
                  "Install util-linux, which has the program unshare, and let this process write to"
                      + " its temporary directory.")),
          e);
    }
    if (!result.output().startsWith(STARTED)) {
      throw new OverlayException(
          BootCheck.untriedProblem(
              "No mount namespace could be made for it: "
                  + ByteText.readableText(result.output()).strip()
                  + ".",
              "Check it where that is allowed: outside a chroot, by a process that may mount."));
    }
    int mounted = result.output().indexOf(MOUNTED);
    if (mounted < 0) {
      return List.of(
          failedTrialProblem(
              "mount(8) says: "
                  + ByteText.readableText(result.output().substring(STARTED.length())).strip()));
    }
    return compareMounted(result.output().substring(mounted + MOUNTED.length()));
  }

  /**
   * Deletes the file before mount(8) reads it as standard input, so that a killed process leaves
   * nothing.
   */
  private static ProgramResult runWithFstab(List<String> command, String fstab) throws IOException {
    Path file = Files.createTempFile("overlays", ".fstab");
    Process process;
    try {
      Files.write(file, ByteText.bytesOf(fstab));
      process = ProgramResult.startProcess(command, file.toFile());
    } finally {
      Files.delete(file);
    }
    return ProgramResult.finishProcess(process);
  }

  private List<Problem> compareMounted(String table) {
    Path mountPoint = MountedViewCheck.realPath(spec.mountPoint().orElseThrow());
    Optional<MountRecord> seen =
        table
            .lines()
            .filter(line -> line.contains(" - "))
            .flatMap(line -> MountTable.parse(line).stream())
            .filter(mount -> mount.mountPoint().equals(mountPoint))
            .reduce((first, last) -> last);
    Optional<OverlaySpec> came =
        seen.filter(MountRecord::isOverlay).flatMap(SpecDecoder::decodeSpec);
    if (came.isEmpty()) {
      return List.of(failedTrialProblem("no overlay is mounted there afterwards"));
    }
    if (!layersOf(came.get()).equals(layersOf(spec))) {
      return List.of(
          failedTrialProblem("other layers were mounted than intended: " + layersOf(came.get())));
    }
    return OptionsInForce.listDifferences(spec, seen.get());
  }

  private static List<Object> layersOf(OverlaySpec spec) {
    return List.of(spec.lowers(), spec.dataLowers(), spec.upper(), spec.work());
  }

  private Problem failedTrialProblem(String how) {
    return new Problem(
        ProblemCode.BOOT_TRIAL_FAILED,
        spec.mountPoint(),
        "Mounted as a trial, the entry failed: " + how + ".",
        "Name the layers by simpler paths, or report what mount --version says.");
  }
}
