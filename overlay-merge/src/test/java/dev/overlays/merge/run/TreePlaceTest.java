package dev.overlays.merge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.Name;
import dev.overlays.lookup.RedirectTarget;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests {@link TreePlace}, and {@link PathText} against it. */
class TreePlaceTest {
  private static final List<String> NAMES = List.of("a", "b", "ab", "long name", "ü", "..b");

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  private static List<Name> names(String... names) {
    return Stream.of(names).map(Name::of).toList();
  }

  private List<Name> randomPath(int most) {
    List<Name> path = new ArrayList<>();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      path.add(Name.of(NAMES.get(random.nextInt(NAMES.size()))));
    }
    return path;
  }

  private static String joined(List<Name> path) {
    return path.isEmpty()
        ? "."
        : path.stream().map(Name::toString).collect(Collectors.joining("/"));
  }

  @Test
  void placesAreEqualExactlyIfTheirPathsAre() {
    for (int i = 0; i < 20_000; i++) {
      List<Name> one = randomPath(3);
      List<Name> two = randomPath(3);
      TreePlace first = TreePlace.of(one);
      TreePlace second = TreePlace.of(two);
      String what = one + " " + two + ", seed " + seed;
      assertEquals(one.equals(two), first.equals(second), what);
      if (one.equals(two)) {
        assertEquals(first.hashCode(), second.hashCode(), what);
      }
    }
  }

  /** The filter of marks knows a place only by its hash, so few places may share one. */
  @Test
  void hashesOfAHundredThousandPlacesDiffer() {
    Set<Long> hashes = new HashSet<>();
    int places = 0;
    for (int i = 0; i < 100; i++) {
      TreePlace outer = TreePlace.ROOT.resolveChild(Name.of("d" + i));
      for (int j = 0; j < 1000; j++) {
        hashes.add(outer.resolveChild(Name.of("f" + j)).pathHash());
        places++;
      }
    }
    assertEquals(places, hashes.size());
    assertNotEquals(
        TreePlace.of(names("a", "b")).pathHash(), TreePlace.of(names("b", "a")).pathHash());
  }

  @Test
  void pathIsTheSameInEveryForm() {
    for (int i = 0; i < 2_000; i++) {
      List<Name> path = randomPath(6);
      TreePlace place = TreePlace.of(path);
      assertEquals(path.size(), place.depth());
      assertEquals(path, place.namesFromRoot());
      assertEquals(new RedirectTarget(true, path), place.toRedirect());
      assertEquals(joined(path), place.toString());
      assertEquals(path.isEmpty() ? "" : "/" + joined(path), place.pathFromRoot());
      List<Name> inner = new ArrayList<>(path);
      inner.add(Name.of("x"));
      assertEquals(inner, place.namesTo(Name.of("x")));
      assertEquals(joined(inner), place.pathOf(Name.of("x")));
    }
  }

  @Test
  void deepPlacesCompareWithoutTheStack() {
    TreePlace one = TreePlace.ROOT;
    TreePlace two = TreePlace.ROOT;
    for (int i = 0; i < 100_000; i++) {
      one = one.resolveChild(Name.of("d"));
      two = two.resolveChild(Name.of("d"));
    }
    assertEquals(one, two);
    assertTrue(one.pathFromRoot().startsWith("/d/d"));
  }

  /** A walk jumps between random places, which share some of their parents. */
  @Test
  void textOfEachPlaceDoesNotDependOnTheLastPlace() {
    PathText text = new PathText();
    List<TreePlace> known = new ArrayList<>(List.of(TreePlace.ROOT));
    for (int i = 0; i < 5_000; i++) {
      TreePlace place = known.get(random.nextInt(known.size()));
      if (random.nextBoolean()) {
        place = place.resolveChild(Name.of(NAMES.get(random.nextInt(NAMES.size()))));
        known.add(place);
      }
      if (random.nextInt(20) == 0) {
        // A copy is moved elsewhere, and must not move what it was copied from.
        List<Name> elsewhere = randomPath(5);
        assertEquals(joined(elsewhere), new PathText(text).pathOf(TreePlace.of(elsewhere)));
      }
      String what = "seed " + seed;
      assertEquals(place.toString(), text.pathOf(place), what);
      assertEquals(place.pathOf(Name.of("x")), text.pathOf(place, Name.of("x")), what);
      assertEquals(place.pathOf(Name.SELF), text.pathOf(place, Name.SELF), what);
    }
  }
}
