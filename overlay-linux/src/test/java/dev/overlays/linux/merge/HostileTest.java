package dev.overlays.linux.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers that somebody makes to lead out of them, and names that no program expects. */
@Tag("long")
class HostileTest {
  private static final List<String> TARGETS =
      List.of(
          "lower/kept",
          "instance/upper/kept",
          "lower/opaque",
          "instance/upper/new",
          "lower/meta",
          "instance/upper/meta",
          "lower/swapped0",
          "instance/upper/swapped1",
          "lower/chain",
          "instance/upper/new/deep",
          "instance/upper",
          "lower",
          "instance/work/overlays-staging",
          "instance/work");

  @AutoClose private Sandbox sandbox;
  private Path disk;
  private Path lowerPlace;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
    disk = sandbox.mountTmpfs("disk");
  }

  /** Makes the layers, in one directory. */
  private OverlaySpec spec(String relative) throws IOException {
    lowerPlace = sandbox.createDirectory("disk/" + relative);
    return FormatWorkload.spec(
        Files.createDirectories(lowerPlace.resolve("lower")), lowerPlace.resolve("instance"));
  }

  /** Puts a link to the outside in the place of a directory, before one operation. */
  private final class LinkSwap implements FaultyLayerStore.OperationHook {
    private final long at;
    private long operations;
    private String swapped;

    LinkSwap(long at) {
      this.at = at;
    }

    @Override
    public void beforeChange(FileOperation operation, String path) throws IOException {
      operations++;
      for (int i = 0; swapped == null && operations >= at && i < TARGETS.size(); i++) {
        String target = TARGETS.get((int) (at + i) % TARGETS.size());
        Path place = target.startsWith("lower") ? lowerPlace : disk.resolve("layers");
        Path directory = place.resolve(target);
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
          Files.move(directory, place.resolve("away"));
          Files.createSymbolicLink(directory, disk.resolve("outside"));
          swapped = target;
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void swappedLinksLeadNothingOutside(boolean across) throws IOException {
    OverlaySpec spec = spec("layers");
    FormatWorkload.makeLayers(spec, false);
    Path outside = sandbox.createDirectory("disk/outside");
    Sandbox.run("cp", "-a", spec.lowers().get(0) + "/.", outside.toString());
    Sandbox.run("cp", "-a", spec.upper().orElseThrow().toString(), outside + "/kept");
    Sandbox.run("cp", "-a", disk + "/layers", disk + "/prepared");
    if (across) {
      lowerPlace = sandbox.mountTmpfs("disk/other");
      spec = FormatWorkload.spec(lowerPlace.resolve("lower"), disk.resolve("layers/instance"));
    }
    String before = new DirectoryContent(outside).describeEverything();
    int stopped = 0;
    long at = 1;
    boolean more = true;
    int runs = 0;
    while (more) {
      prepare();
      LinkSwap swap = new LinkSwap(at);
      FaultyLayerStore store = new FaultyLayerStore(LayerStore.of(disk)).setHook(swap);
      try {
        OverlayMerge.of(spec).store(store).run();
      } catch (OverlayException e) {
        stopped++;
      }
      store.assertAllClosed();
      String what = swap.swapped + " before operation " + at;
      assertEquals(before, new DirectoryContent(outside).describeEverything(), what);
      more = swap.swapped != null;
      at += across ? 11 : 4;
      runs++;
    }
    System.out.printf("swapped in %d runs, %d of them stopped%n", runs - 1, stopped);
    assertTrue(runs > 40, "runs: " + runs);
  }

  private void prepare() throws IOException {
    Path layers = disk.resolve("layers");
    String[] old = {layers.toString(), lowerPlace + "/lower", lowerPlace + "/away"};
    Sandbox.run("rm", "-rf", old[0], old[1], old[2]);
    Sandbox.run("cp", "-a", disk + "/prepared", layers.toString());
    if (!lowerPlace.equals(layers)) {
      Sandbox.run("mv", layers + "/lower", lowerPlace.toString());
    }
  }

  private static List<String> view(OverlaySpec spec) throws IOException {
    try (OverlayMount mount = Overlays.mount(spec)) {
      return new DirectoryContent(mount.root()).manifest();
    }
  }

  private static void perl(String script, Path directory) throws IOException {
    Sandbox.run("perl", "-e", "chdir $ARGV[0] or die $!; " + script, directory.toString());
  }

  private static void assertMerges(OverlaySpec spec) throws IOException {
    List<String> view = view(spec);
    OverlayMerge.of(spec).run();
    DirectoryContent lower = new DirectoryContent(spec.lowers().get(0));
    assertTrue(view.equals(lower.manifest()), "the lower is not what the view was");
    assertEquals(List.of(), lower.listMarks());
    assertEquals(view, view(spec));
  }

  /** Far beyond PATH_MAX. */
  @Test
  void pathsLongerThanPathMaxAreMerged() throws IOException {
    OverlaySpec spec = spec("deep");
    String descend =
        """
        my $n = 'x' x 255;
        sub down { for (1..$_[0]) { mkdir $n; chdir $n or die $!; } }
        sub file { open(my $f, '>>', $_[0]) or die $!; print $f $_[1]; close $f or die $!; }
        """;
    perl(
        descend
            + "down(100); file('a', 'a'); file('b', 'b'); mkdir 'd'; file('d/c', 'c'); down(5);",
        spec.lowers().get(0));
    try (OverlayMount mount = Overlays.mount(spec)) {
      perl(
          descend
              + "down(100); file('a', 'more'); unlink 'b' or die $!; rename 'd', 'e' or die $!;"
              + " down(100); file('new', 'new'); file($n, 'long'); chmod 0600, $n or die $!;",
          mount.root());
    }
    assertMerges(spec);
  }

  @Test
  void namesOfAnyBytesAreMerged() throws IOException {
    OverlaySpec spec = spec("names");
    String each =
        """
        sub file { open(my $f, '>>', $_[0]) or die $!; print $f 'x'; close $f or die $!; }
        for my $i (1..255) {
          my $n = chr($i);
          next if $n eq '/' or $n eq '.';
        """;
    perl(each + "file($n); mkdir \"dir$n\"; file(\"dir$n/$n\"); }", spec.lowers().get(0));
    try (OverlayMount mount = Overlays.mount(spec)) {
      perl(
          each
              + "file($n) if $i % 3 == 0; unlink $n if $i % 3 == 1; chmod 0600, $n if $i % 3 == 2;"
              + " rename \"dir$n\", \"renamed$n\" if $i % 2; file(\"new$n\"); mkdir \"$n$n$n\"; }",
          mount.root());
    }
    assertMerges(spec);
  }
}
