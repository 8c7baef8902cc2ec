package dev.overlays;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The entry point: mounts specs, and finds mounted views. Thread-safe.
 *
 * <p>A backend does the work: the one that the caller names; otherwise the one that the system
 * property {@value #BACKEND_PROPERTY} names; otherwise the one with the highest priority, among
 * those that {@link java.util.ServiceLoader} finds, that is available and does not decline the
 * spec.
 */
public final class Overlays {

  /** The system property that names the backend to use when the caller names none. */
  public static final String BACKEND_PROPERTY = "dev.overlays.backend";

  private Overlays() {}

  /**
   * Mounts a view.
   *
   * @param spec what to mount
   * @return the mounted view; close it to unmount
   * @throws OverlayException if it cannot be mounted. If no backend can be used, the problems say
   *     why for each backend, and what else is wrong with the spec
   */
  public static OverlayMount mount(OverlaySpec spec) throws OverlayException {
    String name = System.getProperty(BACKEND_PROPERTY);
    if (name != null) {
      return mount(spec, name);
    }
    ChosenBackend choice = ChosenBackend.among(backends(), spec);
    if (choice.backend().isEmpty()) {
      throw new OverlayException(problemsWithoutBackend(choice, backends(), spec));
    }
    return choice.backend().get().mount(spec);
  }

  /**
   * Mounts a view with a certain backend.
   *
   * @param spec what to mount
   * @param backendName the {@linkplain OverlayBackend#name() name} of the backend
   * @return the mounted view; close it to unmount
   * @throws OverlayException if there is no such backend ({@link ProblemCode#BACKEND_UNKNOWN}), it
   *     cannot be used, or it cannot mount the spec
   */
  public static OverlayMount mount(OverlaySpec spec, String backendName) throws OverlayException {
    OverlayBackend named = backendNamed(backendName);
    ChosenBackend choice = ChosenBackend.of(named, spec);
    if (choice.backend().isEmpty()) {
      throw new OverlayException(problemsWithoutBackend(choice, List.of(named), spec));
    }
    return choice.backend().get().mount(spec);
  }

  /**
   * Lists everything that would make {@link #mount(OverlaySpec)} fail, as far as that can be known
   * beforehand. Changes nothing.
   *
   * @param spec what is to be mounted
   * @return the problems, the most important first; empty if the mount should succeed
   */
  public static List<Problem> check(OverlaySpec spec) {
    Objects.requireNonNull(spec, "spec");
    String name = System.getProperty(BACKEND_PROPERTY);
    List<OverlayBackend> candidates = backends();
    ChosenBackend choice;
    if (name == null) {
      choice = ChosenBackend.among(candidates, spec);
    } else {
      try {
        candidates = List.of(backendNamed(name));
      } catch (OverlayException e) {
        return e.problems();
      }
      choice = ChosenBackend.of(candidates.get(0), spec);
    }
    return choice.backend().isPresent()
        ? choice.backend().get().check(spec)
        : problemsWithoutBackend(choice, candidates, spec);
  }

  /**
   * Returns the backends that were found, including those that cannot be used here ({@link
   * OverlayBackend#whyUnavailable()} says why).
   *
   * @return the backends, best first
   */
  public static List<OverlayBackend> backends() {
    return BackendLookup.workingBackends();
  }

  /**
   * Returns all visible overlay mounts, whoever made them.
   *
   * @return the mounts of each backend, best backend first
   * @throws OverlayException if a backend that is available cannot list its mounts
   */
  public static List<OverlayMount> mounted() throws OverlayException {
    List<OverlayMount> mounts = new ArrayList<>();
    for (OverlayBackend backend : backends()) {
      if (ChosenBackend.reasonUnavailable(backend).isEmpty()) {
        mounts.addAll(backend.mounted());
      }
    }
    return mounts;
  }

  /**
   * Finds the overlay that is mounted at a path, to take over a view that another process, an
   * earlier run or the boot mounted. If several are mounted on top of each other, this returns the
   * visible one.
   *
   * @param mountPoint where it is mounted
   * @return the mount, whose {@link OverlayMount#close()} unmounts it; empty if there is no overlay
   * @throws OverlayException if a backend that is available cannot list its mounts
   */
  public static Optional<OverlayMount> find(Path mountPoint) throws OverlayException {
    List<Path> wanted = List.of(absolutePath(mountPoint), realPath(mountPoint));
    return mounted().stream()
        .filter(
            mount ->
                mount
                    .spec()
                    .mountPoint()
                    .map(Overlays::absolutePath)
                    .filter(wanted::contains)
                    .isPresent())
        .reduce((lower, upper) -> upper);
  }

  /**
   * Opens a file that says what the machine mounts at boot.
   *
   * @param file such as {@code /etc/fstab}
   * @return its entries that are overlays; the file is read and written when their methods are
   *     called
   * @throws OverlayException if no backend supports such files ({@link
   *     ProblemCode#PLATFORM_UNSUPPORTED})
   */
  public static BootEntries bootEntries(Path file) throws OverlayException {
    for (OverlayBackend backend : backends()) {
      Optional<BootEntries> entries = backend.bootEntries(file);
      if (entries.isPresent()) {
        return entries.get();
      }
    }
    throw new OverlayException(
        Problem.of(
            ProblemCode.PLATFORM_UNSUPPORTED,
            file,
            "No backend here can read or write boot entries.",
            "Add the dependency dev.overlays:overlay-linux, or use BootEntries of your own."));
  }

  private static Path absolutePath(Path path) {
    return path.toAbsolutePath().normalize();
  }

  private static Path realPath(Path path) {
    try {
      return path.toRealPath();
    } catch (java.io.IOException e) {
      return path.toAbsolutePath();
    }
  }

  private static OverlayBackend backendNamed(String name) throws OverlayException {
    Objects.requireNonNull(name, "backendName");
    for (OverlayBackend backend : backends()) {
      if (backend.name().equals(name)) {
        return backend;
      }
    }
    List<Problem> problems = new ArrayList<>();
    problems.add(
        Problem.of(
            ProblemCode.BACKEND_UNKNOWN,
            "There is no backend named \"" + name + "\".",
            "Use one of ["
                + backends().stream().map(OverlayBackend::name).collect(Collectors.joining(", "))
                + "], or put the artifact that holds it on the class path or module path."));
    problems.addAll(BackendLookup.brokenProviders());
    throw new OverlayException(problems);
  }

  private static List<Problem> problemsWithoutBackend(
      ChosenBackend choice, List<OverlayBackend> asked, OverlaySpec spec) {
    List<Problem> problems =
        RefusalReport.listProblems(choice, asked, BackendLookup.brokenProviders(), spec);
    return problems.isEmpty()
        ? List.of(
            Problem.of(
                ProblemCode.NO_BACKEND,
                "No backend is on the class path or the module path.",
                "Add the dependency dev.overlays:overlay-linux."))
        : List.copyOf(problems);
  }
}
