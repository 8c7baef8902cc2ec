package dev.overlays.linux.boot;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.PathBytes;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.NativeAccess;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks which specs and names boot entries can have. It refuses what systemd 252 was seen to
 * misread, or what util-linux misreads by its sources: ul_optstr_next in lib/strutils.c takes
 * {@code "} for a quotation; systemd's fstab_filter_options halves backslashes, its unit files end
 * a value at a line end, drop white space at its end, go on in the next line after a backslash, and
 * ignore a line that is not UTF-8, and its replace_env replaces variables in the arguments of
 * mount(8).
 */
final class BootNameCheck {
  private BootNameCheck() {}

  /** Returns a problem for each part of a spec that no entry can express. */
  static List<Problem> checkSpec(OverlaySpec spec) {
    List<Problem> problems = new ArrayList<>();
    if (spec.ephemeral().isPresent()) {
      problems.add(
          unsupportedProblem(
              "What is written to an ephemeral view is thrown away by the process that has made"
                  + " it.",
              "Give the spec an upper and a work directory."));
    }
    if (!spec.idMappings().isEmpty()) {
      problems.add(
          unsupportedProblem(
              "mount(8) cannot map the owners of a lower: " + spec.idMappings().keySet() + ".",
              "Leave the mappings out, or mount the view by this library when the machine is up."));
    }
    if (spec.mountPoint().isEmpty()) {
      problems.add(
          unsupportedProblem(
              "A view without a mount point is seen by one process only.",
              "Give the spec a mount point."));
    }
    for (Path path : spec.requiredPaths()) {
      boolean mountPoint = spec.mountPoint().filter(path::equals).isPresent();
      if (isUsablePath(path, problems)) {
        checkName(path, mountPoint, problems);
      }
    }
    return problems;
  }

  private static boolean isUsablePath(Path path, List<Problem> problems) {
    boolean known = path.getFileSystem() == FileSystems.getDefault();
    if (!known
        || !path.isAbsolute()
        || !path.equals(path.normalize())
        || path.getNameCount() == 0) {
      problems.add(
          Problem.of(
              ProblemCode.BOOT_SPEC_UNSUPPORTED,
              path,
              "A boot entry needs the absolute path of a directory, without \".\" and \"..\".",
              "Name it by such a path."));
      return false;
    }
    return true;
  }

  /**
   * Returns the path, or the nearest directory above it, that every reader of an entry reads
   * correctly.
   */
  static Path nearestReadablePath(Path path) {
    Path place = path;
    while (isMisread(place)) {
      place = place.getParent();
    }
    return place;
  }

  private static boolean isMisread(Path path) {
    List<Problem> problems = new ArrayList<>();
    checkName(path, false, problems);
    return !problems.isEmpty();
  }

  /**
   * Refuses a link target whose name is misread, unless the nearest readable directory above it is
   * on the same mount: then the entry waits for that mount.
   */
  static void checkLinkTargets(List<Path> places, List<Problem> problems) {
    for (Path place : places) {
      if (isMisread(place) && !isSameMount(place, nearestReadablePath(place))) {
        checkName(place, false, problems);
      }
    }
  }

  private static boolean isSameMount(Path path, Path above) {
    if (NativeAccess.accessProblem().isPresent()) {
      return false;
    }
    try {
      return FileId.of(PathBytes.of(path)).mountId() == FileId.of(PathBytes.of(above)).mountId();
    } catch (SyscallException e) {
      return false;
    }
  }

  private static void checkName(Path path, boolean mountPoint, List<Problem> problems) {
    String name = ByteText.of(path);
    if (name.indexOf('\n') >= 0 || name.indexOf('\r') >= 0) {
      problems.add(misreadProblem(path, "systemd would end the name at the line end in it"));
    } else if (ByteText.decodeUtf8(name).filter(BootNameCheck::isSystemdText).isEmpty()) {
      problems.add(misreadProblem(path, "systemd would ignore the name: it is not UTF-8"));
    } else if (name.contains("${") || name.contains("$$")) {
      problems.add(
          misreadProblem(path, "systemd would take \"${\" or \"$$\" in the name for a variable"));
    } else if (mountPoint && (name.endsWith(" ") || name.endsWith("\t") || name.endsWith("\\"))) {
      problems.add(
          misreadProblem(
              path, "systemd would take the last character of the name for its own syntax"));
    } else if (!mountPoint && name.indexOf('\\') >= 0) {
      problems.add(misreadProblem(path, "systemd would drop backslashes of the name"));
    } else if (!mountPoint && name.indexOf('"') >= 0) {
      problems.add(
          misreadProblem(path, "mount(8) would take the double quote in the name for its syntax"));
    }
  }

  /** Systemd's utf8_is_valid is stricter than Java: it allows no noncharacters. */
  private static boolean isSystemdText(String text) {
    return text.codePoints().allMatch(c -> (c & 0xfffe) != 0xfffe && (c < 0xfdd0 || c > 0xfdef));
  }

  static Problem misreadProblem(Path path, String how) {
    return Problem.of(
        ProblemCode.BOOT_NAME_MISREAD,
        path,
        "In a boot entry " + how + ".",
        "Rename the directory, or name it by a symbolic link that has a simpler name.");
  }

  private static Problem unsupportedProblem(String what, String remedy) {
    return Problem.of(ProblemCode.BOOT_SPEC_UNSUPPORTED, what, remedy);
  }
}
