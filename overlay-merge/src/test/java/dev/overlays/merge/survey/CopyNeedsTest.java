package dev.overlays.merge.survey;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.UnnamedFile;
import dev.overlays.merge.AlteredStore;
import dev.overlays.merge.HandMadeLayers;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Tests {@link CopyNeeds}, and {@link CopyProbe} over a file system that keeps little. */
class CopyNeedsTest {
  private final HandMadeLayers layers = new HandMadeLayers();
  private final CopyNeeds needs = new CopyNeeds(MarkNamespace.TRUSTED);
  private final PoorFile poorFile = new PoorFile();
  private LayerDirectory upper;

  CopyNeedsTest() throws IOException {}

  @BeforeEach
  void openUpper() throws IOException {
    upper = layers.openDirectory("upper");
  }

  @AfterEach
  void closeUpper() throws IOException {
    upper.close();
  }

  /** A file of a file system for times in seconds, of files of 100 and attributes of 10 bytes. */
  private static final class PoorFile implements UnnamedFile {
    private boolean closed;
    private boolean deniesXattrs;

    @Override
    public Instant keepTime(Instant modified) {
      return modified.truncatedTo(ChronoUnit.SECONDS);
    }

    @Override
    public void setXattr(String xattr, byte[] value) throws IOException {
      if (deniesXattrs) {
        throw new AccessDeniedException("unnamed");
      }
      if (value.length > 10) {
        throw new FileSystemException("unnamed", null, "no space left on device");
      }
    }

    @Override
    public void setSize(long size) throws IOException {
      if (size > 100) {
        throw new FileSystemException("unnamed", null, "file too large");
      }
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private List<Problem> probe() throws IOException {
    AlteredStore store =
        new AlteredStore(
            HandMadeLayers.STORE,
            (directory, method, arguments, call) ->
                method.equals("createUnnamed") ? Optional.of(poorFile) : call.make());
    try (LayerDirectory lower = store.open(layers.pathOf("lower"))) {
      return CopyProbe.findProblems(lower, needs);
    }
  }

  private void addFile(String name, int size, Instant time) throws IOException {
    layers.addFile("upper/" + name, "x".repeat(size)).setModified("upper/" + name, time);
    needs.addEntry(upper, Name.of(name), layers.statOf("upper/" + name));
  }

  private static int digits(Instant time) {
    String text =
        String.format("%09d", time.getLong(ChronoField.NANO_OF_SECOND)).replaceAll("0*$", "");
    return text.length();
  }

  @RepeatedTest(5)
  void extremesOfRandomFilesAreFound() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<Instant> times = new ArrayList<>();
    int longest = 0;
    for (int i = 0; i < 40; i++) {
      int precision = (int) Math.pow(10, random.nextInt(10));
      int nanos = random.nextInt(1_000_000_000) / precision * precision;
      Instant time = Instant.ofEpochSecond(random.nextInt(), nanos);
      int size = random.nextInt(500);
      addFile("f" + i, size, time);
      times.add(time);
      longest = Math.max(longest, size);
    }
    List<Instant> extremes = needs.extremeTimes().stream().map(CopyNeeds.TimedEntry::time).toList();
    String what = "seed " + seed;
    assertTrue(extremes.contains(times.stream().min(Instant::compareTo).orElseThrow()), what);
    assertTrue(extremes.contains(times.stream().max(Instant::compareTo).orElseThrow()), what);
    int finest = times.stream().mapToInt(CopyNeedsTest::digits).max().orElseThrow();
    assertEquals(finest, digits(extremes.get(0)), what + ": the most precise comes first");
    assertEquals(longest, needs.longestFile().orElseThrow().size(), what);
    needs
        .extremeTimes()
        .forEach(
            timed -> {
              int number = Integer.parseInt(timed.path().replaceAll(".*/f", ""));
              assertEquals(times.get(number), timed.time(), what);
            });
  }

  @Test
  void largestAttributesCountWithTheirNamesAndWithoutMarks() throws IOException {
    addFile("small", 0, Instant.EPOCH);
    addFile("large", 0, Instant.EPOCH);
    upper.setXattr(Name.of("small"), "user.a", new byte[20]);
    upper.setXattr(Name.of("large"), "user.with-a-long-name", new byte[10]);
    upper.setXattr(Name.of("small"), "trusted.overlay.origin", new byte[500]);
    for (String name : List.of("small", "large")) {
      needs.addXattrs(upper, Name.of(name), upper.xattrs(Name.of(name)));
    }
    CopyNeeds.EntryXattrs largest = needs.largestXattrs().orElseThrow();
    assertEquals("/root/upper/large", largest.path());
    assertEquals("user.with-a-long-name".length() + 10, largest.bytes());
    assertArrayEquals(new byte[10], largest.xattrs().get("user.with-a-long-name"));
  }

  @Test
  void emptyUpperNeedsNothing() throws IOException {
    assertEquals(List.of(), needs.extremeTimes());
    assertEquals(List.of(), probe());
    assertTrue(poorFile.closed);
  }

  /** One problem for times is enough: the others have the same remedy. */
  @Test
  void everythingThatTheLowerCannotKeepIsAProblemWithItsEntry() throws IOException {
    addFile("fine", 0, Instant.ofEpochSecond(5, 7));
    addFile("finer", 101, Instant.ofEpochSecond(6, 8));
    upper.setXattr(Name.of("fine"), "user.large", new byte[11]);
    needs.addXattrs(upper, Name.of("fine"), List.of("user.large"));
    List<Problem> problems = probe();
    assertEquals(3, problems.size(), problems::toString);
    assertTrue(problems.get(0).message().contains("1970-01-01T00:00:05.000000007Z"));
    assertTrue(problems.get(1).message().contains("a length of 101 bytes (file too large)"));
    assertTrue(problems.get(2).message().contains("user.large of 11 bytes"));
    assertEquals(
        List.of("/root/upper/fine", "/root/upper/finer", "/root/upper/fine"),
        problems.stream().map(p -> p.path().orElseThrow().toString()).toList());
    for (Problem problem : problems) {
      assertEquals(ProblemCode.MERGE_LOWER_CANNOT_KEEP, problem.code());
      assertTrue(problem.message().contains("/root/lower"), problem.message());
    }
    assertTrue(poorFile.closed);
  }

  /** A file cannot have a default ACL, and a user not every attribute; the copy itself shows it. */
  @Test
  void deniedAttributeIsNoProblem() throws IOException {
    addFile("file", 0, Instant.EPOCH);
    upper.setXattr(Name.of("file"), "user.large", new byte[11]);
    needs.addXattrs(upper, Name.of("file"), List.of("user.large"));
    poorFile.deniesXattrs = true;
    assertEquals(List.of(), probe());
  }
}
