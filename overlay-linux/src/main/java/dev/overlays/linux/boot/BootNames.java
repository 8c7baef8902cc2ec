package dev.overlays.linux.boot;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.NativeAccess;
import dev.overlays.linux.syscall.PathBytes;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Which specs and names boot entries can have. What is refused here was seen to be misread with
 * systemd 252, or is misread by the sources of util-linux: ul_optstr_next in lib/strutils.c takes
 * {@code "} for a quotation; systemd's fstab_filter_options halves backslashes, its unit files end
 * a value at a line end, drop white space at its end, go on in the next line after a backslash, and
 * ignore a line that is not UTF-8, and its replace_env puts variables into what mount(8) is told.
 */
final class BootNames {
  private BootNames() {}

  /** What no entry can say of a spec. */
  static List<Problem> checkNames(OverlaySpec spec) {
    List<Problem> problems = new ArrayList<>();
    if (spec.ephemeral().isPresent()) {
      problems.add(
          unsupportedName(
              "What is written to an ephemeral view is thrown away by the process that has made"
                  + " it.",
              "Give the spec an upper and a work directory."));
    }
    if (!spec.idMappings().isEmpty()) {
      problems.add(
          unsupportedName(
              "mount(8) cannot map the owners of a lower: " + spec.idMappings().keySet() + ".",
              "Leave the mappings out, or mount the view by this library when the machine is up."));
    }
    if (spec.mountPoint().isEmpty()) {
      problems.add(
          unsupportedName(
              "A view without a mount point is seen by one process only.",
              "Give the spec a mount point."));
    }
    for (Path path : spec.paths()) {
      boolean mountPoint = spec.mountPoint().filter(path::equals).isPresent();
      if (isPlace(path, problems)) {
        checkName(path, mountPoint, problems);
      }
    }
    return problems;
  }

  private static boolean isPlace(Path path, List<Problem> problems) {
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

  /** The path, or the nearest directory above it, whose name no reader of an entry misreads. */
  static Path writablePath(Path path) {
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
   * Where links lead to what cannot be named, a mount may be waited for that is at or above what
   * can be.
   */
  static void checkLinked(List<Path> places, List<Problem> problems) {
    for (Path place : places) {
      if (isMisread(place) && !isSameMount(place, writablePath(place))) {
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
      problems.add(misreadPath(path, "systemd would end the name at the line end in it"));
    } else if (ByteText.decodedCharacters(name).filter(BootNames::isText).isEmpty()) {
      problems.add(misreadPath(path, "systemd would ignore the name: it is not UTF-8"));
    } else if (name.contains("${") || name.contains("$$")) {
      problems.add(
          misreadPath(path, "systemd would take \"${\" or \"$$\" in the name for a variable"));
    } else if (mountPoint && (name.endsWith(" ") || name.endsWith("\t") || name.endsWith("\\"))) {
      problems.add(
          misreadPath(
              path, "systemd would take the last character of the name for its own syntax"));
    } else if (!mountPoint && name.indexOf('\\') >= 0) {
      problems.add(misreadPath(path, "systemd would drop backslashes of the name"));
    } else if (!mountPoint && name.indexOf('"') >= 0) {
      problems.add(
          misreadPath(path, "mount(8) would take the double quote in the name for its syntax"));
    }
  }

  /** Systemd's utf8_is_valid wants more than Java: no noncharacters. */
  private static boolean isText(String text) {
    return text.codePoints().allMatch(c -> (c & 0xfffe) != 0xfffe && (c < 0xfdd0 || c > 0xfdef));
  }

  static Problem misreadPath(Path path, String how) {
    return Problem.of(
        ProblemCode.BOOT_NAME_MISREAD,
        path,
        "In a boot entry " + how + ".",
        "Rename the directory, or name it by a symbolic link that has a simpler name.");
  }

  private static Problem unsupportedName(String what, String remedy) {
    return Problem.of(ProblemCode.BOOT_SPEC_UNSUPPORTED, what, remedy);
  }
}
