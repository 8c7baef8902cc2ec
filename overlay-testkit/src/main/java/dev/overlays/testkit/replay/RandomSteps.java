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
  private static final List<OpenOption> READ = List.of(StandardOpenOption.READ);

  private static final List<List<OpenOption>> OPEN =
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

  private static final List<List<CopyOption>> MOVE =
      List.of(
          List.of(),
          List.of(),
          List.of(StandardCopyOption.REPLACE_EXISTING),
          List.of(StandardCopyOption.REPLACE_EXISTING),
          List.of(StandardCopyOption.ATOMIC_MOVE));

  private static final List<List<CopyOption>> COPY =
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
  private final ProbableTree guess;

  private final Set<Integer> handles = new HashSet<>();

  /** The open directories by number. */
  private final Map<Integer, String> listings = new TreeMap<>();

  private RandomSteps(Random random, ProbableTree guess) {
    this.random = random;
    this.guess = guess;
  }

  static List<ReplayStep> of(long seed, ViewSnapshot base, int count) {
    Random random = new Random(seed);
    RandomSteps steps = new RandomSteps(random, new ProbableTree(base, random));
    List<ReplayStep> all = new ArrayList<>();
    while (all.size() < count) {
      all.add(steps.next());
    }
    return all;
  }

  private ReplayStep next() {
    int roll = random.nextInt(100);
    if (roll < 40) {
      return tree(roll);
    }
    if (roll < 52) {
      return roll < 49
          ? new FileStep.Write(file(), offset(), size(), salt(), guess.any(OPEN))
          : new FileStep.Truncate(guess.mostly(ProbableTree.ProbableKind.FILE), size());
    }
    if (roll < 65) {
      return attribute();
    }
    if (roll < 80) {
      return handle();
    }
    return roll < 90 ? listing() : read();
  }

  private ReplayStep tree(int roll) {
    if (roll < 6) {
      return new TreeStep.Mkdir(made(ProbableTree.ProbableKind.DIRECTORY), mode(0777));
    }
    if (roll < 8) {
      return new TreeStep.CreateFile(made(ProbableTree.ProbableKind.FILE), mode(0666));
    }
    if (roll < 14) {
      String path = guess.existing();
      guess.delete(path);
      return new TreeStep.Delete(path);
    }
    if (roll < 16) {
      String path = guess.mostly(ProbableTree.ProbableKind.DIRECTORY);
      guess.clear(path);
      return new TreeStep.Clear(path);
    }
    if (roll < 28) {
      String path = guess.existing();
      String target = random.nextInt(3) == 0 ? guess.existing() : guess.fresh();
      guess.move(path, target);
      return new TreeStep.Move(path, target, guess.any(MOVE));
    }
    if (roll < 32) {
      return new TreeStep.Copy(
          guess.existing(), made(ProbableTree.ProbableKind.FILE), guess.any(COPY));
    }
    return roll < 36
        ? new TreeStep.Link(
            made(ProbableTree.ProbableKind.FILE), guess.mostly(ProbableTree.ProbableKind.FILE))
        : new TreeStep.Symlink(
            made(ProbableTree.ProbableKind.OTHER),
            random.nextBoolean() ? guess.any(TARGETS) : guess.existing());
  }

  private ReplayStep attribute() {
    String path = guess.existing();
    List<LinkOption> links = links();
    return switch (random.nextInt(6)) {
      case 0 -> new AttributeStep.Chmod(path, guess.any(MODES), links);
      case 1 -> new AttributeStep.Chown(path, guess.any(OWNERS), guess.any(OWNERS), links);
      case 2 -> new AttributeStep.Utimes(path, random.nextInt(1_000_000_000) * 1_000_003L, links);
      case 3, 4 -> new AttributeStep.SetXattr(path, xattr(), random.nextInt(40), salt(), links);
      default -> new AttributeStep.RemoveXattr(path, xattr(), links);
    };
  }

  private ReplayStep handle() {
    int handle = random.nextInt(3);
    if (handles.add(handle)) {
      return new HandleStep.Open(handle, file(), guess.any(OPEN));
    }
    return switch (random.nextInt(8)) {
      case 0, 1 -> new HandleStep.Open(handle, file(), guess.any(OPEN));
      case 2 -> new HandleStep.Open(handle, guess.mostly(ProbableTree.ProbableKind.FILE), READ);
      case 3 -> new HandleStep.ReadHandle(handle, offset(), 1 + random.nextInt(6000));
      case 4, 5 -> new HandleStep.WriteHandle(handle, offset(), size(), salt());
      case 6 ->
          random.nextBoolean()
              ? new HandleStep.TruncateHandle(handle, size())
              : new HandleStep.SizeOfHandle(handle);
      default ->
          random.nextInt(8) == 0 && handles.remove(handle)
              ? new HandleStep.CloseHandle(handle)
              : new HandleStep.ReadHandle(handle, 0, 20_000);
    };
  }

  private ReplayStep listing() {
    int listing = random.nextInt(2);
    if (!listings.containsKey(listing) || random.nextInt(5) == 0) {
      String path = random.nextInt(8) == 0 ? guess.existing() : guess.directory();
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
      default -> new ListingStep.ChmodIn(listing, name, guess.any(MODES) & 0777);
    };
  }

  private ReplayStep read() {
    String path = guess.existing();
    return switch (random.nextInt(6)) {
      case 0 -> new ReadStep.Read(guess.mostly(ProbableTree.ProbableKind.FILE));
      case 1 -> new ReadStep.ListEntries(guess.directory());
      case 2 -> new ReadStep.Stat(path, links());
      case 3 -> new ReadStep.ReadLink(guess.mostly(ProbableTree.ProbableKind.OTHER));
      case 4 -> new ReadStep.Exists(path, links());
      default -> new ReadStep.SameFile(path, guess.existing());
    };
  }

  /** Returns a path at which an entry probably exists from now on. */
  private String made(ProbableTree.ProbableKind kind) {
    String path = guess.fresh();
    guess.add(path, kind);
    return path;
  }

  /** Returns the path of a file, existing or new. */
  private String file() {
    return random.nextInt(3) == 0
        ? made(ProbableTree.ProbableKind.FILE)
        : guess.mostly(ProbableTree.ProbableKind.FILE);
  }

  private List<LinkOption> links() {
    return random.nextInt(4) == 0 ? List.of(LinkOption.NOFOLLOW_LINKS) : List.of();
  }

  private int mode(int all) {
    return random.nextBoolean() ? all : guess.any(MODES) & 0777;
  }

  private int size() {
    return guess.any(SIZES);
  }

  private long offset() {
    return random.nextInt(3) == 0 ? random.nextInt(8000) : 0;
  }

  private int salt() {
    return random.nextInt(200);
  }

  /** Returns one of the names that random layers use, or one more. */
  private String xattr() {
    return "random" + random.nextInt(4);
  }
}
