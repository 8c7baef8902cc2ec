package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.InvalidSpecException;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlayOptions;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.RedirectDir;
import dev.overlays.UuidMode;
import dev.overlays.Verity;
import dev.overlays.Xino;
import dev.overlays.layer.PathBytes;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.table.MountTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Compares this library with mount(8), which gets the same options: either both mount, and the
 * views have the same options in force and show the same, or both refuse. It tries every value of
 * every option, all pairs, and random combinations. The library refuses an option that the kernel
 * would silently drop although the view needs it.
 */
class OptionsAgainstMountTest {
  private static final int RANDOM_SETS = 60;

  private static final Set<ProblemCode> REFUSALS =
      Set.of(
          ProblemCode.OPTION_CONFLICT,
          ProblemCode.OPTION_UNSUPPORTED,
          ProblemCode.OPTION_NOT_IN_FORCE);

  private static final List<UnaryOperator<OverlayOptions>> VALUES =
      List.of(
          o -> o.withIndex(true),
          o -> o.withNfsExport(true),
          o -> o.withRedirectDir(RedirectDir.ON),
          o -> o.withRedirectDir(RedirectDir.OFF),
          o -> o.withRedirectDir(RedirectDir.FOLLOW),
          o -> o.withMetacopy(true),
          o -> o.withXino(Xino.ON),
          o -> o.withXino(Xino.AUTO),
          o -> o.withUuid(UuidMode.ON),
          o -> o.withUuid(UuidMode.OFF),
          o -> o.withUuid(UuidMode.NULL),
          o -> o.withVerity(Verity.ON),
          o -> o.withUserXattr(true),
          o -> o.withVolatileUpper(true),
          o -> o.withOverrideCreds(true));

  @AutoClose private Sandbox sandbox;
  private Path mountPoint;
  private Path disk;
  private int cases;

  @BeforeEach
  void makeLayers() throws IOException {
    sandbox = Sandbox.asRoot();
    disk = sandbox.mountDisk("disk");
    mountPoint = sandbox.createDirectory("mnts");
    Files.createDirectories(disk.resolve("top/renamed"));
    sandbox.createFile("disk/bottom/old/file", "content");
    sandbox.createFile("disk/data/blob", "the data");
    sandbox.createFile("disk/top/metacopy", "no data!");
    mark("top/renamed", "redirect", "/old");
    mark("top/metacopy", "redirect", "/blob");
    mark("top/metacopy", "metacopy", "");
  }

  private void mark(String entry, String mark, String value) throws IOException {
    for (String namespace : List.of("trusted", "user")) {
      String name = namespace + ".overlay." + mark;
      Sandbox.run("setfattr", "-n", name, "-v", value, disk.resolve(entry).toString());
    }
  }

  @ParameterizedTest(name = "upper {0}, data-only lower {1}")
  @CsvSource({"true,false", "false,false", "true,true", "false,true"})
  void agreesWithMountOnEveryOption(boolean upper, boolean data) throws IOException {
    long seed = new Random().nextLong();
    Set<String> wrong = new TreeSet<>();
    for (OverlayOptions options : choices(new Random(seed))) {
      compare(options, upper, data).ifPresent(wrong::add);
    }
    assertEquals(Set.of(), wrong, () -> "seed " + seed);
  }

  private static Set<OverlayOptions> choices(Random random) {
    Set<OverlayOptions> choices = new LinkedHashSet<>();
    OverlayOptions defaults = OverlayOptions.defaults();
    choices.add(defaults);
    for (UnaryOperator<OverlayOptions> one : VALUES) {
      for (UnaryOperator<OverlayOptions> other : VALUES) {
        choices.add(other.apply(one.apply(defaults)));
      }
    }
    for (int i = 0; i < RANDOM_SETS; i++) {
      OverlayOptions options = defaults;
      for (int change = 0; change < 4; change++) {
        options = VALUES.get(random.nextInt(VALUES.size())).apply(options);
      }
      choices.add(options);
    }
    return choices;
  }

  private Optional<String> compare(OverlayOptions options, boolean upper, boolean data)
      throws IOException {
    String byMount = byMount(options, upper, data);
    String byLibrary = byLibrary(options, upper, data);
    return byMount.equals(byLibrary)
        ? Optional.empty()
        : Optional.of(
            words(options, upper) + "\n  mount(8): " + byMount + "\n  ours: " + byLibrary);
  }

