package dev.overlays.testkit.replay;

import java.nio.file.CopyOption;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** Random operations on few names and on existing entries, so that they affect each other. */
final class RandomSteps {
  private static final List<OpenOption> READ_OPTIONS = List.of(StandardOpenOption.READ);

  private static final List<List<OpenOption>> OPEN_OPTIONS =
      List.of(
          List.of(StandardOpenOption.WRITE),
          List.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE),
          List.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE),
          List.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
          List.of(StandardOpenOption.APPEND),
          List.of(StandardOpenOption.APPEND, StandardOpenOption.CREATE),
          List.of(StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING),
          List.of(
              StandardOpenOption.WRITE,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING),
          List.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
          List.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.DSYNC),
          List.of(StandardOpenOption.APPEND, StandardOpenOption.TRUNCATE_EXISTING),
          List.of(
              StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, StandardOpenOption.SPARSE),
          List.of(StandardOpenOption.READ),
          List.of(StandardOpenOption.READ),
          List.of(StandardOpenOption.READ, StandardOpenOption.WRITE),
          List.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE),
          List.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS),
          List.of(StandardOpenOption.READ, StandardOpenOption.CREATE),
          List.of(StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE));

  private static final List<List<CopyOption>> MOVE_OPTIONS =
      List.of(
          List.of(),
          List.of(),
          List.of(StandardCopyOption.REPLACE_EXISTING),
          List.of(StandardCopyOption.REPLACE_EXISTING),
          List.of(StandardCopyOption.ATOMIC_MOVE));

  private static final List<List<CopyOption>> COPY_OPTIONS =
      List.of(
          List.of(),
          List.of(StandardCopyOption.REPLACE_EXISTING),
          List.of(StandardCopyOption.COPY_ATTRIBUTES),
          List.of(StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING),
          List.of(StandardCopyOption.REPLACE_EXISTING, LinkOption.NOFOLLOW_LINKS));

  private static final List<Integer> MODES =
      List.of(0777, 0666, 0644, 0755, 0700, 0, 0444, 02755, 04755, 01777, 07777);
  private static final List<Integer> SIZES = List.of(0, 1, 10, 100, 5000);
  private static final List<Integer> OWNERS = List.of(0, 1, 1000, 70_000);
  private static final List<String> TARGETS =
      List.of("a", "b", "../a", "../b/c", "a/b", ".", "..", "../..", "missing", "/nowhere/at all");

  private final Random random;
  private final TreeGuess guess;

  private final Set<Integer> handles = new HashSet<>();

  /** The open directories by number. */
  private final Map<Integer, String> listings = new TreeMap<>();

  private RandomSteps(Random random, TreeGuess guess) {
    this.random = random;
    this.guess = guess;
  }

  static List<ReplayStep> listOf(long seed, ViewSnapshot base, int count) {
    Random random = new Random(seed);
    RandomSteps steps = new RandomSteps(random, new TreeGuess(base, random));
    List<ReplayStep> all = new ArrayList<>();
    while (all.size() < count) {
      all.add(steps.nextStep());
    }
    return all;
  }

  private ReplayStep nextStep() {
    int roll = random.nextInt(100);
    if (roll < 40) {
      return treeStep(roll);
    }
    if (roll < 52) {
      return roll < 49
          ? new FileStep.WriteFile(
              filePath(), randomOffset(), randomSize(), randomSalt(), guess.anyOf(OPEN_OPTIONS))
          : new FileStep.TruncateFile(
              guess.probablyOfKind(TreeGuess.ProbableKind.FILE), randomSize());
    }
    if (roll < 65) {
      return attributeStep();
    }
    if (roll < 80) {
      return handleStep();
    }
    return roll < 90 ? listingStep() : readStep();
  }

  private ReplayStep treeStep(int roll) {
    if (roll < 6) {
      return new TreeStep.CreateDirectory(
          newPath(TreeGuess.ProbableKind.DIRECTORY), randomMode(0777));
    }
    if (roll < 8) {
      return new TreeStep.CreateFile(newPath(TreeGuess.ProbableKind.FILE), randomMode(0666));
    }
    if (roll < 14) {
      String path = guess.probablyExisting();
      guess.deleteEntry(path);
      return new TreeStep.DeleteEntry(path);
    }
    if (roll < 16) {
      String path = guess.probablyOfKind(TreeGuess.ProbableKind.DIRECTORY);
      guess.clearDirectory(path);
      return new TreeStep.ClearDirectory(path);
    }
    if (roll < 28) {
      String path = guess.probablyExisting();
      String target = random.nextInt(3) == 0 ? guess.probablyExisting() : guess.probablyFree();
      guess.moveEntry(path, target);
      return new TreeStep.MoveEntry(path, target, guess.anyOf(MOVE_OPTIONS));
    }
    if (roll < 32) {
      return new TreeStep.CopyEntry(
          guess.probablyExisting(),
          newPath(TreeGuess.ProbableKind.FILE),
          guess.anyOf(COPY_OPTIONS));
    }
    return roll < 36
        ? new TreeStep.CreateLink(
            newPath(TreeGuess.ProbableKind.FILE), guess.probablyOfKind(TreeGuess.ProbableKind.FILE))
        : new TreeStep.CreateSymlink(
            newPath(TreeGuess.ProbableKind.OTHER),
            random.nextBoolean() ? guess.anyOf(TARGETS) : guess.probablyExisting());
  }

  private ReplayStep attributeStep() {
    String path = guess.probablyExisting();
    List<LinkOption> links = linkOptions();
    return switch (random.nextInt(6)) {
      case 0 -> new AttributeStep.SetMode(path, guess.anyOf(MODES), links);
      case 1 -> new AttributeStep.SetOwner(path, guess.anyOf(OWNERS), guess.anyOf(OWNERS), links);
      case 2 ->
          new AttributeStep.SetModifiedTime(
              path, random.nextInt(1_000_000_000) * 1_000_003L, links);
      case 3, 4 ->
          new AttributeStep.SetXattr(path, xattrName(), random.nextInt(40), randomSalt(), links);
      default -> new AttributeStep.RemoveXattr(path, xattrName(), links);
    };
  }

  private ReplayStep handleStep() {
    int handle = random.nextInt(3);
    if (handles.add(handle)) {
      return new HandleStep.OpenFile(handle, filePath(), guess.anyOf(OPEN_OPTIONS));
    }
    return switch (random.nextInt(8)) {
      case 0, 1 -> new HandleStep.OpenFile(handle, filePath(), guess.anyOf(OPEN_OPTIONS));
      case 2 ->
          new HandleStep.OpenFile(
              handle, guess.probablyOfKind(TreeGuess.ProbableKind.FILE), READ_OPTIONS);
      case 3 -> new HandleStep.ReadHandle(handle, randomOffset(), 1 + random.nextInt(6000));
      case 4, 5 -> new HandleStep.WriteHandle(handle, randomOffset(), randomSize(), randomSalt());
      case 6 ->
          random.nextBoolean()
              ? new HandleStep.TruncateHandle(handle, randomSize())
              : new HandleStep.SizeOfHandle(handle);
      default ->
          random.nextInt(8) == 0 && handles.remove(handle)
              ? new HandleStep.CloseHandle(handle)
              : new HandleStep.ReadHandle(handle, 0, 20_000);
    };
  }

  private ReplayStep listingStep() {
    int listing = random.nextInt(2);
    if (!listings.containsKey(listing) || random.nextInt(5) == 0) {
      String path = random.nextInt(8) == 0 ? guess.probablyExisting() : guess.probableDirectory();
      listings.put(listing, path);
      return new ListingStep.OpenListing(listing, path);
    }
    String name = guess.nameIn(listings.get(listing));
    return switch (random.nextInt(7)) {
      case 0 -> new ListingStep.ReadListing(listing, 1 + random.nextInt(3));
      case 1 -> {
        listings.remove(listing);
        yield new ListingStep.EndListing(listing);
      }
      case 2 -> new ListingStep.DeleteFileIn(listing, name);
      case 3 -> new ListingStep.DeleteDirectoryIn(listing, name);
      case 4, 5 -> {
        int target = random.nextInt(2);
        String newName = guess.nameIn(listings.getOrDefault(target, ""));
        yield new ListingStep.MoveIn(listing, name, target, newName);
      }
      default -> new ListingStep.SetModeIn(listing, name, guess.anyOf(MODES) & 0777);
    };
  }

  private ReplayStep readStep() {
    String path = guess.probablyExisting();
    return switch (random.nextInt(6)) {
      case 0 -> new ReadStep.ReadFile(guess.probablyOfKind(TreeGuess.ProbableKind.FILE));
      case 1 -> new ReadStep.ListEntries(guess.probableDirectory());
      case 2 -> new ReadStep.StatEntry(path, linkOptions());
      case 3 -> new ReadStep.ReadLink(guess.probablyOfKind(TreeGuess.ProbableKind.OTHER));
      case 4 -> new ReadStep.CheckExists(path, linkOptions());
      default -> new ReadStep.SameFile(path, guess.probablyExisting());
    };
  }

  /** Returns a path at which an entry probably exists from now on. */
  private String newPath(TreeGuess.ProbableKind kind) {
    String path = guess.probablyFree();
    guess.addEntry(path, kind);
    return path;
  }

  /** Returns the path of a file, existing or new. */
  private String filePath() {
    return random.nextInt(3) == 0
        ? newPath(TreeGuess.ProbableKind.FILE)
        : guess.probablyOfKind(TreeGuess.ProbableKind.FILE);
  }

  private List<LinkOption> linkOptions() {
    return random.nextInt(4) == 0 ? List.of(LinkOption.NOFOLLOW_LINKS) : List.of();
  }

  private int randomMode(int all) {
    return random.nextBoolean() ? all : guess.anyOf(MODES) & 0777;
  }

  private int randomSize() {
    return guess.anyOf(SIZES);
  }

  private long randomOffset() {
    return random.nextInt(3) == 0 ? random.nextInt(8000) : 0;
  }

  private int randomSalt() {
    return random.nextInt(200);
  }

  /** Returns one of the names that random layers use, or one more. */
  private String xattrName() {
    return "random" + random.nextInt(4);
  }
}
