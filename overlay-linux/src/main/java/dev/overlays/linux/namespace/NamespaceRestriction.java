package dev.overlays.linux.namespace;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Why an ordinary user may have no namespaces here, and what an administrator can do about it.
 * Sources: namespaces(7), user_namespaces(7), seccomp(2); Debian's unprivileged_userns_clone;
 * Ubuntu's apparmor_restrict_unprivileged_userns.
 */
public final class NamespaceRestriction {
  private final Path proc;
  private final String words;

  private NamespaceRestriction(Path proc, String words) {
    this.proc = proc;
    this.words = words;
  }

  /**
   * Finds the reason.
   *
   * @param words what the program has said that could not make them
   * @return the reason, or those words where none is known
   */
  public static Problem restrictionProblem(String words) {
    return restrictionProblem(Path.of("/proc"), words);
  }

  static Problem restrictionProblem(Path proc, String words) {
    return new NamespaceRestriction(proc, words).restrictionProblem();
  }

  private Problem restrictionProblem() {
    if (readSetting("sys/kernel/unprivileged_userns_clone").equals("0")) {
      return forbiddenBy(
          "The setting kernel.unprivileged_userns_clone is 0: only root may have user namespaces",
          "As root: sysctl kernel.unprivileged_userns_clone=1, and the same line in a file of"
              + " /etc/sysctl.d to keep it.");
    }
    if (readSetting("sys/user/max_user_namespaces").equals("0")) {
      return forbiddenBy(
          "The setting user.max_user_namespaces is 0: nobody may have user namespaces",
          "As root: sysctl user.max_user_namespaces=10000, and the same line in a file of"
              + " /etc/sysctl.d to keep it.");
    }
    if (readSetting("sys/kernel/apparmor_restrict_unprivileged_userns").equals("1")) {
      return forbiddenBy(
          "AppArmor lets only programs with a profile have user namespaces"
              + " (kernel.apparmor_restrict_unprivileged_userns is 1)",
          "As root: write a profile for unshare with the rule \"userns,\" (see /etc/apparmor.d), or"
              + " sysctl kernel.apparmor_restrict_unprivileged_userns=0.");
    }
    if (words.contains("No space left on device")) {
      return forbiddenBy(
          "There are as many namespaces as this system allows, or 32 inside each other",
          "As root: raise user.max_user_namespaces and user.max_mnt_namespaces (sysctl).");
    }
    if (statusField("Seccomp").equals("2")) {
      return forbiddenBy(
          "A seccomp filter lies over this process, as containers have it, and forbids the system"
              + " call",
          "Start the container with a seccomp profile that allows unshare and mount (docker run"
              + " --security-opt seccomp=FILE), or with --cap-add SYS_ADMIN for the kernel"
              + " backend.");
    }
    return forbiddenBy(
        "This system does not let the user have a user and mount namespace of their own",
        "Look at what \"unshare --user --map-root-user --mount true\" says; mount as root"
            + " otherwise.");
  }

  private Problem forbiddenBy(String what, String remedy) {
    return Problem.of(
        ProblemCode.USER_NAMESPACES_FORBIDDEN, what + " (\"" + words + "\").", remedy);
  }

  private String readSetting(String setting) {
    try {
      return Files.readString(proc.resolve(setting)).strip();
    } catch (IOException e) {
      // This kernel has no such setting.
      return "";
    }
  }

  private String statusField(String field) {
    for (String line : readSetting("self/status").split("\n", -1)) {
      if (line.startsWith(field + ":")) {
        return line.substring(field.length() + 1).strip();
      }
    }
    return "";
  }
}