  private String byMount(OverlayOptions options, boolean upper, boolean data) throws IOException {
    StringBuilder all = new StringBuilder("lowerdir=" + disk.resolve("top"));
    all.append(':').append(disk.resolve("bottom"));
    if (data) {
      all.append("::").append(disk.resolve("data"));
    }
    if (upper) {
      all.append(",upperdir=").append(next("upper")).append(",workdir=").append(next("work"));
    }
    all.append(',').append(words(options, upper));
    try {
      Sandbox.run("mount", "-t", "overlay", "o", "-o", all.toString(), mountPoint.toString());
    } catch (IOException e) {
      return "refused";
    }
    try {
      String view = view(mountPoint);
      return isMissed(options, upper, view) ? "refused" : view;
    } finally {
      // Lazily, for whoever looks for live overlays has those of all namespaces open for a moment.
      Sandbox.run("umount", "-l", mountPoint.toString());
    }
  }

  private String byLibrary(OverlayOptions options, boolean upper, boolean data) throws IOException {
    OverlaySpec.Builder builder =
        OverlaySpec.builder()
            .lower(disk.resolve("top"))
            .lower(disk.resolve("bottom"))
            .mountPoint(mountPoint)
            .options(unused -> options);
    if (data) {
      builder.dataLower(disk.resolve("data"));
    }
    if (upper) {
      builder.upper(next("upper")).work(next("work"));
    }
    OverlaySpec spec;
    try {
      spec = builder.build();
    } catch (InvalidSpecException e) {
      assertEquals(ProblemCode.OPTION_CONFLICT, e.problems().get(0).code(), e::getMessage);
      return "refused";
    }
    List<Problem> problems = KernelMounter.checkSpec(spec);
    try (OverlayMount mount = KernelMounter.mountView(spec)) {
      assertEquals(List.of(), problems, () -> "checked, and then mounted: " + spec);
      return view(mount.root());
    } catch (OverlayException e) {
      assertTrue(REFUSALS.contains(e.problems().get(0).code()), e::getMessage);
      return "refused";
    }
  }

  private Path next(String name) throws IOException {
    cases++;
    return Files.createDirectory(disk.resolve(name + cases));
  }

  /**
   * All options, since a spec leaves none to the kernel's defaults; but without an upper {@code
   * nfs_export=on} needs no index, and {@code index=off} beside it would be refused.
   */
  private static String words(OverlayOptions options, boolean upper) {
    List<String> words = new ArrayList<>();
    if (upper || options.index() || !options.nfsExport()) {
      words.add("index=" + word(options.index()));
    }
    words.add("nfs_export=" + word(options.nfsExport()));
    words.add("metacopy=" + word(options.metacopy()));
    words.add("redirect_dir=" + options.redirectDir().name().toLowerCase(Locale.ROOT));
    words.add("xino=" + options.xino().name().toLowerCase(Locale.ROOT));
    if (options.uuid() != UuidMode.AUTO) {
      words.add("uuid=" + options.uuid().name().toLowerCase(Locale.ROOT));
    }
    if (options.verity() != Verity.OFF) {
      words.add("verity=" + options.verity().name().toLowerCase(Locale.ROOT));
    }
    if (options.userXattr()) {
      words.add("userxattr");
    }
    if (options.volatileUpper()) {
      words.add("volatile");
    }
    if (options.overrideCreds()) {
      words.add("override_creds");
    }
    return String.join(",", words);
  }

  private static String word(boolean on) {
    return on ? "on" : "off";
  }

  /** Whether the kernel dropped an option that this view needs. */
  private static boolean isMissed(OverlayOptions options, boolean upper, String view) {
    return (options.nfsExport() && !view.contains("nfs_export=on"))
        || (options.metacopy() && !view.contains("metacopy=on"))
        || (options.index() && upper && !view.contains("index=on"))
        || (options.volatileUpper() && upper && !view.contains("volatile"))
        || (options.uuid() == UuidMode.ON && view.contains("uuid=null"));
  }

  /** The options in force, and what is shown: renamed directories, and files without data. */
  private static String view(Path root) throws IOException {
    String options =
        MountTable.findMount(FileId.of(PathBytes.of(root)))
            .orElseThrow()
            .options()
            .replaceAll("\\w+dir\\+?=/[^,]*,?", "");
    StringBuilder shown = new StringBuilder(options);
    for (String name : List.of("metacopy", "old", "old/file", "renamed", "renamed/file", "blob")) {
      shown.append("; ").append(name).append(' ').append(shown(root.resolve(name)));
    }
    return shown.toString();
  }

  private static String shown(Path entry) {
    try {
      return Files.isDirectory(entry)
          ? Arrays.toString(entry.toFile().list())
          : Files.readString(entry);
    } catch (IOException e) {
      return e.getClass().getSimpleName();
    }
  }
}
